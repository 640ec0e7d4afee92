"""Referrals: what people ask for that is on no list of the township (plan, clause 12)."""
