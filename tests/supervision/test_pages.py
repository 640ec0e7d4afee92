"""Supervision as people meet it: the list, a card and its appeal, rules, a spot check, a task, fees, what is published."""

import asyncio
import re
from datetime import timedelta

import pytest

from api_spec.china_time import day_in_china
from api_spec.supervision_terms import RuleCode, SubjectKind
from api_spec.vocabulary import ItemKind, Role
from backend.supervision.watching import Finding
from tests.cases.test_cases_api import act
from tests.pages.sample import Bench, Sample, fill
from tests.reviews.office import act as reviewed
from tests.reviews.office import bad_review
from tests.support.applications import counter_application
from tests.support.township import Caller, Town

RID = "a" * 32


async def first_card(who: Caller, query: str = "") -> str:
    page = await who.page(f"/staff/supervision{query}")
    assert page.status == 200
    found = re.search(r"/staff/supervision/cards/([0-9a-f]{32})", page.text)
    assert found, page.text
    return found[1]


@pytest.fixture
async def made(town: Town) -> Sample:
    sample = await fill(town.office, at=town.clock())
    town.clock.advance(timedelta(days=1))
    await town.office.supervision.scan(town.tenant_id, at=town.clock())
    return sample


@pytest.mark.plan(38, 52)
async def test_an_overdue_case_is_carded_appealed_and_the_appeal_sent_back(town: Town, made: Sample) -> None:
    supervisor, leader = await town.staff("supervisor"), await town.staff("social-leader")
    case_page = f"/staff/cases/{made.overdue.case_id}"
    card_id = await first_card(leader, "?level=red&rule=JC103")
    path = f"/staff/supervision/cards/{card_id}"
    shown = await leader.page(path)
    assert made.overdue.case_number in shown.text
    assert f"{case_page}#event-2" in shown.text
    case = await supervisor.page(case_page)
    assert 'id="event-2"' in case.text
    assert path in case.text
    empty = await leader.send(f"{path}/act", {"action": "appeal", "version": "1", "note": ""})
    assert (empty.status, "请写明原因" in empty.text) == (422, True)
    sent = {"action": "appeal", "version": "1", "note": "当天停电，系统不能用。"}
    assert (await leader.send(f"{path}/act", sent)).status == 303
    assert (await leader.send(f"{path}/act", sent)).status == 409
    stranger = await town.staff("land-leader")
    assert (await stranger.page(path)).status == 404
    own = await leader.post(f"/v1{path}/actions", {"action": "withdraw", "version": 2, "note": "自己撤"})
    assert own.status == 403
    done = await supervisor.post(
        f"/v1{path}/actions", {"action": "uphold", "version": 2, "note": "停电已有应急办法。"}
    )
    assert [step["action"] for step in done.json["events"]] == ["raise", "appeal", "uphold"]
    assert (done.json["card"]["state"], done.json["card"]["level_label"]) == ("upheld", "红牌")
    listed = await leader.get("/v1/staff/supervision/cards", params={"state": "upheld"})
    assert [card["id"] for card in listed.json["cards"]] == [card_id]
    raised = await supervisor.send(
        f"{case_page}/supervision-card", {"rid": RID, "level": "yellow", "reason": "窗口态度生硬"}
    )
    assert raised.status == 303
    assert "窗口态度生硬" in (await supervisor.page(raised.headers["Location"])).text
    assert (await leader.send(f"{case_page}/supervision-card", {"rid": RID, "level": "red"})).status == 403
    menu = (await supervisor.page("/staff")).text
    assert re.search(r'href="/staff/supervision"[^>]*>电子监察<b class="bad">\d+', menu)


@pytest.mark.plan(5, 52)
async def test_a_fee_without_a_basis_is_a_card_at_once_and_rules_are_set_by_the_supervisor(
    town: Town, made: Sample
) -> None:
    window, supervisor = await town.staff("social"), await town.staff("supervisor")
    case_page = f"/staff/cases/{made.reviewing.case_id}"
    for amount, rid in (("不是钱", "1" * 32), ("5.00", "2" * 32), ("5.00", "2" * 32)):
        await window.send(f"{case_page}/fees", {"rid": rid, "amount": amount, "paper": "湘财 001"})
    shown = (await window.page(case_page)).text
    assert shown.count("5.00 元") == 1
    assert "收费无依据或超过标准" in shown
    await supervisor.send(f"{case_page}/fees", {"rid": "3" * 32, "amount": "20", "paper": ""})
    assert "在办件之外收费" in (await supervisor.page(case_page)).text
    assert (await window.send("/staff/supervision/rules/JC103", {})).status == 403
    assert (await supervisor.send("/staff/supervision/rules/JC999", {})).status == 404
    wrong = await supervisor.send("/staff/supervision/rules/JC202", {"is_on": "yes", "threshold": "99"})
    assert wrong.status == 422
    assert (await supervisor.send("/staff/supervision/rules/JC103", {})).status == 303
    rules = (await window.page("/staff/supervision/rules")).text
    assert rules.count("已停用") == 1
    assert "行政许可法第四十二条" in rules


