"""The roster for those who plan it and those who sit there: the week by window, leave, who sits there instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Final

from aiohttp import web
from pydantic import Field

from api_spec.catalogue import WindowCard
from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.messages.base import HexId, Line, Message
from api_spec.messages.hall import CalendarDay
from api_spec.route import Door
from api_spec.routes.duty import READERS
from api_spec.routes.hall import PLANNERS
from api_spec.vocabulary import DayPeriod, DutyPlace, LeaveReason
from backend.console.frame import show
from backend.console.tried_forms import Change, refusal, tried
from backend.edge import Page, actor, form, now, path_id, query
from backend.faults import Fault
from backend.hall.pages_duty import SHOWN_AGAIN, plans
from backend.hall.roster import DutyChange
from backend.hall.service import Clerk, Doubled, HalfDay, Pair, Shift
from backend.keys import CATALOGUE, HALL, PEOPLE

HOME: Final = "/staff/roster"
HOURS: Final = "/staff/hours"
DAYS: Final = 7
MOST_STAFF: Final = 500


STAND_IN: Final = "A岗有事，由B岗办理"
"""What people read when B is put in by one press; whoever wants to say more fills in the form."""


class WeekOf(Message):
    """Which week, this one when nothing is said; and which half day of a window to look at closely."""

    start: Annotated[CalendarDay | None, Field(alias="from")] = None
    window: HexId | None = None
    day: CalendarDay | None = None
    period: DayPeriod | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """One half day of one window that was chosen on the board."""

    card: WindowCard
    shift: Shift
    pair: Pair | None


class LeaveForm(Message):
    staff_id: HexId
    first_day: CalendarDay
    first_period: DayPeriod
    last_day: CalendarDay
    last_period: DayPeriod
    reason: LeaveReason


class DutyForm(Message):
    """Who sits there for half a day; "closed" shuts the window with the note as its public reason."""

    window_id: HexId
    day: CalendarDay
    period: DayPeriod
    place: str
    note: Line


class PairForm(Message):
    window_id: HexId
    since: CalendarDay
    a: HexId
    b: HexId


Row = tuple[WindowCard, list[tuple[Shift, Shift]], Pair | None]


async def show_week(request: web.Request) -> web.Response:
    return await _week(request)


async def _week(request: web.Request, *, refused: Fault | None = None) -> web.Response:
    who, at, duties = actor(request), now(request), request.app[HALL].duties
    today = day_in_china(at)
    wanted = query(request, WeekOf) if request.method == "GET" else WeekOf()
    first = wanted.start or today
    if wanted.day is not None and not first <= wanted.day < first + timedelta(days=DAYS):
        first = wanted.day
    windows = await request.app[CATALOGUE].windows(who.tenant_id)
    leaves = duties.leaves(who.tenant_id, since=today)
    names = await request.app[PEOPLE].staff_names(who.tenant_id, [leave.staff_id for leave in leaves])
    board = [
        (
            card,
            _days(duties.week(who.tenant_id, card.id, first=first, days=DAYS)),
            duties.roster(who.tenant_id).pair(card.id, today),
        )
        for card in windows
    ]
    planned = [card for card in windows if plans(request, card)]
    return await show(
        request,
        "hall/roster.html",
        **refusal(refused),
        refused_at=_place(refused, windows) if refused else "",
        days=[first + timedelta(days=ahead) for ahead in range(DAYS)],
        board=board,
        gaps=[
            (card, shift)
            for card, days, _ in board
            for half in days
            for shift in half
            if shift.is_gap and shift.half.day >= today
        ],
        first=first,
        looked=_looked(board, wanted),
        stand_in=STAND_IN,
        own={card.id for card in planned},
        doubled=_doubled(
            await request.app[HALL].doubled(
                who.tenant_id, first=max(first, today), days=DAYS - max(0, (today - first).days)
            ),
            windows,
        ),
        today=today,
        before=first - timedelta(days=DAYS),
        after=first + timedelta(days=DAYS),
        leaves=[(leave, names.get(leave.staff_id, "")) for leave in leaves],
        windows=planned,
        clerks=await _clerks(request, planned),
        reasons=[(reason.value, reason.zh) for reason in LeaveReason],
        periods=[(period.value, period.zh) for period in DayPeriod],
        may_plan=bool(planned),
    )


async def plan_leave(request: web.Request) -> None:
    sent = await form(request, LeaveForm)
    await request.app[HALL].duties.plan_leave(
        sent.staff_id,
        HalfDay(sent.first_day, sent.first_period),
        HalfDay(sent.last_day, sent.last_period),
        reason=sent.reason,
        actor=actor(request),
        at=now(request),
    )


async def end_leave(request: web.Request) -> None:
    await request.app[HALL].duties.end_leave(
        path_id(request, "leave_id"), actor=actor(request), at=now(request)
    )


async def change_duty(request: web.Request) -> None:
    sent, duties = await form(request, DutyForm), request.app[HALL].duties
    half = HalfDay(sent.day, sent.period)
    if sent.place == "closed":
        await duties.close_half_day(
            sent.window_id, half, note=sent.note, actor=actor(request), at=now(request)
        )
        return
    if sent.place not in (DutyPlace.A, DutyPlace.B):
        raise Fault(ErrorCode.BODY_INVALID)
    change = DutyChange(
        window_id=sent.window_id,
        day=sent.day,
        period=sent.period,
        place=DutyPlace(sent.place),
        note=sent.note,
    )
    await duties.change_duty(change, actor=actor(request), at=now(request))


async def set_pair(request: web.Request) -> None:
    sent, who = await form(request, PairForm), actor(request)
    if sent.a == sent.b:
        raise Fault(ErrorCode.FORM_INVALID)
    names = await request.app[PEOPLE].staff_names(who.tenant_id, [sent.a, sent.b])
    if len(names) < 2:
        raise Fault(ErrorCode.STAFF_NOT_FOUND)
    pair = Pair(
        window_id=sent.window_id,
        since=sent.since,
        a=Clerk(sent.a, names[sent.a]),
        b=Clerk(sent.b, names[sent.b]),
    )
    await request.app[HALL].duties.set_pair(pair, actor=who)


def _looked(board: Sequence[Row], wanted: WeekOf) -> Looked | None:
    for card, days, pair in board:
        for half in days:
            for shift in half:
                if (card.id, shift.half.day, shift.half.period) == (wanted.window, wanted.day, wanted.period):
                    return Looked(card, shift, pair)
    return None


def _days(shifts: Sequence[Shift]) -> list[tuple[Shift, Shift]]:
    """Morning and afternoon of each day."""
    return list(zip(shifts[::2], shifts[1::2], strict=True))


def _doubled(found: Sequence[Doubled], windows: Sequence[WindowCard]) -> list[str]:
    """One sentence for each person and set of windows, with the first half day it happens on."""
    numbers = {card.id: card.number for card in windows}
    said: dict[tuple[str, tuple[str, ...]], str] = {}
    for each in found:
        at = "、".join(f"{numbers[window_id]}号" for window_id in each.window_ids)
        when = f"{each.half.day.month}月{each.half.day.day}日{each.half.period.zh}"
        said.setdefault((each.clerk.staff_id, each.window_ids), f"{each.clerk.name}：{at}窗口，{when}起")
    return list(said.values())


def _place(fault: Fault, windows: Sequence[WindowCard]) -> str:
    """Which window and half day a change would have emptied."""
    card = next((each for each in windows if each.id == fault.facts.get("window_id")), None)
    if card is None or "day" not in fault.facts:
        return ""
    day, period = date.fromisoformat(fault.facts["day"]), DayPeriod(fault.facts["period"])
    return f"{card.number}号窗口，{day.month}月{day.day}日{period.zh}"


async def _clerks(request: web.Request, windows: list[WindowCard]) -> list[tuple[str, str]]:
    """Who may sit at the windows somebody plans: holders of a window post of those departments."""
    who, today = actor(request), day_in_china(now(request))
    departments = {card.department_id for card in windows}
    members = await request.app[PEOPLE].accounts.members(who.tenant_id, after="", limit=MOST_STAFF)
    return [
        (member.account.id, member.account.name)
        for member in members
        if any(
            post.is_held(today) and post.window_ids and post.department_id in departments
            for post in member.posts
        )
    ]


def _form(path: str, change: Change) -> Page:
    return tried(path, change, _week, home=HOME, who=PLANNERS, shown=SHOWN_AGAIN)


PAGES: tuple[Page, ...] = (
    Page(method="GET", path=HOME, handler=show_week, door=Door.TOKEN, who=READERS),
    _form(f"{HOME}/leaves", plan_leave),
    _form(f"{HOME}/leaves/{{leave_id}}/end", end_leave),
    _form(f"{HOME}/duty", change_duty),
    _form(f"{HOME}/pairs", set_pair),
)
