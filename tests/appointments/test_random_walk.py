"""Whatever citizens, clerks and the clock do in whatever order, no slot is oversold, no count drifts, and a window has one call."""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from api_spec.vocabulary import AppointmentAction, AppointmentState, ParkReason, Priority
from backend import db as database
from backend.appointments.appointment import Appointment
from backend.appointments.machine import PLACE_FREED
from backend.db import Dialect, open_database
from backend.faults import Fault
from tests.appointments.office import (
    CLERK,
    NOW,
    POLICE,
    SOCIAL_1,
    SOCIAL_2,
    Office,
    citizen,
    hall_season,
    open_office,
)

STARTS = st.sampled_from(["08:30", "09:30"])
WINDOWS = st.sampled_from([SOCIAL_1, SOCIAL_2, POLICE])
DESK_MOVES = (
    AppointmentAction.CHECK_IN,
    AppointmentAction.CALL,
    AppointmentAction.RECALL,
    AppointmentAction.SERVE,
    AppointmentAction.MISS,
    AppointmentAction.REJOIN,
    AppointmentAction.PARK,
    AppointmentAction.RESUME,
    AppointmentAction.TRANSFER,
)
PEOPLE = st.integers(min_value=1, max_value=5)


class Walk(RuleBasedStateMachine):
    """Five people, two slots of two places; the clock only goes forward."""

    template = ""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.stack = AsyncExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="bmt-walk-"))
        self.made: dict[str, Appointment] = {}

    def run(self, doing: Coroutine[Any, Any, Appointment]) -> None:
        """A refusal is a fair answer; what counts is what is left in the tables."""
        try:
            one = self.loop.run_until_complete(doing)
        except Fault:
            return
        self.made[one.id] = one

    @initialize()
    def open(self) -> None:
        path = self.folder / "township.db"
        shutil.copyfile(self.template, path)
        self.loop.run_until_complete(self._open(path))

    async def _open(self, path: Path) -> None:
        await self.stack.enter_async_context(open_database(f"sqlite:///{path}"))
        self.office: Office = await open_office(season=hall_season(places=2, kept=0))
        self.stack.push_async_callback(self.office.booking.close)

    @rule(who=PEOPLE, start=STARTS, hold=st.booleans())
    def book(self, who: int, start: str, hold: bool) -> None:  # noqa: FBT001 - hypothesis draws it
        self.run(self.office.book(citizen(who), start=start, hold=hold))

    @rule(who=PEOPLE, start=STARTS)
    def book_by_phone(self, who: int, start: str) -> None:
        self.run(self.office.book_for(CLERK, phone=f"1380000000{who}", start=start))

    @rule(pick=st.integers(min_value=0, max_value=20), start=STARTS)
    def move(self, pick: int, start: str) -> None:
        if self.made:
            one = list(self.made.values())[pick % len(self.made)]
            self.run(self.office.move(one, CLERK, start=start))

    @rule(
        pick=st.integers(min_value=0, max_value=20),
        action=st.sampled_from([AppointmentAction.CONFIRM, AppointmentAction.CANCEL]),
    )
    def act(self, pick: int, action: AppointmentAction) -> None:
        if self.made:
            one = list(self.made.values())[pick % len(self.made)]
            at = self.office.now
            self.run(self.office.booking.act(one.id, action, version=None, actor=CLERK, at=at))

    @rule(priority=st.sampled_from([None, Priority.ELDERLY]))
    def come(self, priority: Priority | None) -> None:
        at = self.office.now
        walk_in = self.office.booking.walk_in
        self.run(walk_in(SOCIAL_1, item_id=None, name="", priority=priority, actor=CLERK, at=at))

    @rule(window=WINDOWS)
    def call_next(self, window: str) -> None:
        self.run(self.office.booking.call_next(window, actor=CLERK, at=self.office.now))

    @rule(pick=st.integers(min_value=0, max_value=20), action=st.sampled_from(DESK_MOVES), window=WINDOWS)
    def work(self, pick: int, action: AppointmentAction, window: str) -> None:
        if not self.made:
            return
        one, at = list(self.made.values())[pick % len(self.made)], self.office.now
        booking = self.office.booking
        if action is AppointmentAction.TRANSFER:
            sent = booking.transfer(
                one.id, window, any_window=pick % 2 == 0, version=None, actor=CLERK, at=at
            )
            self.run(sent)
        else:
            reason = ParkReason.OTHER
            moved = booking.act(
                one.id, action, version=None, window_id=window, reason=reason, actor=CLERK, at=at
            )
            self.run(moved)

    @rule(minutes=st.sampled_from([1, 4, 11]))
    def wait(self, minutes: int) -> None:
        if self.office.now < NOW + timedelta(minutes=60):
            self.office.now += timedelta(minutes=minutes)

    @rule()
    def sweep(self) -> None:
        self.loop.run_until_complete(self.office.booking.sweep(self.office.now))

    @invariant()
    def counts_are_right(self) -> None:
        if hasattr(self, "office"):
            self.loop.run_until_complete(self._check())

    async def _check(self) -> None:
        slots = {line["id"]: line for line in await database.rows("SELECT * FROM slot")}
        holding = dict.fromkeys(slots, 0)
        for line in await database.rows(
            "SELECT slot_id, state, place_key, person_id FROM appointment WHERE slot_id IS NOT NULL"
        ):
            taken = AppointmentState(line["state"]) not in PLACE_FREED
            assert (line["place_key"] == f"{line['slot_id']}:{line['person_id']}") is taken
            holding[line["slot_id"]] += taken
        assert {slot_id: line["booked"] for slot_id, line in slots.items()} == holding
        assert all(line["booked"] <= line["capacity"] for line in slots.values())
        tickets = await database.rows(
            "SELECT label, open_window_id, state, window_id FROM hall_ticket"
            " JOIN appointment ON appointment.id = hall_ticket.appointment_id"
        )
        for line in tickets:
            expected = line["window_id"] if line["state"] == "called" else None
            assert line["open_window_id"] == expected
        assert len({line["label"] for line in tickets}) == len(tickets)
        events = await database.rows(
            "SELECT appointment.id FROM appointment LEFT JOIN appointment_event AS last ON"
            " last.appointment_id = appointment.id AND last.version = appointment.version"
            " WHERE last.id IS NULL OR last.after <> appointment.state"
        )
        assert events == []

    def teardown(self) -> None:
        self.loop.run_until_complete(self.stack.aclose())
        self.loop.close()
        shutil.rmtree(self.folder)


def test_no_order_of_events_oversells_a_slot_or_loses_a_count(template: str, dialect: Dialect) -> None:
    if dialect != "sqlite":
        pytest.skip("one database a test on PostgreSQL; the concurrent tests run there")
    Walk.template = template
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=18,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
