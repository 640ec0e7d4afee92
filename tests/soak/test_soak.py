"""A short soak of three villages; `make soak` runs the long one."""

from pathlib import Path

import pytest

from tests.soak.soak import soak

SECONDS = 30
SEED = 20261123


@pytest.mark.slow
async def test_three_villages_lose_nothing_whatever_goes_wrong(tmp_path: Path, dialect: str) -> None:
    if dialect != "sqlite":
        pytest.skip("the soak puts the township's file back: SQLite")
    report = await soak(tmp_path, nodes=3, seconds=SECONDS, seed=SEED)
    assert not report.wrong, str(report)
    assert report.receipts, str(report)
