"""Which ratings look wrong, when one is shown, what an SMS says. Pure."""

from datetime import UTC, date, datetime, timedelta

import pytest

from api_spec.review_terms import BadReviewState as S
from api_spec.review_terms import Occasion, ReviewLevel
from backend.hall.calendar import Calendar
from backend.reviews.policy import ReviewPolicy
from backend.reviews.review import read_sms
from backend.reviews.rules import (
    BURST,
    STREAK,
    Mark,
    after_hours,
    bursts,
    drifts,
    due_on,
    is_open,
    must_wait,
    shown_on,
    streaks,
)

NOON = datetime(2026, 4, 10, 4, tzinfo=UTC)
"""A Friday."""
WEEK = Calendar(())


def marks(levels: list[ReviewLevel], *, every: timedelta = timedelta(hours=1), **more: object) -> list[Mark]:
    return [
        Mark(at=NOON + n * every, level=level, window_id="w", department_id="d", **more)  # type: ignore[arg-type]
        for n, level in enumerate(levels)
    ]


@pytest.mark.plan(59)
def test_praise_without_one_exception_is_pointed_out() -> None:
    best, good = ReviewLevel.VERY_GOOD, ReviewLevel.GOOD
    assert [each.about for each in streaks(marks([best] * STREAK))] == ["w"]
    assert streaks(marks([best] * (STREAK - 1))) == []
    assert streaks(marks([best] * STREAK + [good])) == []


@pytest.mark.plan(59)
def test_many_ratings_of_one_device_within_minutes_are_pointed_out_once_a_day() -> None:
    minute = timedelta(minutes=1)
    many = marks([ReviewLevel.GOOD] * (BURST + 3), every=minute, terminal_id="t")
    assert [(each.about, each.count) for each in bursts(many)] == [("t", BURST)]
    slow = marks([ReviewLevel.GOOD] * BURST, every=2 * minute, terminal_id="t")
    assert bursts(slow) == []
    closed = marks([ReviewLevel.GOOD] * 2, terminal_id="t", during_hours=False)
    assert [each.count for each in after_hours(closed)] == [2]


@pytest.mark.plan(59)
def test_a_department_far_from_its_past_is_pointed_out_only_with_enough_ratings() -> None:
    on = date(2026, 4, 1)
    before = marks([ReviewLevel.GOOD] * 15 + [ReviewLevel.BAD] * 5)
    assert drifts(marks([ReviewLevel.VERY_GOOD] * 20), before, on=on)[0].kind == "drift"
    assert drifts(marks([ReviewLevel.VERY_GOOD] * 19), before, on=on) == []
    assert drifts(marks([ReviewLevel.GOOD] * 16 + [ReviewLevel.BAD] * 4), before, on=on) == []


@pytest.mark.parametrize(
    ("text", "level", "words"),
    [
        ("1", ReviewLevel.VERY_GOOD, ""),
        ("５", ReviewLevel.VERY_BAD, ""),
        ("4，排队太久", ReviewLevel.BAD, "排队太久"),
        ("不满意", ReviewLevel.BAD, ""),
        ("非常不满意，没人理", ReviewLevel.VERY_BAD, "没人理"),
        (" 基本满意 ", ReviewLevel.FAIR, ""),
    ],
)
def test_an_sms_is_read_by_number_or_word(text: str, level: ReviewLevel, words: str) -> None:
    assert read_sms(text) == (level, words)


@pytest.mark.parametrize("text", ["", "谢谢", "6", "12", "13800000001", "我很满意", "退订"])
def test_what_is_no_rating_never_becomes_one(text: str) -> None:
    assert read_sms(text) is None


@pytest.mark.plan(56)
def test_days_follow_the_settings() -> None:
    usual = ReviewPolicy()
    assert shown_on(NOON, WEEK) == date(2026, 4, 13)
    assert due_on(S.CREATED, at=NOON, calendar=WEEK, policy=usual) == date(2026, 4, 13)
    assert due_on(S.RECTIFYING, at=NOON, calendar=WEEK, policy=usual) == date(2026, 4, 17)
    assert due_on(S.RECTIFYING, at=NOON, calendar=WEEK, policy=usual, is_complex=True) == date(2026, 4, 25)
    worked = ReviewPolicy(rectify_in_working_days=True)
    assert due_on(S.RECTIFYING, at=NOON, calendar=WEEK, policy=worked) == date(2026, 4, 21)
    assert due_on(S.CLOSED, at=NOON, calendar=WEEK, policy=usual) == date.max
    assert is_open(Occasion.CONTACT, NOON, at=NOON + timedelta(days=2), policy=usual)
    assert not is_open(Occasion.CONTACT, NOON, at=NOON + timedelta(days=3), policy=usual)


@pytest.mark.parametrize(
    ("minutes", "number", "waits"), [(4, 1, True), (5, 1, False), (60, 19, False), (60, 20, True)]
)
def test_without_a_ticket_a_window_asks_seldom(minutes: int, number: int, *, waits: bool) -> None:
    latest = NOON - timedelta(minutes=minutes)
    assert must_wait(latest, number, at=NOON, policy=ReviewPolicy()) is waits
    assert not must_wait(None, 0, at=NOON, policy=ReviewPolicy())
