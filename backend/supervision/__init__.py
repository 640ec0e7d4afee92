"""Supervision: rules over what happens to cases, cards, spot checks, improvement tasks, publicity (plan, clause 52)."""
