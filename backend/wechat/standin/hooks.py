"""Faults on order: make the next calls of one path fail in a chosen way. Knows no call's meaning."""

import asyncio
from enum import StrEnum
from typing import Final

import msgspec
from aiohttp import web

from backend.wechat.standin.refusal import Refusal

ANY_PATH: Final = "*"


class FaultKind(StrEnum):
    ERRCODE = "errcode"  # answer with `errcode`
    SLOW = "slow"  # answer properly, `seconds` late
    TIMEOUT = "timeout"  # keep the line open for `seconds`, then cut it
    DROP = "drop"  # cut the line at once
    BROKEN_JSON = "broken_json"  # half an answer
    BAD_GATEWAY = "bad_gateway"  # a proxy's HTML page with HTTP 502


class OrderedFault(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Attributes: `path` in full or ``*``; `times` how many calls; `seconds` for slow and timeout."""

    kind: FaultKind
    path: str = ANY_PATH
    errcode: int = -1
    seconds: float = 60
    times: int = 1


class FaultList:
    """The faults still to happen, the earliest order first."""

    def __init__(self) -> None:
        self.ordered: list[OrderedFault] = []
        self.closing = asyncio.Event()

    def take(self, path: str) -> OrderedFault | None:
        """The fault for a call of `path`, counted off; None for none."""
        for fault in self.ordered:
            if fault.path in (ANY_PATH, path):
                fault.times -= 1
                if fault.times < 1:
                    self.ordered.remove(fault)
                return fault
        return None

    async def happen(self, fault: OrderedFault, request: web.Request) -> web.Response | None:
        """Do what was ordered; None means: go on and answer properly.

        Raises:
            Refusal: for an ordered errcode.
        """
        match fault.kind:
            case FaultKind.ERRCODE:
                raise Refusal(fault.errcode)
            case FaultKind.SLOW:
                await self._wait(fault.seconds)
                return None
            case FaultKind.TIMEOUT:
                await self._wait(fault.seconds)
                return _cut(request)
            case FaultKind.DROP:
                return _cut(request)
            case FaultKind.BROKEN_JSON:
                return web.Response(body=b'{"errcode":0,"openid":"o', content_type="text/plain")
            case FaultKind.BAD_GATEWAY:
                return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")

    async def _wait(self, seconds: float) -> None:
        """Sleep, but not past the end of the program."""
        try:
            await asyncio.wait_for(self.closing.wait(), seconds)
        except TimeoutError:
            return


def _cut(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()
