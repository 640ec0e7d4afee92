"""How appointments and their events look as rows; knows the columns, runs no query."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

from api_spec.vocabulary import AppointmentAction, AppointmentState, Channel, Role
from backend.appointments.appointment import Appointment
from backend.db import Row
from backend.ids import new_id
from backend.instants import from_ms, to_ms

COLUMNS: Final = (
    "id",
    "tenant_id",
    "code",
    "slot_id",
    "window_id",
    "day",
    "start_minute",
    "end_minute",
    "item_id",
    "item_name",
    "person_id",
    "citizen_id",
    "village_id",
    "visitor",
    "channel",
    "state",
    "version",
    "place_key",
    "held_until",
    "confirmed_at",
    "moves",
    "calls",
    "ticket",
    "made_at",
    "made_by",
    "checked_in_at",
    "ended_at",
)
_ALL: Final = ", ".join(COLUMNS)
EVENT_COLUMNS: Final = (
    "id",
    "appointment_id",
    "version",
    "at",
    "action",
    "before",
    "after",
    "slot_id",
    "actor_id",
    "actor_role",
)


def event_of(
    after: Appointment,
    action: AppointmentAction,
    before: AppointmentState | None,
    *,
    actor_id: str,
    role: Role,
    at: datetime,
) -> tuple[Any, ...]:
    return (
        new_id(),
        after.id,
        after.version,
        to_ms(at),
        action.value,
        None if before is None else before.value,
        after.state.value,
        after.slot_id,
        actor_id,
        role.value,
    )


def line_of(appointment: Appointment) -> tuple[Any, ...]:
    return (
        appointment.id,
        appointment.tenant_id,
        appointment.code,
        appointment.slot_id,
        appointment.window_id,
        appointment.day.isoformat(),
        appointment.start,
        appointment.end,
        appointment.item_id,
        appointment.item_name,
        appointment.person_id,
        appointment.citizen_id,
        appointment.village_id,
        appointment.visitor,
        appointment.channel.value,
        appointment.state.value,
        appointment.version,
        appointment.place_key,
        _ms(appointment.held_until),
        _ms(appointment.confirmed_at),
        appointment.moves,
        appointment.calls,
        appointment.ticket,
        to_ms(appointment.made_at),
        appointment.made_by,
        _ms(appointment.checked_in_at),
        _ms(appointment.ended_at),
    )


def appointment_of(line: Row) -> Appointment:
    return Appointment(
        id=line["id"],
        tenant_id=line["tenant_id"],
        code=line["code"],
        slot_id=line["slot_id"],
        window_id=line["window_id"],
        day=date.fromisoformat(line["day"]),
        start=line["start_minute"],
        end=line["end_minute"],
        item_id=line["item_id"],
        item_name=line["item_name"],
        person_id=line["person_id"],
        citizen_id=line["citizen_id"],
        village_id=line["village_id"],
        visitor=bytes(line["visitor"]),
        channel=Channel(line["channel"]),
        state=AppointmentState(line["state"]),
        version=line["version"],
        held_until=_moment(line["held_until"]),
        confirmed_at=_moment(line["confirmed_at"]),
        moves=line["moves"],
        calls=line["calls"],
        ticket=line["ticket"],
        made_at=from_ms(line["made_at"]),
        made_by=line["made_by"],
        checked_in_at=_moment(line["checked_in_at"]),
        ended_at=_moment(line["ended_at"]),
    )


def _ms(at: datetime | None) -> int | None:
    return None if at is None else to_ms(at)


def _moment(stored: int | None) -> datetime | None:
    return None if stored is None else from_ms(stored)


def marks(values: Iterable[Any]) -> str:
    return ", ".join("?" for _ in values)
