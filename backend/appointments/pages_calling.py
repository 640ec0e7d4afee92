"""The window's calling page: who is called, what to do with them, who waits; tickets given by hand."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

from aiohttp import web
from pydantic import StringConstraints

from api_spec.catalogue import WindowCard
from api_spec.china_time import day_in_china, day_text
from api_spec.errors import STATUS, ErrorCode
from api_spec.messages.base import HexId, Message, OptionalLine, Version
from api_spec.route import HALL, Door
from api_spec.routes.cases import TAKERS
from api_spec.routes.proxy import TOWNSHIP
from api_spec.vocabulary import AppointmentAction, AppointmentState, ParkReason, Priority
from backend.appointments.line import RULE
from backend.appointments.service import Appointments
from backend.appointments.views_queue import line_view
from backend.edge import Page, actor, form, now, path_id, query, redirect, render
from backend.edge.pages import PageHandler, local_path
from backend.faults import Fault
from backend.keys import APPOINTMENTS, REVIEWS
from backend.wording import SENTENCES

RELOAD_S = 10
NOBODY_WAITS = "现在没有人在等这个窗口。"


class Chosen(Message):
    """The window worked at, and the ticket just given, to print it."""

    window_id: HexId | None = None
    given: OptionalLine = ""


class MoveForm(Message):
    action: Literal[
        AppointmentAction.CALL,
        AppointmentAction.RECALL,
        AppointmentAction.SERVE,
        AppointmentAction.MISS,
        AppointmentAction.REJOIN,
        AppointmentAction.PARK,
        AppointmentAction.RESUME,
        AppointmentAction.PRIORITISE,
        AppointmentAction.CANCEL,
    ]
    version: Version
    reason: ParkReason | None = None
    priority: Priority | None = None


class TransferForm(Message):
    """To a window of the chosen type; with `only` to that very one."""

    target: HexId
    only: Literal["yes"] | None = None
    version: Version


class TicketForm(Message):
    priority: Priority | None = None
    name: OptionalLine = ""


class NextForm(Message):
    """`back`: the page whose bar the button stood in."""

    back: Annotated[str, StringConstraints(max_length=4000)] = ""


async def calling(request: web.Request) -> web.Response:
    return await _page(request)


async def call_next(request: web.Request) -> web.Response:
    """Finish with whoever is there and call the next: one key for a clerk's most frequent step."""

    async def next_one(window_id: str) -> str:
        desk, clerk, at = _desk(request), actor(request), now(request)
        current = (await desk.line(window_id, actor=clerk, at=at)).current
        if current is not None:
            await desk.act(current.id, AppointmentAction.SERVE, version=current.version, actor=clerk, at=at)
        await desk.call_next(window_id, actor=clerk, at=at)
        return ""

    back = (await form(request, NextForm)).back
    answer = await _try(request, next_one)
    return redirect(local_path(back)) if back and answer.status == 303 else answer


async def move(request: web.Request) -> web.Response:
    async def step(window_id: str) -> str:
        sent = await form(request, MoveForm)
        await _desk(request).act(
            path_id(request, "appointment_id"),
            sent.action,
            version=sent.version,
            window_id=window_id,
            reason=sent.reason,
            priority=sent.priority,
            actor=actor(request),
            at=now(request),
        )
        return ""

    return await _try(request, step)


async def transfer(request: web.Request) -> web.Response:
    async def send_on(window_id: str) -> str:  # noqa: ARG001 - the window left is not asked for
        sent = await form(request, TransferForm)
        await _desk(request).transfer(
            path_id(request, "appointment_id"),
            sent.target,
            any_window=sent.only is None,
            version=sent.version,
            actor=actor(request),
            at=now(request),
        )
        return ""

    return await _try(request, send_on)


async def give_ticket(request: web.Request) -> web.Response:
    async def give(window_id: str) -> str:
        sent = await form(request, TicketForm)
        given = await _desk(request).walk_in(
            window_id,
            item_id=None,
            name=sent.name,
            priority=sent.priority,
            actor=actor(request),
            at=now(request),
        )
        return f"&given={given.code}"

    return await _try(request, give)


async def _try(request: web.Request, doing: Callable[[str], Awaitable[str]]) -> web.Response:
    """Do it and show the window again; a refusal is said above it."""
    window_id = path_id(request, "window_id")
    try:
        more = await doing(window_id)
    except Fault as fault:
        return await _page(request, window_id=window_id, fault=fault)
    return redirect(f"/staff/calling?window_id={window_id}{more}")


async def _page(
    request: web.Request, *, window_id: str | None = None, fault: Fault | None = None
) -> web.Response:
    desk, clerk, at = _desk(request), actor(request), now(request)
    asked = query(request, Chosen)
    own = await desk.own_windows(clerk)
    chosen = window_id or asked.window_id or next((card.id for card in own), None)
    if chosen is None:
        return render(request, "queue/no_window.html")
    line = await desk.line(chosen, actor=clerk, at=at)
    current = await desk.show(line.current.id, actor=clerk) if line.current else None
    return render(
        request,
        "queue/calling.html",
        status=STATUS[fault.code] if fault else 200,
        sentence=_sentence(fault),
        own=own,
        line=line_view(line, at=at),
        name=desk.visitor(current).name if current else "",
        given=asked.given if asked.given.isalnum() and asked.given.isascii() else "",
        targets=_targets(await desk.windows(clerk.tenant_id), chosen),
        reasons=[(reason.value, reason.zh) for reason in ParkReason if reason is not ParkReason.ON_THE_WAY],
        priorities=[("", "不需要优先"), *((kind.value, kind.zh) for kind in Priority)],
        today=day_text(day_in_china(at)),
        rule=RULE,
        reload_s=RELOAD_S,
        expected=await _expected(request, chosen),
        may_take=clerk.has(TAKERS | TOWNSHIP),
        asks=chosen in {card.id for card in await request.app[REVIEWS].own_devices(clerk)},
    )


async def _expected(request: web.Request, window_id: str) -> int:
    """How many booked people of today have not come yet."""
    at = now(request)
    day = await _desk(request).day(actor(request), window_id=window_id, day=day_in_china(at), at=at)
    return sum(one.state is AppointmentState.BOOKED for one in day)


def _targets(windows: dict[str, WindowCard], here: str) -> list[tuple[str, str]]:
    others = sorted((card for card in windows.values() if card.id != here), key=lambda card: card.number)
    return [(card.id, f"{card.number}号 {card.name}") for card in others]


def _sentence(fault: Fault | None) -> str:
    if fault is None:
        return ""
    if fault.code is ErrorCode.APPOINTMENT_NOT_FOUND and "waiting" in fault.facts:
        return NOBODY_WAITS
    return SENTENCES[fault.code]


def _desk(request: web.Request) -> Appointments:
    return request.app[APPOINTMENTS]


def _at_desk(method: str, path: str, handler: PageHandler) -> Page:
    return Page(method=method, path=path, handler=handler, door=Door.TOKEN, who=HALL)


PAGES: tuple[Page, ...] = (
    _at_desk("GET", "/staff/calling", calling),
    _at_desk("POST", "/staff/calling/{window_id}/next", call_next),
    _at_desk("POST", "/staff/calling/{window_id}/tickets", give_ticket),
    _at_desk("POST", "/staff/calling/{window_id}/{appointment_id}", move),
    _at_desk("POST", "/staff/calling/{window_id}/{appointment_id}/transfer", transfer),
)
