"""Today at the desk: who is there, who is out and where to go, and handing a window over. No punch-in (plan, clause 43)."""

from typing import Final

from aiohttp import web

from api_spec.catalogue import WindowCard
from api_spec.china_time import clock_text, day_in_china
from api_spec.errors import ErrorCode
from api_spec.messages.base import HexId, Message, OptionalLine
from api_spec.route import HALL as HALL_ROLES
from api_spec.route import Door
from api_spec.routes.duty import READERS
from api_spec.routes.hall import PLANNERS
from backend.console.frame import show
from backend.console.tried_forms import refusal, tried
from backend.edge import Page, actor, form, now, path_id, redirect
from backend.faults import Fault
from backend.hall import rules
from backend.hall.http_duty import counted
from backend.keys import HALL

HOME: Final = "/staff/duty"
HAND_OVERS: Final = "/staff/roster/hand-overs"
SHOWN_AGAIN: Final = frozenset(
    {
        ErrorCode.ROSTER_GAP,
        ErrorCode.ROSTER_CHANGED,
        ErrorCode.FORM_INVALID,
        ErrorCode.BODY_INVALID,
        ErrorCode.OUT_OF_SCOPE,
    }
)


class HandOverForm(Message):
    window_id: HexId
    giver_id: HexId
    papers: OptionalLine = ""
    note: OptionalLine = ""
    rest: str = "half"


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
        **refusal(refused),
        rows=rows,
        mine=[
            (window, pair)
            for window, pair in rows
            if pair
            and window.duty
            and window.duty.clerk
            and (who.id in (pair.a.staff_id, pair.b.staff_id) or plans(request, window.card))
        ],
        hand_overs=await hall.duties.hand_overs(who.tenant_id),
        names={window.card.id: f"{window.card.number}号" for window, _ in rows},
        at=at,
        clock=clock_text,
    )


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


def plans(request: web.Request, card: WindowCard) -> bool:
    """Whether the caller plans this window."""
    try:
        rules.refuse_planning(actor(request), card)
    except Fault:
        return False
    return True


PAGES: tuple[Page, ...] = (
    Page(method="GET", path=HOME, handler=show_duty, door=Door.TOKEN, who=READERS),
    tried(HAND_OVERS, hand_over, _duty, home=HOME, who=HALL_ROLES | PLANNERS, shown=SHOWN_AGAIN),
    Page(
        method="POST",
        path=f"{HAND_OVERS}/{{hand_over_id}}/seen",
        handler=see,
        door=Door.TOKEN,
        who=READERS,
    ),
)
