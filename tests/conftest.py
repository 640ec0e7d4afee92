"""Fixtures of the whole suite; each file in tests/support brings one kind."""

import gc

pytest_plugins = ["tests.support.databases", "tests.support.township"]


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the collector need not walk over it after every test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
