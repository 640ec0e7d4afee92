"""Answers as bytes: msgspec for values, RFC 9457 for refusals."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from aiohttp import web

from api_spec.errors import STATUS, ErrorCode
from api_spec.messages.base import FieldError, Problem
from api_spec.signature import NONCE
from api_spec.sync import UPLOAD_OFFSET
from backend.faults import Wrong
from backend.wording import SENTENCES

JSON_TYPE = "application/json; charset=utf-8"
PROBLEM_TYPE = "application/problem+json; charset=utf-8"
JSON_HEADERS = {"Content-Type": JSON_TYPE, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
PROBLEM_HEADERS = {
    "Content-Type": PROBLEM_TYPE,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
PROBLEM_URI = "urn:bianmintong:problem:"

_encoder = msgspec.json.Encoder()


def encode(answer: Any) -> bytes:
    return _encoder.encode(answer)


def reply(answer: Any, *, status: int = 200) -> web.Response:
    """`answer` is the msgspec Struct (or list of them) the route names."""
    return web.Response(body=_encoder.encode(answer), status=status, headers=JSON_HEADERS)


def reply_bytes(
    encoded: bytes, *, status: int = 200, headers: Mapping[str, str] = JSON_HEADERS
) -> web.Response:
    """An answer that is already bytes: from a cache, a file, a drawing."""
    return web.Response(body=encoded, status=status, headers=headers)


def no_content() -> web.Response:
    return web.Response(status=204)


def problem(
    code: ErrorCode,
    *,
    facts: Mapping[str, str],
    wrong: Iterable[Wrong],
    request_id: str,
) -> web.Response:
    """RFC 9457: `title` is the sentence for the person, `code` and `facts` are for the program."""
    status = STATUS[code]
    answer = Problem(
        type=PROBLEM_URI + code.value,
        title=SENTENCES[code],
        status=status,
        code=code.value,
        facts=dict(facts),
        errors=[FieldError(field=w.field, code=w.code, sentence=w.sentence) for w in wrong],
        request_id=request_id,
    )
    headers = dict(PROBLEM_HEADERS)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if "retry_after_s" in facts:
        headers["Retry-After"] = facts["retry_after_s"]
    if "nonce" in facts:
        headers[NONCE] = facts["nonce"]
    if "upload_offset" in facts:
        headers[UPLOAD_OFFSET] = facts["upload_offset"]
    if "allow" in facts:
        headers["Allow"] = facts["allow"]
    return web.Response(body=_encoder.encode(answer), status=status, headers=headers)
