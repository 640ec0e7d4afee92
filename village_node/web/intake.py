"""From "what is it about" to an empty form: find the item, see what it asks for, begin."""

import secrets
from datetime import timedelta
from typing import Final

from aiohttp import web

from api_spec.catalogue import Item
from api_spec.identity_number import DOCUMENT_TYPES
from api_spec.record_parts import SigningMethod
from api_spec.vocabulary import ApplicantKind, Relation, WindowType
from village_node.desk import intake_form
from village_node.desk.drafts import Pairs
from village_node.desk.residents import carried_over
from village_node.desk.slips import limit_words
from village_node.storage.disk import Room
from village_node.web import edge
from village_node.web.context import station
from village_node.web.edge import NOT_FOUND, Page, Refusal
from village_node.web.item_form import groups_of, show_form

FORM_ID_LENGTH: Final = 32
USUAL_MANDATE: Final = timedelta(days=90)
LIKE: Final = "like"
"""Kept with the form: the case that is filed anew by it."""
LONGEST_QUERY: Final = 40
NO_ROOM: Final = (
    507,
    "磁盘满了，暂时不能收件",
    "请先清理电脑磁盘。已收的件都在，联网后照常上传；急事请群众到镇里办理。",
)


async def show_items(request: web.Request) -> web.Response:
    """Items by words, pinyin or window; without a question, everything the village may take."""
    here = station(request)
    text = request.query.get("q", "").strip()[:LONGEST_QUERY]
    pack = here.packs.current() if here.packs.sha else None
    offered = [item for item in pack.items if intake_form.may_take(item)] if pack else []
    found = here.packs.search(text, limit=30) if text else offered
    groups = [(kind, [item for item in found if item.window is kind]) for kind in WindowType]
    return await edge.render(
        request,
        "items.html",
        is_too_new=intake_form.is_too_new,
        too_new=[] if text else here.packs.too_new,
        q=text,
        like=_like(request),
        found=found if text else [],
        groups=[] if text else [(kind.zh, items) for kind, items in groups if items],
        may_take=intake_form.may_take,
    )


async def show_item(request: web.Request) -> web.Response:
    item = load_item(request, request.match_info["item_id"])
    return await edge.render(
        request,
        "item.html",
        item=item,
        like=_like(request),
        limit=limit_words(item),
        groups=groups_of(item),
        may_take=intake_form.may_take(item),
        too_new=intake_form.is_too_new(item),
    )


async def new_form(request: web.Request) -> web.Response:
    """A form with the id its case will have: sent twice, it is one case. `like`: begin with what an earlier case had."""
    item = load_item(request, request.match_info["item_id"])
    refuse_untaken(item)
    if station(request).disk.room is Room.SHORT:
        raise Refusal(*NO_ROOM)  # before anything is typed, not after
    pairs = _defaults(request, item)
    if like := _like(request):
        entry = await station(request).register.find(like)
        if entry and entry.pairs:
            pairs = entry.pairs if entry.item_id == item.id else carried_over(pairs, entry.pairs)
            pairs = [(key, value) for key, value in pairs if key != LIKE] + [(LIKE, like)]
    return await show_form(
        request, item, rid=secrets.token_hex(16), version=0, pairs=pairs, tab=secrets.token_hex(8)
    )


def _defaults(request: web.Request, item: Item) -> Pairs:
    """What is usual, to be changed where it is not."""
    errand = intake_form.needs_mandate(item)
    pairs = [("kind", ApplicantKind.PERSON.value), ("document", DOCUMENT_TYPES[0].value)]
    pairs.append(("relation", (Relation.VILLAGE_CLERK if errand else Relation.SELF).value))
    pairs.append(("method", SigningMethod.WET_INK.value))
    pairs.append(("scope", f"代为办理“{item.name}”，递交材料，领取结果"))
    pairs.append(("valid_to", (station(request).clock.today() + USUAL_MANDATE).isoformat()))
    if errand:
        pairs += [("agent_name", edge.clerk(request).name), ("redelegable", "yes")]
    return pairs


def load_item(request: web.Request, item_id: str) -> Item:
    item = station(request).packs.find_item(item_id)
    if item is None:
        raise Refusal(404, "没有这个事项", "事项目录可能刚更新过，请回到首页重新查找。")
    return item


def refuse_untaken(item: Item) -> None:
    if intake_form.is_too_new(item):
        raise Refusal(
            409, "这台电脑的程序旧了", f"“{item.name}”要升级程序才能收，请告诉镇里管理员。别的事项照常收。"
        )
    if not intake_form.may_take(item):
        raise Refusal(409, "村里不能收这个事项", f"“{item.name}”要到镇政务服务中心办理。")


def _like(request: web.Request) -> str:
    """The earlier case whose person, and for the same item whose answers, a form begins with."""
    like = request.query.get("like", "")
    return like if len(like) == FORM_ID_LENGTH and set(like) <= set("0123456789abcdef") else ""


def form_id(request: web.Request) -> str:
    rid = request.match_info["rid"]
    if len(rid) != FORM_ID_LENGTH or not set(rid) <= set("0123456789abcdef"):
        raise Refusal(*NOT_FOUND)
    return rid


PAGES: tuple[Page, ...] = (
    Page("GET", "/items", show_items),
    Page("GET", "/items/{item_id}", show_item),
    Page("GET", "/items/{item_id}/new", new_form),
)
