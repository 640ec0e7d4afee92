"""Killed at the N-th fsync, disk full or broken at the N-th write: no receipt and no ack is worth less than it says.

Properties 1 to 5, 14 and 15 of sync/1, 2.15, with real processes. A few points of each run in the suite;
BMT_EVERY_POINT=1 takes them all.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from api_spec import chain
from tests.faults import tracing
from tests.faults.conftest import Plant
from tests.faults.processes import NodeProgram, Receipt, TownProgram, running
from tests.sync.conftest import VillagePc, open_pc
from village_node.sync.line import Send, over_http
from village_node.sync.township import Failed

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(tracing.why_not()), reason=tracing.why_not()),
]

FILED = 4


def points(total: int, few: int, *, every: bool) -> list[int]:
    """Which of the calls to break: all, or a few spread over them from the second third on."""
    if every:
        return list(range(1, total + 1))
    return sorted({total // 3 + (total * 2 // 3) * turn // few + 1 for turn in range(few)})


@asynccontextmanager
async def line_to(town: TownProgram) -> AsyncIterator[Send]:
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        yield over_http(session, town.url)


async def work(node: NodeProgram) -> None:
    """A morning at the village: cases, and now and then the button that sends. Ends early when the process does."""
    for turn in range(FILED):
        await node.file()
        if turn % 2:
            await node.send_now()


async def morning(node: NodeProgram, how: list[str]) -> None:
    """Start, work while calls are counted or broken, and pull the plug."""
    async with running(node):
        await node.start()
        async with tracing.attached(node.program.pid, how):
            await work(node)
            await node.program.kill()


async def check_disk(pc: VillagePc, ledger: list[Receipt]) -> None:
    """Everything that was promised lies on this disk, in a chain without gaps."""
    stream = await pc.outbox.stream()
    written = await pc.outbox.batch(0, limit=500, max_bytes=10**9)
    heads = chain.heads(chain.START, [(record.seq, record.body) for record in written])
    assert [record.seq for record in written] == list(range(1, stream.last_seq + 1))
    assert not written or await pc.outbox.chain_at(stream.last_seq) == heads[-1]
    for receipt in ledger:
        entry = await pc.register.find(receipt.rid)
        assert entry, "a receipt without its case"
        assert entry.tracking_code == receipt.code
    assert {receipt.rid for receipt in ledger} <= {record.rid for record in written}


def in_town(town: TownProgram) -> dict[str, str]:
    """The township's cases as a stranger finds them in its file: tracking code by `rid`."""
    with sqlite3.connect(town.file) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        found = opened.execute("SELECT rid, tracking_code FROM cases").fetchall()
    opened.close()
    assert len({rid for rid, _ in found}) == len({code for _, code in found}) == len(found)
    return dict(found)


async def until_sent(town: TownProgram, cases: int, node: NodeProgram) -> dict[str, str]:
    """The township's cases once there are so many.

    Raises:
        AssertionError: they did not come.
    """
    for _ in range(200):
        await node.send_now()
        if len(arrived := in_town(town)) >= cases:
            return arrived
        await asyncio.sleep(0.05)
    raise AssertionError("what waited did not come")


async def heal(node: NodeProgram, town: TownProgram) -> None:
    """Open the disk that was left, send everything, and hold the ledger against the township."""
    async with line_to(town) as line:
        pc = await open_pc(node.folder, line)
        await check_disk(pc, node.ledger)
        await pc.keep_trying()
        await pc.database.close()
    arrived = in_town(town)
    for receipt in node.ledger:
        assert arrived[receipt.rid] == receipt.code


async def count(node: NodeProgram, log: Path, calls: str = tracing.SYNCS) -> int:
    await morning(node, tracing.counting(log, calls=calls))
    assert len(node.ledger) == FILED, "the morning went wrong by itself"
    return tracing.most_calls(log)


async def test_a_node_killed_at_any_fsync_keeps_every_receipt_it_gave(
    plant: Plant, tmp_path: Path, *, every_point: bool
) -> None:
    town = plant.town(tmp_path / "town")
    async with running(town):
        await town.start()
        total = await count(plant.node(tmp_path / "counted", town.url), tmp_path / "calls")
        assert total >= FILED
        given = 0
        for place in points(total, 3, every=every_point):
            node = plant.node(tmp_path / f"killed-{place}", town.url)
            await morning(node, tracing.killed_at(place))
            await heal(node, town)
            given += len(node.ledger)
        assert given, "no point was in the middle of the work"


