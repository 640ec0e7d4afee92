"""Who gets which place: decides a whole batch of bookings at once. Pure.

The store locks slots and people, tells what is free and what each person already has, and writes down what is
decided here. Wishes are served in the order they came.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.vocabulary import AppointmentAction, AppointmentState, Channel, Role
from backend.appointments.appointment import Appointment
from backend.appointments.machine import OPEN, PLACE_FREED
from backend.appointments.policy import BookingPolicy
from backend.appointments.slots import Slot
from backend.faults import Fault

BY_ONESELF = frozenset({Channel.MINI_PROGRAM, Channel.WEB})
"""Channels on which cancelled and unkept bookings count against a person; at a counter or by phone a clerk decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One booking somebody asks for.

    Args:
        appointment: as it will be once a slot is found; its slot fields are still those of the old slot when
            it is being moved, and empty when it is new.
        slots: the slots that would do, all of one day and time; the one with most places left is taken.
        action: HOLD, BOOK or RESCHEDULE.
    """

    appointment: Appointment
    slots: tuple[Slot, ...]
    action: AppointmentAction
    actor_id: str
    role: Role
    at: datetime

    @property
    def is_move(self) -> bool:
        return self.action is AppointmentAction.RESCHEDULE


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier booking of the same person, as far as the limits ask."""

    appointment_id: str
    slot_id: str | None
    item_id: str
    day: date
    state: AppointmentState
    was_confirmed: bool
    ended_on: date | None


@dataclass(slots=True)
class Places:
    """What is left to give while a batch is decided: places by slot, bookings by person."""

    free: dict[str, int]
    past: dict[str, list[Past]] = field(default_factory=dict)


def decide(wishes: Sequence[Wish], places: Places, *, policy: BookingPolicy) -> list[Appointment | Fault]:
    """For each wish the appointment with its place, or why not. `places` is used up on the way.

    Faults: SLOT_FULL, BOOKING_DUPLICATE, BOOKING_LIMIT.
    """
    return [_decide(wish, places, policy) for wish in wishes]


def _decide(wish: Wish, places: Places, policy: BookingPolicy) -> Appointment | Fault:
    appointment = wish.appointment
    past = [
        each
        for each in places.past.setdefault(appointment.person_id, [])
        if each.appointment_id != appointment.id
    ]
    refusal = _refuse(wish, past, policy)
    if refusal is not None:
        return refusal
    slot = max(wish.slots, key=lambda slot: places.free.get(slot.id, 0))
    if places.free.get(slot.id, 0) <= 0:
        return Fault(ErrorCode.SLOT_FULL)
    places.free[slot.id] -= 1
    booked = replace(
        appointment,
        slot_id=slot.id,
        window_id=slot.window_id,
        day=slot.day,
        start=slot.start,
        end=slot.end,
    )
    places.past[appointment.person_id] = [*past, _as_past(booked)]
    return booked


def _refuse(wish: Wish, past: Sequence[Past], policy: BookingPolicy) -> Fault | None:
    day = wish.slots[0].day
    wanted = {slot.id for slot in wish.slots}
    running = [each for each in past if each.state in OPEN]
    clash = [each for each in past if each.slot_id in wanted and each.state not in PLACE_FREED]
    same = [each for each in running if each.item_id == wish.appointment.item_id and each.day == day]
    if len(same) >= policy.per_item_and_day:
        clash += same
    if clash:
        return Fault(ErrorCode.BOOKING_DUPLICATE, appointment_id=clash[0].appointment_id)
    if wish.is_move:
        return _refuse_move(wish, policy)
    if len(running) >= policy.open_bookings:
        return Fault(ErrorCode.BOOKING_LIMIT, limit="open_bookings", allowed=policy.open_bookings)
    return _refuse_habits(wish, past, policy)


def _refuse_move(wish: Wish, policy: BookingPolicy) -> Fault | None:
    if wish.appointment.moves > policy.moves:
        return Fault(ErrorCode.BOOKING_LIMIT, limit="moves", allowed=policy.moves)
    return None


def _refuse_habits(wish: Wish, past: Sequence[Past], policy: BookingPolicy) -> Fault | None:
    if not past or wish.appointment.channel not in BY_ONESELF:
        return None
    today = day_in_china(wish.at)
    habits = habits_of(past, today=today, policy=policy)
    if habits.cancels >= policy.cancels_a_month:
        return Fault(ErrorCode.BOOKING_LIMIT, limit="cancels_a_month", allowed=policy.cancels_a_month)
    if habits.no_shows >= policy.no_shows:
        return Fault(
            ErrorCode.BOOKING_LIMIT,
            limit="no_shows",
            allowed=policy.no_shows,
            until=habits.free_again,
        )
    return None


@dataclass(frozen=True, slots=True)
class Habits:
    """How a person kept earlier bookings; `free_again` is when the oldest unkept one drops out of count."""

    cancels: int
    no_shows: int
    free_again: date | None


def habits_of(past: Iterable[Past], *, today: date, policy: BookingPolicy) -> Habits:
    """Bookings cancelled in this calendar month, and bookings not kept in the last `no_show_days`.

    A hold given back before it was confirmed is no cancelled booking.
    """
    since = today - timedelta(days=policy.no_show_days)
    entries = list(past)
    cancels = [
        each
        for each in entries
        if each.state is AppointmentState.CANCELLED
        and each.was_confirmed
        and each.ended_on is not None
        and (each.ended_on.year, each.ended_on.month) == (today.year, today.month)
    ]
    missed = sorted(
        each.day for each in entries if each.state is AppointmentState.NO_SHOW and each.day >= since
    )
    free_again = missed[0] + timedelta(days=policy.no_show_days + 1) if missed else None
    return Habits(len(cancels), len(missed), free_again)


def net_change(
    gained: Iterable[Appointment], given_back: Iterable[str], moved_from: Iterable[str]
) -> Mapping[str, int]:
    """By how much `booked` of each slot changes; slots that stay as they are are left out."""
    change: dict[str, int] = {}
    for appointment in gained:
        if appointment.slot_id is not None:
            change[appointment.slot_id] = change.get(appointment.slot_id, 0) + 1
    for slot_id in (*given_back, *moved_from):
        change[slot_id] = change.get(slot_id, 0) - 1
    return {slot_id: by for slot_id, by in sorted(change.items()) if by}


def _as_past(appointment: Appointment) -> Past:
    return Past(
        appointment.id,
        appointment.slot_id,
        appointment.item_id,
        appointment.day,
        appointment.state,
        appointment.confirmed_at is not None,
        None,
    )
