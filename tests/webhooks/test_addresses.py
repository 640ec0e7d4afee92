"""Where events may be sent: to the internet only, whatever a name stands for at that moment."""

import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import BaseTestServer, TestServer

from backend.outbox.http_line import HttpLine, PublicOnly, Unreachable, is_public


class Book(AbstractResolver):
    """A directory in which every name stands for one address."""

    def __init__(self, *addresses: str) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host=each, port=port, family=family or socket.AF_INET, proto=0, flags=0
            )
            for each in self._addresses
        ]

    async def close(self) -> None:
        pass


@pytest.fixture
async def inner() -> AsyncIterator[BaseTestServer]:
    """A server of this machine, which also leads elsewhere."""

    async def away(_: web.Request) -> web.Response:
        raise web.HTTPFound("/there")

    app = web.Application()
    app.router.add_post("/", away)
    async with TestServer(app) as server:
        yield server


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "::1", "[::1]", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "2002:0a00:0001::", "64:ff9b::a00:1", "localhost",
        "Localhost.",
    ],
)  # fmt: skip
def test_this_machine_and_inner_networks_are_not_public(host: str) -> None:
    assert not is_public(host)


@pytest.mark.parametrize("host", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "hooks.example.org"])
def test_the_internet_is_public(host: str) -> None:
    assert is_public(host)


async def test_a_name_that_stands_for_an_inner_address_gets_nothing(inner: BaseTestServer) -> None:
    async def answered(*addresses: str, guarded: bool) -> int:
        book = Book(*addresses)
        connector = aiohttp.TCPConnector(resolver=PublicOnly(book) if guarded else book)
        async with aiohttp.ClientSession(connector=connector) as session:
            url = inner.make_url("/").with_host("hooks.example.org")
            return (await HttpLine(session).post(url, b"{}", {})).status

    assert await answered("127.0.0.1", guarded=False) == 302
    with pytest.raises(Unreachable):
        await answered("127.0.0.1", guarded=True)
    with pytest.raises(Unreachable):
        await answered("8.8.8.8", "127.0.0.1", guarded=True)
