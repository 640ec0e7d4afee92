"""Handing a window over from one of a pair to the other, and which half days a change would leave empty. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from api_spec.catalogue import WindowCard
from api_spec.errors import ErrorCode
from api_spec.vocabulary import DayPeriod
from backend.actors import Actor
from backend.faults import Fault, Wrong
from backend.hall.hours import Opening
from backend.hall.roster import Clerk, Duty, Gap, HalfDay, Leave, Pair, Roster
from backend.hall.rules import PLANNERS

LONGEST_LEAVE_DAYS: Final = 186

Openings = Callable[[str, date], Opening]
"""How a window is open on a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowToday:
    """A window as people see it now. `duty` is None while it is closed."""

    card: WindowCard
    opening: Opening
    is_open: bool
    duty: Duty | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What lay open at the window when it changed hands, as the register had it; money in fen."""

    open_cases: int = 0
    open_errands: int = 0
    due_soon: int = 0
    money_fen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """交接记录: it holds from `at`, whether or not the taker has looked (同岗替代, plan, clause 26).

    Args:
        papers: seals, originals and forms that lie in the drawer, as words.
        seen_at: when the taker looked at it.
    """

    id: str
    window_id: str
    giver: Clerk
    taker: Clerk
    counted: Counted
    papers: str
    note: str
    at: datetime
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StandIn:
    """A window where somebody does the work of `absent` now."""

    window_id: str
    absent: Clerk


def half_days(leave: Leave) -> Iterator[HalfDay]:
    """Every half day of a leave, in order."""
    for ahead in range((leave.last.day - leave.first.day).days + 1):
        day = leave.first.day + timedelta(days=ahead)
        yield from (HalfDay(day, period) for period in DayPeriod if leave.covers(day, period))


def check_leave(leave: Leave, *, today: date) -> None:
    """Raises Fault: FORM_INVALID, it ends before it begins, has begun before today, or is longer than half a year."""
    wrong: list[Wrong] = []
    if leave.last.order < leave.first.order:
        wrong.append(Wrong("last", "before_start", "结束时间不能早于开始时间。"))
    elif (leave.last.day - leave.first.day).days > LONGEST_LEAVE_DAYS:
        wrong.append(Wrong("last", "too_long", "一次最多登记半年，时间更长请更换 A岗、B岗。"))
    if leave.first.day < today:
        wrong.append(Wrong("first", "past", "只能登记今天和以后的时间。"))
    if wrong:
        raise Fault(ErrorCode.FORM_INVALID, wrong=wrong)


def is_open(opening: Opening, period: DayPeriod) -> bool:
    """Whether a window is open in that half of the day."""
    return any(span.period is period for span in opening.spans)


def new_gaps(
    before: Roster, after: Roster, asked: Iterable[tuple[str, HalfDay]], *, openings: Openings
) -> list[Gap]:
    """Half days on which a window is open, somebody was due and nobody would be any more."""
    return [
        Gap(window_id, half.day, half.period)
        for window_id, half in asked
        if is_open(openings(window_id, half.day), half.period)
        and after.duty(window_id, half.day, period=half.period).clerk is None
        and before.duty(window_id, half.day, period=half.period).clerk is not None
    ]


def refuse_gaps(gaps: Iterable[Gap]) -> None:
    """No open hours without somebody at the window (plan, clause 26).

    Raises:
        Fault: ROSTER_GAP, with the first half day that would be empty.
    """
    for gap in gaps:
        raise Fault(ErrorCode.ROSTER_GAP, window_id=gap.window_id, day=gap.day, period=gap.period)


def other_of(pair: Pair, giver: Clerk) -> Clerk:
    """Who takes over from `giver`."""
    return pair.b if giver.staff_id == pair.a.staff_id else pair.a


def refuse_handing(actor: Actor, pair: Pair) -> None:
    """The two of the pair hand over among themselves; planners may order it. Neither may refuse to take over.

    Raises:
        Fault: NOT_ALLOWED.
    """
    if actor.id not in (pair.a.staff_id, pair.b.staff_id) and not actor.has(PLANNERS):
        raise Fault(ErrorCode.NOT_ALLOWED)


def seated_once(windows: Iterable[WindowToday]) -> Sequence[WindowToday]:
    """Who is due at several windows is shown at the first of them; the others send people there."""
    seats: dict[str, WindowCard] = {}
    shown: list[WindowToday] = []
    for window in windows:
        duty = window.duty
        if duty is not None and duty.clerk is not None:
            seat = seats.setdefault(duty.clerk.staff_id, window.card)
            if seat is not window.card:
                duty = Duty(place=duty.place, clerk=None, note=f"请到{seat.number}号窗口办理")
        shown.append(replace(window, duty=duty))
    return shown
