"""The contract is complete, valid and committed."""

import json

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from api_spec.errors import STATUS, ErrorCode
from api_spec.openapi import DOCUMENT, document, text
from api_spec.route import Door, Route
from api_spec.routes import ALL
from backend.wording import SENTENCES


def test_the_three_error_tables_are_equally_long() -> None:
    assert set(STATUS) == set(SENTENCES) == set(ErrorCode)


@pytest.mark.parametrize("code", list(ErrorCode))
def test_every_sentence_is_chinese_and_ends(code: ErrorCode) -> None:
    sentence = SENTENCES[code]
    assert any("\u4e00" <= char <= "\u9fff" for char in sentence)
    assert sentence.endswith("。")


def test_the_document_is_valid_openapi_3_1() -> None:
    OpenAPIV31SpecValidator(document()).validate()


def test_the_committed_document_is_the_generated_one() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == text(), "run `make contract` and look at the diff"


def test_every_operation_has_its_own_name_and_address() -> None:
    assert len({route.name for route in ALL}) == len(ALL)
    assert len({(route.method, route.path) for route in ALL}) == len(ALL)


@pytest.mark.parametrize("route", ALL, ids=lambda route: route.name)
def test_every_operation_says_who_may_call_and_what_comes_back(route: Route) -> None:
    assert route.summary
    assert bool(route.who) == (route.door is Door.TOKEN)
    assert route.answer is not None or route.status in (204, 302, 303) or route.media != "application/json"
    assert route.path.startswith(("/v1/", "/sync/1/", "/c/"))


def test_the_document_is_the_same_each_time_it_is_made() -> None:
    assert json.dumps(document()) == json.dumps(document())
