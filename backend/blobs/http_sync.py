"""Photos of village nodes over HTTP: how much of one is here, and its next piece; signed like every request of a node."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from aiohttp import web

from api_spec import signature
from api_spec.errors import ErrorCode
from api_spec.route import Route
from api_spec.routes import intake as routes
from api_spec.sync import UPLOAD_LENGTH, UPLOAD_OFFSET
from backend.blobs.service import Receipt
from backend.edge import ROUTE, Handler, first_bytes, now, rest_of_body
from backend.faults import Fault
from backend.intake.service import Node
from backend.keys import BLOBS, INTAKE

PIECE_WITHIN_S: Final = 30.0
FIRST_BYTE_WITHIN_S: Final = 10.0
PIECES_AT_ONCE: Final = 24
PIECES_OF_ONE: Final = 6
"""Of one sender, as it says itself: more than the cut lines of one village leave behind."""
_SIZE_DIGITS: Final = 12
_SHA: Final = re.compile(r"[0-9a-f]{64}")


class Pieces:
    """Pieces on their way: the bound on the memory they take, and which of them a newer one makes useless."""

    def __init__(self, *, within_s: float = PIECE_WITHIN_S) -> None:
        self.within_s = within_s
        self._coming: dict[tuple[str, str], list[asyncio.Timeout]] = {}
        self.count = 0

    @contextmanager
    def coming(self, sender: str, sha: str, limit: asyncio.Timeout) -> Iterator[None]:
        """A place for one piece.

        Raises:
            Fault: BUSY.
        """
        if self.count >= PIECES_AT_ONCE or self._of(sender) >= PIECES_OF_ONE:
            raise Fault(ErrorCode.BUSY, retry_after_s=2)
        self.count += 1
        waiting = self._coming.setdefault((sender, sha), [])
        waiting.append(limit)
        try:
            yield
        finally:
            self.count -= 1
            waiting.remove(limit)
            if not waiting:
                self._coming.pop((sender, sha), None)

    def _of(self, sender: str) -> int:
        return sum(len(coming) for (name, _), coming in self._coming.items() if name == sender)

    def overtake(self, sender: str, sha: str, mine: asyncio.Timeout) -> None:
        """End what still comes of older requests for the same blob: their line is dead, or they are late."""
        waiting = self._coming.get((sender, sha), [])
        for older in waiting[: waiting.index(mine)] if mine in waiting else ():
            older.reschedule(asyncio.get_running_loop().time())


PIECES: web.AppKey[Pieces] = web.AppKey("blob_pieces", Pieces)


async def find_blob(request: web.Request) -> web.Response:
    sha = _sha(request)
    node = await _admitted(request, b"")
    found = await request.app[BLOBS].find(node.sender, sha)
    if found is None:
        raise Fault(ErrorCode.NOT_FOUND)
    return _durable(found, status=200)


async def append_to_blob(request: web.Request) -> web.Response:
    sha, sender = _sha(request), request.headers.get(signature.NODE, "")
    offset, size = _number(request, UPLOAD_OFFSET), _number(request, UPLOAD_LENGTH)
    pieces = request.app[PIECES]
    start = await first_bytes(request, within_s=min(FIRST_BYTE_WITHIN_S, pieces.within_s))
    try:
        async with asyncio.timeout(pieces.within_s) as limit:
            with pieces.coming(sender, sha, limit):
                chunk = await rest_of_body(request, start, max_bytes=request[ROUTE].max_bytes)
                node = await _admitted(request, chunk)
                pieces.overtake(sender, sha, limit)
                limit.reschedule(None)
    except TimeoutError:
        raise Fault(ErrorCode.BODY_TOO_LARGE, reason="slow") from None
    receipt = await request.app[BLOBS].append(
        node.sender, sha, chunk, offset=offset, size=size, at=now(request)
    )
    return _durable(receipt, status=204)


async def _admitted(request: web.Request, body: bytes) -> Node:
    """The node a request is from.

    Raises:
        Fault: as `Intake.admit`; NODE_REVOKED, a photo cannot be set aside like a record.
    """
    node = await request.app[INTAKE].admit(
        request.method, request.raw_path, headers=request.headers, body=body, at=now(request)
    )
    if node.revoked_at is not None:
        raise Fault(ErrorCode.NODE_REVOKED)
    return node


def _durable(receipt: Receipt, *, status: int) -> web.Response:
    headers = {
        UPLOAD_OFFSET: str(receipt.offset),
        UPLOAD_LENGTH: str(receipt.size),
        "Cache-Control": "no-store",
    }
    if status == 200:
        headers["Content-Type"] = "application/octet-stream"
    return web.Response(status=status, headers=headers)


def _sha(request: web.Request) -> str:
    value = request.match_info["sha"]
    if not _SHA.fullmatch(value):
        raise Fault(ErrorCode.NOT_FOUND)
    return value


def _number(request: web.Request, header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) <= _SIZE_DIGITS):
        raise Fault(ErrorCode.BODY_INVALID, header=header)
    return int(text)


HANDLERS: dict[Route, Handler] = {
    routes.FIND_BLOB: find_blob,
    routes.APPEND_TO_BLOB: append_to_blob,
}
