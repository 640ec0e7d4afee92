"""Free times as a list to choose from: the slots of several windows merged by day and time. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from backend.appointments.policy import BookingPolicy
from backend.appointments.slots import OpenTime, may_book, slots_of


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A time with `free` places, at one or several windows; minutes since midnight in China."""

    start: int
    end: int
    free: int


@dataclass(frozen=True, slots=True)
class FreeDay:
    """A day on offer. A day without times is closed, over, or fully booked; `note` says why it is special."""

    day: date
    times: tuple[FreeTime, ...]
    note: str
    provisional: bool


def days_of(
    days: Sequence[date],
    open_times: Iterable[tuple[OpenTime, Mapping[tuple[str, int], int]]],
    *,
    at: datetime,
    policy: BookingPolicy,
) -> Sequence[FreeDay]:
    """Every day of `days` with the times that can be booked at `at` and still have a place.

    Args:
        open_times: for each window and day its hours, with the places taken by (YYYY-MM-DD, start minute).
    """
    by_day: dict[date, list[tuple[OpenTime, Mapping[tuple[str, int], int]]]] = {day: [] for day in days}
    for time, taken in open_times:
        by_day[time.day].append((time, taken))
    return [_day(day, by_day[day], at=at, policy=policy) for day in days]


def _day(
    day: date,
    windows: Sequence[tuple[OpenTime, Mapping[tuple[str, int], int]]],
    *,
    at: datetime,
    policy: BookingPolicy,
) -> FreeDay:
    free: dict[tuple[int, int], int] = {}
    for time, taken in windows:
        for slot in slots_of(time):
            left = slot.capacity - taken.get((day.isoformat(), slot.start), 0)
            if left > 0 and may_book(slot, at=at, policy=policy):
                free[slot.start, slot.end] = free.get((slot.start, slot.end), 0) + left
    return FreeDay(
        day,
        tuple(FreeTime(start, end, left) for (start, end), left in sorted(free.items())),
        next((time.note for time, _ in windows if time.note), ""),
        any(time.provisional for time, _ in windows),
    )
