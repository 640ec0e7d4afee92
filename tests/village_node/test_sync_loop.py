"""The outer loop: it never gives up, uses a good line at once, and leaves a busy township alone."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from api_spec import sync
from tests.village_node.conftest import Node, Time, start
from tests.village_node.filing import file
from tests.village_node.township import Township
from village_node.sync.line import LineDown, Reply
from village_node.sync.sync_loop import SyncLoop


@asynccontextmanager
async def running(loop: SyncLoop) -> AsyncIterator[None]:
    task = asyncio.create_task(loop.run())
    yield
    assert not task.done(), "the loop gave up"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_what_is_filed_goes_up_at_once_when_the_line_is_good(node: Node, township: Township) -> None:
    loop = SyncLoop(node.sync, lambda: 0.5)
    async with running(loop):
        await file(node)
        loop.wake()
        for _ in range(500):
            if township.records:
                break
            await asyncio.sleep(0.01)
    assert len(township.records) == 1


async def test_a_busy_township_is_left_alone_however_often_it_is_wanted(
    tmp_path: Path, township: Township
) -> None:
    asked = 0
    busy = asyncio.Event()

    async def line(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        nonlocal asked
        if path != sync.EXCHANGE_PATH:
            return await township(method, path, headers, body)
        asked += 1
        busy.set()
        return Reply(503, {"retry-after": "600"})

    node = await start(tmp_path, line, Time())
    loop = SyncLoop(node.sync, lambda: 0.0)
    async with running(loop):
        await asyncio.wait_for(busy.wait(), 5)
        for _ in range(5):
            loop.wake()
            await asyncio.sleep(0.02)
    await node.close()
    assert asked == 1


async def test_an_unexpected_breakage_is_outlived(tmp_path: Path, township: Township) -> None:
    tries = 0
    twice = asyncio.Event()

    async def line(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        nonlocal tries
        if path != sync.EXCHANGE_PATH:
            return await township(method, path, headers, body)
        tries += 1
        if tries == 1:
            raise ZeroDivisionError
        twice.set()
        raise LineDown("cut")

    node = await start(tmp_path, line, Time())
    loop = SyncLoop(node.sync, lambda: 0.0)
    async with running(loop):
        for _ in range(50):
            loop.wake()
            if twice.is_set():
                break
            await asyncio.sleep(0.02)
    await node.close()
    assert tries >= 2


async def test_the_first_meeting_is_known_as_such_only_until_it_has_ended(node: Node) -> None:
    met: asyncio.Queue[bool] = asyncio.Queue()

    async def afterwards() -> None:
        met.put_nowait(loop.first_try)

    loop = SyncLoop(node.sync, lambda: 0.5, afterwards=afterwards)
    assert not loop.first_try
    async with running(loop), asyncio.timeout(5):
        assert await met.get()
        loop.wake()
        assert not await met.get()
