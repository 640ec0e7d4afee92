"""One case as a line of the statistics: what came of it, when, and where its days went. Derived from its events; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from api_spec.china_time import day_in_china
from api_spec.messages.statistics import End
from api_spec.vocabulary import CaseAction as A
from api_spec.vocabulary import CaseState as S
from api_spec.vocabulary import Channel, ItemKind, Outcome, Role, TimerKind, WindowType
from backend.cases.case import Event
from backend.cases.deadlines import DECISIONS
from backend.cases.elapsed import CaseTime, Elapsed, case_time
from backend.cases.records import CaseRecord
from backend.cases.timer import Calendar, Timer

_BY_OUTCOME: Mapping[Outcome, End] = {Outcome.GRANTED: End.GRANTED, Outcome.REFUSED: End.REFUSED}
_ENDED_WITHOUT_DECISION = frozenset({S.NOT_ACCEPTED, S.WITHDRAWN, S.VOIDED})
_OVER = _ENDED_WITHOUT_DECISION | {S.DECIDED, S.TO_COLLECT, S.DELIVERED, S.FINISHED, S.ARCHIVED}


@dataclass(frozen=True, slots=True)
class Lacked:
    """A material a notice asked for."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What is counted of one case.

    Args:
        version: of the case it was made from; a later one replaces it.
        ended_on: day of the decision, refusal, withdrawal or voiding; None while it runs.
        promise_days: working days promised, as extended.
        used_hundredths: hundredths of a working day from acceptance to the decision, stops left out; None before.
        due_on: last promised day of a case that runs; None while the clock stands still.
        late, statutory_late: ended after that limit.
        repeat: the same person had asked for the same item shortly before.
        steps: hundredths of a working day spent in each state that is over.
        lacked: what its notices asked for, once each.
    """

    case_id: str
    tenant_id: str
    version: int
    item_id: str
    item_code: str
    item_name: str
    window: WindowType
    kind: ItemKind
    department_id: str
    village_id: str
    channel: Channel
    received_on: date
    accepted_on: date | None = None
    ended_on: date | None = None
    end: End | None = None
    promise_days: int = 0
    used_hundredths: int | None = None
    due_on: date | None = None
    late: bool = False
    statutory_late: bool = False
    notices: int = 0
    returned: int = 0
    repeat: bool = False
    steps: tuple[tuple[S, int], ...] = ()
    lacked: tuple[Lacked, ...] = ()


@dataclass(frozen=True, slots=True)
class _Course:
    """How far the events have brought it."""

    accepted_on: date | None = None
    ended_on: date | None = None
    end: End | None = None
    notices: int = 0
    returned: int = 0
    lacked: tuple[Lacked, ...] = ()


def figure_of(
    record: CaseRecord,
    timers: Mapping[TimerKind, Timer],
    *,
    calendar: Calendar,
    repeat: bool,
) -> Figure:
    """The figure of a case as it stands.

    Args:
        timers: as `deadlines.timers` gives them.
        repeat: see `Figure`.
    """
    entry, case = record.entry, record.case
    course = _Course()
    for event in record.events:
        course = _after(course, event)
    promise, statutory = timers.get(TimerKind.PROMISE), timers.get(TimerKind.STATUTORY)
    decided = course.end in {End.GRANTED, End.REFUSED}
    running = course.end is None
    time = case_time(record.events, timers, calendar, at=record.events[-1].at)
    return Figure(
        case_id=entry.case_id,
        tenant_id=entry.tenant_id,
        version=case.version,
        item_id=case.terms.item_id,
        item_code=case.terms.item_code,
        item_name=case.terms.item_name,
        window=case.terms.window,
        kind=case.terms.kind,
        department_id=case.department_id,
        village_id=case.village_id,
        channel=entry.channel,
        received_on=day_in_china(entry.received_at),
        accepted_on=course.accepted_on,
        ended_on=course.ended_on,
        end=course.end,
        promise_days=case.terms.promise.days + (promise.extended_days if promise else 0),
        used_hundredths=time.elapsed.hundredths if decided and time else None,
        due_on=promise.due if promise and running and promise.ended is None else None,
        late=decided and _was_late(promise),
        statutory_late=decided and _was_late(statutory),
        notices=course.notices,
        returned=course.returned,
        repeat=repeat,
        steps=_steps(time),
        lacked=course.lacked,
    )


def _steps(time: CaseTime | None) -> tuple[tuple[S, int], ...]:
    spent: dict[S, timedelta] = {}
    for step in time.steps if time else ():
        if step.until is not None:
            spent[step.state] = spent.get(step.state, timedelta()) + step.elapsed.time
    return tuple((state, Elapsed(whole).hundredths) for state, whole in spent.items() if whole)


def _was_late(timer: Timer | None) -> bool:
    return timer is not None and timer.ended is not None and timer.is_late(timer.ended)


def _after(course: _Course, event: Event) -> _Course:
    day = day_in_china(event.at)
    if event.before in _OVER and event.after not in _OVER:
        course = replace(course, end=None, ended_on=None)
    match event.action:
        case A.ACCEPT | A.DEEM_ACCEPTED:
            return replace(course, accepted_on=course.accepted_on or day)
        case A.REQUEST_FIX if event.before is not S.RETURNED_UP:  # else the superior asks, not the office
            told = (*course.lacked, *(Lacked(gap.code, gap.name) for gap in event.facts.gaps))
            return replace(course, notices=course.notices + 1, lacked=tuple(dict.fromkeys(told)))
        case A.RETURN_FROM_ABOVE:
            return replace(course, returned=course.returned + 1)
    if event.action in DECISIONS and event.facts.outcome is not None:
        return replace(course, end=_BY_OUTCOME[event.facts.outcome], ended_on=day)
    if event.after in _ENDED_WITHOUT_DECISION and event.after is not event.before:
        return replace(course, end=_end(event), ended_on=day)
    return course


def _end(event: Event) -> End:
    if event.after is S.NOT_ACCEPTED:
        return End.NOT_ACCEPTED
    if event.after is S.VOIDED:
        return End.VOIDED
    return End.DEEMED_WITHDRAWN if event.actor_role is Role.SYSTEM else End.WITHDRAWN
