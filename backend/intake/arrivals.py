"""A push on its way through the intake: its records as they came, what was made of them, what they came to. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from api_spec import chain
from api_spec.records import (
    AmendRecord,
    CaseRecord,
    HeldReason,
    Record,
    SupplementRecord,
    WithdrawRecord,
    find_envelope,
)
from api_spec.sync import Entry, PushStatus
from backend.ids import new_id
from backend.intake import rules
from backend.intake.applying import Ready, Refusal
from backend.intake.rules import Push, Verdict
from backend.intake.values import Held, Node, Resolution, Stream

UNREADABLE: Final = Refusal(HeldReason.UNREADABLE)


@dataclass(slots=True)
class Arrival:
    """One record as it came, and what was made of it before the writer was taken; a known one is not even read.

    Args:
        sealed: its bytes as they are kept.
    """

    seq: int
    stored: bytes
    opaque: bool
    h: bytes
    sealed: bytes = b""
    reading: Record | HeldReason = HeldReason.UNREADABLE
    ready: Ready = UNREADABLE


@dataclass(frozen=True, slots=True)
class Part:
    """As much of a push as goes into one transaction."""

    node: Node
    stream_id: str
    push: Push
    arrivals: Sequence[Arrival]
    at: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """What one part came to.

    Args:
        cases, errands: tracking codes of those that changed in its transaction.
        held: (seq, reason) set aside.
    """

    verdict: Verdict
    cases: tuple[str, ...] = ()
    errands: tuple[str, ...] = ()
    held: tuple[tuple[int, str], ...] = ()


@dataclass(slots=True)
class Fresh:
    """One new record on its way through a transaction."""

    part: Part
    arrival: Arrival
    refusal: Refusal | None = None
    known: bool = False

    @property
    def place(self) -> tuple[str, int]:
        return (self.part.stream_id, self.arrival.seq)


@dataclass(slots=True)
class Work:
    """What one transaction does."""

    fresh: list[Fresh] = field(default_factory=list)
    streams: dict[str, Stream] = field(default_factory=dict)
    before: dict[str, Stream] = field(default_factory=dict)


def admit(work: Work, part: Part) -> Verdict:
    """Judge a part against its stream as this transaction has it by now."""
    stream = work.streams[part.stream_id]
    verdict = rules.judge(stream.head, part.push)
    if verdict.status is PushStatus.OK and verdict.fresh:
        fresh = part.arrivals[len(part.arrivals) - verdict.fresh :]
        work.fresh += [Fresh(part, arrival) for arrival in fresh]
        work.streams[part.stream_id] = replace(stream, head=verdict.head)
    return verdict


def arrival_of(entry: Entry) -> Arrival:
    stored = entry.stored
    return Arrival(entry.seq, stored, entry.opaque is not None, chain.record_hash(stored))


def heads_of(base: bytes, arrivals: Sequence[Arrival]) -> tuple[bytes, ...]:
    heads = []
    for arrival in arrivals:
        base = chain.advance(base, arrival.seq, arrival.h)
        heads.append(base)
    return tuple(heads)


def revision_of(one: Fresh) -> tuple[str, int]:
    reading = one.arrival.reading
    assert not isinstance(reading, HeldReason)  # noqa: S101 - only records that could be read own a revision
    return (reading.rid, reading.rev)


def kind_of(arrival: Arrival) -> str:
    reading = arrival.reading
    return "" if isinstance(reading, HeldReason) else str(reading.__struct_config__.tag)


def held_of(one: Fresh) -> Held:
    refusal, arrival = one.refusal, one.arrival
    assert refusal is not None  # noqa: S101 - asked only of what was refused
    reading = arrival.reading
    if isinstance(reading, HeldReason):
        envelope = find_envelope(arrival.stored)
        rid = envelope.rid[:32] if envelope else ""
    else:
        rid = reading.rid
    return Held(
        id=new_id(),
        tenant_id=one.part.node.tenant_id,
        village_id=one.part.node.village_id,
        node=one.part.node.number,
        seq=arrival.seq,
        rid=rid if rid.isascii() and rid.isalnum() else "",
        kind=kind_of(arrival),
        h=arrival.h,
        reason=refusal.reason,
        wrong=refusal.wrong,
        held_at=one.part.at,
    )


def overtaking(work: Work) -> list[tuple[Fresh, str, Resolution]]:
    """Records that took effect and make what was set aside before them moot: put right, withdrawn, or told as a note."""
    found = []
    for one in work.fresh:
        if one.refusal is not None or one.known:
            continue
        match one.arrival.reading:
            case CaseRecord(rid=rid, rev=rev) | AmendRecord(rid=rid, rev=rev) if rev > 1:
                found.append((one, rid, Resolution.REVISED))
            case WithdrawRecord(body=body):
                found.append((one, body.case, Resolution.WITHDRAWN))
            case SupplementRecord(body=body) if body.note:
                found.append((one, body.case, Resolution.TOLD))
            case _:
                continue
    return found


def held_places(work: Work, part: Part) -> tuple[tuple[int, str], ...]:
    return tuple(
        (one.arrival.seq, one.refusal.reason.value) for one in work.fresh if one.part is part and one.refusal
    )


def seal_context(h: bytes) -> str:
    return f"record/{h.hex()}"
