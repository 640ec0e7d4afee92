"""Reads appointments, and writes single moves down; places are taken in `store_places` only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.vocabulary import AppointmentAction, AppointmentState, Role
from backend.appointments.appointment import Appointment
from backend.appointments.booking import Past
from backend.appointments.machine import Step
from backend.appointments.policy import BookingPolicy
from backend.appointments.store_line import change_ticket, put_ticket
from backend.appointments.store_rows import (
    ALL,
    BOTH,
    COLUMNS,
    EVENT_COLUMNS,
    appointment_of,
    event_of,
    line_of,
    marks,
)
from backend.appointments.ticket import Ticket
from backend.db import in_transaction, insert_many, row, rows
from backend.faults import Fault
from backend.instants import from_ms


class CapacityMoved(RuntimeError):
    """A slot changed under a lock that should have held: the batch is rolled back and tried again."""


async def record(before: Appointment, after: Appointment, step: Step, *, actor_id: str) -> Appointment:
    """Write one decided move down, unless somebody moved the appointment since it was loaded.

    Raises:
        Fault: APPOINTMENT_STATE, nothing was written.
    """
    async with in_transaction():
        if before.slot_id is not None and before.place_key is not None and after.place_key is None:
            await count({before.slot_id: -1})
        written = replace(after, version=before.version + 1)
        await update(written, before.version)
        await _record_ticket(before, written)
        await insert_many(
            "appointment_event",
            EVENT_COLUMNS,
            [event_of(written, step.action, step.before, actor_id=actor_id, role=step.by, at=step.at)],
        )
    return written


async def _record_ticket(before: Appointment, after: Appointment) -> None:
    if after.ticket is None or after.ticket == before.ticket:
        return
    if before.ticket is None:
        await put_ticket(after, after.ticket)
    else:
        await change_ticket(after.id, after.ticket)


async def add_walk_in(arrived: Appointment, ticket: Ticket, *, actor_id: str, role: Role) -> None:
    """Add somebody without booking.

    Raises:
        Fault: TICKET_HELD: the citizen has a ticket that was not called yet.
    """
    async with in_transaction():
        added = await insert_many(
            "appointment",
            COLUMNS,
            [line_of(arrived)],
            conflict="ON CONFLICT (place_key) DO NOTHING",
            returning="id",
        )
        if not added:
            raise Fault(ErrorCode.TICKET_HELD)
        await put_ticket(arrived, ticket)
        event = event_of(
            arrived,
            AppointmentAction.WALK_IN,
            None,
            actor_id=actor_id,
            role=role,
            at=arrived.made_at,
        )
        await insert_many("appointment_event", EVENT_COLUMNS, [event])


async def find(appointment_id: str) -> Appointment | None:
    found = await row(f"SELECT {ALL} FROM {BOTH} WHERE appointment.id = ?", [appointment_id])  # noqa: S608
    return appointment_of(found) if found else None


async def find_by_code(tenant_id: str, code: str) -> Appointment | None:
    found = await row(
        f"SELECT {ALL} FROM {BOTH} WHERE appointment.tenant_id = ? AND code = ?",  # noqa: S608
        [tenant_id, code],
    )
    return appointment_of(found) if found else None


async def of_citizen(citizen_id: str, *, before: tuple[date, str] | None, limit: int) -> list[Appointment]:
    """A citizen's own, the latest day first; `before` is day and id of the last one seen."""
    day, appointment_id = before or (date.max, "")
    found = await rows(
        f"SELECT {ALL} FROM {BOTH} WHERE citizen_id = ? AND (appointment.day < ?"  # noqa: S608
        " OR (appointment.day = ? AND appointment.id < ?))"
        " ORDER BY appointment.day DESC, appointment.id DESC LIMIT ?",
        [citizen_id, day.isoformat(), day.isoformat(), appointment_id, limit],
    )
    return [appointment_of(line) for line in found]


