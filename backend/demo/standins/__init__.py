"""Programs of other people that a demonstration and the tests need: a short-message gateway and a 一体化平台.

They keep everything in memory, refuse what the real ones refuse, and fail on order. Never part of a real township.
"""
