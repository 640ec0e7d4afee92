"""Pages for booking and moving on behalf of somebody who rings up, stands at the counter or asks in the village."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from aiohttp import web

from api_spec.china_time import day_text, minute_of, typed_day
from api_spec.errors import STATUS, ErrorCode
from api_spec.messages.base import Message, OptionalLine, ShortLine, Version
from api_spec.messages.hall import TimeOfDay
from api_spec.route import Door
from api_spec.routes.appointments import BOOKERS
from api_spec.vocabulary import Channel, DocumentType
from backend.appointments.offering import Time
from backend.appointments.service import Appointments
from backend.edge import Page, actor, form, form_fields, now, path_id, path_text, query, redirect, render
from backend.edge.pages import PageHandler
from backend.faults import Fault, Wrong
from backend.keys import APPOINTMENTS, CATALOGUE
from backend.wording import SENTENCES

MOST_RESULTS = 20
DAYS_SHOWN = 15
CHANNELS = (Channel.PHONE, Channel.WINDOW)
DOCUMENTS = tuple(kind for kind in DocumentType if kind is not DocumentType.CREDIT_CODE)


class MoveForm(Message):
    start: TimeOfDay
    version: Version


class Search(Message):
    q: OptionalLine = ""


class BookForForm(Message):
    """A caller's booking; every field stays as typed when something is wrong."""

    start: TimeOfDay
    channel: Literal[Channel.PHONE, Channel.WINDOW, Channel.VILLAGE] = Channel.PHONE
    name: ShortLine
    phone: ShortLine
    document_type: DocumentType = DocumentType.ID_CARD
    document_number: ShortLine | None = None


async def choose_item(request: web.Request) -> web.Response:
    """Which item the caller wants to come for."""
    text = query(request, Search).q
    tenant_id = actor(request).tenant_id
    catalogue = request.app[CATALOGUE]
    found = (
        catalogue.search(tenant_id, text, limit=MOST_RESULTS) if text else await catalogue.items(tenant_id)
    )
    return render(request, "appointments/staff_items.html", text=text, items=found)


async def times_for(request: web.Request) -> web.Response:
    return await _times_for(request, {})


async def book_for(request: web.Request) -> web.Response:
    """Book for the caller, or show every mistake at once with nothing typed lost."""
    typed = {name: values[-1] for name, values in (await form_fields(request)).items()}
    day = _day(request)
    try:
        sent = await form(request, BookForForm)
        booked = await desk(request).book_for(
            Time(item_id=path_id(request, "item_id"), window_id=None, day=day, start=minute_of(sent.start)),
            name=sent.name,
            phone=sent.phone,
            document_type=sent.document_type,
            document_number=sent.document_number,
            channel=sent.channel,
            actor=actor(request),
            at=now(request),
        )
    except Fault as fault:
        return await _times_for(request, typed, fault=fault)
    return redirect(f"/staff/appointments?day={booked.day.isoformat()}")


async def move_times(request: web.Request) -> web.Response:
    return await _move_times(request)


async def move(request: web.Request) -> web.Response:
    """Another time for somebody who rang up."""
    try:
        sent = await form(request, MoveForm)
        moved = await desk(request).reschedule(
            path_id(request, "appointment_id"),
            None,
            day=_day(request),
            start=minute_of(sent.start),
            version=sent.version,
            actor=actor(request),
            at=now(request),
        )
    except Fault as fault:
        return await _move_times(request, fault=fault)
    return redirect(f"/staff/appointments?day={moved.day.isoformat()}")


async def _move_times(request: web.Request, *, fault: Fault | None = None) -> web.Response:
    one = await desk(request).show(path_id(request, "appointment_id"), actor=actor(request))
    times = await _times(request, one.item_id)
    return render(
        request,
        "appointments/staff_move.html",
        status=STATUS[fault.code] if fault else 200,
        one=one,
        when=f"{day_text(one.day)} {one.hours}",
        base=f"/staff/appointments/{one.id}/move",
        sentence=SENTENCES[fault.code] if fault else "",
        **times,
    )


async def _times_for(
    request: web.Request, typed: Mapping[str, str], *, fault: Fault | None = None
) -> web.Response:
    item_id = path_id(request, "item_id")
    wrong: Sequence[Wrong] = fault.wrong if fault else ()
    return render(
        request,
        "appointments/staff_book.html",
        status=STATUS[fault.code] if fault else 200,
        base=f"/staff/appointments/new/{item_id}",
        typed=typed,
        wrong=wrong,
        errors={each.field.removeprefix("visitor."): each.sentence for each in wrong},
        sentence=SENTENCES[fault.code] if fault and not wrong else "",
        channels=[(channel.value, channel.zh) for channel in CHANNELS],
        documents=[(kind.value, kind.zh) for kind in DOCUMENTS],
        **await _times(request, item_id),
    )


async def _times(request: web.Request, item_id: str) -> dict[str, Any]:
    """The days with free times, the one in the path (else the first) and its times, for a template."""
    offer = await desk(request).offering.offer(
        actor(request).tenant_id,
        item_id=item_id,
        window_id=None,
        first=None,
        days=DAYS_SHOWN,
        at=now(request),
    )
    free = [day for day in offer.days if day.times]
    asked = request.match_info.get("day", "")
    chosen = next((day for day in free if day.day.isoformat() == asked), next(iter(free), None))
    return {
        "item": offer.item,
        "days": [(day.day, day_text(day.day)) for day in free],
        "chosen": chosen,
        "times": [
            (time.clock, f"{time.hours}（余 {time.free}）") for time in (chosen.times if chosen else ())
        ],
    }


def _day(request: web.Request) -> date:
    try:
        return typed_day(path_text(request, "day", max_length=10))
    except ValueError:
        raise Fault(ErrorCode.NOT_FOUND) from None


def desk(request: web.Request) -> Appointments:
    return request.app[APPOINTMENTS]


def _booker(method: str, path: str, handler: PageHandler) -> Page:
    return Page(method=method, path=path, handler=handler, door=Door.TOKEN, who=BOOKERS)


PAGES: tuple[Page, ...] = (
    _booker("GET", "/staff/appointments/new", choose_item),
    _booker("GET", "/staff/appointments/new/{item_id}", times_for),
    _booker("GET", "/staff/appointments/new/{item_id}/{day}", times_for),
    _booker("POST", "/staff/appointments/new/{item_id}/{day}", book_for),
    _booker("GET", "/staff/appointments/{appointment_id}/move", move_times),
    _booker("GET", "/staff/appointments/{appointment_id}/move/{day}", move_times),
    _booker("POST", "/staff/appointments/{appointment_id}/move/{day}", move),
)
