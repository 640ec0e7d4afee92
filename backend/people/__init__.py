"""People: citizens and staff, how they sign in, what they agreed to, and who may read what of them."""
