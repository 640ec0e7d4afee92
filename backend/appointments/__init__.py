"""Booking a time at a window, and the queue of the day."""
