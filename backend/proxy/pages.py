"""A citizen's own errands: ask for one, sign the two consents, see how far it is, end it, print a receipt."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from api_spec.catalogue import Item
from api_spec.china_time import day_in_china
from api_spec.errors import STATUS, ErrorCode
from api_spec.messages import proxy as m
from api_spec.vocabulary import Channel, ConsentPurpose, ErrandAction, ItemKind, Partner
from backend.edge import (
    PANELS,
    Page,
    actor,
    errand_panels,
    form_fields,
    now,
    path_id,
    query,
    redirect,
    render,
)
from backend.faults import Fault, Wrong
from backend.ids import new_id
from backend.keys import CATALOGUE, PEOPLE, PROXY
from backend.people import notices
from backend.proxy import own_form, own_way
from backend.proxy.errand import TRADES, needs_ink
from backend.proxy.http import own_request, sign
from backend.proxy.machine import Command
from backend.register.pages_own import Chosen, Further, message, own, under
from backend.wording import SENTENCES

VERSION = re.compile(r"[0-9]{1,9}")
NO_VERSION = 999_999_999
"""No errand is at this version: a form without one finds that the errand has moved."""
SHOWN_ON_THE_PAGE = frozenset(
    {
        ErrorCode.FORM_INVALID,
        ErrorCode.BODY_INVALID,
        ErrorCode.CASE_MOVED,
        ErrorCode.NOTE_REQUIRED,
        ErrorCode.NOTICE_OUTDATED,
        ErrorCode.MONEY_NOT_BALANCED,
    }
)


async def show_kinds(request: web.Request) -> web.Response:
    """What errands are for: six trades, and how it goes; open to all (plan, clause 24)."""
    return render(request, "proxy/kinds.html", partners=tuple(Partner))


async def list_errands(request: web.Request) -> web.Response:
    asked = query(request, Further)
    page = await request.app[PROXY].mine(actor(request), at=now(request), before=asked.cursor or "")
    return render(
        request,
        "proxy/list.html",
        page=page,
        further=bool(asked.cursor),
        partners=tuple(Partner),
        way=own_way.way,
    )


async def show_form(request: web.Request) -> web.Response:
    chosen = query(request, Chosen)
    item = _item(request, chosen.item)
    return await _form(request, item, {"rid": new_id(), "situation": chosen.situation})


async def ask(request: web.Request) -> web.Response:
    """Ask for it, or show every mistake at once with nothing typed lost."""
    fields = await form_fields(request)
    pairs = [(name, value) for name, values in fields.items() for value in values]
    typed: dict[str, Any] = {name: sent if len(sent) > 1 else sent[0] for name, sent in fields.items()}
    item = _item(request, str(typed.get("item", "")))
    try:
        await request.app[PEOPLE].citizens.agree(actor(request).id, typed, at=now(request))
        sent = message(m.RequestErrand, own_form.sent_form(item, pairs))
        asked = await own_request(request, sent, channel=Channel.WEB)
        proxy = request.app[PROXY]
        _refuse([*proxy.check(asked), *own_form.half_given(_last(fields))])
        filed = await proxy.file(asked, at=asked.received_at)
    except Fault as fault:
        if fault.code not in SHOWN_ON_THE_PAGE:
            raise
        return await _form(request, item, typed, wrong=fault.wrong)
    return redirect(f"/errands/{filed.errand_id}")


async def show_errand(request: web.Request) -> web.Response:
    return await _errand(request)


async def sign_errand(request: web.Request) -> web.Response:
    fields = _last(await form_fields(request))
    errand_id = path_id(request, "errand_id")
    view = await request.app[PROXY].show(errand_id, actor=actor(request), at=now(request))
    try:
        _refuse(own_form.half_given(fields))
        given = own_form.consents(fields, view.partner)
        sent = message(m.SignErrand, {"version": _version(fields), **given})
        await sign(request, errand_id, sent, channel=Channel.WEB)
    except Fault as fault:
        if fault.code not in SHOWN_ON_THE_PAGE:
            raise
        return await _errand(request, fault=fault, typed=fields)
    return redirect(f"/errands/{errand_id}")


async def end_errand(request: web.Request) -> web.Response:
    fields = _last(await form_fields(request))
    errand_id = path_id(request, "errand_id")
    command = Command(action=ErrandAction.END, note=fields.get("note", "")[:2000])
    try:
        await request.app[PROXY].act(
            errand_id, command, actor=actor(request), at=now(request), version=_version(fields)
        )
    except Fault as fault:
        if fault.code not in SHOWN_ON_THE_PAGE:
            raise
        return await _errand(request, fault=fault)
    return redirect(f"/errands/{errand_id}")


async def show_receipt(request: web.Request) -> web.Response:
    """A receipt to print or keep; for whoever may see the errand."""
    caller, at = actor(request), now(request)
    proxy = request.app[PROXY]
    line, record = await proxy.money.receipt(path_id(request, "entry_id"), actor=caller)
    return render(
        request,
        "proxy/receipt.html",
        line=line,
        errand=await proxy.show(record.errand.id, actor=caller, at=at),
        tenant=await request.app[CATALOGUE].tenant(record.errand.tenant_id),
    )


async def _errand(
    request: web.Request, *, fault: Fault | None = None, typed: Mapping[str, str] | None = None
) -> web.Response:
    caller, at = actor(request), now(request)
    view = await request.app[PROXY].show(path_id(request, "errand_id"), actor=caller, at=at)
    may = {line.action for line in view.actions}
    today = day_in_china(at)
    in_force = view.mandate is not None and view.mandate.in_force
    return render(
        request,
        "proxy/errand.html",
        status=STATUS[fault.code] if fault else 200,
        view=view,
        way=own_way.way(view.state, reached=[event.state for event in view.events]),
        may_sign=ErrandAction.CONSENT in may and not in_force,
        may_end=ErrandAction.END in may and not view.papers_held,
        typed=typed or {},
        errors=own_form.by_input(fault.wrong) if fault else {},
        sentence=SENTENCES[fault.code] if fault else "",
        wrong=fault.wrong if fault else (),
        sharing=notices.current(ConsentPurpose.PARTNER_SHARING, today),
        usual_end=own_form.usual_end(today),
        tenant=await request.app[CATALOGUE].tenant(caller.tenant_id),
        panels=await errand_panels(request, request.app[PANELS].errand_own, view),
    )


def _item(request: web.Request, item_id: str) -> Item:
    """Raises Fault: ITEM_NOT_FOUND; ITEM_NOT_OFFERED for what is no errand."""
    item = request.app[CATALOGUE].item_now(actor(request).tenant_id, item_id)
    if item.kind is not ItemKind.PROXY:
        raise Fault(ErrorCode.ITEM_NOT_OFFERED, item=item.code)
    return item


async def _form(
    request: web.Request, item: Item, typed: Mapping[str, Any], *, wrong: Sequence[Wrong] = ()
) -> web.Response:
    people, caller = request.app[PEOPLE], actor(request)
    today = day_in_china(now(request))
    situation = str(typed.get("situation", ""))
    if situation not in {each.code for each in item.situations}:
        situation = item.situations[0].code if item.situations else ""
    errors = own_form.by_input(wrong)
    return render(
        request,
        "proxy/new.html",
        status=422 if wrong else 200,
        item=item,
        typed=typed,
        situation=situation,
        answers={"situation": situation, **under(own_form.ANSWERS, typed)},
        answer_errors=under(own_form.ANSWERS, errors),
        errors=errors,
        wrong=wrong,
        papers=item.materials_for(situation),
        me=await people.citizen(caller.id),
        own_phone=(await people.citizens.own(caller.id)).phone,
        asked=await people.citizens.still_to_agree(caller.id, at=now(request)),
        sharing=notices.current(ConsentPurpose.PARTNER_SHARING, today),
        usual_end=own_form.usual_end(today),
        needs_ink=needs_ink(item, situation),
        is_gas=item.partner is Partner.GAS,
        company=TRADES.get(item.partner, "") if item.partner else "",
        tenant=await request.app[CATALOGUE].tenant(caller.tenant_id),
    )


def _refuse(wrong: Sequence[Wrong]) -> None:
    if wrong:
        raise Fault(ErrorCode.FORM_INVALID, wrong=wrong)


def _last(fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {name: sent[-1] for name, sent in fields.items()}


def _version(fields: Mapping[str, str]) -> int:
    version = fields.get("version", "")
    return int(version) if VERSION.fullmatch(version) else NO_VERSION


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/errands/kinds", handler=show_kinds),
    own("GET", "/errands", list_errands),
    own("GET", "/errands/new", show_form),
    own("POST", "/errands/new", ask),
    own("GET", "/errands/{errand_id}", show_errand),
    own("POST", "/errands/{errand_id}/consent", sign_errand),
    own("POST", "/errands/{errand_id}/end", end_errand),
    own("GET", "/receipts/{entry_id}", show_receipt),
)
