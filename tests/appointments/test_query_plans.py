"""Booking stays quick when a county has booked for years: no statement walks through a whole table."""

from datetime import timedelta

import aiosqlite
import pytest

from api_spec.vocabulary import AppointmentAction, DeviceKind
from backend import db as database
from backend.db import OpenDatabase
from tests.appointments.office import BENEFIT, CLERK, MONDAY, NOW, SOCIAL_1, TOWN, Office, at_time, citizen


async def everything_once(office: Office) -> None:
    """Each path of booking and of the desk."""
    one = await office.book(citizen())
    hold = await office.book(citizen(2), hold=True)
    await office.move(one, citizen())
    await office.booking.act(hold.id, AppointmentAction.CANCEL, version=1, actor=citizen(2), at=NOW)
    await office.book(citizen(3), hold=True)
    await office.booking.offering.offer(TOWN, item_id=BENEFIT, window_id=None, first=None, days=14, at=NOW)
    await office.booking.mine(citizen())
    await office.booking.check_in(one.code, actor=CLERK, at=at_time("08:40"))
    await office.booking.walk_in(SOCIAL_1, item_id=None, name="", actor=CLERK, at=at_time("08:40"))
    await office.booking.call_next(SOCIAL_1, actor=CLERK, at=at_time("08:40"))
    await office.booking.day(CLERK, window_id=SOCIAL_1, day=MONDAY, at=at_time("08:40"))
    await office.booking.line(SOCIAL_1, actor=CLERK, at=at_time("08:40"))
    await office.booking.view.find_ticket(one.code, at=at_time("08:40"))
    await office.booking.bookings_of(TOWN, MONDAY)
    device, _ = await office.booking.devices.add(
        DeviceKind.SCREEN, "东墙", code="0" * 20, actor=CLERK, at=NOW
    )
    await office.booking.devices.recognise("0" * 20, DeviceKind.SCREEN)
    await office.booking.devices.revoke(device.id, actor=CLERK, at=NOW)
    await office.booking.sweep(NOW + timedelta(days=1))


async def test_no_statement_scans_a_table(office: Office, db: OpenDatabase) -> None:
    if db.dialect != "sqlite":
        pytest.skip("the planner is asked on SQLite; the indexes are the same")
    seen: list[str] = []
    connection: aiosqlite.Connection = db.context.db()._connection
    await connection.set_trace_callback(seen.append)
    await everything_once(office)
    asked = {sql for sql in seen if sql.startswith(("SELECT", "UPDATE")) and " FROM " in sql}
    assert len(asked) > 15
    for sql in sorted(asked):
        plan = await database.rows(f"EXPLAIN QUERY PLAN {sql}")
        scans = [line["detail"] for line in plan if line["detail"].startswith("SCAN")]
        walked = [scan for scan in scans if "CONSTANT ROW" not in scan and scan != "SCAN v"]
        assert not walked, sql
