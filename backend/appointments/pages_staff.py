"""The desk's pages: the day's list with its queue, check-in, calling, and tickets for walk-ins."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Literal

from aiohttp import web

from api_spec.china_time import day_in_china, day_text
from api_spec.errors import STATUS
from api_spec.messages.appointments import AppointmentView
from api_spec.messages.base import HexId, Message, OptionalLine, ShortLine, Version
from api_spec.messages.hall import CalendarDay
from api_spec.route import HALL, Door
from api_spec.routes.appointments import BOOKERS
from api_spec.vocabulary import AppointmentAction, AppointmentState
from backend.appointments.http import views_of
from backend.appointments.service import Appointments
from backend.edge import Page, actor, form, now, path_id, query, redirect, render
from backend.edge.pages import PageHandler
from backend.faults import Fault
from backend.keys import APPOINTMENTS
from backend.wording import SENTENCES

DONE = (AppointmentState.SERVED, AppointmentState.NO_SHOW)


class DayView(Message):
    """Which list: a day and one window, or all of one's own; `code` comes from a scanned appointment."""

    window_id: HexId | None = None
    day: CalendarDay | None = None
    code: OptionalLine = ""


class CodeForm(Message):
    code: ShortLine


class WalkInForm(Message):
    name: OptionalLine = ""


class ActForm(Message):
    action: Literal[
        AppointmentAction.CANCEL,
        AppointmentAction.CHECK_IN,
        AppointmentAction.CALL,
        AppointmentAction.SERVE,
        AppointmentAction.MISS,
        AppointmentAction.MARK_NO_SHOW,
    ]
    version: Version


async def day_list(request: web.Request) -> web.Response:
    return await _day_list(request)


async def check_in(request: web.Request) -> web.Response:
    async def scan() -> None:
        sent = await form(request, CodeForm)
        await desk(request).check_in(sent.code, actor=actor(request), at=now(request))

    return await _try(request, scan)


async def act(request: web.Request) -> web.Response:
    async def move() -> None:
        sent = await form(request, ActForm)
        await desk(request).act(
            path_id(request, "appointment_id"),
            sent.action,
            version=sent.version,
            actor=actor(request),
            at=now(request),
        )

    return await _try(request, move)


async def call_next(request: web.Request) -> web.Response:
    async def call() -> None:
        await desk(request).call_next(path_id(request, "window_id"), actor=actor(request), at=now(request))

    return await _try(request, call)


async def walk_in(request: web.Request) -> web.Response:
    async def arrive() -> None:
        sent = await form(request, WalkInForm)
        await desk(request).walk_in(
            path_id(request, "window_id"), item_id=None, name=sent.name, actor=actor(request), at=now(request)
        )

    return await _try(request, arrive)


async def _try(request: web.Request, doing: Callable[[], Awaitable[None]]) -> web.Response:
    """Do it and show the list again; a refusal is said above the list."""
    try:
        await doing()
    except Fault as fault:
        return await _day_list(request, fault=fault)
    return redirect(_back(request))


def _back(request: web.Request) -> str:
    asked = query(request, DayView)
    parts = [f"window_id={asked.window_id}"] if asked.window_id else []
    parts += [f"day={asked.day.isoformat()}"] if asked.day else []
    return "/staff/appointments" + ("?" + "&".join(parts) if parts else "")


async def _day_list(request: web.Request, *, fault: Fault | None = None) -> web.Response:
    asked = query(request, DayView)
    clerk, at = actor(request), now(request)
    day = asked.day or day_in_china(at)
    views = await views_of(request, await desk(request).day(clerk, window_id=asked.window_id, day=day, at=at))
    return render(
        request,
        "appointments/staff_day.html",
        status=STATUS[fault.code] if fault else 200,
        sentence=SENTENCES[fault.code] if fault else "",
        wrong=fault.wrong if fault else (),
        asked=asked,
        day=day,
        day_label=day_text(day),
        is_today=day == day_in_china(at),
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        windows=await desk(request).own_windows(clerk),
        is_desk=clerk.has(HALL),
        back=_back(request).partition("?")[2],
        groups=_groups(views),
    )


def _groups(views: Sequence[AppointmentView]) -> list[tuple[str, list[AppointmentView]]]:
    """The queue first, then those still to come, then those that are over."""
    called = [one for one in views if one.state is AppointmentState.CALLED]
    waiting = [one for one in views if one.state is AppointmentState.CHECKED_IN]
    missed = [one for one in views if one.state is AppointmentState.MISSED]
    coming = [one for one in views if one.state in (AppointmentState.BOOKED, AppointmentState.HELD)]
    coming.sort(key=lambda one: (one.start, one.window_name))
    done = [one for one in views if one.state in DONE]
    groups = [
        ("正在办理", called),
        ("等候中", waiting),
        ("过号", missed),
        ("还没有到", coming),
        ("已结束", done),
    ]
    return [(title, group) for title, group in groups if group]


def desk(request: web.Request) -> Appointments:
    return request.app[APPOINTMENTS]


def _desk(method: str, path: str, handler: PageHandler) -> Page:
    return Page(method=method, path=path, handler=handler, door=Door.TOKEN, who=HALL)


def _booker(method: str, path: str, handler: PageHandler) -> Page:
    return Page(method=method, path=path, handler=handler, door=Door.TOKEN, who=BOOKERS)


PAGES: tuple[Page, ...] = (
    _booker("GET", "/staff/appointments", day_list),
    _desk("POST", "/staff/appointments/check-in", check_in),
    _booker("POST", "/staff/appointments/{appointment_id}/act", act),
    _desk("POST", "/staff/windows/{window_id}/call", call_next),
    _desk("POST", "/staff/windows/{window_id}/walk-in", walk_in),
)
