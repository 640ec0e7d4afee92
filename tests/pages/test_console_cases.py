"""A clerk's day in the console, by forms as a browser without JavaScript sends them."""

import re
from collections.abc import Mapping

import pytest

from api_spec.china_time import day_in_china
from backend import db
from tests.pages.sample import Sample, answers, fill
from tests.support.township import Answer, Caller, Town, id_number

NUMBER = id_number(501)


@pytest.fixture
async def clerk(town: Town) -> Caller:
    return await town.staff("social")


@pytest.fixture
async def made(town: Town) -> Sample:
    return await fill(town.office, at=town.clock())


def hidden(page: Answer, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, name
    return found[1]


def application(town: Town, code: str, **changes: str) -> dict[str, str]:
    """A whole intake form, filled in."""
    item = town.office.catalogue.item_now(town.tenant_id, town.item(code))
    situation = item.situations[0].code if item.situations else ""
    said = answers(item, situation, today=day_in_china(town.clock()))
    return {
        "situation": situation,
        "channel": "window",
        "applicant.kind": "person",
        "applicant.name": "演示人",
        "applicant.document_type": "id_card",
        "applicant.document_number": NUMBER,
        "applicant.phone": "13800000001",
        "applicant.address": "",
        **{f"paper.{paper.code}": "present" for paper in item.materials_for(situation)},
        **{f"answers.{name}": _typed(value) for name, value in said.items() if name != "situation"},
        **changes,
    }


def _typed(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value[0]) if isinstance(value, list) else str(value)


async def take(town: Town, clerk: Caller, code: str, **changes: str) -> Answer:
    path = f"/staff/intake/{town.item(code)}"
    rid = hidden(await clerk.page(path), "rid")
    return await clerk.send(path, {**application(town, code, **changes), "rid": rid})


async def act(clerk: Caller, case: str, action: str, form: Mapping[str, str] | None = None) -> Answer:
    """Fill in the form beside a button and press it."""
    page = await clerk.page(case)
    assert f'value="{action}"' in page.text, f"{action} is not offered"
    fields = {"version": hidden(page, "version"), "action": action, **(form or {})}
    return await clerk.send(f"{case}/act", fields)


async def test_a_case_goes_from_the_counter_to_the_hand_of_its_owner(town: Town, clerk: Caller) -> None:
    taken = await take(town, clerk, "SD-003")
    assert taken.status == 303, taken.text
    case = taken.headers["Location"]
    leader = await town.staff("social-leader")
    for who, action, form in (
        (clerk, "accept", {}),
        (clerk, "first_review", {"note": "情况属实"}),
        (leader, "decide", {"outcome": "granted", "reference": "三都救〔2026〕1号"}),
    ):
        moved = await act(who, case, action, form)
        assert moved.status == 303, moved.text
    shown = (await clerk.page(case)).text
    for action, form in (("make_ready", {}), ("deliver", {"method": "window", "proof": "签收单1号"})):
        if f'value="{action}"' in shown:
            assert (await act(clerk, case, action, form)).status == 303
        shown = (await clerk.page(case)).text
    assert (await act(clerk, case, "finish")).status == 303
    shown = (await clerk.page(case)).text
    for words in ("已办结", "准予", "情况属实", "三都救〔2026〕1号"):
        assert words in shown


async def test_an_instant_case_is_settled_at_the_counter_in_one_go(town: Town, clerk: Caller) -> None:
    case = (await take(town, clerk, "SD-008")).headers["Location"]
    form = await clerk.page(case)
    version = hidden(form, "version")
    assert not re.search(r'name="outcome" value="granted" checked', form.text)
    assert re.search(r'id="settle-proof"[^>]* required>', form.text)
    undecided = await clerk.send(f"{case}/settle", {"version": version, "proof": "签收单2号"})
    assert (undecided.status, "请选择准予或不予" in undecided.text) == (422, True)
    settled = await clerk.send(
        f"{case}/settle", {"version": version, "outcome": "granted", "proof": "签收单2号"}
    )
    assert settled.status == 303, settled.text
    shown = (await clerk.page(case)).text
    assert all(words in shown for words in ("提交", "受理", "作出决定", "已办结"))


async def test_every_mistake_of_an_intake_is_told_at_once_and_nothing_typed_is_lost(
    town: Town, clerk: Caller
) -> None:
    wrong = {
        "applicant.name": "",
        "applicant.document_number": NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2"),
        "applicant.phone": "12",
        "applicant.address": "福利村",
    }
    answer = await take(town, clerk, "SD-003", **wrong)
    assert answer.status == 422
    assert "有 3 处需要修改" in answer.text
    assert 'value="福利村"' in answer.text
    assert answer.text.count('aria-invalid="true"') == 3


async def test_sending_one_intake_form_twice_makes_one_case(town: Town, clerk: Caller) -> None:
    path = f"/staff/intake/{town.item('SD-003')}"
    form = {**application(town, "SD-003"), "rid": hidden(await clerk.page(path), "rid")}
    first, second = await clerk.send(path, form), await clerk.send(path, form)
    assert first.headers["Location"] == second.headers["Location"]


async def test_one_notice_lists_every_gap_with_how_to_fix_it(town: Town, clerk: Caller, made: Sample) -> None:
    case = f"/staff/cases/{made.fresh.case_id}"
    item = town.office.catalogue.item_now(town.tenant_id, town.item("SD-001"))
    first, *others = [paper.code for paper in item.materials]
    papers = {f"paper.{first}": "present", **{f"paper.{code}": "missing" for code in others}}
    empty = await act(clerk, case, "request_fix", {**papers, "days": "10"})
    assert empty.status == 422
    assert "请写明怎样补正" in empty.text
    told = {f"fix.{code}": f"带{code}原件来" for code in others}
    assert (await act(clerk, case, "request_fix", {**papers, **told, "days": "10"})).status == 303
    shown = (await clerk.page(case)).text
    assert all(f"带{code}原件来" in shown for code in others)
    assert "待补正" in shown


async def test_a_refused_move_keeps_what_was_typed(clerk: Caller, made: Sample) -> None:
    case = f"/staff/cases/{made.fresh.case_id}"
    answer = await act(clerk, case, "propose_refusal", {"note": "不归本镇办理", "basis": ""})
    assert answer.status == 422
    assert "请写明依据的名称和条款" in answer.text
    assert "不归本镇办理" in answer.text


async def test_what_the_window_proposed_is_before_the_leader(town: Town, clerk: Caller, made: Sample) -> None:
    case = f"/staff/cases/{made.fresh.case_id}"
    proposal = {"note": "不归本镇办理", "basis": "行政许可法第三十二条"}
    assert (await act(clerk, case, "propose_refusal", proposal)).status == 303
    seen = (await (await town.staff("social-leader")).page(case)).text
    assert "依据：行政许可法第三十二条" in seen
    assert re.search(r'id="refuse-basis"[^>]*value="行政许可法第三十二条"[^>]* required>', seen)
    assert re.search(r'<textarea id="refuse-note"[^>]* required>不归本镇办理</textarea>', seen)


async def test_a_case_somebody_else_moved_is_shown_anew(clerk: Caller, made: Sample) -> None:
    case = f"/staff/cases/{made.fresh.case_id}"
    stale = {"version": "0", "action": "add_note", "note": "迟到的说明"}
    answer = await clerk.send(f"{case}/act", stale)
    assert answer.status == 422
    assert "刚被别人处理过" in answer.text


@pytest.mark.parametrize(
    "form", [{}, {"version": "1"}, {"version": "x", "action": "accept"}, {"action": "accept"}]
)
async def test_a_broken_action_form_is_refused(clerk: Caller, made: Sample, form: dict[str, str]) -> None:
    answer = await clerk.send(f"/staff/cases/{made.fresh.case_id}/act", form)
    assert answer.status == 422


async def test_buttons_are_those_of_the_role(town: Town, clerk: Caller, made: Sample) -> None:
    case = f"/staff/cases/{made.reviewing.case_id}"
    assert 'value="decide"' not in (await clerk.page(case)).text
    assert 'value="decide"' in (await (await town.staff("social-leader")).page(case)).text
    watcher = (await (await town.staff("supervisor")).page(case)).text
    assert 'name="action"' not in watcher


async def test_another_departments_case_is_not_there(town: Town, made: Sample) -> None:
    other = await town.staff("land")
    case = f"/staff/cases/{made.fresh.case_id}"
    assert (await other.page(case)).status == 404
    stolen = {"version": "1", "action": "accept"}
    assert (await other.send(f"{case}/act", stolen)).status == 404


async def test_full_data_is_shown_for_a_reason_and_written_down(clerk: Caller, made: Sample) -> None:
    case = f"/staff/cases/{made.fresh.case_id}"
    masked = (await clerk.page(case)).text
    assert "王小妹" not in masked
    without = await clerk.send(f"{case}/reveal", {"reason": " "})
    assert without.status == 422
    full = (await clerk.send(f"{case}/reveal", {"reason": "核对身份证原件"})).text
    assert "王小妹" in full
    rows = await db.rows(
        "SELECT action, reason FROM audit_log WHERE subject_id = ? ORDER BY number", [made.fresh.case_id]
    )
    told = [(row["action"], row["reason"]) for row in rows]
    assert told == [("read_case", ""), ("read_identity", "核对身份证原件")]


async def test_the_queue_finds_a_person_without_their_number_in_an_address(town: Town, clerk: Caller) -> None:
    case = (await take(town, clerk, "SD-003")).headers["Location"]
    found = await clerk.send("/staff/cases/search", {"text": NUMBER.lower()})
    assert (found.status, found.headers["Location"]) == (303, case)
    missed = await clerk.send("/staff/cases/search", {"text": id_number(502)})
    assert missed.status == 200
    assert "没有找到" in missed.text


async def test_the_queue_is_filtered_by_state_and_by_colour(clerk: Caller, made: Sample) -> None:
    numbers = {
        "state=need_fix": (made.lacking, made.fresh),
        "colour=overdue": (made.overdue, made.fresh),
    }
    for filters, (shown, absent) in numbers.items():
        page = (await clerk.page(f"/staff/cases?{filters}")).text
        assert shown.case_number in page
        assert absent.case_number not in page


async def test_what_has_ended_is_a_click_away(town: Town, clerk: Caller, made: Sample) -> None:
    director = await town.staff("director")
    case = f"/staff/cases/{made.fresh.case_id}"
    assert (await act(director, case, "void", {"note": "登记了两次"})).status == 303
    queue = await clerk.page("/staff/cases")
    assert made.fresh.case_number not in queue.text
    assert 'href="/staff/cases?view=ended">已结束' in queue.text
    for query, shown in (
        ("ended=1", True),
        ("view=ended", True),
        ("state=voided&ended=1", True),
        ("state=finished&ended=1", False),
    ):
        page = (await clerk.page(f"/staff/cases?{query}")).text
        assert (made.fresh.case_number in page) is shown, query
        assert made.overdue.case_number not in page
    assert 'name="action" value="void"' not in (await director.page(case)).text


@pytest.mark.parametrize("query", ["state=happy", "cursor=2026-02-31.x", "cursor=yesterday", "text=430481"])
async def test_an_address_nobody_made_is_refused(clerk: Caller, query: str) -> None:
    assert (await clerk.page(f"/staff/cases?{query}")).status == 422


async def test_a_day_that_does_not_exist_begins_the_queue_again(clerk: Caller) -> None:
    assert (await clerk.page(f"/staff/cases?cursor=2026-02-31.{'0' * 32}")).status == 200
