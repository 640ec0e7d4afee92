"""Proxy errands taken at the village: the same way up, the same way down, decided by the proxy desk."""

from typing import Any

import pytest

from api_spec import feed
from api_spec.feed import CaseRow
from api_spec.record_parts import Consent, Mandate, MoneyLine, SigningMethod
from api_spec.records import CaseRecord, HeldReason
from api_spec.vocabulary import ConsentPurpose, ErrandState, MoneyMove, Partner, Relation
from tests.support.township import Town
from tests.sync import wire
from tests.sync.conftest import one_time_code
from tests.sync.wire import Wire

REPAIR = "SD-054"
"""电:故障报修"""
MANDATE = Mandate(
    relation=Relation.ENTRUSTED,
    agent_name="李代办",
    scope="电力故障报修",
    valid_from="2026-04-10",
    valid_to="2026-05-10",
    redelegable=True,
    method=SigningMethod.WET_INK,
)
CONSENTS = (
    Consent(purpose=ConsentPurpose.SERVICE, version="1"),
    Consent(purpose=ConsentPurpose.PARTNER_SHARING, version="1", partner=Partner.POWER),
)
ANSWERS = {
    "service_address": "三都镇群望村 3 组",
    "since": "今天早上",
    "contact_phone": "13800000001",
}


@pytest.fixture
async def node(town: Town) -> Wire:
    return await wire.enrol(town.client, await one_time_code(town))


def repair(node: Wire, town: Town, **changed: Any) -> CaseRecord:
    item = town.office.catalogue.item_now(town.tenant_id, town.item(REPAIR))
    fault = next(each for each in item.form.fields if each.name == "fault").choices[0].code
    given: dict[str, Any] = {
        "item": REPAIR,
        "answers": {**ANSWERS, "fault": fault},
        "materials": (),
        "mandate": MANDATE,
        "consents": CONSENTS,
    }
    return node.case(**{**given, **changed})


async def test_an_errand_arrives_consented_and_its_progress_comes_back(node: Wire, town: Town) -> None:
    errand = repair(node, town)
    node.write(errand)
    answer = await node.push()
    assert answer.push.held == ()
    assert answer.pull
    rows = [feed.find_row(bytes(entry.row)) for entry in answer.pull.rows]
    [row] = [row for row in rows if isinstance(row, CaseRow)]
    assert (row.rid, row.number, row.state) == (errand.rid, errand.body.number, ErrandState.CONSENTED)
    shown = await town.anyone.get(f"/v1/progress/{errand.body.code}")
    assert (shown.status, shown.json["state"]) == (200, ErrandState.CONSENTED)


async def test_an_errand_without_papers_waits_for_them(node: Wire, town: Town) -> None:
    node.write(repair(node, town, mandate=None, consents=()))
    answer = await node.push()
    assert answer.pull
    rows = [feed.find_row(bytes(entry.row)) for entry in answer.pull.rows]
    assert [row.state for row in rows if isinstance(row, CaseRow)] == [ErrandState.REQUESTED]


async def test_cases_and_errands_of_one_push_are_each_filed_where_they_belong(node: Wire, town: Town) -> None:
    node.write(node.case(), repair(node, town), node.case(), repair(node, town))
    assert (await node.push()).push.held == ()
    for stored in node.sent:
        [code] = wire.tracking_codes([stored])
        assert (await town.anyone.get(f"/v1/progress/{code}")).status == 200


async def test_money_that_does_not_add_up_is_held(node: Wire, town: Town) -> None:
    node.write(repair(node, town, money=(MoneyLine(move=MoneyMove.RETURNED, amount_fen=100),)))
    assert (await node.push()).push.held == ((1, HeldReason.INVALID.value),)
