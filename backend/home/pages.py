"""Home, finding one's progress, help, whom to call, the privacy notice, the large-print switch, and the assets of all pages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from aiohttp import web
from pydantic import StringConstraints

from api_spec import face
from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.messages.base import Message, OptionalLine
from api_spec.messages.cases import CaseCard
from api_spec.problems import BadInput
from api_spec.tracking_code import parse
from api_spec.vocabulary import ConsentPurpose, Partner, WindowType
from backend.actors import Actor
from backend.appointments.http import views_for
from backend.catalogue.pages import visited
from backend.edge import Page, find_actor, form, now, path_text, query, redirect, render
from backend.edge.pages import ELDER_COOKIE, local_path
from backend.faults import Fault
from backend.home.next_action import NextAction, next_action
from backend.home.words import ASKED, COMMON_WORDS, TROUBLES
from backend.keys import APPOINTMENTS, CASES, CATALOGUE, HALL, PROXY
from backend.people.notices import current
from backend.progress.mistyped import mistake

ELDER_AGE_S = 365 * 24 * 3600
OWN_SHOWN = 3
MOST_LOOKED_AT = 20


class Typed(Message):
    """A tracking code as somebody typed it from a slip."""

    code: OptionalLine = ""


class Switch(Message):
    """Where the switch was."""

    next: Annotated[str, StringConstraints(max_length=4000)] = "/"


async def show_home(request: web.Request) -> web.Response:
    """What people come for, and for whoever is signed in the one thing that waits for them."""
    tenant = await visited(request)
    at = now(request)
    caller = find_actor(request)
    cases, action = await _own(request, caller, at) if caller and caller.is_citizen else ((), None)
    return render(
        request,
        "home/home.html",
        tenant=tenant,
        hall=await request.app[HALL].today(tenant.id, at=at),
        common=COMMON_WORDS,
        partners=tuple(Partner),
        window_types=tuple(WindowType),
        action=action,
        mine=cases[:OWN_SHOWN],
    )


async def _own(
    request: web.Request, caller: Actor, at: datetime
) -> tuple[Sequence[CaseCard], NextAction | None]:
    """The newest cases of a citizen, and what they should do next."""
    app = request.app
    cases = (await app[CASES].mine(caller, at=at)).cases
    visits = await views_for(request, await app[APPOINTMENTS].mine(caller, limit=MOST_LOOKED_AT), caller)
    errands = (await app[PROXY].mine(caller, at=at)).errands
    return cases, next_action(cases, visits, errands, today=day_in_china(at))


async def show_telephones(request: web.Request) -> web.Response:
    """Whom to call: the centre, each window, and in danger the emergency numbers."""
    tenant = await visited(request)
    windows = await request.app[CATALOGUE].windows(tenant.id)
    return render(
        request,
        "home/call.html",
        tenant=tenant,
        hall=await request.app[HALL].today(tenant.id, at=now(request)),
        windows=[card for card in sorted(windows, key=lambda card: card.number) if card.phone],
    )


async def find_progress(request: web.Request) -> web.Response:
    """The typed code leads to its page; a slip of the pen is told here."""
    typed = query(request, Typed).code
    if not typed:
        return render(request, "home/find.html", typed="", error="")
    try:
        return redirect(f"/c/{parse(typed).text}")
    except BadInput as bad:
        return render(request, "home/find.html", status=422, typed=typed, error=mistake(typed, bad.sentence))


async def show_help(request: web.Request) -> web.Response:
    return render(request, "home/help.html", tenant=await visited(request), asked=ASKED, troubles=TROUBLES)


async def show_privacy(request: web.Request) -> web.Response:
    today = day_in_china(now(request))
    return render(
        request, "home/privacy.html", notices=[current(purpose, today) for purpose in ConsentPurpose]
    )


async def switch_size(request: web.Request) -> web.Response:
    """Large print on or off, kept in a cookie of this browser."""
    back = redirect(local_path((await form(request, Switch)).next))
    if request.cookies.get(ELDER_COOKIE) == "1":
        back.del_cookie(ELDER_COOKIE, path="/")
    else:
        back.set_cookie(
            ELDER_COOKIE,
            "1",
            path="/",
            max_age=ELDER_AGE_S,
            httponly=True,
            samesite="Lax",
            secure=request.secure,
        )
    return back


async def send_asset(request: web.Request) -> web.Response:
    """A shared asset; under an old fingerprint the new one, not kept."""
    try:
        asset = face.load_asset(path_text(request, "name"))
    except LookupError:
        raise Fault(ErrorCode.NOT_FOUND) from None
    headers = {
        "Content-Type": asset.content_type,
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Encoding",
        "Cache-Control": face.CACHE_CONTROL
        if request.match_info["fingerprint"] == face.fingerprint()
        else "no-cache",
    }
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return web.Response(body=asset.gzipped, headers={**headers, "Content-Encoding": "gzip"})
    return web.Response(body=asset.body, headers=headers)


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/", handler=show_home),
    Page(method="GET", path="/c", handler=find_progress),
    Page(method="GET", path="/help", handler=show_help),
    Page(method="GET", path="/call", handler=show_telephones),
    Page(method="GET", path="/privacy", handler=show_privacy),
    Page(method="POST", path="/elder", handler=switch_size),
    Page(method="GET", path="/static/{fingerprint}/{name}", handler=send_asset),
)
