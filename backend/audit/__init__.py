"""The audit log: sign-ins, full readings of identity numbers and the like, chained by hashes."""
