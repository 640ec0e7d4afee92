"""The booking JSON API."""

from collections.abc import Iterable
from datetime import date

from aiohttp import web

from api_spec.china_time import clock_text, day_in_china, day_text, minute_of, period_of
from api_spec.messages import appointments as messages
from api_spec.route import Route
from api_spec.routes import appointments as routes
from api_spec.vocabulary import AppointmentAction, Channel
from backend.actors import Actor
from backend.appointments import http_queue
from backend.appointments.appointment import Appointment
from backend.appointments.offering import Offer, Time
from backend.appointments.views import view, warning_text, window_label
from backend.edge import Handler, actor, body, now, path_id, query, reply
from backend.hall.http import asked_tenant
from backend.keys import APPOINTMENTS


async def list_free_times(request: web.Request) -> web.Response:
    asked = query(request, messages.FreeTimesQuery)
    offer = await request.app[APPOINTMENTS].offering.offer(
        asked_tenant(request, asked.tenant_id),
        item_id=asked.item_id,
        window_id=asked.window_id,
        first=asked.start,
        days=asked.days,
        at=now(request),
    )
    return reply(_free_times(offer))


async def book(request: web.Request) -> web.Response:
    command = await body(request, messages.BookBody)
    time = Time(
        item_id=command.item_id,
        window_id=command.window_id,
        day=command.day,
        start=minute_of(command.start),
    )
    booked = await request.app[APPOINTMENTS].book(
        time,
        hold=command.hold,
        actor=actor(request),
        channel=_channel(request),
        at=now(request),
    )
    return reply(await one_view(request, booked), status=201)


async def list_my_appointments(request: web.Request) -> web.Response:
    asked = query(request, messages.MineQuery)
    before = None
    if asked.cursor:
        day, _, appointment_id = asked.cursor.rpartition("-")
        before = (date.fromisoformat(day), appointment_id)
    found = await request.app[APPOINTMENTS].mine(actor(request), before=before, limit=asked.limit + 1)
    shown = found[: asked.limit]
    more = f"{shown[-1].day.isoformat()}-{shown[-1].id}" if len(found) > asked.limit else None
    return reply(messages.AppointmentPage(appointments=await views_of(request, shown), next=more))


async def show_appointment(request: web.Request) -> web.Response:
    found = await request.app[APPOINTMENTS].show(path_id(request, "appointment_id"), actor=actor(request))
    return reply(await one_view(request, found))


async def confirm(request: web.Request) -> web.Response:
    return await _act(request, AppointmentAction.CONFIRM)


async def cancel(request: web.Request) -> web.Response:
    return await _act(request, AppointmentAction.CANCEL)


async def reschedule(request: web.Request) -> web.Response:
    command = await body(request, messages.MoveBody)
    moved = await request.app[APPOINTMENTS].reschedule(
        path_id(request, "appointment_id"),
        command.window_id,
        day=command.day,
        start=minute_of(command.start),
        version=command.version,
        actor=actor(request),
        at=now(request),
    )
    return reply(await one_view(request, moved))


async def list_day(request: web.Request) -> web.Response:
    asked = query(request, messages.DayQuery)
    found = await request.app[APPOINTMENTS].day(
        actor(request),
        window_id=asked.window_id,
        day=asked.day or day_in_china(now(request)),
        at=now(request),
    )
    return reply(await views_of(request, found))


async def book_for(request: web.Request) -> web.Response:
    command = await body(request, messages.BookForBody)
    time = Time(
        item_id=command.item_id,
        window_id=command.window_id,
        day=command.day,
        start=minute_of(command.start),
    )
    booked = await request.app[APPOINTMENTS].book_for(
        time,
        name=command.visitor.name,
        phone=command.visitor.phone,
        document_type=command.visitor.document_type,
        document_number=command.visitor.document_number,
        channel=command.channel,
        actor=actor(request),
        at=now(request),
    )
    return reply(await one_view(request, booked), status=201)


async def walk_in(request: web.Request) -> web.Response:
    command = await body(request, messages.WalkInBody)
    arrived = await request.app[APPOINTMENTS].walk_in(
        command.window_id,
        item_id=command.item_id,
        name=command.name,
        priority=command.priority,
        actor=actor(request),
        at=now(request),
    )
    return reply(await one_view(request, arrived), status=201)


async def take_ticket(request: web.Request) -> web.Response:
    command = await body(request, messages.TicketBody)
    taken = await request.app[APPOINTMENTS].take_ticket_ahead(
        command.queue, actor=actor(request), at=now(request)
    )
    return reply(await one_view(request, taken), status=201)


async def check_in(request: web.Request) -> web.Response:
    command = await body(request, messages.CheckInBody)
    there = await request.app[APPOINTMENTS].check_in(
        command.code, priority=command.priority, actor=actor(request), at=now(request)
    )
    return reply(await one_view(request, there))


