"""All queries of booking. Places are taken in one way only: `take_places`, inside the group commit's transaction.

Order of locks, the same in every transaction: slots by id, then people, then appointments. PostgreSQL locks the
rows read FOR UPDATE; SQLite's transaction holds the one write lock from its first statement.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.vocabulary import AppointmentAction, AppointmentState, Channel, Role
from backend.appointments.appointment import Appointment
from backend.appointments.booking import Past, Places, Wish, decide, net_change
from backend.appointments.machine import Step
from backend.appointments.policy import BookingPolicy
from backend.appointments.slots import Slot
from backend.db import Row, current, in_transaction, insert_many, row, rows
from backend.faults import Fault
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
MOST_EXPIRED: Final = 200


class CapacityMoved(RuntimeError):
    """A slot changed under a lock that should have held: the batch is rolled back and tried again."""


async def take_places(
    wishes: Sequence[Wish], *, policy: BookingPolicy, at: datetime
) -> list[Appointment | Exception]:
    """Give places to a batch of wishes, in the order they came; holds that ran out give theirs back first.

    Must run inside a transaction. The fault of one wish leaves nothing of it behind.
    """
    stale = await _due_holds(at)
    moving = {wish.appointment.slot_id for wish in wishes if wish.is_move and wish.appointment.slot_id}
    free = await _lock_slots(wishes, {line["slot_id"] for line in stale} | moving)
    people = sorted({wish.appointment.person_id for wish in wishes})
    await _lock_people(people)
    freed = await _expire([line["id"] for line in stale], at=at)
    for slot_id in freed:
        if slot_id in free:
            free[slot_id] += 1
    past = await _past(people, tenants={wish.appointment.tenant_id for wish in wishes}, policy=policy, at=at)
    decided: list[Appointment | Exception] = list(decide(wishes, Places(free, past), policy=policy))
    moved_from = await _move(wishes, decided)
    new = [
        booked
        for wish, booked in zip(wishes, decided, strict=True)
        if isinstance(booked, Appointment) and not wish.is_move
    ]
    gained = [booked for booked in decided if isinstance(booked, Appointment)]
    await _count(net_change(gained, freed, moved_from))
    await insert_many("appointment", COLUMNS, [_line(appointment) for appointment in new])
    await insert_many(
        "appointment_event",
        EVENT_COLUMNS,
        [_booked_event(wish, done, at) for wish, done in zip(wishes, decided, strict=True) if _is_done(done)],
    )
    return decided


async def record(before: Appointment, after: Appointment, step: Step, *, actor_id: str) -> Appointment:
    """Write one decided move down, unless somebody moved the appointment since it was loaded.

    Raises:
        Fault: APPOINTMENT_STATE, nothing was written.
    """
    async with in_transaction():
        if before.place_key is not None and after.place_key is None:
            await _count({before.slot_id or "": -1})
        written = replace(after, version=before.version + 1)
        await _update(written, before.version)
        await insert_many(
            "appointment_event",
            EVENT_COLUMNS,
            [_event(written, step.action, step.before, actor_id=actor_id, role=step.by, at=step.at)],
        )
    return written


async def check_in(before: Appointment, after: Appointment, step: Step, *, actor_id: str) -> Appointment:
    """As `record`, and give the next ticket of the window's queue.

    Raises:
        Fault: APPOINTMENT_STATE, nothing was written.
    """
    async with in_transaction():
        ticket = await _next_ticket(after.window_id, after.day)
        return await record(before, replace(after, ticket=ticket), step, actor_id=actor_id)


async def walk_in(appointment: Appointment, *, actor_id: str, role: Role) -> Appointment:
    """Add somebody who came without booking, with the next ticket of the window's queue."""
    async with in_transaction():
        arrived = replace(appointment, ticket=await _next_ticket(appointment.window_id, appointment.day))
        await insert_many("appointment", COLUMNS, [_line(arrived)])
        event = _event(
            arrived,
            AppointmentAction.WALK_IN,
            None,
            actor_id=actor_id,
            role=role,
            at=appointment.made_at,
        )
        await insert_many("appointment_event", EVENT_COLUMNS, [event])
    return arrived


async def release_holds(at: datetime) -> int:
    """Give back the places of holds that ran out; the number of places given back."""
    async with in_transaction():
        stale = await _due_holds(at)
        await _lock_slots((), {line["slot_id"] for line in stale})
        freed = await _expire([line["id"] for line in stale], at=at)
        await _count(net_change((), freed, ()))
    return len(freed)


async def find(appointment_id: str) -> Appointment | None:
    found = await row(f"SELECT {_ALL} FROM appointment WHERE id = ?", [appointment_id])  # noqa: S608
    return _appointment(found) if found else None


