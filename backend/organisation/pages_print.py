"""What hangs on walls, stands on desks and is handed out: plates, badges and guides, drawn from the data everybody sees."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from api_spec.catalogue import Item, Material
from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.paper import qr
from api_spec.route import Door
from api_spec.vocabulary import VillageAvailability, WindowType
from backend.catalogue.pages import visited
from backend.console.frame import show
from backend.edge import Page, actor, now, path_id, path_text, render
from backend.faults import Fault
from backend.keys import CATALOGUE, HALL, ORGANISATION, PEOPLE, SETTINGS
from backend.organisation.pages_board import KEEPERS

HOME: Final = "/staff/plates"
SYMBOL_MM: Final = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """One item as a page of a guide; `symbol`: the QR code of its page, as SVG."""

    item: Item
    groups: Sequence[tuple[str, Sequence[Material]]]
    place: str
    symbol: str


async def list_prints(request: web.Request) -> web.Response:
    who, at = actor(request), now(request)
    catalogue = request.app[CATALOGUE]
    tenant = await catalogue.tenant(who.tenant_id)
    return await show(
        request,
        "organisation/prints.html",
        tenant=tenant,
        windows=await request.app[ORGANISATION].board.windows(tenant.id, phone=tenant.complaint_phone, at=at),
        villages=await catalogue.villages(tenant.id),
        types=tuple(WindowType),
    )


async def centre_plates(request: web.Request) -> web.Response:
    """The two plates at the door (plan, clause 2)."""
    tenant = await request.app[CATALOGUE].tenant(actor(request).tenant_id)
    names = [name for name in (tenant.centre_name, tenant.hall_name) if name]
    return render(request, "organisation/plates.html", title="门口牌子", names=names)


async def village_plate(request: web.Request) -> web.Response:
    """便民服务中心 of a village or community (plan, clause 3)."""
    wanted = path_id(request, "village_id")
    villages = await request.app[CATALOGUE].villages(actor(request).tenant_id)
    village = next((each for each in villages if each.id == wanted), None)
    if village is None:
        raise Fault(ErrorCode.NOT_FOUND)
    return render(
        request, "organisation/plates.html", title="村级牌子", names=[f"{village.name}便民服务中心"]
    )


async def window_plate(request: web.Request) -> web.Response:
    """The plate of one window with who serves it (plan, clauses 40 and 42)."""
    who, wanted = actor(request), path_id(request, "window_id")
    tenant = await request.app[CATALOGUE].tenant(who.tenant_id)
    windows = await request.app[ORGANISATION].board.windows(
        tenant.id, phone=tenant.complaint_phone, at=now(request)
    )
    window = next((each for each in windows if each.today.card.id == wanted), None)
    if window is None:
        raise Fault(ErrorCode.NOT_FOUND)
    return render(
        request,
        "organisation/window_plate.html",
        tenant=tenant,
        window=window,
        symbol=await _symbol(request, "/hall/board", "扫码看窗口人员"),
    )


async def badge(request: web.Request) -> web.Response:
    """A work badge (工作证; plan, clause 42)."""
    who, staff_id = actor(request), path_id(request, "staff_id")
    member = await request.app[PEOPLE].accounts.member(who.tenant_id, staff_id)
    catalogue, today = request.app[CATALOGUE], day_in_china(now(request))
    served = {
        pair.window_id for pair in request.app[HALL].duties.roster(who.tenant_id).windows_of(staff_id, today)
    }
    departments = {each.id: each.name for each in await catalogue.departments(who.tenant_id)}
    held = [post for post in member.posts if post.is_held(today)]
    return render(
        request,
        "organisation/badge.html",
        tenant=await catalogue.tenant(who.tenant_id),
        name=member.account.name,
        card=await request.app[ORGANISATION].board.card(who.tenant_id, staff_id),
        department=next((departments[p.department_id] for p in held if p.department_id in departments), ""),
        posts=[post.role.zh for post in held],
        windows=[card for card in await catalogue.windows(who.tenant_id) if card.id in served],
    )


async def item_guide(request: web.Request) -> web.Response:
    """The guide of one item on A4, for anybody (plan, clause 41)."""
    catalogue = request.app[CATALOGUE]
    tenant = await visited(request)
    item = await catalogue.item(tenant.id, path_id(request, "item_id"))
    return render(
        request,
        "organisation/guides.html",
        tenant=tenant,
        title=f"{item.name} 办事指南",
        guides=[await _guide(request, item, await _numbers(request, tenant.id))],
    )


async def booklet(request: web.Request) -> web.Response:
    """The guides of everything one kind of window handles, to be bound (plan, clause 41)."""
    try:
        window = WindowType(path_text(request, "window"))
    except ValueError:
        raise Fault(ErrorCode.NOT_FOUND) from None
    tenant_id = actor(request).tenant_id
    catalogue = request.app[CATALOGUE]
    numbers = await _numbers(request, tenant_id)
    items = [item for item in await catalogue.items(tenant_id) if item.window is window]
    return render(
        request,
        "organisation/guides.html",
        tenant=await catalogue.tenant(tenant_id),
        title=f"{window.zh} 办事指南",
        guides=[await _guide(request, item, numbers) for item in items],
    )


async def _guide(request: web.Request, item: Item, numbers: dict[WindowType, str]) -> Guide:
    number = numbers.get(item.window, "")
    place = f"镇大厅 {number} 号窗口（{item.window.zh}）" if number else f"镇大厅{item.window.zh}"
    if item.village is VillageAvailability.TAKES:
        place += "，或者本村便民服务中心"
    elif item.village is VillageAvailability.HELPS:
        place += "；材料可以交给本村便民服务中心帮忙送"
    groups = [("", item.materials)] if item.materials else []
    groups += [(situation.name, situation.materials) for situation in item.situations]
    return Guide(
        item=item,
        groups=groups,
        place=place,
        symbol=await _symbol(request, f"/items/{item.id}", "扫码看这份指南"),
    )


async def _numbers(request: web.Request, tenant_id: str) -> dict[WindowType, str]:
    numbers: dict[WindowType, list[str]] = {}
    for card in await request.app[CATALOGUE].windows(tenant_id):
        numbers.setdefault(card.type, []).append(str(card.number))
    return {window: "、".join(each) for window, each in numbers.items()}


async def _symbol(request: web.Request, path: str, label: str) -> str:
    """A QR code of one of our own public pages; drawing takes some 10 ms, so not on the loop."""
    link = f"{request.app[SETTINGS].base_url}{path}"
    return await asyncio.to_thread(
        lambda: qr.svg(qr.matrix(link, qr.Level.SCREEN), label=label, symbol_mm=SYMBOL_MM)
    )


PAGES: tuple[Page, ...] = (
    Page(method="GET", path=HOME, handler=list_prints, door=Door.TOKEN, who=KEEPERS),
    Page(method="GET", path=f"{HOME}/centre", handler=centre_plates, door=Door.TOKEN, who=KEEPERS),
    Page(
        method="GET",
        path=f"{HOME}/villages/{{village_id}}",
        handler=village_plate,
        door=Door.TOKEN,
        who=KEEPERS,
    ),
    Page(
        method="GET", path=f"{HOME}/windows/{{window_id}}", handler=window_plate, door=Door.TOKEN, who=KEEPERS
    ),
    Page(method="GET", path=f"{HOME}/badges/{{staff_id}}", handler=badge, door=Door.TOKEN, who=KEEPERS),
    Page(method="GET", path=f"{HOME}/booklets/{{window}}", handler=booklet, door=Door.TOKEN, who=KEEPERS),
    Page(method="GET", path="/items/{item_id}/guide", handler=item_guide),
)
