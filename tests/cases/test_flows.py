"""Every way a case may go, walked over HTTP by those who may; and what nobody may do on the way."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from backend.db import rows
from tests.cases.flow import Walk, taken
from tests.support.applications import counter_application
from tests.support.township import Town

GRANT = {"outcome": "granted", "reference": "三政批〔2026〕5号"}


@pytest.mark.plan(25, 30, 44, 46, 47)
async def test_the_window_takes_in_another_approves_and_the_window_hands_out(town: Town) -> None:
    promised = await taken(town, "SD-003", "social")
    await promised.go("social-b", "accept")
    await promised.go("social", "first_review", note="材料属实。")
    assert (await promised.refused("social", "decide", **GRANT)).code == "not_your_action"
    assert (await promised.refused("land-office", "decide", **GRANT)).code == "case_not_found"
    await promised.go("social-office", "decide", **GRANT)
    await promised.go("social", "make_ready")
    await promised.go("social", "deliver", method="window", proof="签收单 12")
    done = await promised.go("social", "finish")
    assert done["state"] == "finished"
    instant = await taken(town, "SD-008", "social", number=2)
    await instant.go("social", "accept")
    settled = await instant.go("social", "decide", **GRANT)
    assert [event["action"] for event in settled["events"]] == ["submit", "accept", "decide"]


@pytest.mark.plan(29, 30)
async def test_an_approval_needs_an_appointment_of_today_that_covers_the_item(town: Town) -> None:
    one = await taken(town, "SD-003", "social")
    await one.to_review("social")
    leader = await town.staff("social-leader")
    other = town.item("SD-001")
    await rows(f"UPDATE staff_post SET item_ids = '[\"{other}\"]' WHERE staff_id = ?", [leader.id])  # noqa: S608
    assert (await one.refused("social-leader", "decide", **GRANT)).code == "out_of_scope"
    await one.go("social-office", "decide", **GRANT)


@pytest.mark.plan(47)
async def test_two_approvers_at_once_and_one_decides(town: Town) -> None:
    one = await taken(town, "SD-003", "social")
    await one.to_review("social")
    for login in ("social-leader", "social-office"):
        await town.staff(login)
    answers = await asyncio.gather(
        *(one.attempt(login, "decide", **GRANT) for login in ("social-leader", "social-office"))
    )
    assert sorted(answer.status for answer in answers) == [200, 409]
    assert next(answer for answer in answers if answer.status == 409).code == "case_moved"
    assert [event["action"] for event in (await one.see("social"))["events"]].count("decide") == 1


@pytest.mark.plan(31, 48)
async def test_a_reported_case_goes_up_comes_back_once_and_is_decided_above(town: Town) -> None:
    above = await town.staff("civil-affairs")
    one = await taken(town, "SD-001", "social")
    assert (await above.get(f"/v1/staff/cases/{one.case_id}")).code == "case_not_found"
    await one.to_review("social")
    assert (await above.get("/v1/staff/cases")).json["cases"] == []
    papers = [paper["code"] for paper in (await one.see("social"))["papers"] if paper["required"]]
    short = await one.refused("social-leader", "report_up", reference="三政报〔2026〕3号", sent=papers[:1])
    assert short.json["errors"][0]["field"] == "sent"
    up = await one.go("social-leader", "report_up", reference="三政报〔2026〕3号")
    assert (up["reports"][0]["number"], len(up["reports"][0]["papers"]) >= len(papers)) == (
        "三政报〔2026〕3号",
        True,
    )
    assert {timer["kind"]: timer["due"] is None for timer in up["timers"]}["promise"]
    assert [stop["law"] for stop in up["clock"]["stops"]] == ["行政许可法第三十五条、第四十三条"]
    listed = (await above.get("/v1/staff/cases")).json["cases"]
    assert [(case["case_number"], case["state"]) for case in listed] == [(one.number, "reported")]
    assert one.number in (await above.page("/staff")).text
    back = {"note": "收入证明看不清", "reference": "耒民退〔2026〕1号", "wanted": papers[:1]}
    returned = await one.go("civil-affairs", "return_from_above", **back)
    promised = {timer["kind"]: timer["due"] for timer in returned["timers"]}["promise"]
    gap = {"code": papers[0], "status": "wrong", "how_to_fix": "请交清楚的复印件"}
    ask: dict[str, Any] = {"gaps": [gap], "days": 5}
    other = {**ask, "gaps": [{**gap, "code": papers[1]}]}
    assert (await one.refused("social", "request_fix", **other)).json["errors"][0]["field"] == "gaps"
    form = (await (await town.staff("social")).page(f"/staff/cases/{one.case_id}")).text
    assert f'name="paper.{papers[0]}" value="wrong"' in form
    asked = await one.go("social", "request_fix", **ask)
    assert asked["next_step"].startswith("上级要求补正：")
    due = {timer["kind"]: timer["due"] for timer in asked["timers"]}
    assert (due["promise"], due["supplement"]) == (promised, "2026-04-17")  # neither clock stands still
    assert "上级要求补正" in await one.public()
    assert (await one.refused("social", "request_fix", **ask)).code == "action_not_allowed"
    handed = await one.go("social", "supplement", materials={papers[0]: "present"})
    assert (handed["state"], "上级要求再核实" in handed["next_step"]) == ("returned_up", True)
    assert all(timer["ended"] for timer in handed["timers"] if timer["kind"] in {"supplement", "notice"})
    await one.go("social-leader", "resume_review")
    await one.go("social-leader", "report_up", reference="三政报〔2026〕4号")
    again = await one.refused("civil-affairs", "return_from_above", **back)
    assert again.json["errors"][0]["code"] == "asked_before"
    assert (await one.refused("social-leader", "decide", **GRANT)).code == "action_not_allowed"
    await one.go("civil-affairs", "decide_above", outcome="granted", reference="耒民字〔2026〕9号")
    seen = await one.see("social")
    assert [report["letter"] for report in seen["reports"]] == ["耒民退〔2026〕1号", ""]
    assert (await above.get(f"/v1/staff/cases/{one.case_id}")).json["state"] == "decided"


@pytest.mark.plan(31, 49)
async def test_the_centre_convenes_one_visit_and_every_department_says_one_thing(town: Town) -> None:
    one = await taken(town, "SD-024", "land")
    await one.to_review("land")
    social, agriculture = await town.staff("social"), await town.staff("agriculture-head")
    assert (await social.get(f"/v1/staff/cases/{one.case_id}")).status == 404
    windows = await town.office.catalogue.windows(town.tenant_id)
    ids = {card.type.value: card.department_id for card in windows}
    seats = [
        {"department_id": ids["land"], "inspectors": ["张一", "王二"]},
        {"department_id": ids["agriculture"], "inspectors": ["李三"]},
    ]
    visit: dict[str, Any] = {"visit_day": "2026-04-13", "place": "三都镇福利村3组", "seats": seats}
    assert (await one.refused("land-leader", "convene_inspection", **visit)).code == "not_your_action"
    alone = await one.refused("centre", "convene_inspection", **{**visit, "seats": seats[:1]})
    assert [error["field"] for error in alone.json["errors"]] == ["departments"]
    before = (await one.see("land"))["due_on"]
    await one.go("centre", "convene_inspection", **visit)
    assert "4月13日会有工作人员到现场查看" in await one.public()
    tasks = (await agriculture.get("/v1/staff/tasks")).json["tasks"]
    assert [(task["kind"], task["case_number"], task["day"]) for task in tasks] == [
        ("opinion", one.number, "2026-04-13")
    ]
    assert (await social.get(f"/v1/staff/cases/{one.case_id}")).status == 404
    called = await town.staff("agriculture")
    assert (await called.get(f"/v1/staff/cases/{one.case_id}")).json["applicant"]["name"] == "演**"
    assert "本部门的勘察意见" in (await called.page(f"/staff/cases/{one.case_id}")).text
    reveal = await called.post(f"/v1/staff/cases/{one.case_id}/applicant", {"reason": "想看看是谁"})
    assert reveal.code == "case_not_found"
    await one.go("agriculture-head", "give_opinion", note="不占基本农田，同意。")
    assert (await agriculture.get("/v1/staff/tasks")).json["tasks"] == []
    twice = await one.refused("agriculture", "give_opinion", note="再说一次。")
    assert twice.code == "action_not_allowed"
    early = await one.refused("centre", "close_inspection", note="符合条件。")
    assert early.code == "action_not_allowed"
    await one.go("land", "give_opinion", note="面积不超标，同意。")
    closed = await one.go("centre", "close_inspection", note="现场与图一致，符合条件。")
    assert [seat["opinion"] for seat in closed["visit"]["seats"]] == [
        "面积不超标，同意。",
        "不占基本农田，同意。",
    ]
    assert (closed["state"], closed["due_on"], closed["visit"]["conclusion"]) == (
        "reviewing",
        before,
        "现场与图一致，符合条件。",
    )
    assert (await one.refused("centre", "convene_inspection", **visit)).code == "action_not_allowed"
    page = await (await town.staff("land")).page(f"/staff/cases/{one.case_id}")
    assert "联合勘察" in page.text
    assert "李三" in page.text
    await one.go("land-leader", "send_to_sign", note="请审签。")
    signed = await one.go("land-head", "sign", **GRANT)
    assert signed["state"] == "decided"


@pytest.mark.plan(31, 50)
async def test_the_leader_submits_to_the_meeting_and_the_centre_records_it(town: Town) -> None:
    one = await taken(town, "SD-027", "land")
    await one.to_review("land")
    assert (await one.refused("land-leader", "decide", **GRANT)).code == "action_not_allowed"
    assert (await one.refused("land-office", "submit_collective", note="争议大")).code == "not_your_action"
    due = (await one.go("land-leader", "submit_collective", note="涉及两个村，争议大。"))["due_on"]
    centre = await town.staff("centre")
    [task] = (await centre.get("/v1/staff/tasks")).json["tasks"]
    assert (task["kind"], task["case_id"]) == ("agenda", one.case_id)
    assert "涉及两个村，争议大。" in (await centre.page("/staff/agenda")).text
    minutes = {
        "note": "按承包证认定。",
        "reference": "三政纪〔2026〕4号",
        "attendees": ["周三（镇长）", "吴四（副镇长）"],
    }
    future = await one.refused("centre", "record_collective", meeting_day="2026-04-30", **minutes)
    assert future.json["errors"][0]["field"] == "meeting_day"
    said = await one.go("centre", "record_collective", meeting_day="2026-04-10", **minutes)
    assert (said["state"], said["due_on"], said["meeting"]["minutes"], said["meeting"]["attendees"]) == (
        "reviewing",
        due,
        "三政纪〔2026〕4号",
        ["周三（镇长）", "吴四（副镇长）"],
    )
    agenda = (await centre.page("/staff/agenda")).text
    assert "按承包证认定。" in agenda
    await one.go(
        "land-leader", "start_special", note="委托鉴定。", basis="鉴定（行政许可法第四十五条）", days=10
    )
    assert (await one.go("land-leader", "end_special", note="鉴定完成。"))["state"] == "reviewing"
    await one.go("land-leader", "propose_extension", note="案情复杂。", days=5)
    head = await town.staff("land-head")
    assert [task["kind"] for task in (await head.get("/v1/staff/tasks")).json["tasks"]] == ["extension"]
    await one.go("land-head", "extend", note="同意延长。", days=5)
    assert (await one.refused("land-leader", "propose_extension", note="再延。", days=5)).status == 409
    assert (await one.go("land-office", "decide", **GRANT))["state"] == "decided"


async def lacking(town: Town, *, number: int = 1) -> Walk:
    """A case that lacks its first paper."""
    papers = counter_application(town, "SD-003")["materials"]
    first = next(iter(papers))
    return await taken(town, "SD-003", "social", number=number, materials=papers | {first: "missing"})


@pytest.mark.plan(36, 38)
async def test_a_pledge_is_kept_or_the_clock_takes_the_application_back(town: Town) -> None:
    kept, missed = await lacking(town), await lacking(town, number=2)
    bare = await kept.refused("social", "accept", pledge=True)
    assert [error["field"] for error in bare.json["errors"]] == ["until"]
    for one in (kept, missed):
        view = await one.go("social", "accept", pledge=True, until="2026-04-15")
        assert (view["pledge"]["until"], len(view["pledge"]["papers"]), view["pledge"]["late"]) == (
            "2026-04-15",
            1,
            False,
        )
        await one.go("social", "first_review", note="先审。")
    assert (await kept.refused("social-office", "decide", **GRANT)).code == "action_not_allowed"
    assert "请在4月15日前补交" in await kept.public()
    paper = next(p["code"] for p in (await kept.see("social"))["papers"] if p["promised"])
    assert (await kept.go("social", "hand_in_pledged", materials={paper: "present"}))["pledge"] is None
    town.clock.advance(timedelta(days=6))
    town.forget_sign_ins()
    assert await town.office.cases.run_clock(town.tenant_id, at=town.clock()) == 1
    gone = await missed.see("social")
    assert (gone["state"], gone["events"][-1]["role_label"]) == ("withdrawn", "系统")
    assert (await kept.go("social-office", "decide", **GRANT))["state"] == "decided"


@pytest.mark.plan(4)
async def test_what_the_clock_accepted_is_decided_only_after_the_hall_took_it_in(town: Town) -> None:
    silent = await taken(town, "SD-008", "social")
    town.clock.advance(timedelta(days=9))
    town.forget_sign_ins()
    assert await town.office.cases.run_clock(town.tenant_id, at=town.clock()) == 1
    assert (await silent.see("social"))["state"] == "accepted"
    early = await silent.refused("social", "decide", **GRANT)
    assert early.json["facts"]["needs"] == "received"
    due = (await silent.go("social", "receive_at_hall"))["timers"]
    assert [timer["kind"] for timer in due if not timer["ended"]] == ["promise"] or due
    assert (await silent.go("social", "decide", **GRANT))["state"] == "decided"
    supervisor = await town.staff("supervisor")
    assert (await supervisor.get("/v1/staff/decided-outside")).json == {"cases": []}
    await rows(
        "UPDATE case_events SET actor_role = 'supervisor' WHERE case_id = ? AND action = 'receive_at_hall'",
        [silent.case_id],
    )
    found = (await supervisor.get("/v1/staff/decided-outside")).json["cases"]
    assert [case["case_number"] for case in found] == [silent.number]
    assert silent.number in (await supervisor.page("/staff/decided-outside")).text


@pytest.mark.plan(32)
async def test_refused_voided_archived_and_taken_up_again_by_the_director(town: Town) -> None:
    one, wrong = await taken(town, "SD-003", "social"), await taken(town, "SD-003", "social", number=2)
    basis = {"basis": "行政许可法第三十二条", "note": "不属于本镇职权。"}
    await one.go("social", "propose_refusal", **basis)
    leader = await town.staff("social-leader")
    assert [task["kind"] for task in (await leader.get("/v1/staff/tasks")).json["tasks"]] == ["refusal"]
    assert (await one.go("social-leader", "refuse", **basis))["state"] == "not_accepted"
    assert (await one.refused("social-leader", "reopen", **basis)).code == "not_your_action"
    again = await one.go("director", "reopen", note="受理范围理解有误。", basis="行政复议决定书〔2026〕2号")
    assert (again["state"], again["reopened"], again["due_on"]) == ("submitted", 1, "2026-04-17")
    assert "重新办理过 1 次" in (await (await town.staff("social")).page(f"/staff/cases/{one.case_id}")).text
    assert (await one.go("social", "accept"))["state"] == "accepted"
    assert (await wrong.refused("social-head", "void", note="重复登记。")).code == "not_your_action"
    await wrong.go("director", "void", note="重复登记。")
    third = await taken(town, "SD-003", "social", number=3)
    assert third.number not in {one.number, wrong.number}
    cases = town.office.cases
    month = timedelta(days=30)
    assert await cases.archive(town.tenant_id, quiet_for=month, at=town.clock()) == 0
    town.clock.advance(timedelta(days=31))
    town.forget_sign_ins()
    assert await cases.archive(town.tenant_id, quiet_for=month, at=town.clock()) == 1
    assert (await wrong.see("director"))["state"] == "archived"
    assert (await wrong.refused("director", "reopen", **basis)).code == "action_not_allowed"


@pytest.mark.plan(13, 14)
async def test_paper_typed_in_late_shows_and_a_case_is_taken_in_hand_and_linked(town: Town) -> None:
    late = await taken(town, "SD-003", "social", paper_on="2026-04-08")
    view = await late.see("social")
    assert (view["paper_on"], view["paper_late_days"]) == ("2026-04-08", 2)
    assert "晚 2 天才录入" in (await (await town.staff("social")).page(f"/staff/cases/{late.case_id}")).text
    body = counter_application(town, "SD-003", number=9) | {"paper_on": "2026-04-11"}
    assert (await (await town.staff("social")).post("/v1/staff/cases", body)).status == 422
    other = await taken(town, "SD-005", "social", number=2)
    window, second = await town.staff("social"), await town.staff("social-b")
    path = f"/v1/staff/cases/{late.case_id}"
    both = await asyncio.gather(*(c.post(f"{path}/hold", {"action": "take"}) for c in (window, second)))
    assert sorted(answer.status for answer in both) == [200, 409]
    loser, login = (second, "social-b") if both[0].status == 200 else (window, "social")
    assert (await late.refused(login, "accept")).code == "case_held"
    assert (await loser.post(f"{path}/hold", {"action": "take_over"})).code == "note_required"
    mine = await loser.post(f"{path}/hold", {"action": "take_over", "note": "原经办人请假"})
    assert [holder["mine"] for holder in mine.json["holders"]] == [True]
    await late.go(login, "accept")
    given = await loser.post(f"{path}/hold", {"action": "give_back"})
    assert given.json["holders"] == []
    linked = await window.post(f"{path}/links", {"case_number": other.number, "kind": "follow_up"})
    assert [(line["case_number"], line["label"]) for line in linked.json["links"]] == [
        (other.number, "后续事项")
    ]
    assert [line["label"] for line in (await other.see("social"))["links"]] == ["前一事项"]
    back = await window.post(
        f"/v1/staff/cases/{other.case_id}/links", {"case_number": late.number, "kind": "part"}
    )
    assert back.code == "cases_linked"


@pytest.mark.plan(12, 45)
async def test_what_is_on_no_list_is_referred_and_counted_and_is_no_case(town: Town) -> None:
    window = await town.staff("social")
    sent = {"subject": "办理护照", "go_to": "耒阳市公安局出入境窗口", "phone": "0734-4330000"}
    assert (await window.post("/v1/staff/referrals", sent)).status == 201
    form = await window.send("/staff/referrals", {**sent, "subject": "驾驶证换领"})
    assert form.status == 303
    month = (await window.get("/v1/staff/referrals")).json
    assert (month["month"], month["count"], [one["subject"] for one in month["referrals"]]) == (
        "2026-04",
        2,
        ["驾驶证换领", "办理护照"],
    )
    assert (await window.get("/v1/staff/referrals", params={"month": "2026-03"})).json["count"] == 0
    assert "2 条" in (await window.page("/staff/referrals")).text
    assert (await window.get("/v1/staff/cases")).json["cases"] == []
