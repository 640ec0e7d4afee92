"""The clock's part of an errand's pages: when a changed calendar moved its last day."""

from aiohttp import web

from api_spec.messages.proxy import ErrandView
from backend.edge import Panel, actor
from backend.keys import RECOUNT


async def moved_days(request: web.Request, view: ErrandView) -> Panel | None:
    """For staff and the applicant alike."""
    changes = await request.app[RECOUNT].changes_of(actor(request).tenant_id, "errand", view.id)
    sentences = [change.sentence for change in changes]
    return Panel("cases/own_clock.html", {"sentences": sentences}) if sentences else None
