"""How an appointment moves: every state, action and role, and the township's real paths."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.vocabulary import AppointmentAction as A
from api_spec.vocabulary import AppointmentState as S
from api_spec.vocabulary import Role
from backend.appointments.machine import EDGES, OPEN, PLACE_FREED, Standing, When, can, step
from backend.faults import Fault

START = datetime.fromisoformat("2026-03-02T01:00:00+00:00")
BEFORE, LATE, EVENING = START - timedelta(hours=1), START + timedelta(minutes=5), START + timedelta(hours=9)
MOMENT = {
    When.ANY: BEFORE,
    When.HOLD_RUNS: BEFORE,
    When.HOLD_OVER: START + timedelta(minutes=10),
    When.BEFORE_START: BEFORE,
    When.ON_THE_DAY: LATE,
    When.AFTER_END: START + timedelta(minutes=30),
    When.DAY_OVER: START + timedelta(hours=11),
}


def standing(state: S, *, calls: int = 0) -> Standing:
    return Standing(
        state=state,
        day=day_in_china(START),
        starts_at=START,
        ends_at=START + timedelta(minutes=30),
        held_until=START + timedelta(minutes=10) if state is S.HELD else None,
        calls=calls,
    )


@pytest.mark.parametrize(("state", "action", "role"), list(product(S, A, Role)))
def test_every_state_action_and_role_is_decided(state: S, action: A, role: Role) -> None:
    edge = EDGES.get((state, action))
    at = MOMENT[edge.when] if edge else BEFORE
    if edge is None:
        with pytest.raises(Fault) as refused:
            step(standing(state), action, roles={role}, at=at)
        assert refused.value.code is ErrorCode.APPOINTMENT_STATE
    elif role not in edge.by:
        with pytest.raises(Fault) as refused:
            step(standing(state), action, roles={role}, at=at)
        assert refused.value.code is ErrorCode.NOT_YOUR_ACTION
    else:
        assert step(standing(state), action, roles={role}, at=at).after is edge.to
        assert action in can(standing(state), roles={role}, at=at)


C, W, SYSTEM = Role.CITIZEN, Role.WINDOW, Role.SYSTEM
PATHS: Sequence[tuple[str, S, Sequence[tuple[A, Role, datetime]], S]] = [
    (
        "held, confirmed, served",
        S.HELD,
        [(A.CONFIRM, C, BEFORE), (A.CHECK_IN, W, LATE), (A.CALL, W, LATE), (A.SERVE, W, LATE)],
        S.SERVED,
    ),
    (
        "called, missed, called again, served",
        S.CHECKED_IN,
        [(A.CALL, W, LATE), (A.MISS, W, LATE), (A.CALL, W, LATE), (A.SERVE, W, LATE)],
        S.SERVED,
    ),
    ("held and forgotten", S.HELD, [(A.EXPIRE, SYSTEM, START + timedelta(minutes=10))], S.EXPIRED),
    (
        "moved, then cancelled",
        S.BOOKED,
        [(A.RESCHEDULE, C, BEFORE), (A.CANCEL, C, BEFORE)],
        S.CANCELLED,
    ),
    (
        "booked by phone and cancelled by phone",
        S.BOOKED,
        [(A.CANCEL, Role.SERVICE_DESK, BEFORE)],
        S.CANCELLED,
    ),
    ("nobody came", S.BOOKED, [(A.MARK_NO_SHOW, SYSTEM, EVENING)], S.NO_SHOW),
]


@pytest.mark.parametrize(("name", "first", "moves", "last"), PATHS, ids=[path[0] for path in PATHS])
def test_the_real_paths_lead_where_they_should(
    name: str, first: S, moves: Sequence[tuple[A, Role, datetime]], last: S
) -> None:
    now = standing(first)
    for action, role, at in moves:
        after = step(now, action, roles={role}, at=at).after
        calls = now.calls + (action is A.CALL)
        now = replace(now, state=after, calls=calls)
    assert now.state is last, name


@pytest.mark.parametrize(
    ("state", "action", "role", "at", "code"),
    [
        (S.HELD, A.CONFIRM, C, START + timedelta(minutes=10), ErrorCode.HOLD_EXPIRED),
        (S.HELD, A.EXPIRE, SYSTEM, BEFORE, ErrorCode.APPOINTMENT_STATE),
        (S.BOOKED, A.CANCEL, C, START, ErrorCode.APPOINTMENT_STATE),
        (S.BOOKED, A.RESCHEDULE, C, START, ErrorCode.APPOINTMENT_STATE),
        (S.BOOKED, A.CHECK_IN, W, START - timedelta(days=1), ErrorCode.APPOINTMENT_STATE),
        (S.BOOKED, A.CHECK_IN, C, LATE, ErrorCode.NOT_YOUR_ACTION),
        (S.BOOKED, A.MARK_NO_SHOW, W, LATE, ErrorCode.APPOINTMENT_STATE),
        (S.SERVED, A.CANCEL, C, BEFORE, ErrorCode.APPOINTMENT_STATE),
    ],
)
def test_a_move_at_the_wrong_moment_is_refused(
    state: S, action: A, role: Role, at: datetime, code: ErrorCode
) -> None:
    with pytest.raises(Fault) as refused:
        step(standing(state), action, roles={role}, at=at)
    assert refused.value.code is code


def test_there_is_one_recall_and_no_second() -> None:
    assert A.CALL in can(standing(S.MISSED, calls=1), roles={W}, at=LATE)
    with pytest.raises(Fault) as refused:
        step(standing(S.MISSED, calls=2), A.CALL, roles={W}, at=LATE)
    assert refused.value.code is ErrorCode.APPOINTMENT_STATE


def test_a_walk_in_has_no_slot_and_can_still_be_called_or_leave() -> None:
    walk_in = replace(standing(S.CHECKED_IN), starts_at=None, ends_at=None)
    assert set(can(walk_in, roles={W}, at=LATE)) == {A.CALL, A.CANCEL, A.PARK, A.TRANSFER, A.PRIORITISE}


def test_somebody_with_two_posts_acts_in_the_one_that_may() -> None:
    assert step(standing(S.BOOKED), A.CANCEL, roles={Role.AUDITOR, W}, at=BEFORE).by is W


def test_only_cancelled_and_expired_give_the_place_back() -> None:
    assert {S.CANCELLED, S.EXPIRED} == PLACE_FREED
    assert OPEN.isdisjoint(PLACE_FREED)


def test_a_finished_appointment_never_moves_again() -> None:
    finished = {S.SERVED, S.CANCELLED, S.NO_SHOW, S.EXPIRED}
    assert finished.isdisjoint(state for state, _ in EDGES)
    assert {state for state, _ in EDGES} == set(S) - finished
