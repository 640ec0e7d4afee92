"""Lists around the cases: the agenda of the leadership meeting, and decisions that never passed the hall."""

from aiohttp import web

from api_spec.route import Door
from api_spec.routes.cases import MEETERS, OVERSEERS
from backend.console.frame import show
from backend.edge import Page, actor
from backend.keys import CASES


async def show_agenda(request: web.Request) -> web.Response:
    """Plan, clause 50."""
    cases, who = request.app[CASES], actor(request)
    return await show(
        request,
        "console/agenda.html",
        matters=await cases.agenda(who.tenant_id),
        departments=await cases.departments(who.tenant_id),
    )


async def show_outside(request: web.Request) -> web.Response:
    """Plan, clause 4."""
    cases, who = request.app[CASES], actor(request)
    return await show(
        request,
        "console/decided_outside.html",
        found=await cases.decided_outside(who.tenant_id),
        departments=await cases.departments(who.tenant_id),
    )


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/staff/agenda", handler=show_agenda, door=Door.TOKEN, who=MEETERS),
    Page(method="GET", path="/staff/decided-outside", handler=show_outside, door=Door.TOKEN, who=OVERSEERS),
)
