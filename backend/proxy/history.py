"""An errand is its events: rebuild it from them, write the next one, prove that none was altered. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import msgspec

from api_spec.vocabulary import ErrandAction as A
from backend.proxy.errand import Errand, Event, EventFacts
from backend.proxy.machine import Step

_encoder = msgspec.json.Encoder(order="deterministic")


class ChainBroken(Exception):
    """An event was altered, removed or moved; `seq` is where the history stops being provable."""

    def __init__(self, errand_id: str, seq: int) -> None:
        self.errand_id = errand_id
        self.seq = seq
        super().__init__(f"errand {errand_id}: event {seq} does not follow from the ones before")


def facts_text(facts: EventFacts) -> str:
    """The facts as stored and as hashed: the same text for the same facts."""
    return _encoder.encode(facts).decode()


def event(errand: Errand, step: Step, *, actor_id: str, at: datetime) -> Event:
    """The next event of `errand`.

    Args:
        at: when the township decided, aware UTC with whole milliseconds.
    """
    unsealed = Event(
        errand_id=errand.id,
        seq=errand.version + 1,
        at=at,
        actor_id=actor_id,
        actor_role=step.role,
        action=step.action,
        before=step.before,
        after=step.after,
        note=step.note,
        facts=step.facts,
        prev_hash=errand.prev_hash,
        hash="",
    )
    return replace(unsealed, hash=digest(unsealed))


def digest(one: Event) -> str:
    """SHA-256 over everything the event says and the hash of the event before it, as 64 hex characters."""
    moment = one.at.astimezone(UTC).isoformat(timespec="milliseconds")
    moved = [one.action, one.before, one.after, one.note, facts_text(one.facts)]
    who = [one.actor_id, one.actor_role]
    return hashlib.sha256(
        _encoder.encode([one.prev_hash, one.errand_id, one.seq, moment, *who, *moved])
    ).hexdigest()


def rebuild(errand: Errand, events: Sequence[Event]) -> Errand:
    """The errand after `events`, beginning with one that has none.

    Raises:
        ChainBroken: a gap, an altered field, or an event that starts from another state.
    """
    for one in events:
        follows = (
            one.errand_id == errand.id
            and one.seq == errand.version + 1
            and one.prev_hash == errand.prev_hash
            and one.before is errand.state
            and one.hash == digest(one)
        )
        if not follows:
            raise ChainBroken(errand.id, one.seq)
        errand = applied(errand, one)
    return errand


def applied(errand: Errand, one: Event) -> Errand:
    """The errand after one more event."""
    facts = one.facts
    moved = replace(
        errand,
        state=one.after,
        version=one.seq,
        prev_hash=one.hash,
        materials={**errand.materials, **facts.materials},
        paper=facts.paper or errand.paper,
        papers_returned=facts.papers_returned or errand.papers_returned,
    )
    match one.action:
        case A.CONSENT:
            return replace(moved, mandate=facts.mandate, sharing=facts.sharing)
        case A.HAND_OVER:
            return replace(moved, batch=facts.batch)
        case A.RECEIVE:
            return replace(moved, received=True)
        case A.SUSPEND:
            return replace(moved, stood=one.before)
        case A.RESUME:
            return replace(moved, stood=None)
        case _:
            return moved
