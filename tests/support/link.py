"""A bad line for tests and measurements: a TCP proxy on loopback that delays, throttles, cuts and falls silent.

It moves bytes and knows nothing of what they say. Give it a `Weather`; put another in place at any time.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Final, Self

CHUNK: Final = 4096
AHEAD: Final = 64 * 1024
"""Bytes taken from a sender before the line has carried them, as a modem's buffer would."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """How the line is.

    Args:
        round_trip_s: added to every question and answer together; a new connection costs it once more (TCP's
            handshake).
        bytes_per_s: in each direction, shared by all connections; 0 = no limit.
        cut_after: a connection is reset once it has carried so many bytes, both directions together; 0 = never.
        silent: connections stay open and carry nothing, as when a tower goes away (half-open); what is written
            into them is lost.
        refusing: new connections are reset at once.
    """

    round_trip_s: float = 0.0
    bytes_per_s: float = 0.0
    cut_after: int = 0
    silent: bool = False
    refusing: bool = False


CLEAR: Final = Weather()
MOUNTAIN: Final = Weather(round_trip_s=0.3, bytes_per_s=512_000 / 8)
"""What a village with one bar of signal has: 300 ms, 512 kbit/s."""


@dataclass(slots=True)
class Carried:
    """What the line has seen so far."""

    connections: int = 0
    cuts: int = 0
    up: int = 0
    down: int = 0


@dataclass(slots=True)
class _Direction:
    """One direction of the line: the moment until which it is busy with bytes already accepted."""

    busy_until: float = 0.0

    def accept(self, size: int, weather: Weather, now: float) -> float:
        """When the last of these bytes comes out at the other end."""
        took = size / weather.bytes_per_s if weather.bytes_per_s else 0.0
        self.busy_until = max(self.busy_until, now) + took
        return self.busy_until + weather.round_trip_s / 2


@dataclass(slots=True, eq=False)
class _Pair:
    """One connection: its two sockets and the bytes it has carried."""

    near: asyncio.StreamWriter
    far: asyncio.StreamWriter
    carried: int = 0

    def reset(self) -> None:
        for writer in (self.near, self.far):
            with contextlib.suppress(RuntimeError):  # the loop may be closing
                writer.transport.abort()


@dataclass(slots=True)
class Link:
    """A listening proxy in front of `port`; `async with Link(port) as link` and connect to `link.port`."""

    target: int
    weather: Weather = CLEAR
    host: str = "127.0.0.1"
    carried: Carried = field(default_factory=Carried)
    port: int = 0
    _server: asyncio.Server | None = None
    _up: _Direction = field(default_factory=_Direction)
    _down: _Direction = field(default_factory=_Direction)
    _pairs: set[_Pair] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, self.host, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}/"

    def change(self, **weather: float | bool) -> None:
        """Other weather from now on, for connections that are open as well: `link.change(silent=True)`."""
        self.weather = replace(self.weather, **weather)  # type: ignore[arg-type] # names and types as in Weather

    def cut(self) -> None:
        """Reset every open connection now; bytes under way are lost."""
        for pair in tuple(self._pairs):
            self._cut(pair)

    def _cut(self, pair: _Pair) -> None:
        self.carried.cuts += 1
        pair.reset()
        self._pairs.discard(pair)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.carried.connections += 1
        if self.weather.refusing:
            writer.transport.abort()
            return
        await asyncio.sleep(self.weather.round_trip_s)
        try:
            far_reader, far = await asyncio.open_connection(self.host, self.target)
        except OSError:
            writer.transport.abort()
            return
        pair = _Pair(writer, far)
        self._pairs.add(pair)
        try:
            await asyncio.gather(
                self._carry(reader, pair, self._up, up=True),
                self._carry(far_reader, pair, self._down, up=False),
            )
        finally:
            pair.reset()
            self._pairs.discard(pair)

    async def _carry(
        self, reader: asyncio.StreamReader, pair: _Pair, direction: _Direction, *, up: bool
    ) -> None:
        """Read as fast as the line takes it; write each piece when it would arrive."""
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=AHEAD // CHUNK)
        delivering = asyncio.create_task(self._deliver(under_way, pair, up=up))
        try:
            async for piece in _pieces(reader):
                arrives = direction.accept(len(piece), self.weather, asyncio.get_running_loop().time())
                await under_way.put((arrives, piece))
            await under_way.put((0.0, b""))
            await delivering
        finally:
            delivering.cancel()
            await asyncio.gather(delivering, return_exceptions=True)

    async def _deliver(
        self, under_way: "asyncio.Queue[tuple[float, bytes]]", pair: _Pair, *, up: bool
    ) -> None:
        loop, writer = asyncio.get_running_loop(), pair.far if up else pair.near
        while True:
            arrives, piece = await under_way.get()
            if not piece:
                with contextlib.suppress(OSError):
                    writer.write_eof()
                return
            if (wait := arrives - loop.time()) > 0:
                await asyncio.sleep(wait)
            if self.weather.silent:
                continue
            left = self.weather.cut_after - pair.carried
            if self.weather.cut_after and left < len(piece):
                writer.write(piece[: max(left, 0)])
                self._cut(pair)
                return
            pair.carried += len(piece)
            if up:
                self.carried.up += len(piece)
            else:
                self.carried.down += len(piece)
            with contextlib.suppress(OSError):
                writer.write(piece)
                await writer.drain()


async def _pieces(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """What comes, until the sender ends or is gone."""
    while True:
        try:
            piece = await reader.read(CHUNK)
        except OSError:
            return
        if not piece:
            return
        yield piece
