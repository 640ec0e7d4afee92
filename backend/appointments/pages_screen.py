"""The hall's screen and kiosk: pages for a device with a code of its own; nobody signs in at them."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web
from markupsafe import Markup

from api_spec.errors import STATUS, ErrorCode
from api_spec.messages.base import Message, ShortLine
from api_spec.paper.qr import Level, matrix, svg
from api_spec.vocabulary import AppointmentState, DeviceKind, Priority, WindowType
from backend.actors import system
from backend.appointments.devices import Device
from backend.appointments.http_queue import COOKIES, device, screen_of, ticket_now
from backend.appointments.pages_ticket import link_of
from backend.appointments.views_queue import queue_view, ticket_view
from backend.edge import Page, form, now, redirect, render
from backend.faults import Fault
from backend.keys import APPOINTMENTS, CATALOGUE
from backend.wording import SENTENCES

COOKIE_AGE_S = 5 * 365 * 24 * 3600
BACK_AFTER_S = 25
HOME = {DeviceKind.SCREEN: "/screen", DeviceKind.KIOSK: "/kiosk"}

DevicePage = Callable[[web.Request, Device], Awaitable[web.Response]]


class CodeForm(Message):
    code: ShortLine


class ScanForm(Message):
    code: ShortLine | None = None


class TicketForm(Message):
    queue: WindowType
    priority: Priority | None = None


async def screen(request: web.Request) -> web.Response:
    return await _for(request, DeviceKind.SCREEN, _screen)


async def kiosk(request: web.Request) -> web.Response:
    return await _for(request, DeviceKind.KIOSK, _kiosk)


async def kiosk_ticket(request: web.Request) -> web.Response:
    return await _for(request, DeviceKind.KIOSK, _kiosk_ticket)


async def let_screen_in(request: web.Request) -> web.Response:
    return await _let_in(request, DeviceKind.SCREEN)


async def let_kiosk_in(request: web.Request) -> web.Response:
    return await _let_in(request, DeviceKind.KIOSK)


async def take_ticket(request: web.Request) -> web.Response:
    """Somebody pressed a type of window."""

    async def take(request: web.Request, here: Device) -> web.Response:
        try:
            sent = await form(request, TicketForm)
            taken = await request.app[APPOINTMENTS].take_ticket(
                sent.queue, sent.priority, tenant_id=here.tenant_id, at=now(request)
            )
        except Fault as fault:
            return await _kiosk(request, here, fault=fault)
        return redirect(f"/kiosk/tickets/{taken.code}")

    return await _for(request, DeviceKind.KIOSK, take)


async def check_in(request: web.Request) -> web.Response:
    """Somebody scanned the code of their appointment."""

    async def scan(request: web.Request, here: Device) -> web.Response:
        try:
            code = (await form(request, ScanForm)).code or ""
            there = await request.app[APPOINTMENTS].check_in(
                code, actor=system(here.tenant_id), at=now(request)
            )
        except Fault as fault:
            return await _kiosk(request, here, fault=fault)
        return redirect(f"/kiosk/tickets/{there.code}")

    return await _for(request, DeviceKind.KIOSK, scan)


async def _screen(request: web.Request, here: Device) -> web.Response:
    return render(request, "queue/screen.html", s=await screen_of(request, here))


async def _kiosk(request: web.Request, here: Device, *, fault: Fault | None = None) -> web.Response:
    tenant = await request.app[CATALOGUE].tenant(here.tenant_id)
    hall = await request.app[APPOINTMENTS].view.hall(here.tenant_id, at=now(request))
    return render(
        request,
        "queue/kiosk.html",
        status=STATUS[fault.code] if fault else 200,
        sentence=SENTENCES[fault.code] if fault else "",
        hall=tenant.hall_name or tenant.centre_name,
        queues=[queue_view(queue) for queue in hall.queues],
        priorities=tuple(Priority),
    )


async def _kiosk_ticket(request: web.Request, here: Device) -> web.Response:
    found = await ticket_now(request)
    if found.appointment.tenant_id != here.tenant_id or found.appointment.state is AppointmentState.CANCELLED:
        raise Fault(ErrorCode.APPOINTMENT_NOT_FOUND)
    tenant = await request.app[CATALOGUE].tenant(here.tenant_id)
    link = link_of(request, found.appointment.code)
    drawn = await asyncio.to_thread(lambda: svg(matrix(link, Level.SCREEN), label="扫码看还要等几位"))
    return render(
        request,
        "queue/kiosk_ticket.html",
        hall=tenant.hall_name or tenant.centre_name,
        t=ticket_view(found),
        qr=Markup(drawn),  # noqa: S704 - our own SVG, its label escaped
        back_after_s=BACK_AFTER_S,
    )


async def _for(request: web.Request, kind: DeviceKind, show: DevicePage) -> web.Response:
    """The page for a device that is known; for any other the box for its code."""
    try:
        here = await device(request, kind)
    except Fault as fault:
        return _ask_code(request, kind, fault)
    return await show(request, here)


async def _let_in(request: web.Request, kind: DeviceKind) -> web.Response:
    try:
        code = (await form(request, CodeForm)).code
        await request.app[APPOINTMENTS].devices.recognise(code, kind)
    except Fault as fault:
        return _ask_code(request, kind, fault)
    inside = redirect(HOME[kind])
    inside.set_cookie(
        COOKIES[kind],
        code,
        path="/",
        max_age=COOKIE_AGE_S,
        httponly=True,
        samesite="Strict",
        secure=request.secure,
    )
    return inside


def _ask_code(request: web.Request, kind: DeviceKind, fault: Fault) -> web.Response:
    wrong = request.method == "POST" and fault.code is not ErrorCode.TOKEN_MISSING
    return render(
        request,
        "queue/device_code.html",
        status=STATUS[fault.code],
        kind=kind,
        home=HOME[kind],
        sentence="设备码不对，或者这台设备已经停用。请在工作台“大厅设备”里核对。" if wrong else "",
    )


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/screen", handler=screen),
    Page(method="POST", path="/screen", handler=let_screen_in),
    Page(method="GET", path="/kiosk", handler=kiosk),
    Page(method="POST", path="/kiosk", handler=let_kiosk_in),
    Page(method="POST", path="/kiosk/tickets", handler=take_ticket),
    Page(method="POST", path="/kiosk/check-in", handler=check_in),
    Page(method="GET", path="/kiosk/tickets/{code}", handler=kiosk_ticket),
)
