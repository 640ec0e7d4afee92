"""The working-day calendar: the year 2026 as published, the year nobody has published yet."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import backend.hall
from backend.hall.calendar import Calendar, DayKind, Skipped, SpecialDay, read_notices

NOTICES = Path(backend.hall.__file__).parent / "data" / "holidays.csv"


@cache
def published() -> Calendar:
    with NOTICES.open(encoding="utf-8") as lines:
        return Calendar(read_notices(lines))


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return published()


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [day for ahead in range(366) if (day := first + timedelta(days=ahead)).year == year]


def test_2026_has_248_working_days(calendar: Calendar) -> None:
    assert sum(calendar.works(day) for day in days_of(2026)) == 248


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2026-02-13", 1, "2026-02-14"),  # a Saturday at work
        ("2026-02-13", 3, "2026-02-25"),
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-04-30", 3, "2026-05-08"),
        ("2026-06-18", 2, "2026-06-23"),
        ("2026-09-18", 1, "2026-09-20"),  # a Sunday at work
        ("2026-09-24", 5, "2026-10-09"),
        ("2026-09-30", 1, "2026-10-08"),
    ],
)
def test_a_limit_counts_working_days_without_the_first_day(
    calendar: Calendar, start: str, n: int, due: str
) -> None:
    answer = calendar.add_working_days(date.fromisoformat(start), n)
    assert answer.day == date.fromisoformat(due)
    assert not answer.provisional


def test_every_skipped_day_is_named_with_its_reason(calendar: Calendar) -> None:
    assert calendar.add_working_days(date(2026, 6, 18), 2).skipped == (
        Skipped(date(2026, 6, 19), "端午节"),
        Skipped(date(2026, 6, 20), "端午节"),
        Skipped(date(2026, 6, 21), "端午节"),
    )
    assert calendar.add_working_days(date(2026, 6, 26), 1).skipped == (
        Skipped(date(2026, 6, 27), "周末"),
        Skipped(date(2026, 6, 28), "周末"),
    )


def test_a_limit_into_a_year_without_notice_is_provisional_and_never_an_error(calendar: Calendar) -> None:
    answer = calendar.add_working_days(date(2026, 12, 31), 1)
    assert answer.provisional
    assert answer.day == date(2027, 1, 1)
    assert calendar.is_provisional(date(2027, 3, 1))
    assert not calendar.is_provisional(date(2026, 12, 31))


def test_a_notice_that_names_a_day_of_the_year_before_does_not_make_that_year_known() -> None:
    calendar = Calendar([SpecialDay(date(2026, 12, 31), DayKind.OFF, "元旦")])
    assert calendar.is_provisional(date(2026, 12, 31))
    assert not calendar.works(date(2026, 12, 31))


def test_a_weekend_day_worked_in_exchange_says_for_which_holiday(calendar: Calendar) -> None:
    assert calendar.works(date(2026, 10, 10))
    assert calendar.exchange_for(date(2026, 10, 10)) == "国庆节"
    assert calendar.exchange_for(date(2026, 10, 9)) == ""


def test_the_version_changes_with_the_days_and_not_with_their_order() -> None:
    one = SpecialDay(date(2026, 1, 1), DayKind.OFF, "元旦")
    other = SpecialDay(date(2026, 1, 4), DayKind.WORK, "元旦")
    assert Calendar([one, other]).version == Calendar([other, one]).version
    assert Calendar([one]).version != Calendar([one, other]).version


@settings(deadline=None)
@given(
    start=st.dates(min_value=date(2024, 1, 1), max_value=date(2028, 1, 1)),
    n=st.integers(min_value=1, max_value=90),
)
def test_a_limit_ends_on_a_working_day_that_many_working_days_later(start: date, n: int) -> None:
    calendar = published()
    answer = calendar.add_working_days(start, n)
    assert calendar.works(answer.day)
    assert calendar.working_days_between(start, answer.day) == n
    assert len(answer.skipped) == (answer.day - start).days - n
    assert calendar.working_days_between(answer.day, start) == -n


@pytest.mark.parametrize("n", [-1, 2_001])
def test_a_limit_out_of_range_is_refused(calendar: Calendar, n: int) -> None:
    with pytest.raises(ValueError, match="working days"):
        calendar.add_working_days(date(2026, 1, 5), n)


@pytest.mark.parametrize(
    "lines",
    [
        ["date,kind,holiday"],
        ["date,kind,holiday,notice,official_url", "2026-01-05,work,元旦,,"],
        ["date,kind,holiday,notice,official_url", "2026-01-01,off,元旦,,", "2026-01-01,off,元旦,,"],
        ["date,kind,holiday,notice,official_url", "2026-01-01,free,元旦,,"],
    ],
    ids=["column", "weekday worked", "twice", "kind"],
)
def test_a_broken_notice_file_is_refused_whole(lines: list[str]) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_notices(lines)


def test_a_day_off_is_not_worked_in_exchange(calendar: Calendar) -> None:
    assert calendar.exchange_for(date(2026, 10, 1)) == ""


def test_a_limit_across_an_unknown_year_stays_provisional_when_it_ends_in_a_known_one() -> None:
    known = [SpecialDay(date(year, 1, 1), DayKind.OFF, "元旦") for year in (2026, 2028)]
    answer = Calendar(known).add_working_days(date(2026, 12, 31), 270)
    assert answer.day.year == 2028
    assert answer.provisional


def test_a_year_is_known_by_its_first_day_only() -> None:
    assert Calendar([SpecialDay(date(2027, 2, 1), DayKind.OFF, "春节")]).is_provisional(date(2027, 2, 1))
    assert Calendar([SpecialDay(date(2027, 1, 2), DayKind.OFF, "元旦")]).is_provisional(date(2027, 1, 2))


def test_a_version_begins_with_the_last_year_that_is_named(calendar: Calendar) -> None:
    assert calendar.version.startswith("2026-")
    assert Calendar([]).version.startswith("0000-")


def test_an_empty_file_is_no_notice() -> None:
    with pytest.raises(ValueError, match="missing columns"):
        read_notices([])


@pytest.mark.parametrize("column", ["date", "kind", "holiday", "notice", "official_url"])
def test_a_missing_column_is_named(column: str) -> None:
    heads = [head for head in ("date", "kind", "holiday", "notice", "official_url") if head != column]
    with pytest.raises(ValueError, match=f"missing columns: {column}"):
        read_notices([",".join(heads)])
