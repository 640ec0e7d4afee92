"""The organisation over the JSON API."""

from aiohttp import web

from api_spec.china_time import day_in_china
from api_spec.messages import organisation as messages
from api_spec.messages.hall import HallQuery
from api_spec.route import Route
from api_spec.routes import organisation as routes
from backend.edge import Handler, actor, body, no_content, now, path_id, query, reply
from backend.hall.http import asked_tenant
from backend.keys import CATALOGUE, ORGANISATION
from backend.organisation.service import BoardPerson, BoardWindow, CoveredLine, Delegation, HallEntry


def photo_path(person: BoardPerson) -> str:
    """Where a portrait is; "" where there is none."""
    return f"/hall/people/{person.staff_id}/photo" if person.card.has_photo else ""


async def show_board(request: web.Request) -> web.Response:
    asked = query(request, HallQuery)
    tenant = await request.app[CATALOGUE].tenant(asked_tenant(request, asked.tenant_id))
    windows = await request.app[ORGANISATION].board.windows(
        tenant.id, phone=tenant.complaint_phone, at=now(request)
    )
    return reply([_window(each, tenant.complaint_phone) for each in windows])


async def list_delegations(request: web.Request) -> web.Response:
    found = await request.app[ORGANISATION].delegations(actor(request).tenant_id)
    return reply([_delegation(each, request) for each in found])


async def give_delegation(request: web.Request) -> web.Response:
    command = await body(request, messages.DelegationBody)
    given = await request.app[ORGANISATION].delegate(
        command.partner,
        item_ids=tuple(command.item_ids),
        document=command.document,
        valid_from=command.valid_from,
        valid_to=command.valid_to,
        actor=actor(request),
        at=now(request),
    )
    return reply(_delegation(given, request), status=201)


async def end_delegation(request: web.Request) -> web.Response:
    ended = await request.app[ORGANISATION].end_delegation(
        path_id(request, "delegation_id"), actor=actor(request), at=now(request)
    )
    return reply(_delegation(ended, request))


async def list_hall_entries(request: web.Request) -> web.Response:
    found = await request.app[ORGANISATION].entries(actor(request).tenant_id)
    return reply([_entry(each, request) for each in found])


async def put_hall_entry(request: web.Request) -> web.Response:
    command = await body(request, messages.HallEntryBody)
    entry = await request.app[ORGANISATION].put_entry(
        command.item_id,
        due_on=command.due_on,
        entered_on=command.entered_on,
        document=command.document,
        actor=actor(request),
        at=now(request),
    )
    return reply(_entry(entry, request))


async def list_cover(request: web.Request) -> web.Response:
    lines = await request.app[ORGANISATION].list_cover(
        actor(request).tenant_id, day=day_in_china(now(request))
    )
    return reply([_line(each) for each in lines])


async def place_line(request: web.Request) -> web.Response:
    command = await body(request, messages.PlacingBody)
    await request.app[ORGANISATION].place(
        path_id(request, "entry_id"), command.item_id, actor=actor(request), at=now(request)
    )
    return no_content()


def _window(window: BoardWindow, complaint_phone: str) -> messages.BoardWindowView:
    card = window.today.card
    return messages.BoardWindowView(
        window_id=card.id,
        number=card.number,
        name=card.name,
        department=card.department,
        phone=window.phone,
        complaint_phone=complaint_phone,
        scope=list(card.scope),
        is_open=window.today.is_open,
        note=window.today.opening.note,
        people=[
            messages.BoardPersonView(
                staff_id=person.staff_id,
                name=person.name,
                place=person.place,
                place_label=person.place.zh,
                is_there=person.is_there,
                title=person.card.title,
                phone=person.card.phone,
                handles=person.card.handles,
                photo_path=photo_path(person),
            )
            for person in window.people
        ],
    )


def _delegation(each: Delegation, request: web.Request) -> messages.DelegationView:
    return messages.DelegationView(
        id=each.id,
        partner=each.partner,
        partner_label=each.partner.zh,
        item_ids=list(each.item_ids),
        document=each.document,
        valid_from=each.valid_from,
        valid_to=each.valid_to,
        holds=each.holds(day_in_china(now(request))),
    )


def _entry(each: HallEntry, request: web.Request) -> messages.HallEntryView:
    return messages.HallEntryView(
        item_id=each.item_id,
        due_on=each.due_on,
        entered_on=each.entered_on,
        document=each.document,
        is_overdue=each.is_overdue(day_in_china(now(request))),
    )


def _line(each: CoveredLine) -> messages.CoverView:
    return messages.CoverView(
        list_name=each.line.list_name,
        line=each.line.entry.line,
        entry_id=each.line.id,
        name=each.line.entry.name,
        item_id=each.item.id if each.item else "",
        lacks=[messages.LackView(code=lack.value, label=lack.zh) for lack in each.lacks],
    )


HANDLERS: dict[Route, Handler] = {
    routes.SHOW_BOARD: show_board,
    routes.LIST_DELEGATIONS: list_delegations,
    routes.GIVE_DELEGATION: give_delegation,
    routes.END_DELEGATION: end_delegation,
    routes.LIST_HALL_ENTRIES: list_hall_entries,
    routes.PUT_HALL_ENTRY: put_hall_entry,
    routes.LIST_COVER: list_cover,
    routes.PLACE_LINE: place_line,
}
