"""Which timers run on a case, until which day, and how near that is. Derived from the events alone; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from api_spec.catalogue import Limit
from api_spec.china_time import day_in_china, moment
from api_spec.vocabulary import CaseAction as A
from api_spec.vocabulary import CaseState as S
from api_spec.vocabulary import TimerKind
from backend.cases.case import Event, Terms
from backend.cases.timer import NO_DAY, Calendar, Stop, Timer, colour, days_left, reckon

__all__ = [
    "NO_DAY",
    "Calendar",
    "Stop",
    "Timer",
    "active",
    "colour",
    "days_late",
    "days_left",
    "late",
    "timers",
]

NOTICE_LIMIT = Limit(days=5)
"""行政许可法 32: one notice within five days of receipt, or the application counts as accepted."""
SUPERIOR_LIMIT = Limit(days=20)
"""行政许可法 43: after the lower level's review, 20 days unless another law says otherwise."""
DELIVERY_LIMIT = Limit(days=10)
"""行政许可法 44: the document is handed over within ten days of the decision."""

STOPS = {A.START_SPECIAL: "特别程序", A.REPORT_UP: "上报上级部门"}
RESUMES = frozenset({A.END_SPECIAL, A.RETURN_FROM_ABOVE})
DECISIONS = frozenset({A.DECIDE, A.SIGN, A.DECIDE_ABOVE})
ENDS = frozenset({A.WITHDRAW, A.DEEM_WITHDRAWN, A.REFUSE, A.VOID})


def timers(events: Sequence[Event], terms: Terms, calendar: Calendar) -> dict[TimerKind, Timer]:
    """Every timer that has started, reckoned to its last day."""
    running: dict[TimerKind, Timer] = {}
    for event in events:
        _move(running, event, terms)
    return {kind: reckon(timer, calendar) for kind, timer in running.items()}


def active(state: S) -> TimerKind | None:
    """The timer a card shows in this state."""
    return _ACTIVE.get(state)


def late(found: Mapping[TimerKind, Timer], today: date) -> frozenset[TimerKind]:
    """Running timers whose last day is over."""
    return frozenset(kind for kind, t in found.items() if t.ended is None and t.is_late(today))


def days_late(promise_on: date | None, today: date, calendar: Calendar) -> int | None:
    """Working days since a promised day; None: there is none, or it is not over. 0: only days of rest are."""
    if promise_on is None or today <= promise_on:
        return None
    return -days_left(promise_on, today, calendar)


def first_notice(received: date, calendar: Calendar) -> Timer:
    """The timer of a case that has only been filed."""
    return reckon(Timer(kind=TimerKind.NOTICE, began=moment(received, 0), limit=NOTICE_LIMIT), calendar)


_ACTIVE: Mapping[S, TimerKind] = {
    S.SUBMITTED: TimerKind.NOTICE,
    S.NEED_FIX: TimerKind.SUPPLEMENT,
    S.ACCEPTED: TimerKind.PROMISE,
    S.REVIEWING: TimerKind.PROMISE,
    S.INSPECTING: TimerKind.PROMISE,
    S.SPECIAL: TimerKind.PROMISE,
    S.COLLECTIVE: TimerKind.PROMISE,
    S.LEGAL_SIGN: TimerKind.PROMISE,
    S.RETURNED_UP: TimerKind.PROMISE,
    S.REPORTED: TimerKind.SUPERIOR,
    S.DECIDED: TimerKind.DELIVERY,
    S.TO_COLLECT: TimerKind.DELIVERY,
}


