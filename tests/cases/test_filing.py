"""Filing: each application once, every mistake at once, numbers never twice, nothing personal in the clear."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from api_spec import case_number, tracking_code
from api_spec.errors import ErrorCode
from api_spec.forms import Field, FieldKind, Form
from api_spec.vocabulary import (
    ApplicantKind,
    CaseState,
    Channel,
    DocumentType,
    ItemKind,
    MaterialStatus,
    Relation,
    Role,
    VillageAvailability,
)
from backend import db as database
from backend.cases.filing import FiledCase, Filing, Mandate
from backend.cases.service import CaseChange, Cases
from backend.db import in_transaction
from backend.faults import Fault
from tests.cases import office
from tests.cases.office import APPLICANT, NOON, filing, item

NODE_KEY = bytes(32)


def by_village(**more: Any) -> Filing:
    return filing(
        channel=Channel.VILLAGE,
        by=office.CLERK,
        village_id=office.VILLAGE,
        node_id="7",
        owner_citizen_id="",
        **more,
    )


def node_code(random: int) -> str:
    return tracking_code.mint(7, random, key=NODE_KEY).text


async def rows(sql: str) -> list[dict[str, Any]]:
    return [dict(row) for row in await database.rows(sql)]


async def test_a_filed_case_has_a_number_a_code_and_a_first_event(cases: Cases) -> None:
    filed = await cases.file(filing(), at=NOON)
    assert filed.created
    assert filed.state is CaseState.SUBMITTED
    assert (
        case_number.parse(filed.case_number).text
        == filed.case_number
        == "SD-260407-0001-" + filed.case_number[-1]
    )
    code = tracking_code.parse(filed.tracking_code)
    assert code.node == tracking_code.TOWNSHIP_NODE
    assert tracking_code.verify(code, cases.desk.code_key)
    view = await cases.show(filed.case_id, actor=office.citizen(), at=NOON)
    assert [(event.action, event.state) for event in view.events] == [("submit", "submitted")]
    assert view.due_on
    assert view.due_on.isoformat() == "2026-04-14"


async def test_the_same_application_sent_eight_times_at_once_is_one_case(cases: Cases) -> None:
    one = filing()
    filed = await asyncio.gather(*(cases.file(one, at=NOON) for _ in range(8)))
    assert len({each.case_id for each in filed}) == 1
    assert [each.created for each in filed].count(True) == 1
    assert await cases.file(one, at=NOON + timedelta(days=3)) == replace(filed[0], created=False)
    assert len(await rows("SELECT id FROM cases")) == len(await rows("SELECT id FROM case_events")) == 1


async def test_the_same_id_with_other_content_is_refused_and_changes_nothing(cases: Cases) -> None:
    one = filing()
    await cases.file(one, at=NOON)
    for other in (
        replace(one, applicant=replace(APPLICANT, phone="13800000002")),
        replace(one, answers={"reason": "房屋漏雨"}),
        replace(one, materials={"id": MaterialStatus.PRESENT}),
    ):
        with pytest.raises(Fault) as refused:
            await cases.file(other, at=NOON)
        assert refused.value.code is ErrorCode.IDEMPOTENCY_CONFLICT
    assert len(await rows("SELECT id FROM cases")) == 1


async def test_writing_the_same_thing_another_way_is_still_the_same_application(cases: Cases) -> None:
    one = filing()
    first = await cases.file(one, at=NOON)
    spelled = replace(APPLICANT, phone="138 0000-0001", document_number="４３０４８１19050307 0028")
    assert (await cases.file(replace(one, applicant=spelled), at=NOON)).case_id == first.case_id


async def test_numbers_count_up_by_day_without_gaps_however_many_file_at_once(cases: Cases) -> None:
    filed = await asyncio.gather(*(cases.file(filing(), at=NOON) for _ in range(40)))
    serials = sorted(int(case_number.parse(each.case_number).serial) for each in filed)
    assert serials == list(range(1, 41))
    tomorrow = await cases.file(filing(), at=NOON + timedelta(days=1))
    assert tomorrow.case_number.startswith("SD-260408-0001-")


async def test_every_mistake_is_told_at_once_by_its_field(cases: Cases) -> None:
    strict = item(
        form=Form((Field(name="area", label="面积", kind=FieldKind.NUMBER, min=1, max=200),)),
    )
    wrong = filing(
        strict,
        applicant=replace(APPLICANT, name=" ", document_number="430481190503070027", phone="12345"),
        answers={"area": 500, "nonsense": "1"},
        materials={"id": MaterialStatus.PRESENT, "unheard_of": MaterialStatus.PRESENT},
        situation="none_of_these",
    )
    with pytest.raises(Fault) as refused:
        await cases.file(wrong, at=NOON)
    assert refused.value.code is ErrorCode.FORM_INVALID
    assert {each.field for each in refused.value.wrong} == {
        "situation",
        "applicant.document_number",
        "applicant.name",
        "applicant.phone",
        "answers.area",
        "answers.nonsense",
    }
    first = cases.check(replace(wrong, situation=""))[0]
    assert (first.field, first.sentence) == (
        "materials.unheard_of",
        "这个事项没有这份材料，请刷新后重新勾选。",
    )
    assert await rows("SELECT id FROM cases") == []


async def test_an_organisation_files_with_its_credit_code_and_a_person_does_not(cases: Cases) -> None:
    firm = replace(
        APPLICANT,
        kind=ApplicantKind.ORGANISATION,
        name="三都镇某合作社",
        document_type=DocumentType.CREDIT_CODE,
        document_number="11440232MB2D06811W",
    )
    assert (await cases.file(filing(applicant=firm), at=NOON)).created
    for mixed in (
        replace(firm, kind=ApplicantKind.PERSON),
        replace(APPLICANT, kind=ApplicantKind.ORGANISATION),
        replace(APPLICANT, document_type=DocumentType.HUKOU),
    ):
        assert [each.field for each in cases.check(filing(applicant=mixed))] == ["applicant.document_type"]


async def test_a_mandate_is_for_somebody_else_and_in_time(cases: Cases) -> None:
    mandate = Mandate(
        agent_name="欧阳大明",
        agent_document_type=DocumentType.ID_CARD,
        agent_document_number="430481190301011118",
        relation=Relation.RELATIVE,
        scope="申请临时救助",
        valid_until=NOON.date(),
        method="亲笔签名",
    )
    assert (await cases.file(filing(mandate=mandate), at=NOON)).created
    bad = replace(
        mandate,
        agent_document_number=APPLICANT.document_number,
        relation=Relation.SELF,
        valid_until=NOON.date() - timedelta(days=1),
    )
    assert [each.field for each in cases.check(filing(mandate=bad))] == [
        "mandate.agent_document_number",
        "mandate.relation",
        "mandate.valid_until",
    ]


async def test_errands_and_items_a_village_does_not_take_are_not_filed(cases: Cases) -> None:
    not_here = item(village=VillageAvailability.NO)
    assert (await cases.file(filing(not_here), at=NOON)).created
    for refused_filing in (by_village(what=not_here), filing(item(ItemKind.PROXY))):
        with pytest.raises(Fault) as refused:
            await cases.file(refused_filing, at=NOON)
        assert refused.value.code is ErrorCode.ITEM_NOT_OFFERED


async def test_what_a_node_brings_keeps_its_number_and_code_and_each_gets_its_own_answer(
    cases: Cases,
) -> None:
    day = NOON.date()
    numbers = [case_number.village_number("SD", day, block=3, pick=pick) for pick in (17, 18, 19)]
    good = by_village(tracking_code=node_code(1), case_number=numbers[0])
    bad = by_village(tracking_code=node_code(2), case_number=numbers[1], answers={"x": "y"})
    again = replace(good, rid=office.rid(), tracking_code=node_code(3))
    copied_code = replace(good, rid=office.rid(), case_number=numbers[2])
    async with in_transaction():
        filed = await cases.file_many([good, bad, good, again, copied_code], at=NOON)
    first, refused, doubled, renumbered, taken = filed
    assert isinstance(first, FiledCase)
    assert (first.case_number, first.tracking_code) == (good.case_number, good.tracking_code)
    assert isinstance(refused, Fault)
    assert refused.code is ErrorCode.FORM_INVALID
    assert doubled == replace(first, created=False) or doubled == first
    assert isinstance(renumbered, FiledCase)
    assert renumbered.case_number.startswith("SD-260407-0001-")
    assert isinstance(taken, Fault)
    assert taken.facts["reason"] == "code_taken"
    assert len(await rows("SELECT id FROM cases")) == 2


async def file_and_fail(cases: Cases, one: Filing) -> None:
    async with in_transaction():
        await cases.file_many([one], at=NOON)
        raise ZeroDivisionError


async def test_a_node_batch_that_is_rolled_back_leaves_nothing(cases: Cases) -> None:
    one = by_village(tracking_code=node_code(1))
    with pytest.raises(ZeroDivisionError):
        await file_and_fail(cases, one)
    assert await rows("SELECT id FROM cases") == await rows("SELECT id FROM case_serials") == []


async def test_whoever_watches_is_told_inside_the_transaction_and_caches_after_it(cases: Cases) -> None:
    told: list[CaseChange] = []
    dropped: list[str] = []

    async def note(changes: Any) -> None:
        assert database.inside_transaction()
        told.extend(changes)

    cases.on_change(note)
    cases.after_commit(dropped.extend)
    filed = await cases.file(filing(), at=NOON)
    assert [(change.case_number, change.version, change.applicant) for change in told] == [
        (filed.case_number, 1, APPLICANT.name)
    ]
    assert dropped == [filed.tracking_code]
    assert APPLICANT.name not in repr(told)


async def test_a_watcher_that_fails_undoes_the_filing(cases: Cases) -> None:
    async def fail(_: Any) -> None:
        raise ZeroDivisionError

    cases.on_change(fail)
    with pytest.raises(ZeroDivisionError):
        await cases.file(filing(), at=NOON)
    assert await rows("SELECT id FROM cases") == []


async def test_nothing_personal_is_stored_in_the_clear(cases: Cases) -> None:
    one = filing(answers={"reason": "房屋漏雨严重", "account": "6217000000001234"})
    await cases.file(one, at=NOON)
    stored = [*await rows("SELECT * FROM cases"), *await rows("SELECT * FROM case_events")]
    kept = "".join(
        value.decode("utf-8", "ignore") if isinstance(value, bytes) else str(value)
        for row in stored
        for value in row.values()
    )
    for secret in (
        APPLICANT.name,
        APPLICANT.document_number,
        APPLICANT.phone,
        APPLICANT.address,
        "漏雨",
        "6217",
    ):
        assert secret not in kept


async def test_only_those_who_may_file_do(cases: Cases) -> None:
    for stranger in (office.BACK, office.DIRECTOR, office.staff(Role.WINDOW, department=office.LAND)):
        with pytest.raises(Fault) as refused:
            await cases.file(filing(by=stranger, channel=Channel.WINDOW), at=NOON)
        assert refused.value.code is ErrorCode.NOT_YOUR_ACTION