@pytest.mark.plan(52, 57)
async def test_a_late_bad_rating_is_held_against_whoever_has_the_step_and_leads_only_where_one_may_go(
    town: Town,
) -> None:
    place = await bad_review(town)
    desk, leader = await town.staff("service"), await town.staff("social-leader")
    town.clock.advance(timedelta(days=9))
    town.forget_sign_ins()
    desk, leader = await town.staff("service"), await town.staff("social-leader")
    await town.office.supervision.scan(town.tenant_id, at=town.clock())
    assert "JC403" not in (await leader.page("/staff/supervision?rule=JC403")).text.partition("data-row")[2]
    late = (await desk.page(f"/staff/supervision/cards/{await first_card(desk, '?rule=JC403')}")).text
    assert ("综合服务台" in late or Role.SERVICE_DESK.zh in late, f'href="{place}"' in late) == (True, True)
    await reviewed(desk, place, "contact", note="电话联系了。")
    await reviewed(desk, place, "classify", verdict="true", note="监控属实。")
    await reviewed(desk, place, "order")
    town.clock.advance(timedelta(days=20))
    town.forget_sign_ins()
    leader, supervisor = await town.staff("social-leader"), await town.staff("supervisor")
    await town.office.supervision.scan(town.tenant_id, at=town.clock())
    late = (await leader.page(f"/staff/supervision/cards/{await first_card(leader, '?rule=JC403')}")).text
    assert (Role.GROUP_LEADER.zh in late, f'href="{place}"' in late) == (True, True)
    silent = Finding(
        rule=RuleCode.NODE_SILENT,
        subject_kind=SubjectKind.VILLAGE,
        subject_id="v",
        subject_number="青山村",
        occurrence="node",
        on=day_in_china(town.clock()),
        department_id=town.office.people.authenticate(leader.token, town.clock()).department_id,
        href="/staff/backups",
    )
    await town.office.supervision.cards.put(town.tenant_id, [silent], at=town.clock())
    path = f"/staff/supervision/cards/{await first_card(supervisor, '?rule=JC405')}"
    for reader in (leader, supervisor):
        shown = (await reader.page(path)).text
        assert ("青山村" in shown, 'href="/staff/backups">青山村' in shown) == (True, False)


async def finished(town: Town) -> str:
    """An instant item settled at the counter; gives the case's number."""
    window = await town.staff("social")
    taken = await window.post("/v1/staff/cases", counter_application(town, "SD-008"))
    await window.post(f"/v1/staff/cases/{taken.json['case_id']}/settle", {"version": 1, "proof": "本人签收"})
    return str(taken.json["case_number"])


@pytest.mark.plan(52, 59)
async def test_closed_cases_are_drawn_checked_by_somebody_else_and_a_fault_becomes_a_card_and_a_task(
    town: Town,
) -> None:
    supervisor, centre = await town.staff("supervisor"), await town.staff("centre")
    number = await finished(town)
    period = {"first_day": str(day_in_china(town.clock())), "last_day": str(day_in_china(town.clock()))}
    assert (await supervisor.send("/staff/spot-checks", {**period, "count": "5"})).status == 422
    town.clock.advance(timedelta(days=1))
    town.forget_sign_ins()
    supervisor, centre = await town.staff("supervisor"), await town.staff("centre")
    assert (await centre.send("/staff/spot-checks", {**period, "count": "5"})).status == 403
    drawn = await supervisor.send("/staff/spot-checks", {**period, "count": "5"})
    assert drawn.status == 303
    again = await supervisor.send("/staff/spot-checks", {**period, "count": "5"})
    assert (again.status, "不能重抽" in again.text) == (409, True)
    path = drawn.headers["Location"]
    page = (await centre.page(path)).text
    assert page.count(number) == 2
    line = re.search(rf"{path}/lines/[0-9a-f]{{32}}", page)
    assert line
    points = dict.fromkeys(("materials", "notices", "time", "conduct", "fee"), "passed")
    assert (await centre.send(line[0], points)).status == 422
    assert (await centre.send(line[0], {**points, "delivery": "faulty"})).status == 422
    found = {**points, "delivery": "faulty", "note": "没有登记签收人"}
    assert (await centre.send(line[0], found)).status == 303
    assert (await supervisor.send(line[0], found)).status == 409
    assert "抽查发现问题" in (await supervisor.page("/staff/supervision?rule=JC502")).text
    task = {
        "title": "送达登记不全",
        "measures": "窗口逐件登记签收人",
        "due_on": str(day_in_china(town.clock()) + timedelta(days=10)),
        "origin": "check",
        "origin_id": path.rsplit("/", 1)[1],
    }
    assert (await centre.send("/staff/improvements", {**task, "due_on": "2020-01-01"})).status == 422
    assert (await centre.send("/staff/improvements", {**task, "due_on": "明天"})).status == 422
    set_ = await centre.send("/staff/improvements", task)
    assert set_.status == 303
    at = f"{set_.headers['Location']}/act"
    director = await town.staff("director")
    assert (await centre.send(at, {"action": "report", "version": "1", "note": "已经补登"})).status == 303
    assert (await centre.send(at, {"action": "close", "version": "2", "note": "我看可以"})).status == 403
    assert (await director.send(at, {"action": "close", "version": "2", "note": "核实无误"})).status == 303
    assert "已销号" in (await supervisor.page(set_.headers["Location"])).text
    assert "送达登记不全" in (await director.page("/staff/improvements?state=closed")).text


