"""Where staff land after signing in: what waits for them, what is nearly due, and the way to everything else."""

from aiohttp import web

from api_spec.china_time import day_in_china
from api_spec.route import STAFF, Door
from api_spec.routes.cases import READERS
from backend.cases.service import QueueFilter
from backend.cases.worklist import next_states
from backend.console.frame import case_counts, show, unsynced
from backend.console.nav import is_outsider, staff_nav
from backend.console.saved_views import first_view, tabs
from backend.edge import Page, actor, now
from backend.keys import CASES, CATALOGUE, HALL, WAITING
from backend.to_do import all_that_waits

SHOWN = 8
MOST_TO_DO = 30


async def show_work(request: web.Request) -> web.Response:
    who = actor(request)
    at = now(request)
    today = day_in_china(at)
    handles_cases = who.has(READERS) and not is_outsider(who)
    cases, desks = request.app[CASES], request.app[WAITING]
    counts = await case_counts(request) if handles_cases else ()
    mine = next_states(who.roles)
    wanted = QueueFilter(today=today, states=mine, limit=SHOWN)
    first = first_view(who.roles)
    page = await cases.queue(who, wanted) if handles_cases else None
    return await show(
        request,
        "console/work.html",
        tenant=await request.app[CATALOGUE].tenant(who.tenant_id),
        at=at,
        handles_cases=handles_cases,
        unsynced=await unsynced(request) if handles_cases else (),
        bars=[(count.state.zh, count.total, "bad" if count.overdue else "") for count in counts],
        total=sum(count.total for count in counts),
        tabs=tabs(counts, await cases.held(who), who.roles, shown=first) if handles_cases else [],
        nearest=page.cases if page else (),
        waiting=sum(count.total for count in counts if count.state in mine) if mine else None,
        to_do=[] if is_outsider(who) else await all_that_waits(desks, who, at=at),
        today=today,
        groups=staff_nav(who),
        shown=MOST_TO_DO,
        answers_elsewhere=is_outsider(who),
        standing_in=await _standing_in(request),
        handed=await request.app[HALL].duties.unseen(who.id),
    )


async def _standing_in(request: web.Request) -> list[tuple[str, str]]:
    """Windows and whom the person does the work of now (AB岗)."""
    who = actor(request)
    names = {
        card.id: f"{card.number}号{card.name}" for card in await request.app[CATALOGUE].windows(who.tenant_id)
    }
    found = request.app[HALL].duties.standing_in(who.tenant_id, who.id, at=now(request))
    return [(names[each.window_id], each.absent.name) for each in found if each.window_id in names]


PAGES: tuple[Page, ...] = (Page(method="GET", path="/staff", handler=show_work, door=Door.TOKEN, who=STAFF),)
