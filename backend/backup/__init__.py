"""Whole copies of the township, proved by opening them, and the promise to the villages that rests on them."""
