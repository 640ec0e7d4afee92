"""How long people wait: a range for those who wait now, and figures of days that are over. Pure."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median, quantiles
from typing import Final

from api_spec.vocabulary import AppointmentState, WindowType
from backend.appointments.line import QueuePolicy
from backend.appointments.ticket import Queued

STEP_MINUTES: Final = 5
MEASURED: Final = 20
SHORTEST: Final = timedelta(seconds=20)
"""Whoever was there for less was not served: the button was pressed by mistake, or twice."""
LONGEST: Final = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Pace:
    """What one person takes at a window, minutes: from a quick one to a slow one."""

    quick: float
    slow: float

    @property
    def usual(self) -> timedelta:
        return timedelta(minutes=(self.quick + self.slow) / 2)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A range of minutes, rounded to five; never a promise."""

    low: int
    high: int

    def text(self, ahead: int) -> str:
        """约 10–20 分钟; nobody is told 不用等 while `ahead` people still stand before them."""
        if not self.high:
            return "很快叫到" if ahead else "不用等"
        return f"约 {self.low}–{self.high} 分钟" if self.low else f"{self.high} 分钟以内"


def pace_of(served: Iterable[timedelta], policy: QueuePolicy) -> Pace:
    """From the latest people served today; until there are enough, what the policy supposes."""
    minutes = [took / timedelta(minutes=1) for took in served if SHORTEST <= took <= LONGEST][-MEASURED:]
    if len(minutes) < policy.least_measured:
        return Pace(policy.least_minutes, policy.most_minutes)
    quarters = quantiles(minutes, n=4, method="inclusive")
    return Pace(quarters[0], quarters[2])


def estimate(ahead: int, *, windows: int, free: int, pace: Pace, pause_minutes: int = 0) -> Estimate:
    """For somebody with `ahead` people before them.

    Args:
        windows: how many work, or will after the pause.
        free: how many of them have nobody now.
        pause_minutes: until they work.
    """
    windows, behind = max(1, windows), ahead - free
    if behind < 0 and not pause_minutes:
        return Estimate(0, 0)
    low = max(0, behind) // windows * pace.quick + pause_minutes
    high = math.ceil((max(0, behind) + 1) / windows) * pace.slow + pause_minutes
    low_step = int(low // STEP_MINUTES) * STEP_MINUTES
    high_step = math.ceil(high / STEP_MINUTES) * STEP_MINUTES
    return Estimate(low_step, max(high_step, low_step + STEP_MINUTES))


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """A queue's day; waits and services in seconds, None where nobody was called or served.

    Args:
        tickets: everybody who had a ticket; called, served, missed, left: of these.
        left: still waiting, called or away when the day ended.
    """

    queue: WindowType
    day: date
    tickets: int
    called: int
    served: int
    missed: int
    left: int
    wait_median_s: int | None
    wait_p90_s: int | None
    service_median_s: int | None
    service_p90_s: int | None


def figures(entries: Iterable[Queued]) -> list[DayFigures]:
    """One row for each queue and day, in that order; waiting counts from arrival or from the booked time."""
    groups: dict[tuple[date, WindowType], list[Queued]] = {}
    for entry in entries:
        groups.setdefault((entry.day, entry.ticket.queue), []).append(entry)
    return [_figures(day, queue, group) for (day, queue), group in sorted(groups.items())]


def wait_of(entry: Queued) -> timedelta | None:
    first = entry.ticket.first_called_at
    return None if first is None else max(timedelta(0), first - entry.ticket.due_at)


def open_time(spans: Iterable[tuple[datetime, datetime]], begin: datetime, end: datetime) -> timedelta:
    """How much of a stretch of time lies within the open hours: nobody is kept waiting by a lunch break."""
    overlaps = (min(closes, end) - max(opens, begin) for opens, closes in spans)
    return sum((overlap for overlap in overlaps if overlap > timedelta(0)), timedelta(0))


def service_of(entry: Queued) -> timedelta | None:
    begun, ended = entry.ticket.called_at, entry.ended_at
    if entry.state is not AppointmentState.SERVED or begun is None or ended is None:
        return None
    return ended - begun


def _figures(day: date, queue: WindowType, group: Sequence[Queued]) -> DayFigures:
    waits = [wait for entry in group if (wait := wait_of(entry)) is not None]
    services = [took for entry in group if (took := service_of(entry)) is not None]
    states = [entry.state for entry in group]
    return DayFigures(
        queue=queue,
        day=day,
        tickets=len(group),
        called=len(waits),
        served=states.count(AppointmentState.SERVED),
        missed=states.count(AppointmentState.MISSED),
        left=states.count(AppointmentState.EXPIRED),
        wait_median_s=_median(waits),
        wait_p90_s=_p90(waits),
        service_median_s=_median(services),
        service_p90_s=_p90(services),
    )


def _median(times: Sequence[timedelta]) -> int | None:
    return round(median(each.total_seconds() for each in times)) if times else None


def _p90(times: Sequence[timedelta]) -> int | None:
    """The smallest that nine of ten do not exceed."""
    ordered = sorted(times)
    return round(ordered[math.ceil(0.9 * len(ordered)) - 1].total_seconds()) if ordered else None
