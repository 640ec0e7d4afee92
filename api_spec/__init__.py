"""The contract between phones, village nodes and the township, and what both sides must do identically.

Imports no other package of this repository.
"""
