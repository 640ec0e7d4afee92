"""The current goes: what was not synced vanishes in part. Receipts and acks given before still hold (properties 3, 14).

Real programs, recorded while they work; then the disk is put together for many moments of the same morning.
"""

import contextlib
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults import power, tracing
from tests.faults.conftest import Plant
from tests.faults.processes import Receipt, running
from tests.faults.test_crash_points import check_disk, in_town, line_to
from tests.sync.conftest import open_pc
from village_node.sync.line import LineDown
from village_node.sync.township import Failed

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(tracing.why_not()), reason=tracing.why_not()),
]

CASES = 6
MOMENTS = 12


async def nowhere(*_: object) -> object:
    raise LineDown("nowhere")


def moments(changes: list[power.Change], given: list[float], chance: random.Random) -> list[float]:
    """Right after each receipt, and anywhere in between."""
    anywhere = [chance.uniform(changes[0].at, changes[-1].at) for _ in range(MOMENTS - len(given))]
    return sorted([*given, *anywhere])


async def test_a_receipt_outlives_the_current_at_any_moment(plant: Plant, tmp_path: Path) -> None:
    town = plant.town(tmp_path / "town")
    node = plant.node(tmp_path / "node", town.url)
    given: list[tuple[float, Receipt]] = []
    async with running(town), running(node):
        await town.start()
        await node.start()
        async with tracing.attached(node.program.pid, power.recording(tmp_path / "writes")):
            shutil.copytree(node.folder, tmp_path / "before")
            for turn in range(CASES):
                receipt = await node.file()
                assert receipt
                given.append((time.time(), receipt))
                if turn % 2:
                    await node.send_now()
    changes = power.read(tmp_path / "writes")
    assert any(change.data for change in changes)
    chance = random.Random(CASES)
    for turn, at in enumerate(moments(changes, [when for when, _ in given], chance)):
        place = tmp_path / f"cut-{turn}"
        power.cut(tmp_path / "before", place, changes, at=at, chance=chance)
        pc = await open_pc(place, nowhere)  # type: ignore[arg-type] # never answers
        await check_disk(pc, [receipt for when, receipt in given if when <= at])
        await pc.database.close()


async def test_what_a_township_confirmed_outlives_the_current_at_any_moment(
    plant: Plant, tmp_path: Path
) -> None:
    town = plant.town(tmp_path / "town")
    confirmed: list[tuple[float, str]] = []
    async with running(town), line_to(town) as line:
        await town.start()
        pc = await open_pc(plant.node(tmp_path / "node", town.url).folder, line)
        async with tracing.attached(town.program.pid, power.recording(tmp_path / "writes")):
            shutil.copytree(town.folder, tmp_path / "before")
            for _ in range(CASES):
                entry = await pc.file()
                with contextlib.suppress(Failed):
                    await pc.sync.until_quiet()
                assert await pc.waiting() == 0
                confirmed.append((time.time(), entry.rid))
        await pc.database.close()
    changes = power.read(tmp_path / "writes")
    chance = random.Random(CASES)
    for turn, at in enumerate(moments(changes, [when for when, _ in confirmed], chance)):
        place = tmp_path / f"cut-{turn}"
        power.cut(tmp_path / "before", place, changes, at=at, chance=chance)
        after = plant.town(tmp_path / f"opened-{turn}")
        for name in ("township.db", "township.db-wal"):
            if (place / name).exists():
                shutil.copyfile(place / name, after.folder / name)
        arrived = in_town(after)
        assert {rid for when, rid in confirmed if when <= at} <= set(arrived)


def test_what_is_not_synced_is_forgotten(tmp_path: Path) -> None:
    """The recorder itself: without this, a program that never syncs would pass."""
    before, path = tmp_path / "before", Path("/x/node.db")
    before.mkdir()
    (before / "node.db").write_bytes(b"old" * 400)
    changes = [
        power.Change(1.0, path, 0, b"A" * 1024),
        power.Change(2.0, path),
        power.Change(3.0, path, 0, b"B" * 102_400),
    ]
    power.cut(before, tmp_path / "early", changes, at=1.5, chance=random.Random(3))
    power.cut(before, tmp_path / "late", changes, at=4.0, chance=random.Random(3))
    early, late = ((tmp_path / name / "node.db").read_bytes() for name in ("early", "late"))
    assert early[:1024] != b"A" * 1024, "half of what was not synced is not there"
    assert early.endswith(b"old")
    assert {late[:512], late[512:1024]} <= {b"A" * 512, b"B" * 512}
    assert len({late[place : place + 512] for place in range(0, len(late), 512)}) >= 2


def test_a_database_that_does_not_sync_is_found_out(tmp_path: Path) -> None:
    """A commit without a sync does not survive the recorder."""

    program = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('PRAGMA synchronous=OFF'); c.execute('CREATE TABLE t (x)');"
        "[c.execute('INSERT INTO t VALUES (1)') for _ in range(9)]; c.close()"
    )
    (tmp_path / "before").mkdir()
    (tmp_path / "run").mkdir()
    file = tmp_path / "run" / "lazy.db"
    traced = ["strace", "-f", *power.recording(tmp_path / "writes")]
    subprocess.run([*traced, sys.executable, "-c", program, str(file)], check=True, capture_output=True)
    changes = power.read(tmp_path / "writes")
    power.cut(tmp_path / "before", tmp_path / "after", changes, at=time.time(), chance=random.Random(1))
    assert rows_in(tmp_path / "after" / "lazy.db") != 9


def rows_in(file: Path) -> int | None:
    """None where the file cannot even be read."""
    with contextlib.closing(sqlite3.connect(file)) as opened:
        try:
            return int(opened.execute("SELECT count(*) FROM t").fetchone()[0])
        except sqlite3.DatabaseError:
            return None
