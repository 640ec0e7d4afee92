"""From "what is it about" to a slip: find the item, fill in its form, keep a draft, file.

Nothing typed is lost: a form with mistakes comes back as it was, with every mistake at once.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from api_spec.catalogue import SITUATION, Item, Material
from api_spec.forms import FieldKind
from api_spec.identity_number import DOCUMENT_TYPES
from api_spec.record_parts import SigningMethod
from api_spec.vocabulary import ApplicantKind, ConsentPurpose, ItemKind, Relation, WindowType
from village_node import intake_form
from village_node.drafts import Draft, DraftMoved, Pairs
from village_node.intake_form import ANSWER, Reading, Wrong
from village_node.register import Application, NoNumberLeft
from village_node.slips import limit_words
from village_node.web import edge
from village_node.web.context import station
from village_node.web.edge import NOT_FOUND, Page, Refusal

CONTROLS: Final = frozenset({"item", "version", "do"})
FORM_ID_LENGTH: Final = 32
LONGEST_QUERY: Final = 40
MOVED: Final = Wrong("", "这份草稿在另一个窗口改过了。下面是您这里填的内容，再点一次就以这里为准。")
_LISTS: Final = frozenset({FieldKind.MULTI_CHOICE})
_LABELS: Final = {
    "situation": "哪种情形",
    "kind": "个人还是单位",
    "name": "姓名或单位名称",
    "document": "证件类型",
    "number": "证件号码",
    "phone": "联系电话",
    "address": "住址",
    "contact_name": "另一个联系人",
    "contact_phone": "另一个联系人的电话",
    "preferred_time": "什么时候方便接电话",
    "relation": "由谁来办",
    "agent_name": "代办人姓名",
    "agent_number": "代办人身份证号",
    "agent_phone": "代办人电话",
    "scope": "委托办什么",
    "valid_to": "委托到哪天为止",
    "method": "委托书怎么签的",
    "witness_1": "见证人一",
    "witness_2": "见证人二",
    "money": "今天实收现金",
    "money_receipt": "收据号",
    "note": "备注",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Materials asked always (`situation` "") or in one 情形."""

    situation: str
    name: str
    materials: tuple[Material, ...]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One line above the form: which field, as people call it, and what to do."""

    field: str
    label: str
    sentence: str


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
        groups=_groups(item),
        may_take=intake_form.may_take(item),
    )


async def new_form(request: web.Request) -> web.Response:
    """An empty form with the id its case will have: sent twice, it is one case."""
    item = _item(request, request.match_info["item_id"])
    _refuse_untaken(item)
    return await _form(request, item, rid=secrets.token_hex(16), version=0, pairs=_defaults(request, item))


async def show_draft(request: web.Request) -> web.Response:
    draft = await station(request).drafts.find(_rid(request))
    if draft is None:
        raise Refusal(*NOT_FOUND)
    item = _item(request, draft.item_id)
    return await _form(request, item, rid=draft.rid, version=draft.version, pairs=draft.pairs)


async def submit(request: web.Request) -> web.Response:
    """Save, drop or file, by the button pressed."""
    here, rid = station(request), _rid(request)
    pairs = await edge.pairs(request)
    if await here.register.load(rid) is not None:
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
    return await _file(request, item, rid=rid, reading=reading)


async def _file(request: web.Request, item: Item, *, rid: str, reading: Reading) -> web.Response:
    here = station(request)
    assert reading.typed is not None, "filed only without mistakes"  # noqa: S101
    contact = await here.journal.contact()
    application = Application(
        rid=rid,
        item=item,
        pack_sha=here.packs.sha,
        typed=reading.typed,
        clerk=edge.clerk(request),
        made=here.clock.stamp(contact.offset_ms),
        today=here.clock.today(contact),
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
    return await _form(
        request, item, rid=rid, version=draft.version, pairs=pairs, wrong=reading.wrong, status=422
    )


async def _moved(
    request: web.Request, item: Item, *, rid: str, pairs: Pairs, wrong: Sequence[Wrong] = ()
) -> web.Response:
    current = await station(request).drafts.find(rid)
    version = current.version if current else 0
    return await _form(
        request, item, rid=rid, version=version, pairs=pairs, wrong=(MOVED, *wrong), status=409
    )


async def _form(
    request: web.Request,
    item: Item,
    *,
    rid: str,
    version: int,
    pairs: Pairs,
    wrong: Sequence[Wrong] = (),
    status: int = 200,
) -> web.Response:
    here = station(request)
    errors = {mistake.field: mistake.sentence for mistake in wrong}
    values = dict(reversed(pairs))
    return await edge.render(
        request,
        "form.html",
        status=status,
        item=item,
        pack=here.packs.current(),
        rid=rid,
        version=version,
        saved="saved" in request.query,
        values=values,
        labels=_LABELS,
        answers=_answer_values(item, pairs),
        errors=errors,
        answer_errors={
            name.removeprefix(ANSWER): words for name, words in errors.items() if name.startswith(ANSWER)
        },
        wrong=[Mistake(each.field, _label(each.field, item), each.sentence) for each in wrong],
        groups=_groups(item),
        situation_input=intake_form.situation_input(item),
        asked=[field for field in item.form.fields if field.name != SITUATION],
        situations=[(each.code, each.name) for each in item.situations],
        consents=intake_form.consents_for(item),
        notices_purpose=ConsentPurpose.NOTICES,
        errand=item.kind is ItemKind.PROXY,
        kinds=[(kind.value, kind.zh) for kind in ApplicantKind],
        documents=[(kind.value, kind.zh) for kind in DOCUMENT_TYPES],
        relations=_relations(item),
        agents=" ".join(relation.value for relation in Relation if relation is not Relation.SELF),
        methods=[(method.value, method.zh) for method in SigningMethod],
    )


def _label(name: str, item: Item) -> str:
    """What stands beside the input; "" where the sentence says it all."""
    if name.startswith(ANSWER):
        return next((each.label for each in item.form.fields if ANSWER + each.name == name), "")
    return _LABELS.get(name, "")


def _answer_values(item: Item, pairs: Pairs) -> Mapping[str, Any]:
    """What was typed into the item's own fields, unchanged; several ticks as a list."""
    values: dict[str, Any] = {}
    lists = {field.name for field in item.form.fields if field.kind in _LISTS}
    for key, value in pairs:
        name = key.removeprefix(ANSWER)
        if not key.startswith(ANSWER):
            continue
        if name in lists:
            values.setdefault(name, []).append(value)
        else:
            values.setdefault(name, value)
    return values


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


def _relations(item: Item) -> list[tuple[str, str]]:
    """Errands always have an agent."""
    return [
        (relation.value, "本人来办" if relation is Relation.SELF else f"{relation.zh}代办")
        for relation in Relation
        if relation is not Relation.SELF or not intake_form.needs_mandate(item)
    ]


def _groups(item: Item) -> list[Group]:
    always = [Group("", "", item.materials)] if item.materials else []
    return always + [
        Group(each.code, each.name, each.materials) for each in item.situations if each.materials
    ]


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
