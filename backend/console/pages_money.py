"""Money held for errands: a line on an errand, the day's books and their closing; and hand-over lists to the partners."""

from collections.abc import Mapping, Sequence
from datetime import date

from aiohttp import web

from api_spec.china_time import day_in_china, typed_day
from api_spec.errors import ErrorCode
from api_spec.messages.base import Message, ShortLine
from api_spec.messages.hall import CalendarDay
from api_spec.route import Door
from api_spec.routes.proxy import CLOSERS, RUNNERS, TOWNSHIP
from api_spec.vocabulary import Partner, Role
from backend.console.commands import value_of
from backend.console.errand_form import read_fen, read_move
from backend.console.frame import show, unsynced
from backend.console.pages_errands import CORRECTABLE, errand_page
from backend.edge import Page, actor, form, form_fields, now, path_id, query, redirect
from backend.edge.requests import HEX_ID
from backend.faults import Fault, Wrong
from backend.keys import INTAKE, PROXY
from backend.wording import SENTENCES

BOOKKEEPERS = TOWNSHIP | {Role.SUPERVISOR}
LIST_READERS = TOWNSHIP | {Role.PARTNER, Role.SUPERVISOR}
SIGNERS = TOWNSHIP | {Role.PARTNER}
MOST_ON_A_LIST = 200
NOTHING_CHOSEN = Wrong("errand", "required", "请先勾选已接办的代办，再选企业。")
NOT_MONEY = Wrong("counted_fen", "not_money", "请填数字，例如 120.50。")


class Day(Message):
    day: CalendarDay | None = None


class Receipt(Message):
    receipt: ShortLine


async def move_money(request: web.Request) -> web.Response:
    """One line of the ledger; the receipt is the answer."""
    errand_id = path_id(request, "errand_id")
    fields = {name: values[-1] for name, values in (await form_fields(request)).items()}
    if not HEX_ID.fullmatch(fields.get("rid", "")):
        raise Fault(ErrorCode.BODY_INVALID)
    try:
        entered = await request.app[PROXY].money.enter(
            errand_id, read_move(fields), actor=actor(request), at=now(request)
        )
    except Fault as fault:
        if fault.code not in CORRECTABLE:
            raise
        return await errand_page(request, errand_id, refused=fault, opened="money", typed=fields)
    return redirect(f"/staff/receipts/{entered.id}")


async def show_receipt(request: web.Request) -> web.Response:
    """One line, to be printed and handed over."""
    who = actor(request)
    line, record = await request.app[PROXY].money.receipt(path_id(request, "entry_id"), actor=who)
    view = await request.app[PROXY].show(record.errand.id, actor=who, at=now(request))
    return await show(request, "console/receipt.html", line=line, view=view)


async def show_day(request: web.Request) -> web.Response:
    return await _day(request, query(request, Day).day or day_in_china(now(request)))


async def close_day(request: web.Request) -> web.Response:
    """Close a day's books: what was counted must be what is held."""
    fields = {name: values[-1] for name, values in (await form_fields(request)).items()}
    try:
        day = typed_day(fields.get("day", ""))
    except ValueError:
        raise Fault(ErrorCode.BODY_INVALID) from None
    try:
        await request.app[PROXY].money.close(
            day, counted_fen=_counted(fields.get("counted", "")), actor=actor(request), at=now(request)
        )
    except Fault as fault:
        if fault.code not in CORRECTABLE:
            raise
        return await _day(request, day, refused=fault, typed=fields.get("counted", ""))
    return redirect(f"/staff/money?day={day}")


def _counted(typed: str) -> int:
    """Raises Fault(FORM_INVALID): no amount."""
    counted = read_fen(typed)
    if counted is None:
        raise Fault(ErrorCode.FORM_INVALID, wrong=[NOT_MONEY])
    return counted


