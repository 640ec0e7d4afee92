"""From "what is it about" to a slip: find the item, fill in its form, keep a draft, file.

Nothing typed is lost: a form with mistakes comes back as it was, with every mistake at once.
"""

import secrets
from collections.abc import Sequence
from typing import Final

from aiohttp import web

from api_spec.catalogue import Item
from api_spec.identity_number import DOCUMENT_TYPES
from api_spec.record_parts import SigningMethod
from api_spec.vocabulary import ApplicantKind, Relation, WindowType
from village_node import intake_form
from village_node.drafts import Draft, DraftMoved, Pairs
from village_node.intake_form import Reading, Typed, Wrong
from village_node.register import Application, NoNumberLeft
from village_node.slips import limit_words
from village_node.web import edge
from village_node.web.context import free_mb, station
from village_node.web.edge import NOT_FOUND, Page, Refusal
from village_node.web.item_form import CONTROLS, groups_of, show_form

FORM_ID_LENGTH: Final = 32
LONGEST_QUERY: Final = 40
NO_ROOM: Final = (
    507,
    "磁盘满了，暂时不能收件",
    "请先清理电脑磁盘。已收的件都在，联网后照常上传；急事请群众到镇里办理。",
)
MOVED: Final = Wrong("", "这份草稿在另一个窗口改过了。下面是您这里填的内容，再点一次就以这里为准。")


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
        q=text,
        found=found if text else [],
        groups=[] if text else [(kind.zh, items) for kind, items in groups if items],
        may_take=intake_form.may_take,
    )


async def show_item(request: web.Request) -> web.Response:
    item = _item(request, request.match_info["item_id"])
    return await edge.render(
        request,
        "item.html",
        item=item,
        limit=limit_words(item),
        groups=groups_of(item),
        may_take=intake_form.may_take(item),
    )


async def new_form(request: web.Request) -> web.Response:
    """A form with the id its case will have: sent twice, it is one case. `like`: begin with what an earlier case had."""
    item = _item(request, request.match_info["item_id"])
    _refuse_untaken(item)
    if free_mb(station(request)) < station(request).settings.disk_floor_mb:
        raise Refusal(*NO_ROOM)  # before anything is typed, not after
    pairs = _defaults(request, item)
    if like := request.query.get("like", ""):
        entry = await station(request).register.find(like)
        pairs = entry.pairs if entry and entry.item_id == item.id and entry.pairs else pairs
    return await show_form(request, item, rid=secrets.token_hex(16), version=0, pairs=pairs)


async def show_draft(request: web.Request) -> web.Response:
    draft = await station(request).drafts.find(_rid(request))
    if draft is None:
        raise Refusal(*NOT_FOUND)
    item = _item(request, draft.item_id)
    return await show_form(request, item, rid=draft.rid, version=draft.version, pairs=draft.pairs)


async def submit(request: web.Request) -> web.Response:
    """Save, drop or file, by the button pressed."""
    here, rid = station(request), _rid(request)
    pairs = await edge.pairs(request)
    if await here.register.find(rid) is not None:
        return edge.go(f"/cases/{rid}")  # sent twice, or from a tab left open
    control = {key: value for key, value in pairs if key in CONTROLS}
    pairs = [(key, value) for key, value in pairs if key not in CONTROLS]
    item = _item(request, control.get("item", ""))
    _refuse_untaken(item)
    version = int(version) if (version := control.get("version", "")).isdecimal() else 0
    if control.get("do") == "drop":
        await here.drafts.drop(rid)
        return edge.go("/")
    if control.get("do") == "save":
        return await _save(request, item, rid=rid, version=version, pairs=pairs)
    today = here.clock.today(await here.journal.contact())
    reading = intake_form.read(pairs, item, here.packs.current(), today=today)
    if reading.typed is None:
        return await _come_back(request, item, rid=rid, version=version, pairs=pairs, reading=reading)
    return await _file(request, item, rid=rid, typed=reading.typed, pairs=pairs)


