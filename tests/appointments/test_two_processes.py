"""Two processes on one database: each has its own group commit, and only the database stands between them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import date

import pytest

from api_spec.errors import ErrorCode
from api_spec.vocabulary import AppointmentAction, Lane, Priority
from backend import db as database
from backend.appointments.appointment import Appointment
from backend.faults import Fault
from tests.appointments.office import (
    CLERK,
    MONDAY,
    NOW,
    SOCIAL_1,
    SOCIAL_2,
    TOWN,
    Office,
    at_time,
    citizen,
    label,
    open_office,
)

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def other(office: Office) -> AsyncIterator[Office]:  # noqa: ARG001 - the first of the two
    opened = await open_office()
    yield opened
    await opened.booking.close()


async def oversold_or_drifted() -> int:
    wrong = await database.rows(
        "SELECT slot.id FROM slot LEFT JOIN appointment ON appointment.slot_id = slot.id"
        " AND appointment.place_key IS NOT NULL GROUP BY slot.id, slot.booked, slot.capacity"
        " HAVING slot.booked <> COUNT(appointment.id) OR slot.booked > slot.capacity"
    )
    return len(wrong)


def codes(results: Sequence[object]) -> set[ErrorCode]:
    assert all(isinstance(one, Appointment | Fault) for one in results), results
    return {one.code for one in results if isinstance(one, Fault)}


async def test_a_slot_is_not_oversold_from_two_processes(office: Office, other: Office) -> None:
    wishes = [(office, other)[n % 2].book(citizen(n)) for n in range(1, 65)]
    results = await asyncio.gather(*wishes, return_exceptions=True)
    assert sum(isinstance(one, Appointment) for one in results) == 3
    assert codes(results) == {ErrorCode.SLOT_FULL}
    assert await oversold_or_drifted() == 0


async def test_one_persons_limits_hold_across_two_processes(office: Office, other: Office) -> None:
    days = [date(2026, 3, day) for day in (2, 3, 4, 6, 9, 10, 11, 12)]
    wishes = [(office, other)[n % 2].book(citizen(), day=day) for n, day in enumerate(days)]
    results = await asyncio.gather(*wishes, return_exceptions=True)
    assert sum(isinstance(one, Appointment) for one in results) == 3
    assert codes(results) == {ErrorCode.BOOKING_LIMIT}


async def test_moves_against_each_other_neither_lock_up_nor_lose_a_place(
    office: Office, other: Office
) -> None:
    """Between the same times in opposite directions, with bookings, holds that run out and cancellations."""
    early = [await office.book(citizen(n), start="08:30") for n in (1, 2)]
    late = [await office.book(citizen(n), start="10:30") for n in (3, 4)]
    doing = [office.move(one, citizen(int(one.citizen_id, 16)), start="10:30") for one in early]
    doing += [other.move(one, citizen(int(one.citizen_id, 16)), start="08:30") for one in late]
    doing += [(office, other)[n % 2].book(citizen(n), start="09:30", hold=True) for n in range(10, 30)]
    doing += [
        (office, other)[n % 2].booking.act(
            one.id,
            AppointmentAction.CANCEL,
            version=None,
            actor=citizen(int(one.citizen_id, 16)),
            at=NOW,
        )
        for n, one in enumerate((early[1], late[1]))
    ]
    async with asyncio.timeout(20):
        results = await asyncio.gather(*doing, return_exceptions=True)
    assert codes(results) <= {ErrorCode.SLOT_FULL, ErrorCode.APPOINTMENT_STATE}
    assert await oversold_or_drifted() == 0


async def test_a_place_taken_elsewhere_is_seen_within_a_second(office: Office, other: Office) -> None:
    async def free(which: Office) -> int:
        offer = await which.booking.offering.offer(
            TOWN, item_id=None, window_id="1" * 32, first=MONDAY, days=1, at=NOW
        )
        return offer.days[0].times[0].free

    assert await free(other) == 3
    await office.book(citizen())
    await asyncio.sleep(1.05)
    assert await free(other) == 2


async def test_two_processes_call_everybody_once_in_the_order_of_the_rule(
    office: Office, other: Office
) -> None:
    """While some give up just then: their turn goes to the next."""
    at = at_time("08:40")
    tickets = [
        await office.booking.walk_in(
            SOCIAL_1, item_id=None, name="", priority=priority, actor=CLERK, at=at_time(f"08:{10 + minute}")
        )
        for minute, priority in enumerate([None, Priority.ELDERLY, Priority.ELDERLY, Priority.ELDERLY] * 3)
    ]
    gone = tickets[::5]
    order: list[Appointment] = []
    ends: list[ErrorCode] = []

    async def work(window: str, hall: Office) -> None:
        while True:
            try:
                called = await hall.booking.call_next(window, actor=CLERK, at=at)
            except Fault as refused:
                ends.append(refused.code)
                return
            order.append(called)
            await hall.booking.act(called.id, AppointmentAction.SERVE, version=None, actor=CLERK, at=at)

    async def give_up(one: Appointment) -> None:
        with contextlib.suppress(Fault):
            await other.booking.act(one.id, AppointmentAction.CANCEL, version=None, actor=CLERK, at=at)

    await asyncio.gather(work(SOCIAL_1, office), work(SOCIAL_2, other), *(give_up(one) for one in gone))
    assert ends == [ErrorCode.APPOINTMENT_NOT_FOUND] * 2
    labels = [label(one) for one in order]
    assert len(set(labels)) == len(labels)
    assert {label(one) for one in tickets} - set(labels) <= {label(one) for one in gone}
    by_call = sorted(order, key=lambda one: (one.ticket and one.ticket.call_no) or 0)
    lanes = [one.ticket.lane for one in by_call if one.ticket]
    first_six = lanes[:6]
    assert all(Lane.WALK_IN in first_six[start : start + 3] for start in range(4))