def _move(running: dict[TimerKind, Timer], event: Event, terms: Terms) -> None:
    """Let one event start, stop, lengthen and end timers."""
    match event.action:
        case A.SUPPLEMENT | A.RESUME_REVIEW if event.before is S.RETURNED_UP:
            _end(running, event.at, TimerKind.SUPPLEMENT)
        case A.SUBMIT | A.SUPPLEMENT:
            _end(running, event.at, TimerKind.SUPPLEMENT)
            running[TimerKind.NOTICE] = Timer(kind=TimerKind.NOTICE, began=event.at, limit=NOTICE_LIMIT)
        case A.REQUEST_FIX:
            _end(running, event.at, TimerKind.NOTICE)
            running[TimerKind.SUPPLEMENT] = Timer(
                kind=TimerKind.SUPPLEMENT, began=event.at, limit=Limit(days=event.facts.days)
            )
        case A.ACCEPT | A.DEEM_ACCEPTED:
            _start_decision(running, event, terms)
        case A.REOPEN:
            _start_again(running, event, terms)
        case A.EXTEND:
            for kind in (TimerKind.PROMISE, TimerKind.STATUTORY):
                if kind in running:
                    running[kind] = replace(running[kind], extended_days=event.facts.days)
        case A.DELIVER | A.FINISH:
            _end(running, event.at, TimerKind.DELIVERY)
        case _:
            _stop_or_end(running, event)


def _start_decision(running: dict[TimerKind, Timer], event: Event, terms: Terms) -> None:
    """Both decision timers start on acceptance.

    A supplemented case counts as accepted on the day it was completed, an un-answered one on the day it was
    received (行政许可法 32): in both cases when the notice timer last started.
    """
    notice = running[TimerKind.NOTICE]
    supplemented = notice.ended is None and TimerKind.SUPPLEMENT in running
    start = notice.began if supplemented or event.action is A.DEEM_ACCEPTED else event.at
    _end(running, event.at, TimerKind.NOTICE, TimerKind.SUPPLEMENT)
    running[TimerKind.PROMISE] = Timer(kind=TimerKind.PROMISE, began=start, limit=terms.promise)
    if terms.statutory:
        running[TimerKind.STATUTORY] = Timer(kind=TimerKind.STATUTORY, began=start, limit=terms.statutory)


def _start_again(running: dict[TimerKind, Timer], event: Event, terms: Terms) -> None:
    """A case taken up again gets its whole time once more."""
    running.clear()
    running[TimerKind.NOTICE] = Timer(kind=TimerKind.NOTICE, began=event.at, limit=NOTICE_LIMIT)
    if event.after is S.REVIEWING:
        _start_decision(running, event, terms)


def _stop_or_end(running: dict[TimerKind, Timer], event: Event) -> None:
    if event.action in STOPS:
        stop = Stop(
            since=day_in_china(event.at),
            since_at=event.at,
            ground=event.facts.basis or STOPS[event.action],
            by=event.actor_id,
            told_days=event.facts.days,
        )
        for kind in (TimerKind.PROMISE, TimerKind.STATUTORY):
            if kind in running:
                running[kind] = replace(running[kind], stops=(*running[kind].stops, stop))
    if event.action is A.REPORT_UP:
        running[TimerKind.SUPERIOR] = Timer(kind=TimerKind.SUPERIOR, began=event.at, limit=SUPERIOR_LIMIT)
    if event.action in RESUMES | DECISIONS | ENDS:
        _end(running, event.at, TimerKind.SUPERIOR)
        _resume(running, event)
    if event.action in DECISIONS | ENDS:
        _end(running, event.at, *running)
    if event.action in DECISIONS:
        running[TimerKind.DELIVERY] = Timer(kind=TimerKind.DELIVERY, began=event.at, limit=DELIVERY_LIMIT)


def _end(running: dict[TimerKind, Timer], at: datetime, *kinds: TimerKind) -> None:
    for kind in kinds:
        if kind in running and running[kind].ended_at is None:
            running[kind] = replace(running[kind], ended_at=at)


def _resume(running: dict[TimerKind, Timer], event: Event) -> None:
    for kind, timer in running.items():
        if timer.stands_still:
            closed = replace(
                timer.stops[-1],
                until=day_in_china(event.at),
                until_at=event.at,
                ended_by=event.actor_id,
            )
            running[kind] = replace(timer, stops=(*timer.stops[:-1], closed))
