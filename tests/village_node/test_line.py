"""The real line over HTTP: what is not our township gets nothing, and a broken line is named."""

from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api_spec import coding, sync
from api_spec.sync import ExchangeRequest
from tests.village_node.township import COUNTY, NODE
from village_node.sync.exchange import Failure
from village_node.sync.line import LineCut, LineDown, Reply, Send, over_http
from village_node.sync.township import Failed, Township, hello

REQUEST = ExchangeRequest(proto=1, app="t", schema=1, node=NODE, epoch="0" * 16, base=0, base_chain=bytes(32))
Serve = Callable[[Callable[[web.Request], Awaitable[web.Response]]], Awaitable[Send]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """A server that answers everything with one handler, and the line to it."""
    servers: list[TestServer] = []
    async with aiohttp.ClientSession(auto_decompress=False) as session:

        async def begin(handler: Callable[[web.Request], Awaitable[web.Response]]) -> Send:
            app = web.Application()
            app.router.add_route("*", "/{path:.*}", handler)
            server = TestServer(app)
            await server.start_server()
            servers.append(server)
            return over_http(session, str(server.make_url("")))

        yield begin
    for server in servers:
        await server.close()


def node(send: Send) -> Township:
    return Township(send, node=NODE, county=COUNTY, key=Ed25519PrivateKey.generate())


@pytest.mark.parametrize(
    "portal",
    [
        web.Response(text="<html>请登录校园网</html>", content_type="text/html"),
        web.Response(status=204),
        web.Response(status=204, headers={"Sync-Server": "110101", "Sync-Protos": "1-1", "Sync-Nonce": "n"}),
        web.Response(status=302, headers={"Location": "http://10.0.0.1/login"}),
        web.Response(status=500),
    ],
    ids=["html", "empty", "other county", "redirect", "broken"],
)
async def test_nothing_is_sent_to_a_captive_portal_or_another_countys_server(
    serve: Serve, portal: web.Response
) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.method)
        return web.Response(status=portal.status, body=portal.body, headers=portal.headers)

    with pytest.raises(Failed) as failed:
        await node(await serve(answer)).exchange(REQUEST)
    assert failed.value.failure is Failure.LINE
    assert asked == ["GET"]


async def test_a_portal_that_appears_after_hello_is_not_believed(serve: Serve) -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.path == sync.HELLO_PATH:
            headers = {"Sync-Server": COUNTY, "Sync-Protos": "1-1", "Sync-Nonce": "n"}
            return web.Response(status=204, headers=headers)
        return web.Response(text="<html>200 OK</html>", content_type="text/html")

    with pytest.raises(Failed) as failed:
        await node(await serve(answer)).exchange(REQUEST)
    assert failed.value.failure is Failure.LINE


@pytest.mark.parametrize(
    ("status", "headers", "body", "failure"),
    [
        (413, {}, b"", Failure.TOO_LARGE),
        (503, {"Retry-After": "90"}, b"", Failure.BUSY),
        (403, {}, b'{"code":"node_revoked"}', Failure.REVOKED),
        (500, {}, b'{"code":"internal"}', Failure.BROKEN),
        (502, {}, b"<html>bad gateway</html>", Failure.LINE),
    ],
)
async def test_every_refusal_has_its_meaning(
    status: int, headers: dict[str, str], body: bytes, failure: Failure
) -> None:
    async def send(_method: str, path: str, _headers: object, _body: bytes) -> Reply:
        if path == sync.HELLO_PATH:
            told = {"sync-server": COUNTY, "sync-protos": "1-1", "sync-nonce": "n"}
            return Reply(204, told)
        return Reply(status, {name.lower(): value for name, value in headers.items()}, body)

    with pytest.raises(Failed) as failed:
        await node(send).exchange(REQUEST)
    assert failed.value.failure is failure
    assert failed.value.wait.total_seconds() == int(headers.get("Retry-After", "0"))


async def test_a_server_that_speaks_only_a_later_protocol_is_refused(serve: Serve) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=204, headers={"Sync-Server": COUNTY, "Sync-Protos": "2-3"})

    with pytest.raises(Failed) as failed:
        await hello(await serve(answer), county=COUNTY)
    assert failed.value.failure is Failure.REFUSED


async def test_no_server_is_a_dead_line_and_an_answer_that_breaks_off_a_cut_one(
    serve: Serve, unused_tcp_port: int
) -> None:
    async def half(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    with pytest.raises(LineCut):
        await (await serve(half))("GET", "/", {}, b"")
    async with aiohttp.ClientSession() as session:
        with pytest.raises(LineDown) as down:
            await over_http(session, f"http://127.0.0.1:{unused_tcp_port}")("GET", "/", {}, b"")
    assert type(down.value) is LineDown


async def test_a_compressed_answer_is_inflated_only_so_far(serve: Serve) -> None:
    async def bomb(request: web.Request) -> web.Response:
        if request.path == sync.HELLO_PATH:
            headers = {"Sync-Server": COUNTY, "Sync-Protos": "1-1", "Sync-Nonce": "n"}
            return web.Response(status=204, headers=headers)
        return web.Response(body=coding.pack(bytes(64 * 1024 * 1024)), headers={"Content-Encoding": "zstd"})

    with pytest.raises(Failed) as failed:
        await node(await serve(bomb)).exchange(REQUEST)
    assert failed.value.failure is Failure.LINE
