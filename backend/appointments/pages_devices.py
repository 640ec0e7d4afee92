"""The hall's screens and kiosks: who may show and give tickets without anybody signed in."""

from aiohttp import web

from api_spec.errors import STATUS
from api_spec.messages.queue import DeviceBody
from api_spec.route import Door
from api_spec.routes.queue import KEEPERS
from api_spec.vocabulary import DeviceKind
from backend.appointments.devices import display
from backend.edge import Page, actor, form, form_fields, now, path_id, redirect, render
from backend.edge.pages import PageHandler
from backend.faults import Fault
from backend.keys import APPOINTMENTS, SETTINGS


async def devices(request: web.Request) -> web.Response:
    return await _page(request)


async def add(request: web.Request) -> web.Response:
    """The code is on this one answer and nowhere else, so the answer is no redirect."""
    typed = {name: values[-1] for name, values in (await form_fields(request)).items()}
    try:
        sent = await form(request, DeviceBody)
    except Fault as fault:
        return await _page(request, typed=typed, fault=fault)
    made, code = await request.app[APPOINTMENTS].devices.add(
        sent.kind, sent.name, actor=actor(request), at=now(request)
    )
    return await _page(request, code=display(code), made=f"{made.kind.zh}“{made.name}”")


async def revoke(request: web.Request) -> web.Response:
    await request.app[APPOINTMENTS].devices.revoke(
        path_id(request, "device_id"), actor=actor(request), at=now(request)
    )
    return redirect("/staff/hall-devices")


async def _page(
    request: web.Request,
    *,
    typed: dict[str, str] | None = None,
    code: str = "",
    made: str = "",
    fault: Fault | None = None,
) -> web.Response:
    return render(
        request,
        "queue/devices.html",
        status=STATUS[fault.code] if fault else 200,
        wrong=fault.wrong if fault else (),
        errors={each.field: each.sentence for each in fault.wrong} if fault else {},
        typed=typed or {},
        code=code,
        made=made,
        devices=await request.app[APPOINTMENTS].devices.all(actor(request)),
        kinds=[(kind.value, kind.zh) for kind in DeviceKind],
        base_url=request.app[SETTINGS].base_url,
    )


def _keeper(method: str, path: str, handler: PageHandler) -> Page:
    return Page(method=method, path=path, handler=handler, door=Door.TOKEN, who=KEEPERS)


PAGES: tuple[Page, ...] = (
    _keeper("GET", "/staff/hall-devices", devices),
    _keeper("POST", "/staff/hall-devices", add),
    _keeper("POST", "/staff/hall-devices/{device_id}/revoke", revoke),
)
