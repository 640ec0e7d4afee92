"""sync/1 over HTTP: bytes in, signature checked before anything is inflated, typed calls, bytes out."""

import asyncio
from functools import lru_cache
from typing import Final, TypeVar

import msgspec
from aiohttp import web

from api_spec import coding, signature, sync
from api_spec.coding import BadBody, Coding
from api_spec.errors import ErrorCode
from api_spec.route import Route
from api_spec.routes import intake as routes
from api_spec.sync import BadMessage, EnrolRequest, ExchangeRequest
from backend.edge import ROUTE, Handler, first_bytes, now, path_text, raw_body, reply_bytes, rest_of_body
from backend.faults import Fault
from backend.intake.gate import Gate
from backend.intake.service import Node
from backend.keys import INTAKE

JSON: Final = "application/json; charset=utf-8"
BODY_WITHIN_S: Final = 120.0
FIRST_BYTE_WITHIN_S: Final = 10.0
WORTH_PACKING: Final = 1024
_SHA_LENGTH: Final = 64

T = TypeVar("T")


GATE: web.AppKey[Gate] = web.AppKey("intake_gate", Gate)


async def hello(request: web.Request) -> web.Response:
    headers = request.app[INTAKE].hello(at=now(request))
    return web.Response(status=204, headers={**headers, "Cache-Control": "no-store"})


async def enrol(request: web.Request) -> web.Response:
    body = _decode(await raw_body(request, max_bytes=request[ROUTE].max_bytes), EnrolRequest)
    return _answer(request, sync.encode(await request.app[INTAKE].enrol(body, at=now(request))))


async def exchange(request: web.Request) -> web.Response:
    gate, intake = _gate(request), request.app[INTAKE]
    start = await first_bytes(request, within_s=FIRST_BYTE_WITHIN_S)
    with gate.body(request.headers.get(signature.NODE, "")):
        body = await _body(request, start)
        node = await _admit(request, body)
        gate.spend(node.number, len(body))
        async with gate.inflating:
            asked = _decode(_inflate(request, body), ExchangeRequest)
            answer = await intake.exchange(node, asked, at=now(request))
        if not asked.recs and (wait_s := gate.wait_s(node.number)):
            answer = msgspec.structs.replace(answer, wait_s=max(answer.wait_s, wait_s))
        return _answer(request, sync.encode(answer))


async def pack(request: web.Request) -> web.Response:
    node = await _admit(request, b"")
    body = await request.app[INTAKE].pack(node, path_text(request, "sha", max_length=_SHA_LENGTH))
    headers = {
        "Content-Type": "application/octet-stream",
        "Cache-Control": "private, max-age=31536000, immutable",
        "Accept-Ranges": "bytes",
    }
    if _takes_zstd(request):
        body = await asyncio.to_thread(_packed, body)
        headers["Content-Encoding"] = Coding.ZSTD.value
    return _part(request, body, headers)


def _part(request: web.Request, body: bytes, headers: dict[str, str]) -> web.Response:
    """The whole, or the one range asked for."""
    try:
        asked = request.http_range
    except ValueError:
        asked = slice(None)
    start, stop, _ = asked.indices(len(body))
    if asked == slice(None, None, 1) or asked == slice(None) or start >= stop:
        return reply_bytes(body, headers=headers)
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(body)}"
    return reply_bytes(body[start:stop], status=206, headers=headers)


async def _body(request: web.Request, start: bytes) -> bytes:
    """Raises Fault: BODY_TOO_LARGE, also for one that takes too long to come: the node then sends less at once."""
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            return await rest_of_body(request, start, max_bytes=request[ROUTE].max_bytes)
    except TimeoutError:
        raise Fault(ErrorCode.BODY_TOO_LARGE, reason="slow") from None


async def _admit(request: web.Request, body: bytes) -> Node:
    return await request.app[INTAKE].admit(
        request.method, request.raw_path, headers=request.headers, body=body, at=now(request)
    )


def _inflate(request: web.Request, body: bytes) -> bytes:
    try:
        return coding.unpack(body, request.headers.get("Content-Encoding", ""))
    except BadBody as bad:
        too_large = bad.args[0] == "too large"
        raise Fault(
            ErrorCode.BODY_TOO_LARGE if too_large else ErrorCode.BODY_NOT_JSON, reason=bad.args[0]
        ) from None


def _decode(data: bytes, kind: type[T]) -> T:
    try:
        return sync.decode(data, kind)
    except BadMessage as bad:
        raise Fault(ErrorCode.BODY_INVALID, reason=bad.args[0][:200]) from None


def _answer(request: web.Request, body: bytes) -> web.Response:
    headers = {"Content-Type": JSON, "Cache-Control": "no-store"}
    if len(body) > WORTH_PACKING and _takes_zstd(request):
        body = coding.pack(body)
        headers["Content-Encoding"] = Coding.ZSTD.value
    return reply_bytes(body, headers=headers)


def _takes_zstd(request: web.Request) -> bool:
    return Coding.ZSTD.value in request.headers.get("Accept-Encoding", "")


def _gate(request: web.Request) -> Gate:
    return request.app[GATE]


_packed = lru_cache(4)(coding.pack)

HANDLERS: dict[Route, Handler] = {
    routes.GREET_NODE: hello,
    routes.ENROL_NODE: enrol,
    routes.EXCHANGE_WITH_NODE: exchange,
    routes.FETCH_PACK: pack,
}
