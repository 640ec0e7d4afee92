"""What a released version left on a disk goes on with the present programs: nothing that waited is lost (sync/1, 2.12).

Real processes: the village computer is opened by its clerk's first sign-in, the township migrates as it starts.
"""

import shutil
from pathlib import Path

import pytest
import zstandard

from tests.faults.conftest import Plant
from tests.faults.processes import NodeProgram, TownProgram, running
from tests.faults.test_crash_points import in_town, until_sent

VERSIONS = sorted(
    path for path in (Path(__file__).parents[1] / "fixtures" / "nodes").iterdir() if path.is_dir()
)

pytestmark = pytest.mark.slow


def unpack(stored: Path, to: Path) -> None:
    to.write_bytes(zstandard.ZstdDecompressor().decompress(stored.read_bytes(), max_output_size=2**28))


def village(version: Path, folder: Path, township: str) -> NodeProgram:
    folder.mkdir()
    unpack(version / "node.db.zst", folder / "node.db")
    shutil.copytree(version / "keys", folder / "keys")
    return NodeProgram(folder, township, (version / "item").read_text())


def township(version: Path, folder: Path) -> TownProgram:
    folder.mkdir()
    town = TownProgram(folder)
    unpack(version / "township.db.zst", town.file)
    return town


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
async def test_a_released_nodes_disk_goes_on_under_the_new_program(
    plant: Plant, tmp_path: Path, version: Path
) -> None:
    """`plant` only says whether this machine can: the township's file is SQLite's."""
    assert plant
    town = township(version, tmp_path / "town")
    before = set(in_town(town))
    async with running(town):
        await town.start()
        assert set(in_town(town)) == before
        node = village(version, tmp_path / "node", town.url)
        async with running(node):
            await node.start()
            new = await node.file()
            assert new
            arrived = await until_sent(town, len(before) + 3, node)
    assert before < set(arrived)
    assert arrived[new.rid] == new.code
    assert not (tmp_path / "node" / "node.db").read_bytes().startswith(b"SQLite format 3")
