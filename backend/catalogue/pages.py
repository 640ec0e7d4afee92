"""What citizens read of the catalogue: search results and the guide of one item as a checklist."""

from collections.abc import Iterable, Sequence

from aiohttp import web

from api_spec.catalogue import Item
from api_spec.errors import ErrorCode
from api_spec.messages.base import Message, OptionalLine
from api_spec.vocabulary import ItemKind, WindowType
from backend.catalogue.service import Tenant
from backend.edge import Page, find_actor, path_id, query, render
from backend.faults import Fault
from backend.keys import CATALOGUE

MOST_RESULTS = 30
ItemGroup = tuple[WindowType | None, Sequence[Item]]


class Search(Message):
    """What a visitor looks for: words, or one window's items."""

    q: OptionalLine = ""
    window: WindowType | None = None


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
    else:
        groups = list(by_window(await catalogue.items(tenant.id), asked.window))
    return render(
        request,
        "catalogue/items.html",
        text=asked.q,
        window=asked.window,
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
    item = await catalogue.item(tenant.id, path_id(request, "item_id"))
    situation = query(request, Choice).situation
    if situation and situation not in {each.code for each in item.situations}:
        raise Fault(ErrorCode.NOT_FOUND)
    chosen = situation or (item.situations[0].code if item.situations else "")
    numbers = [str(w.number) for w in await catalogue.windows(tenant.id) if w.type is item.window]
    apply = "/errands/new" if item.kind is ItemKind.PROXY else "/cases/new"
    return render(
        request,
        "catalogue/item.html",
        item=item,
        situation=chosen,
        materials=item.materials_for(chosen),
        place=f"镇大厅 {'、'.join(numbers)} 号窗口（{item.window.zh}）"
        if numbers
        else f"镇大厅{item.window.zh}",
        apply_url=f"{apply}?item={item.id}" + (f"&situation={chosen}" if chosen else ""),
        book_url=f"/appointments/new/{item.id}",
    )


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/items", handler=list_items),
    Page(method="GET", path="/items/{item_id}", handler=show_item),
)
