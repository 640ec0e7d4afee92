"""The one check of an errand, whichever way it comes."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from api_spec.errors import ErrorCode
from api_spec.record_parts import SigningMethod
from api_spec.vocabulary import Channel, ItemKind, MoneyMove, Partner
from backend.faults import Fault
from backend.proxy.service import ErrandRequest, MoneyTaken, Sharing
from backend.proxy.vetting import vet
from tests.proxy.office import (
    APPLICANT,
    GAS_INSPECTION,
    NODE,
    STOP_WATER,
    TODAY,
    item,
    mandate,
    request,
)


def wrong(asked: ErrandRequest) -> dict[str, str]:
    return {each.field: each.code for each in vet(asked, today=TODAY).wrong}


def test_a_complete_request_passes_in_its_one_written_form() -> None:
    lower = msgspec.structs.replace(APPLICANT, phone=" 138 0000 0001 ")
    passed = vet(request(applicant=lower), today=TODAY).passed()
    assert passed.applicant.phone == "13800000001"


def test_every_mistake_is_told_at_once() -> None:
    asked = request(
        applicant=msgspec.structs.replace(APPLICANT, name="", document_number="123"),
        answers={},
        mandate=mandate(scope=" "),
        sharing=Sharing(Partner.GAS, "1"),
        situation="none",
    )
    assert set(wrong(asked)) >= {
        "applicant.name",
        "applicant.document_number",
        "answers.account",
        "mandate.scope",
        "situation",
    }


def test_a_gas_leak_is_a_phone_call_and_never_a_ticket() -> None:
    leaking = request(GAS_INSPECTION, answers={"leak": "yes"})
    refused = vet(leaking, today=TODAY).wrong
    assert [each.field for each in refused] == ["answers.leak"]
    assert "打燃气抢修电话" in refused[0].sentence
    assert wrong(request(GAS_INSPECTION, answers={"leak": "no"})) == {}


def test_the_chosen_case_goes_into_the_answers_by_itself() -> None:
    assert wrong(request(STOP_WATER, situation="stop", mandate=mandate(SigningMethod.ELECTRONIC))) == {}


@pytest.mark.parametrize(
    "more",
    [
        {"what": item(kind=ItemKind.INSTANT)},
        {"what": GAS_INSPECTION, "channel": Channel.VILLAGE, "by": NODE},
    ],
)
def test_what_is_no_errand_here_is_not_offered(more: dict[str, Any]) -> None:
    with pytest.raises(Fault) as refused:
        vet(request(**more), today=TODAY).passed()
    assert refused.value.code is ErrorCode.ITEM_NOT_OFFERED


def test_nobody_is_their_own_agent() -> None:
    own = mandate(agent_document_number=APPLICANT.document_number)
    assert wrong(request(mandate=own)) == {"mandate.agent_document_number": "not_a_choice"}


def test_a_fingerprint_needs_two_witnesses() -> None:
    one = mandate(SigningMethod.FINGERPRINT, witnesses=("张三", "张三"))
    asked = request(by=NODE, mandate=one, channel=Channel.VILLAGE)
    assert wrong(asked) == {"mandate.witnesses": "required"}
    two = replace(one, witnesses=("张三", "李四"))
    assert wrong(replace(asked, mandate=two)) == {}


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ([(MoneyMove.TAKEN, 0)], "money.0.amount_fen"),
        ([(MoneyMove.TAKEN, 100), (MoneyMove.RETURNED, 101)], "money.1.amount_fen"),
        ([(MoneyMove.TAKEN, 100), (MoneyMove.PAID, 100)], "money.1.move"),
    ],
)
def test_money_a_village_brings_adds_up(lines: list[tuple[MoneyMove, int]], field: str) -> None:
    money = tuple(MoneyTaken(move=move, amount_fen=fen) for move, fen in lines)
    asked = request(by=NODE, channel=Channel.VILLAGE, mandate=mandate(SigningMethod.WET_INK), money=money)
    assert field in wrong(asked)


def test_no_money_is_taken_before_the_mandate() -> None:
    money = (MoneyTaken(move=MoneyMove.TAKEN, amount_fen=100),)
    assert wrong(request(mandate=None, money=money)) == {"money": "required"}


def test_an_id_that_is_none_is_refused() -> None:
    assert wrong(request(rid="../etc")) == {"rid": "pattern"}
