"""The hall's queues as JSON: open figures, the wall's screen, a ticket, a window's line, the devices."""

import hashlib
from datetime import timedelta

import msgspec
from aiohttp import web

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.messages import queue as messages
from api_spec.route import Route
from api_spec.routes import queue as routes
from api_spec.vocabulary import DeviceKind
from backend.appointments import views_queue
from backend.appointments.appointment import CODE_LENGTH, read_code
from backend.appointments.devices import Device, display
from backend.appointments.hall_view import TicketNow
from backend.edge import Handler, actor, body, no_content, now, path_id, path_text, query, reply, reply_bytes
from backend.edge.answers import JSON_HEADERS
from backend.faults import Fault
from backend.hall.http import asked_tenant
from backend.keys import APPOINTMENTS, CATALOGUE

SCREEN_COOKIE = "bmt_screen"
KIOSK_COOKIE = "bmt_kiosk"
COOKIES = {DeviceKind.SCREEN: SCREEN_COOKIE, DeviceKind.KIOSK: KIOSK_COOKIE}
BEARER = "Bearer "


async def show_queues(request: web.Request) -> web.Response:
    tenant_id = asked_tenant(request, query(request, messages.QueuesQuery).tenant_id)
    hall = await request.app[APPOINTMENTS].view.hall(tenant_id, at=now(request))
    return reply([views_queue.queue_view(queue) for queue in hall.queues])


async def show_ticket(request: web.Request) -> web.Response:
    return reply(views_queue.ticket_view(await ticket_now(request)))


async def show_screen(request: web.Request) -> web.Response:
    screen = await device(request, DeviceKind.SCREEN)
    encoded = msgspec.json.encode(await screen_of(request, screen))
    etag = f'"{hashlib.sha256(encoded).hexdigest()[:20]}"'
    headers = {**JSON_HEADERS, "ETag": etag}
    if request.headers.get("If-None-Match") == etag:
        return web.Response(status=304, headers={"ETag": etag, "Cache-Control": "no-store"})
    return reply_bytes(encoded, headers=headers)


async def show_line(request: web.Request) -> web.Response:
    desk, caller, at = request.app[APPOINTMENTS], actor(request), now(request)
    line = await desk.line(path_id(request, "window_id"), actor=caller, at=at)
    return reply(views_queue.line_view(line, at=at))


async def list_devices(request: web.Request) -> web.Response:
    devices = await request.app[APPOINTMENTS].devices.all(actor(request))
    return reply([device_view(one) for one in devices])


async def add_device(request: web.Request) -> web.Response:
    command = await body(request, messages.DeviceBody)
    made, code = await request.app[APPOINTMENTS].devices.add(
        command.kind, command.name, actor=actor(request), at=now(request)
    )
    return reply(device_view(made, display(code)), status=201)


async def revoke_device(request: web.Request) -> web.Response:
    await request.app[APPOINTMENTS].devices.revoke(
        path_id(request, "device_id"), actor=actor(request), at=now(request)
    )
    return no_content()


async def list_waits(request: web.Request) -> web.Response:
    days = query(request, messages.WaitsQuery).days
    today = day_in_china(now(request))
    found = await request.app[APPOINTMENTS].waits(
        actor(request).tenant_id, today - timedelta(days=days - 1), today
    )
    return reply([views_queue.waits_row(day) for day in found])


async def device(request: web.Request, kind: DeviceKind) -> Device:
    """The screen or kiosk that asks, by its cookie or as a bearer of its code.

    Raises:
        Fault: TOKEN_MISSING, TOKEN_INVALID.
    """
    header = request.headers.get("Authorization", "")
    code = header.removeprefix(BEARER) if header else request.cookies.get(COOKIES[kind], "")
    return await request.app[APPOINTMENTS].devices.recognise(code, kind)


async def screen_of(request: web.Request, screen: Device) -> messages.ScreenView:
    tenant = await request.app[CATALOGUE].tenant(screen.tenant_id)
    hall = await request.app[APPOINTMENTS].view.hall(screen.tenant_id, at=now(request))
    return views_queue.screen_view(tenant.hall_name or tenant.centre_name, hall)


async def ticket_now(request: web.Request) -> TicketNow:
    """The ticket whose code is in the path.

    Raises:
        Fault: APPOINTMENT_NOT_FOUND.
    """
    code = read_code(path_text(request, "code"))
    found = None
    if len(code) == CODE_LENGTH and code.isascii() and code.isalnum():
        found = await request.app[APPOINTMENTS].view.find_ticket(code, at=now(request))
    if found is None:
        raise Fault(ErrorCode.APPOINTMENT_NOT_FOUND)
    return found


def device_view(one: Device, code: str = "") -> messages.DeviceView:
    return messages.DeviceView(
        id=one.id, kind=one.kind, name=one.name, code=code, active=one.revoked_at is None
    )


HANDLERS: dict[Route, Handler] = {
    routes.SHOW_QUEUES: show_queues,
    routes.SHOW_TICKET: show_ticket,
    routes.SHOW_SCREEN: show_screen,
    routes.SHOW_LINE: show_line,
    routes.LIST_DEVICES: list_devices,
    routes.ADD_DEVICE: add_device,
    routes.REVOKE_DEVICE: revoke_device,
    routes.LIST_WAITS: list_waits,
}
