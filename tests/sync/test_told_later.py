"""What a village says of a case beside the form: papers promised, papers brought later, a result given out."""

import secrets

import pytest

from api_spec.record_parts import MaterialLine
from api_spec.records import RESULT_GIVEN, CaseRecord, VisitBody, VisitRecord
from api_spec.vocabulary import MaterialStatus
from tests.support.township import Caller, Town
from tests.sync import wire
from tests.sync.conftest import one_time_code
from tests.sync.test_held import act, case_of, supplement
from tests.sync.wire import Wire


@pytest.fixture
async def node(town: Town) -> Wire:
    return await wire.enrol(town.client, await one_time_code(town))


def without_contract(node: Wire, *, promised: bool) -> CaseRecord:
    """A case whose contract is missing, and that is taken down as promised or not."""
    paper = MaterialLine(code="contract", status=MaterialStatus.MISSING, promised=promised)
    return node.case(materials=(paper, MaterialLine(code="both_ids", status=MaterialStatus.PRESENT)))


async def page_of(window: Caller, view: dict[str, object]) -> str:
    return (await window.page(f"/staff/cases/{view['id']}")).text


def contract_of(view: dict[str, object]) -> dict[str, object]:
    papers = view["papers"]
    assert isinstance(papers, list)
    return next(paper for paper in papers if paper["code"] == "contract")


async def test_a_promised_paper_is_shown_as_promised_and_the_pledge_is_ticked(node: Wire, town: Town) -> None:
    plain, promised = without_contract(node, promised=False), without_contract(node, promised=True)
    node.write(plain, promised)
    assert (await node.push()).push.held == ()
    ticked = 'name="pledge" value="yes" checked'
    window, view = await case_of(town, plain)
    assert contract_of(view)["status_label"] == "缺少"
    assert ticked not in await page_of(window, view)
    window, view = await case_of(town, promised)
    assert contract_of(view)["status_label"] == "承诺补交"
    assert ticked in await page_of(window, view)


async def test_a_paper_brought_later_is_to_be_checked_and_not_preset_as_missing(
    node: Wire, town: Town
) -> None:
    case = without_contract(node, promised=True)
    node.write(case, supplement(case, "contract"))
    assert (await node.push()).push.held == ()
    window, view = await case_of(town, case)
    paper = contract_of(view)
    assert (paper["status_label"], paper["status"], paper["promised"]) == ("村里已补，请核对", None, False)
    events = view["events"]
    assert isinstance(events, list)
    assert events[-1]["action_label"] == "补交材料"
    assert paper["name"] in events[-1]["note"]
    assert 'name="paper.contract" value="missing" checked' not in await page_of(window, view)
    await act(window, view, {"action": "accept", "materials": {"contract": "present"}})
    _, after = await case_of(town, case)
    assert contract_of(after)["status_label"] == "已交"


async def test_a_result_given_out_in_the_village_is_confirmed_with_one_press(node: Wire, town: Town) -> None:
    case = node.case()
    node.write(case)
    await node.push()
    window, view = await case_of(town, case)
    await act(window, view, {"action": "accept", "materials": {}})
    _, view = await case_of(town, case)
    moves: list[dict[str, object]] = [
        {"action": "decide", "outcome": "granted", "reference": "备〔2026〕1 号"},
        {"action": "make_ready"},
    ]
    for command in moves:
        await act(window, view, command)
        _, view = await case_of(town, case)
    assert view["handed_out"] == ""
    visit = VisitRecord(
        rid=secrets.token_hex(16),
        rev=1,
        schema=1,
        made=wire.MADE,
        clerk=wire.LI,
        body=VisitBody(case=case.rid, purpose=RESULT_GIVEN, note="本人领取，核对身份证，在领取回执上签名"),
    )
    node.write(visit)
    assert (await node.push(1)).push.held == ()
    _, view = await case_of(town, case)
    events = view["events"]
    assert isinstance(events, list)
    assert events[-1]["action_label"] == "村级服务点已发放结果"
    assert "在领取回执上签名" in events[-1]["note"]
    assert view["handed_out"] == "村级服务点发放登记：2026年4月10日，李代办 经手"
    page = await page_of(window, view)
    assert 'value="village" selected' in page
    assert "村级服务点发放登记：2026年4月10日，李代办 经手" in page
    await act(window, view, {"action": "deliver", "method": "village", "proof": str(view["handed_out"])})
    assert (await case_of(town, case))[1]["state"] == "delivered"
