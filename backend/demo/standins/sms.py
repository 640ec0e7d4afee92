"""A short-message gateway as `notices.http_gateway` expects one: checks account, signature, number and text."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

import msgspec
from aiohttp import web

from backend.demo.standins.hooks import NOT_SIGNED, Faults, answer, order_fault, signed

ACCOUNT: Final = "demo-township"
SECRET: Final = "whsec_ZGVtb25zdHJhdGlvbiBnYXRld2F5IGtleQ=="  # noqa: S105 - a stand-in has nothing to protect
_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_SIGNED_TEXT: Final = re.compile(r"【[^】]{2,12}】.+", re.DOTALL)
BAD_NUMBER: Final = "bad_number"
NO_SIGN: Final = "no_sign"
FOREIGN: Final = "bad_account"


class Sent(msgspec.Struct):
    """One message the gateway took over."""

    message_id: str
    mobile: str
    content: str
    at: datetime


class SmsStandin:
    """What the gateway remembers.

    Attributes:
        sent: by message id, in order; one that comes again is answered as before and kept once.
        calls: how often it was asked.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.sent: dict[str, Sent] = {}
        self.faults = Faults()
        self.calls = 0

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/send", self.take)
        app.router.add_get("/_standin/outbox", self.outbox)
        app.router.add_post("/_standin/faults", partial(order_fault, self.faults))
        return app

    async def take(self, request: web.Request) -> web.Response:
        self.calls += 1
        if fault := self.faults.take():
            return self.faults.happen(fault, request)
        body = await request.read()
        if not signed(request, body, secret=SECRET, at=self._clock()):
            return answer({"code": "bad_signature"}, status=NOT_SIGNED)
        asked = await self._asked(request, body)
        if asked.get("account") != ACCOUNT:
            return answer({"code": FOREIGN})
        if not _MOBILE.fullmatch(asked.get("mobile", "")):
            return answer({"code": BAD_NUMBER})
        if not _SIGNED_TEXT.fullmatch(asked.get("content", "")):
            return answer({"code": NO_SIGN})
        message_id = asked["message_id"]
        self.sent.setdefault(message_id, Sent(message_id, asked["mobile"], asked["content"], self._clock()))
        return answer({"code": "0", "sms_id": f"sms-{message_id[-8:]}"})

    async def _asked(self, request: web.Request, body: bytes) -> dict[str, str]:
        if request.content_type == "application/json":
            return msgspec.json.decode(body, type=dict[str, str])
        return {name: str(value) for name, value in (await request.post()).items()}

    async def outbox(self, _: web.Request) -> web.Response:
        return answer(list(self.sent.values()))
