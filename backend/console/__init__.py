"""The staff console: one work queue per role, the case and the actions it allows now, errands, villages, catalogue."""
