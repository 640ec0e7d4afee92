"""National numbers, code tables and the polarity of satisfaction."""

from datetime import UTC, date, datetime

import pytest

from api_spec.review_terms import ReviewLevel
from api_spec.vocabulary import ApplicantKind, CaseAction, Channel, DocumentType, ItemKind
from backend.demo.standins.platform import CODES
from backend.settings import PROFILES as NAMED
from backend.upward.mapping import action_word, project_no
from backend.upward.profiles import (
    APPLICANT_TYPES,
    APPLY_TYPES,
    DOCUMENT_TYPES,
    PROFILES,
    PROJECT_TYPES,
    Ending,
    stamp,
)

TASK = "11430431MB0R05447F4430131056W00"


def test_a_national_number_has_43_characters() -> None:
    assert project_no(TASK, date(2026, 4, 10), serial=8) == f"{TASK}202604100008"
    assert len(project_no(TASK, date(2026, 4, 10), serial=9999)) == 43
    with pytest.raises(ValueError, match="31"):
        project_no(TASK[:-1], date(2026, 4, 10), serial=1)
    with pytest.raises(ValueError, match="four"):
        project_no(TASK, date(2026, 4, 10), serial=10_000)


def test_times_are_written_as_in_china() -> None:
    assert stamp(datetime(2026, 4, 10, 16, 30, 5, tzinfo=UTC)) == "20260411T003005"


def test_every_table_knows_every_word() -> None:
    assert set(PROFILES) == set(NAMED)
    for profile in PROFILES.values():
        assert set(profile.endings) == set(Ending)
        assert set(profile.endings.values()) <= set(CODES[profile.name].results)
        assert profile.needs_reason == set(CODES[profile.name].reasons)
        assert set(profile.levels) == set(ReviewLevel)
    assert set(PROJECT_TYPES) == set(ItemKind)
    assert set(APPLY_TYPES) == set(Channel)
    assert set(APPLICANT_TYPES) == set(ApplicantKind)
    assert set(DOCUMENT_TYPES) == set(DocumentType)


@pytest.mark.plan(53)
def test_satisfaction_counts_down_by_the_standard_and_up_in_guangdong() -> None:
    assert PROFILES["older"].levels[ReviewLevel.VERY_GOOD] == "1"
    assert PROFILES["older"].levels[ReviewLevel.VERY_BAD] == "5"
    assert PROFILES["guangdong"].levels[ReviewLevel.VERY_GOOD] == "5"
    assert PROFILES["guangdong"].levels[ReviewLevel.VERY_BAD] == "1"


def test_every_action_is_one_of_three_words() -> None:
    assert {action_word(action) for action in CaseAction} == {"通过", "退回", "其他"}
    assert action_word(CaseAction.RETURN_FROM_ABOVE) == "退回"
