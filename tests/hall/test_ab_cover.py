"""AB岗 (plan, clause 26): when one of a pair is away the other has the work at once, and no window is left empty."""

import asyncio
from datetime import date, timedelta

import pytest

from api_spec.vocabulary import DayPeriod, DutyPlace, LeaveReason
from backend.hall.roster import Clerk, DutyChange, HalfDay, Leave, Pair, Roster
from tests.support.township import Caller, Town

pytestmark = pytest.mark.plan(26)

DAY = date(2026, 5, 6)
MORNING, AFTERNOON = DayPeriod.MORNING, DayPeriod.AFTERNOON
AI, BO = Clerk("1", "艾一"), Clerk("2", "柏二")
PAIR = Pair(window_id="w", since=date(2026, 1, 1), a=AI, b=BO)


def away(clerk: Clerk, first: HalfDay, last: HalfDay) -> Leave:
    return Leave(
        id=clerk.staff_id, staff_id=clerk.staff_id, first=first, last=last, reason=LeaveReason.MEETING
    )


def test_b_is_due_in_every_half_day_a_is_away() -> None:
    leave = away(AI, HalfDay(DAY, AFTERNOON), HalfDay(DAY + timedelta(days=1), MORNING))
    roster = Roster([PAIR], [], [leave])
    due = [roster.duty("w", DAY + timedelta(days=n), period=p).clerk for n in (0, 1) for p in DayPeriod]
    assert due == [AI, BO, BO, AI]
    assert roster.duty("w", DAY, period=AFTERNOON).note == "A岗开会培训"


def test_nobody_is_due_when_both_are_away_unless_the_day_says_otherwise() -> None:
    half = HalfDay(DAY, MORNING)
    leaves = [away(AI, half, half), away(BO, half, half)]
    assert Roster([PAIR], [], leaves).duty("w", DAY, period=MORNING).clerk is None
    back = DutyChange(window_id="w", day=DAY, period=MORNING, place=DutyPlace.A, note="A岗提前回来")
    assert Roster([PAIR], [back], leaves).duty("w", DAY, period=MORNING).clerk == AI


async def justice(town: Town) -> tuple[str, Caller, Caller]:
    """The window of the judicial office with its A and B."""
    windows = (await town.anyone.get("/v1/hall/windows")).json
    window = next(each["id"] for each in windows if "司法" in each["name"])
    return window, await town.staff("justice"), await town.staff("justice-b")


def leave_of(person: Caller, first: str, last: str) -> dict[str, object]:
    return {
        "staff_id": person.id,
        "first": {"day": first, "period": "morning"},
        "last": {"day": last, "period": "afternoon"},
        "reason": "leave",
    }


async def test_leave_moves_the_work_to_b_until_it_is_taken_back(town: Town) -> None:
    window, a, b = await justice(town)
    leader = await town.staff("justice-leader")
    planned = await leader.post("/v1/staff/hall/leaves", leave_of(a, "2026-04-10", "2026-04-13"))
    assert (planned.status, planned.json["reason_label"]) == (201, "请假休假")

    duties = town.office.hall.duties
    now = duties.responsible(town.tenant_id, window, at=town.clock())
    assert now is not None
    assert now.staff_id == b.id
    mine = (await b.get("/v1/staff/hall/work-now")).json["standing_in"]
    assert [(each["window_id"], each["absent"]) for each in mine] == [(window, "司法窗口甲")]
    assert (await a.get("/v1/staff/hall/work-now")).json["standing_in"] == []
    assert "您现在替" in (await b.page("/staff")).text

    week = (await leader.get("/v1/staff/hall/roster?from=2026-04-10&days=5")).json
    shifts = [each for each in week if each["window_id"] == window and each["is_open"]]
    assert [each["place"] for each in shifts] == ["b"] * 4 + ["a"] * 2
    assert not any(each["is_gap"] for each in shifts)

    assert (await leader.post(f"/v1/staff/hall/leaves/{planned.json['id']}/end")).status == 204
    back = duties.responsible(town.tenant_id, window, at=town.clock())
    assert back is not None
    assert back.staff_id == a.id
    again = await leader.post(f"/v1/staff/hall/leaves/{planned.json['id']}/end")
    assert (again.status, again.code) == (404, "not_found")


async def test_of_two_leaves_at_once_that_would_empty_a_window_one_is_refused(town: Town) -> None:
    _, a, b = await justice(town)
    leader = await town.staff("justice-leader")
    answers = await asyncio.gather(
        *(leader.post("/v1/staff/hall/leaves", leave_of(who, "2026-04-14", "2026-04-14")) for who in (a, b))
    )
    assert sorted(answer.status for answer in answers) == [201, 409]
    assert next(answer.code for answer in answers if answer.status == 409) == "roster_gap"
    assert (await leader.get("/v1/staff/hall/gaps?from=2026-04-14&days=1")).json == []


async def test_both_may_be_away_once_the_window_is_closed_with_a_public_note(town: Town) -> None:
    window, a, b = await justice(town)
    leader = await town.staff("justice-leader")
    assert (await leader.post("/v1/staff/hall/leaves", leave_of(a, "2026-04-14", "2026-04-14"))).status == 201
    for period in ("morning", "afternoon"):
        closing = {"window_id": window, "day": "2026-04-14", "period": period, "note": "全县司法所集中培训"}
        assert (await leader.post("/v1/staff/hall/closings", closing)).status == 200
    assert (await leader.post("/v1/staff/hall/leaves", leave_of(b, "2026-04-14", "2026-04-14"))).status == 201
    town.clock.advance(timedelta(days=4))
    shown = next(each for each in (await town.anyone.get("/v1/hall/windows")).json if each["id"] == window)
    assert (shown["is_open"], shown["note"]) == (False, "全县司法所集中培训")


async def test_a_hands_over_at_once_and_b_only_takes_note(town: Town) -> None:
    town.clock.advance(-timedelta(hours=2))  # ten in the morning
    window, a, b = await justice(town)
    form = {"window_id": window, "giver_id": a.id, "papers": "收件章一枚", "note": "临时下村"}
    first, second = await asyncio.gather(*(a.post("/v1/staff/hall/hand-overs", form) for _ in range(2)))
    assert sorted((first.status, second.status)) == [201, 409]
    assert (second if first.status == 201 else first).code == "roster_changed"
    done = first if first.status == 201 else second
    assert (done.json["giver"], done.json["taker"]) == ("司法窗口甲", "司法窗口乙")

    board = next(each for each in (await town.anyone.get("/v1/hall/windows")).json if each["id"] == window)
    assert (board["on_duty"]["place"], board["on_duty"]["note"]) == ("b", "临时下村")
    waiting = (await b.get("/v1/staff/hall/work-now")).json["hand_overs"]
    assert [each["papers"] for each in waiting] == ["收件章一枚"]
    seen = f"/v1/staff/hall/hand-overs/{done.json['id']}/seen"
    assert (await a.post(seen)).status == 404
    assert (await b.post(seen)).status == 204
    kept = (await b.get("/v1/staff/hall/hand-overs")).json
    assert [(each["id"], each["seen_at"] is not None) for each in kept] == [(done.json["id"], True)]


async def test_a_stranger_to_the_pair_hands_nothing_over(town: Town) -> None:
    town.clock.advance(-timedelta(hours=2))
    window, a, _ = await justice(town)
    other = await town.staff("household")
    refused = await other.post("/v1/staff/hall/hand-overs", {"window_id": window, "giver_id": a.id})
    assert (refused.status, refused.code) == (403, "not_allowed")
