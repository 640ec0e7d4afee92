"""Free times as a page of days: what is left, what is full, what is over."""

from datetime import date

from api_spec.china_time import moment
from api_spec.vocabulary import DayPeriod
from backend.appointments.offers import FreeDay, WindowDay, days_of
from backend.appointments.policy import BookingPolicy
from backend.appointments.slots import OpenTime

DAY = date(2026, 3, 2)
MORNING, AFTERNOON = (480, 600), (840, 900)


def offered(taken: dict[int, int], *, at_minute: int) -> FreeDay:
    """One window, two places in each hour of 08:00–10:00 and 14:00–15:00."""
    window = WindowDay(
        OpenTime(window_id="w", day=DAY, stretches=(MORNING, AFTERNOON), slot_minutes=60, capacity=2)
    )
    places = {(DAY.isoformat(), start): count for start, count in taken.items()}
    [day] = days_of([DAY], [(window, places)], at=moment(DAY, at_minute), policy=BookingPolicy())
    return day


def test_a_half_day_is_full_when_every_place_still_to_come_is_taken() -> None:
    day = offered({480: 2, 540: 2, 840: 1}, at_minute=0)
    assert (day.full, day.places) == ((DayPeriod.MORNING,), 1)


def test_a_whole_day_is_full_and_has_no_place() -> None:
    day = offered({480: 2, 540: 2, 840: 2}, at_minute=0)
    assert (day.full, day.times, day.places) == (tuple(DayPeriod), (), 0)


def test_what_is_over_is_not_called_full() -> None:
    day = offered({480: 2, 540: 2}, at_minute=13 * 60)
    assert (day.full, day.places) == ((), 2)
