"""Filing on the phone, one thing a page: the form, the papers and their photos, what was filled in, the receipt.

Everything typed is a draft from the first button on, so that nothing is lost on the way and nothing is sent unseen.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from aiohttp import web

from api_spec import identity_number
from api_spec.catalogue import Item, Material
from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.messages import cases as m
from api_spec.vocabulary import Channel, ItemKind, Relation
from backend.cases.check import examine
from backend.cases.http import file_own, own_filing
from backend.cases.own_form import ANSWERS, MANDATE, answered, application, by_input, papers
from backend.cases.service import Filing
from backend.drafts.draft import Draft, Filled, retyped, with_photo, without_photo
from backend.edge import actor, form_fields, now, path_id, query, redirect, render
from backend.edge.requests import HEX_ID
from backend.faults import Fault, Wrong
from backend.ids import new_id
from backend.keys import CASES, CATALOGUE, DRAFTS, OWN_PHOTOS, PEOPLE
from backend.photos.http import MANDATE_NAME, photos_of_form
from backend.register.pages_own import Chosen, message, own, under

OTHERS: Final = tuple(
    (relation.value, relation.zh) for relation in (Relation.RELATIVE, Relation.GUARDIAN, Relation.ENTRUSTED)
)
SHOWN_ON_THE_PAGE: Final = frozenset(
    {ErrorCode.FORM_INVALID, ErrorCode.BODY_INVALID, ErrorCode.MATERIAL_MISSING, ErrorCode.CASE_MOVED}
)


class OpenedForm(Chosen):
    """`saved`: after the button that only saves."""

    saved: Literal["1"] | None = None


async def show_form(request: web.Request) -> web.Response:
    chosen = query(request, OpenedForm)
    item = await _item(request, chosen.item)
    draft = await request.app[DRAFTS].find(item.id, actor=actor(request))
    typed = _typed(draft.filled) if draft else {}
    if chosen.situation or not typed:
        typed["situation"] = chosen.situation
    return await _form(request, item, typed, draft=draft, saved=bool(chosen.saved))


async def send_form(request: web.Request) -> web.Response:
    """Keep what was typed; then, unless only that was asked, tell every mistake at once or go on to the papers."""
    fields = await form_fields(request)
    typed: dict[str, Any] = {name: sent if len(sent) > 1 else sent[0] for name, sent in fields.items()}
    item = await _item(request, str(typed.get("item", "")))
    draft = await request.app[DRAFTS].save(
        item.id, lambda old: retyped(old, fields), actor=actor(request), at=now(request)
    )
    match typed.get("do", ""):
        case "auto":
            return web.Response(status=204)
        case "save":
            return redirect(f"/cases/new?item={item.id}&saved=1")
    try:
        await request.app[PEOPLE].citizens.agree(actor(request).id, typed, at=now(request))
        await _judged(request, item, draft.filled)
    except Fault as fault:
        if fault.code not in SHOWN_ON_THE_PAGE:
            raise
        return await _form(request, item, typed, draft=draft, wrong=fault.wrong)
    step = "papers" if _papers(item, draft.filled) else "check"
    return redirect(f"/cases/drafts/{draft.id}/{step}")


async def show_papers(request: web.Request) -> web.Response:
    return await _papers_page(request, await _draft(request))


async def send_papers(request: web.Request) -> web.Response:
    """Keep the photos and what is said of each paper; a photo that cannot be used is told under its paper."""
    draft = await _draft(request)
    sent = await photos_of_form(request)
    said = {name: [value] for name, value in sent.fields.items() if name.startswith("paper.")}

    def change(old: Filled) -> Filled:
        new = Filled(typed={**old.typed, **said}, photos=old.photos)
        for code, photo_id in sent.photos:
            new = with_photo(new, code, photo_id)
        return without_photo(new, sent.fields.get("without", ""))

    draft = await request.app[DRAFTS].save(draft.item_id, change, actor=actor(request), at=now(request))
    if sent.wrong:
        return await _papers_page(request, draft, wrong=sent.wrong)
    step = "check" if sent.fields.get("do") == "next" else "papers"
    return redirect(f"/cases/drafts/{draft.id}/{step}")


async def show_check(request: web.Request) -> web.Response:
    """What will be sent, word for word."""
    draft = await _draft(request)
    item = await _item(request, draft.item_id)
    try:
        filing = await _judged(request, item, draft.filled)
    except Fault as fault:
        if fault.code not in SHOWN_ON_THE_PAGE:
            raise
        return await _form(request, item, _typed(draft.filled), draft=draft, wrong=fault.wrong)
    seen = examine(filing, today=day_in_china(filing.received_at))
    return render(
        request,
        "cases/check.html",
        item=item,
        draft=draft,
        situation=next((each.name for each in item.situations if each.code == filing.situation), ""),
        applicant=seen.applicant,
        mandate=seen.mandate,
        answers=answered(item, seen.answers),
        papers=_said_of(item, draft.filled),
    )


async def file_draft(request: web.Request) -> web.Response:
    """Send it. Pressed twice it is one case: the second press finds no draft any more, but what became of it."""
    rid = (await form_fields(request)).get("rid", [""])[-1]
    try:
        draft = await _draft(request)
    except Fault:
        found = (
            await request.app[CASES].find_id(actor(request).tenant_id, rid) if HEX_ID.fullmatch(rid) else None
        )
        if found is None:
            raise
        return redirect(f"/cases/{found}/receipt")
    item = await _item(request, draft.item_id)
    try:
        sent = message(m.FileCase, application(item, draft.filled))
        filed = await file_own(request, sent, channel=Channel.WEB)
    except Fault as fault:
        if fault.code not in SHOWN_ON_THE_PAGE:
            raise
        return await _form(request, item, _typed(draft.filled), draft=draft, wrong=fault.wrong)
    await request.app[DRAFTS].drop(draft.id, actor=actor(request))
    return redirect(f"/cases/{filed.case_id}/receipt")


async def throw_away(request: web.Request) -> web.Response:
    await request.app[DRAFTS].drop((await _draft(request)).id, actor=actor(request))
    return redirect("/cases")


async def show_receipt(request: web.Request) -> web.Response:
    view = await request.app[CASES].show(path_id(request, "case_id"), actor=actor(request), at=now(request))
    tenant = await request.app[CATALOGUE].tenant(actor(request).tenant_id)
    return render(request, "cases/receipt.html", view=view, tenant=tenant)


async def _draft(request: web.Request) -> Draft:
    """Raises Fault(NOT_FOUND), also for somebody else's."""
    return await request.app[DRAFTS].load(path_id(request, "draft_id"), actor=actor(request))


