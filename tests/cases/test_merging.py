"""Two sides put one application right: both count where they touch different fields, neither is lost where they do not."""

import msgspec
import pytest

from api_spec.errors import ErrorCode
from api_spec.vocabulary import DocumentType
from backend.cases.filing import Applicant, Contents
from backend.cases.merging import merged
from backend.faults import Fault

BASE = Contents(
    applicant=Applicant(
        name="梁小满",
        document_type=DocumentType.ID_CARD,
        document_number="11010519491231002X",
        phone="13800000001",
    ),
    mandate=None,
    answers={"area": 12, "years": 5, "group": "三组"},
)


def with_answers(**changed: object) -> Contents:
    return msgspec.structs.replace(BASE, answers={**BASE.answers, **changed})


def with_phone(phone: str) -> Contents:
    return msgspec.structs.replace(BASE, applicant=msgspec.structs.replace(BASE.applicant, phone=phone))


def test_different_fields_merge_also_within_the_applicant() -> None:
    both = merged(BASE, with_phone("13900000002"), with_answers(area=20))
    assert both == msgspec.structs.replace(
        with_answers(area=20), applicant=with_phone("13900000002").applicant
    )


def test_the_same_change_on_both_sides_is_no_conflict() -> None:
    assert merged(BASE, with_answers(area=20), with_answers(area=20)) == with_answers(area=20)


@pytest.mark.parametrize("mine", [with_answers(area=30), with_answers(area=None)])
def test_the_same_field_changed_to_something_else_is_named(mine: Contents) -> None:
    with pytest.raises(Fault) as refused:
        merged(BASE, with_answers(area=20, years=6), mine)
    assert refused.value.code is ErrorCode.CASE_MOVED
    assert refused.value.facts == {"fields": "answers.area"}


def test_an_answer_taken_back_stays_away_and_others_stay_as_they_are() -> None:
    both = merged(BASE, with_answers(years=6), with_answers(group=None))
    assert both.answers == {"area": 12, "years": 6}
