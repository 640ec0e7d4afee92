"""Requests as typed values: bodies, queries and path parameters, every fault told at once."""

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

import jiter
from aiohttp import web
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from api_spec.errors import ErrorCode
from api_spec.route import Route
from backend.faults import Fault, Wrong
from backend.keys import CLOCK
from backend.wording import field_sentence

ROUTE = web.RequestKey("route", Route)
RAW_BODY = web.RequestKey("raw_body", bytes)

Model = TypeVar("Model", bound=BaseModel)

HEX_ID = re.compile(r"[0-9a-f]{32}")
ESCAPED_NUL = b"\\u0000"
BEGIN_S: Final = 10.0
SLOWEST_BYTES_S: Final = 1024
"""A tower far away gives 2 KiB a second."""


def now(request: web.Request) -> datetime:
    """The township's clock, aware UTC."""
    return request.app[CLOCK]()


def path_id(request: web.Request, name: str) -> str:
    """An id from the path. Anything that cannot be an id is simply not there.

    Raises:
        Fault: NOT_FOUND.
    """
    value = request.match_info[name]
    if not HEX_ID.fullmatch(value):
        raise Fault(ErrorCode.NOT_FOUND)
    return value


def path_text(request: web.Request, name: str, *, max_length: int = 64) -> str:
    """A short text from the path (a code, a hash).

    Raises:
        Fault: NOT_FOUND when it is too long or has control characters.
    """
    value: str = request.match_info[name]
    if not value or len(value) > max_length or not value.isprintable():
        raise Fault(ErrorCode.NOT_FOUND)
    return value


async def raw_body(request: web.Request, *, max_bytes: int) -> bytes:
    """The body as it came; may be asked for again.

    Raises:
        Fault: BODY_TOO_LARGE.
    """
    declared = request.content_length
    if declared is not None and declared > max_bytes:
        raise Fault(ErrorCode.BODY_TOO_LARGE, limit_bytes=max_bytes)
    if declared is not None:
        try:
            raw = await request.read()
        except web.HTTPRequestEntityTooLarge:
            # aiohttp inflates Content-Encoding before it counts
            raise Fault(ErrorCode.BODY_TOO_LARGE, limit_bytes=max_bytes) from None
        if len(raw) > max_bytes:
            raise Fault(ErrorCode.BODY_TOO_LARGE, limit_bytes=max_bytes)
        return raw
    if RAW_BODY in request:
        return request[RAW_BODY]
    pieces = bytearray()
    async for piece in request.content.iter_any():
        pieces += piece
        if len(pieces) > max_bytes:
            raise Fault(ErrorCode.BODY_TOO_LARGE, limit_bytes=max_bytes)
    request[RAW_BODY] = bytes(pieces)
    return request[RAW_BODY]


async def first_bytes(request: web.Request, *, within_s: float) -> bytes:
    """What of a body comes first, b"" for one that is empty: somebody who sends nothing has taken no place yet.

    Raises:
        Fault: BODY_TOO_LARGE, it did not begin in time.
    """
    try:
        async with asyncio.timeout(within_s):
            return await request.content.readany()
    except TimeoutError:
        raise Fault(ErrorCode.BODY_TOO_LARGE, reason="slow") from None


async def rest_of_body(request: web.Request, start: bytes, *, max_bytes: int) -> bytes:
    """The whole body, of which `start` was read already.

    Raises:
        Fault: BODY_TOO_LARGE, also for one that comes slower than `SLOWEST_BYTES_S` after `BEGIN_S`.
    """
    if (request.content_length or 0) > max_bytes:
        raise Fault(ErrorCode.BODY_TOO_LARGE, limit_bytes=max_bytes)
    whole = bytearray(start)
    began = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout(BEGIN_S) as limit:
            async for piece in request.content.iter_any():
                whole += piece
                if len(whole) > max_bytes:
                    raise Fault(ErrorCode.BODY_TOO_LARGE, limit_bytes=max_bytes)
                limit.reschedule(began + BEGIN_S + len(whole) / SLOWEST_BYTES_S)
    except TimeoutError:
        raise Fault(ErrorCode.BODY_TOO_LARGE, reason="slow") from None
    return bytes(whole)


