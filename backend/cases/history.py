"""A case is its events: rebuild it from them, write the next one, prove that none was altered. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import msgspec

from api_spec.vocabulary import CaseAction as A
from api_spec.vocabulary import CaseState, MaterialStatus
from backend.cases.case import Case, Event, EventFacts, Terms
from backend.cases.machine import Step

_encoder = msgspec.json.Encoder(order="deterministic")
_SYSTEM_OR_APPLICANT = frozenset({"citizen", "agent", "system", "node", "village_clerk"})


class ChainBroken(Exception):
    """An event was altered, removed or put in another place; `seq` is where the history stops being provable."""

    def __init__(self, case_id: str, seq: int) -> None:
        self.case_id = case_id
        self.seq = seq
        super().__init__(f"case {case_id}: event {seq} does not follow from the ones before")


def facts_text(facts: EventFacts) -> str:
    """The facts as stored and as hashed: the same bytes for the same facts."""
    return _encoder.encode(facts).decode()


def event(case: Case, step: Step, *, actor_id: str, at: datetime) -> Event:
    """The next event of `case`.

    Args:
        at: when the township decided, aware UTC with whole milliseconds.
    """
    unsealed = Event(
        case_id=case.id,
        seq=case.version + 1,
        at=at,
        actor_id=actor_id,
        actor_role=step.role,
        action=step.action,
        before=step.before,
        after=step.after,
        note=step.note,
        facts=step.facts,
        clock=step.clock,
        prev_hash=case.prev_hash,
        hash="",
    )
    return replace(unsealed, hash=digest(unsealed))


def digest(one: Event) -> str:
    """SHA-256 over everything the event says and over the event before it, as 64 hex characters."""
    said = [
        one.prev_hash,
        one.case_id,
        one.seq,
        one.at.astimezone(UTC).isoformat(timespec="milliseconds"),
        one.actor_id,
        one.actor_role,
        one.action,
        one.before,
        one.after,
        one.note,
        facts_text(one.facts),
        one.clock,
    ]
    return hashlib.sha256(_encoder.encode(said)).hexdigest()


def opened(
    *,
    case_id: str,
    tenant_id: str,
    department_id: str,
    village_id: str,
    owner_id: str,
    terms: Terms,
    state: CaseState = CaseState.DRAFT,
) -> Case:
    """A case before its first event; `state` is QUEUED for one that waited at a village node."""
    return Case(
        id=case_id,
        tenant_id=tenant_id,
        department_id=department_id,
        village_id=village_id,
        owner_id=owner_id,
        terms=terms,
        state=state,
    )


def rebuild(case: Case, events: Sequence[Event]) -> Case:
    """The case after `events`, beginning with one that has none.

    Raises:
        ChainBroken: see `verify`.
    """
    for one in events:
        _prove(case, one)
        case = applied(case, one)
    return case


def verify(case: Case, events: Sequence[Event]) -> None:
    """Raises ChainBroken: a gap, an altered field, or an event that starts from another state."""
    rebuild(case, events)


def applied(case: Case, one: Event) -> Case:
    """The case after one more event."""
    moved = replace(case, state=one.after, version=one.seq, prev_hash=one.hash)
    if not moved.first_receiver and one.actor_role not in _SYSTEM_OR_APPLICANT:
        moved = replace(moved, first_receiver=one.actor_id)
    facts = one.facts
    if facts.materials:
        moved = replace(moved, materials={**moved.materials, **facts.materials})
    match one.action:
        case A.ACCEPT | A.FIRST_REVIEW:
            moved = replace(
                moved, receivers=moved.receivers | {one.actor_id}, pledged=moved.pledged or facts.pledge
            )
        case A.REQUEST_FIX:
            found: dict[str, MaterialStatus] = {**moved.materials}
            found.update((gap.code, gap.status) for gap in facts.gaps)
            moved = replace(moved, notices=moved.notices + 1, gaps=facts.gaps, materials=found)
        case A.SUPPLEMENT:
            moved = replace(moved, supplemented=True, gaps=())
        case A.PROPOSE_REFUSAL:
            moved = replace(moved, refusal_proposed=True)
        case A.PROPOSE_EXTENSION:
            moved = replace(moved, extension_proposed=True)
        case A.EXTEND:
            moved = replace(moved, extended_days=facts.days)
        case A.RECORD_COLLECTIVE:
            moved = replace(moved, concluded=True)
        case A.DECIDE | A.SIGN | A.DECIDE_ABOVE:
            moved = replace(moved, outcome=facts.outcome)
        case _:
            pass
    return moved


def _prove(case: Case, one: Event) -> None:
    follows = (
        one.case_id == case.id
        and one.seq == case.version + 1
        and one.prev_hash == case.prev_hash
        and one.before is case.state
        and one.hash == digest(one)
    )
    if not follows:
        raise ChainBroken(case.id, one.seq)
