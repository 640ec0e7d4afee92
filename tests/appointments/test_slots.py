"""Which times are offered, and when the next day's are released."""

from datetime import UTC, date, datetime, timedelta

import pytest

from api_spec.china_time import moment
from api_spec.errors import ErrorCode
from api_spec.vocabulary import DayPeriod
from backend.appointments.policy import BookingPolicy
from backend.appointments.slots import (
    OpenTime,
    last_day_on_offer,
    may_book,
    refuse_begun,
    refuse_day,
    slots_of,
)
from backend.faults import Fault

DAY = date(2026, 3, 2)
POLICY = BookingPolicy(horizon_days=14)


def open_time(*stretches: tuple[int, int], minutes: int = 30, capacity: int = 3) -> OpenTime:
    return OpenTime(
        window_id="w", day=DAY, stretches=stretches, slot_minutes=minutes, capacity=capacity, note="调休上班"
    )


def test_morning_and_afternoon_are_cut_into_equal_slots() -> None:
    slots = slots_of(open_time((510, 720), (870, 990), minutes=60))
    assert [slot.hours for slot in slots] == [
        "08:30-09:30",
        "09:30-10:30",
        "10:30-11:30",
        "14:30-15:30",
        "15:30-16:30",
    ]
    assert [slot.period for slot in slots][2:4] == [DayPeriod.MORNING, DayPeriod.AFTERNOON]
    assert {(slot.capacity, slot.note) for slot in slots} == {(3, "调休上班")}


def test_a_closed_day_and_a_window_without_bookable_places_offer_nothing() -> None:
    assert slots_of(open_time()) == ()
    assert slots_of(open_time((510, 720), capacity=0)) == ()


def test_a_slot_is_known_by_window_day_and_start() -> None:
    slots = slots_of(open_time((510, 720)))
    assert len({slot.id for slot in slots}) == len(slots)
    assert [slot.id for slot in slots] == [slot.id for slot in slots_of(open_time((510, 720), capacity=9))]
    assert all(len(slot.id) == 32 for slot in slots)


def test_the_next_day_is_released_at_eight_in_the_morning() -> None:
    before, after = moment(DAY, 8 * 60) - timedelta(seconds=1), moment(DAY, 8 * 60)
    assert last_day_on_offer(before, POLICY) == DAY + timedelta(days=13)
    assert last_day_on_offer(after, POLICY) == DAY + timedelta(days=14)


def test_late_in_the_evening_utc_the_next_chinese_day_counts() -> None:
    assert last_day_on_offer(datetime(2026, 3, 1, 16, 30, tzinfo=UTC), POLICY) == DAY + timedelta(days=13)


def test_a_slot_that_has_begun_is_closed_to_booking() -> None:
    slot = slots_of(open_time((510, 720)))[0]
    assert may_book(slot, at=slot.starts_at - timedelta(seconds=1), policy=POLICY)
    assert not may_book(slot, at=slot.starts_at, policy=POLICY)
    with pytest.raises(Fault) as refused:
        refuse_begun(slot, at=slot.starts_at)
    assert refused.value.code is ErrorCode.SLOT_CLOSED
    assert refused.value.facts["reason"] == "begun"


def test_a_slot_beyond_the_released_days_is_closed_to_booking() -> None:
    slot = slots_of(open_time((510, 720)))[0]
    early = slot.starts_at - timedelta(days=15)
    assert not may_book(slot, at=early, policy=POLICY)
    with pytest.raises(Fault) as refused:
        refuse_day(DAY, at=early, policy=POLICY)
    assert refused.value.facts["reason"] == "not_released"


def test_a_day_that_is_over_is_closed_however_long_ago() -> None:
    for day in (DAY - timedelta(days=1), date.min):
        with pytest.raises(Fault) as refused:
            refuse_day(day, at=moment(DAY, 0), policy=POLICY)
        assert refused.value.facts["reason"] == "over"
