"""An open desk for errands on a database of its own."""

from collections.abc import AsyncIterator

import pytest

from backend.db import OpenDatabase
from backend.proxy.service import Proxy
from tests.proxy.office import Township, item, proxy_of


@pytest.fixture
def township() -> Township:
    water = item()
    return Township(items={water.id: water})


@pytest.fixture
async def proxy(db: OpenDatabase, township: Township) -> AsyncIterator[Proxy]:  # noqa: ARG001
    async with proxy_of(township) as opened:
        yield opened
