"""The roster for those who plan it and those who sit there: the week by window, leave, hand-overs, hours of the year."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Final

from aiohttp import web
from pydantic import Field

from api_spec.catalogue import WindowCard
from api_spec.china_time import clock_text, day_in_china
from api_spec.errors import STATUS, ErrorCode
from api_spec.messages.base import HexId, Line, Message, OptionalLine
from api_spec.messages.duty import MonthDay, SeasonBody
from api_spec.messages.hall import CalendarDay, TimeOfDay
from api_spec.route import HALL as HALL_ROLES
from api_spec.route import Door
from api_spec.routes.duty import READERS
from api_spec.routes.hall import PLANNERS
from api_spec.vocabulary import DayPeriod, DutyPlace, LeaveReason, Role
from backend.console.frame import show
from backend.edge import Page, actor, form, now, path_id, query, redirect
from backend.faults import Fault
from backend.hall import rules
from backend.hall.hours import WHOLE_HALL
from backend.hall.http_duty import counted, season_of
from backend.hall.roster import DutyChange
from backend.hall.service import Clerk, HalfDay, Pair, Shift
from backend.keys import CATALOGUE, HALL, PEOPLE
from backend.wording import SENTENCES

HOME: Final = "/staff/roster"
HOURS: Final = "/staff/hours"
DAYS: Final = 7
MOST_STAFF: Final = 500
SHOWN_AGAIN: Final = frozenset(
    {
        ErrorCode.ROSTER_GAP,
        ErrorCode.ROSTER_CHANGED,
        ErrorCode.FORM_INVALID,
        ErrorCode.BODY_INVALID,
        ErrorCode.OUT_OF_SCOPE,
    }
)


class WeekOf(Message):
    """Which week; this one when nothing is said."""

    start: Annotated[CalendarDay | None, Field(alias="from")] = None


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


class HandOverForm(Message):
    window_id: HexId
    giver_id: HexId
    papers: OptionalLine = ""
    note: OptionalLine = ""
    rest: str = "half"


class HoursForm(Message):
    """Seasonal hours as a page asks them: a morning and an afternoon."""

    window_id: str = WHOLE_HALL
    name: Annotated[str, Field(min_length=1, max_length=40)]
    first: MonthDay
    last: MonthDay
    morning_opens: TimeOfDay
    morning_closes: TimeOfDay
    afternoon_opens: TimeOfDay
    afternoon_closes: TimeOfDay
    slot_minutes: Annotated[int, Field(ge=5, le=240)] = 30
    places: Annotated[int, Field(ge=0, le=100)] = 4
    walk_in_places: Annotated[int, Field(ge=0, le=100)] = 1

    def season(self) -> SeasonBody:
        spans = [
            {"opens": self.morning_opens, "closes": self.morning_closes},
            {"opens": self.afternoon_opens, "closes": self.afternoon_closes},
        ]
        return SeasonBody.model_validate(
            {
                "window_id": self.window_id or None,
                "spans": spans,
                **self.model_dump(
                    include={"name", "first", "last", "slot_minutes", "places", "walk_in_places"}
                ),
            }
        )


async def show_week(request: web.Request) -> web.Response:
    return await _week(request)


async def _week(request: web.Request, *, refused: Fault | None = None) -> web.Response:
    who, at, duties = actor(request), now(request), request.app[HALL].duties
    today = day_in_china(at)
    asked = (query(request, WeekOf).start if request.method == "GET" else None) or today
    first = asked - timedelta(days=asked.weekday())
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
    planned = [card for card in windows if _plans(request, card)]
    return await show(
        request,
        "hall/roster.html",
        status=STATUS[refused.code] if refused else 200,
        sentence=SENTENCES[refused.code] if refused else "",
        wrong=refused.wrong if refused else (),
        refused_at=_place(refused, windows) if refused else "",
        days=[first + timedelta(days=ahead) for ahead in range(DAYS)],
        board=board,
        gaps=sum(shift.is_gap for _, days, _ in board for half in days for shift in half),
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


async def hand_over(request: web.Request) -> None:
    sent = await form(request, HandOverForm)
    await request.app[HALL].duties.hand_over(
        sent.window_id,
        giver_id=sent.giver_id,
        counted=await counted(request, sent.window_id),
        papers=sent.papers,
        note=sent.note,
        whole_day=sent.rest == "day",
        actor=actor(request),
        at=now(request),
    )


async def see(request: web.Request) -> web.Response:
    await request.app[HALL].duties.mark_seen(
        path_id(request, "hand_over_id"), actor=actor(request), at=now(request)
    )
    return redirect("/staff")


async def show_duty(request: web.Request) -> web.Response:
    """Today at the desk: who is there, who is out and where to go, and the hand-overs. No punch-in (clause 43)."""
    return await _duty(request)


async def _duty(request: web.Request, *, refused: Fault | None = None) -> web.Response:
    who, at, hall = actor(request), now(request), request.app[HALL]
    today = day_in_china(at)
    roster = hall.duties.roster(who.tenant_id)
    rows = [
        (window, roster.pair(window.card.id, today)) for window in await hall.windows(who.tenant_id, at=at)
    ]
    return await show(
        request,
        "hall/duty.html",
        status=STATUS[refused.code] if refused else 200,
        sentence=SENTENCES[refused.code] if refused else "",
        rows=rows,
        mine=[
            (window, pair)
            for window, pair in rows
            if pair
            and window.duty
            and window.duty.clerk
            and (who.id in (pair.a.staff_id, pair.b.staff_id) or _plans(request, window.card))
        ],
        hand_overs=await hall.duties.hand_overs(who.tenant_id),
        names={window.card.id: f"{window.card.number}号" for window, _ in rows},
        at=at,
        clock=clock_text,
    )


async def show_hours(request: web.Request) -> web.Response:
    return await _hours(request)


async def _hours(request: web.Request, *, refused: Fault | None = None) -> web.Response:
    who = actor(request)
    windows = await request.app[CATALOGUE].windows(who.tenant_id)
    return await show(
        request,
        "hall/hours.html",
        status=STATUS[refused.code] if refused else 200,
        sentence=SENTENCES[refused.code] if refused else "",
        wrong=refused.wrong if refused else (),
        seasons=request.app[HALL].seasons(who.tenant_id),
        names={card.id: f"{card.number}号 {card.name}" for card in windows},
        windows=[card for card in windows if _plans(request, card)],
        whole=who.has(rules.WHOLE_CENTRE),
        clock=clock_text,
    )


async def set_hours(request: web.Request) -> None:
    sent = await form(request, HoursForm)
    await request.app[HALL].set_season(season_of(sent.season()), actor=actor(request))


async def _try(
    change: Callable[[web.Request], Awaitable[None]],
    again: Callable[..., Awaitable[web.Response]],
    home: str,
    request: web.Request,
) -> web.Response:
    """Do what a form asks, or show the page again with what is wrong."""
    try:
        await change(request)
    except Fault as fault:
        if fault.code not in SHOWN_AGAIN:
            raise
        return await again(request, refused=fault)
    return redirect(home)


def _plans(request: web.Request, card: WindowCard) -> bool:
    try:
        rules.refuse_planning(actor(request), card)
    except Fault:
        return False
    return True


def _days(shifts: Sequence[Shift]) -> list[tuple[Shift, Shift]]:
    """Morning and afternoon of each day."""
    return list(zip(shifts[::2], shifts[1::2], strict=True))


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


def _form(
    path: str,
    change: Callable[[web.Request], Awaitable[None]],
    again: Callable[..., Awaitable[web.Response]],
    *,
    home: str = HOME,
    who: frozenset[Role] = PLANNERS,
) -> Page:
    return Page(
        method="POST", path=path, handler=partial(_try, change, again, home), door=Door.TOKEN, who=who
    )


PAGES: tuple[Page, ...] = (
    Page(method="GET", path=HOME, handler=show_week, door=Door.TOKEN, who=READERS),
    _form(f"{HOME}/leaves", plan_leave, _week),
    _form(f"{HOME}/leaves/{{leave_id}}/end", end_leave, _week),
    _form(f"{HOME}/duty", change_duty, _week),
    _form(f"{HOME}/pairs", set_pair, _week),
    Page(method="GET", path="/staff/duty", handler=show_duty, door=Door.TOKEN, who=READERS),
    _form(f"{HOME}/hand-overs", hand_over, _duty, home="/staff/duty", who=HALL_ROLES | PLANNERS),
    Page(
        method="POST",
        path=f"{HOME}/hand-overs/{{hand_over_id}}/seen",
        handler=see,
        door=Door.TOKEN,
        who=READERS,
    ),
    Page(method="GET", path=HOURS, handler=show_hours, door=Door.TOKEN, who=PLANNERS),
    _form(HOURS, set_hours, _hours, home=HOURS),
)
