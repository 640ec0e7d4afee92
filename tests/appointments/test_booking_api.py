"""Booking over HTTP, as a phone, a clerk and a stranger see it."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.township import Answer, Caller, Town

ITEM = "SD-001"
NEXT_MONDAY = "2026-04-13"


def wish(town: Town, **more: Any) -> dict[str, Any]:
    return {"item_id": town.item(ITEM), "day": NEXT_MONDAY, "start": "09:00", **more}


async def booked(town: Town, who: Caller, **more: Any) -> dict[str, Any]:
    answer = await who.post("/v1/appointments", wish(town, **more))
    assert answer.status == 201, answer.json
    assert isinstance(answer.json, dict)
    return answer.json


def outcome(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.code


async def test_three_answers_lead_from_an_item_to_an_appointment(town: Town) -> None:
    citizen = await town.citizen()
    times = await town.anyone.get(f"/v1/free-times?item_id={town.item(ITEM)}")
    assert times.status == 200
    monday = next(day for day in times.json["days"] if day["day"] == NEXT_MONDAY)
    assert monday["label"] == "4月13日 周一"
    nine = next(time for time in monday["times"] if time["start"] == "09:00")
    one = await booked(town, citizen, start=nine["start"])
    assert (one["state_label"], one["start"], one["end"]) == ("已预约", "09:00", "09:30")
    assert {button["action"] for button in one["actions"]} == {"reschedule", "cancel"}
    again = await town.anyone.get(f"/v1/free-times?item_id={town.item(ITEM)}")
    monday = next(day for day in again.json["days"] if day["day"] == NEXT_MONDAY)
    assert monday["times"][2]["free"] == nine["free"] - 1


async def test_a_hold_is_confirmed_moved_and_cancelled(town: Town) -> None:
    citizen = await town.citizen()
    hold = await booked(town, citizen, hold=True)
    assert hold["state"] == "held"
    place = f"/v1/appointments/{hold['id']}"
    one = await citizen.post(f"{place}/confirm", {"version": hold["version"]})
    assert (one.status, one.json["state"]) == (200, "booked")
    moved = await citizen.post(
        f"{place}/reschedule", {"day": NEXT_MONDAY, "start": "10:00", "version": one.json["version"]}
    )
    assert (moved.status, moved.json["start"], moved.json["code"]) == (200, "10:00", hold["code"])
    gone = await citizen.post(f"{place}/cancel", {"version": moved.json["version"]})
    assert (gone.status, gone.json["state"], gone.json["actions"]) == (200, "cancelled", [])


async def test_a_late_confirmation_is_told_so(town: Town) -> None:
    citizen = await town.citizen()
    hold = await booked(town, citizen, hold=True)
    town.clock.advance(timedelta(minutes=10))
    late = await citizen.post(f"/v1/appointments/{hold['id']}/confirm", {"version": 1})
    assert outcome(late) == (409, "hold_expired")


async def test_the_day_at_the_desk_from_scan_to_served(town: Town) -> None:
    citizen, clerk = await town.citizen(), await town.staff("social")
    one = await booked(town, citizen)
    town.clock.advance(timedelta(days=2, hours=20, minutes=50))  # Monday, ten to nine
    clerk = await renewed(town, "social")
    there = await clerk.post("/v1/staff/check-ins", {"code": f"https://sandu.test/a/{one['code']}"})
    assert (there.status, there.json["state"]) == (200, "checked_in")
    assert there.json["ticket"] == "A001"
    assert there.json["phone"] == "" or "****" in there.json["phone"]
    listed = await clerk.get(f"/v1/staff/appointments?window_id={one['window_id']}")
    assert [each["id"] for each in listed.json] == [one["id"]]
    called = await clerk.post(f"/v1/staff/windows/{one['window_id']}/calls")
    assert (called.status, called.json["id"]) == (200, one["id"])
    served = await clerk.post(
        f"/v1/staff/appointments/{one['id']}/actions",
        {"action": "serve", "version": called.json["version"]},
    )
    assert (served.status, served.json["state"]) == (200, "served")


async def renewed(town: Town, login: str) -> Caller:
    """Signed in again, after the clock was moved past the life of a token."""
    town._staff.pop(login, None)
    return await town.staff(login)


async def test_nobody_is_turned_away_for_want_of_a_booking(town: Town) -> None:
    clerk = await town.staff("social")
    window = (await booked(town, await town.citizen()))["window_id"]
    arrived = await clerk.post("/v1/staff/walk-ins", {"window_id": window})
    assert (arrived.status, arrived.json["state"], arrived.json["ahead"]) == (201, "checked_in", 0)


async def test_a_name_that_turns_the_screen_around_is_refused(town: Town) -> None:
    clerk = await town.staff("social")
    window = (await booked(town, await town.citizen()))["window_id"]
    refused = await clerk.post("/v1/staff/walk-ins", {"window_id": window, "name": "甲\u202e乙"})
    assert outcome(refused) == (422, "form_invalid")
    assert refused.json["errors"][0]["field"] == "name"


async def test_a_clerk_books_for_a_caller_and_hears_everything_wrong_at_once(town: Town) -> None:
    clerk = await town.staff("service")
    visitor = {"name": "来电群众", "phone": "13800000031"}
    one = await clerk.post("/v1/staff/appointments", wish(town, visitor=visitor))
    assert (one.status, one.json["channel"], one.json["phone"]) == (201, "phone", "138****0031")
    bad = {"name": "来电群众", "phone": "12", "document_number": "430481190505010019"}
    refused = await clerk.post("/v1/staff/appointments", wish(town, visitor=bad))
    assert outcome(refused) == (422, "form_invalid")
    assert {each["field"] for each in refused.json["errors"]} == {
        "visitor.phone",
        "visitor.document_number",
    }


async def test_another_persons_appointment_is_not_there(town: Town) -> None:
    one = await booked(town, await town.citizen(1))
    other = await town.citizen(2)
    place = f"/v1/appointments/{one['id']}"
    nothing = (404, "appointment_not_found")
    assert outcome(await other.get(place)) == nothing
    assert outcome(await other.post(f"{place}/cancel", {"version": 1})) == nothing
    police = await town.staff("household")
    act = {"action": "cancel", "version": 1}
    assert outcome(await police.post(f"/v1/staff/appointments/{one['id']}/actions", act)) == nothing
    assert outcome(await police.post("/v1/staff/check-ins", {"code": one["code"]})) == nothing
    assert (await other.get("/v1/appointments")).json == {"appointments": [], "next": None}


async def test_booking_needs_an_identity_so_that_limits_go_by_person(town: Town) -> None:
    stranger = await town.citizen(3, identified=False)
    assert outcome(await stranger.post("/v1/appointments", wish(town))) == (409, "identity_missing")


async def test_the_list_of_ones_own_turns_its_pages(town: Town) -> None:
    citizen = await town.citizen()
    made = [await booked(town, citizen, day=day) for day in ("2026-04-13", "2026-04-14", "2026-04-15")]
    first = await citizen.get("/v1/appointments?limit=2")
    assert [one["id"] for one in first.json["appointments"]] == [made[2]["id"], made[1]["id"]]
    rest = await citizen.get(f"/v1/appointments?limit=2&cursor={first.json['next']}")
    assert [one["id"] for one in rest.json["appointments"]] == [made[0]["id"]]
    assert rest.json["next"] is None


async def test_a_person_who_did_not_come_is_warned(town: Town) -> None:
    citizen = await town.citizen()
    one = await booked(town, citizen)
    town.clock.advance(timedelta(days=3, hours=10))  # Monday, ten in the evening
    await town.office.appointments.sweep(town.clock())
    citizen = await town.citizen(identified=False)
    shown = await citizen.get(f"/v1/appointments/{one['id']}")
    assert shown.json["state_label"] == "未到"
    assert "1 次预约没有到" in shown.json["warning"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"day": "2026-04-12"}, 404, "slot_not_found"),
        ({"day": "2026-04-09"}, 409, "slot_closed"),
        ({"day": "2026-05-20"}, 409, "slot_closed"),
        ({"start": "09:10"}, 404, "slot_not_found"),
        ({"start": "9:00"}, 422, "body_invalid"),
        ({"start": "24:61"}, 422, "body_invalid"),
        ({"day": "9999-12-31"}, 422, "body_invalid"),
        ({"day": 20260413}, 422, "body_invalid"),
        ({"hold": "yes"}, 422, "body_invalid"),
        ({"item_id": "f" * 32}, 404, "item_not_found"),
        ({"window_id": "f" * 32}, 404, "slot_not_found"),
        ({"item_id": 5, "extra": 1}, 422, "body_invalid"),
    ],
)
async def test_a_wish_that_cannot_be_is_refused_with_a_sentence(
    town: Town, change: dict[str, Any], status: int, code: str
) -> None:
    citizen = await town.citizen()
    answer = await citizen.post("/v1/appointments", wish(town, **change))
    assert outcome(answer) == (status, code)
    assert answer.json["title"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/appointments?cursor=2026-99-99-" + "0" * 32,
        "/v1/appointments?limit=0",
        "/v1/free-times?from=9999-12-31",
        "/v1/free-times?days=99",
    ],
)
async def test_a_bad_question_is_refused(town: Town, path: str) -> None:
    citizen = await town.citizen()
    assert outcome(await citizen.get(path)) == (422, "query_invalid")


async def test_free_times_without_item_or_window_are_not_found(town: Town) -> None:
    assert outcome(await town.anyone.get("/v1/free-times")) == (404, "slot_not_found")