async def body(request: web.Request, model: type[Model]) -> Model:
    """The JSON body as `model`, the type the route declares.

    Raises:
        Fault: MEDIA_TYPE, BODY_TOO_LARGE, BODY_NOT_JSON (also for doubled keys and lone surrogates),
            BODY_INVALID with every fault by field.
    """
    route = request[ROUTE]
    if route.body is not model:
        raise TypeError(f"{route.name} declares {route.body}, its handler reads {model}")
    if request.content_type != "application/json":
        raise Fault(ErrorCode.MEDIA_TYPE, expected="application/json")
    return decode(await raw_body(request, max_bytes=route.max_bytes), model)


def decode(raw: bytes, model: type[Model]) -> Model:
    """Raises Fault as `body` does."""
    try:
        jiter.from_json(raw, catch_duplicate_keys=True, allow_inf_nan=False, cache_mode="none")
    except ValueError as broken:
        raise Fault(ErrorCode.BODY_NOT_JSON, reason=_reason(broken)) from None
    if ESCAPED_NUL in raw:
        raise Fault(ErrorCode.BODY_NOT_JSON, reason="NUL character")
    try:
        return model.model_validate_json(raw)
    except ValidationError as invalid:
        raise Fault(ErrorCode.BODY_INVALID, wrong=wrongs(invalid)) from None


def query(request: web.Request, model: type[Model]) -> Model:
    """The query string as `model`; what a form sends empty counts as not asked.

    Raises:
        Fault: QUERY_INVALID with every fault by field.
    """
    values: dict[str, str] = {}
    wrong: list[Wrong] = []
    seen: set[str] = set()
    for name, value in request.query.items():
        if name in seen:
            wrong.append(Wrong(name[:50], "repeated", field_sentence("repeated", {})))
        if not _clean(value):
            wrong.append(Wrong(name[:50], "control_characters", field_sentence("control_characters", {})))
        seen.add(name)
        if value:
            values[name] = value
    if wrong:
        raise Fault(ErrorCode.QUERY_INVALID, wrong=wrong)
    try:
        return model.model_validate_strings(values)
    except ValidationError as invalid:
        raise Fault(ErrorCode.QUERY_INVALID, wrong=wrongs(invalid)) from None


def wrongs(invalid: ValidationError) -> Sequence[Wrong]:
    """Every fault of a pydantic refusal by field, without the input (it may be personal data)."""
    details = invalid.errors(include_input=False, include_url=False)
    return [_wrong(detail) for detail in details]


def remote_address(request: web.Request) -> str:
    """Whom to count against: the peer, or what a trusted proxy on loopback says the peer is."""
    peer = request.remote or ""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if forwarded and peer in ("127.0.0.1", "::1"):
        return forwarded.rsplit(",", 1)[-1].strip()[:64]
    return peer


def _wrong(detail: ErrorDetails) -> Wrong:
    path = ".".join(str(part)[:50] for part in detail["loc"])
    code = detail["type"]
    context: dict[str, Any] = detail.get("ctx", {})
    return Wrong(path[:200], code, field_sentence(code, context, message=detail["msg"]))


def _reason(broken: ValueError) -> str:
    """jiter's words without the offending text: 'Detected duplicate key "x" at line 1' names a key the caller sent."""
    text = str(broken)
    return "duplicate key" if "duplicate key" in text else text.split('"')[0].strip()[:80]


def _clean(value: str) -> bool:
    if not value.isprintable() and any(ord(char) < 0x20 or ord(char) == 0x7F for char in value):
        return False
    return not any(0xD800 <= ord(char) <= 0xDFFF for char in value)
