"""What the centre keeps on paper: delegations of partners, items in the hall, and whether the published lists are covered."""

from typing import Final

from aiohttp import web

from api_spec.catalogue import Item
from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.messages.base import HexId, Message, OptionalPaperName, PaperName
from api_spec.messages.hall import CalendarDay
from api_spec.route import Door
from api_spec.routes.organisation import CENTRE, READERS
from api_spec.routes.proxy import READERS as ERRAND_READERS
from api_spec.vocabulary import Partner
from backend.console.frame import show
from backend.console.tried_forms import Again, Change, refusal, tried
from backend.edge import Page, actor, form, form_fields, now, path_id, query, read
from backend.faults import Fault
from backend.keys import CATALOGUE, ORGANISATION, PROXY
from backend.proxy.service import ErrandFilter

DELEGATIONS: Final = "/staff/delegations"
ENTRIES: Final = "/staff/hall-entries"
COVERAGE: Final = "/staff/coverage"
MOST_ERRANDS: Final = 100
CORRECTABLE: Final = frozenset({ErrorCode.FORM_INVALID, ErrorCode.BODY_INVALID, ErrorCode.ITEM_NOT_FOUND})


class DelegationForm(Message):
    partner: Partner
    document: PaperName
    valid_from: CalendarDay
    valid_to: CalendarDay | None = None


class EntryForm(Message):
    item_id: HexId
    due_on: CalendarDay
    entered_on: CalendarDay | None = None
    document: OptionalPaperName = ""


class PlacingForm(Message):
    entry_id: HexId
    item_id: HexId


class CoverQuery(Message):
    """`missing`: only what lacks something."""

    missing: str = ""


async def show_delegations(request: web.Request) -> web.Response:
    return await _delegations(request)


async def _delegations(request: web.Request, *, refused: Fault | None = None) -> web.Response:
    who, today = actor(request), day_in_china(now(request))
    found = await request.app[ORGANISATION].delegations(who.tenant_id)
    items = await request.app[CATALOGUE].items(who.tenant_id)
    names = {item.id: item.name for item in items}
    by_partner = {partner: [each for each in found if each.partner is partner] for partner in Partner}
    return await show(
        request,
        "organisation/delegations.html",
        **refusal(refused),
        partners=[
            (
                partner,
                given,
                bool(given) and not any(each.holds(today) for each in given),
                await _open_errands(request, partner),
            )
            for partner, given in by_partner.items()
        ],
        names=names,
        items=[item for item in items if item.partner],
        today=today,
        may_change=who.has(CENTRE),
    )


async def _open_errands(request: web.Request, partner: Partner) -> int:
    """Errands of a partner that are under way: what has to be brought to an end when its delegation is over."""
    if not actor(request).has(ERRAND_READERS):
        return 0
    asked = ErrandFilter(today=day_in_china(now(request)), partner=partner, limit=MOST_ERRANDS)
    return len((await request.app[PROXY].queue(actor(request), asked)).errands)


async def delegate(request: web.Request) -> None:
    fields = await form_fields(request)
    one_each = {name: values[-1] for name, values in fields.items() if name != "items"}
    sent = read(one_each, DelegationForm)
    await request.app[ORGANISATION].delegate(
        sent.partner,
        item_ids=tuple(fields.get("items", ())),
        document=sent.document,
        valid_from=sent.valid_from,
        valid_to=sent.valid_to,
        actor=actor(request),
        at=now(request),
    )


async def end_delegation(request: web.Request) -> None:
    await request.app[ORGANISATION].end_delegation(
        path_id(request, "delegation_id"), actor=actor(request), at=now(request)
    )


async def show_entries(request: web.Request) -> web.Response:
    return await _entries(request)


async def _entries(request: web.Request, *, refused: Fault | None = None) -> web.Response:
    who, today = actor(request), day_in_china(now(request))
    items: dict[str, Item] = {item.id: item for item in await request.app[CATALOGUE].items(who.tenant_id)}
    entries = await request.app[ORGANISATION].entries(who.tenant_id)
    departments = {each.id: each.name for each in await request.app[CATALOGUE].departments(who.tenant_id)}
    known = {entry.item_id for entry in entries}
    return await show(
        request,
        "organisation/entries.html",
        **refusal(refused),
        entries=sorted(
            ((entry, items.get(entry.item_id), entry.is_overdue(today)) for entry in entries),
            key=lambda line: not line[2],
        ),
        overdue=sum(entry.is_overdue(today) for entry in entries),
        unplanned=[item for item in items.values() if item.id not in known],
        items=list(items.values()),
        departments=departments,
        today=today,
        may_change=who.has(CENTRE),
    )


async def put_entry(request: web.Request) -> None:
    sent = await form(request, EntryForm)
    await request.app[ORGANISATION].put_entry(
        sent.item_id,
        due_on=sent.due_on,
        entered_on=sent.entered_on,
        document=sent.document,
        actor=actor(request),
        at=now(request),
    )


async def show_coverage(request: web.Request) -> web.Response:
    return await _coverage(request)


async def _coverage(request: web.Request, *, refused: Fault | None = None) -> web.Response:
    who, today = actor(request), day_in_china(now(request))
    only_missing = request.method == "GET" and bool(query(request, CoverQuery).missing)
    organisation = request.app[ORGANISATION]
    items = await organisation.item_cover(who.tenant_id, day=today)
    lines = await organisation.list_cover(who.tenant_id, day=today)
    return await show(
        request,
        "organisation/coverage.html",
        **refusal(refused),
        items=[each for each in items if each.lacks or not only_missing],
        lines=[each for each in lines if each.lacks or not only_missing],
        item_lacks=sum(bool(each.lacks) for each in items),
        line_lacks=sum(bool(each.lacks) for each in lines),
        totals=(len(items), len(lines)),
        choices=[each.item for each in items],
        only_missing=only_missing,
        may_change=who.has(CENTRE),
    )


async def place_line(request: web.Request) -> None:
    sent = await form(request, PlacingForm)
    await request.app[ORGANISATION].place(sent.entry_id, sent.item_id, actor=actor(request), at=now(request))


def _form(path: str, change: Change, again: Again, *, home: str) -> Page:
    return tried(path, change, again, home=home, who=CENTRE, shown=CORRECTABLE)


PAGES: tuple[Page, ...] = (
    Page(method="GET", path=DELEGATIONS, handler=show_delegations, door=Door.TOKEN, who=READERS),
    _form(DELEGATIONS, delegate, _delegations, home=DELEGATIONS),
    _form(f"{DELEGATIONS}/{{delegation_id}}/end", end_delegation, _delegations, home=DELEGATIONS),
    Page(method="GET", path=ENTRIES, handler=show_entries, door=Door.TOKEN, who=READERS),
    _form(ENTRIES, put_entry, _entries, home=ENTRIES),
    Page(method="GET", path=COVERAGE, handler=show_coverage, door=Door.TOKEN, who=READERS),
    _form(COVERAGE, place_line, _coverage, home=COVERAGE),
)
