"""Which times a window offers on a day, and which of them may be booked now. Pure.

Slots are derived, never typed in: opening hours (with 调休 days open and holidays closed by the calendar) cut into
equal pieces, less the half days on which the roster says nobody is there. A slot's id follows from window, day and
start, so every process finds the same row without asking.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from api_spec.china_time import clock_text, day_in_china, minute_in_china, moment, period_of
from api_spec.errors import ErrorCode
from api_spec.vocabulary import DayPeriod
from backend.appointments.policy import BookingPolicy
from backend.faults import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTime:
    """When a window can be booked on a day, as the hall says.

    Args:
        stretches: (opens, closes) in minutes since midnight in China, in order.
        capacity: places of one slot that may be booked; those kept for walk-ins are not among them.
        provisional: the day's year has no holiday notice yet, so the day may still turn out closed.
        note: why the day is special ("国庆节调休上班"), or "".
    """

    window_id: str
    day: date
    stretches: tuple[tuple[int, int], ...]
    slot_minutes: int
    capacity: int
    provisional: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A piece of a window's day that people can book; minutes since midnight in China."""

    id: str
    window_id: str
    day: date
    start: int
    end: int
    starts_at: datetime
    ends_at: datetime
    capacity: int
    provisional: bool = False
    note: str = ""

    @property
    def period(self) -> DayPeriod:
        return period_of(self.start)

    @property
    def hours(self) -> str:
        """09:00-09:30"""
        return f"{clock_text(self.start)}-{clock_text(self.end)}"


def slot_id(window_id: str, day: date, *, start: int) -> str:
    """32 hex characters that name one slot for ever."""
    return hashlib.sha256(f"{window_id} {day.isoformat()} {start}".encode()).hexdigest()[:32]


def slots_of(time: OpenTime) -> tuple[Slot, ...]:
    """The slots of a day in order; a remainder shorter than a slot before closing time is left to walk-ins."""
    if time.capacity <= 0:
        return ()
    return tuple(
        _slot(time, start)
        for opens, closes in time.stretches
        for start in range(opens, closes - time.slot_minutes + 1, time.slot_minutes)
    )


def _slot(time: OpenTime, start: int) -> Slot:
    return Slot(
        id=slot_id(time.window_id, time.day, start=start),
        window_id=time.window_id,
        day=time.day,
        start=start,
        end=start + time.slot_minutes,
        starts_at=moment(time.day, start),
        ends_at=moment(time.day, start + time.slot_minutes),
        capacity=time.capacity,
        provisional=time.provisional,
        note=time.note,
    )


def last_day_on_offer(at: datetime, policy: BookingPolicy) -> date:
    """The furthest day that may be booked at `at`; the next one is released each morning at the same minute."""
    ahead = policy.horizon_days if minute_in_china(at) >= policy.release_minute else policy.horizon_days - 1
    return day_in_china(at) + timedelta(days=ahead)


def refuse_day(day: date, *, at: datetime, policy: BookingPolicy) -> None:
    """Raises Fault SLOT_CLOSED: the day is over, or not released yet."""
    if day < day_in_china(at):
        raise Fault(ErrorCode.SLOT_CLOSED, reason="over")
    last = last_day_on_offer(at, policy)
    if day > last:
        raise Fault(ErrorCode.SLOT_CLOSED, reason="not_released", last_day=last)


def refuse_begun(slot: Slot, *, at: datetime) -> None:
    """Raises Fault SLOT_CLOSED: the slot has begun."""
    if slot.starts_at <= at:
        raise Fault(ErrorCode.SLOT_CLOSED, reason="begun")


def may_book(slot: Slot, *, at: datetime, policy: BookingPolicy) -> bool:
    return at < slot.starts_at and slot.day <= last_day_on_offer(at, policy)
