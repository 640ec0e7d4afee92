"""The adapter to a platform that takes batches over HTTP: one signed POST of rows, a receipt for each in the answer.

Request: {"batch_no", "rows": [{"table", "row_guid", "operation": "I" | "U", "fields": {…}}]}, with the headers of
`outbox.signing`; answer, HTTP 2xx: {"receipts": [{"row_guid", "accepted", "code", "reason"}]}. A platform with other
words gets an adapter of its own beside this one.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from yarl import URL

from backend.outbox import signing
from backend.outbox.http_line import HttpLine, Unreachable
from backend.upward.platform import PlatformBusy, PlatformFault, Receipt, UpRow


class _Receipt(msgspec.Struct):
    row_guid: str
    accepted: bool
    code: str = ""
    reason: str = ""


class _Answer(msgspec.Struct):
    receipts: list[_Receipt]


class HttpPlatform:
    """One exchange address with its key."""

    def __init__(self, line: HttpLine, url: URL, *, secret: bytes) -> None:
        self._line = line
        self._url = url
        self._secret = secret

    async def send(self, batch_no: str, rows: Sequence[UpRow], *, at: datetime) -> Sequence[Receipt]:
        """Raises PlatformFault."""
        body = msgspec.json.encode({"batch_no": batch_no, "rows": [_written(row, batch_no) for row in rows]})
        headers = {
            **signing.headers(self._secret, batch_no, body, at=at),
            "Content-Type": "application/json",
        }
        try:
            said = await self._line.post(self._url, body, headers)
        except Unreachable as gone:
            raise PlatformBusy(f"unreachable:{gone}") from None
        if not said.is_good:
            raise (PlatformBusy if said.is_for_now else PlatformFault)(f"http_{said.status}")
        try:
            answer = msgspec.json.decode(said.body, type=_Answer)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise PlatformBusy("unreadable_answer") from None
        return [
            Receipt(guid=each.row_guid, accepted=each.accepted, code=each.code[:30], reason=each.reason[:60])
            for each in answer.receipts
        ]


def _written(row: UpRow, batch_no: str) -> dict[str, object]:
    operation = "U" if row.again else "I"
    return {
        "table": row.table,
        "row_guid": row.guid,
        "operation": operation,
        "fields": {**row.fields, "cd_operation": operation, "cd_batch": batch_no, "row_guid": row.guid},
    }
