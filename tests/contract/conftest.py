"""One township for all tests of this folder that attack it; they leave nothing behind that another would miss."""

from collections.abc import Iterator

import pytest

from api_spec.routes import ALL
from tests.contract.running import STAFF_TRIED, STRANGERS, Running, in_a_thread, who_may


@pytest.fixture(scope="package")
def running(seeded: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with in_a_thread(seeded, template, tmp_path_factory.mktemp("running")) as up:
        yield up


@pytest.fixture
def nothing_is_written(running: Running) -> Iterator[None]:
    """Every row of every table is as it was, once everybody who tries has signed in and nothing happens by itself."""
    for who in sorted({*STAFF_TRIED, *STRANGERS, *map(who_may, ALL)}):
        running.ask(running.caller(who))
    running.settle()
    before = running.contents()
    yield
    assert running.contents() == before
