"""The roster at work over the JSON API; what lies open at a window is counted here, where cases and errands are known."""

from aiohttp import web

from api_spec.catalogue import WindowCard
from api_spec.china_time import clock_text, day_in_china, minute_of
from api_spec.errors import ErrorCode
from api_spec.messages import duty as messages
from api_spec.messages.hall import HallDay, OpenSpan
from api_spec.route import Route
from api_spec.routes import duty as routes
from api_spec.vocabulary import Role, WindowType
from backend.actors import Actor
from backend.edge import Handler, actor, body, no_content, now, path_id, query, reply
from backend.faults import Fault, Wrong
from backend.hall.hours import WHOLE_HALL, Season, Span
from backend.hall.service import Counted, HalfDay, HandOver, Leave, Shift
from backend.keys import CASES, CATALOGUE, HALL, PROXY


async def show_roster(request: web.Request) -> web.Response:
    asked, who, hall = query(request, messages.RosterQuery), actor(request), request.app[HALL]
    first = asked.start or day_in_china(now(request))
    windows = await request.app[CATALOGUE].windows(who.tenant_id)
    return reply(
        [
            _shift(card.id, shift)
            for card in windows
            for shift in hall.duties.week(who.tenant_id, card.id, first=first, days=asked.days)
        ]
    )


async def show_work_now(request: web.Request) -> web.Response:
    who, duties = actor(request), request.app[HALL].duties
    names = {card.id: f"{card.number}号 {card.name}" for card in await _windows(request)}
    return reply(
        messages.WorkNow(
            standing_in=[
                messages.StandInView(
                    window_id=each.window_id, window=names.get(each.window_id, ""), absent=each.absent.name
                )
                for each in duties.standing_in(who.tenant_id, who.id, at=now(request))
            ],
            hand_overs=[hand_over_view(each) for each in await duties.unseen(who.id)],
        )
    )


async def list_leaves(request: web.Request) -> web.Response:
    since = day_in_china(now(request))
    return reply(
        [_leave(each) for each in request.app[HALL].duties.leaves(actor(request).tenant_id, since=since)]
    )


async def plan_leave(request: web.Request) -> web.Response:
    command = await body(request, messages.LeaveBody)
    leave = await request.app[HALL].duties.plan_leave(
        command.staff_id,
        HalfDay(command.first.day, command.first.period),
        HalfDay(command.last.day, command.last.period),
        reason=command.reason,
        actor=actor(request),
        at=now(request),
    )
    return reply(_leave(leave), status=201)


async def end_leave(request: web.Request) -> web.Response:
    await request.app[HALL].duties.end_leave(
        path_id(request, "leave_id"), actor=actor(request), at=now(request)
    )
    return no_content()


async def close_half_day(request: web.Request) -> web.Response:
    command = await body(request, messages.ClosingBody)
    opening = await request.app[HALL].duties.close_half_day(
        command.window_id,
        HalfDay(command.day, command.period),
        note=command.note,
        actor=actor(request),
        at=now(request),
    )
    return reply(
        HallDay(
            window_id=opening.window_id,
            day=opening.day,
            hours=[
                OpenSpan(opens=clock_text(s.opens), closes=clock_text(s.closes), period=s.period)
                for s in opening.spans
            ],
            note=opening.note,
            provisional=opening.provisional,
        )
    )


async def list_hand_overs(request: web.Request) -> web.Response:
    found = await request.app[HALL].duties.hand_overs(actor(request).tenant_id)
    return reply([hand_over_view(each) for each in found])


async def hand_over_window(request: web.Request) -> web.Response:
    command = await body(request, messages.HandOverBody)
    done = await request.app[HALL].duties.hand_over(
        command.window_id,
        giver_id=command.giver_id,
        counted=await counted(request, command.window_id),
        papers=command.papers,
        note=command.note,
        whole_day=command.whole_day,
        actor=actor(request),
        at=now(request),
    )
    return reply(hand_over_view(done), status=201)


async def see_hand_over(request: web.Request) -> web.Response:
    await request.app[HALL].duties.mark_seen(
        path_id(request, "hand_over_id"), actor=actor(request), at=now(request)
    )
    return no_content()


async def set_season(request: web.Request) -> web.Response:
    await request.app[HALL].set_season(
        season_of(await body(request, messages.SeasonBody)), actor=actor(request)
    )
    return no_content()


