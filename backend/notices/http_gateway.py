"""A short-message gateway over HTTP: one signed POST a message, as JSON or as a form. Knows no notice.

Request: {"account", "message_id", "mobile", "content"}, with the headers of `outbox.signing`; answer, HTTP 2xx:
{"code": "0", "sms_id": "…"}; any other code is a refusal, of which `busy_codes` are only for now.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

import msgspec
from yarl import URL

from backend.notices.sms import ShortMessage, SmsBusy, SmsRefused, code_of
from backend.outbox import signing
from backend.outbox.http_line import HttpLine, Said, Unreachable

BUSY_CODES: Final = frozenset({"busy", "throttled", "429"})


class _Answer(msgspec.Struct):
    code: str | int
    sms_id: str = ""


class HttpGateway:
    """One account at one gateway.

    Args:
        as_form: send `application/x-www-form-urlencoded` instead of JSON.
        busy_codes: the gateway's codes for "later".
    """

    def __init__(
        self,
        line: HttpLine,
        url: URL,
        *,
        account: str,
        secret: bytes,
        as_form: bool = False,
        busy_codes: Collection[str] = BUSY_CODES,
    ) -> None:
        self._line = line
        self._url = url
        self._account = account
        self._secret = secret
        self._as_form = as_form
        self._busy = frozenset(busy_codes)

    async def send(self, message: ShortMessage, *, at: datetime) -> str:
        """Raises SmsBusy, SmsRefused."""
        asked = {
            "account": self._account,
            "message_id": message.id,
            "mobile": message.phone,
            "content": message.text,
        }
        body = urlencode(asked).encode() if self._as_form else msgspec.json.encode(asked)
        media = "application/x-www-form-urlencoded" if self._as_form else "application/json"
        headers = signing.headers(self._secret, message.id, body, at=at)
        try:
            said = await self._line.post(self._url, body, {**headers, "Content-Type": media})
        except Unreachable as gone:
            raise SmsBusy(f"unreachable:{gone}") from None
        return self._taken(said)

    def _taken(self, said: Said) -> str:
        if not said.is_good:
            raise (SmsBusy if said.is_for_now else SmsRefused)(f"http_{said.status}")
        try:
            answer = msgspec.json.decode(said.body, type=_Answer)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise SmsBusy("unreadable_answer") from None
        code = str(answer.code)
        if code != "0":
            raise (SmsBusy if code in self._busy else SmsRefused)(code_of(code))
        return answer.sms_id
