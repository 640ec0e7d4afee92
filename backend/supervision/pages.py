"""What supervision shows elsewhere: finished cases to everybody (办件公示), cards and fees on a case's page."""

from datetime import timedelta
from typing import Annotated, Final

from aiohttp import web
from pydantic import Field

from api_spec import answers
from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.messages.base import HexId, Message, OptionalLine, Paragraph, ShortLine
from api_spec.messages.cases import CaseView
from api_spec.messages.supervision import PublishedQuery
from api_spec.problems import BadInput
from api_spec.route import Door
from api_spec.routes.supervision import READERS
from api_spec.supervision_terms import CardLevel
from backend.edge import Page, Panel, actor, form, now, path_id, query, redirect, render
from backend.faults import Fault, Wrong
from backend.hall.http import asked_tenant
from backend.ids import new_id
from backend.keys import CATALOGUE, SUPERVISION
from backend.register.day_queue import cursor, place
from backend.supervision import pages_cards, pages_checks, pages_tasks, publicity
from backend.supervision.card import SUPERVISOR
from backend.supervision.fees import FINDERS, TAKERS, Taken

LINES: Final = 20


class RaiseForm(Message):
    """A card by the supervisor's hand; `rid` was printed into the form, so that sending it twice is one card."""

    rid: HexId
    level: CardLevel
    reason: Paragraph = ""


class FeeForm(Message):
    rid: HexId
    amount: ShortLine
    paper: Annotated[OptionalLine, Field(max_length=60)] = ""


async def show_published(request: web.Request) -> web.Response:
    """Finished cases of the last weeks, latest first: nothing in it leads to a person."""
    tenant_id, asked = asked_tenant(request, None), query(request, PublishedQuery)
    today = day_in_china(now(request))
    found = await request.app[SUPERVISION].published(
        tenant_id,
        since=today - timedelta(days=publicity.PUBLISHED_DAYS),
        after=place(asked.cursor) if asked.cursor else None,
        limit=LINES + 1,
    )
    shown = found[:LINES]
    return render(
        request,
        "supervision/finished.html",
        lines=shown,
        number=publicity.masked_number,
        result=publicity.result_word,
        days=publicity.PUBLISHED_DAYS,
        tenant=await request.app[CATALOGUE].tenant(tenant_id),
        next_url=f"/finished?cursor={cursor(shown[-1].closed_on, shown[-1].case_id)}"
        if len(found) > LINES
        else "",
    )


async def staff_panel(request: web.Request, view: CaseView) -> Panel | None:
    """Cards and fees of a case, and the forms to raise a card or enter a fee."""
    who, supervision = actor(request), request.app[SUPERVISION]
    if not who.has(READERS):
        return None
    cards = await supervision.cards.about_case(view.id, actor=who)
    fees = await supervision.fees.of_case(view.id, actor=who)
    forms = {"may_raise": who.has(SUPERVISOR), "may_enter": who.has(TAKERS | FINDERS)}
    if not cards and not fees and not any(forms.values()):
        return None
    return Panel(
        "supervision/panel.html",
        {
            "cards": cards,
            "fees": fees,
            "case_id": view.id,
            "rid": new_id(),
            "outside": who.has(FINDERS),
            "levels": [(level.value, level.zh) for level in CardLevel],
            **forms,
        },
    )


async def raise_card(request: web.Request) -> web.Response:
    sent = await form(request, RaiseForm)
    card_id = await request.app[SUPERVISION].cards.raise_by_hand(
        path_id(request, "case_id"),
        level=sent.level,
        reason=sent.reason,
        rid=sent.rid,
        actor=actor(request),
        at=now(request),
    )
    return redirect(f"/staff/supervision/cards/{card_id}")


async def enter_fee(request: web.Request) -> web.Response:
    case_id, sent = path_id(request, "case_id"), await form(request, FeeForm)
    try:
        fen = answers.money_fen(sent.amount, 1, None)
    except BadInput:
        sentence = "请填写收费金额，单位元，最多两位小数。"
        raise Fault(ErrorCode.FORM_INVALID, wrong=[Wrong("amount", "not_money", sentence)]) from None
    await request.app[SUPERVISION].fees.enter(
        case_id,
        Taken(rid=sent.rid, amount_fen=fen, paper=sent.paper),
        actor=actor(request),
        at=now(request),
    )
    return redirect(f"/staff/cases/{case_id}#fees")


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/finished", handler=show_published),
    Page(
        method="POST",
        path="/staff/cases/{case_id}/supervision-card",
        handler=raise_card,
        door=Door.TOKEN,
        who=SUPERVISOR,
    ),
    Page(
        method="POST",
        path="/staff/cases/{case_id}/fees",
        handler=enter_fee,
        door=Door.TOKEN,
        who=TAKERS | FINDERS,
    ),
    *pages_cards.PAGES,
    *pages_checks.PAGES,
    *pages_tasks.PAGES,
)
