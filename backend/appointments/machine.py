"""How an appointment moves (domain: 预约 -> 签到 -> 叫号 -> 服务 | 过号 | 取消 | 未到). No clock, no database.

A walk-in enters at 已签到: booking is never a precondition of being served. 暂离 is a place kept beside the line.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Final

from api_spec.china_time import day_in_china, minute_in_china
from api_spec.errors import ErrorCode
from api_spec.vocabulary import AppointmentAction as A
from api_spec.vocabulary import AppointmentState as S
from api_spec.vocabulary import Role
from backend.faults import Fault

OWNER: Final = frozenset({Role.CITIZEN, Role.AGENT})
DESK: Final = frozenset({Role.WINDOW, Role.GROUP_LEADER, Role.CENTRE_STAFF, Role.DIRECTOR})
HELPER: Final = frozenset({Role.VILLAGE_CLERK, Role.SERVICE_DESK})
CLOCK: Final = frozenset({Role.SYSTEM})
"""The clock, and the hall's kiosk at which people check in themselves."""
CALLS_ALLOWED: Final = 2
"""Whoever missed a call is called once more; whoever missed both takes a new ticket."""
DAY_END_MINUTE: Final = 20 * 60
"""At 20:00 in China the hall's day is over: until then whoever comes late is still served."""


class When(Enum):
    """The moment at which a move is possible."""

    ANY = "any"
    HOLD_RUNS = "hold_runs"
    HOLD_OVER = "hold_over"
    BEFORE_START = "before_start"
    ON_THE_DAY = "on_the_day"
    AFTER_END = "after_end"
    DAY_OVER = "day_over"


@dataclass(frozen=True, slots=True)
class Edge:
    to: S
    by: frozenset[Role]
    when: When = When.ANY
    recall: bool = False  # only while a call is left


EDGES: Final[Mapping[tuple[S, A], Edge]] = {
    (S.HELD, A.CONFIRM): Edge(S.BOOKED, OWNER | DESK | HELPER, When.HOLD_RUNS),
    (S.HELD, A.CANCEL): Edge(S.CANCELLED, OWNER | DESK | HELPER),
    (S.HELD, A.EXPIRE): Edge(S.EXPIRED, CLOCK, When.HOLD_OVER),
    (S.BOOKED, A.RESCHEDULE): Edge(S.BOOKED, OWNER | DESK | HELPER, When.BEFORE_START),
    (S.BOOKED, A.CANCEL): Edge(S.CANCELLED, OWNER | DESK | HELPER, When.BEFORE_START),
    (S.BOOKED, A.CHECK_IN): Edge(S.CHECKED_IN, DESK | CLOCK, When.ON_THE_DAY),
    (S.BOOKED, A.MARK_NO_SHOW): Edge(S.NO_SHOW, DESK | CLOCK, When.AFTER_END),
    (S.CHECKED_IN, A.CALL): Edge(S.CALLED, DESK, When.ON_THE_DAY),
    (S.CHECKED_IN, A.PARK): Edge(S.PARKED, DESK, When.ON_THE_DAY),
    (S.CHECKED_IN, A.TRANSFER): Edge(S.CHECKED_IN, DESK, When.ON_THE_DAY),
    (S.CHECKED_IN, A.PRIORITISE): Edge(S.CHECKED_IN, DESK, When.ON_THE_DAY),
    (S.CHECKED_IN, A.CANCEL): Edge(S.CANCELLED, OWNER | DESK),
    (S.CHECKED_IN, A.END_DAY): Edge(S.EXPIRED, CLOCK, When.DAY_OVER),
    (S.CALLED, A.RECALL): Edge(S.CALLED, DESK, When.ON_THE_DAY),
    (S.CALLED, A.SERVE): Edge(S.SERVED, DESK),
    (S.CALLED, A.MISS): Edge(S.MISSED, DESK),
    (S.CALLED, A.PARK): Edge(S.PARKED, DESK, When.ON_THE_DAY),
    (S.CALLED, A.TRANSFER): Edge(S.CHECKED_IN, DESK, When.ON_THE_DAY),
    (S.CALLED, A.END_DAY): Edge(S.EXPIRED, CLOCK, When.DAY_OVER),
    (S.MISSED, A.CALL): Edge(S.CALLED, DESK, When.ON_THE_DAY, recall=True),
    (S.MISSED, A.REJOIN): Edge(S.CHECKED_IN, DESK, When.ON_THE_DAY, recall=True),
    (S.PARKED, A.CALL): Edge(S.CALLED, DESK, When.ON_THE_DAY),
    (S.PARKED, A.RESUME): Edge(S.CHECKED_IN, DESK | CLOCK, When.ON_THE_DAY),
    (S.PARKED, A.TRANSFER): Edge(S.CHECKED_IN, DESK, When.ON_THE_DAY),
    (S.PARKED, A.CANCEL): Edge(S.CANCELLED, OWNER | DESK),
    (S.PARKED, A.END_DAY): Edge(S.EXPIRED, CLOCK, When.DAY_OVER),
}

