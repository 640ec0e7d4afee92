"""The public board of the hall (阳光台): every window, its hours today, what it handles, and who is there now."""

from itertools import groupby

from aiohttp import web

from api_spec.china_time import clock_text, day_in_china, day_text
from backend.edge import Page, now, render
from backend.hall.http import asked_tenant
from backend.hall.service import WindowToday
from backend.keys import CATALOGUE, HALL


async def board(request: web.Request) -> web.Response:
    tenant_id, at = asked_tenant(request, None), now(request)
    hall = request.app[HALL]
    return render(
        request,
        "hall/board.html",
        tenant=await request.app[CATALOGUE].tenant(tenant_id),
        hall=await hall.today(tenant_id, at=at),
        groups=[(name, list(same)) for name, same in groupby(await hall.board(tenant_id, at=at), key=_name)],
        today=day_text(day_in_china(at)),
        clock=clock_text,
    )


def _name(window: WindowToday) -> str:
    return window.card.name


PAGES: tuple[Page, ...] = (Page(method="GET", path="/hall", handler=board),)
