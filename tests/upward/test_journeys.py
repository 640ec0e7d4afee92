"""Every flow of a case as the platform above sees it, over HTTP, against a stand-in that checks every row."""

import asyncio
from datetime import timedelta

import pytest

from api_spec.review_terms import Occasion
from backend.demo.standins.hooks import OrderedFault
from backend.outbox.service import ParcelState
from backend.upward.words import report_lines
from tests.support.applications import application
from tests.upward.conftest import TASKS, Line


async def decide(line: Line, case_id: str, *, outcome: str = "granted", note: str = "") -> None:
    await line.act("social", case_id, 1, action="accept")
    await line.act("social", case_id, 2, action="first_review", note="材料属实，建议批准。")
    await line.act(
        "social-office",
        case_id,
        3,
        action="decide",
        outcome=outcome,
        reference="三政救〔2026〕5号",
        note=note,
        basis="《社会救助暂行办法》第九条" if outcome == "refused" else "",
    )


async def refused(line: Line) -> list[str]:
    report = await line.town.office.upward.page(line.town.tenant_id, [ParcelState.DEAD])
    return [each.reason for each in report]


@pytest.mark.plan(14, 47)
async def test_a_promised_case_goes_upward_from_its_acceptance_to_its_result(line: Line) -> None:
    case_id = await line.take()
    assert await line.send() == 0
    await decide(line, case_id)
    await line.send()
    assert await refused(line) == []
    (accept,) = line.above.of("up_pro_accept")
    assert accept["project_no"] == f"{TASKS['SD-003']}202604100001"
    assert (accept["project_type"], accept["apply_type"]) == ("2", "1")
    assert accept["accept_date"] == "20260410T120000"
    assert accept["org_code"] == TASKS["SD-003"][:18]
    assert accept["handle_user_name"]
    steps = [row["step_code"] for row in line.above.of("up_pro_process")]
    assert steps == ["accept", "first_review", "decide"]
    (result,) = line.above.of("up_pro_result")
    assert (result["result_type"], result["result_cetr_no"]) == ("0", "三政救〔2026〕5号")
    assert {row["project_no"] for row in line.above.of("up_pro_material")} == {accept["project_no"]}
    assert next(iter(line.above.rows.values())).table == "up_pro_accept"
    second = await line.take(number=2)
    await line.act("social", second, 1, action="accept")
    await line.send()
    assert line.above.of("up_pro_accept")[1]["project_no"].endswith("202604100002")


@pytest.mark.plan(48)
async def test_a_reported_case_tells_of_its_way_up_back_and_of_the_decision_above(line: Line) -> None:
    case_id = await line.take("SD-001")
    await line.act("social", case_id, 1, action="accept")
    seen = await line.act("social", case_id, 2, action="first_review", note="材料属实，建议上报。")
    wanted = [paper["code"] for paper in seen["papers"] if paper["required"]][:1]
    await line.act("social-leader", case_id, 3, action="report_up", reference="三政报〔2026〕3号")
    await line.act(
        "civil-affairs",
        case_id,
        4,
        action="return_from_above",
        note="收入证明看不清",
        reference="耒民退〔2026〕1号",
        wanted=wanted,
    )
    await line.act("social-leader", case_id, 5, action="resume_review")
    await line.act("social-leader", case_id, 6, action="report_up", reference="三政报〔2026〕4号")
    above = {"outcome": "granted", "reference": "耒民字〔2026〕9号"}
    await line.act("civil-affairs", case_id, 7, action="decide_above", **above)
    await line.send()
    assert await refused(line) == []
    steps = [(row["step_name"], row["step_action"]) for row in line.above.of("up_pro_process")]
    assert steps == [
        ("受理", "通过"),
        ("初审", "通过"),
        ("上报", "通过"),
        ("上级退回", "退回"),
        ("恢复审查", "通过"),
        ("上报", "通过"),
        ("登记上级决定", "通过"),
    ]
    (result,) = line.above.of("up_pro_result")
    assert result["result_cetr_no"] == "耒民字〔2026〕9号"
    assert line.above.of("up_pro_accept")[0]["project_type"] == "2"


async def test_a_special_procedure_and_an_extension_are_told_with_their_ground_and_days(line: Line) -> None:
    case_id = await line.take("SD-027", at="land")
    ground = "鉴定（行政许可法第四十五条）"
    await line.act("land", case_id, 1, action="accept")
    await line.act("land", case_id, 2, action="first_review", note="建议批准。")
    special = {"action": "start_special", "note": "委托鉴定。", "basis": ground, "days": 10}
    await line.act("land-leader", case_id, 3, **special)
    await line.act("land-leader", case_id, 4, action="end_special", note="鉴定完成。")
    await line.act("land-leader", case_id, 5, action="propose_extension", note="案情复杂。", days=5)
    await line.act("land-head", case_id, 6, action="extend", note="同意延长。", days=5)
    await line.send()
    assert await refused(line) == []
    rows = line.above.of("up_pro_special_procedure")
    assert [(row["special_type"], row.get("special_days", "")) for row in rows] == [
        ("2", "10"),
        ("2", ""),
        ("1", "5"),
    ]
    assert rows[0]["special_reason"] == ground


