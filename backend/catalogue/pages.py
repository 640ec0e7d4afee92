"""What citizens read of the catalogue: search results and the guide of one item as a checklist."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from aiohttp import web

from api_spec.catalogue import Item
from api_spec.china_time import clock_text, day_in_china
from api_spec.errors import ErrorCode
from api_spec.messages.base import Message, OptionalLine
from api_spec.vocabulary import ItemKind, Partner, WindowType
from backend.catalogue import guide
from backend.catalogue.service import Tenant
from backend.edge import Page, find_actor, now, path_id, query, render
from backend.faults import Fault
from backend.hall.service import WindowToday
from backend.keys import CATALOGUE, HALL

MOST_RESULTS = 30
ItemGroup = tuple[WindowType | None, Sequence[Item]]


class Search(Message):
    """What a visitor looks for: words, one window's items, or the errands of one trade."""

    q: OptionalLine = ""
    window: WindowType | None = None
    partner: Partner | None = None


class Choice(Message):
    situation: OptionalLine = ""


async def visited(request: web.Request) -> Tenant:
    """The township of whoever is signed in, else this deployment's first."""
    catalogue = request.app[CATALOGUE]
    actor = find_actor(request)
    return await catalogue.tenant(actor.tenant_id if actor else catalogue.tenant_ids[0])


async def list_items(request: web.Request) -> web.Response:
    asked = query(request, Search)
    catalogue = request.app[CATALOGUE]
    tenant = await visited(request)
    if asked.q:
        found = catalogue.search(tenant.id, asked.q, limit=MOST_RESULTS)
        groups: list[ItemGroup] = [(None, found)] if found else []
    elif asked.partner:
        errands = [item for item in await catalogue.items(tenant.id) if item.partner is asked.partner]
        groups = [(None, errands)] if errands else []
    else:
        groups = list(by_window(await catalogue.items(tenant.id), asked.window))
    return render(
        request,
        "catalogue/items.html",
        text=asked.q,
        window=asked.window,
        partner=asked.partner,
        window_types=tuple(WindowType),
        groups=groups,
        tenant=tenant,
    )


def by_window(items: Sequence[Item], only: WindowType | None) -> Iterable[ItemGroup]:
    """Items under the windows that take them, in the order of the plan."""
    for window in (only,) if only else WindowType:
        mine = [item for item in items if item.window is window]
        if mine:
            yield window, mine


async def show_item(request: web.Request) -> web.Response:
    """The guide: what to bring, how long, how much, where."""
    catalogue = request.app[CATALOGUE]
    tenant = await visited(request)
    return await draw_guide(request, await catalogue.item(tenant.id, path_id(request, "item_id")), tenant)


async def draw_guide(request: web.Request, item: Item, tenant: Tenant, *, preview: str = "") -> web.Response:
    """The guide's page; `preview`: the address it has while it is a draft that only its editor sees."""
    situation = query(request, Choice).situation
    if situation and situation not in {each.code for each in item.situations}:
        raise Fault(ErrorCode.NOT_FOUND)
    chosen = situation or (item.situations[0].code if item.situations else "")
    at = now(request)
    hall = request.app[HALL]
    calendar = hall.calendar()
    places = [each for each in await hall.windows(tenant.id, at=at) if each.card.type is item.window]
    chosen_here = f"&situation={chosen}" if chosen else ""
    apply = "/errands/new" if item.kind is ItemKind.PROXY else "/cases/new"
    return render(
        request,
        "catalogue/item.html",
        item=item,
        situation=chosen,
        materials=item.materials_for(chosen),
        lasting=guide.lasting(
            item,
            today=day_in_china(at),
            working_days=lambda start, days: calendar.add_working_days(start, days).day,
        ),
        helpers=guide.helpers(item),
        place=Place.of(item, places),
        tenant=tenant,
        preview=preview,
        here_url=preview or f"/items/{item.id}",
        apply_url=f"{apply}?item={item.id}{chosen_here}",
        book_url=f"/appointments/new/{item.id}",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an item is done today: its windows as one.

    Args:
        hours: "08:00–12:00、14:00–17:30"; "" on a day of rest, and then `note` says why.
    """

    name: str
    is_open: bool
    hours: str
    note: str
    phone: str

    @classmethod
    def of(cls, item: Item, windows: Sequence[WindowToday]) -> Self:
        numbers = "、".join(str(each.card.number) for each in windows)
        today = windows[0].opening if windows else None
        spans = today.spans if today else ()
        return cls(
            name=f"镇大厅 {numbers} 号窗口（{item.window.zh}）" if numbers else f"镇大厅{item.window.zh}",
            is_open=any(each.is_open for each in windows),
            hours="、".join(f"{clock_text(span.opens)}–{clock_text(span.closes)}" for span in spans),
            note=today.note if today else "",
            phone=next((each.card.phone for each in windows if each.card.phone), ""),
        )


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/items", handler=list_items),
    Page(method="GET", path="/items/{item_id}", handler=show_item),
)
