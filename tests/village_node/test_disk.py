"""What a filling disk forbids, and the ballast that is given up for what must still go through."""

import os
import sqlite3
from pathlib import Path

import pytest

from tests.village_node.conftest import KEY, Time
from tests.village_node.photo_node import KEY as PHOTO_KEY
from tests.village_node.photo_node import as_it_is, open_node, open_township, some_bytes
from village_node.photos.photos import Photos
from village_node.photos.pictures import PictureRefused, Refused
from village_node.storage import whole_files
from village_node.storage.database import Database, Writing
from village_node.storage.disk import MIB, SMALL_PHOTO_BYTES, Disk, Room, room
from village_node.storage.housekeeping import Housekeeping

WARNING_MB, FLOOR_MB = 2048, 500


def disk(folder: Path, *, free_mb: int) -> Disk:
    return Disk(
        folder,
        warning_mb=WARNING_MB,
        floor_mb=FLOOR_MB,
        free_bytes=lambda _: free_mb * MIB,
        ballast_bytes=2 * MIB,
    )


@pytest.mark.parametrize(
    ("free_mb", "expected"),
    [
        (4000, Room.AMPLE),
        (2048, Room.AMPLE),
        (2047, Room.LOW),
        (500, Room.LOW),
        (499, Room.SHORT),
        (0, Room.SHORT),
    ],
)
def test_free_space_is_judged_by_its_two_limits(free_mb: int, expected: Room) -> None:
    assert room(free_mb * MIB, warning_mb=WARNING_MB, floor_mb=FLOOR_MB) is expected


def test_large_photos_wait_before_small_ones_do(tmp_path: Path) -> None:
    low, short = disk(tmp_path, free_mb=1000), disk(tmp_path, free_mb=100)
    assert low.may_keep_photo(SMALL_PHOTO_BYTES)
    assert not low.may_keep_photo(SMALL_PHOTO_BYTES + 1)
    assert not short.may_keep_photo(1)
    assert disk(tmp_path, free_mb=4000).may_keep_photo(10 * MIB)


def test_the_ballast_really_takes_its_room_and_gives_it_back_once(tmp_path: Path) -> None:
    full = disk(tmp_path, free_mb=4000)
    assert full.take_ballast()
    assert full.take_ballast()
    [ballast] = list(tmp_path.iterdir())
    assert ballast.stat().st_blocks * 512 >= 2 * MIB
    assert full.drop_ballast()
    assert not full.drop_ballast()
    assert list(tmp_path.iterdir()) == []


def test_no_ballast_is_laid_where_it_would_itself_stop_new_cases(tmp_path: Path) -> None:
    assert not disk(tmp_path, free_mb=FLOOR_MB + 1).take_ballast()
    assert list(tmp_path.iterdir()) == []


def test_a_ballast_cut_short_by_a_power_cut_is_laid_again(tmp_path: Path) -> None:
    (tmp_path / "ballast").write_bytes(b"half")
    (tmp_path / "ballast.new").write_bytes(b"less")
    assert disk(tmp_path, free_mb=4000).take_ballast()
    assert [file.name for file in tmp_path.iterdir()] == ["ballast"]


class Cramped:
    """A write that a really full SQLite refuses until `room` was made."""

    def __init__(self, *, helps: bool) -> None:
        self.helps = helps
        self.has_room = False
        self.asked = 0

    def make_room(self) -> bool:
        self.asked += 1
        self.has_room = True
        return self.helps

    async def work(self, tx: Writing) -> None:
        await tx.run(f"PRAGMA max_page_count={1_000_000 if self.has_room else 1}")
        await tx.run("INSERT INTO log (at_ms, what, facts) VALUES (1, 'big', ?)", "x" * 100_000)


async def test_a_write_that_finds_the_disk_full_is_finished_with_the_room_it_is_given(tmp_path: Path) -> None:
    cramped = Cramped(helps=True)
    database = await Database.open(tmp_path / "node.db", key=KEY.file_key, make_room=cramped.make_room)
    await database.write(cramped.work)
    assert cramped.asked == 1
    assert len(await database.rows("SELECT 1 FROM log")) == 1
    await database.close()


def test_a_small_file_that_finds_the_disk_full_is_finished_with_the_room_it_is_given(tmp_path: Path) -> None:
    held = disk(tmp_path, free_mb=4000)
    assert held.take_ballast()
    for body, gives_room in ((b"first", True), (b"second", False)):
        (tmp_path / f"x.{os.getpid()}.new").symlink_to("/dev/full")
        if gives_room:
            whole_files.replace(tmp_path / "x", body, make_room=held.drop_ballast)
        else:
            with pytest.raises(OSError, match="space"):
                whole_files.replace(tmp_path / "x", body, make_room=held.drop_ballast)
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("x", b"first")]


async def test_a_write_on_a_disk_that_stays_full_is_refused_whole_and_the_file_stays_readable(
    tmp_path: Path,
) -> None:
    cramped = Cramped(helps=False)
    database = await Database.open(tmp_path / "node.db", key=KEY.file_key, make_room=cramped.make_room)
    with pytest.raises(sqlite3.OperationalError, match="full"):
        await database.write(cramped.work)
    assert await database.rows("SELECT 1 FROM log") == []
    await database.write(cramped.work)
    assert len(await database.rows("SELECT 1 FROM log")) == 1
    await database.close()


@pytest.mark.parametrize(("free_mb", "kept"), [(4000, 2), (1000, 1)])
async def test_a_short_disk_gives_up_confirmed_photos_and_never_an_unsent_one(
    tmp_path: Path, free_mb: int, kept: int
) -> None:
    town = open_township()
    pc = await open_node(tmp_path / "node", town, time=Time())
    await pc.hand_in([await pc.photograph(10_000, seed=1)], case="c" * 32)
    await pc.sync.until_quiet()
    town.time = "2027-01-01T00:00:00+00:00"
    await pc.sync.until_quiet()
    unsent = await pc.photograph(10_000, seed=2)
    await pc.hand_in([unsent], case="d" * 32)
    under = disk(tmp_path, free_mb=free_mb)
    await Housekeeping(under, pc.photos, pc.time.clock, wanted_mb=WARNING_MB).round()
    assert len(pc.files()) == kept
    assert unsent.sha in pc.files()
    assert under.drop_ballast(), "room for the ballast was there, and it was laid"
    await pc.close()


async def test_a_photo_too_large_for_a_filling_disk_is_not_kept(tmp_path: Path) -> None:
    pc = await open_node(tmp_path / "node", open_township(), time=Time())
    low = disk(tmp_path, free_mb=1000)
    photos = Photos(
        pc.database, tmp_path / "photos", key=PHOTO_KEY, prepare=as_it_is, has_room=low.may_keep_photo
    )
    with pytest.raises(PictureRefused) as refused:
        await photos.keep(some_bytes(SMALL_PHOTO_BYTES + 1), now_ms=0)
    assert refused.value.why is Refused.NO_ROOM
    assert not (tmp_path / "photos").exists()
    await photos.keep(some_bytes(SMALL_PHOTO_BYTES), now_ms=0)
    await pc.close()
