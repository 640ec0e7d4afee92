"""Reads and writes the tickets of the hall's queues.

Whoever calls somebody locks the queue first (`lock_queue`), so that what was read of it still holds when the call is
written. PostgreSQL keeps the lock to the end of the transaction; SQLite has one writer at a time anyway.
"""

from collections.abc import Collection
from datetime import date
from typing import Final

from api_spec.vocabulary import AppointmentState, WindowType
from backend.appointments.appointment import Appointment
from backend.appointments.machine import OPEN
from backend.appointments.store_rows import (
    ALL,
    BOTH,
    NEW_TICKET_COLUMNS,
    TICKET_COLUMNS,
    TICKET_PARTS,
    appointment_of,
    marks,
    new_ticket_line,
    queued_of,
    ticket_line,
)
from backend.appointments.ticket import LETTERS, Queued, Ticket
from backend.db import current, insert_many, long_read, row, rows

_QUEUED: Final = (
    "appointment.id AS id, code, version, state, calls, window_id, appointment.day AS day, start_minute,"
    f" item_id, item_name, ended_at, {TICKET_PARTS}"
)
_TICKETS: Final = "hall_ticket JOIN appointment ON appointment.id = hall_ticket.appointment_id"


async def lock_queue(tenant_id: str, queue: WindowType, day: date) -> None:
    """One call of a queue at a time, also from two processes; must run inside a transaction."""
    if current().dialect == "postgres":
        await rows("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", [_key(tenant_id, queue, day)])


async def next_number(tenant_id: str, queue: WindowType, day: date) -> int:
    """The next number of a queue's day, from 1."""
    given = await rows(
        "INSERT INTO queue_ticket (id, number) VALUES (?, 1)"
        " ON CONFLICT (id) DO UPDATE SET number = queue_ticket.number + 1 RETURNING number",
        [_key(tenant_id, queue, day)],
    )
    return int(given[0]["number"])


async def put_ticket(appointment: Appointment, ticket: Ticket) -> None:
    await insert_many("hall_ticket", NEW_TICKET_COLUMNS, [new_ticket_line(appointment, ticket)])


async def change_ticket(appointment_id: str, ticket: Ticket) -> None:
    """Inside the transaction that has moved the appointment from the version seen: nobody else changes it then."""
    await rows(
        f"UPDATE hall_ticket SET {', '.join(f'{name} = ?' for name in TICKET_COLUMNS)}"  # noqa: S608
        " WHERE appointment_id = ?",
        [*ticket_line(ticket), appointment_id],
    )


async def tickets_of(tenant_id: str, day: date, queue: WindowType | None = None) -> list[Queued]:
    """Every ticket of a day, of one queue or of all."""
    clause, args = ("", [tenant_id, day.isoformat()])
    if queue is not None:
        clause, args = " AND queue = ?", [*args, queue.value]
    found = await rows(
        f"SELECT {_QUEUED} FROM {_TICKETS}"  # noqa: S608
        f" WHERE hall_ticket.tenant_id = ? AND hall_ticket.day = ?{clause} ORDER BY hall_ticket.issued_at, label",
        args,
    )
    return [queued_of(line) for line in found]


async def ticket_days(tenant_id: str, first: date, last: date) -> list[Queued]:
    """Every ticket of some days, read beside the writing connection."""
    found = await long_read(
        f"SELECT {_QUEUED} FROM {_TICKETS}"  # noqa: S608
        " WHERE hall_ticket.tenant_id = ? AND hall_ticket.day BETWEEN ? AND ?",
        [tenant_id, first.isoformat(), last.isoformat()],
    )
    return [queued_of(line) for line in found]


async def find_ticket(code: str) -> Appointment | None:
    """By what a ticket's link says, in whichever township; only what has a ticket."""
    found = await row(
        f"SELECT {ALL} FROM {BOTH} WHERE code = ?",  # noqa: S608
        [code],
    )
    appointment = appointment_of(found) if found else None
    return appointment if appointment is not None and appointment.ticket is not None else None


async def left_open(before: date, *, limit: int) -> list[Appointment]:
    """Tickets of days before `before` that were neither served nor ended."""
    states: Collection[AppointmentState] = OPEN - {AppointmentState.HELD, AppointmentState.BOOKED}
    found = await rows(
        f"SELECT {ALL} FROM {BOTH} WHERE state IN ({marks(states)})"  # noqa: S608
        " AND appointment.day < ? ORDER BY appointment.day, appointment.id LIMIT ?",
        [*sorted(state.value for state in states), before.isoformat(), limit],
    )
    return [appointment_of(line) for line in found]


async def booked_on(tenant_id: str, day: date) -> list[Appointment]:
    """Bookings of a day that stand, by the time they begin."""
    found = await rows(
        f"SELECT {ALL} FROM {BOTH} WHERE appointment.tenant_id = ? AND state = 'booked'"  # noqa: S608
        " AND appointment.day = ? ORDER BY start_minute, appointment.id",
        [tenant_id, day.isoformat()],
    )
    return [appointment_of(line) for line in found]


def _key(tenant_id: str, queue: WindowType, day: date) -> str:
    return f"{tenant_id}:{LETTERS[queue]}:{day:%y%m%d}"
