"""Booking under contention: 64 clients over 100 slots, through the service and by the plain ORM pattern."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date

from tortoise.expressions import F
from tortoise.transactions import in_transaction

from api_spec.vocabulary import AppointmentState, Channel
from backend import db as database
from backend.appointments.offering import Time
from backend.appointments.slots import slot_id
from backend.appointments.tables import AppointmentRow, SlotRow
from backend.db import open_database
from backend.faults import Fault
from backend.ids import new_id
from tests.appointments.office import (
    NOW,
    PENSION,
    SOCIAL_1,
    SOCIAL_2,
    TOWN,
    Office,
    citizen,
    hall_season,
    open_office,
)
from tests.bench.over_http import Row

CLIENTS = 64
SLOTS = 100
PLACES = 20
ATTEMPTS = 4_000
DAYS = tuple(date(2026, 3, day) for day in (2, 3, 4, 6, 9, 10, 11, 12, 13))
STARTS = range(510, 690, 30)
GOALS = {"sqlite": 4.0, "postgres": 2.5}

Attempt = Callable[[int], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Figure:
    """One run: successful bookings a second, and the time 99 of 100 attempts stay below."""

    booked: int
    per_second: float
    p99_ms: float


async def _run(attempt: Attempt) -> Figure:
    numbers = iter(range(ATTEMPTS))
    took: list[float] = []
    booked = 0

    async def client() -> None:
        nonlocal booked
        for number in numbers:
            began = time.perf_counter()
            succeeded = await attempt(number)
            booked += succeeded
            took.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    elapsed = time.perf_counter() - began
    took.sort()
    return Figure(booked, booked / elapsed, took[int(len(took) * 0.99)] * 1000)


def _places() -> list[tuple[str, date, int]]:
    return [(window, day, start) for day in DAYS for window in (SOCIAL_1, SOCIAL_2) for start in STARTS][
        :SLOTS
    ]


def _by_service(office: Office, first_person: int) -> Attempt:
    places = _places()

    async def attempt(number: int) -> bool:
        window, day, start = places[number % SLOTS]
        wanted = Time(item_id=PENSION, window_id=window, day=day, start=start)
        who = citizen(first_person + number)
        try:
            await office.booking.book(wanted, hold=False, actor=who, channel=Channel.WEB, at=NOW)
        except Fault:
            return False
        return True

    return attempt


async def _by_orm(first_person: int) -> Attempt:
    places = _places()
    for window, day, start in places:
        await SlotRow.create(
            id=slot_id(window, day, start=start),
            tenant_id=TOWN,
            window_id=window,
            day=day,
            start_minute=start,
            end_minute=start + 30,
            capacity=PLACES,
            booked=0,
        )

    async def attempt(number: int) -> bool:
        window, day, start = places[number % SLOTS]
        slot, person = slot_id(window, day, start=start), f"{first_person + number:032x}"
        async with in_transaction():
            free = SlotRow.filter(id=slot, booked__lt=F("capacity"))
            if not await free.update(booked=F("booked") + 1):
                return False
            await AppointmentRow.create(
                id=new_id(),
                tenant_id=TOWN,
                code=person[-16:],
                slot_id=slot,
                window_id=window,
                day=day,
                start_minute=start,
                end_minute=start + 30,
                item_id=PENSION,
                item_name="",
                person_id=person,
                citizen_id=person,
                village_id="",
                visitor=bytes(60),
                channel=Channel.WEB,
                state=AppointmentState.BOOKED,
                version=1,
                place_key=f"{slot}:{person}",
                moves=0,
                calls=0,
                made_at=NOW,
                made_by=person,
            )
        return True

    return attempt


async def _oversold() -> int:
    wrong = await database.rows(
        "SELECT slot.id FROM slot LEFT JOIN appointment ON appointment.slot_id = slot.id"
        " AND appointment.place_key IS NOT NULL GROUP BY slot.id, slot.booked, slot.capacity"
        " HAVING slot.booked <> COUNT(appointment.id) OR slot.booked > slot.capacity"
    )
    return len(wrong)


async def _clear() -> None:
    for statement in ("DELETE FROM appointment_event", "DELETE FROM appointment", "DELETE FROM slot"):
        await database.rows(statement)


async def measure_booking(url: str, *, rounds: int) -> Row:
    """The ratio of successful bookings a second; the database must be migrated and hold no bookings.

    Raises:
        AssertionError: a slot was oversold, or a count is not the number of its bookings.
    """
    figures: dict[str, list[Figure]] = {"service": [], "orm": []}
    async with open_database(url) as opened:
        office = await open_office(season=hall_season(places=PLACES, kept=0, minutes=30))
        for turn in range(rounds):
            for name in figures:
                first = turn * 10 * ATTEMPTS
                attempt = _by_service(office, first) if name == "service" else await _by_orm(first)
                figures[name].append(await _run(attempt))
                oversold = await _oversold()
                assert oversold == 0, f"{oversold} slots oversold or miscounted"
                await _clear()
        await office.booking.close()
    rate = {name: statistics.median(one.per_second for one in seen) for name, seen in figures.items()}
    p99 = statistics.median(one.p99_ms for one in figures["service"])
    return Row(
        name=f"booking, {CLIENTS} clients over {SLOTS} slots, to the ORM pattern",
        ratio=rate["service"] / rate["orm"],
        goal=GOALS[opened.dialect],
        detail=f"{rate['service']:,.0f}/s against {rate['orm']:,.0f}/s, p99 {p99:.0f} ms, oversold 0",
    )
