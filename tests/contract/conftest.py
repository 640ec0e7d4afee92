"""One township for all tests of this folder that attack it; they leave nothing behind that another would miss."""

from collections.abc import Iterator

import pytest

from tests.contract.running import Running, in_a_thread


@pytest.fixture(scope="package")
def running(seeded: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with in_a_thread(seeded, template, tmp_path_factory.mktemp("running")) as up:
        yield up
