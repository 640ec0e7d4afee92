"""What the plan asks of the whole office rather than of one feature: where things are filed, who may take them, who is there."""

from datetime import timedelta

import pytest

from api_spec.routes import ALL
from api_spec.vocabulary import DecisionLevel, VillageAvailability
from tests.support.applications import counter_application
from tests.support.township import Town


@pytest.mark.plan(1)
async def test_every_item_says_where_it_can_be_filed_and_where_it_ends(town: Town) -> None:
    items = await town.office.catalogue.items(town.tenant_id)
    assert len(items) > 50
    for item in items:
        guide = (await town.anyone.get(f"/v1/items/{item.id}")).json
        assert guide["windows"], item.code
        assert guide["card"]["village_word"], item.code
        assert item.decision_level in DecisionLevel
    at_home = [item for item in items if item.village is VillageAvailability.TAKES]
    assert len(at_home) > len(items) / 2  # 小事不出村


@pytest.mark.plan(6)
def test_one_office_receives_decides_answers_and_runs_errands() -> None:
    paths = {(route.method, route.path) for route in ALL}
    kinds = {
        "受理": ("POST", "/v1/staff/cases"),
        "审批": ("POST", "/v1/staff/cases/{case_id}/actions"),
        "咨询": ("POST", "/v1/me/enquiries"),
        "代办": ("POST", "/v1/staff/errands"),
    }
    assert {kind for kind, operation in kinds.items() if operation not in paths} == set()


@pytest.mark.plan(25)
async def test_either_clerk_of_a_window_takes_any_item_of_its_department_and_no_other(town: Town) -> None:
    both = [(login, code) for login in ("social", "social-b") for code in ("SD-001", "SD-008")]
    for number, (login, code) in enumerate(both, 1):
        clerk = await town.staff(login)
        taken = await clerk.post("/v1/staff/cases", counter_application(town, code, number=number))
        assert taken.status == 201, taken.json
    refused = await (await town.staff("social-b")).post(
        "/v1/staff/cases", counter_application(town, "SD-029", number=9)
    )
    assert refused.status == 403


@pytest.mark.plan(43)
async def test_the_duty_board_says_who_is_there_and_where_to_go_and_nobody_punches_in(town: Town) -> None:
    town.clock.advance(-timedelta(hours=2))
    clerk, leader = await town.staff("justice"), await town.staff("justice-leader")
    shown = (await clerk.page("/staff/duty")).text
    assert all(word in shown for word in ("司法窗口甲", "不打卡"))
    window = next(w["id"] for w in (await town.anyone.get("/v1/hall/windows")).json if "司法" in w["name"])
    change = {
        "window_id": window,
        "day": "2026-04-10",
        "period": "morning",
        "place": "b",
        "note": "A岗下村，请找B岗",
    }
    assert (await leader.send("/staff/roster/duty", change)).status == 303
    assert "A岗下村，请找B岗" in (await clerk.page("/staff/duty")).text
    assert "A岗下村，请找B岗" in (await town.anyone.page("/hall")).text
    told = [
        route.path for route in ALL if any(w in route.path for w in ("punch", "location", "checkin-staff"))
    ]
    assert told == []


@pytest.mark.plan(26)
async def test_the_roster_pages_plan_leave_show_gaps_and_hand_over(town: Town) -> None:
    town.clock.advance(-timedelta(hours=2))
    leader, a = await town.staff("justice-leader"), await town.staff("justice")
    leave = {
        "staff_id": a.id,
        "first_day": "2026-04-13",
        "first_period": "morning",
        "last_day": "2026-04-13",
        "last_period": "afternoon",
        "reason": "meeting",
    }
    assert (await leader.send("/staff/roster/leaves", leave)).status == 303
    week = (await leader.page("/staff/roster?from=2026-04-13")).text
    assert "B 司法窗口乙" in week
    b = await town.staff("justice-b")
    refused = await leader.send("/staff/roster/leaves", {**leave, "staff_id": b.id})
    assert refused.status == 409
    assert "会没有人的时间：" in refused.text
    window = next(w["id"] for w in (await town.anyone.get("/v1/hall/windows")).json if "司法" in w["name"])
    closing = {
        "window_id": window,
        "day": "2026-04-14",
        "period": "morning",
        "place": "closed",
        "note": "集中培训",
    }
    assert (await leader.send("/staff/roster/duty", closing)).status == 303
    form = {"window_id": window, "giver_id": a.id, "papers": "收件章", "note": "", "rest": "day"}
    assert (await a.send("/staff/roster/hand-overs", form)).status == 303
    assert "未看，已生效" in (await a.page("/staff/duty")).text
    waiting = (await b.page("/staff")).text
    assert "把窗口交给了您" in waiting
    assert (await a.send("/staff/roster/hand-overs", form)).status == 409
    director = await town.staff("director")
    hours = {
        "window_id": "",
        "name": "汛期",
        "first": "06-01",
        "last": "06-30",
        "morning_opens": "07:30",
        "morning_closes": "11:30",
        "afternoon_opens": "15:00",
        "afternoon_closes": "18:00",
    }
    assert (await director.send("/staff/hours", hours)).status == 303
    assert "07:30-11:30" in (await director.page("/staff/hours")).text
    crossed = await director.send("/staff/hours", {**hours, "morning_closes": "16:00"})
    assert crossed.status == 422
    assert (await leader.send("/staff/hours", hours)).status in (403, 303)
