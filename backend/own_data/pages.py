"""The privacy centre of a citizen: what is held, who looked, consents, taking it along, wishes; and the centre's answers."""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from aiohttp import web

from api_spec.errors import ErrorCode
from api_spec.messages.base import Message
from api_spec.own_data_terms import DataWish, WishOutcome, WishState
from api_spec.route import Door
from api_spec.vocabulary import Term
from backend.console.commands import value_of
from backend.console.frame import show
from backend.console.refusals import CHOOSE, CORRECTABLE, refused, typed_form
from backend.edge import Page, actor, now, path_id, query, redirect, render
from backend.edge.pages import PageHandler
from backend.edge.requests import HEX_ID
from backend.faults import Fault, Wrong
from backend.ids import new_id
from backend.keys import GATHERING, OWN_DATA, PEOPLE
from backend.own_data.http import export_me
from backend.own_data.rules import ANSWERERS, Wish
from backend.register.pages_own import own

T = TypeVar("T", bound=Term)

HOME: Final = "/me/privacy"
DESK: Final = "/staff/data-wishes"
LOOKS_SHOWN: Final = 10
SENTENCE_OF: Final = {
    ErrorCode.CASE_MOVED: "刚有人答复过了，请看清最新情况。",
    ErrorCode.TOO_MANY_REQUESTS: "您有几件请求还在办，等答复了再提。",
}
SAID_HERE: Final = CORRECTABLE | {ErrorCode.TOO_MANY_REQUESTS}


class ListQuery(Message):
    closed: bool = False


async def show_centre(request: web.Request) -> web.Response:
    return await _centre(request)


async def show_all(request: web.Request) -> web.Response:
    """Everything, readable; opening it is written down like the download."""
    caller, at = actor(request), now(request)
    account, _ = await request.app[PEOPLE].citizens.export(caller, at=at)
    return render(
        request, "own_data/all.html", account=account, parts=await request.app[GATHERING].parts(caller, at=at)
    )


async def download(request: web.Request) -> web.Response:
    answer = await export_me(request)
    answer.headers["Content-Disposition"] = 'attachment; filename="bianmintong-my-data.json"'
    return answer


async def make_wish(request: web.Request) -> web.Response:
    typed = await typed_form(request)
    try:
        await request.app[OWN_DATA].ask(
            _chosen(DataWish, typed, "wish"),
            typed.get("text", ""),
            rid=_rid(typed),
            actor=actor(request),
            at=now(request),
        )
    except Fault as fault:
        if fault.code not in SAID_HERE:
            raise
        return await _centre(request, fault=fault, typed=typed)
    return redirect(f"{HOME}#wishes")


async def list_wishes(request: web.Request) -> web.Response:
    closed = query(request, ListQuery).closed
    state = WishState.ANSWERED if closed else WishState.WAITING
    wishes = await request.app[OWN_DATA].listed(actor(request), state=state)
    return await show(request, "own_data/list.html", wishes=wishes, closed=closed)


async def show_wish(request: web.Request) -> web.Response:
    return await _wish(request)


async def answer_wish(request: web.Request) -> web.Response:
    typed, wish_id = await typed_form(request), path_id(request, "wish_id")
    try:
        await request.app[OWN_DATA].answer(
            wish_id,
            _chosen(WishOutcome, typed, "outcome"),
            typed.get("text", ""),
            actor=actor(request),
            at=now(request),
        )
    except Fault as fault:
        if fault.code not in CORRECTABLE:
            raise
        return await _wish(request, fault=fault, typed=typed)
    return redirect(f"{DESK}/{wish_id}")


async def _centre(
    request: web.Request, *, fault: Fault | None = None, typed: Mapping[str, str] | None = None
) -> web.Response:
    people, caller, at = request.app[PEOPLE], actor(request), now(request)
    gathering = request.app[GATHERING]
    looks = await gathering.looks(caller, at=at)
    return render(
        request,
        "own_data/centre.html",
        me=await people.citizen(caller.id),
        parts=[(part.title, len(part.lines)) for part in await gathering.parts(caller, at=at)],
        looks=looks[:LOOKS_SHOWN],
        more_looks=len(looks) > LOOKS_SHOWN,
        consents=[each for each in await people.citizens.consents(caller.id) if each.ended_at is None],
        wishes=await request.app[OWN_DATA].own(caller.id),
        kinds=[(each.value, each.zh) for each in DataWish],
        typed={"rid": new_id(), **(typed or {})},
        **refused(fault, SENTENCE_OF),
    )


async def _wish(
    request: web.Request, *, fault: Fault | None = None, typed: Mapping[str, Any] | None = None
) -> web.Response:
    found: Wish = await request.app[OWN_DATA].show(
        path_id(request, "wish_id"), actor=actor(request), at=now(request)
    )
    return await show(
        request,
        "own_data/wish.html",
        wish=found,
        who=await request.app[PEOPLE].citizen(found.citizen_id),
        outcomes=[CHOOSE, *((each.value, each.zh) for each in WishOutcome)],
        typed=typed or {},
        **refused(fault, SENTENCE_OF),
    )


def _chosen(values: type[T], typed: Mapping[str, str], name: str) -> T:
    """Raises Fault(FORM_INVALID)."""
    found = value_of(values, typed.get(name, ""))
    if found is None:
        raise Fault(ErrorCode.FORM_INVALID, wrong=[Wrong(name, "required", "请选一个。")])
    return found


def _rid(typed: Mapping[str, str]) -> str:
    """Raises Fault(BODY_INVALID): not our form."""
    if not HEX_ID.fullmatch(typed.get("rid", "")):
        raise Fault(ErrorCode.BODY_INVALID)
    return typed["rid"]


def _desk(method: str, path: str, handler: PageHandler) -> Page:
    return Page(method=method, path=DESK + path, handler=handler, door=Door.TOKEN, who=ANSWERERS)


PAGES: tuple[Page, ...] = (
    own("GET", HOME, show_centre),
    own("GET", "/me/data", show_all),
    own("GET", "/me/export", download),
    own("POST", f"{HOME}/wishes", make_wish),
    _desk("GET", "", list_wishes),
    _desk("GET", "/{wish_id}", show_wish),
    _desk("POST", "/{wish_id}", answer_wish),
)
