"""What a bundle brings, given to the township exactly as if it had come over the line, one push and one piece at a time.

Everything that can be known of a push is the intake's business, of a photo the blobs'; this only counts what became of it.
"""

import logging
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec

from api_spec import bundle, coding, sync
from api_spec.bundle import BadBundle, Piece
from api_spec.coding import BadBody, Coding
from api_spec.errors import ErrorCode
from api_spec.sync import (
    Entry,
    ExchangeAnswer,
    ExchangeRequest,
    Machine,
    NumberBlock,
    PullAsk,
    PushAnswer,
    PushStatus,
)
from backend import db
from backend.blobs.service import Blobs
from backend.faults import Fault
from backend.intake.service import Intake
from backend.intake.values import Node

NEVER_AGAIN: Final = frozenset(
    {ErrorCode.BLOB_TOO_LARGE, ErrorCode.BLOB_TYPE, ErrorCode.BLOB_BROKEN, ErrorCode.BLOB_HUGE}
)
NOT_NOW: Final = frozenset({ErrorCode.BLOB_OFFSET, ErrorCode.BLOB_MISMATCH, ErrorCode.TOO_MANY_REQUESTS})
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Account:
    """What has come of a bundle so far.

    Args:
        answer: the intake's to the last push, as the node may be told it; numbers, escrowed: of any.
        pull: what the node wants to know; catalog: which catalogue it has.
        photos: SHA-256 and size of each photo in it; spoilt: those that did not get here.
    """

    answer: ExchangeAnswer | None = None
    numbers: NumberBlock | None = None
    escrowed: str = ""
    pull: PullAsk | None = None
    app: str = ""
    machine: Machine = field(default_factory=Machine)
    catalog: str | None = None
    records: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    photos: dict[str, int] = field(default_factory=dict)
    spoilt: set[str] = field(default_factory=set)


class Delivery:
    """Brings one verified bundle in."""

    def __init__(self, intake: Intake, blobs: Blobs, node: Node, *, epoch: str, at: datetime) -> None:
        self._intake = intake
        self._blobs = blobs
        self._node = node
        self._epoch = epoch
        self._at = at
        self.account = Account()

    async def push(self, body: bytes) -> None:
        """One body of `POST /sync/1/exchange`. After a gap or a fork the following ones are answered alike.

        Raises:
            BadBundle: no push, or of another node or stream than the head says.
            Fault: as `Intake.exchange`.
        """
        request = _request(body)
        if request.node != self._node.number or request.epoch != self._epoch:
            raise BadBundle("push")
        self.account.pull = request.pull or self.account.pull
        self.account.catalog = request.catalog
        self.account.app = request.app
        self.account.machine = request.machine
        self.account.records += len(request.recs)
        if self._node.revoked_at is not None and not request.recs:
            return  # there is nothing to hold
        await self._deliver(msgspec.structs.replace(request, pull=None, blobs=()))

    async def photo(self, body: bytes) -> None:
        """One piece; those the township has are passed over, a spoilt photo's are dropped.

        Raises:
            BadBundle: no piece.
            Fault: BUSY, as `Blobs.append`.
        """
        piece = bundle.unpack_piece(body)
        sha = piece.sha.hex()
        self.account.photos[sha] = piece.size
        if sha in self.account.spoilt or self._node.revoked_at is not None:
            self.account.spoilt.add(sha)
            return
        try:
            await self._append(sha, piece)
        except Fault as fault:
            if fault.code not in NEVER_AGAIN | NOT_NOW:
                raise
            self.account.spoilt.add(sha)

    async def _append(self, sha: str, piece: Piece) -> None:
        found = await self._blobs.find(self._node.sender, sha)
        have = found.offset if found else 0
        known = min(max(0, have - piece.offset), len(piece.data))
        if known < len(piece.data):
            await self._blobs.append(
                self._node.sender,
                sha,
                piece.data[known:],
                offset=piece.offset + known,
                size=piece.size,
                at=self._at,
            )

    async def _deliver(self, request: ExchangeRequest) -> PushAnswer:
        """Until all of it is in: a push may be taken in part, and one broken record must not stop the rest (2.4, 7)."""
        while True:
            try:
                answer = await self._intake.exchange(self._node, request, at=self._at)
            except Fault as fault:
                if fault.code is ErrorCode.BODY_INVALID:
                    raise BadBundle("push") from None
                raise
            except Exception as failure:
                if db.is_storage_trouble(failure):
                    raise Fault(ErrorCode.BUSY) from failure  # of the disk, not of the records: again later
                log.exception(
                    "node %d: records after %d from a bundle failed", self._node.number, request.base
                )
                smaller = _smaller(request)
                push = await self._deliver(smaller)
                if not _goes_on(smaller, push):
                    return push
            else:
                push = answer.push
                self.account.answer = answer
                self.account.numbers = answer.numbers or self.account.numbers
                self.account.escrowed = answer.escrowed or self.account.escrowed
                self.account.reasons.update(reason for _, reason in push.held)
                if not request.recs or not push.upto > request.base:
                    return push
            if not _goes_on(request, push) or push.upto >= request.recs[-1].seq:
                return push
            request = _behind(request, push)


def _request(body: bytes) -> ExchangeRequest:
    try:
        return sync.decode(coding.unpack(body, Coding.ZSTD.value), ExchangeRequest)
    except (BadBody, sync.BadMessage):
        raise BadBundle("push") from None


def _goes_on(request: ExchangeRequest, push: PushAnswer) -> bool:
    return push.status is PushStatus.OK and push.upto > request.base


def _behind(request: ExchangeRequest, push: PushAnswer) -> ExchangeRequest:
    """What of a push is left behind the township's head."""
    left = tuple(entry for entry in request.recs if entry.seq > push.upto)
    return msgspec.structs.replace(request, base=push.upto, base_chain=push.chain, recs=left)


def _smaller(request: ExchangeRequest) -> ExchangeRequest:
    """Half of a push that failed; alone, its record unparsed.

    Raises:
        Fault: INTERNAL, nothing smaller is left to try.
    """
    recs = request.recs
    if len(recs) > 1:
        return msgspec.structs.replace(request, recs=recs[: len(recs) // 2])
    if not recs or recs[0].opaque is not None:
        raise Fault(ErrorCode.INTERNAL)
    return msgspec.structs.replace(request, recs=(Entry(seq=recs[0].seq, opaque=recs[0].stored),))
