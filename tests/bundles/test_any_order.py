"""Whatever happens to the parts of a bundle on their way: refused whole, or the same as the push (sync/1, property 18).

The model is one line: a township has records 1 to n, and a part counts if it begins no later than n + 1.
"""

import asyncio
import os
import secrets
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from backend.intake import store_streams
from tests.bundles.desk import TINY, Desk, bring
from tests.support.township import Town, open_town, own_copy
from tests.sync.conftest import VillagePc, one_time_code, open_pc
from village_node.sync.line import Send, over_http

RUNS = int(os.environ.get("BMT_BUNDLE_RUNS", "10"))
"""Ask for hundreds by hand; each takes a third of a second."""
CASES = 5
T = TypeVar("T")


@dataclass
class Ground:
    """One township for all runs; every run has a village computer of its own."""

    runner: asyncio.Runner
    town: Town
    send: Send
    folder: Path
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    async def desk(self) -> Desk:
        folder = self.folder / secrets.token_hex(4)
        folder.mkdir()
        pc = await open_pc(folder, self.send, token=await one_time_code(self.town))
        await pc.keep_trying()
        return Desk(pc, folder)


@pytest.fixture(scope="module")
def ground(seeded: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("bundles")
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()

        async def opened() -> Ground:
            name = f"bundles_{secrets.token_hex(4)}"
            url = await stack.enter_async_context(own_copy(seeded, template, folder, name=name))
            town = await stack.enter_async_context(open_town(url, folder))
            session = await stack.enter_async_context(aiohttp.ClientSession())
            return Ground(runner, town, over_http(session, str(town.client.make_url("/"))), folder)

        yield runner.run(opened())
        runner.run(stack.aclose())


@dataclass(frozen=True, slots=True)
class Trip:
    """One part is carried to the township. `cut`, `bent`: where, as a fraction of the file; `push`: the line works once."""

    part: int
    cut: float | None = None
    bent: tuple[float, int] | None = None
    push: bool = False


whole = st.builds(Trip, part=st.integers(0, CASES - 1))
spoilt = st.one_of(
    st.builds(Trip, part=st.integers(0, CASES - 1), cut=st.floats(0, 1, exclude_max=True)),
    st.builds(
        Trip,
        part=st.integers(0, CASES - 1),
        bent=st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 7)),
    ),
)
by_line = st.just(Trip(part=0, push=True))


@pytest.mark.slow
def test_parts_in_any_order_doubled_cut_and_bent_are_the_push_or_nothing(ground: Ground) -> None:
    @settings(
        max_examples=RUNS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=(Phase.explicit, Phase.generate),
    )
    @given(st.lists(st.one_of(whole, whole, spoilt, by_line), max_size=12))
    def journeys(trips: list[Trip]) -> None:
        ground.run(_journey(ground, trips))

    journeys()


async def _journey(ground: Ground, trips: list[Trip]) -> None:
    desk = await ground.desk()
    entries = [await desk.pc.file(area_mu=str(area)) for area in range(1, CASES + 1)]
    parts = await desk.parts(part_max=TINY)
    assert len(parts) == CASES
    upto = 0
    replies: list[bytes] = []
    for trip in trips:
        if trip.push:
            await desk.pc.sync.until_quiet()
            upto = CASES
        else:
            upto, answered = await _carry(ground.town, parts[trip.part], trip, upto)
            replies += answered
        assert await _head(desk.pc) == upto
    for reply in reversed(replies):
        await desk.take_reply(reply)
    stream = await desk.pc.outbox.stream()
    assert stream.acked == (upto if replies else stream.acked)
    assert await desk.pc.outbox.old_epoch() == ""
    for part in parts:
        assert (await bring(ground.town, part)).status == 200
    assert await _head(desk.pc) == CASES
    await desk.pc.keep_trying()
    told = [await desk.pc.told(entry) for entry in entries]
    assert [row.number for row in told if row] == [entry.case_number for entry in entries]
    await desk.pc.database.close()


async def _carry(town: Town, data: bytes, trip: Trip, upto: int) -> tuple[int, list[bytes]]:
    if trip.cut is not None:
        data = data[: int(len(data) * trip.cut)]
    elif trip.bent is not None:
        place, bit = trip.bent
        bent = bytearray(data)
        bent[int(len(data) * place)] ^= 1 << bit
        data = bytes(bent)
    answer = await bring(town, data)
    if trip.cut is not None or trip.bent is not None:
        assert answer.status in {401, 409, 422}
        return upto, []
    assert answer.status == 200
    number = trip.part + 1
    return (max(upto, number) if number <= upto + 1 else upto), [answer.body]


async def _head(pc: VillagePc) -> int:
    """How far the township has this computer's stream, where that agrees with the computer's own chain."""
    epoch = (await pc.outbox.stream()).epoch
    stream = await store_streams.find(pc.number, epoch)
    assert stream is not None
    assert stream.head.chain == await pc.outbox.chain_at(stream.head.upto)
    return stream.head.upto
