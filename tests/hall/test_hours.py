"""When a window is open: seasons, holidays, make-up days, closures."""

from datetime import date

import pytest

from api_spec.china_time import clock_text, minute_of
from api_spec.vocabulary import DayPeriod
from backend.hall.calendar import Calendar, DayKind, SpecialDay
from backend.hall.hours import WHOLE_HALL, HoursException, Opening, Season, Span, Timetable

CALENDAR = Calendar(
    [
        SpecialDay(date(2026, 1, 1), DayKind.OFF, "元旦"),
        SpecialDay(date(2026, 10, 1), DayKind.OFF, "国庆节"),
        SpecialDay(date(2026, 10, 10), DayKind.WORK, "国庆节"),
    ]
)
WINTER = Season(
    window_id=WHOLE_HALL, name="冬令", first="10-01", last="04-30", spans=(Span(510, 720), Span(870, 1050))
)
SUMMER = Season(
    window_id=WHOLE_HALL, name="夏令", first="05-01", last="09-30", spans=(Span(480, 720), Span(900, 1080))
)
POLICE = Season(window_id="police", name="全年", first="01-01", last="12-31", spans=(Span(540, 1020),))
HALL = (WINTER, SUMMER, POLICE)


def opening_on(day: date, *, window: str = "social", exceptions: tuple[HoursException, ...] = ()) -> Opening:
    return Timetable(HALL, exceptions).opening(window, day, calendar=CALENDAR)


def test_summer_and_winter_hours_follow_the_date() -> None:
    assert opening_on(date(2026, 4, 30)).spans == WINTER.spans
    assert opening_on(date(2026, 5, 1)).spans == SUMMER.spans
    assert opening_on(date(2026, 12, 31)).spans == WINTER.spans


def test_a_windows_own_hours_win_over_the_halls() -> None:
    assert opening_on(date(2026, 5, 6), window="police").spans == POLICE.spans


def test_a_holiday_and_a_weekend_are_closed_and_say_why() -> None:
    holiday, weekend = opening_on(date(2026, 10, 1)), opening_on(date(2026, 10, 11))
    assert (holiday.spans, holiday.note) == ((), "国庆节")
    assert (weekend.spans, weekend.note) == ((), "周末")
    assert holiday.closes == 0


def test_a_make_up_saturday_is_open_and_says_for_which_holiday() -> None:
    saturday = opening_on(date(2026, 10, 10))
    assert saturday.spans == WINTER.spans
    assert saturday.note == "国庆节调休上班"


def test_a_closure_of_one_window_leaves_the_others_open() -> None:
    closure = HoursException(window_id="social", day=date(2026, 5, 6), reason="设备检修")
    assert opening_on(date(2026, 5, 6), exceptions=(closure,)).spans == ()
    assert opening_on(date(2026, 5, 6), window="market", exceptions=(closure,)).spans == SUMMER.spans


def test_a_windows_special_hours_win_over_a_closure_of_the_hall_and_over_the_calendar() -> None:
    sunday = date(2026, 5, 17)
    exceptions = (
        HoursException(window_id=WHOLE_HALL, day=sunday, reason="停电"),
        HoursException(window_id="social", day=sunday, reason="社保集中办理", spans=(Span(540, 660),)),
    )
    assert opening_on(sunday, exceptions=exceptions).spans == (Span(540, 660),)
    assert opening_on(sunday, exceptions=exceptions).note == "社保集中办理"
    assert opening_on(sunday, window="market", exceptions=exceptions).note == "停电"


def test_a_day_of_a_year_without_notice_is_provisional() -> None:
    assert opening_on(date(2027, 1, 4)).provisional
    assert not opening_on(date(2026, 1, 5)).provisional


def test_without_any_hours_a_window_is_closed_and_says_so() -> None:
    opening = Timetable([], []).opening("social", date(2026, 1, 5), calendar=CALENDAR)
    assert opening.spans == ()
    assert opening.note == "开放时间待公布"


def test_a_window_is_open_from_the_first_minute_and_shut_at_the_last() -> None:
    opening = opening_on(date(2026, 5, 6))
    assert [opening.is_open_at(minute) for minute in (479, 480, 719, 720, 900)] == [
        False,
        True,
        True,
        False,
        True,
    ]
    assert opening.closes == 1080
    assert [span.period for span in opening.spans] == [DayPeriod.MORNING, DayPeriod.AFTERNOON]


@pytest.mark.parametrize(("opens", "closes"), [(600, 600), (700, 600), (-1, 10), (1400, 1441)])
def test_an_impossible_span_is_refused(opens: int, closes: int) -> None:
    with pytest.raises(ValueError, match="span"):
        Span(opens, closes)


def test_overlapping_spans_and_impossible_places_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        HoursException(window_id="", day=date(2026, 5, 6), reason="", spans=(Span(500, 700), Span(600, 800)))
    with pytest.raises(ValueError, match="walk-in"):
        Season(window_id="", name="", first="01-01", last="12-31", spans=(), places=2, walk_in_places=3)


@pytest.mark.parametrize("text", ["8", "08:60", "25:00", "0８:00", "-1:30", "08:00:00", ""])
def test_a_time_of_day_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="time of day"):
        minute_of(text)


def test_a_time_of_day_reads_back_as_written() -> None:
    assert [clock_text(minute_of(text)) for text in ("00:00", "08:05", "24:00")] == [
        "00:00",
        "08:05",
        "24:00",
    ]
