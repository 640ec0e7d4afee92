"""Taking an application at the window or on the phone: choose the item, fill in one form, hand over the slip."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from api_spec.catalogue import Item
from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.messages.base import Message, OptionalLine
from api_spec.route import Door
from api_spec.routes.cases import TAKERS
from api_spec.routes.proxy import TOWNSHIP
from api_spec.vocabulary import (
    ApplicantKind,
    ConsentPurpose,
    DocumentType,
    ItemKind,
    MaterialStatus,
    Relation,
    WindowType,
)
from backend.actors import Actor
from backend.console.errand_form import PAPER_METHODS, read_mandate, read_request, read_sharing
from backend.console.frame import show
from backend.console.intake_form import ANSWERS, CHANNELS, Desk, Pairs, read_filing
from backend.console.nav import CENTRE
from backend.edge import Page, actor, form_fields, now, path_id, query, redirect
from backend.edge.requests import HEX_ID
from backend.faults import Fault, Wrong
from backend.ids import new_id
from backend.keys import CASES, CATALOGUE, PROXY
from backend.people.notices import current

MOST_RESULTS = 20
PERSONAL = tuple(kind for kind in DocumentType if kind not in (DocumentType.CREDIT_CODE, DocumentType.HUKOU))
AGENTS = tuple(relation for relation in Relation if relation is not Relation.SELF)


class Search(Message):
    q: OptionalLine = ""


class Choice(Message):
    situation: OptionalLine = ""


async def choose_item(request: web.Request) -> web.Response:
    """The items this clerk's windows take; any clerk of a department takes any of its items (plan, clause 25)."""
    clerk = actor(request)
    text = query(request, Search).q
    found: Sequence[Item] = (
        request.app[CATALOGUE].search(clerk.tenant_id, text, limit=MOST_RESULTS)
        if text
        else await request.app[CATALOGUE].items(clerk.tenant_id)
    )
    mine = await _own_windows(request, clerk)
    return await show(
        request,
        "console/intake_items.html",
        text=text,
        items=[item for item in found if item.window in mine],
        elsewhere=[item for item in found if item.window not in mine] if text else [],
    )


async def _own_windows(request: web.Request, clerk: Actor) -> set[WindowType]:
    cards = await request.app[CATALOGUE].windows(clerk.tenant_id)
    if clerk.has(CENTRE):
        return {WindowType.UTILITY}
    return {card.type for card in cards if card.department_id == clerk.department_id}


async def show_form(request: web.Request) -> web.Response:
    item = await _item(request)
    situation = query(request, Choice).situation or (item.situations[0].code if item.situations else "")
    return await _form(request, item, {"situation": situation, "rid": new_id(), "channel": "window"})


async def take(request: web.Request) -> web.Response:
    """File it, or show every mistake at once with nothing typed lost."""
    item = await _item(request)
    sent = await form_fields(request)
    typed: dict[str, Any] = {name: values if len(values) > 1 else values[0] for name, values in sent.items()}
    if not HEX_ID.fullmatch(sent.get("rid", [""])[0]):
        raise Fault(ErrorCode.BODY_INVALID)
    pairs = [(name, value) for name, values in sent.items() for value in values]
    clerk = actor(request)
    desk = Desk(
        clerk=clerk, pack_sha=(await request.app[CATALOGUE].pack(clerk.tenant_id)).sha, at=now(request)
    )
    try:
        if item.kind is ItemKind.PROXY:
            return redirect(f"/staff/errands/{await _take_errand(request, item, pairs, desk)}")
        filing = read_filing(item, pairs, desk, rid=str(typed["rid"]))
        filed = await request.app[CASES].file(filing, at=desk.at)
    except Fault as fault:
        if fault.code is not ErrorCode.FORM_INVALID:
            raise
        return await _form(request, item, typed, wrong=fault.wrong)
    return redirect(f"/staff/cases/{filed.case_id}")


async def _take_errand(request: web.Request, item: Item, pairs: Pairs, desk: Desk) -> str:
    """Ask for an errand; with the two consents signed on paper, or without them for now."""
    fields = dict(reversed(pairs))
    signed = fields.get("with_mandate") == "yes" and item.partner is not None
    today = day_in_china(desk.at)
    tenant = await request.app[CATALOGUE].tenant(desk.clerk.tenant_id)
    notice = current(ConsentPurpose.PARTNER_SHARING, today)
    asked = read_request(
        item,
        pairs,
        desk,
        rid=fields["rid"],
        mandate=read_mandate(fields, centre=tenant.centre_name, scope=f"代办“{item.name}”", today=today)
        if signed
        else None,
        sharing=read_sharing(fields, item.partner, notice.version) if signed and item.partner else None,
    )
    return (await request.app[PROXY].file(asked, at=desk.at)).errand_id


async def _item(request: web.Request) -> Item:
    return await request.app[CATALOGUE].item(actor(request).tenant_id, path_id(request, "item_id"))


async def _form(
    request: web.Request, item: Item, typed: Mapping[str, Any], *, wrong: Sequence[Wrong] = ()
) -> web.Response:
    situation = str(typed.get("situation", ""))
    if situation not in {each.code for each in item.situations}:
        situation = item.situations[0].code if item.situations else ""
    errors = {each.field: each.sentence for each in wrong}
    return await show(
        request,
        "console/intake.html",
        status=422 if wrong else 200,
        item=item,
        typed=typed,
        situation=situation,
        answers={
            "situation": situation,
            **{
                name.removeprefix(ANSWERS): value for name, value in typed.items() if name.startswith(ANSWERS)
            },
        },
        answer_errors={
            name.removeprefix(ANSWERS): text for name, text in errors.items() if name.startswith(ANSWERS)
        },
        errors=errors,
        wrong=wrong,
        papers=item.materials_for(situation),
        channels=[(channel.value, channel.zh) for channel in CHANNELS],
        kinds=[(kind.value, kind.zh) for kind in ApplicantKind],
        documents=[(kind.value, kind.zh) for kind in PERSONAL],
        relations=[(relation.value, relation.zh) for relation in AGENTS],
        statuses=tuple(MaterialStatus),
        methods=[(method.value, method.zh) for method in PAPER_METHODS],
        notice=current(ConsentPurpose.PARTNER_SHARING, day_in_china(now(request))),
    )


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/staff/intake", handler=choose_item, door=Door.TOKEN, who=TAKERS | TOWNSHIP),
    Page(
        method="GET",
        path="/staff/intake/{item_id}",
        handler=show_form,
        door=Door.TOKEN,
        who=TAKERS | TOWNSHIP,
    ),
    Page(method="POST", path="/staff/intake/{item_id}", handler=take, door=Door.TOKEN, who=TAKERS | TOWNSHIP),
)
