"""The stations of an errand as its applicant sees them."""

import pytest

from api_spec.vocabulary import ErrandState as S
from backend.proxy.own_way import STATIONS, way


@pytest.mark.plan(24)
@pytest.mark.parametrize(
    ("state", "passed"),
    [(S.REQUESTED, 1), (S.CONSENTED, 2), (S.TAKEN, 3), (S.SUBMITTED_TO_PARTNER, 4), (S.DONE, 5)],
)
def test_each_state_has_reached_one_station_more(state: S, passed: int) -> None:
    stations = way(state)
    assert tuple(each.name for each in stations) == STATIONS
    assert [each.did for each in stations] == [place < passed for place in range(len(STATIONS))]


def test_a_suspended_errand_stays_where_it_was_and_an_ended_one_has_no_way() -> None:
    reached = (S.REQUESTED, S.CONSENTED, S.TAKEN, S.SUBMITTED_TO_PARTNER, S.SUSPENDED)
    assert way(S.SUSPENDED, reached=reached) == way(S.SUBMITTED_TO_PARTNER)
    assert way(S.ENDED) == ()
