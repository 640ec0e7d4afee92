"""The hall over HTTP: working days, the public board of windows, and who may change hours and rosters."""

from datetime import date, timedelta

import pytest

from backend.hall.service import Hall
from tests.support.township import Caller, Town


async def windows(caller: Caller) -> dict[str, dict[str, object]]:
    answer = await caller.get("/v1/hall/windows")
    assert answer.status == 200
    return {window["id"]: window for window in answer.json}


async def one_of(town: Town, word: str) -> str:
    return next(key for key, window in (await windows(town.anyone)).items() if word in str(window["name"]))


async def test_a_limit_names_its_last_day_and_what_did_not_count(town: Town) -> None:
    answer = await town.anyone.get("/v1/workdays?from=2026-09-24&days=5")
    assert answer.status == 200
    assert (answer.json["due"], answer.json["provisional"]) == ("2026-10-09", False)
    assert [day["why"] for day in answer.json["skipped"]][:3] == ["中秋节"] * 3
    assert answer.json["calendar_version"].startswith("2026-")


async def test_a_limit_into_an_unpublished_year_is_provisional(town: Town) -> None:
    answer = await town.anyone.get("/v1/workdays?from=2026-12-31&days=3")
    assert (answer.status, answer.json["provisional"]) == (200, True)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "from=2026-02-30&days=1",
        "from=2026-01-01&days=-1",
        "from=2026-01-01&days=501",
        "from=9999-12-31&days=9",
        "from=0001-01-01&days=9",
        "from=2026-01-01&days=1&days=2",
        "from=2026-01-01&days=1&x=1",
        "from=2026-01-01&days=%EF%BC%91x",
    ],
)
async def test_a_bad_question_is_refused_with_a_sentence(town: Town, query: str) -> None:
    answer = await town.anyone.get(f"/v1/workdays?{query}")
    assert (answer.status, answer.code) == (422, "query_invalid")
    assert answer.json["errors"][0]["sentence"]


async def test_anyone_sees_eleven_windows_their_hours_and_who_is_there(town: Town) -> None:
    town.clock.advance(-timedelta(hours=2))  # ten in the morning
    board = await windows(town.anyone)
    assert len(board) == 11
    assert all(window["is_open"] for window in board.values())
    assert all(window["on_duty"]["place"] == "a" for window in board.values())  # type: ignore[index]
    town.clock.advance(timedelta(hours=10))
    assert not any(window["is_open"] for window in (await windows(town.anyone)).values())


async def test_the_centre_closes_a_window_and_people_see_why(town: Town) -> None:
    window = await one_of(town, "户政")
    director = await town.staff("director")
    closed = await director.put(
        "/v1/staff/hall/exceptions", {"window_id": window, "day": "2026-04-10", "reason": "网络检修"}
    )
    assert (closed.status, closed.json["hours"]) == (200, [])
    board = await windows(town.anyone)
    assert (board[window]["is_open"], board[window]["note"]) == (False, "网络检修")


@pytest.mark.plan(26)
async def test_b_takes_over_and_no_change_leaves_open_hours_empty(town: Town) -> None:
    window = await one_of(town, "司法")
    centre = await town.staff("centre")
    half_day = {"window_id": window, "day": "2026-04-13", "period": "morning"}
    took_over = await centre.put("/v1/staff/hall/duty", {**half_day, "place": "b", "note": "A岗开会"})
    assert (took_over.status, took_over.json["place_label"]) == (200, "B岗")
    assert took_over.json["name"]
    assert (await centre.get("/v1/staff/hall/gaps?from=2026-04-13&days=1")).json == []
    nobody = {**half_day, "place": "nobody", "note": "请到中心"}
    refused = await centre.put("/v1/staff/hall/duty", nobody)
    assert (refused.status, refused.code) == (409, "roster_gap")
    afternoon = [{"opens": "14:30", "closes": "17:30"}]
    closed = {"window_id": window, "day": "2026-04-13", "reason": "上午停电", "spans": afternoon}
    assert (await centre.put("/v1/staff/hall/exceptions", closed)).status == 200
    assert (await centre.put("/v1/staff/hall/duty", nobody)).json["name"] == ""
    assert (await centre.get("/v1/staff/hall/gaps?from=2026-04-13&days=1")).json == []


