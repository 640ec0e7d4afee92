"""Complaints: how they come in, who deals with them, and from whom they are kept."""
