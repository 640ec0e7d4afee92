"""Who is called next: fair, the same whoever looks, and nobody is forgotten."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_spec.vocabulary import Lane, Priority, WindowType
from backend.appointments.line import QueuePolicy, calling_order, next_up, rejoined, run_of
from backend.appointments.ticket import Ticket, called, new_ticket, preferred, sent_on, ticket_label

NINE = datetime.fromisoformat("2026-03-02T01:00:00+00:00")
POLICY = QueuePolicy()
HALF_HOUR = timedelta(minutes=30)


def came(number: int, minute: int, *, booked: int | None = None, priority: Priority | None = None) -> Ticket:
    """Somebody who came `minute` minutes after nine, booked for `booked` minutes after nine."""
    starts = None if booked is None else NINE + timedelta(minutes=booked)
    return new_ticket(
        WindowType.SOCIAL,
        number,
        starts_at=starts,
        ends_at=None if starts is None else starts + HALF_HOUR,
        priority=priority,
        at=NINE + timedelta(minutes=minute),
    )


def order(waiting: Iterable[Ticket], minute: int, *, run: int = 0) -> list[str]:
    at = NINE + timedelta(minutes=minute)
    return [one.label for one in calling_order(waiting, run=run, at=at, policy=POLICY)]


def test_a_ticket_is_a_letter_of_the_window_and_a_number_that_can_be_said() -> None:
    assert [ticket_label(queue, 12) for queue in WindowType][:3] == ["A012", "B012", "C012"]
    assert len({ticket_label(queue, 1) for queue in WindowType}) == len(WindowType)
    assert ticket_label(WindowType.UTILITY, 1000) == "H1000"


def test_two_who_are_preferred_then_one_walk_in() -> None:
    elders = [came(number, 0, priority=Priority.ELDERLY) for number in (3, 4, 5)]
    assert order([came(1, 0), came(2, 0), *elders], 1) == ["A003", "A004", "A001", "A005", "A002"]
    assert order([came(1, 0), *elders], 1, run=2) == ["A001", "A003", "A004", "A005"]


def test_a_booked_person_is_due_at_the_booked_time_and_walk_ins_go_on_before_it() -> None:
    booked, walk_in = came(1, 0, booked=30), came(2, 20)
    assert order([booked, walk_in], 29) == ["A002", "A001"]
    assert order([booked, walk_in], 30) == ["A001", "A002"]
    alone = next_up([booked], window_id="w", run=0, at=NINE, policy=POLICY)
    assert alone is booked


def test_whoever_comes_a_little_late_keeps_the_booked_time_and_after_it_stands_with_the_walk_ins() -> None:
    assert (came(1, 29, booked=0).lane, came(1, 29, booked=0).turn_at) == (Lane.BOOKED, NINE)
    late = came(1, 30, booked=0)
    assert (late.lane, late.turn_at, late.due_at) == (Lane.WALK_IN, NINE + HALF_HOUR, NINE + HALF_HOUR)


def test_waiting_counts_from_the_booked_time_for_whoever_comes_before_it() -> None:
    assert came(1, 0, booked=30).due_at == NINE + HALF_HOUR
    assert came(1, 40, booked=30).due_at == NINE + timedelta(minutes=40)


def test_a_priority_counts_from_arrival_also_with_a_later_booking() -> None:
    both = came(1, 5, booked=60, priority=Priority.PREGNANT)
    assert (both.lane, both.turn_at) == (Lane.PRIORITY, NINE + timedelta(minutes=5))


def test_a_ticket_for_one_window_is_called_there_only() -> None:
    only = replace(came(1, 0), only_window_id="w3")
    assert next_up([only], window_id="w1", run=0, at=NINE, policy=POLICY) is None
    assert next_up([only, came(2, 1)], window_id="w3", run=0, at=NINE, policy=POLICY) is only


def test_whoever_missed_a_call_comes_back_behind_three_of_their_lane() -> None:
    waiting = [came(number, number) for number in range(2, 7)]
    back = rejoined(came(1, 0), waiting, at=NINE + HALF_HOUR, policy=POLICY)
    assert order([*waiting, back], 31) == ["A002", "A003", "A004", "A001", "A005", "A006"]
    assert order([came(2, 2), rejoined(came(1, 0), [came(2, 2)], at=NINE, policy=POLICY)], 31) == [
        "A002",
        "A001",
    ]


def test_a_missed_booking_is_used_up_and_a_priority_is_not() -> None:
    assert rejoined(came(1, 0, booked=0), [], at=NINE, policy=POLICY).lane is Lane.WALK_IN
    elder = came(1, 0, priority=Priority.ELDERLY)
    assert rejoined(elder, [], at=NINE, policy=POLICY).lane is Lane.PRIORITY


def test_a_transferred_ticket_keeps_number_and_age_and_is_called_before_those_who_came_later() -> None:
    sent = sent_on(
        called(came(1, 0), "w1", call_no=1, at=NINE), WindowType.LAND, only_window_id=None, at=NINE
    )
    there = replace(came(7, 10), label="C007", queue=WindowType.LAND)
    assert order([there, sent], 20) == ["A001", "C007"]
    assert (sent.call_no, sent.first_called_at, sent.open_window_id) == (None, None, None)


def test_whoever_is_put_first_later_keeps_their_age() -> None:
    elders = [came(number, 10, priority=Priority.ELDERLY) for number in (5, 6)]
    noticed = preferred(came(1, 0), Priority.PREGNANT)
    assert order([*elders, came(2, 0), noticed], 11) == ["A001", "A005", "A002", "A006"]
    early = preferred(came(3, 5, booked=30), Priority.DISABLED)
    assert (early.lane, early.turn_at) == (Lane.PRIORITY, NINE + timedelta(minutes=5))


def test_the_run_ends_at_the_last_walk_in() -> None:
    assert run_of([]) == 0
    assert run_of([Lane.WALK_IN, Lane.BOOKED]) == 0
    assert run_of([Lane.PRIORITY, Lane.BOOKED, Lane.WALK_IN, Lane.BOOKED]) == 2


TICKETS = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=60),
        st.sampled_from([None, 0, 30, 60]),
        st.sampled_from([None, Priority.ELDERLY]),
    ),
    max_size=12,
).map(
    lambda drawn: [
        came(number, minute, booked=booked, priority=priority)
        for number, (minute, booked, priority) in enumerate(drawn, 1)
    ]
)


@given(waiting=TICKETS, data=st.data(), run=st.integers(min_value=0, max_value=5))
def test_the_order_never_depends_on_who_looks_or_how_the_list_came(
    waiting: list[Ticket], data: st.DataObject, run: int
) -> None:
    shuffled = data.draw(st.permutations(waiting))
    assert order(waiting, 60, run=run) == order(shuffled, 60, run=run)
    assert sorted(order(waiting, 60, run=run)) == sorted(one.label for one in waiting)


@given(waiting=TICKETS, run=st.integers(min_value=0, max_value=5), minute=st.sampled_from([0, 30, 60]))
def test_within_a_lane_nobody_overtakes(waiting: list[Ticket], run: int, minute: int) -> None:
    place = {label: rank for rank, label in enumerate(order(waiting, minute, run=run))}
    for lane in (Lane.WALK_IN, Lane.PRIORITY):
        mine = [
            one for one in waiting if one.lane is lane and one.turn_at <= NINE + timedelta(minutes=minute)
        ]
        for one in mine:
            assert all(place[one.label] < place[other.label] for other in mine if one.turn_at < other.turn_at)


class Hall:
    """A queue that goes on for ever: after each call somebody preferred comes."""

    def __init__(self, waiting: Sequence[Ticket]) -> None:
        self.waiting = list(waiting)
        self.run = 0
        self.number = 100

    def call(self, minute: int) -> Ticket:
        at = NINE + timedelta(minutes=minute)
        chosen = next_up(self.waiting, window_id="w", run=self.run, at=at, policy=POLICY)
        assert chosen is not None
        self.waiting.remove(chosen)
        self.run = self.run + 1 if chosen.is_preferred else 0
        self.number += 1
        self.waiting.append(came(self.number, minute, priority=Priority.SOLDIER))
        return chosen


@given(waiting=TICKETS.filter(bool))
def test_nobody_starves_however_many_preferred_people_come(waiting: list[Ticket]) -> None:
    """A walk-in is called within three calls for each walk-in before them; a preferred one within twice their rank."""
    hall = Hall(waiting)
    calls = [hall.call(minute).label for minute in range(61, 61 + 4 * len(waiting) + 4)]
    assert {one.label for one in waiting} <= set(calls)
    ordinary = sorted(
        (one for one in waiting if not one.is_preferred), key=lambda one: (one.turn_at, one.label)
    )
    for rank, one in enumerate(ordinary):
        assert calls.index(one.label) < 3 * (rank + 1)


@pytest.mark.parametrize("arrivals", list(permutations(range(3))))
def test_people_of_one_minute_go_by_their_numbers(arrivals: tuple[int, ...]) -> None:
    waiting = [came(number + 1, 0) for number in arrivals]
    assert order(waiting, 1) == ["A001", "A002", "A003"]
