"""Which timers run on a case, until which day, and how near that is. Derived from the events alone; pure.

Days are days in China. The day a timer starts on does not count (民法典 201); working-day limits skip rest days
and holidays (行政许可法 82); a limit in calendar days that ends on one ends on the next working day (民法典 203).
A stop from day a to day b takes the days after a, up to and including b, out of the count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from math import ceil
from typing import Protocol

from api_spec.catalogue import Limit
from api_spec.china_time import day_in_china
from api_spec.vocabulary import CaseAction as A
from api_spec.vocabulary import CaseState as S
from api_spec.vocabulary import DeadlineColour, LimitUnit, TimerKind
from backend.cases.case import Event, Terms

NOTICE_LIMIT = Limit(days=5)
"""行政许可法 32: one notice within five days of receipt, or the application counts as accepted."""
SUPERIOR_LIMIT = Limit(days=20)
"""行政许可法 43: after the lower level's review, 20 days unless another law says otherwise."""
DELIVERY_LIMIT = Limit(days=10)
"""行政许可法 44: the document is handed over within ten days of the decision."""
SOON_SHARE = 0.7
"""A card warns once this share of the time is used, or one day is left."""
NO_DAY = date.max

STOPS = {A.START_SPECIAL: "special", A.REPORT_UP: "reported"}
RESUMES = frozenset({A.END_SPECIAL, A.RETURN_FROM_ABOVE})
DECISIONS = frozenset({A.DECIDE, A.SIGN, A.DECIDE_ABOVE})
ENDS = frozenset({A.WITHDRAW, A.DEEM_WITHDRAWN, A.REFUSE, A.VOID})


class Calendar(Protocol):
    """What is needed of the hall's working-day calendar."""

    version: str

    def __hash__(self) -> int: ...
    def works(self, day: date) -> bool: ...
    def is_provisional(self, day: date) -> bool: ...


@dataclass(frozen=True, slots=True)
class Stop:
    """One entry of the interval ledger; `until` None: still standing still."""

    since: date
    until: date | None
    ground: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """One timer of a case.

    Args:
        ended: the day it stopped for good.
        due: its last day; None while it stands still.
        soon_on: the first day on which it warns.
        provisional: a day was counted for which no holiday notice has been published yet.
    """

    kind: TimerKind
    started: date
    limit: Limit
    due: date | None = None
    soon_on: date | None = None
    ended: date | None = None
    provisional: bool = False
    stops: tuple[Stop, ...] = ()
    extended_days: int = 0

    @property
    def stands_still(self) -> bool:
        return self.ended is None and bool(self.stops) and self.stops[-1].until is None

    def is_late(self, today: date) -> bool:
        return self.due is not None and (self.ended or today) > self.due

    def colour(self, today: date) -> DeadlineColour:
        if self.ended is not None:
            return DeadlineColour.NONE
        return colour(self.due or NO_DAY, self.soon_on or NO_DAY, today)


def colour(due: date, soon_on: date, today: date) -> DeadlineColour:
    """How near a last day is; `NO_DAY` means that nothing is running."""
    if due == NO_DAY:
        return DeadlineColour.NONE
    if today > due:
        return DeadlineColour.OVERDUE
    if today == due:
        return DeadlineColour.DUE
    return DeadlineColour.SOON if today >= soon_on else DeadlineColour.CALM


@lru_cache(maxsize=4096)
def days_left(due: date, today: date, calendar: Calendar, unit: LimitUnit = LimitUnit.WORKING_DAY) -> int:
    """Days after today up to the last day: working days, or all days where the limit counts those; negative when late."""
    if unit is not LimitUnit.WORKING_DAY:
        return (due - today).days
    first, last, sign = (today, due, 1) if due >= today else (due, today, -1)
    span = (last - first).days
    return sign * sum(calendar.works(first + timedelta(days=day)) for day in range(1, span + 1))


def timers(events: Sequence[Event], terms: Terms, calendar: Calendar) -> dict[TimerKind, Timer]:
    """Every timer that has started, reckoned to its last day."""
    running: dict[TimerKind, Timer] = {}
    for event in events:
        _move(running, event, terms)
    return {kind: _reckon(timer, calendar) for kind, timer in running.items()}


def active(state: S) -> TimerKind | None:
    """The timer a card shows in this state."""
    return _ACTIVE.get(state)


def late(found: Mapping[TimerKind, Timer], today: date) -> frozenset[TimerKind]:
    """Running timers whose last day is over."""
    return frozenset(kind for kind, t in found.items() if t.ended is None and t.is_late(today))