@pytest.mark.parametrize(
    ("line", "refused_as", "lapsed_as"),
    [("older", "1", "5"), ("shandong", "1", "5"), ("hunan", "6", "8"), ("guangdong", "1", "5")],
    indirect=["line"],
)
async def test_every_way_to_end_has_its_code_on_every_platform(
    line: Line, refused_as: str, lapsed_as: str
) -> None:
    town = line.town
    rejected = await line.take()
    await decide(line, rejected, outcome="refused", note="不符合条件，可申请复议。")
    lapsing = await line.take("SD-001", number=2)
    code = next(iter(application(town, "SD-001")["materials"]))
    gap = {"code": code, "status": "missing", "how_to_fix": "请带原件"}
    await line.act("social", lapsing, 1, action="request_fix", gaps=[gap], days=1)
    town.clock.advance(timedelta(days=10))
    town.forget_sign_ins()
    await town.office.cases.run_clock(town.tenant_id, at=town.clock())
    void = await line.take("SD-001", number=3)
    await line.act("director", void, 1, action="void", note="重复登记。")
    await line.send()
    assert await refused(line) == []
    results = {row["project_no"]: row["result_type"] for row in line.above.of("up_pro_result")}
    voided_as = "7" if town.office.upward.profile.name == "hunan" else "2"
    assert sorted(results.values()) == sorted((refused_as, lapsed_as, voided_as))


async def test_a_row_refused_holds_back_the_rest_of_its_case_until_somebody_looks(line: Line) -> None:
    line.above.refuse["up_pro_process"] = "E-207"
    case_id = await line.take()
    await decide(line, case_id)
    await line.send()
    assert await refused(line) == ["refused:E-207"]
    assert line.above.of("up_pro_result") == []
    director = await line.town.staff("director")
    page = await director.page("/staff/upward")
    assert "按约定拒收" in page.text
    assert "E-207" in page.text
    row = next(part.split("/retry")[0] for part in page.text.split("/staff/upward/")[1:] if "/retry" in part)
    line.above.refuse.clear()
    assert (await director.send(f"/staff/upward/{row}/retry", {})).status == 303
    await line.send()
    assert await refused(line) == []
    assert len(line.above.of("up_pro_result")) == 1


async def test_a_platform_out_of_order_loses_nothing_and_doubles_nothing(line: Line) -> None:
    case_id = await line.take()
    await line.act("social", case_id, 1, action="accept")
    for kind in ("http", "drop", "broken"):
        line.above.faults.order(OrderedFault(kind=kind))
    for _ in range(4):
        await line.send()
        line.town.clock.advance(timedelta(minutes=3))
    assert len(line.above.of("up_pro_accept")) == 1
    sent = len(line.above.rows)
    director = await line.town.staff("director")
    again = await director.send("/staff/upward/replay", {"since": "2026-04-10", "until": "2026-04-10"})
    assert again.status == 303
    assert again.headers["Location"] == f"/staff/upward?show=waiting&again={sent}"
    await line.send()
    assert len(line.above.rows) == sent
    assert await refused(line) == []


async def test_what_cannot_go_yet_is_said_loudly_and_goes_once_it_can(line: Line) -> None:
    case_id = await line.take("SD-004")
    await line.act("social", case_id, 1, action="accept")
    await line.send()
    assert line.above.rows == {}
    director = await line.town.staff("director")
    page = await director.page("/staff/upward?show=waiting")
    assert "事项没有 31 位实施编码" in page.text
    line.town.clock.advance(timedelta(days=2))
    line.town.forget_sign_ins()
    director = await line.town.staff("director")
    assert "超过一天没有报上去" in (await director.page("/staff/upward")).text


async def test_items_are_told_once_a_version(line: Line) -> None:
    upward, at = line.town.office.upward, line.town.clock()
    assert await upward.tasks_round(at) == len(TASKS)
    assert await upward.tasks_round(at) == 0
    await line.send()
    assert {row["task_code"] for row in line.above.of("up_task_general")} == set(TASKS.values())


@pytest.mark.plan(53)
@pytest.mark.parametrize(("line", "code"), [("older", "2"), ("guangdong", "4")], indirect=["line"])
async def test_a_rating_goes_upward_with_its_case_and_without_its_giver(line: Line, code: str) -> None:
    town = line.town
    case_id = await line.take("SD-008")
    window = await town.staff("social")
    settled = await window.post(f"/v1/staff/cases/{case_id}/settle", {"version": 1, "proof": "本人当场签收"})
    assert settled.status == 200, settled.json
    place = await town.office.reviews.link_of_subject(Occasion.CASE, case_id, at=town.clock())
    rated = await town.anyone.send(place, {"level": "good", "words": "办得快", "callback": "13800000050"})
    assert rated.status == 303
    keeper = await town.staff("admin")
    assert "评价信息" not in (await keeper.page("/staff/upward?show=waiting")).text
    await line.send()
    assert line.above.of("up_review") == []
    town.clock.advance(timedelta(days=3))
    town.forget_sign_ins()
    line.above.faults.order(OrderedFault(kind="http"))
    await line.send()
    assert line.above.of("up_review") == []
    shown = (await (await town.staff("admin")).page("/staff/upward?show=waiting")).text
    assert ("评价信息" in shown, "<small>4月13日" in shown) == (True, True)
    town.clock.advance(timedelta(minutes=3))
    await line.send()
    assert await refused(line) == []
    (review,) = line.above.of("up_review")
    assert review["satisfaction"] == code
    assert review["project_no"] == line.above.of("up_pro_accept")[0]["project_no"]
    assert not {"13800000050", "办得快", "演示村民"} & set(review.values())
    assert list(line.above.rows.values())[-1].table == "up_review"


async def test_two_senders_at_once_report_each_row_once(line: Line) -> None:
    for number in range(1, 4):
        await line.act("social", await line.take(number=number), 1, action="accept")
    settled = sum(await asyncio.gather(*(line.send() for _ in range(5))))
    await line.send()
    report = await line.town.office.upward.report(line.town.tenant_id, at=line.town.clock())
    assert report.total(ParcelState.SENT) == len(line.above.rows) >= settled
    assert len({row["project_no"] for row in line.above.of("up_pro_accept")}) == 3
    assert report_lines(report)[-1].startswith("待上报 0 条，被拒收 0 条")
