"""Booking pages of citizens: item, time, confirm; their own appointments; and what a scanned appointment opens."""

import asyncio
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from aiohttp import web
from markupsafe import Markup

from api_spec.china_time import WEEKDAYS, day_text, minute_of, typed_day
from api_spec.errors import STATUS, ErrorCode
from api_spec.messages.appointments import AppointmentView
from api_spec.messages.base import HexId, Message, Version
from api_spec.messages.hall import TimeOfDay
from api_spec.paper.qr import Level, matrix, svg
from api_spec.route import CITIZENS, Door
from api_spec.vocabulary import AppointmentAction, Channel, DayPeriod
from backend.appointments import (
    pages_callers,
    pages_calling,
    pages_devices,
    pages_screen,
    pages_staff,
    pages_ticket,
)
from backend.appointments.http import one_view, views_of
from backend.appointments.machine import OPEN
from backend.appointments.offering import Offer, Time
from backend.appointments.offers import FreeDay
from backend.appointments.service import Appointments
from backend.edge import Page, actor, find_actor, form, now, path_id, path_text, query, redirect, render
from backend.edge.pages import PageHandler
from backend.faults import Fault
from backend.hall.http import asked_tenant
from backend.keys import APPOINTMENTS, CATALOGUE, SETTINGS
from backend.wording import SENTENCES

MOST_SHOWN = 30
DAYS_SHOWN = 15


class NewQuery(Message):
    item: HexId | None = None


class TimeForm(Message):
    start: TimeOfDay


class MoveForm(Message):
    start: TimeOfDay
    version: Version


class VersionForm(Message):
    version: Version


async def own_list(request: web.Request) -> web.Response:
    found = await desk(request).mine(actor(request), limit=MOST_SHOWN)
    views = await views_of(request, found)
    return render(
        request,
        "appointments/list.html",
        coming=[one for one in reversed(views) if one.state in OPEN],
        past=[one for one in views if one.state not in OPEN],
    )


async def begin(request: web.Request) -> web.Response:
    """From an item's guide straight to its times; without an item, to the catalogue."""
    item_id = query(request, NewQuery).item
    return redirect(f"/appointments/new/{item_id}" if item_id else "/items")


async def times(request: web.Request) -> web.Response:
    """The days and times of an item; anyone may look before signing in."""
    return await _times(request)


async def hold(request: web.Request) -> web.Response:
    """A tapped time is kept for ten minutes; the next page asks to confirm it."""
    try:
        sent = await form(request, TimeForm)
        held = await desk(request).book(
            Time(
                item_id=path_id(request, "item_id"),
                window_id=None,
                day=_day(request),
                start=minute_of(sent.start),
            ),
            hold=True,
            actor=actor(request),
            channel=Channel.WEB,
            at=now(request),
        )
    except Fault as fault:
        if fault.code is ErrorCode.BOOKING_DUPLICATE:
            return redirect(f"/appointments/{fault.facts['appointment_id']}")
        return await _times(request, fault=fault)
    return redirect(f"/appointments/{held.id}")


async def show(request: web.Request) -> web.Response:
    found = await desk(request).show(path_id(request, "appointment_id"), actor=actor(request))
    return await _appointment(request, await one_view(request, found))


async def confirm(request: web.Request) -> web.Response:
    return await _act(request, AppointmentAction.CONFIRM)


async def cancel(request: web.Request) -> web.Response:
    return await _act(request, AppointmentAction.CANCEL)


async def move_times(request: web.Request) -> web.Response:
    return await _move_times(request)


async def move(request: web.Request) -> web.Response:
    appointment_id = path_id(request, "appointment_id")
    try:
        sent = await form(request, MoveForm)
        await desk(request).reschedule(
            appointment_id,
            None,
            day=_day(request),
            start=minute_of(sent.start),
            version=sent.version,
            actor=actor(request),
            at=now(request),
        )
    except Fault as fault:
        return await _move_times(request, fault=fault)
    return redirect(f"/appointments/{appointment_id}")


async def scanned(request: web.Request) -> web.Response:
    """The link in an appointment's QR code: to the desk for staff, to their own appointment for its owner."""
    code = path_text(request, "code")
    who = find_actor(request)
    if who is None or not who.is_citizen:
        return redirect(
            f"/staff/appointments?code={code}" if code.isascii() and code.isalnum() else "/staff/appointments"
        )
    found = await desk(request).find_by_code(code, who)
    return redirect(f"/appointments/{found.id}")


async def _act(request: web.Request, action: AppointmentAction) -> web.Response:
    appointment_id = path_id(request, "appointment_id")
    try:
        sent = await form(request, VersionForm)
        await desk(request).act(
            appointment_id, action, version=sent.version, actor=actor(request), at=now(request)
        )
    except Fault as fault:
        if fault.code is ErrorCode.APPOINTMENT_NOT_FOUND:
            raise
        found = await desk(request).show(appointment_id, actor=actor(request))
        return await _appointment(request, await one_view(request, found), fault=fault)
    return redirect(f"/appointments/{appointment_id}")