async def call_next(request: web.Request) -> web.Response:
    called = await request.app[APPOINTMENTS].call_next(
        path_id(request, "window_id"), actor=actor(request), at=now(request)
    )
    return reply(await one_view(request, called))


async def act(request: web.Request) -> web.Response:
    command = await body(request, messages.ActBody)
    moved = await request.app[APPOINTMENTS].act(
        path_id(request, "appointment_id"),
        command.action,
        version=command.version,
        window_id=command.window_id,
        reason=command.reason,
        priority=command.priority,
        actor=actor(request),
        at=now(request),
    )
    return reply(await one_view(request, moved))


async def transfer(request: web.Request) -> web.Response:
    command = await body(request, messages.TransferBody)
    sent = await request.app[APPOINTMENTS].transfer(
        path_id(request, "appointment_id"),
        command.window_id,
        any_window=command.any_window,
        version=command.version,
        actor=actor(request),
        at=now(request),
    )
    return reply(await one_view(request, sent))


async def _act(request: web.Request, action: AppointmentAction) -> web.Response:
    command = await body(request, messages.VersionBody)
    moved = await request.app[APPOINTMENTS].act(
        path_id(request, "appointment_id"),
        action,
        version=command.version,
        actor=actor(request),
        at=now(request),
    )
    return reply(await one_view(request, moved))


async def one_view(request: web.Request, appointment: Appointment) -> messages.AppointmentView:
    """One appointment with its place in the queue and, for its owner, a warning before a limit is reached."""
    desk = request.app[APPOINTMENTS]
    at, caller = now(request), actor(request)
    windows = await desk.windows(appointment.tenant_id)
    warning = ""
    if caller.is_citizen:
        habits = await desk.habits(appointment.person_id, tenant_id=appointment.tenant_id, at=at)
        warning = warning_text(habits, desk.policy, today=day_in_china(at))
    return view(
        appointment,
        desk.visitor(appointment),
        window=windows.get(appointment.window_id),
        roles=caller.roles,
        at=at,
        ahead=await desk.ahead(appointment, at=at),
        warning=warning,
        closed=desk.offering.closed_note(appointment),
    )


async def views_of(
    request: web.Request, appointments: Iterable[Appointment]
) -> list[messages.AppointmentView]:
    """A list, for staff with the place of each in its queue."""
    return await views_for(request, appointments, actor(request))


async def views_for(
    request: web.Request, appointments: Iterable[Appointment], caller: Actor
) -> list[messages.AppointmentView]:
    """The same on a page that is open to all and shows `caller` their own."""
    desk = request.app[APPOINTMENTS]
    at = now(request)
    windows = await desk.windows(caller.tenant_id)
    return [
        view(
            appointment,
            desk.visitor(appointment),
            window=windows.get(appointment.window_id),
            roles=caller.roles,
            at=at,
            ahead=None if caller.is_citizen else await desk.ahead(appointment, at=at),
            closed=desk.offering.closed_note(appointment),
        )
        for appointment in appointments
    ]


def _channel(request: web.Request) -> Channel:
    """The mini-program sends a token, a page its cookie."""
    return Channel.MINI_PROGRAM if "Authorization" in request.headers else Channel.WEB


def _free_times(offer: Offer) -> messages.FreeTimes:
    return messages.FreeTimes(
        item_id=offer.item.id if offer.item else "",
        item_name=offer.item.name if offer.item else "",
        windows=[window_label(window) for window in offer.windows],
        days=[
            messages.FreeDay(
                day=day.day,
                label=day_text(day.day),
                note=day.note,
                provisional=day.provisional,
                times=[
                    messages.FreeTime(
                        start=clock_text(time.start),
                        end=clock_text(time.end),
                        period=period_of(time.start),
                        free=time.free,
                    )
                    for time in day.times
                ],
            )
            for day in offer.days
        ],
        next_release=offer.next_release,
    )


HANDLERS: dict[Route, Handler] = {
    **http_queue.HANDLERS,
    routes.LIST_FREE_TIMES: list_free_times,
    routes.BOOK: book,
    routes.LIST_MY_APPOINTMENTS: list_my_appointments,
    routes.SHOW_APPOINTMENT: show_appointment,
    routes.CONFIRM: confirm,
    routes.RESCHEDULE: reschedule,
    routes.CANCEL: cancel,
    routes.LIST_DAY: list_day,
    routes.BOOK_FOR: book_for,
    routes.WALK_IN: walk_in,
    routes.TAKE_TICKET: take_ticket,
    routes.CHECK_IN: check_in,
    routes.CALL_NEXT: call_next,
    routes.ACT: act,
    routes.TRANSFER: transfer,
    routes.RESCHEDULE_FOR: reschedule,
}
