"""The anchor of a day: one hash to print and sign, over the log's head and every history that went on. Pure.

Anchors hold on to each other as the log's entries do. Each covers the time since the one before it, so that a township
that was switched off for a week makes one for all of it.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import msgspec

from api_spec.china_time import DAY_MINUTES, moment
from backend.instants import to_ms

NO_HASH = "0" * 64
"""What the first anchor of a township hangs on, and the head of a log without entries."""
SETTLING = timedelta(minutes=10)
"""How long after midnight a day is anchored: whatever was being written at its end is in by then."""
GROUP = 4
"""Characters a printed hash is grouped by."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One event of one history, as an anchor covers it."""

    kind: str
    subject_id: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """One anchor.

    Args:
        day: the last day it covers; the first is the day after the anchor before, or the beginning.
        log_number, log_hash: the last entry of the audit log when it was made; 0 where there was none.
        histories, events: how many histories went on, and by how many events.
        digest: over all these events.
    """

    tenant_id: str
    number: int
    day: date
    log_number: int
    log_hash: str
    histories: int
    events: int
    digest: str
    prev_hash: str
    made_at: datetime
    hash: str = ""

    @property
    def groups(self) -> tuple[str, ...]:
        """The hash as people compare it."""
        return tuple(self.hash[at : at + GROUP] for at in range(0, len(self.hash), GROUP))


def digest_of(traces: Iterable[Trace]) -> str:
    """SHA-256 over every event, in the order of kind, history and place."""
    hashed = hashlib.sha256()
    for one in sorted(traces, key=lambda one: (one.kind, one.subject_id, one.seq)):
        hashed.update(msgspec.json.encode([one.kind, one.subject_id, one.seq, one.hash]))
    return hashed.hexdigest()


def sealed(anchor: Anchor) -> str:
    """SHA-256 over everything an anchor says and the one before it."""
    said = [
        anchor.prev_hash,
        anchor.tenant_id,
        anchor.number,
        anchor.day.isoformat(),
        anchor.log_number,
        anchor.log_hash,
        anchor.histories,
        anchor.events,
        anchor.digest,
        to_ms(anchor.made_at),
    ]
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


def period(before: date | None, day: date) -> tuple[datetime, datetime]:
    """From when to when an anchor of `day` reaches, the end not included; `before`: the day of the one before."""
    since = moment(before, DAY_MINUTES) if before else moment(date(1970, 1, 2), 0)
    return since, moment(day, DAY_MINUTES)


def broken_anchors(anchors: Sequence[Anchor]) -> list[int]:
    """Numbers of anchors that were altered, or stand where another is missing; in the order of their numbers."""
    broken, before = [], NO_HASH
    for expected, anchor in enumerate(anchors, start=1):
        if anchor.number != expected or anchor.prev_hash != before or anchor.hash != sealed(anchor):
            broken.append(anchor.number)
        before = anchor.hash
    return broken
