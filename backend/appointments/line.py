"""Who is called next, and in which order those who wait will come. Pure, and the same whoever asks.

The rule, as the hall's notice says it: 到了预约时间的和优先的先叫，连续叫两位以后叫一位现场取号的；同类按先后。没有到
预约时间的，现场的先办；窗口空着就提前叫。
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from api_spec.vocabulary import Lane
from backend.appointments.ticket import Ticket

RULE: Final = (
    "到了预约时间的和优先的先叫，连续叫两位以后叫一位现场取号的；同类按先后。"
    "没有到预约时间的，现场的先办；窗口空着就提前叫。"
)
NO_TIME: Final = timedelta(0)
BEHIND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePolicy:
    """What a township decides about its queues; illustrative defaults.

    Args:
        preferred_in_a_row: calls of booked and priority people in a row while a walk-in waits.
        back_after: whoever missed a call and comes back waits for so many of their lane.
        ready_ahead: from so many people ahead on the phone says 请准备.
        least_minutes, most_minutes: what one person takes, until enough were served today to measure it.
        least_measured: so many served people are enough.
        long_wait: open hours somebody may wait before supervision is told.
    """

    preferred_in_a_row: int = 2
    back_after: int = 3
    ready_ahead: int = 2
    least_minutes: float = 4.0
    most_minutes: float = 10.0
    least_measured: int = 3
    long_wait: timedelta = timedelta(hours=1)


def next_up(
    waiting: Iterable[Ticket],
    *,
    window_id: str | None,
    run: int,
    at: datetime,
    policy: QueuePolicy,
) -> Ticket | None:
    """Whom the window calls now; None when nobody waits for it.

    Args:
        window_id: None looks at the whole queue, whichever window calls.
        run: how many booked or priority people were called last without a walk-in between them.
    """
    mine = (one for one in waiting if window_id is None or one.only_window_id in (None, window_id))
    return _first(sorted(mine, key=_by_turn), run=run, at=at, policy=policy)


def _first(mine: Sequence[Ticket], *, run: int, at: datetime, policy: QueuePolicy) -> Ticket | None:
    preferred = next((one for one in mine if one.is_preferred and one.turn_at <= at), None)
    ordinary = next((one for one in mine if not one.is_preferred), None)
    if preferred is not None and (ordinary is None or run < policy.preferred_in_a_row):
        return preferred
    return ordinary or next(iter(mine), None)


def calling_order(
    waiting: Iterable[Ticket],
    *,
    run: int,
    at: datetime,
    policy: QueuePolicy,
    pace: timedelta = NO_TIME,
) -> list[Ticket]:
    """The order in which those who wait now will be called if nobody else comes; a call every `pace`."""
    left = sorted(waiting, key=_by_turn)
    order: list[Ticket] = []
    while chosen := _first(left, run=run, at=at, policy=policy):
        left.remove(chosen)
        order.append(chosen)
        run = run + 1 if chosen.is_preferred else 0
        at += pace
    return order


def run_of(lanes: Sequence[Lane]) -> int:
    """How many of the latest calls in a row were not walk-ins; the newest call first."""
    for length, lane in enumerate(lanes):
        if lane is Lane.WALK_IN:
            return length
    return len(lanes)


def rejoined(ticket: Ticket, waiting: Iterable[Ticket], *, at: datetime, policy: QueuePolicy) -> Ticket:
    """Whoever missed a call comes back behind some of their lane; a booked time that was missed is used up."""
    lane = Lane.WALK_IN if ticket.lane is Lane.BOOKED else ticket.lane
    ahead = sorted((one for one in waiting if one.lane is lane), key=_by_turn)[: policy.back_after]
    turn = ahead[-1].turn_at + BEHIND if ahead else at
    return replace(ticket, lane=lane, turn_at=turn, open_window_id=None)


def _by_turn(ticket: Ticket) -> tuple[datetime, datetime, str]:
    return (ticket.turn_at, ticket.issued_at, ticket.label)
