"""Cases under supervision on this test's database."""

from collections.abc import AsyncIterator

import pytest

from backend.audit.service import Audit
from backend.cases.service import Cases
from backend.db import OpenDatabase
from backend.supervision.service import Supervision
from tests.cases.office import cases_of, item
from tests.supervision.office import Watched


@pytest.fixture
def township() -> Watched:
    return Watched(items={item().id: item()})


@pytest.fixture
async def cases(db: OpenDatabase, township: Watched) -> AsyncIterator[Cases]:
    assert db.dialect
    async with cases_of(township) as opened:
        yield opened


@pytest.fixture
def supervision(cases: Cases, township: Watched) -> Supervision:
    """Follows every move of `cases`; its draws come out the same in every run."""
    watching = Supervision(cases, township, township, Audit(), seeds=lambda count: bytes(count))
    cases.on_move(watching.follow)
    return watching
