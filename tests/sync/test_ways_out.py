"""A record that was set aside is no dead end: put right it is taken, withdrawn it is closed, an errand hears its village."""

import secrets
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from api_spec import feed, records
from api_spec.chain import record_hash
from api_spec.feed import CaseRow, HeldRow
from api_spec.record_parts import MaterialLine, MoneyLine
from api_spec.records import (
    CaseRecord,
    HeldReason,
    SupplementBody,
    SupplementRecord,
    VisitBody,
    VisitRecord,
    WithdrawBody,
    WithdrawRecord,
)
from api_spec.vocabulary import MaterialStatus, MoneyMove, Role, WindowType
from backend.actors import Actor
from tests.support.township import Caller, Town
from tests.sync import wire
from tests.sync.conftest import FORM, LAND_LEASE, LI, Opener, one_time_code
from tests.sync.test_errands import repair
from tests.sync.test_held import amend, case_of
from tests.sync.wire import Wire
from village_node.desk import intake_form
from village_node.desk.register import Application


@pytest.fixture
async def node(town: Town) -> Wire:
    return await wire.enrol(town.client, await one_time_code(town))


async def told(node: Wire) -> list[feed.FeedRow]:
    page = (await node.push(len(node.sent))).pull
    assert page
    return [row for entry in page.rows if (row := feed.find_row(bytes(entry.row)))]


def later(kind: Any, body: object) -> records.Record:
    record: records.Record = kind(
        rid=secrets.token_hex(16), rev=1, schema=1, made=wire.MADE, clerk=wire.LI, body=body
    )
    return record


async def held_case(node: Wire) -> CaseRecord:
    """A case the township cannot take as it stands."""
    wrong = node.case(answers={"area_mu": "很多"})
    node.write(wrong)
    assert [reason for _, reason in (await node.push()).push.held] == [HeldReason.INVALID.value]
    return wrong


async def test_a_held_case_put_right_is_filed_under_the_number_on_its_slip(node: Wire, town: Town) -> None:
    wrong = await held_case(node)
    right = msgspec.structs.replace(
        node.case(), rid=wrong.rid, rev=2, parent=record_hash(records.encode_record(wrong))
    )
    body = msgspec.structs.replace(right.body, code=wrong.body.code, number=wrong.body.number)
    node.write(msgspec.structs.replace(right, body=body))
    assert (await node.push(1)).push.held == ()
    rows = await told(node)
    assert [row.number for row in rows if isinstance(row, CaseRow)] == [wrong.body.number]
    assert [row.settled for row in rows if isinstance(row, HeldRow)] == [False, True]
    centre = await town.staff("centre")
    assert (await centre.get("/v1/staff/held")).json["items"] == []


async def test_the_village_is_told_which_field_was_wrong(node: Wire) -> None:
    wrong = await held_case(node)
    [row] = [row for row in await told(node) if isinstance(row, HeldRow)]
    assert (row.about, row.what) == (wrong.rid, "case")
    assert any(each.startswith("answers.area_mu: ") for each in row.wrong)


async def test_two_held_records_of_one_case_are_both_told(node: Wire) -> None:
    wrong = await held_case(node)
    again = msgspec.structs.replace(wrong, rev=2, parent=record_hash(records.encode_record(wrong)))
    node.write(again)
    await node.push(1)
    rows = [row for row in await told(node) if isinstance(row, HeldRow)]
    assert len({row.rid for row in rows}) == 2
    assert {row.about for row in rows} == {wrong.rid}


async def test_a_held_case_that_is_withdrawn_is_closed(node: Wire) -> None:
    wrong = await held_case(node)
    node.write(later(WithdrawRecord, WithdrawBody(case=wrong.rid, reason="不办了")))
    assert (await node.push(1)).push.held == ()
    last = [row for row in await told(node) if isinstance(row, HeldRow)][-1]
    assert last.settled
    assert "撤回" in last.sentence


async def test_a_held_correction_told_as_a_note_instead_waits_for_nobody(node: Wire, town: Town) -> None:
    case = node.case()
    node.write(case, amend(case, 2, b"\0" * 32, area_mu=20))
    assert len((await node.push()).push.held) == 1
    told_as_note = SupplementBody(case=case.rid, note="面积应为 20 亩")
    node.write(later(SupplementRecord, told_as_note))
    assert (await node.push(2)).push.held == ()
    centre = await town.staff("centre")
    assert (await centre.get("/v1/staff/held")).json["items"] == []
    assert "村里已另行处理" in (await centre.page("/staff/held?settled=true")).text
    assert [row for row in await told(node) if isinstance(row, HeldRow)][-1].settled


async def errand_view(town: Town, errand: CaseRecord) -> dict[str, object]:
    runner = await town.staff("utility")
    listed = await runner.get("/v1/staff/errands")
    [card] = [each for each in listed.json["errands"] if each["number"] == errand.body.number]
    view: dict[str, object] = (await runner.get(f"/v1/staff/errands/{card['id']}")).json
    return view


