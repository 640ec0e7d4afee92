"""Many villages at once, one that sends too much, a full disk: the township asks to wait before it reads, and says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer

from api_spec import signature, sync
from api_spec.errors import ErrorCode
from api_spec.sync import PushStatus
from backend.app import OFFICE, build
from backend.faults import Fault
from backend.intake.gate import (
    BODIES_AT_ONCE,
    BODIES_OF_ONE,
    CROWDED,
    NODE_BYTES,
    NODE_BYTES_A_SECOND,
    Gate,
    spread_s,
)
from backend.intake.http_sync import GATE
from backend.people.service import Hashing
from tests.support.township import CHEAP, Clock, Town, settings_for
from tests.sync import wire
from tests.sync.conftest import one_time_code
from tests.sync.wire import Wire


@pytest.fixture
async def node(town: Town) -> Wire:
    return await wire.enrol(town.client, await one_time_code(town))


def test_villages_told_to_wait_come_back_spread_over_half_a_minute() -> None:
    waits = [spread_s(str(node)) for node in range(1, 301)]
    assert (min(waits), max(waits)) == (5, 34)
    assert max(waits.count(each) for each in set(waits)) < 30


def test_a_node_that_sends_too_much_waits_until_time_has_paid_for_it() -> None:
    now = [100.0]
    gate = Gate(lambda: now[0])
    gate.spend(7, NODE_BYTES)
    with gate.body("7"):
        gate.spend(7, 10 * NODE_BYTES_A_SECOND)
    with pytest.raises(Fault) as told, gate.body("7"):
        pass
    assert (told.value.code, told.value.facts["retry_after_s"]) == (ErrorCode.BUSY, "15")
    with gate.body("8"):
        now[0] += 10
    with gate.body("7"):
        pass


async def test_an_idle_node_is_asked_to_come_later_when_it_is_crowded_and_a_backlog_is_not(
    town: Town, node: Wire
) -> None:
    gate = town.client.app[GATE]
    assert (await node.push()).wait_s == 0
    with ExitStack() as taken:
        for other in range(CROWDED):
            taken.enter_context(gate.body(f"other {other}"))
        assert (await node.push()).wait_s == spread_s(str(node.node))
        node.write(node.case())
        answer = await node.push()
    assert (answer.wait_s, answer.push.upto) == (0, 1)


@pytest.fixture
async def full(town_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    """A township whose disk never has room enough."""
    clock = Clock()
    settings = replace(settings_for(town_url, tmp_path), disk_floor_mb=10**12)
    app = build(settings, clock=clock, hashing=Hashing(CHEAP))
    client = TestClient(TestServer(app), cookie_jar=CookieJar(unsafe=True))
    await client.start_server()
    yield Town(app[OFFICE], client, client, clock, town_url)
    await client.close()


async def test_a_full_township_takes_no_records_serves_all_else_and_says_so(
    full: Town, caplog: pytest.LogCaptureFixture
) -> None:
    node = await wire.enrol(full.client, await one_time_code(full))
    node.write(node.case())
    for _ in range(2):
        answer = await node.push()
        assert (answer.push.status, answer.push.upto, answer.wait_s) == (PushStatus.FULL, 0, 600)
        assert answer.pull
        assert answer.pull.rows
    assert len([line for line in caplog.records if "no records are taken in" in line.message]) == 1
    assert (await full.anyone.get("/v1/health")).json["storage"] == "full"
    assert "镇里的磁盘快满了" in (await (await full.staff("director")).page("/staff/villages")).text


def test_one_name_takes_no_more_than_its_share_of_the_places() -> None:
    gate = Gate()
    with ExitStack() as stack:
        for _ in range(BODIES_OF_ONE):
            stack.enter_context(gate.body("7"))
        with pytest.raises(Fault) as refused, gate.body("7"):
            pass
        assert refused.value.code is ErrorCode.BUSY
        with gate.body("8"):
            pass
    with gate.body("7"):
        pass


async def test_connections_that_send_no_byte_of_a_body_keep_no_village_out(town: Town) -> None:
    node = await wire.enrol(town.client, await one_time_code(town))
    url = town.client.make_url("/")
    lines = []
    for place in range(BODIES_AT_ONCE + 5):
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(
            f"POST {sync.EXCHANGE_PATH} HTTP/1.1\r\nHost: town\r\n{signature.NODE}: {place}\r\n"
            "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n".encode()
        )
        await writer.drain()
        lines.append((reader, writer))
    assert (await node.push()).push.upto == 0
    for _, writer in lines:
        writer.close()
