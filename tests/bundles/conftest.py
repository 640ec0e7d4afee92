"""A village computer with a stick in its hand."""

from pathlib import Path

import pytest

from tests.bundles.desk import Desk
from tests.sync.conftest import VillagePc, computers, line, pc

__all__ = ["computers", "line", "pc"]


@pytest.fixture
def desk(pc: VillagePc, tmp_path: Path) -> Desk:
    """One village computer, nothing written yet."""
    return Desk(pc, tmp_path)
