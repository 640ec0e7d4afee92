"""What a timer is: when it began, its limit, its stops, and the last day these come to. It knows no event. Pure.

Days are days in China. The day a timer starts on does not count (民法典 201); working-day limits skip rest days
and holidays (行政许可法 82); a limit in calendar days that ends on one ends on the next working day (民法典 203).
A stop from day a to day b takes the days after a, up to and including b, out of the count; the rest of a last day on
which the clock was stopped falls on the day it runs again. A limit in hours runs from the moment itself (民法典 201)
and a stop takes its own hours out; midnight still belongs to the day it ends.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from math import ceil
from typing import Protocol

from api_spec.catalogue import Limit
from api_spec.china_time import DAY_MINUTES, ONE_DAY, day_in_china, moment
from api_spec.vocabulary import DeadlineColour, LimitUnit, TimerKind

SOON_SHARE = 0.7
"""A card warns once this share of the time is used, or one day is left."""
NO_DAY = date.max
INSTANT = timedelta(milliseconds=1)
"""The smallest step of the township's clock."""


class Calendar(Protocol):
    """What is needed of the hall's working-day calendar."""

    version: str

    def __hash__(self) -> int: ...
    def works(self, day: date) -> bool: ...
    def is_provisional(self, day: date) -> bool: ...
    def why_closed(self, day: date) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One entry of the interval ledger: why the clock stood still, from when, until when, and by whom.

    Args:
        until, until_at: None: it still stands still.
        ground: from the item's own list (行政许可法 45), or that a superior has it.
        by, ended_by: ids of who stopped it and who let it run again.
        told_days: working days the applicant was told in writing that it would take; 0: none were named.
    """

    since: date
    since_at: datetime
    ground: str
    by: str
    told_days: int
    until: date | None = None
    until_at: datetime | None = None
    ended_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """One timer of a case.

    Args:
        began: the moment it started; `started` is its day.
        ended, ended_at: when it stopped for good.
        due: its last day; None while it stands still.
        due_at: its last moment, of a limit in hours only.
        soon_on: the first day on which it warns.
        provisional: a day was counted for which no holiday notice has been published yet.
    """

    kind: TimerKind
    began: datetime
    limit: Limit
    due: date | None = None
    due_at: datetime | None = None
    soon_on: date | None = None
    ended_at: datetime | None = None
    provisional: bool = False
    stops: tuple[Stop, ...] = ()
    extended_days: int = 0

    @property
    def started(self) -> date:
        return day_in_china(self.began)

    @property
    def ended(self) -> date | None:
        return day_in_china(self.ended_at) if self.ended_at else None

    @property
    def stands_still(self) -> bool:
        return bool(self.stops) and self.stops[-1].until is None

    def is_late(self, today: date) -> bool:
        """Whether its last day was over when it ended, or is over today."""
        return self.due is not None and (self.ended or today) > self.due

    def is_late_at(self, at: datetime) -> bool:
        """As `is_late`, to the moment for a limit in hours."""
        if self.due_at is None:
            return self.is_late(day_in_china(at))
        return (self.ended_at or at) > self.due_at

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
            day += ONE_DAY
            self.provisional |= self.calendar.is_provisional(day)
            counted += self._counts(day)
            if self.warn_on is None and counted == self.warn_at:
                self.warn_on = day
        if self.timer.limit.unit is not LimitUnit.WORKING_DAY:
            day = self.at_work(day)
        for stop in self.timer.stops:
            if stop.since == day and stop.until is not None and stop.until > day:
                day = self.at_work(stop.until)
        return day

    def at_work(self, day: date) -> date:
        """`day`, or the first working day after it."""
        self.provisional |= self.calendar.is_provisional(day)
        while not self.calendar.works(day):
            day += ONE_DAY
            self.provisional |= self.calendar.is_provisional(day)
        return day

    def _counts(self, day: date) -> bool:
        if any(stop.since < day <= (stop.until or NO_DAY) for stop in self.timer.stops):
            return False
        return self.timer.limit.unit is not LimitUnit.WORKING_DAY or self.calendar.works(day)


def reckon(timer: Timer, calendar: Calendar) -> Timer:
    """The timer with its last day; one that stands still has none.

    Source: 行政许可法 82, 民法典 201 and 203.
    """
    if timer.stands_still:
        return timer
    count = _Count(timer, calendar)
    if timer.limit.unit is LimitUnit.HOUR and timer.limit.days:
        return _reckon_hours(timer, count)
    due = count.walk(timer.limit.days + timer.extended_days)
    return replace(timer, due=due, soon_on=count.warn_on or due, provisional=count.provisional)


def _reckon_hours(timer: Timer, count: _Count) -> Timer:
    """Hour by hour; where the last moment falls on a day of rest, the next working day's end (民法典 203)."""
    span = timedelta(hours=timer.limit.days, days=timer.extended_days)
    stopped = sum(
        (stop.until_at - stop.since_at for stop in timer.stops if stop.until_at is not None), timedelta()
    )
    last = timer.began + span + stopped
    ends = day_in_china(last - INSTANT)
    due = count.at_work(ends)
    return replace(
        timer,
        due=due,
        due_at=last if due == ends else moment(due, DAY_MINUTES),
        soon_on=min(due, day_in_china(timer.began + stopped + span * SOON_SHARE)),
        provisional=count.provisional,
    )