async def of_day(
    tenant_id: str, day: date, *, window_ids: Collection[str] | None, village_id: str = ""
) -> list[Appointment]:
    """A day's appointments of some windows (None: all) or of one village; places given back are left out."""
    if window_ids is not None and not window_ids:
        return []
    clauses = ["appointment.tenant_id = ?", "appointment.day = ?"]
    args = [tenant_id, day.isoformat()]
    if window_ids is not None:
        clauses.append(f"window_id IN ({marks(window_ids)})")
        args += sorted(window_ids)
    if village_id:
        clauses.append("village_id = ?")
        args.append(village_id)
    found = await rows(
        f"SELECT {ALL} FROM {BOTH} WHERE {' AND '.join(clauses)}"  # noqa: S608
        " AND state NOT IN ('cancelled', 'expired') ORDER BY window_id, start_minute, appointment.id",
        args,
    )
    return [appointment_of(line) for line in found]


async def not_kept(before: date, *, limit: int) -> list[Appointment]:
    """Bookings of days before `before` that nobody checked in for."""
    found = await rows(
        f"SELECT {ALL} FROM {BOTH} WHERE state = 'booked' AND appointment.day < ?"  # noqa: S608
        " ORDER BY appointment.day, appointment.id LIMIT ?",
        [before.isoformat(), limit],
    )
    return [appointment_of(line) for line in found]


async def booked_counts(window_id: str, first: date, last: date) -> Mapping[tuple[str, int], int]:
    """Places taken by (day as YYYY-MM-DD, start minute)."""
    found = await rows(
        "SELECT day, start_minute, booked FROM slot WHERE window_id = ? AND day >= ? AND day <= ?",
        [window_id, first.isoformat(), last.isoformat()],
    )
    return {(line["day"], line["start_minute"]): line["booked"] for line in found}


async def past_of(person_id: str, *, tenant_id: str, policy: BookingPolicy, at: datetime) -> list[Past]:
    """What the limits ask of one person."""
    return (await past([person_id], tenants={tenant_id}, policy=policy, at=at)).get(person_id, [])


async def past(
    people: Sequence[str], *, tenants: Collection[str], policy: BookingPolicy, at: datetime
) -> dict[str, list[Past]]:
    if not people:
        return {}
    today = day_in_china(at)
    since = min(today.replace(day=1), today - timedelta(days=policy.no_show_days))
    found = await rows(
        "SELECT id, slot_id, item_id, day, state, confirmed_at, ended_at, person_id FROM appointment"  # noqa: S608
        f" WHERE person_id IN ({marks(people)}) AND day >= ? AND tenant_id IN ({marks(tenants)})",
        [*people, since.isoformat(), *sorted(tenants)],
    )
    past: dict[str, list[Past]] = {}
    for line in found:
        ended = line["ended_at"]
        past.setdefault(line["person_id"], []).append(
            Past(
                line["id"],
                line["slot_id"],
                line["item_id"],
                date.fromisoformat(line["day"]),
                AppointmentState(line["state"]),
                line["confirmed_at"] is not None,
                None if ended is None else day_in_china(from_ms(ended)),
            )
        )
    return past


async def update(appointment: Appointment, version: int) -> None:
    """Raises Fault APPOINTMENT_STATE: the row is no longer at `version`."""
    changing = [
        (name, value) for name, value in zip(COLUMNS, line_of(appointment), strict=True) if name != "id"
    ]
    written = await rows(
        f"UPDATE appointment SET {', '.join(f'{name} = ?' for name, _ in changing)}"  # noqa: S608
        " WHERE id = ? AND version = ? RETURNING id",
        [*(value for _, value in changing), appointment.id, version],
    )
    if not written:
        raise Fault(ErrorCode.APPOINTMENT_STATE, reason="moved_meanwhile", appointment_id=appointment.id)


async def count(change: Mapping[str, int]) -> None:
    """Change how many places of each slot are taken, only within its capacity.

    Raises:
        CapacityMoved: a slot would be oversold, or have fewer than no places taken; nothing may be kept.
    """
    if not change:
        return
    values = ", ".join(["(CAST(? AS VARCHAR(32)), CAST(? AS INTEGER))"] * len(change))
    written = await rows(
        f"UPDATE slot SET booked = slot.booked + v.column2 FROM (VALUES {values}) AS v"  # noqa: S608
        " WHERE slot.id = v.column1 AND slot.booked + v.column2 BETWEEN 0 AND slot.capacity RETURNING slot.id",
        [part for pair in sorted(change.items()) for part in pair],
    )
    if len(written) != len(change):
        raise CapacityMoved(f"{len(change) - len(written)} slots")
