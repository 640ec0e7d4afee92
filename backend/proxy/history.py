"""An errand is its events: rebuild it from them, write the next one, prove that none was altered. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from api_spec.vocabulary import ErrandAction as A
from backend.proxy.errand import Errand, Event
from backend.proxy.machine import Step
from backend.register import event_chain
from backend.register.event_chain import ChainBroken


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
    said = [
        one.prev_hash,
        one.errand_id,
        one.seq,
        event_chain.instant_text(one.at),
        one.actor_id,
        one.actor_role,
        one.action,
        one.before,
        one.after,
        one.note,
        event_chain.facts_text(one.facts),
    ]
    return event_chain.digest(said)


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
            raise ChainBroken(f"errand {errand.id}", one.seq)
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
