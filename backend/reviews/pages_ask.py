"""“请评价” where the clerk works: on the console's page of a case."""

from aiohttp import web

from api_spec.messages.cases import CaseView
from backend.edge import actor
from backend.edge.panels import Panel
from backend.keys import REVIEWS


async def staff_panel(request: web.Request, view: CaseView) -> Panel | None:  # noqa: ARG001 - as `PanelSource`
    """At a window with a device only."""
    windows = await request.app[REVIEWS].own_devices(actor(request))
    return Panel("reviews/ask.html", {"windows": windows}) if windows else None
