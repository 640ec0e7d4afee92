"""Real processes for tests of faults: a prepared township folder and a village computer that can be opened."""

import asyncio
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.prepare import make_template
from tests.faults.processes import NodeProgram, TownProgram, make_usable
from tests.faults.world import Template


@dataclass(frozen=True, slots=True)
class Plant:
    """Folders to start processes on, made once and copied for every use."""

    template: Template

    def town(self, folder: Path) -> TownProgram:
        folder.mkdir()
        town = TownProgram(folder)
        shutil.copyfile(self.template.town, town.file)
        return town

    def node(self, folder: Path, township: str) -> NodeProgram:
        shutil.copytree(self.template.village, folder)
        return NodeProgram(folder, township, self.template.item)


@pytest.fixture(scope="session")
def plant(template: str, dialect: str, tmp_path_factory: pytest.TempPathFactory) -> Plant:
    if dialect != "sqlite":
        pytest.skip("crash points of the township's file: SQLite")
    made = asyncio.run(make_template(tmp_path_factory.mktemp("plant"), Path(template)))
    asyncio.run(make_usable(made.village))
    return Plant(made)


@pytest.fixture(scope="session")
def every_point() -> bool:
    """Every crash point, by hand (BMT_EVERY_POINT=1); otherwise a few of each."""
    return bool(os.environ.get("BMT_EVERY_POINT"))
