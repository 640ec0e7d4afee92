"""Subscriptions on a page of the system administrator: make one, see its secret once, end one."""

from typing import Final

from aiohttp import web

from api_spec.errors import ErrorCode
from api_spec.route import Door
from api_spec.vocabulary import Role
from backend.console.frame import show
from backend.edge import Page, actor, form_fields, now, path_id, redirect
from backend.faults import Fault
from backend.keys import WEBHOOKS
from backend.webhooks.service import EventType

KEEPERS: Final = frozenset({Role.SYSTEM_ADMIN})
OFFERED: Final = (EventType.CASE_MOVED, EventType.ERRAND_CHANGED)
LONGEST_URL: Final = 500


async def show_webhooks(request: web.Request) -> web.Response:
    return await _page(request)


async def _page(
    request: web.Request, *, secret: str = "", typed: str = "", errors: dict[str, str] | None = None
) -> web.Response:
    hooks = request.app[WEBHOOKS]
    tenant_id = actor(request).tenant_id
    return await show(
        request,
        "webhooks/list.html",
        status=422 if errors else 200,
        hooks=await hooks.all(tenant_id),
        failing=await hooks.failing(tenant_id),
        offered=OFFERED,
        labels={each.value: each.zh for each in EventType},
        plain=hooks.plain,
        secret=secret,
        typed=typed,
        errors=errors or {},
    )


async def subscribe(request: web.Request) -> web.Response:
    fields = await form_fields(request)
    url = fields.get("url", [""])[-1].strip()[:LONGEST_URL]
    chosen = [each for each in OFFERED if each.value in fields.get("types", [])]
    try:
        _, secret = await request.app[WEBHOOKS].subscribe(url, chosen, actor=actor(request), at=now(request))
    except Fault as fault:
        if fault.code is not ErrorCode.FORM_INVALID:
            raise
        return await _page(request, typed=url, errors={each.field: each.sentence for each in fault.wrong})
    return await _page(request, secret=secret)


async def end(request: web.Request) -> web.Response:
    await request.app[WEBHOOKS].end(path_id(request, "webhook_id"), actor=actor(request), at=now(request))
    return redirect("/staff/webhooks")


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/staff/webhooks", handler=show_webhooks, door=Door.TOKEN, who=KEEPERS),
    Page(method="POST", path="/staff/webhooks", handler=subscribe, door=Door.TOKEN, who=KEEPERS),
    Page(method="POST", path="/staff/webhooks/{webhook_id}/end", handler=end, door=Door.TOKEN, who=KEEPERS),
)
