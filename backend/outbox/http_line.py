"""One HTTP exchange with somebody else's server: sent within limits, read within limits. Knows no message."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

MAX_ANSWER_BYTES: Final = 256 * 1024
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
NAT64: Final = IPv6Network("64:ff9b::/96")
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


def is_public(host: str) -> bool:
    """Whether a server on the internet may stand behind this: no address of this machine, of an inner network or a link,
    nor one of IPv6 that leads to such. A name may; what it stands for is seen when it is resolved (`PublicOnly`).
    """
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return host.lower().rstrip(".") not in LOOPBACK
    return _is_public(address)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            inner = IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return _is_public(inner)
    return address.is_global and not address.is_multicast


class PublicOnly(AbstractResolver):
    """Resolves names for addresses somebody typed: a connection goes to the very address that was looked at here."""

    def __init__(self, names: AbstractResolver) -> None:
        self._names = names

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises OSError where one of the addresses is of an inner network."""
        found = await self._names.resolve(host, port, family)
        if not all(is_public(each["host"]) for each in found):
            raise OSError("not a public address")
        return found

    async def close(self) -> None:
        await self._names.close()


def public_session() -> aiohttp.ClientSession:
    """For addresses somebody typed."""
    resolver = PublicOnly(aiohttp.ThreadedResolver())
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=resolver))


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
