"""A citizen's own cases: file one, see how far it is, supplement, withdraw."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from api_spec import identity_number
from api_spec.catalogue import Item
from api_spec.errors import STATUS, ErrorCode
from api_spec.messages import cases as m
from api_spec.vocabulary import CaseAction, Channel, ItemKind, MaterialStatus, Relation
from backend.cases.case import EventFacts
from backend.cases.http import own_filing
from backend.cases.own_form import ANSWERS, by_input, papers, sent_form
from backend.cases.service import Command
from backend.edge import PANELS, Page, actor, form_fields, now, panels, path_id, query, redirect, render
from backend.faults import Fault, Wrong
from backend.ids import new_id
from backend.keys import CASES, CATALOGUE, PEOPLE
from backend.register.pages_own import Chosen, Further, message, own, under
from backend.wording import SENTENCES

VERSION = re.compile(r"[0-9]{1,9}")
OTHERS = tuple(
    (relation.value, relation.zh) for relation in (Relation.RELATIVE, Relation.GUARDIAN, Relation.ENTRUSTED)
)
SHOWN_ON_THE_PAGE = frozenset(
    {ErrorCode.FORM_INVALID, ErrorCode.BODY_INVALID, ErrorCode.MATERIAL_MISSING, ErrorCode.CASE_MOVED}
)


async def list_cases(request: web.Request) -> web.Response:
    asked = query(request, Further)
    page = await request.app[CASES].mine(actor(request), at=now(request), before=asked.cursor or "")
    return render(request, "cases/list.html", page=page, further=bool(asked.cursor))


async def show_form(request: web.Request) -> web.Response:
    chosen = query(request, Chosen)
    item = await _item(request, chosen.item)
    return await _form(request, item, {"rid": new_id(), "situation": chosen.situation})


async def file_case(request: web.Request) -> web.Response:
    """File it, or show every mistake at once with nothing typed lost."""
    fields = await form_fields(request)
    pairs = [(name, value) for name, values in fields.items() for value in values]
    typed: dict[str, Any] = {name: sent if len(sent) > 1 else sent[0] for name, sent in fields.items()}
    item = await _item(request, str(typed.get("item", "")))
    try:
        await request.app[PEOPLE].citizens.agree(actor(request).id, typed, at=now(request))
        filing = await own_filing(request, message(m.FileCase, sent_form(item, pairs)), channel=Channel.WEB)
        filed = await request.app[CASES].file(filing, at=filing.received_at)
    except Fault as fault:
        if fault.code not in SHOWN_ON_THE_PAGE:
            raise
        return await _form(request, item, typed, wrong=fault.wrong)
    return redirect(f"/cases/{filed.case_id}")


async def show_case(request: web.Request) -> web.Response:
    return await _case(request)


async def supplement(request: web.Request) -> web.Response:
    fields = {name: sent[-1] for name, sent in (await form_fields(request)).items()}
    found = {code: MaterialStatus(status) for code, status in papers(fields).items()}
    return await _move(request, fields, CaseAction.SUPPLEMENT, EventFacts(materials=found))


async def withdraw(request: web.Request) -> web.Response:
    fields = {name: sent[-1] for name, sent in (await form_fields(request)).items()}
    return await _move(request, fields, CaseAction.WITHDRAW, EventFacts())


async def _move(
    request: web.Request, fields: Mapping[str, str], action: CaseAction, facts: EventFacts
) -> web.Response:
    case_id = path_id(request, "case_id")
    command = Command(action=action, note=fields.get("note", "")[:2000], facts=facts)
    version = fields.get("version", "")
    try:
        await request.app[CASES].act(
            case_id,
            command,
            actor=actor(request),
            at=now(request),
            version=int(version) if VERSION.fullmatch(version) else -1,
        )
    except Fault as fault:
        if fault.code not in SHOWN_ON_THE_PAGE:
            raise
        return await _case(request, fault=fault)
    return redirect(f"/cases/{case_id}")


async def _case(request: web.Request, *, fault: Fault | None = None) -> web.Response:
    cases, at = request.app[CASES], now(request)
    view = await cases.show(path_id(request, "case_id"), actor=actor(request), at=at)
    may = {line.action for line in view.actions}
    return render(
        request,
        "cases/case.html",
        status=STATUS[fault.code] if fault else 200,
        view=view,
        public=await cases.progress(view.tracking_code, at=at),
        may_supplement=CaseAction.SUPPLEMENT in may,
        may_withdraw=CaseAction.WITHDRAW in may,
        sentence=SENTENCES[fault.code] if fault else "",
        wrong=fault.wrong if fault else (),
        panels=await panels(request, request.app[PANELS].own, view),
        complaint_phone=(await request.app[CATALOGUE].tenant(actor(request).tenant_id)).complaint_phone,
    )


async def _item(request: web.Request, item_id: str) -> Item:
    """Raises Fault: ITEM_NOT_FOUND, ITEM_NOT_OFFERED for errands and for what wants the person or their signature."""
    item = request.app[CATALOGUE].item_now(actor(request).tenant_id, item_id)
    if item.kind is ItemKind.PROXY or item.in_person:
        raise Fault(ErrorCode.ITEM_NOT_OFFERED, item=item.code)
    return item


async def _form(
    request: web.Request, item: Item, typed: Mapping[str, Any], *, wrong: Sequence[Wrong] = ()
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
        typed=typed,
        situation=situation,
        answers={"situation": situation, **under(ANSWERS, typed)},
        answer_errors=under(ANSWERS, errors),
        errors=errors,
        wrong=wrong,
        papers=item.materials_for(situation),
        me=await people.citizen(caller.id),
        own_phone=(await people.citizens.own(caller.id)).phone,
        asked=await people.citizens.still_to_agree(caller.id, at=now(request)),
        documents=[(kind.value, kind.zh) for kind in identity_number.DOCUMENT_TYPES],
        relations=OTHERS,
    )


PAGES: tuple[Page, ...] = (
    own("GET", "/cases", list_cases),
    own("GET", "/cases/new", show_form),
    own("POST", "/cases/new", file_case),
    own("GET", "/cases/{case_id}", show_case),
    own("POST", "/cases/{case_id}/supplement", supplement),
    own("POST", "/cases/{case_id}/withdraw", withdraw),
)
