"""What both stand-ins share: proof of who calls, and faults on order below `/_standin/`."""

from datetime import datetime
from typing import Any, Final

import msgspec
from aiohttp import web

from backend.outbox import signing

NOT_SIGNED: Final = 401


class OrderedFault(msgspec.Struct, forbid_unknown_fields=True):
    """How the next `times` calls end: an HTTP `status`, a refusal `code`, a cut line or half an answer."""

    kind: str
    status: int = 503
    code: str = ""
    times: int = 1


class Faults:
    """The faults still to happen, the earliest order first."""

    def __init__(self) -> None:
        self._ordered: list[OrderedFault] = []

    def order(self, fault: OrderedFault) -> None:
        self._ordered.append(fault)

    def take(self) -> OrderedFault | None:
        """The next one, counted off."""
        if not self._ordered:
            return None
        fault = self._ordered[0]
        fault.times -= 1
        if fault.times < 1:
            self._ordered.pop(0)
        return fault

    def happen(self, fault: OrderedFault, request: web.Request) -> web.Response:
        match fault.kind:
            case "drop":
                if request.transport:
                    request.transport.abort()
                return web.Response()
            case "broken":
                return web.Response(body=b'{"code":', content_type="application/json")
            case "code":
                return answer({"code": fault.code})
            case _:
                return web.Response(status=fault.status, text="not now")


def signed(request: web.Request, body: bytes, *, secret: str, at: datetime) -> bool:
    return signing.is_genuine(signing.secret_key(secret), request.headers, body, at=at)


def answer(content: Any, *, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(content), status=status, content_type="application/json")


async def order_fault(faults: Faults, request: web.Request) -> web.Response:
    faults.order(msgspec.json.decode(await request.read(), type=OrderedFault))
    return web.Response(status=204)
