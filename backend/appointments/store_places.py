"""Takes and gives back places: the one way to a booking, inside the group commit's transaction.

Order of locks, the same in every transaction: slots by id, then people, then appointments. PostgreSQL locks the
rows read FOR UPDATE; SQLite's transaction holds the one write lock from its first statement.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from api_spec.vocabulary import AppointmentAction, AppointmentState, Role
from backend.appointments.appointment import Appointment
from backend.appointments.booking import Places, Wish, decide, net_change
from backend.appointments.policy import BookingPolicy
from backend.appointments.slots import Slot
from backend.appointments.store import count, past, update
from backend.appointments.store_rows import COLUMNS, EVENT_COLUMNS, event_of, line_of, marks
from backend.db import Row, current, in_transaction, insert_many, rows
from backend.faults import Fault
from backend.ids import new_id
from backend.instants import to_ms

MOST_EXPIRED: Final = 200


async def take_places(wishes: Sequence[Wish], *, policy: BookingPolicy) -> list[Appointment | Exception]:
    """Give places to a batch of wishes, in the order they came; holds that ran out give theirs back first.

    Must run inside a transaction. The fault of one wish leaves nothing of it behind.
    """
    at = max(wish.at for wish in wishes)
    stale = await _due_holds(at)
    moving = {wish.appointment.slot_id for wish in wishes if wish.is_move and wish.appointment.slot_id}
    free = await _lock_slots(wishes, {line["slot_id"] for line in stale} | moving)
    people = sorted({wish.appointment.person_id for wish in wishes})
    await _lock_people(people)
    freed = await _expire([line["id"] for line in stale], at=at)
    for slot_id in freed:
        if slot_id in free:
            free[slot_id] += 1
    earlier = await past(
        people, tenants={wish.appointment.tenant_id for wish in wishes}, policy=policy, at=at
    )
    decided: list[Appointment | Exception] = list(decide(wishes, Places(free, earlier), policy=policy))
    moved_from = await _move(wishes, decided)
    new = [
        booked
        for wish, booked in zip(wishes, decided, strict=True)
        if isinstance(booked, Appointment) and not wish.is_move
    ]
    gained = [booked for booked in decided if isinstance(booked, Appointment)]
    await count(net_change(gained, freed, moved_from))
    await insert_many("appointment", COLUMNS, [line_of(appointment) for appointment in new])
    await insert_many(
        "appointment_event",
        EVENT_COLUMNS,
        [
            _booked_event(wish, done)
            for wish, done in zip(wishes, decided, strict=True)
            if isinstance(done, Appointment)
        ],
    )
    return decided


async def release_holds(at: datetime) -> int:
    """Give back the places of holds that ran out; the number of places given back."""
    async with in_transaction():
        stale = await _due_holds(at)
        await _lock_slots((), {line["slot_id"] for line in stale})
        freed = await _expire([line["id"] for line in stale], at=at)
        await count(net_change((), freed, ()))
    return len(freed)


async def _due_holds(at: datetime) -> list[Row]:
    return await rows(
        "SELECT id, slot_id FROM appointment WHERE held_until <= ? ORDER BY held_until LIMIT ?",
        [to_ms(at), MOST_EXPIRED],
    )


async def _lock_slots(wishes: Sequence[Wish], others: Collection[str]) -> dict[str, int]:
    """Lock every slot the batch may touch and tell its free places; slots booked for the first time are added.

    Fewer than no places are free when opening hours were cut after people had booked.
    """
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
        f"SELECT id, capacity, booked FROM slot WHERE id IN ({marks(slot_ids)}) ORDER BY id{lock}",  # noqa: S608
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
        f" WHERE id IN ({marks(appointment_ids)}) AND held_until <= ? RETURNING id, slot_id, version",
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


async def _move(wishes: Sequence[Wish], decided: list[Appointment | Exception]) -> list[str]:
    """Write the bookings that change their slot; those somebody else changed meanwhile become faults."""
    left = []
    for index, (wish, booked) in enumerate(zip(wishes, decided, strict=True)):
        if not wish.is_move or not isinstance(booked, Appointment):
            continue
        try:
            await update(booked, booked.version - 1)
        except Fault as moved_meanwhile:
            decided[index] = moved_meanwhile
        else:
            left.append(wish.appointment.slot_id or "")
    return left


def _booked_event(wish: Wish, booked: Appointment) -> tuple[Any, ...]:
    before = AppointmentState.BOOKED if wish.is_move else None
    return event_of(booked, wish.action, before, actor_id=wish.actor_id, role=wish.role, at=wish.at)


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
