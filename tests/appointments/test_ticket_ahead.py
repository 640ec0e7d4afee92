"""A ticket taken on the phone: one at a time, in its place, and called only after its person reported in the hall."""

import asyncio
import re
from datetime import timedelta

import pytest

from tests.appointments.test_hall_journey import at_nine, ticket, windows
from tests.pages.markup import problems
from tests.support.township import Town


@pytest.mark.plan(27)
async def test_a_ticket_from_the_phone_keeps_its_place_and_is_called_after_reporting(town: Town) -> None:
    at_nine(town)
    citizen, clerk = await town.citizen(), await town.staff("social")
    window = (await windows(town, "social"))[0]
    assert "在手机上取号" in (await town.anyone.page("/hall/queues")).text
    answers = await asyncio.gather(*(citizen.post("/v1/tickets", {"queue": "social"}) for _ in range(3)))
    assert sorted(one.status for one in answers) == [201, 409, 409]
    assert {one.code for one in answers if one.status == 409} == {"ticket_held"}
    (mine,) = (one.json for one in answers if one.status == 201)
    assert (mine["state"], [button["action"] for button in mine["actions"]]) == ("parked", ["cancel"])
    again = await citizen.send("/tickets", {"queue": "household"})
    assert (again.status, "同时只能有一个号" in again.text, problems(again.text)) == (409, True, [])
    phone = await town.anyone.page(f"/q/{mine['code']}")
    assert ("到了要报到" in phone.text, "<svg" in phone.text, problems(phone.text)) == (True, True, [])

    town.clock.advance(timedelta(minutes=5))
    second = await ticket(clerk, window)
    nobody_yet = await clerk.post(
        f"/v1/staff/appointments/{mine['id']}/actions",
        {"action": "call", "version": mine["version"], "window_id": window},
    )
    assert (nobody_yet.status, nobody_yet.code) == (409, "appointment_state")
    page = await clerk.page(f"/staff/calling?window_id={window}")
    assert "人到了，排队" in page.text
    assert "on_the_way" not in page.text

    town.clock.advance(timedelta(minutes=8))
    there = await clerk.post("/v1/staff/check-ins", {"code": mine["code"]})
    assert (there.status, there.json["state"]) == (200, "checked_in")
    line = (await clerk.get(f"/v1/staff/windows/{window}/line")).json["waiting"]
    assert [(one["ticket"], one["waited_minutes"]) for one in line] == [
        (mine["ticket"], 0),
        (second["ticket"], 8),
    ]
    assert (await citizen.post("/v1/tickets", {"queue": "household"})).code == "ticket_held"
    called = await clerk.post(f"/v1/staff/windows/{window}/calls")
    assert called.json["ticket"] == mine["ticket"]

    other = await citizen.send("/tickets", {"queue": "household"})
    code = re.search(r"/q/(\w{10})", other.headers["Location"])
    assert (other.status, code is not None) == (303, True)
    assert (await clerk.post("/v1/tickets", {"queue": "social"})).status == 403
    town.clock.advance(timedelta(hours=9))
    late = await (await town.citizen()).post("/v1/tickets", {"queue": "social"})
    assert (late.status, late.code) == (409, "slot_closed")
