"""好差评: rating what the hall did, and dealing with bad ratings."""
