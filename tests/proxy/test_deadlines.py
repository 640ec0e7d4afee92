"""When an errand should be done: the promise runs from taking it on and stands still while it is suspended."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from api_spec.catalogue import Limit
from api_spec.vocabulary import ErrandAction as A
from api_spec.vocabulary import ErrandState as S
from api_spec.vocabulary import LimitUnit, Role
from backend.proxy.deadlines import NO_DAY, dues
from backend.proxy.errand import Event, EventFacts
from tests.proxy.office import CALENDAR

THREE_DAYS = Limit(days=3)


def event(action: A, day: int, month: int = 4) -> Event:
    return Event(
        errand_id="e" * 32,
        seq=1,
        at=datetime(2026, month, day, 2, tzinfo=UTC),
        actor_id="centre",
        actor_role=Role.CENTRE_STAFF,
        action=action,
        before=S.CONSENTED,
        after=S.TAKEN,
        note="",
        facts=EventFacts(),
        prev_hash="",
        hash="",
    )


@pytest.mark.parametrize(
    ("events", "limit", "due"),
    [
        pytest.param([event(A.CONSENT, 7)], THREE_DAYS, NO_DAY, id="not taken yet"),
        pytest.param([event(A.TAKE, 7)], THREE_DAYS, date(2026, 4, 10), id="three working days"),
        pytest.param([event(A.TAKE, 30)], THREE_DAYS, date(2026, 5, 8), id="over the May holiday"),
        pytest.param([event(A.TAKE, 7)], Limit(days=0), date(2026, 4, 7), id="the same day"),
        pytest.param(
            [event(A.TAKE, 30)],
            Limit(days=2, unit=LimitUnit.DAY),
            date(2026, 5, 6),
            id="a limit in days that ends in a holiday",
        ),
        pytest.param(
            [event(A.TAKE, 7)], Limit(days=24, unit=LimitUnit.HOUR), date(2026, 4, 8), id="a day in hours"
        ),
        pytest.param([event(A.TAKE, 7), event(A.SUSPEND, 8)], THREE_DAYS, NO_DAY, id="standing still"),
        pytest.param(
            [event(A.TAKE, 7), event(A.SUSPEND, 8), event(A.RESUME, 14)],
            THREE_DAYS,
            date(2026, 4, 16),
            id="two days left after standing still",
        ),
        pytest.param(
            [event(A.TAKE, 7), event(A.SUSPEND, 10), event(A.RESUME, 18)],
            THREE_DAYS,
            date(2026, 4, 20),
            id="suspended on its last day, resumed on a Saturday",
        ),
        pytest.param([event(A.TAKE, 7), event(A.COMPLETE, 8)], THREE_DAYS, NO_DAY, id="done"),
    ],
)
def test_the_promise_ends_where_it_should(events: Sequence[Event], limit: Limit, due: date) -> None:
    found = dues(events, limit, CALENDAR)
    assert found.due_on == due
    assert found.soon_on <= due


def test_it_warns_one_counted_day_before() -> None:
    assert dues([event(A.TAKE, 7)], THREE_DAYS, CALENDAR).soon_on == date(2026, 4, 9)


def test_a_year_without_published_holidays_is_marked() -> None:
    assert dues([event(A.TAKE, 30, month=12)], THREE_DAYS, CALENDAR).provisional
