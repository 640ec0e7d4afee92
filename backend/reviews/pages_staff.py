"""The office's pages of ratings: results, what may be read by now, bad ones in hand, devices at the windows."""

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from api_spec.china_time import day_in_china
from api_spec.errors import STATUS, ErrorCode
from api_spec.messages.base import HexId, Message
from api_spec.review_terms import BadReviewAction, CallBack, ReviewLevel, Verdict
from api_spec.route import Door
from api_spec.routes.reviews import DEALERS, KEEPERS, READERS
from api_spec.vocabulary import Role
from backend.console.commands import value_of
from backend.console.frame import show
from backend.console.refusals import CHOOSE, CORRECTABLE, refused, typed_form, version_in
from backend.edge import Page, actor, form, now, path_id, query, redirect
from backend.edge.pages import PageHandler
from backend.faults import Fault
from backend.keys import CATALOGUE, PEOPLE, REVIEWS
from backend.reviews.machine import Command
from backend.reviews.occasions import CLERKS

SENTENCE_OF: Final = {
    ErrorCode.NOTE_REQUIRED: "请写明情况。",
    ErrorCode.CASE_MOVED: "刚有人处理过，请看清最新情况再操作。",
    ErrorCode.ACTION_NOT_ALLOWED: "现在还不能这样处理，请看清进度。",
    ErrorCode.OUT_OF_SCOPE: "这一步要由被评价部门以外的人来做，或者不归您的部门。",
    ErrorCode.SAME_PERSON: "原来核实的人不能自己复核，请换一个人。",
}


class WindowForm(Message):
    window: HexId


class ListQuery(Message):
    closed: bool = False


async def overview(request: web.Request) -> web.Response:
    return await _overview(request)


async def _overview(request: web.Request, *, too_soon: bool = False) -> web.Response:
    who, at, reviews = actor(request), now(request), request.app[REVIEWS]
    deals = who.has(DEALERS)
    return await show(
        request,
        "reviews/staff.html",
        results=await reviews.figures.own(who, at=at),
        released=await reviews.figures.released(who, at=at),
        bad=await reviews.bad.listed(who) if deals else [],
        deals=deals,
        windows=await reviews.own_devices(who),
        keeps=who.has(KEEPERS),
        today=day_in_china(at),
        asked="asked" in request.query,
        too_soon=too_soon,
        status=STATUS[ErrorCode.TOO_MANY_REQUESTS] if too_soon else 200,
        levels=list(ReviewLevel),
    )


async def ask(request: web.Request) -> web.Response:
    """“请评价”: the device of this window shows the faces."""
    sent = await form(request, WindowForm)
    try:
        await request.app[REVIEWS].ask_at_window(sent.window, actor=actor(request), at=now(request))
    except Fault as fault:
        if fault.code is not ErrorCode.TOO_MANY_REQUESTS:
            raise
        return await _overview(request, too_soon=True)
    return redirect("/staff/reviews?asked=1")


async def list_bad(request: web.Request) -> web.Response:
    who, closed = actor(request), query(request, ListQuery).closed
    return await show(
        request,
        "reviews/bad_list.html",
        bad=await request.app[REVIEWS].bad.listed(who, closed=closed),
        closed=closed,
        today=day_in_china(now(request)),
    )


async def show_bad(request: web.Request) -> web.Response:
    return await _bad(request)


async def move_bad(request: web.Request) -> web.Response:
    bad_id = path_id(request, "bad_id")
    typed = await typed_form(request)
    try:
        await request.app[REVIEWS].bad.act(
            bad_id,
            _command(typed),
            version=version_in(typed),
            actor=actor(request),
            at=now(request),
        )
    except Fault as fault:
        if fault.code not in CORRECTABLE:
            raise
        return await _bad(request, fault=fault, typed=typed)
    return redirect(f"/staff/reviews/bad/{bad_id}")


def _command(typed: Mapping[str, str]) -> Command:
    """Raises Fault(BODY_INVALID): no such move."""
    action = value_of(BadReviewAction, typed.get("action", ""))
    if action is None:
        raise Fault(ErrorCode.BODY_INVALID)
    return Command(
        action=action,
        note=typed.get("note", "")[:2000],
        verdict=value_of(Verdict, typed.get("verdict", "")),
        call_back=value_of(CallBack, typed.get("call_back", "")),
        attachment=typed.get("attachment", "")[:200],
        complex=typed.get("complex") == "yes",
    )


async def _bad(
    request: web.Request, *, fault: Fault | None = None, typed: Mapping[str, str] | None = None
) -> web.Response:
    who = actor(request)
    opened = await request.app[REVIEWS].bad.show(path_id(request, "bad_id"), actor=who)
    ids = list({each.actor_id for each in opened.history})
    return await show(
        request,
        "reviews/bad.html",
        one=opened,
        names=await request.app[PEOPLE].staff_names(who.tenant_id, ids),
        word={action.value: action.zh for action in BadReviewAction},
        verdicts=[CHOOSE, *((each.value, each.zh) for each in Verdict)],
        calls=[CHOOSE, *((each.value, each.zh) for each in CallBack)],
        today=day_in_china(now(request)),
        typed=typed or {},
        **refused(fault, SENTENCE_OF),
    )


async def list_terminals(request: web.Request) -> web.Response:
    return await _terminals(request)


async def add_terminal(request: web.Request) -> web.Response:
    """The code is shown this once; the device that takes it gets a token nobody sees."""
    sent, who = await form(request, WindowForm), actor(request)
    if sent.window not in {card.id for card in await request.app[CATALOGUE].windows(who.tenant_id)}:
        raise Fault(ErrorCode.NOT_FOUND)
    code = await request.app[REVIEWS].terminals.add(sent.window, actor=who, at=now(request))
    return await _terminals(request, code=code)


async def end_terminal(request: web.Request) -> web.Response:
    await request.app[REVIEWS].terminals.end(
        path_id(request, "terminal_id"), actor=actor(request), at=now(request)
    )
    return redirect("/staff/reviews/terminals")


async def _terminals(request: web.Request, *, code: str = "") -> web.Response:
    who = actor(request)
    cards = await request.app[CATALOGUE].windows(who.tenant_id)
    return await show(
        request,
        "reviews/terminals.html",
        windows=[(card.id, f"{card.number}号 {card.name}") for card in cards],
        names={card.id: f"{card.number}号 {card.name}" for card in cards},
        devices=await request.app[REVIEWS].terminals.of(who),
        code=code,
    )


def _page(method: str, path: str, handler: PageHandler, who: frozenset[Role]) -> Page:
    return Page(method=method, path=path, handler=handler, door=Door.TOKEN, who=who)


PAGES: tuple[Page, ...] = (
    _page("GET", "/staff/reviews", overview, READERS),
    _page("POST", "/staff/reviews/ask", ask, CLERKS),
    _page("GET", "/staff/reviews/bad", list_bad, DEALERS),
    _page("GET", "/staff/reviews/bad/{bad_id}", show_bad, DEALERS),
    _page("POST", "/staff/reviews/bad/{bad_id}", move_bad, DEALERS),
    _page("GET", "/staff/reviews/terminals", list_terminals, KEEPERS),
    _page("POST", "/staff/reviews/terminals", add_terminal, KEEPERS),
    _page("POST", "/staff/reviews/terminals/{terminal_id}/end", end_terminal, KEEPERS),
)
