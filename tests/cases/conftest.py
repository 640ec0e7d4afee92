"""Cases on this test's database."""

from collections.abc import AsyncIterator

import pytest

from backend.cases.service import Cases
from backend.db import OpenDatabase
from tests.cases.office import Township, cases_of


@pytest.fixture
def township() -> Township:
    return Township()


@pytest.fixture
async def cases(db: OpenDatabase, township: Township) -> AsyncIterator[Cases]:
    assert db.dialect
    async with cases_of(township) as opened:
        yield opened
