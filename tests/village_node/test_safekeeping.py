"""The village PC's own backup: whole, sealed, read back; and what a restore refuses."""

import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.village_node.conftest import Time
from tests.village_node.photo_node import KEY, PhotoNode, open_node, open_township, some_bytes
from village_node.storage import safekeeping
from village_node.storage.database import Database
from village_node.storage.safekeeping import BadBackup, Safekeeping

AT = datetime(2026, 4, 10, 3, tzinfo=UTC)
NODE = 4711


def keeping(pc: PhotoNode) -> Safekeeping:
    return Safekeeping(pc.database, pc.folder, key=KEY, node=NODE)


@pytest.fixture
async def pc(tmp_path: Path) -> AsyncIterator[PhotoNode]:
    node = await open_node(tmp_path / "data", open_township(), time=Time())
    await node.hand_in([await node.photograph(50_000)], case="c" * 32)
    yield node
    await node.close()


@pytest.fixture
async def backup(pc: PhotoNode, tmp_path: Path) -> Path:
    stick = tmp_path / "stick"
    stick.mkdir()
    return await keeping(pc).make(stick, at=AT)


async def test_a_backup_made_while_working_restores_records_and_photos(
    pc: PhotoNode, backup: Path, tmp_path: Path
) -> None:
    whole = await pc.outbox.stream()
    await pc.hand_in([await pc.photograph(9_000, seed=2)], case="d" * 32)
    place = tmp_path / "new" / "data"
    contents = safekeeping.restore(backup, place)
    assert (contents.node, contents.made_at) == (NODE, AT.isoformat())
    restored = await open_node(place, open_township(), time=Time())
    assert await restored.outbox.stream() == whole
    assert len(restored.files()) == 1
    await restored.close()


def test_a_backup_carries_the_time_people_have_in_china(backup: Path) -> None:
    assert backup.name == f"便民通备份-{NODE}-20260410-110000"


def test_a_backup_is_as_sealed_as_the_original(backup: Path) -> None:
    for path in backup.rglob("*"):
        assert not path.is_file() or some_bytes(50_000)[:64] not in path.read_bytes()


async def test_a_backup_opens_under_no_other_key(backup: Path) -> None:
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        await Database.open(backup / safekeeping.DATABASE, key=bytes(32))


async def test_the_ballast_and_half_written_files_are_not_copied(pc: PhotoNode, tmp_path: Path) -> None:
    for name in ("ballast", "half.new", "half.part"):
        (pc.folder / name).write_bytes(b"1")
    (pc.folder / "cabinet.json").write_bytes(b"{}")
    made = await keeping(pc).make(tmp_path, at=AT)
    names = {path.name for path in made.iterdir()}
    assert "cabinet.json" in names
    assert names.isdisjoint({"ballast", "half.new", "half.part", "node.db-wal"})


@pytest.mark.parametrize("harm", ["flip", "cut", "missing", "list", "elsewhere"])
def test_a_damaged_backup_restores_nothing(backup: Path, tmp_path: Path, harm: str) -> None:
    file, listed = backup / safekeeping.DATABASE, backup / safekeeping.LIST
    content = bytearray(file.read_bytes())
    match harm:
        case "flip":
            content[5000] ^= 1
            file.write_bytes(content)
        case "cut":
            file.write_bytes(content[:-1])
        case "missing":
            file.unlink()
        case "list":
            listed.write_bytes(listed.read_bytes()[:-2])
        case "elsewhere":
            listed.write_bytes(listed.read_bytes().replace(b'"node.db"', b'"../../gone"'))
    place = tmp_path / "new"
    with pytest.raises(BadBackup):
        safekeeping.restore(backup, place)
    assert not place.exists()
    assert not (tmp_path / "new.new").exists()
    assert not list(tmp_path.rglob("gone"))


def test_a_restore_never_overwrites(backup: Path, tmp_path: Path) -> None:
    place = tmp_path / "new"
    place.mkdir()
    (place / "node.db").write_bytes(b"mine")
    with pytest.raises(BadBackup, match="不会被覆盖"):
        safekeeping.restore(backup, place)
    assert (place / "node.db").read_bytes() == b"mine"


async def test_nothing_lies_under_the_final_name_when_the_stick_is_gone(
    pc: PhotoNode, tmp_path: Path
) -> None:
    with pytest.raises(OSError, match="stick"):
        await keeping(pc).make(tmp_path / "stick", at=AT)
    assert not (tmp_path / "stick").exists()


def test_a_folder_that_is_no_backup_is_refused_with_what_to_choose(tmp_path: Path) -> None:
    with pytest.raises(BadBackup, match="便民通备份"):
        safekeeping.restore(tmp_path, tmp_path / "new")
