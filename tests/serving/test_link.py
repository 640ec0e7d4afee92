"""The bad line of the tests is as bad as it says, and no worse."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.support.link import CHUNK, CLEAR, Link, Weather

REPLY = b"answer"


@pytest.fixture
async def echo() -> AsyncIterator[int]:
    """A server that sends back what it gets; gives its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def ask(link: Link, size: int) -> tuple[float, bytes]:
    """Send `size` bytes on a new connection; seconds until they are back, and what came."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
    try:
        writer.write(b"x" * size)
        try:
            back = await reader.readexactly(size)
        except asyncio.IncompleteReadError as short:
            back = short.partial
        except OSError:
            back = b""
        return loop.time() - began, back
    finally:
        writer.transport.abort()


async def test_a_clear_line_carries_everything_both_ways(echo: int) -> None:
    async with Link(echo) as link:
        _, back = await ask(link, 1_000_000)
        assert back == b"x" * 1_000_000
        assert (link.carried.up, link.carried.down) == (1_000_000, 1_000_000)


async def test_a_new_connection_and_a_question_cost_a_round_trip_each(echo: int) -> None:
    async with Link(echo, Weather(round_trip_s=0.05)) as link:
        took, back = await ask(link, 10)
    assert back == b"x" * 10
    assert 0.1 <= took < 5


async def test_the_line_carries_no_more_bytes_a_second_than_it_has(echo: int) -> None:
    async with Link(echo, Weather(bytes_per_s=200_000)) as link:
        took, back = await ask(link, 40_000)
    assert len(back) == 40_000
    assert 0.2 <= took < 5


async def test_two_connections_share_the_line(echo: int) -> None:
    async with Link(echo, Weather(bytes_per_s=200_000)) as link:
        both = await asyncio.gather(ask(link, 20_000), ask(link, 20_000))
    assert max(took for took, _ in both) >= 0.2


async def test_a_line_that_cuts_resets_the_connection_after_so_many_bytes(echo: int) -> None:
    async with Link(echo, Weather(cut_after=CHUNK)) as link:
        _, back = await ask(link, 10 * CHUNK)
        assert len(back) < 10 * CHUNK
        assert link.carried.cuts == 1
        link.weather = CLEAR
        _, back = await ask(link, CHUNK)
    assert len(back) == CHUNK


async def test_a_silent_line_stays_open_and_carries_nothing(echo: int) -> None:
    async with Link(echo, Weather(silent=True)) as link:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ask(link, 10), 0.1)
        assert (link.carried.cuts, link.carried.up) == (0, 0)
        link.change(silent=False)
        _, back = await ask(link, 10)
    assert len(back) == 10


async def test_nobody_gets_through_a_refusing_line_or_to_a_dead_server(echo: int) -> None:
    async with Link(echo, Weather(refusing=True)) as link:
        _, back = await ask(link, 10)
        assert back == b""
    async with Link(1) as nowhere:
        _, back = await ask(nowhere, 10)
        assert back == b""


async def test_open_connections_can_be_cut_at_any_moment(echo: int) -> None:
    async with Link(echo) as link:
        reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
        writer.write(REPLY)
        assert await reader.readexactly(len(REPLY)) == REPLY
        link.cut()
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
        writer.transport.abort()