async def _day(
    request: web.Request, day: date, *, refused: Fault | None = None, typed: str = ""
) -> web.Response:
    who = actor(request)
    return await show(
        request,
        "console/money.html",
        status=200 if refused is None else 422,
        book=await request.app[PROXY].money.day(day, actor=who),
        sentence=SENTENCES[refused.code] if refused else "",
        errors={each.field: each.sentence for each in refused.wrong} if refused else {},
        typed=typed,
        points=await _points(request),
        may_close=who.has(CLOSERS),
        unsynced=await unsynced(request),
    )


async def _points(request: web.Request) -> dict[str, str]:
    """Village names by who entered a line: a line of a village is entered by its computer."""
    cards = await request.app[INTAKE].nodes.cards(actor(request).tenant_id)
    return {card.node.actor.id: card.village_name for card in cards}


async def list_handovers(request: web.Request) -> web.Response:
    page = await request.app[PROXY].handovers(actor(request), limit=50)
    return await show(request, "console/handovers.html", page=page, sentence="", wrong=())


async def make_handover(request: web.Request) -> web.Response:
    """One list for one partner out of the ticked errands: all of them move, or none."""
    sent = await form_fields(request)
    try:
        partner, ids = _chosen(sent)
        sheet = await request.app[PROXY].hand_over(partner, ids, actor=actor(request), at=now(request))
    except Fault as fault:
        if fault.code not in CORRECTABLE | {ErrorCode.CONSENT_MISSING}:
            raise
        page = await request.app[PROXY].handovers(actor(request), limit=50)
        return await show(
            request,
            "console/handovers.html",
            status=422,
            page=page,
            sentence=SENTENCES[fault.code],
            wrong=fault.wrong,
        )
    return redirect(f"/staff/handovers/{sheet.handover.id}")


def _chosen(sent: Mapping[str, Sequence[str]]) -> tuple[Partner, Sequence[str]]:
    """Raises Fault(FORM_INVALID): nothing was ticked, or no partner chosen."""
    partner = value_of(Partner, sent.get("partner", [""])[-1])
    ids = sent.get("errand", [])[:MOST_ON_A_LIST]
    if partner is None or not ids:
        raise Fault(ErrorCode.FORM_INVALID, wrong=[NOTHING_CHOSEN])
    return partner, ids


async def show_handover(request: web.Request) -> web.Response:
    sheet = await request.app[PROXY].handover(
        path_id(request, "handover_id"), actor=actor(request), at=now(request)
    )
    return await show(request, "console/handover.html", sheet=sheet)


async def sign_handover(request: web.Request) -> web.Response:
    """The partner's receipt for the whole list."""
    handover_id = path_id(request, "handover_id")
    signed = await form(request, Receipt)
    await request.app[PROXY].sign_handover(handover_id, signed.receipt, actor=actor(request), at=now(request))
    return redirect(f"/staff/handovers/{handover_id}")


PAGES: tuple[Page, ...] = (
    Page(
        method="POST",
        path="/staff/errands/{errand_id}/money",
        handler=move_money,
        door=Door.TOKEN,
        who=RUNNERS,
    ),
    Page(
        method="GET",
        path="/staff/receipts/{entry_id}",
        handler=show_receipt,
        door=Door.TOKEN,
        who=BOOKKEEPERS,
    ),
    Page(method="GET", path="/staff/money", handler=show_day, door=Door.TOKEN, who=BOOKKEEPERS),
    Page(method="POST", path="/staff/money/close", handler=close_day, door=Door.TOKEN, who=CLOSERS),
    Page(method="GET", path="/staff/handovers", handler=list_handovers, door=Door.TOKEN, who=LIST_READERS),
    Page(method="POST", path="/staff/handovers", handler=make_handover, door=Door.TOKEN, who=TOWNSHIP),
    Page(
        method="GET",
        path="/staff/handovers/{handover_id}",
        handler=show_handover,
        door=Door.TOKEN,
        who=LIST_READERS,
    ),
    Page(
        method="POST",
        path="/staff/handovers/{handover_id}/sign",
        handler=sign_handover,
        door=Door.TOKEN,
        who=SIGNERS,
    ),
)
