"""How fast a village's backlog goes in: signature, validation, cases, feed and chain, over loopback with one node."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec
from aiohttp.test_utils import TestClient, TestServer
from msgspec.structs import replace

from api_spec import chain, coding, records, sync
from api_spec.case_number import village_number
from api_spec.sync import Entry, ExchangeRequest, PullAsk, PushStatus
from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.app import OFFICE, build
from backend.db import in_transaction
from backend.ids import new_id
from backend.serve import settle_collector
from backend.settings import Settings
from tests.sync import wire

BATCH = 500
PROBE_S = 0.005
CASES_A_DAY = 100
FIRST_DAY = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Pushed:
    """`per_s`: cases a second of wall time; `cpu_us`: of the whole process for one case, the client's part included.

    Args:
        pull_per_s: feed rows a second, page by page.
        longest_ms: the longest that anybody else waited for the writer.
    """

    cases: int
    per_s: float
    again_per_s: float
    pull_per_s: float
    cpu_us: float
    longest_ms: float

    def __str__(self) -> str:
        return (
            f"node push, {self.cases:,} cases: {self.per_s:,.0f}/s (goal 10,000, on PostgreSQL 6,000),"
            f" {self.cpu_us:.0f} µs CPU a case, others wait {self.longest_ms:.0f} ms for the writer at most (bound 100);"
            f" the same again: {self.again_per_s:,.0f}/s (goal 15,000); pull {self.pull_per_s:,.0f} rows/s (goal 12,000)"
        )


async def measure_push(settings: Settings, *, cases: int = 10_000) -> Pushed:
    """Push `cases` fresh cases and then the same once more.

    Args:
        settings: of a migrated database with a township in it.

    Raises:
        AssertionError: something was refused or held.
    """
    app = build(settings)
    async with TestClient(TestServer(app)) as client:
        office = app[OFFICE]
        tenant_id = office.catalogue.tenant_ids[0]
        village = (await office.catalogue.villages(tenant_id))[0]
        admin = Actor(id="bench", roles=frozenset({Role.SYSTEM_ADMIN}), tenant_id=tenant_id)
        code = await office.intake.make_code(village.id, actor=admin, at=office.clock())
        node = await wire.enrol(client, code.code)
        bodies = _bodies(node, cases)
        settle_collector()
        started, cpu = time.perf_counter(), time.process_time()
        async with _waiting_for_the_writer() as waits:
            await _send(node, bodies)
        first, spent = time.perf_counter() - started, time.process_time() - cpu
        started = time.perf_counter()
        await _send(node, bodies)
        again = time.perf_counter() - started
        started = time.perf_counter()
        pulled = await _pull(node)
        pulling = time.perf_counter() - started
        assert pulled >= cases
    return Pushed(
        cases=cases,
        per_s=cases / first,
        again_per_s=cases / again,
        pull_per_s=pulled / pulling,
        cpu_us=spent / cases * 1e6,
        longest_ms=max(waits) * 1e3,
    )


@asynccontextmanager
async def _waiting_for_the_writer() -> AsyncIterator[list[float]]:
    """Seconds that somebody who wants to write every now and then has to wait."""
    waits = [0.0]

    async def want() -> None:
        while True:
            began = time.perf_counter()
            async with in_transaction():
                waits.append(time.perf_counter() - began)
            await asyncio.sleep(PROBE_S)

    probe = asyncio.create_task(want())
    try:
        yield waits
    finally:
        probe.cancel()
        await asyncio.gather(probe, return_exceptions=True)


def _bodies(node: wire.Wire, cases: int) -> list[bytes]:
    stored = []
    block = node.told.numbers
    for count in range(cases):
        day = FIRST_DAY + timedelta(days=count // CASES_A_DAY)
        number = village_number(block.prefix, day, block=block.block, pick=count % CASES_A_DAY)
        note = secrets.token_hex(200)  # what people write does not repeat, so it must not compress away
        stored.append(records.encode_record(replace(node.case(number=number, note=note), rid=new_id())))
    heads = [chain.START, *chain.heads(chain.START, list(enumerate(stored, 1)))]
    return [
        coding.pack(
            sync.encode(
                ExchangeRequest(
                    proto=sync.PROTO,
                    app="bench",
                    schema=records.SCHEMA,
                    node=node.node,
                    epoch=node.epoch,
                    base=base,
                    base_chain=heads[base],
                    recs=tuple(
                        Entry(seq=seq, rec=msgspec.Raw(stored[seq - 1]))
                        for seq in range(base + 1, min(base + BATCH, cases) + 1)
                    ),
                )
            )
        )
        for base in range(0, cases, BATCH)
    ]


async def _pull(node: wire.Wire) -> int:
    """Rows of the whole feed, from its start."""
    rows, where = 0, PullAsk()
    while True:
        answered = await node.exchange(node.request(base=0, pull=where))
        if answered.status == 409:
            node.told = replace(node.told, nonce=answered.headers[sync.NONCE_HEADER])
            continue
        pull = answered.exchange.pull
        assert pull is not None
        rows += len(pull.rows)
        where = PullAsk(pos=pull.pos, dig=pull.dig)
        if not pull.more:
            return rows


async def _send(node: wire.Wire, bodies: list[bytes]) -> None:
    for body in bodies:
        answered = await node.send(body, nonce=node.nonce or None)
        if answered.status == 409:
            node.nonce = answered.headers[sync.NONCE_HEADER]
            answered = await node.send(body, nonce=node.nonce)
        assert answered.status == 200, answered.body
        push = answered.exchange.push
        assert (push.status, push.held) == (PushStatus.OK, ())
