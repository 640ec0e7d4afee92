"""One HTTP exchange with somebody else's server: sent within limits, read within limits. Knows no message."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import aiohttp
from yarl import URL

MAX_ANSWER_BYTES: Final = 256 * 1024
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
ANSWER_WITHIN: Final = timedelta(seconds=10)


class Unreachable(Exception):
    """No answer in time, or none that can be read; `args[0]` is a word for the list, never an address."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the other server answered."""

    status: int
    body: bytes

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_for_now(self) -> bool:
        """Whether the same may succeed later."""
        return self.status >= 500 or self.status in {408, 425, 429}


def checked_url(text: str, *, plain: bool = False) -> URL:
    """An address secrets and names may be sent to.

    Args:
        plain: http:// on this machine will do, as in a demonstration or a test.

    Raises:
        ValueError: another scheme, no host, or a name and password in it.
    """
    url = URL(text)
    if not url.host or url.user or url.password:
        raise ValueError("no host, or credentials in the address")
    if url.scheme == "https" or (plain and url.scheme == "http" and url.host in LOOPBACK):
        return url
    raise ValueError("not https")


class HttpLine:
    """The way out for every adapter of the outbox."""

    def __init__(self, http: aiohttp.ClientSession, *, answer_within: timedelta = ANSWER_WITHIN) -> None:
        self._http = http
        self._timeout = aiohttp.ClientTimeout(total=answer_within.total_seconds())

    async def post(self, url: URL, body: bytes, headers: Mapping[str, str]) -> Said:
        """Raises Unreachable."""
        try:
            async with self._http.post(
                url, data=body, headers=dict(headers), timeout=self._timeout, allow_redirects=False
            ) as answer:
                return Said(answer.status, await _bounded(answer.content))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            # Not chained: the words of these quote the address, which may carry a receiver's own secret.
            raise Unreachable(type(error).__name__) from None


async def _bounded(content: aiohttp.StreamReader) -> bytes:
    body = bytearray()
    async for chunk in content.iter_any():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise Unreachable("answer too long")
    return bytes(body)
