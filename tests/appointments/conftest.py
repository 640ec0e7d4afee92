"""An open office on a database of its own."""

from collections.abc import AsyncIterator

import pytest

from backend.db import OpenDatabase
from tests.appointments.office import Office, open_office


@pytest.fixture
async def office(db: OpenDatabase) -> AsyncIterator[Office]:  # noqa: ARG001 - opens the database
    opened = await open_office()
    yield opened
    await opened.booking.close()