@pytest.mark.plan(52)
async def test_finished_cases_are_published_without_anything_that_leads_to_a_person(town: Town) -> None:
    number = await finished(town)
    page = await town.anyone.page("/finished")
    assert page.status == 200
    assert number not in page.text
    assert re.search(r"SD-\d{6}-\*{4}<", page.text)
    listed = (await town.anyone.get("/v1/finished")).json
    assert [line["result"] for line in listed["lines"]] == ["准予"]
    assert set(listed["lines"][0]) == {"number", "item", "surname", "received_on", "closed_on", "result"}
    assert listed["lines"][0]["number"].endswith("-****")
    assert re.fullmatch(r".\*+", listed["lines"][0]["surname"])
    town.clock.advance(timedelta(days=31))
    assert (await town.anyone.get("/v1/finished")).json["lines"] == []


async def test_what_the_law_keeps_private_or_was_taken_up_again_is_not_published(town: Town) -> None:
    """A support item shows no surname; a confidential one is not there at all, nor one that was reopened."""
    taken_first = ""
    items = {item.code: item for item in town.office.catalogue.shelf(town.tenant_id).pack.items}
    for rid, code, shown in (("1" * 32, "SD-003", [""]), ("2" * 32, "SD-047", [])):
        window = items[code].window.value
        clerk, leader = await town.staff(window), await town.staff(f"{window}-leader")
        taken = await clerk.post("/v1/staff/cases", {**counter_application(town, code), "rid": rid})
        assert taken.status == 201, taken.json
        taken_first = taken_first or taken.json["case_id"]
        await act(leader, taken.json["case_id"], 1, action="refuse", note="不属于本镇", basis="办法第三条")
        lines = (await town.anyone.get("/v1/finished")).json["lines"]
        assert [line["surname"] for line in lines if line["item"] == items[code].name] == shown
    director = await town.staff("director")
    again = {"action": "reopen", "note": "受理范围理解有误。", "basis": "行政复议决定书〔2026〕2号"}
    await act(director, taken_first, 2, **again)
    assert (await town.anyone.get("/v1/finished")).json["lines"] == []


async def test_fees_are_judged_together_so_that_two_halves_too_many_are_found(town: Town) -> None:
    shelf = town.office.catalogue.shelf(town.tenant_id)
    paid = next(item for item in shelf.pack.items if item.fee.amount_fen and item.kind is not ItemKind.PROXY)
    bench = Bench(town.office, at=town.clock())
    item, filed = await bench.file(paid.code, "谢春花")
    window = await town.staff(item.window.value)
    page = f"/staff/cases/{filed.case_id}"
    due = {"amount": f"{(item.fee.amount_fen or 0) / 100:.2f}", "paper": "湘财 001"}
    await window.send(f"{page}/fees", {"rid": "1" * 32, **due})
    assert "收费无依据或超过标准" not in (await window.page(page)).text
    await asyncio.gather(*(window.send(f"{page}/fees", {"rid": rid * 32, **due}) for rid in "23"))
    cards = await town.office.supervision.cards.about_case(
        filed.case_id, actor=town.office.people.authenticate(window.token, town.clock())
    )
    assert {card.rule for card in cards} == {RuleCode.UNLAWFUL_FEE}
