"""A changed calendar's consequences: the last days of what is open are reckoned anew, and each change is kept."""
