"""Numbered documents of the office: issued with the move they belong to, printed, verified by anyone, revoked."""
