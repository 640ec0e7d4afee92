"""What the machine could not decide waits for a clerk, who sees it, takes it in or closes it; the village is told."""

import secrets
from typing import Any

import msgspec
import pytest

from api_spec import feed, records
from api_spec.chain import record_hash
from api_spec.feed import CaseRow, HeldRow
from api_spec.record_parts import MaterialLine
from api_spec.records import AmendBody, AmendRecord, CaseRecord, HeldReason, SupplementBody, SupplementRecord
from api_spec.vocabulary import CaseAction, MaterialStatus
from tests.support.township import Caller, Town
from tests.sync import wire
from tests.sync.conftest import one_time_code
from tests.sync.wire import Wire


@pytest.fixture
async def node(town: Town) -> Wire:
    return await wire.enrol(town.client, await one_time_code(town))


@pytest.fixture
async def centre(town: Town) -> Caller:
    """Somebody of the centre."""
    return await town.staff("centre")


async def the_held(centre: Caller) -> dict[str, str]:
    listed = await centre.get("/v1/staff/held")
    [view] = listed.json["items"]
    assert isinstance(view, dict)
    return view


async def told(node: Wire) -> list[feed.FeedRow]:
    """Everything the township tells this node, from the start."""
    page = (await node.push(len(node.sent))).pull
    assert page
    return [row for entry in page.rows if (row := feed.find_row(bytes(entry.row)))]


async def held_twin(node: Wire) -> CaseRecord:
    """Two cases under one id, as a copied computer makes them; gives the second."""
    first = node.case()
    second = msgspec.structs.replace(node.case(), rid=first.rid)
    node.write(first, second)
    await node.push()
    return second


async def test_a_held_case_can_be_taken_in_as_one_of_its_own(node: Wire, centre: Caller) -> None:
    await held_twin(node)
    held = await the_held(centre)
    taken = await centre.post(f"/v1/staff/held/{held['id']}/accept")
    assert taken.status == 201, taken.json
    rows = await told(node)
    assert {row.number for row in rows if isinstance(row, CaseRow)} >= {taken.json["number"]}
    assert [row.settled for row in rows if isinstance(row, HeldRow)] == [False, True]
    assert (await centre.get("/v1/staff/held")).json["items"] == []
    [settled] = (await centre.get("/v1/staff/held?settled=true")).json["items"]
    assert settled["resolution"] == "accepted"


async def test_a_held_record_is_settled_once(node: Wire, centre: Caller) -> None:
    await held_twin(node)
    held = await the_held(centre)
    dismissed = await centre.post(f"/v1/staff/held/{held['id']}/dismiss", {"reason": "重复录入"})
    assert dismissed.status == 204
    for path, body in (("accept", None), ("dismiss", {"reason": "再来一次"})):
        again = await centre.post(f"/v1/staff/held/{held['id']}/{path}", body)
        assert (again.status, again.code) == (409, "action_not_allowed")
    [last] = [row for row in await told(node) if isinstance(row, HeldRow) and row.settled]
    assert last.sentence == "镇里已注销这条记录。重复录入"


async def test_what_cannot_be_filed_stays_held_with_every_mistake(node: Wire, centre: Caller) -> None:
    node.write(node.case(answers={"area_mu": "很多"}))
    await node.push()
    held = await the_held(centre)
    refused = await centre.post(f"/v1/staff/held/{held['id']}/accept")
    assert (refused.status, refused.code) == (422, "form_invalid")
    assert {error["field"] for error in refused.json["errors"]} >= {"answers.area_mu"}
    await the_held(centre)


async def test_a_held_record_is_read_in_full_only_for_a_reason(
    node: Wire, town: Town, centre: Caller
) -> None:
    await held_twin(node)
    held = await the_held(centre)
    path = f"/v1/staff/held/{held['id']}/reveal"
    assert (await centre.post(path, {"reason": ""})).code in {"reason_required", "not_allowed"}
    assert (await (await town.staff("agriculture")).post(path, {"reason": "核对身份"})).status == 403
    assert (await town.anyone.post(path, {"reason": "核对身份"})).status == 401
    assert "梁小满" not in (await centre.get("/v1/staff/held")).text


async def case_of(town: Town, case: CaseRecord) -> tuple[Caller, dict[str, object]]:
    """The case as the window of its department sees it."""
    window = await town.staff("agriculture")
    queue = await window.get("/v1/staff/cases")
    [card] = [each for each in queue.json["cases"] if each["case_number"] == case.body.number]
    shown = await window.get(f"/v1/staff/cases/{card['id']}")
    return window, shown.json


async def act(window: Caller, view: dict[str, object], command: dict[str, object]) -> None:
    moved = await window.post(
        f"/v1/staff/cases/{view['id']}/actions", {"version": view["version"], "command": command}
    )
    assert moved.status == 200, moved.json


def supplement(case: CaseRecord, *codes: str) -> SupplementRecord:
    return SupplementRecord(
        rid=secrets.token_hex(16),
        rev=1,
        schema=1,
        made=wire.MADE,
        clerk=wire.LI,
        body=SupplementBody(
            case=case.rid,
            materials=tuple(MaterialLine(code=code, status=MaterialStatus.PRESENT) for code in codes),
        ),
    )


