"""A ticket on the phone of whoever holds it, and its paper: open by the code on it, with nothing personal."""

import asyncio

from aiohttp import web
from markupsafe import Markup

from api_spec import face
from api_spec.china_time import clock_text, day_in_china, day_text, minute_in_china
from api_spec.errors import STATUS, ErrorCode
from api_spec.messages.base import Message
from api_spec.paper import thermal, ticket
from api_spec.paper.qr import Level, matrix, svg
from api_spec.paper.ticket import TicketPaper
from api_spec.route import CITIZENS, Door
from api_spec.vocabulary import AppointmentState, Lane, WindowType
from backend.appointments.hall_view import TicketNow
from backend.appointments.http_queue import ticket_now
from backend.appointments.views_queue import queue_view, ticket_view
from backend.edge import Page, actor, form, now, page_response, redirect, render, reply_bytes
from backend.faults import Fault
from backend.hall.http import asked_tenant
from backend.keys import APPOINTMENTS, CATALOGUE, HALL, SETTINGS
from backend.wording import SENTENCES

SLIP_STYLE = "/slips/slip.css"
NEAR_REFRESH_S, FAR_REFRESH_S = 5, 15
MOVING = frozenset(
    {
        AppointmentState.CHECKED_IN,
        AppointmentState.CALLED,
        AppointmentState.PARKED,
        AppointmentState.MISSED,
    }
)
BYTES = {"Content-Type": "application/octet-stream", "Cache-Control": "no-store"}


class AheadForm(Message):
    queue: WindowType


async def show_ticket(request: web.Request) -> web.Response:
    """Position, estimate and what to do; fresh by itself, with the script or without."""
    try:
        found = await ticket_now(request)
    except Fault as fault:
        if fault.code is not ErrorCode.APPOINTMENT_NOT_FOUND:
            raise
        return render(request, "queue/no_ticket.html", status=STATUS[fault.code])
    state = found.appointment.state
    near = found.is_near or state is AppointmentState.CALLED
    link = link_of(request, found.appointment.code)
    coming = found.appointment.is_on_the_way
    drawn = (
        await asyncio.to_thread(lambda: svg(matrix(link, Level.SCREEN), label="报到时扫这个码"))
        if coming
        else ""
    )
    return render(
        request,
        "queue/ticket.html",
        t=ticket_view(found),
        code=found.appointment.code,
        waiting=found.queue.waiting,
        qr=Markup(drawn),  # noqa: S704 - our own SVG, its label escaped
        refresh_s=(NEAR_REFRESH_S if near else FAR_REFRESH_S) if state in MOVING else 0,
    )


async def show_queues(request: web.Request) -> web.Response:
    """Book, take a ticket, or just come: the ways to the hall, and how long it takes at each type of window now."""
    tenant_id, at = asked_tenant(request, None), now(request)
    hall = await request.app[APPOINTMENTS].view.hall(tenant_id, at=at)
    return render(
        request,
        "queue/queues.html",
        queues=[queue_view(queue) for queue in hall.queues],
        hall=await request.app[HALL].today(tenant_id, at=at),
    )


async def choose_ticket(request: web.Request) -> web.Response:
    """A citizen takes a ticket before they set out."""
    return await _choose(request)


async def take_ticket(request: web.Request) -> web.Response:
    try:
        sent = await form(request, AheadForm)
        taken = await request.app[APPOINTMENTS].take_ticket_ahead(
            sent.queue, actor=actor(request), at=now(request)
        )
    except Fault as fault:
        return await _choose(request, fault=fault)
    return redirect(f"/q/{taken.code}")


async def _choose(request: web.Request, *, fault: Fault | None = None) -> web.Response:
    desk = request.app[APPOINTMENTS]
    hall = await desk.view.hall(actor(request).tenant_id, at=now(request))
    return render(
        request,
        "queue/ahead.html",
        status=STATUS[fault.code] if fault else 200,
        sentence=SENTENCES[fault.code] if fault else "",
        identity_missing=fault is not None and fault.code is ErrorCode.IDENTITY_MISSING,
        held=next((one for one in await desk.mine(actor(request)) if one.is_on_the_way), None),
        queues=[queue_view(queue) for queue in hall.queues],
    )


async def show_paper(request: web.Request) -> web.Response:
    paper = await paper_of(request, await ticket_now(request))
    # drawing the QR code takes some 10 ms: not on the loop
    return page_response(await asyncio.to_thread(_page, paper))


async def send_bytes(request: web.Request) -> web.Response:
    """The same for a receipt printer (ESC/POS)."""
    paper = await paper_of(request, await ticket_now(request))
    drawn = await asyncio.to_thread(thermal.ticket, paper)
    name = f'attachment; filename="{paper.label}.bin"'
    return reply_bytes(drawn, headers={**BYTES, "Content-Disposition": name})


async def paper_of(request: web.Request, shown: TicketNow) -> TicketPaper:
    one, given = shown.appointment, shown.appointment.ticket
    tenant = await request.app[CATALOGUE].tenant(one.tenant_id)
    numbers = "、".join(f"{card.number}号" for card in shown.queue.windows)
    issued = given.issued_at if given else one.made_at
    return TicketPaper(
        centre=tenant.hall_name or tenant.centre_name,
        label=given.label if given else "",
        queue=shown.queue.queue.zh,
        windows=f"{numbers}窗口",
        lane=_lane(shown),
        ahead=_ahead(shown),
        issued_at=f"{day_text(day_in_china(issued))} {clock_text(minute_in_china(issued))}",
        link=link_of(request, one.code),
        advice="请听叫号、看屏幕。过号了请到窗口说一声，可以再叫一次。",
    )


def link_of(request: web.Request, code: str) -> str:
    return f"{request.app[SETTINGS].base_url}/q/{code}"


def _lane(shown: TicketNow) -> str:
    given = shown.appointment.ticket
    if given is None or given.lane is Lane.WALK_IN:
        return ""
    return given.lane.zh if given.lane is Lane.PRIORITY else f"{given.lane.zh} {shown.appointment.hours}"


def _ahead(shown: TicketNow) -> str:
    if shown.ahead is None:
        return shown.appointment.state.zh
    return f"前面还有 {shown.ahead} 人，{shown.wait.text(shown.ahead) if shown.wait else ''}".rstrip("，")


def _page(paper: TicketPaper) -> str:
    return ticket.page(paper, stylesheet=SLIP_STYLE, script=face.asset_url("face.js"))


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/hall/queues", handler=show_queues),
    Page(method="GET", path="/tickets", handler=choose_ticket, door=Door.TOKEN, who=CITIZENS),
    Page(method="POST", path="/tickets", handler=take_ticket, door=Door.TOKEN, who=CITIZENS),
    Page(method="GET", path="/q/{code}", handler=show_ticket),
    Page(method="GET", path="/q/{code}/slip", handler=show_paper),
    Page(method="GET", path="/q/{code}/slip.bin", handler=send_bytes),
)
