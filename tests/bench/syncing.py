"""How a real village computer gets its cases over a mountain's line, and what it and the wire spend on them."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import aiohttp
import zstandard
from aiohttp.test_utils import TestServer

from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.app import OFFICE, build
from backend.ids import new_id
from backend.settings import Settings
from tests.support.link import CLEAR, MOUNTAIN, Link
from tests.support.township import id_number
from tests.sync.conftest import FORM, LAND_LEASE, LI, VillagePc, open_pc
from village_node.desk import intake_form
from village_node.desk.register import Application
from village_node.sync.line import over_http
from village_node.sync.township import Failed

BACKLOG = 1_000
A_FEW = 5
CUT_AFTER = 512 * 1024
"""The line breaks about every eight seconds of sending."""
NOTE_CHARACTERS = 330
COMMON = "的一是了我不人在他有这上个来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学之都好看起发当没成只如事把还用第样道想作种开美总从无情己面最女但现前些所同日手又行意动"
"""Villagers write with these; picked by chance they compress worse than what people really write."""


@dataclass(frozen=True, slots=True)
class Synced:
    """Seconds on the bad line, and per case: bytes of a record, bytes up, milliseconds at the node."""

    backlog_s: float
    few_s: float
    cuts: int
    record_bytes: float
    bytes_up: float
    filing_ms: float
    levels: dict[int, tuple[float, float]]

    def __str__(self) -> str:
        levels = ", ".join(f"{level}: {size:.0f} B {us:.0f} µs" for level, (size, us) in self.levels.items())
        return (
            f"300 ms, 512 kbit/s: {BACKLOG:,} cases in {self.backlog_s:.1f} s with {self.cuts} cuts (goal 16),"
            f" {A_FEW} in one request and {self.few_s:.2f} s (goal 0.5);"
            f" {self.bytes_up:.0f} bytes up for a record of {self.record_bytes:.0f} (goal 900);"
            f" filing at the node {self.filing_ms:.1f} ms; zstd by level, a case: {levels}"
        )


async def measure_sync(settings: Settings, folder: Path) -> Synced:
    """File at a real node and send over the line.

    Args:
        settings: of a migrated database with a township in it.
        folder: for the node's files.
    """
    async with _village(settings, folder) as (pc, link):
        began = time.perf_counter()
        await _file(pc, BACKLOG)
        filing = time.perf_counter() - began
        stored = [written.body for written in await pc.outbox.batch(0, limit=500, max_bytes=4 * 1024 * 1024)]
        link.weather = replace(MOUNTAIN, cut_after=CUT_AFTER)
        backlog = await _send(pc)
        cuts, up = link.carried.cuts, link.carried.up
        link.weather = MOUNTAIN
        await _file(pc, 1)
        await _send(pc)
        few = [await _send_few(pc) for _ in range(3)]
    return Synced(
        backlog_s=backlog,
        few_s=median(few),
        cuts=cuts,
        record_bytes=sum(map(len, stored)) / len(stored),
        bytes_up=up / BACKLOG,
        filing_ms=filing / BACKLOG * 1e3,
        levels={level: _packed(stored, level) for level in (3, 9, 19)},
    )


@asynccontextmanager
async def _village(settings: Settings, folder: Path) -> AsyncIterator[tuple[VillagePc, Link]]:
    """An enrolled village computer that reaches its township through a line."""
    app = build(settings)
    async with (
        TestServer(app) as server,
        Link(server.port or 0, CLEAR) as link,
        aiohttp.ClientSession() as session,
    ):
        office = app[OFFICE]
        tenant_id = office.catalogue.tenant_ids[0]
        village = (await office.catalogue.villages(tenant_id))[0]
        admin = Actor(id="bench", roles=frozenset({Role.SYSTEM_ADMIN}), tenant_id=tenant_id)
        code = await office.intake.make_code(village.id, actor=admin, at=office.clock())
        pc = await open_pc(folder, over_http(session, link.url), token=code.code)
        try:
            await pc.keep_trying()
            link.carried.up = link.carried.cuts = 0
            yield pc, link
        finally:
            await pc.database.close()


async def _file(pc: VillagePc, count: int) -> None:
    """Cases of different people, as the clerk's page files them."""
    pack = pc.packs.current()
    item = next(item for item in pack.items if item.code == LAND_LEASE)
    today = pc.time.clock.today()
    for _ in range(count):
        reading = intake_form.read(list(_form().items()), item, pack, today=today)
        assert reading.typed, reading.wrong
        await pc.register.file(
            Application(
                rid=new_id(),
                item=item,
                pack_sha=pc.packs.sha,
                typed=reading.typed,
                clerk=LI,
                made=pc.time.clock.stamp(None),
                today=today,
            )
        )


def _form() -> dict[str, str]:
    return {
        **dict(FORM),
        "name": _words(3),
        "number": id_number(secrets.randbelow(900) + 10),
        "phone": f"138{secrets.randbelow(10**8):08}",
        "address": f"三都镇{_words(3)}村 {secrets.randbelow(20)} 组 {secrets.randbelow(300)} 号",
        "a-area_mu": str(secrets.randbelow(900) + 1),
        "a-other_party": _words(3),
        "note": _words(NOTE_CHARACTERS),
    }


def _words(count: int) -> str:
    return "".join(secrets.choice(COMMON) for _ in range(count))


async def _send(pc: VillagePc) -> float:
    """Seconds until nothing waits any more; a line that was cut is tried again at once."""
    began = time.perf_counter()
    while await pc.waiting():
        try:
            await pc.sync.until_quiet()
        except Failed:
            await asyncio.sleep(0)
    return time.perf_counter() - began


async def _send_few(pc: VillagePc) -> float:
    """Seconds until a few cases are acknowledged, on a connection that is open."""
    await _file(pc, A_FEW)
    began = time.perf_counter()
    meeting = await pc.sync.until_quiet()
    took = time.perf_counter() - began
    assert (meeting.sent, await pc.waiting()) == (A_FEW, 0)
    return took


def _packed(stored: list[bytes], level: int) -> tuple[float, float]:
    """Bytes and microseconds a case when a batch is compressed at this level."""
    whole = b",".join(stored)
    began = time.process_time()
    size = len(zstandard.ZstdCompressor(level=level).compress(whole))
    return size / len(stored), (time.process_time() - began) / len(stored) * 1e6
