"""Mutation testing of pure modules: change one thing, and see whether a test notices."""
