"""Timers of a case: the law's days, stops, extensions and colours, derived from the events."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from api_spec.catalogue import Limit
from api_spec.china_time import moment
from api_spec.vocabulary import (
    CaseAction,
    CaseState,
    ClockEffect,
    DeadlineColour,
    ItemKind,
    LimitUnit,
    Role,
    TimerKind,
)
from backend.cases import deadlines
from backend.cases.case import Event, EventFacts, Terms, terms_of
from backend.cases.deadlines import Timer
from backend.hall.calendar import Calendar, DayKind, SpecialDay
from tests.cases.office import CALENDAR, item

A, T = CaseAction, TimerKind


def events(*said: tuple[str, CaseAction] | tuple[str, CaseAction, EventFacts]) -> list[Event]:
    """Events on days of 2026, at ten in the morning in China; states do not matter to the clock."""
    return [
        Event(
            case_id="1" * 32,
            seq=number,
            at=moment(date.fromisoformat(f"2026-{one[0]}"), 600),
            actor_id="zhang",
            actor_role=Role.WINDOW,
            action=one[1],
            before=CaseState.DRAFT,
            after=CaseState.DRAFT,
            note="",
            facts=one[2] if len(one) == 3 else EventFacts(),
            clock=ClockEffect.NONE,
            prev_hash="",
            hash="",
        )
        for number, one in enumerate(said, 1)
    ]


def terms(**more: Any) -> Terms:
    return terms_of(item(**more), "")


def reckon(*said: Any, **more: Any) -> dict[TimerKind, Timer]:
    return deadlines.timers(events(*said), terms(**more), CALENDAR)


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


@pytest.mark.plan(38)
@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("02-13", 1, "02-14"),
        ("02-13", 3, "02-25"),
        ("02-13", 5, "02-27"),
        ("04-30", 3, "05-08"),
        ("06-18", 2, "06-23"),
        ("09-18", 1, "09-20"),
        ("09-24", 5, "10-09"),
        ("09-30", 1, "10-08"),
    ],
)
def test_the_promise_counts_working_days_and_not_the_day_it_starts(start: str, days: int, due: str) -> None:
    found = reckon((start, A.SUBMIT), (start, A.ACCEPT), promise=Limit(days=days))
    assert found[T.PROMISE].due == day(due)


def test_the_notice_is_due_five_working_days_after_receipt() -> None:
    notice = reckon(("09-24", A.SUBMIT))[T.NOTICE]
    assert notice.due == day("10-09")
    assert not notice.is_late(day("10-09"))
    assert notice.is_late(day("10-10"))


def test_a_notice_ends_one_timer_and_starts_the_applicants() -> None:
    found = reckon(("04-07", A.SUBMIT), ("04-08", A.REQUEST_FIX, EventFacts(days=3)))
    assert found[T.NOTICE].ended == day("04-08")
    assert found[T.SUPPLEMENT].due == day("04-13")


def test_a_supplemented_case_counts_as_accepted_on_the_day_it_was_complete() -> None:
    found = reckon(
        ("04-07", A.SUBMIT),
        ("04-08", A.REQUEST_FIX, EventFacts(days=10)),
        ("04-10", A.SUPPLEMENT),
        ("04-14", A.ACCEPT),
    )
    assert found[T.PROMISE].started == found[T.STATUTORY].started == day("04-10")
    assert found[T.SUPPLEMENT].ended == day("04-10")


def test_a_case_nobody_answered_counts_as_accepted_on_the_day_it_was_received() -> None:
    found = reckon(("04-07", A.SUBMIT), ("04-15", A.DEEM_ACCEPTED))
    assert found[T.PROMISE].started == day("04-07")


def test_an_accepted_case_has_two_timers() -> None:
    found = reckon(("04-07", A.SUBMIT), ("04-07", A.ACCEPT), promise=Limit(days=5), statutory=Limit(days=20))
    assert (found[T.PROMISE].due, found[T.STATUTORY].due) == (day("04-14"), day("05-08"))


def test_a_stop_adds_exactly_the_working_days_it_lasted() -> None:
    moved: list[Any] = [("04-07", A.SUBMIT), ("04-07", A.ACCEPT)]
    stopped = [*moved, ("04-09", A.START_SPECIAL, EventFacts(basis="检测", days=3))]
    resumed = [*stopped, ("04-14", A.END_SPECIAL)]
    assert reckon(*moved)[T.PROMISE].due == day("04-21")
    assert reckon(*stopped)[T.PROMISE].due is None
    assert reckon(*stopped)[T.PROMISE].stands_still
    back = reckon(*resumed)[T.PROMISE]
    assert back.due == day("04-24")  # 10, 13 and 14 April did not count
    assert [(stop.since, stop.until, stop.ground, stop.by, stop.told_days) for stop in back.stops] == [
        (day("04-09"), day("04-14"), "检测", "zhang", 3)
    ]
    assert back.stops[0].ended_by == "zhang"


def test_while_the_superior_has_it_only_the_superiors_timer_runs() -> None:
    up: list[Any] = [("04-07", A.SUBMIT), ("04-07", A.ACCEPT), ("04-09", A.REPORT_UP)]
    away = reckon(*up, kind=ItemKind.REPORTED)
    assert away[T.PROMISE].stands_still
    assert away[T.SUPERIOR].due == day("05-11")  # 9 May is a Saturday at work
    back = reckon(*up, ("04-13", A.RETURN_FROM_ABOVE), kind=ItemKind.REPORTED)
    assert back[T.SUPERIOR].ended == day("04-13")
    assert back[T.PROMISE].due == day("04-23")


def test_an_extension_lengthens_both_decision_timers() -> None:
    found = reckon(("04-07", A.SUBMIT), ("04-07", A.ACCEPT), ("04-08", A.EXTEND, EventFacts(days=2)))
    plain = reckon(("04-07", A.SUBMIT), ("04-07", A.ACCEPT))
    for kind in (T.PROMISE, T.STATUTORY):
        due = plain[kind].due
        assert due
        assert found[kind].due == CALENDAR.add_working_days(due, 2).day


@pytest.mark.parametrize("decision", [A.DECIDE, A.SIGN, A.DECIDE_ABOVE])
def test_the_decision_ends_the_timers_and_starts_the_handing_over(decision: CaseAction) -> None:
    found = reckon(("04-07", A.SUBMIT), ("04-07", A.ACCEPT), ("04-09", decision))
    assert found[T.PROMISE].ended == found[T.STATUTORY].ended == day("04-09")
    assert found[T.DELIVERY].due == day("04-23")
    handed = reckon(("04-07", A.SUBMIT), ("04-07", A.ACCEPT), ("04-09", A.DECIDE), ("04-10", A.DELIVER))
    assert handed[T.DELIVERY].ended == day("04-10")


@pytest.mark.parametrize("end", [A.WITHDRAW, A.VOID, A.REFUSE, A.DEEM_WITHDRAWN])
def test_nothing_runs_on_after_a_case_has_ended_early(end: CaseAction) -> None:
    found = reckon(("04-07", A.SUBMIT), ("04-08", A.REQUEST_FIX, EventFacts(days=3)), ("04-09", end))
    assert all(timer.ended for timer in found.values())


def test_a_limit_in_calendar_days_that_ends_on_a_holiday_ends_after_it() -> None:
    limit = Limit(days=10, unit=LimitUnit.DAY)
    found = reckon(("09-21", A.SUBMIT), ("09-21", A.ACCEPT), promise=limit)
    assert found[T.PROMISE].due == day("10-08")


def test_on_the_spot_means_the_same_day() -> None:
    found = reckon(("04-07", A.SUBMIT), ("04-07", A.ACCEPT), promise=Limit(days=0))
    assert found[T.PROMISE].due == day("04-07")
    assert found[T.PROMISE].colour(day("04-07")) is DeadlineColour.DUE


def test_a_year_without_a_notice_makes_the_day_provisional() -> None:
    found = reckon(("12-29", A.SUBMIT), ("12-29", A.ACCEPT))
    assert found[T.PROMISE].provisional
    assert not reckon(("12-21", A.SUBMIT))[T.NOTICE].provisional


def test_a_card_turns_soon_at_seven_tenths_due_on_the_day_and_then_late() -> None:
    promise = reckon(("04-07", A.SUBMIT), ("04-07", A.ACCEPT), promise=Limit(days=10))[T.PROMISE]
    seen = [promise.colour(day(text)) for text in ("04-15", "04-16", "04-20", "04-21", "04-22")]
    calm, soon, due, overdue = (
        DeadlineColour.CALM,
        DeadlineColour.SOON,
        DeadlineColour.DUE,
        DeadlineColour.OVERDUE,
    )
    assert seen == [calm, soon, soon, due, overdue]


def test_the_evening_in_greenwich_is_the_next_day_in_china() -> None:
    evening = datetime.combine(day("04-07"), time(16, 30), UTC)
    one = events(("04-07", A.SUBMIT))[0]
    late = structs.replace(one, at=evening)
    assert deadlines.timers([late], terms(), CALENDAR)[T.NOTICE].started == day("04-08")


@given(
    start=st.dates(date(2024, 1, 2), date(2026, 6, 30)),
    days=st.integers(1, 60),
    ahead=st.integers(0, 120),
)
def test_days_left_and_the_due_day_agree(start: date, days: int, ahead: int) -> None:
    due = CALENDAR.add_working_days(start, days).day
    today = start + timedelta(days=ahead)
    left = deadlines.days_left(due, today, CALENDAR)
    assert left == CALENDAR.working_days_between(today, due)
    assert (left < 0) <= (today > due)
    if left > 0:
        assert CALENDAR.add_working_days(today, left).day == due


HOURS = Limit(days=24, unit=LimitUnit.HOUR)


def accepted_at(at: datetime, *then: tuple[datetime, CaseAction], **more: Any) -> dict[TimerKind, Timer]:
    """A case filed and accepted at one moment, and what came after."""
    said = [(at, A.SUBMIT), (at, A.ACCEPT), *then]
    made = events(*[("04-07", action) for _, action in said])
    moved = [structs.replace(one, at=when) for one, (when, _) in zip(made, said, strict=True)]
    return deadlines.timers(moved, terms(**more), CALENDAR)


def test_a_limit_in_hours_runs_from_the_moment_itself() -> None:
    promise = accepted_at(moment(day("04-08"), 630), promise=HOURS)[T.PROMISE]
    assert promise.due_at == moment(day("04-09"), 630)
    assert (promise.due, promise.soon_on) == (day("04-09"), day("04-09"))
    assert not promise.is_late_at(moment(day("04-09"), 630))
    assert promise.is_late_at(moment(day("04-09"), 631))
    assert not promise.is_late(day("04-09"))


def test_hours_that_end_at_midnight_end_with_that_day() -> None:
    promise = accepted_at(moment(day("04-08"), 0), promise=HOURS)[T.PROMISE]
    assert (promise.due, promise.due_at) == (day("04-08"), moment(day("04-09"), 0))


def test_hours_that_end_on_a_day_of_rest_end_with_the_next_working_day() -> None:
    friday = accepted_at(moment(day("04-10"), 900), promise=HOURS)[T.PROMISE]
    assert (friday.due, friday.due_at) == (day("04-13"), moment(day("04-14"), 0))
    before_holidays = accepted_at(moment(day("09-30"), 900), promise=HOURS)[T.PROMISE]
    assert before_holidays.due == day("10-08")


def test_a_stop_takes_its_own_hours_out() -> None:
    promise = accepted_at(
        moment(day("04-08"), 600),
        (moment(day("04-08"), 660), A.START_SPECIAL),
        (moment(day("04-08"), 780), A.END_SPECIAL),
        promise=HOURS,
    )[T.PROMISE]
    assert promise.due_at == moment(day("04-09"), 720)


def test_an_extension_of_hours_is_in_days() -> None:
    at = moment(day("04-08"), 600)
    made = events(("04-08", A.SUBMIT), ("04-08", A.ACCEPT), ("04-08", A.EXTEND, EventFacts(days=1)))
    found = deadlines.timers(made, terms(promise=HOURS), CALENDAR)[T.PROMISE]
    assert found.due_at == at + timedelta(days=2)


def test_a_decision_in_the_last_hour_is_in_time_and_one_after_it_late() -> None:
    at = moment(day("04-08"), 600)
    on_time = accepted_at(at, (at + timedelta(hours=24), A.DECIDE), promise=HOURS)[T.PROMISE]
    late = accepted_at(at, (at + timedelta(hours=25), A.DECIDE), promise=HOURS)[T.PROMISE]
    now = at + timedelta(days=30)
    assert (on_time.is_late_at(now), late.is_late_at(now)) == (False, True)


def test_working_days_are_late_from_midnight_in_china_on() -> None:
    promise = reckon(("04-07", A.SUBMIT), ("04-07", A.ACCEPT), promise=Limit(days=1))[T.PROMISE]
    midnight = moment(day("04-09"), 0)
    assert promise.due == day("04-08")
    assert not promise.is_late_at(midnight - timedelta(milliseconds=1))
    assert promise.is_late_at(midnight)


@pytest.mark.parametrize("unit", list(LimitUnit))
def test_a_limit_over_the_end_of_the_year_is_provisional_in_every_unit(unit: LimitUnit) -> None:
    limit = Limit(days=72 if unit is LimitUnit.HOUR else 3, unit=unit)
    assert reckon(("12-30", A.SUBMIT), ("12-30", A.ACCEPT), promise=limit)[T.PROMISE].provisional
    assert not reckon(("12-21", A.SUBMIT), ("12-21", A.ACCEPT), promise=limit)[T.PROMISE].provisional


@pytest.mark.plan(39)
def test_both_clocks_run_on_one_case_and_the_promise_ends_first() -> None:
    found = reckon(("04-07", A.SUBMIT), ("04-07", A.ACCEPT), promise=Limit(days=5), statutory=Limit(days=20))
    promised, lawful = found[T.PROMISE].due, found[T.STATUTORY].due
    assert promised
    assert lawful
    assert promised < lawful
    assert deadlines.active(CaseState.REVIEWING) is T.PROMISE


def stopped(start: date, *, after: int, lasting: int, days: int, extra: int = 0) -> Timer:
    """A promise of `days` working days, stopped `after` days from acceptance for `lasting` days."""
    at = moment(start, 600)
    said = [(at, A.SUBMIT, 0), (at, A.ACCEPT, 0)]
    if extra:
        said.append((at, A.EXTEND, extra))
    if lasting:
        said.append((at + timedelta(days=after), A.START_SPECIAL, 0))
        said.append((at + timedelta(days=after + lasting), A.END_SPECIAL, 0))
    made = events(*[("04-07", action, EventFacts(days=given)) for _, action, given in said])
    moved = [structs.replace(one, at=when) for one, (when, _, _) in zip(made, said, strict=True)]
    return deadlines.timers(moved, terms(promise=Limit(days=days)), CALENDAR)[T.PROMISE]


STARTS = st.dates(date(2024, 1, 2), date(2026, 6, 30))


@given(start=STARTS, days=st.integers(5, 30), after=st.integers(0, 4), lasting=st.integers(1, 30))
def test_a_stop_of_n_working_days_moves_the_last_day_by_n(
    start: date, days: int, after: int, lasting: int
) -> None:
    plain = stopped(start, after=0, lasting=0, days=days).due
    moved = stopped(start, after=after, lasting=lasting, days=days).due
    assert plain
    stop = start + timedelta(days=after)
    lost = CALENDAR.working_days_between(stop, stop + timedelta(days=lasting))
    assert moved == CALENDAR.add_working_days(plain, lost).day


@given(start=STARTS, days=st.integers(1, 30), extra=st.integers(1, 15))
def test_an_extension_of_n_working_days_moves_the_last_day_by_n(start: date, days: int, extra: int) -> None:
    plain = stopped(start, after=0, lasting=0, days=days).due
    assert plain
    longer = stopped(start, after=0, lasting=0, days=days, extra=extra).due
    assert longer == CALENDAR.add_working_days(plain, extra).day


@given(start=STARTS, days=st.integers(1, 30), unit=st.sampled_from(list(LimitUnit)))
def test_a_longer_limit_never_ends_earlier_nor_does_a_later_start(
    start: date, days: int, unit: LimitUnit
) -> None:
    def ends(first: date, length: int) -> date:
        at = moment(first, 600)
        found = accepted_at(at, promise=Limit(days=length, unit=unit))[T.PROMISE].due
        assert found
        return found

    assert ends(start, days) <= ends(start, days + 1)
    assert ends(start, days) <= ends(start + timedelta(days=1), days)


@given(
    start=STARTS,
    days=st.integers(1, 30),
    unit=st.sampled_from(list(LimitUnit)),
    off=st.sets(st.integers(1, 40), max_size=6),
)
def test_a_new_holiday_never_brings_a_last_day_nearer(
    start: date, days: int, unit: LimitUnit, off: set[int]
) -> None:
    holidays = [SpecialDay(start + timedelta(days=n), DayKind.OFF, "放假") for n in off]
    busier, calmer = Calendar([]), Calendar(holidays)
    made = events(("04-07", A.SUBMIT), ("04-07", A.ACCEPT))
    moved = [structs.replace(one, at=moment(start, 600)) for one in made]
    said = terms(promise=Limit(days=days, unit=unit))
    before = deadlines.timers(moved, said, busier)[T.PROMISE].due
    after = deadlines.timers(moved, said, calmer)[T.PROMISE].due
    assert before
    assert after
    assert before <= after


def test_a_clock_that_stands_still_is_neither_late_nor_coloured_nor_provisional() -> None:
    still = reckon(("04-07", A.SUBMIT), ("04-07", A.ACCEPT), ("04-09", A.START_SPECIAL))[T.PROMISE]
    far = date(2027, 4, 1)
    assert still.stands_still
    assert not still.is_late(far)
    assert still.colour(far) is DeadlineColour.NONE
    assert not still.provisional
    assert still.stops[0].told_days == 0


@pytest.mark.parametrize(
    ("days", "soon", "due"),
    [
        (0, "04-07", "04-07"),
        (1, "04-07", "04-08"),
        (2, "04-08", "04-09"),
        (3, "04-09", "04-10"),
        (4, "04-10", "04-13"),  # three of four used on Friday: the weekend does not put the warning off
        (10, "04-16", "04-21"),
    ],
)
def test_a_card_warns_at_seven_tenths_or_a_day_before(days: int, soon: str, due: str) -> None:
    promise = reckon(("04-07", A.SUBMIT), ("04-07", A.ACCEPT), promise=Limit(days=days))[T.PROMISE]
    assert (promise.soon_on, promise.due) == (day(soon), day(due))


def test_on_the_spot_on_a_saturday_means_that_saturday() -> None:
    found = reckon(("04-11", A.SUBMIT), ("04-11", A.ACCEPT), promise=Limit(days=0))
    assert found[T.PROMISE].due == day("04-11")


def test_hours_warn_when_seven_tenths_of_them_are_used() -> None:
    limit = Limit(days=96, unit=LimitUnit.HOUR)
    promise = accepted_at(moment(day("04-13"), 600), promise=limit)[T.PROMISE]
    assert (promise.soon_on, promise.due) == (day("04-16"), day("04-17"))


def test_days_left_of_a_limit_in_calendar_days_are_all_days() -> None:
    friday, monday = day("04-10"), day("04-13")
    assert deadlines.days_left(monday, friday, CALENDAR, LimitUnit.DAY) == 3
    assert deadlines.days_left(monday, friday, CALENDAR) == 1
    assert deadlines.days_left(friday, monday, CALENDAR, LimitUnit.DAY) == -3


def test_hours_stopped_put_the_warning_off_too() -> None:
    limit = Limit(days=96, unit=LimitUnit.HOUR)
    monday = moment(day("04-13"), 600)
    promise = accepted_at(
        monday,
        (monday + timedelta(hours=1), A.START_SPECIAL),
        (monday + timedelta(hours=25), A.END_SPECIAL),
        promise=limit,
    )[T.PROMISE]
    assert (promise.soon_on, promise.due) == (day("04-17"), day("04-20"))


def test_no_hours_at_all_mean_the_same_day() -> None:
    promise = accepted_at(moment(day("04-11"), 600), promise=Limit(days=0, unit=LimitUnit.HOUR))[T.PROMISE]
    assert (promise.due, promise.due_at) == (day("04-13"), None)


def test_only_timers_that_run_are_told_as_late() -> None:
    found = reckon(("04-07", A.SUBMIT), ("04-15", A.ACCEPT), promise=Limit(days=5), statutory=Limit(days=20))
    assert found[T.NOTICE].is_late(day("04-30"))  # it ended late, and is over
    assert deadlines.late(found, day("04-22")) == frozenset()
    assert deadlines.late(found, day("04-23")) == {T.PROMISE}


def test_what_was_decided_in_time_never_becomes_late() -> None:
    found = reckon(("04-07", A.SUBMIT), ("04-07", A.ACCEPT), ("04-09", A.DECIDE))
    assert not found[T.PROMISE].is_late(day("12-01"))


def test_every_state_shows_its_own_timer() -> None:
    """Domain, canonical states: which clock runs where."""
    promised = {"accepted", "reviewing", "inspecting", "special", "collective", "legal_sign", "returned_up"}
    shown = {state.value: kind for state in CaseState if (kind := deadlines.active(state))}
    assert shown == {
        "submitted": T.NOTICE,
        "need_fix": T.SUPPLEMENT,
        "reported": T.SUPERIOR,
        "decided": T.DELIVERY,
        "to_collect": T.DELIVERY,
        **dict.fromkeys(promised, T.PROMISE),
    }


@pytest.mark.parametrize(
    ("until", "due"),
    [("04-09", "04-09"), ("04-10", "04-10"), ("04-11", "04-13"), ("04-14", "04-14")],
)
def test_a_clock_stopped_on_its_last_day_still_has_the_day_it_runs_again(until: str, due: str) -> None:
    found = reckon(
        ("04-07", A.SUBMIT),
        ("04-07", A.ACCEPT),
        ("04-09", A.START_SPECIAL),
        (until, A.END_SPECIAL),
        promise=Limit(days=2),
    )
    assert found[T.PROMISE].due == day(due)


def test_papers_brought_straight_to_the_window_start_the_clock_on_that_day() -> None:
    found = reckon(
        ("04-07", A.SUBMIT),
        ("04-08", A.REQUEST_FIX, EventFacts(days=5)),
        ("04-13", A.ACCEPT),
        promise=Limit(days=2),
    )
    assert (found[T.PROMISE].started, found[T.PROMISE].due) == (day("04-13"), day("04-15"))
    assert found[T.SUPPLEMENT].ended == day("04-13")


@pytest.mark.parametrize(
    ("today", "late"), [("04-10", None), ("04-11", 0), ("04-12", 0), ("04-13", 1), ("04-15", 3)]
)
def test_days_late_are_working_days_after_the_promised_one(today: str, late: int | None) -> None:
    assert deadlines.days_late(day("04-10"), day(today), CALENDAR) == late
    assert deadlines.days_late(None, day(today), CALENDAR) is None


def test_a_stop_after_the_last_day_hides_no_lateness() -> None:
    late = reckon(
        ("04-07", A.SUBMIT),
        ("04-07", A.ACCEPT),
        ("04-13", A.START_SPECIAL),
        ("04-20", A.END_SPECIAL),
        promise=Limit(days=2),
    )
    assert late[T.PROMISE].due == day("04-09")


@pytest.mark.plan(37)
def test_a_case_taken_up_again_in_review_has_its_whole_time_once_more() -> None:
    said = (
        ("04-07", A.SUBMIT),
        ("04-07", A.ACCEPT),
        ("04-08", A.START_SPECIAL, EventFacts(basis="检测")),
        ("04-09", A.END_SPECIAL),
        ("04-10", A.EXTEND, EventFacts(days=5)),
        ("04-13", A.DECIDE),
        ("04-14", A.FINISH),
        ("06-18", A.REOPEN),
    )
    *before, again = events(*said)
    history = [*before, structs.replace(again, after=CaseState.REVIEWING)]
    found = deadlines.timers(history, terms(promise=Limit(days=2), statutory=Limit(days=20)), CALENDAR)
    assert set(found) == {T.NOTICE, T.PROMISE, T.STATUTORY}  # nothing is to be handed over any more
    assert (found[T.PROMISE].due, found[T.STATUTORY].due) == (day("06-23"), day("07-17"))
    assert found[T.NOTICE].ended == day("06-18")
    for kind in (T.PROMISE, T.STATUTORY):
        one = found[kind]
        assert (one.started, one.ended, one.stops, one.extended_days) == (day("06-18"), None, (), 0)
    submitted = [*before, structs.replace(again, after=CaseState.SUBMITTED)]
    anew = deadlines.timers(submitted, terms(promise=Limit(days=2)), CALENDAR)
    assert {kind: timer.due for kind, timer in anew.items()} == {T.NOTICE: day("06-26")}


@pytest.mark.plan(38, 48)
def test_what_the_superior_wants_of_the_applicant_stops_no_clock() -> None:
    said = (
        ("04-07", A.SUBMIT),
        ("04-07", A.ACCEPT),
        ("04-08", A.REPORT_UP),
        ("04-09", A.RETURN_FROM_ABOVE),
        ("04-10", A.REQUEST_FIX, EventFacts(days=5)),
        ("04-13", A.SUPPLEMENT),
    )
    back = [
        structs.replace(one, before=CaseState.RETURNED_UP) if number > 3 else one
        for number, one in enumerate(events(*said))
    ]
    asked, handed = (
        deadlines.timers(back[:upto], terms(kind=ItemKind.REPORTED), CALENDAR) for upto in (5, 6)
    )
    assert asked[T.SUPPLEMENT].due == day("04-17")
    assert (handed[T.SUPPLEMENT].ended, handed[T.NOTICE].started) == (day("04-13"), day("04-07"))
    for kind in (T.PROMISE, T.STATUTORY):
        assert asked[kind].due == handed[kind].due is not None
        assert [(stop.since, stop.until) for stop in handed[kind].stops] == [(day("04-08"), day("04-09"))]


def test_every_stop_is_kept_and_stops_both_decision_timers() -> None:
    found = reckon(
        ("04-07", A.SUBMIT),
        ("04-07", A.ACCEPT),
        ("04-08", A.START_SPECIAL, EventFacts(basis="检测")),
        ("04-09", A.END_SPECIAL),
        ("04-10", A.REPORT_UP),
        ("04-14", A.RETURN_FROM_ABOVE),
        kind=ItemKind.REPORTED,
    )
    for kind in (T.PROMISE, T.STATUTORY):
        assert [(stop.ground, stop.since, stop.until) for stop in found[kind].stops] == [
            ("检测", day("04-08"), day("04-09")),
            ("上报上级部门", day("04-10"), day("04-14")),
        ]
