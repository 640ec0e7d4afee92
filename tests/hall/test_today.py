"""What a visitor is told about the hall at any minute: open until when, resting until when, or open again on which day."""

from datetime import date, timedelta

import pytest

from api_spec.china_time import minute_of
from backend.hall.hours import WHOLE_HALL, HoursException, Opening
from backend.hall.today import hall_today
from tests.hall.test_hours import opening_on

FRIDAY = date(2026, 4, 10)
HOURS = "08:30–12:00、14:30–17:30"


def days_from(first: date, *exceptions: HoursException) -> list[Opening]:
    return [opening_on(first + timedelta(days=ahead), exceptions=exceptions) for ahead in range(15)]


@pytest.mark.plan(40)
@pytest.mark.parametrize(
    ("clock", "is_open", "words"),
    [
        ("08:00", False, "还没到开门时间，08:30 开，今天到 17:30"),
        ("08:30", True, "现在开着，今天开到 17:30（12:00 到 14:30 休息）"),
        ("12:00", False, "正在休息，14:30 再开，今天到 17:30"),
        ("17:29", True, "现在开着，今天开到 17:30"),
        ("17:30", False, "今天下班了，4月13日 周一 08:30 开"),
    ],
)
def test_every_minute_of_a_working_day_has_its_words(clock: str, is_open: bool, words: str) -> None:  # noqa: FBT001 - a table of cases
    said = hall_today(days_from(FRIDAY), minute=minute_of(clock))
    assert (said.is_open, said.words, said.hours) == (is_open, words, HOURS)


def test_a_day_of_rest_says_why_and_when_the_hall_is_open_again() -> None:
    weekend = hall_today(days_from(date(2026, 4, 11)), minute=600)
    assert (weekend.words, weekend.hours) == ("今天休息（周末），4月13日 周一 08:30 开", "")
    closure = HoursException(window_id=WHOLE_HALL, day=FRIDAY, reason="全镇停电")
    assert hall_today(days_from(FRIDAY, closure), minute=600).words.startswith(
        "今天休息（全镇停电），4月13日"
    )


def test_the_days_ahead_are_not_looked_at_while_the_hall_is_open() -> None:
    days = iter(days_from(FRIDAY))
    hall_today(days, minute=600)
    assert next(days).day == FRIDAY + timedelta(days=1)


def test_without_hours_nothing_is_promised() -> None:
    assert hall_today([], minute=600).words == "今天开放时间待公布"
