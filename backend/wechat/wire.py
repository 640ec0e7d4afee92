"""One HTTP exchange with WeChat: send, read within limits, turn every failure into a fault. Knows no call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

import aiohttp
import msgspec
from yarl import URL

from backend.wechat.faults import Unreachable, fault_for

MAX_ANSWER_BYTES: Final = 2 * 1024 * 1024
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})

T = TypeVar("T")


class _Verdict(msgspec.Struct):
    errcode: int = 0
    errmsg: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture as WeChat sent it; `media_type` is its word for the format, such as ``image/jpeg``."""

    media_type: str
    body: bytes


def base_url(text: str) -> URL:
    """A checked address.

    Raises:
        ValueError: not http(s), or plain http to another machine, where the secret could be read on the way.
    """
    url = URL(text)
    if url.scheme == "https" or (url.scheme == "http" and url.host in _LOOPBACK):
        return url
    raise ValueError("WeChat's address must be https://, or http:// on this machine")


class Wire:
    """The line to one WeChat server."""

    def __init__(self, http: aiohttp.ClientSession, base: str, *, timeout: timedelta) -> None:
        self._http = http
        self._base = base_url(base)
        self._timeout = aiohttp.ClientTimeout(total=timeout.total_seconds())

    async def get(self, path: str, query: Mapping[str, str], shape: type[T]) -> T:
        """Raises WeChatFault."""
        _, body = await self._exchange(path, query, payload=None)
        return _read(path, body, shape)

    async def post(self, path: str, query: Mapping[str, str], payload: object, *, shape: type[T]) -> T:
        """Raises WeChatFault."""
        _, body = await self._exchange(path, query, payload=payload)
        return _read(path, body, shape)

    async def post_for_image(self, path: str, query: Mapping[str, str], payload: object) -> Image:
        """A failure comes as JSON where a picture was asked for.

        Raises:
            WeChatFault: the JSON's errcode, or neither a picture nor an errcode.
        """
        media_type, body = await self._exchange(path, query, payload=payload)
        if media_type.startswith("image/"):
            return Image(media_type, body)
        _read(path, body, _Verdict)
        raise Unreachable(_name(path), f"an answer of type {media_type} without a picture")

    async def _exchange(
        self, path: str, query: Mapping[str, str], *, payload: object | None
    ) -> tuple[str, bytes]:
        # msgspec leaves Chinese unescaped; some of WeChat's calls would take \u escapes for the text itself.
        sent = None if payload is None else msgspec.json.encode(payload)
        try:
            async with self._http.request(
                "GET" if sent is None else "POST",
                self._base.joinpath(path.lstrip("/")).with_query(query),
                data=sent,
                headers={} if sent is None else {"Content-Type": "application/json"},
                timeout=self._timeout,
                allow_redirects=False,
            ) as answer:
                if answer.status != 200:
                    raise Unreachable(_name(path), f"HTTP {answer.status}")
                return answer.content_type, await _bounded(path, answer.content)
        except (aiohttp.ClientError, TimeoutError) as error:
            # Not chained: aiohttp's messages quote the address, and the address carries secret and code.
            raise Unreachable(_name(path), type(error).__name__) from None


async def _bounded(path: str, content: aiohttp.StreamReader) -> bytes:
    body = bytearray()
    async for chunk in content.iter_any():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise Unreachable(_name(path), "answer too long")
    return bytes(body)


def _read(path: str, body: bytes, shape: type[T]) -> T:
    try:
        verdict = msgspec.json.decode(body, type=_Verdict)
        if verdict.errcode:
            raise fault_for(_name(path), verdict.errcode, verdict.errmsg)
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # Not chained: the broken answer may hold a session key or a phone number.
        raise Unreachable(_name(path), "unreadable answer") from None


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1]