async def find_by_code(tenant_id: str, code: str) -> Appointment | None:
    found = await row(
        f"SELECT {_ALL} FROM appointment WHERE tenant_id = ? AND code = ?",  # noqa: S608
        [tenant_id, code],
    )
    return _appointment(found) if found else None


async def of_citizen(citizen_id: str, *, before: tuple[date, str] | None, limit: int) -> list[Appointment]:
    """A citizen's own, the latest day first; `before` is day and id of the last one seen."""
    day, appointment_id = before or (date.max, "")
    found = await rows(
        f"SELECT {_ALL} FROM appointment WHERE citizen_id = ? AND (day < ? OR (day = ? AND id < ?))"  # noqa: S608
        " ORDER BY day DESC, id DESC LIMIT ?",
        [citizen_id, day.isoformat(), day.isoformat(), appointment_id, limit],
    )
    return [_appointment(line) for line in found]


async def of_day(
    tenant_id: str, day: date, *, window_ids: Collection[str] | None, village_id: str = ""
) -> list[Appointment]:
    """A day's appointments of some windows (None: all) or of one village; places given back are left out."""
    clauses, args = ["tenant_id = ?", "day = ?"], [tenant_id, day.isoformat()]
    if window_ids is not None:
        clauses.append(f"window_id IN ({_marks(window_ids)})")
        args += sorted(window_ids)
    if village_id:
        clauses.append("village_id = ?")
        args.append(village_id)
    found = await rows(
        f"SELECT {_ALL} FROM appointment WHERE {' AND '.join(clauses)}"  # noqa: S608
        " AND state NOT IN ('cancelled', 'expired') ORDER BY window_id, start_minute, ticket, id",
        args,
    )
    return [_appointment(line) for line in found]


async def not_kept(before: date, *, limit: int) -> list[Appointment]:
    """Bookings of days before `before` that nobody checked in for."""
    found = await rows(
        f"SELECT {_ALL} FROM appointment WHERE state = 'booked' AND day < ? ORDER BY day, id LIMIT ?",  # noqa: S608
        [before.isoformat(), limit],
    )
    return [_appointment(line) for line in found]


async def booked_counts(window_id: str, first: date, last: date) -> Mapping[tuple[str, int], int]:
    """Places taken by (day as YYYY-MM-DD, start minute)."""
    found = await rows(
        "SELECT day, start_minute, booked FROM slot WHERE window_id = ? AND day >= ? AND day <= ?",
        [window_id, first.isoformat(), last.isoformat()],
    )
    return {(line["day"], line["start_minute"]): line["booked"] for line in found}


async def past_of(person_id: str, *, tenant_id: str, policy: BookingPolicy, at: datetime) -> list[Past]:
    """What the limits ask of one person."""
    return (await _past([person_id], tenants={tenant_id}, policy=policy, at=at)).get(person_id, [])


async def _due_holds(at: datetime) -> list[Row]:
    return await rows(
        "SELECT id, slot_id FROM appointment WHERE held_until <= ? ORDER BY held_until LIMIT ?",
        [to_ms(at), MOST_EXPIRED],
    )


async def _lock_slots(wishes: Sequence[Wish], others: Collection[str]) -> dict[str, int]:
    """Lock every slot the batch may touch and tell its free places; slots booked for the first time are added."""
    derived = {slot.id: (wish.appointment.tenant_id, slot) for wish in wishes for slot in wish.slots}
    wanted = sorted(derived.keys() | set(others))
    known = await _read_slots(wanted)
    if missing := [slot_id for slot_id in sorted(derived) if slot_id not in known]:
        await insert_many(
            "slot",
            (
                "id",
                "tenant_id",
                "window_id",
                "day",
                "start_minute",
                "end_minute",
                "capacity",
                "booked",
            ),
            [_slot_line(*derived[slot_id]) for slot_id in missing],
            conflict="ON CONFLICT (id) DO NOTHING",
        )
        known |= await _read_slots(missing)
    for slot_id, (_, slot) in derived.items():
        capacity, booked = known[slot_id]
        if capacity != slot.capacity and booked <= slot.capacity:
            await rows("UPDATE slot SET capacity = ? WHERE id = ?", [slot.capacity, slot_id])
            known[slot_id] = (slot.capacity, booked)
    return {slot_id: capacity - booked for slot_id, (capacity, booked) in known.items()}