PLACE_FREED: Final = frozenset({S.CANCELLED, S.EXPIRED})
"""States that give the booked place back. A place that was used, or not kept, stays counted in its slot."""

OPEN: Final = frozenset({S.HELD, S.BOOKED, S.CHECKED_IN, S.CALLED, S.PARKED})
"""States of an appointment that is not over yet; these count towards what one person may book."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the rules need to know of an appointment.

    Args:
        starts_at, ends_at: of its slot; None for a walk-in, which has none.
        held_until: end of the hold while it is held, else None.
        calls: how often it was called.
    """

    state: S
    day: date
    starts_at: datetime | None
    ends_at: datetime | None
    held_until: datetime | None
    calls: int


@dataclass(frozen=True, slots=True)
class Step:
    """One decided move."""

    action: A
    before: S
    after: S
    by: Role
    at: datetime


def step(standing: Standing, action: A, *, roles: Collection[Role], at: datetime) -> Step:
    """Decide one move; the acting role is the first of `Role` that both the edge and the person have.

    Raises:
        Fault: APPOINTMENT_STATE (no such move from here, not at this moment, no recall left), HOLD_EXPIRED
            (confirming too late), NOT_YOUR_ACTION (the move exists, for others).
    """
    edge = EDGES.get((standing.state, action))
    if edge is None:
        raise Fault(ErrorCode.APPOINTMENT_STATE, state=standing.state, action=action)
    by = next((role for role in Role if role in roles and role in edge.by), None)
    if by is None:
        raise Fault(ErrorCode.NOT_YOUR_ACTION, action=action)
    if not _is_time(standing, edge.when, at=at):
        if edge.when is When.HOLD_RUNS:
            raise Fault(ErrorCode.HOLD_EXPIRED, held_until=standing.held_until)
        raise Fault(ErrorCode.APPOINTMENT_STATE, state=standing.state, action=action, when=edge.when.value)
    if edge.recall and standing.calls >= CALLS_ALLOWED:
        raise Fault(ErrorCode.APPOINTMENT_STATE, state=standing.state, action=action, calls=standing.calls)
    return Step(action, standing.state, edge.to, by, at)


def can(standing: Standing, *, roles: Collection[Role], at: datetime) -> tuple[A, ...]:
    """The buttons to show: moves these roles may make now, in the order of `AppointmentAction`."""
    return tuple(action for action in A if _allows(standing, action, roles=roles, at=at))


def _allows(standing: Standing, action: A, *, roles: Collection[Role], at: datetime) -> bool:
    try:
        step(standing, action, roles=roles, at=at)
    except Fault:
        return False
    return True


def _is_time(standing: Standing, when: When, *, at: datetime) -> bool:
    match when:
        case When.ANY:
            return True
        case When.HOLD_RUNS:
            return standing.held_until is not None and at < standing.held_until
        case When.HOLD_OVER:
            return standing.held_until is not None and at >= standing.held_until
        case When.BEFORE_START:
            return standing.starts_at is not None and at < standing.starts_at
        case When.ON_THE_DAY:
            return day_in_china(at) == standing.day
        case When.AFTER_END:
            return standing.ends_at is not None and at >= standing.ends_at
        case When.DAY_OVER:
            today = day_in_china(at)
            return today > standing.day or (today == standing.day and minute_in_china(at) >= DAY_END_MINUTE)
