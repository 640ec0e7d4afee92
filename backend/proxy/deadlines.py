"""When an errand should be done: counted from taking it on, without the days it stood still. Pure.

The day it is taken does not count (民法典 201); a limit in calendar days that ends on a rest day ends on the next
working day (民法典 203). Errands are promises of the office: no law sets their limits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from api_spec.catalogue import Limit
from api_spec.china_time import day_in_china
from api_spec.vocabulary import ErrandAction as A
from api_spec.vocabulary import LimitUnit
from backend.proxy.errand import Event

NO_DAY = date.max
ONE_DAY = timedelta(days=1)
_ENDS = frozenset({A.COMPLETE, A.END})


class Calendar(Protocol):
    """What is needed of the hall's working-day calendar."""

    def works(self, day: date) -> bool: ...
    def is_provisional(self, day: date) -> bool: ...


@dataclass(frozen=True, slots=True)
class Dues:
    """The promised day and the first day that warns; `NO_DAY` while no clock runs.

    `provisional`: a day was counted for which no holiday notice has been published yet.
    """

    due_on: date = NO_DAY
    soon_on: date = NO_DAY
    provisional: bool = False


Stop = tuple[date, date | None]
NOTHING_RUNS = Dues()


def dues(events: Sequence[Event], promise: Limit, calendar: Calendar) -> Dues:
    """Where the promise ends after these events."""
    taken: date | None = None
    stops: list[Stop] = []
    for event in events:
        day = day_in_china(event.at)
        if event.action is A.TAKE:
            taken = day
        elif event.action is A.SUSPEND:
            stops.append((day, None))
        elif event.action is A.RESUME and stops:
            stops[-1] = (stops[-1][0], day)
        elif event.action in _ENDS:
            return NOTHING_RUNS
    if taken is None or any(until is None for _, until in stops):
        return NOTHING_RUNS
    return _count(taken, promise, stops, calendar)


def _count(start: date, limit: Limit, stops: Sequence[Stop], calendar: Calendar) -> Dues:
    working = limit.unit is LimitUnit.WORKING_DAY
    left = -(-limit.days // 24) if limit.unit is LimitUnit.HOUR else limit.days
    day = before = start
    provisional = False
    while left:
        day += ONE_DAY
        provisional = provisional or calendar.is_provisional(day)
        if _stood_still(day, stops) or (working and not calendar.works(day)):
            continue
        left -= 1
        before = day if left else before
    last = _runs_again(day, stops)
    while (last != day or not working) and limit.days and not calendar.works(last):
        last += ONE_DAY
    return Dues(last, before, provisional or (last != day and calendar.is_provisional(last)))


def _runs_again(day: date, stops: Sequence[Stop]) -> date:
    """The rest of a last day on which it was stopped falls on the day it runs again."""
    for since, until in stops:
        if since == day and until is not None:
            day = max(day, until)
    return day


def _stood_still(day: date, stops: Sequence[Stop]) -> bool:
    """A stop from day a to day b takes the days after a, up to and including b, out of the count."""
    return any(since < day <= (until or day) for since, until in stops)
