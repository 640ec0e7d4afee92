"""How appointments, their tickets and their events look as rows; knows the columns, runs no query."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

from api_spec.vocabulary import (
    AppointmentAction,
    AppointmentState,
    Channel,
    Lane,
    ParkReason,
    Priority,
    Role,
    WindowType,
)
from backend.appointments.appointment import Appointment
from backend.appointments.ticket import Queued, Ticket
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
    "made_at",
    "made_by",
    "checked_in_at",
    "ended_at",
)
TICKET_COLUMNS: Final = (
    "label",
    "queue",
    "lane",
    "priority",
    "only_window_id",
    "turn_at",
    "due_at",
    "issued_at",
    "first_called_at",
    "called_at",
    "call_no",
    "announced_at",
    "announcements",
    "parked_for",
    "open_window_id",
)
NEW_TICKET_COLUMNS: Final = ("id", "appointment_id", "tenant_id", "day", *TICKET_COLUMNS)
TICKET_PARTS: Final = ", ".join(f"hall_ticket.{name} AS t_{name}" for name in TICKET_COLUMNS)
ALL: Final = ", ".join(f"appointment.{name} AS {name}" for name in COLUMNS) + ", " + TICKET_PARTS
BOTH: Final = "appointment LEFT JOIN hall_ticket ON hall_ticket.appointment_id = appointment.id"
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
        made_at=from_ms(line["made_at"]),
        made_by=line["made_by"],
        checked_in_at=_moment(line["checked_in_at"]),
        ended_at=_moment(line["ended_at"]),
        ticket=None if line["t_label"] is None else ticket_of(line),
    )


def ticket_line(ticket: Ticket) -> tuple[Any, ...]:
    """In the order of `TICKET_COLUMNS`."""
    return (
        ticket.label,
        ticket.queue.value,
        ticket.lane.value,
        None if ticket.priority is None else ticket.priority.value,
        ticket.only_window_id,
        to_ms(ticket.turn_at),
        to_ms(ticket.due_at),
        to_ms(ticket.issued_at),
        _ms(ticket.first_called_at),
        _ms(ticket.called_at),
        ticket.call_no,
        _ms(ticket.announced_at),
        ticket.announcements,
        None if ticket.parked_for is None else ticket.parked_for.value,
        ticket.open_window_id,
    )


def new_ticket_line(appointment: Appointment, ticket: Ticket) -> tuple[Any, ...]:
    return (
        new_id(),
        appointment.id,
        appointment.tenant_id,
        appointment.day.isoformat(),
        *ticket_line(ticket),
    )


def ticket_of(line: Row) -> Ticket:
    return Ticket(
        label=line["t_label"],
        queue=WindowType(line["t_queue"]),
        lane=Lane(line["t_lane"]),
        priority=None if line["t_priority"] is None else Priority(line["t_priority"]),
        only_window_id=line["t_only_window_id"],
        turn_at=from_ms(line["t_turn_at"]),
        due_at=from_ms(line["t_due_at"]),
        issued_at=from_ms(line["t_issued_at"]),
        first_called_at=_moment(line["t_first_called_at"]),
        called_at=_moment(line["t_called_at"]),
        call_no=line["t_call_no"],
        announced_at=_moment(line["t_announced_at"]),
        announcements=line["t_announcements"],
        parked_for=None if line["t_parked_for"] is None else ParkReason(line["t_parked_for"]),
        open_window_id=line["t_open_window_id"],
    )


def queued_of(line: Row) -> Queued:
    return Queued(
        id=line["id"],
        code=line["code"],
        version=line["version"],
        state=AppointmentState(line["state"]),
        calls=line["calls"],
        window_id=line["window_id"],
        day=date.fromisoformat(line["day"]),
        start=line["start_minute"],
        item_id=line["item_id"],
        item_name=line["item_name"],
        ended_at=_moment(line["ended_at"]),
        ticket=ticket_of(line),
    )


def _ms(at: datetime | None) -> int | None:
    return None if at is None else to_ms(at)


def _moment(stored: int | None) -> datetime | None:
    return None if stored is None else from_ms(stored)


def marks(values: Iterable[Any]) -> str:
    return ", ".join("?" for _ in values)
