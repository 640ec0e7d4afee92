"""The clock's part of a case's pages: for staff the ledger and every step, for the applicant plain sentences."""

from collections.abc import Iterable

from aiohttp import web

from api_spec.messages.cases import CaseView
from backend.edge import Panel, actor
from backend.keys import PEOPLE, RECOUNT


async def staff_clock(request: web.Request, view: CaseView) -> Panel | None:
    """Days used, stops with ground and who, and what each step took."""
    clock = view.clock
    if clock is None:
        return None
    names = await request.app[PEOPLE].staff_names(actor(request).tenant_id, list(_people(view)))
    return Panel("cases/clock.html", {"clock": clock, "names": names, "moved": await _moved(request, view)})


async def own_clock(request: web.Request, view: CaseView) -> Panel | None:
    """Days left, or why the clock stands still and since when, and when a changed calendar moved the day."""
    said = view.clock.sentences if view.clock else []
    sentences = [*said, *await _moved(request, view)]
    return Panel("cases/own_clock.html", {"sentences": sentences}) if sentences else None


async def _moved(request: web.Request, view: CaseView) -> list[str]:
    """What a changed calendar did to the last day."""
    changes = await request.app[RECOUNT].changes_of(actor(request).tenant_id, "case", view.id)
    return [change.sentence for change in changes]


def _people(view: CaseView) -> Iterable[str]:
    if view.clock is not None:
        for stop in view.clock.stops:
            yield stop.by
            yield stop.ended_by
        for step in view.clock.steps:
            yield step.by
