"""Fixtures of the whole suite; each file in tests/support brings one kind."""

pytest_plugins = ["tests.support.databases", "tests.support.township"]
