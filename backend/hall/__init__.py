"""The hall: when it works, when each window is open, who sits there."""
