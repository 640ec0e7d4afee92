"""How long a case took: working time, step by step, and every stretch that was left out."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from api_spec.china_time import moment
from api_spec.vocabulary import CaseAction as A
from api_spec.vocabulary import CaseState as S
from backend.cases import deadlines
from backend.cases.case import Event, EventFacts
from backend.cases.elapsed import CaseTime, Counted, Elapsed, case_time, half_day_text, ledger, steps
from backend.cases.timer import Stop
from tests.cases.office import CALENDAR
from tests.cases.test_deadlines import events, terms


def at(text: str, clock: str = "10:00") -> datetime:
    hour, minute = clock.split(":")
    return moment(date.fromisoformat(f"2026-{text}"), int(hour) * 60 + int(minute))


def walk(*turns: tuple[datetime, A, S]) -> list[Event]:
    """A history as it was walked, from the draft on."""
    made = events(*[("04-07", action, EventFacts(basis="检测")) for _, action, _ in turns])
    states = [S.DRAFT, *(state for _, _, state in turns)]
    return [
        structs.replace(one, at=when, before=before, after=after)
        for one, (when, _, _), (before, after) in zip(made, turns, pairwise(states), strict=True)
    ]


def timed(history: list[Event], *, now: datetime) -> CaseTime:
    found = case_time(history, deadlines.timers(history, terms(), CALENDAR), CALENDAR, at=now)
    assert found is not None
    return found


LONG = walk(
    (at("04-07"), A.SUBMIT, S.SUBMITTED),
    (at("04-08"), A.ACCEPT, S.ACCEPTED),
    (at("04-08", "16:00"), A.FIRST_REVIEW, S.REVIEWING),
    (at("04-09", "10:00"), A.START_SPECIAL, S.SPECIAL),
    (at("04-13", "10:00"), A.END_SPECIAL, S.REVIEWING),
    (at("04-14", "10:00"), A.DECIDE, S.DECIDED),
    (at("04-15", "10:00"), A.FINISH, S.FINISHED),
)


@pytest.mark.plan(38, 52)
def test_days_of_rest_and_special_time_are_left_out_and_named() -> None:
    found = timed(LONG, now=at("06-01"))
    assert (found.elapsed.time, found.ended) == (timedelta(days=2), at("04-14"))
    assert (found.stopped, found.rest) == (timedelta(days=4), timedelta())
    assert [(one.counted, one.ground, one.by) for one in found.ledger] == [
        (Counted.WORKING, "", ""),
        (Counted.STOPPED, "检测", "zhang"),
        (Counted.WORKING, "", ""),
    ]


def test_every_step_has_its_own_time_and_who_ended_it() -> None:
    found = timed(LONG, now=at("06-01"))
    shown = [(step.state, step.elapsed.hundredths, step.by) for step in found.steps]
    assert shown == [
        (S.SUBMITTED, 100, "zhang"),
        (S.ACCEPTED, 25, "zhang"),
        (S.REVIEWING, 75, "zhang"),
        (S.SPECIAL, 0, "zhang"),
        (S.REVIEWING, 100, "zhang"),
        (S.DECIDED, 100, "zhang"),
    ]


def test_a_step_that_lasts_is_counted_until_now() -> None:
    found = timed(LONG[:3], now=at("04-13", "22:00"))
    last = found.steps[-1]
    assert (last.state, last.until, last.by) == (S.REVIEWING, None, "")
    assert last.elapsed.time == timedelta(days=3, hours=6)  # a weekend lies between
    assert found.rest == timedelta(days=2)
    assert [one.ground for one in found.ledger] == ["", "周末", ""]


def test_a_holiday_is_left_out_under_its_name() -> None:
    entries = ledger(at("09-24", "12:00"), at("09-28", "12:00"), [], CALENDAR)
    assert [(one.ground, one.length) for one in entries] == [
        ("", timedelta(hours=12)),
        ("中秋节", timedelta(days=3)),
        ("", timedelta(hours=12)),
    ]


def test_a_case_nobody_accepted_has_no_time_yet() -> None:
    submitted = LONG[:1]
    assert (
        case_time(submitted, deadlines.timers(submitted, terms(), CALENDAR), CALENDAR, at=at("04-09")) is None
    )


def test_a_clock_that_went_back_makes_no_negative_time() -> None:
    assert timed(LONG[:2], now=at("04-01")).elapsed == Elapsed()


@pytest.mark.parametrize(
    ("time", "days", "hundredths", "half_days"),
    [
        (timedelta(), 0, 0, 0),
        (timedelta(milliseconds=1), 0, 1, 1),
        (timedelta(hours=12), 0, 50, 1),
        (timedelta(hours=12, seconds=1), 0, 51, 2),
        (timedelta(days=3, hours=6), 3, 325, 7),
    ],
)
def test_a_fraction_of_a_day_is_rounded_up(
    time: timedelta, days: int, hundredths: int, half_days: int
) -> None:
    elapsed = Elapsed(time)
    assert (elapsed.days, elapsed.hundredths, elapsed.half_days) == (days, hundredths, half_days)


def test_noon_is_afternoon() -> None:
    assert half_day_text(at("04-09", "11:59")) == "4月9日上午"
    assert half_day_text(at("04-09", "12:00")) == "4月9日下午"


MINUTES = st.integers(0, 60 * 24 * 60)


@given(
    start=st.dates(date(2025, 1, 2), date(2026, 9, 30)),
    minute=st.integers(0, 1439),
    length=MINUTES,
    cuts=st.lists(st.tuples(MINUTES, MINUTES), max_size=3),
)
def test_the_ledger_has_no_hole_and_adds_up(
    start: date, minute: int, length: int, cuts: list[tuple[int, int]]
) -> None:
    began = moment(start, minute)
    until = began + timedelta(minutes=length)
    bounds = sorted({minute for cut in cuts for minute in cut})
    stops = [
        Stop(
            since=start,
            since_at=began + timedelta(minutes=one),
            until_at=began + timedelta(minutes=other),
            until=start,
            ground="检测",
            by="li",
            told_days=0,
        )
        for one, other in zip(bounds[::2], bounds[1::2], strict=False)
    ]
    entries = ledger(began, until, stops, CALENDAR)
    assert sum((one.length for one in entries), timedelta()) == until - began
    assert all(one.until == other.since for one, other in pairwise(entries))
    assert all(one.length > timedelta() for one in entries)
    stopped = sum((one.length for one in entries if one.counted is Counted.STOPPED), timedelta())
    meant = sum((max(timedelta(), min(s.until_at or until, until) - s.since_at) for s in stops), timedelta())
    assert stopped == meant


def test_steps_from_acceptance_to_decision_add_up_to_the_whole() -> None:
    found = timed(LONG, now=at("06-01"))
    ended = found.ended
    assert ended
    within = [step for step in found.steps if step.since >= found.began and (step.until or ended) <= ended]
    assert sum((step.elapsed.time for step in within), timedelta()) == found.elapsed.time


@pytest.mark.parametrize("end", [S.FINISHED, S.WITHDRAWN, S.NOT_ACCEPTED, S.VOIDED, S.ARCHIVED])
def test_nothing_lasts_any_longer_in_a_state_that_ends_a_case(end: S) -> None:
    history = walk((at("04-07"), A.SUBMIT, S.SUBMITTED), (at("04-08"), A.ADD_NOTE, end))
    shown = steps(history, (), CALENDAR, at=at("06-01"))
    assert [step.state for step in shown] == [S.SUBMITTED]


def test_a_case_without_events_has_no_steps() -> None:
    assert steps([], (), CALENDAR, at=at("06-01")) == ()


def test_time_stands_still_until_now_while_a_stop_lasts() -> None:
    found = timed(LONG[:4], now=at("04-15"))
    assert found.elapsed.time == timedelta(days=1)
    assert found.stopped == timedelta(days=6)
    assert found.ledger[-1].until == at("04-15")