async def _item(request: web.Request, item_id: str) -> Item:
    """Raises Fault: ITEM_NOT_FOUND, ITEM_NOT_OFFERED for errands and for what wants the person or their signature."""
    item = request.app[CATALOGUE].item_now(actor(request).tenant_id, item_id)
    if item.kind is ItemKind.PROXY or item.in_person:
        raise Fault(ErrorCode.ITEM_NOT_OFFERED, item=item.code)
    return item


async def _judged(request: web.Request, item: Item, filled: Filled) -> Filing:
    """The application as it would be sent.

    Raises:
        Fault: FORM_INVALID with every mistake; as `own_filing`.
    """
    filing = await own_filing(request, message(m.FileCase, application(item, filled)), channel=Channel.WEB)
    if wrong := request.app[CASES].check(filing):
        raise Fault(ErrorCode.FORM_INVALID, wrong=wrong)
    return filing


def _typed(filled: Filled) -> dict[str, Any]:
    return {name: sent if len(sent) > 1 else sent[0] for name, sent in filled.typed.items() if sent}


def _papers(item: Item, filled: Filled) -> Sequence[Material]:
    """The papers of the chosen 情形, and the 委托书 of whoever acts for somebody."""
    mandate = (Material(code=MANDATE, name=MANDATE_NAME, hint="委托人和您都签了字的，拍清楚。"),)
    acts = filled.one("for_other") == "yes"
    return (*item.materials_for(filled.one("situation")), *(mandate if acts else ()))


def _said_of(item: Item, filled: Filled) -> list[tuple[Material, str, Sequence[str]]]:
    """Each paper, what is said of it, and its photos."""
    said = papers({name: values[-1] for name, values in filled.typed.items() if values})
    return [
        (paper, said.get(paper.code, ""), filled.photos.get(paper.code, ()))
        for paper in _papers(item, filled)
    ]


async def _papers_page(request: web.Request, draft: Draft, *, wrong: Sequence[Wrong] = ()) -> web.Response:
    item = await _item(request, draft.item_id)
    errors: dict[str, str] = {}
    for each in wrong:
        errors.setdefault(each.field.removeprefix("photo."), each.sentence)
    kept = await request.app[OWN_PHOTOS].kept(draft.filled.named, actor=actor(request))
    lines = [
        (paper, said, [each for each in photos if each in kept])
        for paper, said, photos in _said_of(item, draft.filled)
    ]
    return render(
        request,
        "cases/papers.html",
        status=422 if wrong else 200,
        item=item,
        draft=draft,
        papers=lines,
        errors=errors,
    )


async def _form(
    request: web.Request,
    item: Item,
    typed: Mapping[str, Any],
    *,
    draft: Draft | None,
    wrong: Sequence[Wrong] = (),
    saved: bool = False,
) -> web.Response:
    people, caller = request.app[PEOPLE], actor(request)
    situation = str(typed.get("situation", ""))
    if situation not in {each.code for each in item.situations}:
        situation = item.situations[0].code if item.situations else ""
    errors = by_input(wrong, for_other=typed.get("for_other") == "yes")
    return render(
        request,
        "cases/new.html",
        status=422 if wrong else 200,
        item=item,
        typed={"rid": new_id(), **typed},
        draft=draft,
        saved=saved,
        situation=situation,
        answers={"situation": situation, **under(ANSWERS, typed)},
        answer_errors=under(ANSWERS, errors),
        errors=errors,
        wrong=wrong,
        me=await people.citizen(caller.id),
        own_phone=(await people.citizens.own(caller.id)).phone,
        asked=await people.citizens.still_to_agree(caller.id, at=now(request)),
        documents=[(kind.value, kind.zh) for kind in identity_number.DOCUMENT_TYPES],
        relations=OTHERS,
    )


PAGES = (
    own("GET", "/cases/new", show_form),
    own("POST", "/cases/new", send_form),
    own("GET", "/cases/drafts/{draft_id}/papers", show_papers),
    own("POST", "/cases/drafts/{draft_id}/papers", send_papers),
    own("GET", "/cases/drafts/{draft_id}/check", show_check),
    own("POST", "/cases/drafts/{draft_id}/file", file_draft),
    own("POST", "/cases/drafts/{draft_id}/remove", throw_away),
    own("GET", "/cases/{case_id}/receipt", show_receipt),
)
