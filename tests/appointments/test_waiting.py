"""How long it may take: a range from today's people, never a promise; and the figures of days that are over."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from api_spec.vocabulary import AppointmentState, Lane, WindowType
from backend.appointments.hall_day import HallDay
from backend.appointments.line import QueuePolicy
from backend.appointments.ticket import Queued, Ticket
from backend.appointments.waiting import Estimate, Pace, estimate, figures, open_time, pace_of

NINE = datetime.fromisoformat("2026-03-02T01:00:00+00:00")
POLICY = QueuePolicy()
PACE = Pace(4, 8)


def minutes(*each: float) -> list[timedelta]:
    return [timedelta(minutes=one) for one in each]


def entry(
    number: int,
    *,
    wait: float | None,
    service: float | None = None,
    state: AppointmentState = AppointmentState.SERVED,
    queue: WindowType = WindowType.SOCIAL,
    lane: Lane = Lane.WALK_IN,
    call_no: int | None = None,
) -> Queued:
    first = None if wait is None else NINE + timedelta(minutes=wait)
    return Queued(
        id=f"{number:032x}",
        code="",
        version=1,
        state=state,
        calls=1,
        window_id="w",
        day=date(2026, 3, 2),
        start=None,
        item_id="",
        item_name="",
        ended_at=None if first is None or service is None else first + timedelta(minutes=service),
        ticket=Ticket(
            label=f"A{number:03}",
            queue=queue,
            lane=lane,
            turn_at=NINE,
            due_at=NINE,
            issued_at=NINE,
            first_called_at=first,
            called_at=first,
            call_no=call_no,
        ),
    )


def test_before_enough_were_served_the_policy_is_believed_and_then_the_day() -> None:
    assert pace_of(minutes(1, 1), POLICY) == Pace(POLICY.least_minutes, POLICY.most_minutes)
    assert pace_of(minutes(2, 4, 6, 8, 10), POLICY) == Pace(4, 8)


def test_a_button_pressed_twice_and_a_forgotten_ticket_are_not_measured() -> None:
    assert pace_of(minutes(0.1, 5, 5, 5, 600), POLICY) == Pace(5, 5)


def test_only_the_latest_twenty_count() -> None:
    assert pace_of(minutes(*[60] * 30, *[5] * 20), POLICY) == Pace(5, 5)


@pytest.mark.parametrize(
    ("ahead", "windows", "free", "pause", "expected"),
    [
        (0, 1, 1, 0, Estimate(0, 0)),
        (0, 1, 0, 0, Estimate(0, 10)),
        (1, 3, 2, 0, Estimate(0, 0)),
        (6, 3, 0, 0, Estimate(5, 25)),
        (6, 1, 0, 0, Estimate(20, 60)),
        (0, 1, 0, 90, Estimate(90, 100)),
        (3, 0, 0, 0, Estimate(10, 35)),
    ],
)
def test_the_range_follows_people_windows_and_the_break(
    ahead: int, windows: int, free: int, pause: int, expected: Estimate
) -> None:
    assert estimate(ahead, windows=windows, free=free, pace=PACE, pause_minutes=pause) == expected


def test_a_longer_queue_never_promises_less() -> None:
    ranges = [estimate(ahead, windows=2, free=0, pace=PACE) for ahead in range(40)]
    assert all(a.low <= b.low and a.high <= b.high for a, b in pairwise(ranges))
    assert all(one.low < one.high for one in ranges)


def test_the_range_is_said_in_words() -> None:
    assert [
        Estimate(0, 0).text(0),
        Estimate(0, 0).text(1),
        Estimate(0, 10).text(2),
        Estimate(10, 25).text(5),
    ] == [
        "不用等",
        "很快叫到",
        "10 分钟以内",
        "约 10–25 分钟",
    ]


def test_a_lunch_break_keeps_nobody_waiting() -> None:
    hours = [(NINE, NINE + timedelta(hours=3)), (NINE + timedelta(hours=5), NINE + timedelta(hours=8))]
    ten_to_twelve = NINE + timedelta(hours=2, minutes=50)
    assert open_time(hours, ten_to_twelve, NINE + timedelta(hours=5, minutes=20)) == timedelta(minutes=30)
    assert open_time(hours, NINE - timedelta(hours=1), NINE) == timedelta(0)


def test_a_days_figures_count_everybody_and_measure_whom_they_can() -> None:
    rows = figures(
        [
            *(entry(number, wait=number, service=5) for number in range(1, 11)),
            entry(11, wait=100, state=AppointmentState.MISSED),
            entry(12, wait=None, state=AppointmentState.EXPIRED),
            entry(13, wait=1, service=1, queue=WindowType.LAND),
        ]
    )
    land, social = rows
    assert (land.queue, land.wait_p90_s) == (WindowType.LAND, 60)
    assert (social.tickets, social.called, social.served, social.missed, social.left) == (12, 11, 10, 1, 1)
    assert (social.wait_median_s, social.wait_p90_s) == (6 * 60, 10 * 60)
    assert (social.service_median_s, social.service_p90_s) == (300, 300)


def test_a_day_without_calls_has_no_times() -> None:
    (row,) = figures([entry(1, wait=None, state=AppointmentState.EXPIRED)])
    assert (row.wait_median_s, row.wait_p90_s, row.service_median_s, row.service_p90_s) == (None,) * 4


def test_the_run_of_a_day_follows_the_order_of_calls_not_of_tickets() -> None:
    day = HallDay(
        [
            entry(1, wait=1, call_no=3, lane=Lane.PRIORITY),
            entry(2, wait=1, call_no=1, lane=Lane.BOOKED),
            entry(3, wait=1, call_no=2),
            entry(4, wait=1, call_no=9, queue=WindowType.LAND),
        ]
    )
    assert (day.run(WindowType.SOCIAL), day.next_call_no(WindowType.SOCIAL)) == (1, 4)
    assert (day.run(WindowType.FINANCE), day.next_call_no(WindowType.FINANCE)) == (0, 1)
