"""The organisation behind the windows: appointments on paper, delegations, items in the hall, coverage, the public board."""
