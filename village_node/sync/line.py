"""The line to the township as one callable, and its real form over HTTP.

Everything above this file is tested with a callable that loses answers; nothing above it knows aiohttp.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

import aiohttp

LARGEST_ANSWER_BYTES: Final = 32 * 1024 * 1024
_CHUNK: Final = 64 * 1024
_TIMEOUT: Final = aiohttp.ClientTimeout(total=120, sock_connect=30, sock_read=30)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


class LineDown(Exception):
    """No whole answer came back. Whether the township acted is unknown."""


class LineCut(LineDown):
    """The line was there and broke."""


class TookTooLong(LineDown):
    """The line is there but too slow for this much."""


Send = Callable[[str, str, Mapping[str, str], bytes], Awaitable[Reply]]
"""method, path, headers, body -> Reply. Raises LineDown."""


def over_http(session: aiohttp.ClientSession, township: str) -> Send:
    """Requests to one township. Redirects are not followed: a captive portal answers with them.

    Args:
        township: `https://host[:port]`.
    """
    base = township.rstrip("/")

    async def send(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        try:
            async with session.request(
                method,
                base + path,
                headers=headers,
                data=body or None,
                allow_redirects=False,
                auto_decompress=False,
                timeout=_TIMEOUT,
            ) as answer:
                return Reply(
                    answer.status,
                    {name.lower(): value for name, value in answer.headers.items()},
                    await _whole(answer),
                )
        except TimeoutError as slow:
            raise TookTooLong("timeout") from slow
        except aiohttp.ClientConnectionError as cut:
            never_there = isinstance(cut, aiohttp.ClientConnectorError)
            raise (LineDown if never_there else LineCut)(type(cut).__name__) from cut
        except aiohttp.ClientPayloadError as cut:
            raise LineCut(type(cut).__name__) from cut
        except aiohttp.ClientError as foreign:
            raise LineDown(type(foreign).__name__) from foreign

    return send


async def _whole(answer: aiohttp.ClientResponse) -> bytes:
    """Raises LineDown: the answer is larger than any the township gives."""
    parts, size = [], 0
    async for part in answer.content.iter_chunked(_CHUNK):
        size += len(part)
        if size > LARGEST_ANSWER_BYTES:
            raise LineDown("answer too large")
        parts.append(part)
    return b"".join(parts)
