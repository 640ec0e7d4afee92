"""What was done to a case, judged one event after another by the numbered rules. No clock, no database: values in, values out.

A rule sees the case before the event, the events before it, and the event: so judging each move as it is made
finds the same as judging a whole history at once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api_spec.china_time import day_in_china
from api_spec.supervision_terms import RuleCode, SubjectKind
from api_spec.vocabulary import CaseAction as A
from api_spec.vocabulary import CaseState, ItemKind, MaterialStatus, Outcome, Role, TimerKind
from backend.cases.case import Case, Event
from backend.cases.deadlines import DECISIONS, Calendar, timers
from backend.cases.history import applied
from backend.supervision.rulebook import Rulebook
from backend.supervision.watching import Finding

RECEIVED: Final = frozenset({A.ACCEPT, A.FIRST_REVIEW})
HALL_ROLES: Final = frozenset({Role.WINDOW, Role.GROUP_LEADER})

Facts = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One event with what came before it."""

    before: Case
    past: Sequence[Event]
    event: Event
    calendar: Calendar
    book: Rulebook


Judge = Callable[[Move], Facts | None]


def judge(
    case: Case, past: Sequence[Event], new: Sequence[Event], *, calendar: Calendar, book: Rulebook
) -> Iterator[Finding]:
    """Everything the rules find in `new`.

    Args:
        case: as it stood after `past`; before the first event when there is none.
    """
    seen = list(past)
    for event in new:
        move = Move(before=case, past=tuple(seen), event=event, calendar=calendar, book=book)
        yield from _findings(move)
        case = applied(case, event)
        seen.append(event)


def _findings(move: Move) -> Iterator[Finding]:
    event, case = move.event, move.before
    for code, (actions, rule) in CONDUCT.items():
        if (actions is not None and event.action not in actions) or not move.book.is_on(code):
            continue
        facts = rule(move)
        if facts is not None:
            yield Finding(
                rule=code,
                subject_kind=SubjectKind.CASE,
                subject_id=event.case_id,
                occurrence=f"event:{event.seq}",
                on=day_in_china(event.at),
                seq=event.seq,
                department_id=case.department_id,
                staff_id="" if event.actor_role is Role.SYSTEM else event.actor_id,
                item_id=case.terms.item_id,
                href=f"/staff/cases/{event.case_id}#event-{event.seq}",
                facts=facts,
            )


def _second_notice(move: Move) -> Facts | None:
    """A gap told now that was there when the first notice was written, and was not on it (行政许可法 32)."""
    told = [one for one in move.past if _is_own_notice(one)]
    if not told or not _is_own_notice(move.event):
        return None
    named = {gap.code for one in told for gap in one.facts.gaps}
    present = _present_at(move.past, told[0].seq)
    late = [gap for gap in move.event.facts.gaps if gap.code not in named and gap.code not in present]
    return {"materials": "、".join(gap.name or gap.code for gap in late)} if late else None


def _is_own_notice(event: Event) -> bool:
    """A 一次性告知 of the office's own; what a superior's letter wants is asked for besides (plan, clause 48)."""
    return event.action is A.REQUEST_FIX and event.before is not CaseState.RETURNED_UP


def _present_at(events: Iterable[Event], seq: int) -> set[str]:
    """Papers found in order by the event `seq`."""
    known: dict[str, MaterialStatus] = {}
    for one in events:
        if one.seq <= seq:
            known.update(one.facts.materials)
    return {code for code, status in known.items() if status is MaterialStatus.PRESENT}


def _many_supplements(move: Move) -> Facts | None:
    if not _is_own_notice(move.event):
        return None
    times = 1 + sum(map(_is_own_notice, move.past))
    return {"times": str(times)} if times >= move.book.threshold(RuleCode.MANY_SUPPLEMENTS) else None


def _accepted_incomplete(move: Move) -> Facts | None:
    facts = move.event.facts
    missing = () if facts.pledge or move.before.pledged else move.before.missing(facts.materials)
    names = {paper.code: paper.name for paper in move.before.terms.papers}
    return {"materials": "、".join(names[code] for code in missing)} if missing else None


def _refused_without_grounds(move: Move) -> Facts | None:
    event = move.event
    if event.action is not A.REFUSE and event.facts.outcome is not Outcome.REFUSED:
        return None
    lacks = [word for word, said in (("理由", event.note), ("依据", event.facts.basis)) if not said.strip()]
    return {"lacks": "、".join(lacks)} if lacks else None


def _same_person(move: Move) -> Facts | None:
    if move.before.terms.kind is ItemKind.INSTANT:
        return None
    received = [one for one in move.past if one.action in RECEIVED and one.actor_id == move.event.actor_id]
    return {"received_seq": str(received[0].seq)} if received else None


def _no_hall_receipt(move: Move) -> Facts | None:
    """Clause 4: valid only with a case received at a window of the hall; silence of five days counts as receipt."""
    received = any(
        (one.action is A.ACCEPT and one.actor_role in HALL_ROLES) or one.action is A.DEEM_ACCEPTED
        for one in move.past
    )
    return None if received else {}


def _returned_twice(move: Move) -> Facts | None:
    times = 1 + sum(one.action is A.RETURN_FROM_ABOVE for one in move.past)
    return {"times": str(times)} if times >= move.book.threshold(RuleCode.RETURNED_TWICE) else None


def _out_of_order(move: Move) -> Facts | None:
    return {} if move.past and move.event.at < move.past[-1].at else None


def _stopped_without_ground(move: Move) -> Facts | None:
    basis = move.event.facts.basis
    return None if basis in move.before.terms.stop_grounds else {"ground": basis}


def _extended_late(move: Move) -> Facts | None:
    found = timers(move.past, move.before.terms, move.calendar)
    promise = found.get(TimerKind.PROMISE)
    day = day_in_china(move.event.at)
    if promise is None or promise.due is None or not promise.is_late(day):
        return None
    return {"due": promise.due.isoformat()}


CONDUCT: Final[Mapping[RuleCode, tuple[frozenset[A] | None, Judge]]] = {
    RuleCode.SECOND_NOTICE: (frozenset({A.REQUEST_FIX}), _second_notice),
    RuleCode.MANY_SUPPLEMENTS: (frozenset({A.REQUEST_FIX}), _many_supplements),
    RuleCode.ACCEPTED_INCOMPLETE: (frozenset({A.ACCEPT}), _accepted_incomplete),
    RuleCode.REFUSED_WITHOUT_GROUNDS: (DECISIONS | {A.REFUSE}, _refused_without_grounds),
    RuleCode.SAME_PERSON: (frozenset({A.DECIDE, A.SIGN}), _same_person),
    RuleCode.NO_HALL_RECEIPT: (DECISIONS, _no_hall_receipt),
    RuleCode.RETURNED_TWICE: (frozenset({A.RETURN_FROM_ABOVE}), _returned_twice),
    RuleCode.OUT_OF_ORDER: (None, _out_of_order),
    RuleCode.STOPPED_WITHOUT_GROUND: (frozenset({A.START_SPECIAL}), _stopped_without_ground),
    RuleCode.EXTENDED_LATE: (frozenset({A.EXTEND}), _extended_late),
}
"""Which actions a rule looks at (None: all of them), and how it judges: the facts of a finding, or None."""
