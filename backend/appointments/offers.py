"""Free times as a list to choose from: the slots of several windows merged by day and time. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from api_spec.china_time import clock_text, period_of
from api_spec.vocabulary import DayPeriod
from backend.appointments.policy import BookingPolicy
from backend.appointments.slots import OpenTime, Slot, may_book, slots_of


class WindowDay:
    """A window's day with its slots by start minute."""

    __slots__ = ("slots", "time")

    def __init__(self, time: OpenTime) -> None:
        self.time = time
        self.slots: Mapping[int, Slot] = {slot.start: slot for slot in slots_of(time)}


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A time with `free` places, at one or several windows; minutes since midnight in China."""

    start: int
    end: int
    free: int

    @property
    def period(self) -> DayPeriod:
        return period_of(self.start)

    @property
    def clock(self) -> str:
        """09:00"""
        return clock_text(self.start)

    @property
    def hours(self) -> str:
        """09:00-09:30"""
        return f"{self.clock}-{clock_text(self.end)}"


@dataclass(frozen=True, slots=True)
class FreeDay:
    """A day on offer. A day without times is closed, over, or fully booked; `note` says why it is special.

    Args:
        full: the half days that could still be booked, had others not taken every place.
    """

    day: date
    times: tuple[FreeTime, ...]
    note: str
    provisional: bool
    full: tuple[DayPeriod, ...] = ()

    @property
    def places(self) -> int:
        """How many places are left in all."""
        return sum(time.free for time in self.times)


def days_of(
    days: Sequence[date],
    windows: Iterable[tuple[WindowDay, Mapping[tuple[str, int], int]]],
    *,
    at: datetime,
    policy: BookingPolicy,
) -> Sequence[FreeDay]:
    """Every day of `days` with the times that can be booked at `at` and still have a place.

    Args:
        windows: each window on each of the days, with the places taken by (YYYY-MM-DD, start minute).
    """
    by_day: dict[date, list[tuple[WindowDay, Mapping[tuple[str, int], int]]]] = {day: [] for day in days}
    for window, taken in windows:
        by_day[window.time.day].append((window, taken))
    return [_day(day, by_day[day], at=at, policy=policy) for day in days]


def _day(
    day: date,
    windows: Sequence[tuple[WindowDay, Mapping[tuple[str, int], int]]],
    *,
    at: datetime,
    policy: BookingPolicy,
) -> FreeDay:
    free: dict[tuple[int, int], int] = {}
    taken_up: set[DayPeriod] = set()
    for window, taken in windows:
        for slot in window.slots.values():
            if not may_book(slot, at=at, policy=policy):
                continue
            left = slot.capacity - taken.get((day.isoformat(), slot.start), 0)
            if left > 0:
                free[slot.start, slot.end] = free.get((slot.start, slot.end), 0) + left
            else:
                taken_up.add(period_of(slot.start))
    times = tuple(FreeTime(start, end, left) for (start, end), left in sorted(free.items()))
    open_still = {time.period for time in times}
    return FreeDay(
        day,
        times,
        next((window.time.note for window, _ in windows if window.time.note), ""),
        any(window.time.provisional for window, _ in windows),
        tuple(period for period in DayPeriod if period in taken_up - open_still),
    )
