"""What the township holds of a citizen, who looked at it, and what the citizen asks to be done about it."""