async def test_papers_money_and_words_brought_later_reach_the_errand(node: Wire, town: Town) -> None:
    errand = repair(node, town)
    money = (MoneyLine(move=MoneyMove.TAKEN, amount_fen=5050, receipt="0007"),)
    paper = (MaterialLine(code="bill", status=MaterialStatus.PRESENT),)
    node.write(
        errand,
        later(SupplementRecord, SupplementBody(case=errand.rid, materials=paper, money=money)),
        later(VisitRecord, VisitBody(case=errand.rid, purpose="电话告知", note="已通知本人")),
        later(WithdrawRecord, WithdrawBody(case=errand.rid, reason="已经修好")),
    )
    assert (await node.push()).push.held == ()
    view = await errand_view(town, errand)
    assert view["held_fen"] == 5050
    book = (await (await town.staff("centre")).page("/staff/money")).text
    assert "村里收据 0007" in book
    village = (await town.office.catalogue.villages(town.tenant_id))[0].name
    assert f"<small>{village} 村里收据" in book
    assert isinstance(view["events"], list)
    notes = [event["note"] for event in view["events"]]
    for words in ("村里补交材料：", "电话告知", "申请撤回"):
        assert any(words in note for note in notes), notes


async def test_money_that_is_not_there_is_not_given_back(node: Wire, town: Town) -> None:
    errand = repair(node, town)
    money = (MoneyLine(move=MoneyMove.RETURNED, amount_fen=5050, receipt="0007"),)
    node.write(errand, later(SupplementRecord, SupplementBody(case=errand.rid, money=money, note="退款")))
    [(seq, _)] = (await node.push()).push.held
    assert seq == 2
    assert (await errand_view(town, errand))["held_fen"] == 0


async def test_the_history_says_who_at_the_village_took_it(node: Wire, town: Town) -> None:
    case, errand = node.case(), repair(node, town)
    node.write(case, errand)
    await node.push()
    _, view = await case_of(town, case)
    assert isinstance(view["events"], list)
    assert view["events"][0]["note"] == f"由村级服务点 {wire.LI.name} 代收"
    events = (await errand_view(town, errand))["events"]
    assert isinstance(events, list)
    assert wire.LI.name in events[0]["note"]


async def test_the_result_of_a_finished_case_is_handed_out_in_the_village(node: Wire, town: Town) -> None:
    case = node.case()
    node.write(case)
    await node.push()
    window, view = await case_of(town, case)
    await refuse(await town.staff("agriculture-leader"), view)
    node.write(later(VisitRecord, VisitBody(case=case.rid, purpose="发放办理结果", note="本人签收")))
    assert (await node.push(1)).push.held == ()
    after = await window.get(f"/v1/staff/cases/{view['id']}")
    assert "发放办理结果" in after.json["events"][-1]["note"]


async def refuse(leader: Caller, view: dict[str, object]) -> None:
    """Not accepted: a case that is over."""
    command = {"action": "refuse", "note": "不属于本镇", "basis": "行政许可法第三十二条"}
    moved = await leader.post(
        f"/v1/staff/cases/{view['id']}/actions", {"version": view["version"], "command": command}
    )
    assert moved.status == 200, moved.json


async def test_a_case_the_township_could_not_take_is_put_right_from_the_village_computer(
    computers: Opener,
) -> None:
    pc = await computers()
    item = next(item for item in pc.packs.current().items if item.code == LAND_LEASE)
    today = pc.time.clock.today()
    typed = intake_form.read(FORM, item, pc.packs.current(), today=today).typed
    assert typed
    right = Application(
        rid=secrets.token_hex(16),
        item=item,
        pack_sha=pc.packs.sha,
        typed=typed,
        clerk=LI,
        made=pc.time.clock.stamp(None),
        today=today,
        pairs=FORM,
    )
    entry = await pc.register.file(replace(right, typed=replace(typed, answers={"area_mu": "很多"})))
    await pc.keep_trying()
    assert await pc.told(entry) is None
    [held] = await pc.shadow.of_kind(HeldRow)
    assert (held.about, held.settled) == (entry.rid, False)
    await pc.register.revise(entry, right)
    await pc.keep_trying()
    told_now = await pc.told(entry)
    assert told_now is not None
    assert told_now.number == entry.case_number
    assert [row.settled for row in await pc.shadow.of_kind(HeldRow)] == [True]


async def at_the_window(town: Town, case: CaseRecord, **answers: object) -> None:
    """Somebody at the window puts the application right."""
    _, view = await case_of(town, case)
    desk = await town.office.cases.desk.of(town.tenant_id)
    window = Actor(
        id="w" * 32,
        roles=frozenset({Role.WINDOW}),
        tenant_id=town.tenant_id,
        department_id=desk.departments[WindowType.AGRICULTURE],
    )
    await town.office.cases.amend(str(view["id"]), actor=window, at=town.clock(), answers=answers)


async def test_corrections_of_different_fields_merge_and_of_the_same_are_held(node: Wire, town: Town) -> None:
    case = node.case()
    first = records.encode_record(case)
    node.write(first)
    await node.push()
    await at_the_window(town, case, term_years=7)
    second = amend(case, 2, record_hash(first), area_mu=20)
    node.write(second)
    assert (await node.push(1)).push.held == ()
    _, view = await case_of(town, case)
    shown = {line["name"]: line["value"] for line in view["answers"]}  # type: ignore[attr-defined]
    assert "20" in str(shown["area_mu"])
    assert "7" in str(shown["term_years"])
    node.write(amend(case, 3, record_hash(records.encode_record(second)), term_years=9))
    assert (await node.push(2)).push.held == ((3, HeldReason.CHANGED_BY_TOWNSHIP.value),)
    _, after = await case_of(town, case)
    assert after["answers"] == view["answers"]