def first_notice(received: date, calendar: Calendar) -> Timer:
    """The timer of a case that has only been filed."""
    return _reckon(Timer(kind=TimerKind.NOTICE, started=received, limit=NOTICE_LIMIT), calendar)


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
    day = day_in_china(event.at)
    match event.action:
        case A.SUBMIT | A.SUPPLEMENT:
            _end(running, day, TimerKind.SUPPLEMENT)
            running[TimerKind.NOTICE] = Timer(kind=TimerKind.NOTICE, started=day, limit=NOTICE_LIMIT)
        case A.REQUEST_FIX:
            _end(running, day, TimerKind.NOTICE)
            running[TimerKind.SUPPLEMENT] = Timer(
                kind=TimerKind.SUPPLEMENT, started=day, limit=Limit(days=event.facts.days)
            )
        case A.ACCEPT | A.DEEM_ACCEPTED:
            _start_decision(running, event, terms)
        case A.EXTEND:
            for kind in (TimerKind.PROMISE, TimerKind.STATUTORY):
                if kind in running:
                    running[kind] = replace(running[kind], extended_days=event.facts.days)
        case A.DELIVER | A.FINISH:
            _end(running, day, TimerKind.DELIVERY)
        case _:
            _stop_or_end(running, event)


def _start_decision(running: dict[TimerKind, Timer], event: Event, terms: Terms) -> None:
    """Both decision timers start on acceptance.

    A supplemented case counts as accepted on the day it was completed, an un-answered one on the day it was
    received (行政许可法 32): in both cases the day the notice timer last started.
    """
    day = day_in_china(event.at)
    notice = running[TimerKind.NOTICE]
    supplemented = notice.ended is None and TimerKind.SUPPLEMENT in running
    start = notice.started if supplemented or event.action is A.DEEM_ACCEPTED else day
    _end(running, day, TimerKind.NOTICE, TimerKind.SUPPLEMENT)
    running[TimerKind.PROMISE] = Timer(kind=TimerKind.PROMISE, started=start, limit=terms.promise)
    if terms.statutory:
        running[TimerKind.STATUTORY] = Timer(kind=TimerKind.STATUTORY, started=start, limit=terms.statutory)


def _stop_or_end(running: dict[TimerKind, Timer], event: Event) -> None:
    day = day_in_china(event.at)
    if event.action in STOPS:
        ground = event.facts.basis or STOPS[event.action]
        for kind in (TimerKind.PROMISE, TimerKind.STATUTORY):
            if kind in running:
                stop = Stop(day, None, ground, event.actor_id)
                running[kind] = replace(running[kind], stops=(*running[kind].stops, stop))
    if event.action is A.REPORT_UP:
        running[TimerKind.SUPERIOR] = Timer(kind=TimerKind.SUPERIOR, started=day, limit=SUPERIOR_LIMIT)
    if event.action in RESUMES | DECISIONS | ENDS:
        _end(running, day, TimerKind.SUPERIOR)
        _resume(running, day)
    if event.action in DECISIONS | ENDS:
        _end(running, day, *running)
    if event.action in DECISIONS:
        running[TimerKind.DELIVERY] = Timer(kind=TimerKind.DELIVERY, started=day, limit=DELIVERY_LIMIT)


def _end(running: dict[TimerKind, Timer], day: date, *kinds: TimerKind) -> None:
    for kind in kinds:
        if kind in running and running[kind].ended is None:
            running[kind] = replace(running[kind], ended=day)


def _resume(running: dict[TimerKind, Timer], day: date) -> None:
    for kind, timer in running.items():
        if timer.stands_still:
            closed = replace(timer.stops[-1], until=day)
            running[kind] = replace(timer, stops=(*timer.stops[:-1], closed))


@dataclass(slots=True)
class _Count:
    """Walks day by day from a timer's start."""

    timer: Timer
    calendar: Calendar
    provisional: bool = False
    warn_at: int = 0
    warn_on: date | None = field(default=None)

    def walk(self, days: int) -> date:
        day, counted = self.timer.started, 0
        self.warn_at = min(ceil(days * SOON_SHARE), days - 1)
        self.warn_on = day if self.warn_at <= 0 else None
        while counted < days:
            day += timedelta(days=1)
            self.provisional |= self.calendar.is_provisional(day)
            counted += self._counts(day)
            if self.warn_on is None and counted == self.warn_at:
                self.warn_on = day
        while self.timer.limit.unit is not LimitUnit.WORKING_DAY and not self.calendar.works(day):
            day += timedelta(days=1)
            self.provisional |= self.calendar.is_provisional(day)
        return day

    def _counts(self, day: date) -> bool:
        if any(stop.since < day <= (stop.until or NO_DAY) for stop in self.timer.stops):
            return False
        return self.timer.limit.unit is not LimitUnit.WORKING_DAY or self.calendar.works(day)


def _reckon(timer: Timer, calendar: Calendar) -> Timer:
    if timer.stands_still:
        return timer
    days = timer.limit.days
    if timer.limit.unit is LimitUnit.HOUR:
        days = ceil(days / 24)
    count = _Count(timer, calendar)
    due = count.walk(days + timer.extended_days)
    return replace(timer, due=due, soon_on=count.warn_on or due, provisional=count.provisional)