async def _file(request: web.Request, item: Item, *, rid: str, typed: Typed, pairs: Pairs) -> web.Response:
    here = station(request)
    contact = await here.journal.contact()
    application = Application(
        rid=rid,
        item=item,
        pack_sha=here.packs.sha,
        typed=typed,
        clerk=edge.clerk(request),
        made=here.clock.stamp(contact.offset_ms),
        today=here.clock.today(contact),
        pairs=pairs,
    )
    try:
        await here.register.file(application)
    except NoNumberLeft:
        raise Refusal(
            507, "今天的办件编号用完了", "请给镇政务服务中心打电话；填的内容已经存为草稿。"
        ) from None
    here.loop.wake()
    return edge.go(f"/cases/{rid}?new=1")


async def _save(request: web.Request, item: Item, *, rid: str, version: int, pairs: Pairs) -> web.Response:
    try:
        saved = await station(request).drafts.save(
            _draft(request, item, rid=rid, version=version, pairs=pairs)
        )
    except DraftMoved:
        return await _moved(request, item, rid=rid, pairs=pairs)
    return edge.go(f"/drafts/{saved.rid}?saved=1")


async def _come_back(
    request: web.Request, item: Item, *, rid: str, version: int, pairs: Pairs, reading: Reading
) -> web.Response:
    """The form with its mistakes. It is saved on the way: the power may go while they are put right."""
    try:
        draft = await station(request).drafts.save(
            _draft(request, item, rid=rid, version=version, pairs=pairs)
        )
    except DraftMoved:
        return await _moved(request, item, rid=rid, pairs=pairs, wrong=reading.wrong)
    return await show_form(
        request, item, rid=rid, version=draft.version, pairs=pairs, wrong=reading.wrong, status=422
    )


async def _moved(
    request: web.Request, item: Item, *, rid: str, pairs: Pairs, wrong: Sequence[Wrong] = ()
) -> web.Response:
    current = await station(request).drafts.find(rid)
    version = current.version if current else 0
    return await show_form(
        request, item, rid=rid, version=version, pairs=pairs, wrong=(MOVED, *wrong), status=409
    )


def _defaults(request: web.Request, item: Item) -> Pairs:
    """What is usual, to be changed where it is not."""
    errand = intake_form.needs_mandate(item)
    pairs = [("kind", ApplicantKind.PERSON.value), ("document", DOCUMENT_TYPES[0].value)]
    pairs.append(("relation", (Relation.VILLAGE_CLERK if errand else Relation.SELF).value))
    pairs.append(("method", SigningMethod.WET_INK.value))
    if errand:
        pairs += [
            ("agent_name", edge.clerk(request).name),
            ("scope", f"代为办理“{item.name}”，递交材料，领取结果"),
        ]
        pairs.append(("redelegable", "yes"))
    return pairs


def _draft(request: web.Request, item: Item, *, rid: str, version: int, pairs: Pairs) -> Draft:
    return Draft(
        rid=rid,
        item_id=item.id,
        clerk_id=edge.clerk(request).id,
        version=version,
        saved_ms=station(request).clock.now_ms(),
        pairs=pairs,
    )


def _item(request: web.Request, item_id: str) -> Item:
    item = station(request).packs.find_item(item_id)
    if item is None:
        raise Refusal(404, "没有这个事项", "事项目录可能刚更新过，请回到首页重新查找。")
    return item


def _refuse_untaken(item: Item) -> None:
    if not intake_form.may_take(item):
        raise Refusal(409, "村里不能收这个事项", f"“{item.name}”要到镇政务服务中心办理。")


def _rid(request: web.Request) -> str:
    rid = request.match_info["rid"]
    if len(rid) != FORM_ID_LENGTH or not set(rid) <= set("0123456789abcdef"):
        raise Refusal(*NOT_FOUND)
    return rid


PAGES: tuple[Page, ...] = (
    Page("GET", "/items", show_items),
    Page("GET", "/items/{item_id}", show_item),
    Page("GET", "/items/{item_id}/new", new_form),
    Page("GET", "/drafts/{rid}", show_draft),
    Page("POST", "/drafts/{rid}", submit),
)
