"""What the township offers: divisions, departments, windows, partners, and every item with its guide."""