async def _read_slots(slot_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    if not slot_ids:
        return {}
    lock = " FOR UPDATE" if current().dialect == "postgres" else ""
    found = await rows(
        f"SELECT id, capacity, booked FROM slot WHERE id IN ({_marks(slot_ids)}) ORDER BY id{lock}",  # noqa: S608
        slot_ids,
    )
    return {line["id"]: (line["capacity"], line["booked"]) for line in found}


async def _lock_people(people: Sequence[str]) -> None:
    """One booking at a time for a person, also from two processes; the lock ends with the transaction."""
    if current().dialect == "postgres" and people:
        values = ", ".join(["(?)"] * len(people))
        await rows(
            "SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM"  # noqa: S608
            f" (SELECT CAST(column1 AS text) AS key FROM (VALUES {values}) AS v ORDER BY 1) AS people",
            people,
        )


async def _expire(appointment_ids: Sequence[str], *, at: datetime) -> list[str]:
    """Let these holds run out, those that still do; the slots whose places come back, one entry a place."""
    if not appointment_ids:
        return []
    ended = await rows(
        "UPDATE appointment SET state = 'expired', held_until = NULL, place_key = NULL,"  # noqa: S608
        " version = version + 1, ended_at = ?"
        f" WHERE id IN ({_marks(appointment_ids)}) AND held_until <= ? RETURNING id, slot_id, version",
        [to_ms(at), *appointment_ids, to_ms(at)],
    )
    await insert_many(
        "appointment_event",
        EVENT_COLUMNS,
        [
            (
                new_id(),
                line["id"],
                line["version"],
                to_ms(at),
                AppointmentAction.EXPIRE.value,
                AppointmentState.HELD.value,
                AppointmentState.EXPIRED.value,
                line["slot_id"],
                "system",
                Role.SYSTEM.value,
            )
            for line in ended
        ],
    )
    return [line["slot_id"] for line in ended]


async def _past(
    people: Sequence[str], *, tenants: Collection[str], policy: BookingPolicy, at: datetime
) -> dict[str, list[Past]]:
    if not people:
        return {}
    today = day_in_china(at)
    since = min(today.replace(day=1), today - timedelta(days=policy.no_show_days))
    found = await rows(
        "SELECT id, slot_id, item_id, day, state, confirmed_at, ended_at, person_id FROM appointment"  # noqa: S608
        f" WHERE person_id IN ({_marks(people)}) AND day >= ? AND tenant_id IN ({_marks(tenants)})",
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


async def _move(wishes: Sequence[Wish], decided: list[Appointment | Exception]) -> list[str]:
    """Write the bookings that change their slot; those somebody else changed meanwhile become faults."""
    left = []
    for index, (wish, booked) in enumerate(zip(wishes, decided, strict=True)):
        if not wish.is_move or not isinstance(booked, Appointment):
            continue
        try:
            await _update(booked, booked.version - 1)
        except Fault as moved_meanwhile:
            decided[index] = moved_meanwhile
        else:
            left.append(wish.appointment.slot_id or "")
    return left


async def _count(change: Mapping[str, int]) -> None:
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


async def _update(appointment: Appointment, version: int) -> None:
    """Raises Fault APPOINTMENT_STATE: the row is no longer at `version`."""
    changing = [
        (name, value) for name, value in zip(COLUMNS, _line(appointment), strict=True) if name != "id"
    ]
    written = await rows(
        f"UPDATE appointment SET {', '.join(f'{name} = ?' for name, _ in changing)}"  # noqa: S608
        " WHERE id = ? AND version = ? RETURNING id",
        [*(value for _, value in changing), appointment.id, version],
    )
    if not written:
        raise Fault(ErrorCode.APPOINTMENT_STATE, reason="moved_meanwhile", appointment_id=appointment.id)


async def _next_ticket(window_id: str, day: date) -> int:
    given = await rows(
        "INSERT INTO queue_ticket (id, number) VALUES (?, 1)"
        " ON CONFLICT (id) DO UPDATE SET number = queue_ticket.number + 1 RETURNING number",
        [f"{window_id}:{day.isoformat()}"],
    )
    return int(given[0]["number"])


def _is_done(done: Appointment | Exception) -> bool:
    return isinstance(done, Appointment)


def _booked_event(wish: Wish, done: Any, at: datetime) -> tuple[Any, ...]:
    before = AppointmentState.BOOKED if wish.is_move else None
    return _event(done, wish.action, before, actor_id=wish.actor_id, role=wish.role, at=at)


def _event(
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


def _slot_line(tenant_id: str, slot: Slot) -> tuple[Any, ...]:
    return (
        slot.id,
        tenant_id,
        slot.window_id,
        slot.day.isoformat(),
        slot.start,
        slot.end,
        slot.capacity,
        0,
    )


def _line(appointment: Appointment) -> tuple[Any, ...]:
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


def _appointment(line: Row) -> Appointment:
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


def _marks(values: Iterable[Any]) -> str:
    return ", ".join("?" for _ in values)