async def test_a_group_leader_plans_their_own_windows_only(town: Town) -> None:
    leader = await town.staff("justice-leader")
    own, other = await one_of(town, "司法"), await one_of(town, "户政")
    change = {"day": "2026-04-13", "period": "morning", "place": "b"}
    assert (await leader.put("/v1/staff/hall/duty", {**change, "window_id": own})).status == 200
    refused = await leader.put("/v1/staff/hall/duty", {**change, "window_id": other})
    assert (refused.status, refused.code) == (403, "out_of_scope")
    whole = await leader.put("/v1/staff/hall/exceptions", {"day": "2026-04-13", "reason": "停电"})
    assert whole.code == "out_of_scope"


async def test_a_clerk_and_a_citizen_plan_nothing(town: Town) -> None:
    body = {"day": "2026-04-13", "reason": "停电"}
    for caller in (await town.staff("social"), await town.citizen()):
        assert (await caller.put("/v1/staff/hall/exceptions", body)).code == "not_allowed"
    assert (await town.anyone.put("/v1/staff/hall/exceptions", body)).status == 401


async def test_impossible_hours_pairs_and_notices_are_refused(town: Town) -> None:
    director = await town.staff("director")
    window = await one_of(town, "户政")
    overlap = [{"opens": "08:00", "closes": "12:00"}, {"opens": "11:00", "closes": "13:00"}]
    hours = {"window_id": window, "day": "2026-04-13", "reason": "调整", "spans": overlap}
    assert (await director.put("/v1/staff/hall/exceptions", hours)).code == "form_invalid"
    clock = {**hours, "spans": [{"opens": "08:60", "closes": "12:00"}]}
    assert (await director.put("/v1/staff/hall/exceptions", clock)).code == "body_invalid"
    clerk = {"staff_id": "1" * 32, "name": "甲"}
    pair = {"window_id": window, "since": "2026-05-01", "a": clerk, "b": clerk}
    assert (await director.put("/v1/staff/hall/pairs", pair)).code == "form_invalid"
    nowhere = {**pair, "window_id": "f" * 32, "b": {"staff_id": "2" * 32, "name": "乙"}}
    assert (await director.put("/v1/staff/hall/pairs", nowhere)).code == "not_found"
    weekday = {"days": [{"day": "2027-01-04", "kind": "work", "holiday": "元旦"}]}
    assert (await director.post("/v1/staff/calendar", weekday)).code == "form_invalid"


async def test_a_new_pair_sits_there_from_its_day_on(town: Town) -> None:
    director = await town.staff("director")
    window = await one_of(town, "户政")
    pair = {
        "window_id": window,
        "since": "2026-04-10",
        "a": {"staff_id": "1" * 32, "name": "新来的甲"},
        "b": {"staff_id": "2" * 32, "name": "新来的乙"},
    }
    assert (await director.put("/v1/staff/hall/pairs", pair)).status == 204
    town.clock.advance(-timedelta(hours=2))
    duty = (await windows(town.anyone))[window]["on_duty"]
    assert duty["name"] == "新来的甲"  # type: ignore[index]


async def test_next_years_notice_turns_provisional_days_into_known_ones(town: Town) -> None:
    director = await town.staff("director")
    notice = {"days": [{"day": "2027-01-01", "kind": "off", "holiday": "元旦", "notice": "试验通知"}]}
    loaded = await director.post("/v1/staff/calendar", notice)
    assert loaded.status == 200
    assert 2027 in loaded.json["known_years"]
    answer = await town.anyone.get("/v1/workdays?from=2026-12-31&days=1")
    assert (answer.json["due"], answer.json["provisional"]) == ("2027-01-04", False)
    assert answer.json["calendar_version"] == loaded.json["version"]


async def test_what_another_process_changed_is_taken_up(town: Town) -> None:
    """The other process is a second hall on the same database."""
    window = await one_of(town, "户政")
    director = await town.staff("director")
    closed = {"window_id": window, "day": "2026-04-13", "reason": "停电"}
    assert (await director.put("/v1/staff/hall/exceptions", closed)).status == 200
    other = Hall(town.office.catalogue)
    await other.start()
    assert other.opening(town.tenant_id, window, day=date(2026, 4, 13)).note == "停电"
    before = other.generation
    await other.load()
    assert other.generation > before
    await other.close()