async def test_a_supplement_answers_the_notice_and_the_clock_runs_on(node: Wire, town: Town) -> None:
    case = node.case()
    node.write(case)
    await node.push()
    window, view = await case_of(town, case)
    gap = {"code": "contract", "status": "missing", "how_to_fix": "请带合同原件"}
    await act(window, view, {"action": "request_fix", "gaps": [gap], "days": 10})
    row = [row for row in await told(node) if isinstance(row, CaseRow)][-1]
    assert (row.state, len(row.missing)) == ("need_fix", 1)
    for told_words in (row.missing[0], row.next_step):
        assert "（请带合同原件）" in told_words
    assert "手机" not in row.next_step
    node.write(supplement(case, "contract"))
    assert (await node.push(1)).push.held == ()
    _, after = await case_of(town, case)
    assert after["state"] == "submitted"


async def test_a_supplement_nobody_asked_for_is_a_note_for_the_receiver(node: Wire, town: Town) -> None:
    case = node.case()
    node.write(case, supplement(case, "both_ids"))
    assert (await node.push()).push.held == ()
    _, view = await case_of(town, case)
    assert view["state"] == "submitted"
    events = view["events"]
    assert isinstance(events, list)
    assert events[-1]["action"] == CaseAction.ADD_NOTE
    assert "both_ids" not in events[-1]["note"]


async def test_the_wish_to_withdraw_is_passed_on_and_decided_by_the_township(node: Wire, town: Town) -> None:
    case = node.case()
    wish = records.WithdrawRecord(
        rid=secrets.token_hex(16),
        rev=1,
        schema=1,
        made=wire.MADE,
        clerk=wire.LI,
        body=records.WithdrawBody(case=case.rid, reason="不租了"),
    )
    node.write(case, wish)
    assert (await node.push()).push.held == ()
    _, view = await case_of(town, case)
    assert view["state"] == "submitted"
    events = view["events"]
    assert isinstance(events, list)
    assert "撤回" in events[-1]["note"]


def amend(case: CaseRecord, rev: int, parent: bytes, **answers: object) -> AmendRecord:
    return AmendRecord(
        rid=case.rid,
        rev=rev,
        schema=1,
        parent=parent,
        made=wire.MADE,
        clerk=wire.LI,
        body=AmendBody(answers=answers),  # type: ignore[arg-type]
    )


async def test_the_village_may_put_right_what_it_wrote_until_acceptance(node: Wire, town: Town) -> None:
    case = node.case()
    first = records.encode_record(case)
    second = amend(case, 2, record_hash(first), area_mu=20)
    node.write(first, second)
    assert (await node.push()).push.held == ()
    window, view = await case_of(town, case)
    assert "20" in str(view["answers"])
    rows = [row for row in await told(node) if isinstance(row, CaseRow)]
    assert rows[-1].rev == 2
    await act(window, view, {"action": "accept"})
    third = amend(case, 3, record_hash(records.encode_record(second)), area_mu=30)
    node.write(third)
    assert (await node.push(2)).push.held == ((3, HeldReason.CASE_CLOSED.value),)


async def test_a_correction_of_something_older_is_held(node: Wire) -> None:
    case = node.case()
    first = records.encode_record(case)
    node.write(
        first, amend(case, 2, record_hash(first), area_mu=20), amend(case, 3, record_hash(first), area_mu=9)
    )
    answer = await node.push()
    assert answer.push.held == ((3, HeldReason.CHANGED_BY_TOWNSHIP.value),)


async def test_a_village_cannot_touch_another_villages_case(node: Wire, town: Town) -> None:
    other = await wire.enrol(town.client, await one_time_code(town, place=1))
    case = node.case()
    node.write(case)
    await node.push()
    other.write(supplement(case, "contract"))
    assert (await other.push()).push.held == ((1, HeldReason.NO_SUCH_CASE.value),)


async def test_visits_and_diagnoses_are_kept_and_change_nothing(node: Wire) -> None:
    head: dict[str, Any] = {"rev": 1, "schema": 1, "made": wire.MADE, "clerk": wire.LI}
    node.write(
        records.VisitRecord(rid="1" * 32, body=records.VisitBody(purpose="帮老人缴费"), **head),
        records.DiagRecord(rid="2" * 32, body=records.DiagBody(events={"disk": "ok"}), **head),
    )
    answer = await node.push()
    assert (answer.push.upto, answer.push.held) == (2, ())


async def test_the_list_says_whose_case_a_held_record_is_and_what_it_changes(
    node: Wire, town: Town, centre: Caller
) -> None:
    case = node.case()
    stranger = node.case(item="SD-999")
    node.write(case, amend(case, 2, b"\0" * 32, area_mu=20), stranger)
    assert len((await node.push()).push.held) == 2
    page = (await centre.page("/staff/held")).text
    for words in ("土地经营权流转", case.body.number, "改了什么", stranger.body.number, "SD-999", "梁**"):
        assert words in page
    assert "梁小满" not in page
    _, view = await case_of(town, case)
    assert f'href="/staff/cases/{view["id"]}"' in page