@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
async def test_a_node_whose_disk_refuses_gives_no_receipt_for_it_and_goes_on_by_itself(
    plant: Plant, tmp_path: Path, error: str, *, every_point: bool
) -> None:
    town = plant.town(tmp_path / "town")
    async with running(town):
        await town.start()
        total = await count(plant.node(tmp_path / "counted", town.url), tmp_path / "calls", tracing.WRITES)
        given = asked = 0
        for place in points(total, 2, every=every_point):
            node = plant.node(tmp_path / f"refused-{place}", town.url)
            broken = tracing.failing_at(place, calls=tracing.WRITES, error=error, times=6)
            async with running(node):
                await node.start()
                async with tracing.attached(node.program.pid, broken):
                    await work(node)
                asked, given = asked + FILED, given + len(node.ledger)
                assert await node.reads(), "the page is gone with the disk"
                assert await node.file(), "it did not recover by itself"
            await heal(node, town)
        assert given < asked, "the disk never refused anything that mattered"


async def push_one_by_one(pc: VillagePc) -> list[Receipt]:
    """Each case in an exchange of its own; whatever the township answers is believed."""
    ledger = []
    for _ in range(FILED):
        entry = await pc.file()
        ledger.append(Receipt(entry.rid, entry.tracking_code))
        with contextlib.suppress(Failed):
            await pc.sync.until_quiet()
    return ledger


async def check_town(town: TownProgram, pc: VillagePc) -> None:
    """Property 3: what the node believes confirmed is in the township's file; property 4: without gaps."""
    in_town(town)
    stream = await pc.outbox.stream()
    with sqlite3.connect(town.file) as opened:
        found = opened.execute(
            "SELECT id, upto, chain FROM node_stream WHERE node_id = ? AND epoch = ?",
            (pc.number, stream.epoch),
        ).fetchone()
        upto, head = (found[1], found[2]) if found else (0, chain.START)
        seqs = opened.execute("SELECT seq, h FROM node_record WHERE stream_id = ? ORDER BY seq", found[:1])
        lines = seqs.fetchall()
    opened.close()
    assert stream.acked <= upto, "confirmed, and not durable"
    assert [seq for seq, _ in lines] == list(range(1, upto + 1))
    own = chain.START
    for seq, h in lines:
        own = chain.advance(own, seq, h)
    assert own == head


async def half_a_day(town: TownProgram, folder: Path, how: list[str], *, dies: bool) -> bool:
    """Push into a township whose calls are counted or broken; whatever became of it, send everything in the end.

    Args:
        dies: it is started again; otherwise it has to go on by itself.

    Returns:
        Whether everything was confirmed at once.
    """
    async with running(town), line_to(town) as line:
        await town.start()
        pc = await open_pc(folder, line)
        async with tracing.attached(town.program.pid, how):
            ledger = await push_one_by_one(pc)
        smooth = await pc.waiting() == 0
        if dies:
            await town.program.kill()
            await check_town(town, pc)
            await town.start()
        await pc.keep_trying()
        await check_town(town, pc)
        await pc.database.close()
    arrived = in_town(town)
    for receipt in ledger:
        assert arrived[receipt.rid] == receipt.code
    return smooth


async def test_a_township_killed_at_any_fsync_has_what_it_confirmed(
    plant: Plant, tmp_path: Path, *, every_point: bool
) -> None:
    counted = plant.town(tmp_path / "counted")
    own = plant.node(tmp_path / "own", counted.url)
    assert await half_a_day(counted, own.folder, tracing.counting(tmp_path / "calls"), dies=False)
    total = tracing.most_calls(tmp_path / "calls")
    stopped = 0
    for place in points(total, 2, every=every_point):
        town = plant.town(tmp_path / f"killed-{place}")
        own = plant.node(tmp_path / f"node-{place}", town.url)
        stopped += not await half_a_day(town, own.folder, tracing.killed_at(place), dies=True)
    assert stopped, "it was never killed in time"


@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
async def test_a_township_whose_disk_refuses_confirms_nothing_for_it_and_goes_on_by_itself(
    plant: Plant, tmp_path: Path, error: str, *, every_point: bool
) -> None:
    counted = plant.town(tmp_path / "counted")
    own = plant.node(tmp_path / "own", counted.url)
    assert await half_a_day(
        counted, own.folder, tracing.counting(tmp_path / "calls", calls=tracing.WRITES), dies=False
    )
    total = tracing.most_calls(tmp_path / "calls")
    refused = 0
    for place in points(total, 1, every=every_point):
        town = plant.town(tmp_path / f"refused-{place}")
        own = plant.node(tmp_path / f"node-{place}", town.url)
        broken = tracing.failing_at(place, calls=tracing.WRITES, error=error, times=4)
        refused += not await half_a_day(town, own.folder, broken, dies=False)
    assert refused, "the disk never refused anything that mattered"
