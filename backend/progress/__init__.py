"""Public progress: what anyone who holds a tracking code may read."""