async def counted(request: web.Request, window_id: str) -> Counted:
    """What lies open at a window now.

    Raises:
        Fault: NOT_FOUND, no such window here.
    """
    who, today = actor(request), day_in_china(now(request))
    card = next((each for each in await _windows(request) if each.id == window_id), None)
    if card is None:
        raise Fault(ErrorCode.NOT_FOUND, window_id=window_id)
    clerk = _clerk_of(card, who)
    cases = await request.app[CASES].counts(clerk, today=today)
    if card.type is not WindowType.UTILITY:
        return Counted(
            open_cases=sum(each.total for each in cases),
            due_soon=sum(each.soon + each.due + each.overdue for each in cases),
        )
    errands = await request.app[PROXY].counts(clerk, today=today)
    book = await request.app[PROXY].money.day(today, actor=clerk)
    return Counted(
        open_cases=sum(each.total for each in cases),
        open_errands=sum(each.total for each in errands),
        due_soon=sum(each.soon + each.due + each.overdue for each in cases)
        + sum(each.overdue for each in errands),
        money_fen=book.held_fen,
    )


def season_of(command: messages.SeasonBody) -> Season:
    """Raises Fault(FORM_INVALID): spans overlap, or more walk-in places than places."""
    try:
        return Season(
            window_id=command.window_id or WHOLE_HALL,
            name=command.name,
            first=command.first,
            last=command.last,
            spans=tuple(Span(minute_of(span.opens), minute_of(span.closes)) for span in command.spans),
            slot_minutes=command.slot_minutes,
            places=command.places,
            walk_in_places=command.walk_in_places,
        )
    except ValueError:
        wrong = Wrong(
            "spans", "overlap", "开始时间要早于结束时间，各时段不能重叠，留给现场的号不能多于总号数。"
        )
        raise Fault(ErrorCode.FORM_INVALID, wrong=[wrong]) from None


def hand_over_view(done: HandOver) -> messages.HandOverView:
    return messages.HandOverView(
        id=done.id,
        window_id=done.window_id,
        giver_id=done.giver.staff_id,
        giver=done.giver.name,
        taker_id=done.taker.staff_id,
        taker=done.taker.name,
        open_cases=done.counted.open_cases,
        open_errands=done.counted.open_errands,
        due_soon=done.counted.due_soon,
        money_fen=done.counted.money_fen,
        papers=done.papers,
        note=done.note,
        at=done.at,
        seen_at=done.seen_at,
    )


async def _windows(request: web.Request) -> list[WindowCard]:
    return list(await request.app[CATALOGUE].windows(actor(request).tenant_id))


def _clerk_of(card: WindowCard, who: Actor) -> Actor:
    """Somebody at that window, whose queue is counted."""
    return Actor(
        id=who.id,
        roles=frozenset({Role.WINDOW}),
        tenant_id=who.tenant_id,
        department_id=card.department_id,
        window_ids=(card.id,),
    )


def _shift(window_id: str, shift: Shift) -> messages.ShiftView:
    clerk = shift.duty.clerk
    return messages.ShiftView(
        window_id=window_id,
        day=shift.half.day,
        period=shift.half.period,
        is_open=shift.is_open,
        is_gap=shift.is_gap,
        place=shift.duty.place,
        staff_id=clerk.staff_id if clerk else "",
        name=clerk.name if clerk else "",
        note=shift.note if not shift.is_open else shift.duty.note,
    )


def _leave(leave: Leave) -> messages.LeaveView:
    return messages.LeaveView(
        id=leave.id,
        staff_id=leave.staff_id,
        first_day=leave.first.day,
        first_period=leave.first.period,
        last_day=leave.last.day,
        last_period=leave.last.period,
        reason=leave.reason,
        reason_label=leave.reason.zh,
    )


HANDLERS: dict[Route, Handler] = {
    routes.SHOW_ROSTER: show_roster,
    routes.SHOW_WORK_NOW: show_work_now,
    routes.LIST_LEAVES: list_leaves,
    routes.PLAN_LEAVE: plan_leave,
    routes.END_LEAVE: end_leave,
    routes.CLOSE_HALF_DAY: close_half_day,
    routes.LIST_HAND_OVERS: list_hand_overs,
    routes.HAND_OVER_WINDOW: hand_over_window,
    routes.SEE_HAND_OVER: see_hand_over,
    routes.SET_SEASON: set_season,
}
