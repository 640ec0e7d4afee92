"""A case is its events: rebuild it from them, write the next one, prove that none was altered. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from api_spec.vocabulary import CaseAction as A
from api_spec.vocabulary import CaseState, MaterialStatus
from backend.cases.case import Case, Event, Terms
from backend.cases.machine import Step
from backend.register import event_chain
from backend.register.event_chain import ChainBroken

_SYSTEM_OR_APPLICANT = frozenset({"citizen", "agent", "system", "node", "village_clerk"})


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
    return event_chain.digest(_said(one))


def hashed_text(one: Event) -> bytes:
    """What `digest` is taken of."""
    return event_chain.hashed_text(_said(one))


def _said(one: Event) -> list[Any]:
    return [
        one.prev_hash,
        one.case_id,
        one.seq,
        event_chain.instant_text(one.at),
        one.actor_id,
        one.actor_role,
        one.action,
        one.before,
        one.after,
        one.note,
        event_chain.facts_text(one.facts),
        one.clock,
    ]


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
        ChainBroken: a gap, an altered field, or an event that starts from another state.
    """
    for one in events:
        _prove(case, one)
        case = applied(case, one)
    return case


def applied(case: Case, one: Event) -> Case:
    """The case after one more event."""
    facts = one.facts
    first = case.first_receiver
    if not first and one.actor_role not in _SYSTEM_OR_APPLICANT:
        first = one.actor_id
    materials = {**case.materials, **facts.materials} if facts.materials else case.materials
    moved = replace(
        case,
        state=one.after,
        version=one.seq,
        prev_hash=one.hash,
        first_receiver=first,
        materials=materials,
    )
    effect = _EFFECTS.get(one.action)
    return effect(moved, one) if effect else moved


def _received(case: Case, one: Event) -> Case:
    facts = one.facts
    received = replace(case, receivers=case.receivers | {one.actor_id}, pledged=case.pledged or facts.pledge)
    owed = tuple(code for code in case.missing({}) if code in facts.promised) if facts.pledge else ()
    return replace(received, owed=owed, owed_until=facts.until) if owed else received


def _handed_in(case: Case, one: Event) -> Case:
    owed = tuple(code for code in case.owed if code not in one.facts.materials)
    return replace(case, owed=owed, owed_until=case.owed_until if owed else None)


def _sent_back(case: Case, one: Event) -> Case:
    wanted = one.facts.wanted
    return replace(case, wanted_above=case.wanted_above | set(wanted), not_asked=wanted)


def _reopened(case: Case, _: Event) -> Case:
    """Taken up again: what had ended it no longer counts, what it took to get there does."""
    return replace(
        case,
        reopened=case.reopened + 1,
        outcome=None,
        gaps=(),
        not_asked=(),
        refusal_proposed=False,
        owed=(),
        owed_until=None,
        concluded=False,
        visit=None,
        opinions=frozenset(),
    )


def _told(case: Case, one: Event) -> Case:
    found: dict[str, MaterialStatus] = {**case.materials}
    found.update((gap.code, gap.status) for gap in one.facts.gaps)
    if one.before is CaseState.RETURNED_UP:  # the superior's letter, no notice of the office's own
        return replace(case, gaps=one.facts.gaps, not_asked=(), materials=found)
    return replace(case, notices=case.notices + 1, gaps=one.facts.gaps, materials=found)


def _decided(case: Case, one: Event) -> Case:
    return replace(case, outcome=one.facts.outcome)


_EFFECTS: Mapping[A, Callable[[Case, Event], Case]] = {
    A.ACCEPT: _received,
    A.FIRST_REVIEW: _received,
    A.RECEIVE_AT_HALL: _received,
    A.HAND_IN_PLEDGED: _handed_in,
    A.CONVENE_INSPECTION: lambda case, one: replace(case, visit=one.facts.visit, opinions=frozenset()),
    A.GIVE_OPINION: lambda case, one: replace(case, opinions=case.opinions | {one.facts.department}),
    A.RETURN_FROM_ABOVE: _sent_back,
    A.RESUME_REVIEW: lambda case, _: replace(case, gaps=(), not_asked=()),
    A.REOPEN: _reopened,
    A.REQUEST_FIX: _told,
    A.SUPPLEMENT: lambda case, _: replace(case, supplemented=True, gaps=()),
    A.PROPOSE_REFUSAL: lambda case, _: replace(case, refusal_proposed=True),
    A.PROPOSE_EXTENSION: lambda case, _: replace(case, extension_proposed=True),
    A.EXTEND: lambda case, one: replace(case, extended_days=one.facts.days),
    A.RECORD_COLLECTIVE: lambda case, _: replace(case, concluded=True),
    A.DECIDE: _decided,
    A.SIGN: _decided,
    A.DECIDE_ABOVE: _decided,
}


def _prove(case: Case, one: Event) -> None:
    follows = (
        one.case_id == case.id
        and one.seq == case.version + 1
        and one.prev_hash == case.prev_hash
        and one.before is case.state
        and one.hash == digest(one)
    )
    if not follows:
        raise ChainBroken(f"case {case.id}", one.seq)
