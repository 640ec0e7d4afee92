"""The queue of cases: its tabs, its filters, and finding one case by what is typed or scanned."""

from collections.abc import Sequence

from aiohttp import web

from api_spec.china_time import day_in_china
from api_spec.messages.cases import CasePage, QueueQuery
from api_spec.route import Door
from api_spec.routes.cases import READERS
from api_spec.vocabulary import WindowType
from backend.cases.case import ENDED, OPEN_STATES
from backend.cases.http import queue_filter
from backend.console.bulk import offered
from backend.console.filled_in import SearchText
from backend.console.frame import case_counts, show, unsynced
from backend.console.queue import QueueAddress
from backend.console.saved_views import OPEN, View, states_of, tabs
from backend.edge import Page, actor, form, now, query, redirect
from backend.keys import CASES

MOST_FOUND = 100


async def show_queue(request: web.Request) -> web.Response:
    asked, who = query(request, QueueAddress), actor(request)
    wanted = asked.filter(who, today=day_in_china(now(request)))
    return await _queue(request, asked, await request.app[CASES].queue(who, wanted))


async def search_queue(request: web.Request) -> web.Response:
    """What a clerk typed or scanned: a case number, a tracking code or a document number."""
    typed = (await form(request, SearchText)).text
    if not typed:
        return redirect("/staff/cases")
    cases, today = request.app[CASES], day_in_china(now(request))
    wanted = queue_filter(cases, QueueQuery(text=typed, limit=MOST_FOUND), today=today)
    page = await cases.queue(actor(request), wanted)
    if len(page.cases) == 1:
        return redirect(f"/staff/cases/{page.cases[0].id}")
    return await _queue(request, QueueAddress(), page, typed=typed)


async def _queue(
    request: web.Request, asked: QueueAddress, page: CasePage, *, typed: str = ""
) -> web.Response:
    cases, who = request.app[CASES], actor(request)
    counts = await case_counts(request)
    shown = asked.shown(who.roles)
    states = states_of(shown, who.roles) or (ENDED if shown is View.ENDED else OPEN)
    return await show(
        request,
        "console/queue.html",
        page=page,
        asked=asked,
        typed=typed,
        shown=shown,
        tabs=tabs(counts, await cases.held(who), who.roles, shown=shown),
        states=[(state, _in(counts, state)) for state in states],
        is_open=shown is not View.ENDED,
        window_types=() if who.department_id else tuple(WindowType),
        kept={**asked.kept(), "view": shown, "cursor": asked.cursor},
        behind="" if typed else asked.behind(cursor=True),
        next_url=f"{asked.changed()}{'&' if '?' in asked.changed() else '?'}cursor={page.next}"
        if page.next
        else "",
        holders=await cases.in_hand([each.id for each in page.cases]),
        deeds=offered(who),
        unsynced=await unsynced(request),
    )


def _in(counts: Sequence[object], state: object) -> int | None:
    """How many open cases are in a state; of closed ones nothing is counted."""
    if state not in OPEN_STATES:
        return None
    return sum(getattr(count, "total", 0) for count in counts if getattr(count, "state", None) is state)


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/staff/cases", handler=show_queue, door=Door.TOKEN, who=READERS),
    Page(method="POST", path="/staff/cases/search", handler=search_queue, door=Door.TOKEN, who=READERS),
)