async def _appointment(
    request: web.Request, view: AppointmentView, *, fault: Fault | None = None
) -> web.Response:
    link = f"{request.app[SETTINGS].base_url}/a/{view.code}"
    catalogue = request.app[CATALOGUE]
    item = catalogue.shelf(actor(request).tenant_id).by_id.get(view.item_id)
    return render(
        request,
        "appointments/appointment.html",
        materials=item.materials if item else (),
        has_situations=bool(item and item.situations),
        tenant=await catalogue.tenant(actor(request).tenant_id),
        status=STATUS[fault.code] if fault else 200,
        one=view,
        sentence=SENTENCES[fault.code] if fault else "",
        can={button.action.value for button in view.actions},
        qr=Markup(await asyncio.to_thread(_qr, link)),  # noqa: S704 - our own drawing
    )


async def _times(request: web.Request, *, fault: Fault | None = None) -> web.Response:
    item_id = path_id(request, "item_id")
    offer = await desk(request).offering.offer(
        asked_tenant(request, None),
        item_id=item_id,
        window_id=None,
        first=None,
        days=DAYS_SHOWN,
        at=now(request),
    )
    return _offer(request, offer, path=f"/appointments/new/{item_id}", version=None, fault=fault)


async def _move_times(request: web.Request, *, fault: Fault | None = None) -> web.Response:
    one = await desk(request).show(path_id(request, "appointment_id"), actor=actor(request))
    offer = await desk(request).offering.offer(
        one.tenant_id, item_id=one.item_id, window_id=None, first=None, days=DAYS_SHOWN, at=now(request)
    )
    path = f"/appointments/{one.id}/move"
    return _offer(request, offer, path=path, version=one.version, fault=fault)


def _offer(
    request: web.Request, offer: Offer, *, path: str, version: int | None, fault: Fault | None
) -> web.Response:
    free = [day for day in offer.days if day.times]
    chosen = _chosen(request, free)
    return render(
        request,
        "appointments/times.html",
        status=STATUS[fault.code] if fault else 200,
        item_name=offer.item.name if offer.item else "",
        place=_place(offer),
        week=WEEKDAYS,
        days=[(day, day_text(day.day), _word(day, today=offer.days[0].day)) for day in offer.days],
        chosen=chosen,
        picked="day" in request.match_info,
        chosen_label=day_text(chosen.day) if chosen else "",
        periods=[(period, [time for time in chosen.times if time.period is period]) for period in DayPeriod]
        if chosen
        else [],
        next_release=offer.next_release,
        base=path,
        version=version,
        sentence=SENTENCES[fault.code] if fault else "",
        wrong=fault.wrong if fault else (),
        identity_missing=fault is not None and fault.code is ErrorCode.IDENTITY_MISSING,
    )


def _word(day: FreeDay, *, today: date) -> str:
    """What stands under a day: places left, that it is full, or that nobody is there."""
    if day.times:
        return f"余{day.places}"
    if day.full:
        return "约满"
    if day.note:
        return "休息"
    return "过了" if day.day == today else "没有"


def _place(offer: Offer) -> str:
    """1、2、3号 社会事务综合窗口"""
    numbers = "、".join(str(window.number) for window in offer.windows)
    return f"{numbers}号 {offer.windows[0].name}"


def _chosen(request: web.Request, free: Sequence[FreeDay]) -> FreeDay | None:
    """The day in the path if it has times, else the first that has."""
    asked = request.match_info.get("day", "")
    return next((day for day in free if day.day.isoformat() == asked), next(iter(free), None))


def _day(request: web.Request) -> date:
    try:
        return typed_day(path_text(request, "day", max_length=10))
    except ValueError:
        raise Fault(ErrorCode.NOT_FOUND) from None


@lru_cache(maxsize=256)
def _qr(link: str) -> str:
    return svg(matrix(link, Level.SCREEN), label="预约码")


def desk(request: web.Request) -> Appointments:
    return request.app[APPOINTMENTS]


def _own(method: str, path: str, handler: PageHandler) -> Page:
    return Page(method=method, path=path, handler=handler, door=Door.TOKEN, who=CITIZENS)


PAGES: tuple[Page, ...] = (
    _own("GET", "/appointments", own_list),
    Page(method="GET", path="/appointments/new", handler=begin),
    Page(method="GET", path="/appointments/new/{item_id}", handler=times),
    Page(method="GET", path="/appointments/new/{item_id}/{day}", handler=times),
    _own("POST", "/appointments/new/{item_id}/{day}", hold),
    _own("GET", "/appointments/{appointment_id}", show),
    _own("POST", "/appointments/{appointment_id}/confirm", confirm),
    _own("POST", "/appointments/{appointment_id}/cancel", cancel),
    _own("GET", "/appointments/{appointment_id}/move", move_times),
    _own("GET", "/appointments/{appointment_id}/move/{day}", move_times),
    _own("POST", "/appointments/{appointment_id}/move/{day}", move),
    Page(method="GET", path="/a/{code}", handler=scanned),
    *pages_callers.PAGES,
    *pages_staff.PAGES,
    *pages_calling.PAGES,
    *pages_ticket.PAGES,
    *pages_screen.PAGES,
    *pages_devices.PAGES,
)
