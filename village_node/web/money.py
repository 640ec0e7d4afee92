"""Errand money at the village: taken and given back with a receipt, the drawer by clerk, the list it goes up with."""

import secrets

from aiohttp import web

from api_spec import answers
from api_spec.answers import yuan
from api_spec.problems import BadInput
from api_spec.record_parts import MoneyLine
from api_spec.vocabulary import ItemKind, MoneyMove
from village_node.desk.cash import CashBook, NothingToHandOver, ReceiptUsed
from village_node.web import edge
from village_node.web.context import china_day, station
from village_node.web.edge import NOT_FOUND, Page, Refusal
from village_node.web.forms import Miswritten, form_id_of, note_of
from village_node.web.lines import find_line

MOVES = (MoneyMove.TAKEN, MoneyMove.RETURNED)
"""What a village does; bills are paid by the township against the partner's receipt."""


async def show_cash(request: web.Request) -> web.Response:
    here = station(request)
    return await edge.render(
        request,
        "cash.html",
        drawers=await here.cash.drawers(),
        mine=await here.cash.in_drawer(edge.clerk(request).id),
        lists=await here.cash.lists(),
        form_id=secrets.token_hex(16),
    )


async def move_money(request: web.Request) -> web.Response:
    """Cash for an errand that was taken before, as a record of its own."""
    here = station(request)
    line = await find_line(here, request.match_info["rid"])
    if line is None:
        raise Refusal(*NOT_FOUND)
    item = here.packs.find_item(line.entry.item_id) if line.entry else None
    if item is None or item.kind is not ItemKind.PROXY:
        raise Refusal(409, "这件不收钱", "只有代办事项才代收现金。")
    typed = dict(await edge.pairs(request))
    rid, note = form_id_of(typed), note_of(typed.get("money_note", ""), 100)
    if any(each.rid == rid for each in await here.follow_ups.of_case(line.rid)):  # sent twice
        return edge.go(f"/cases/{line.rid}#money")
    money = await _money(here.cash, line.rid, typed)
    words = f"{money.move.zh} {yuan(money.amount_fen)} 元，收据号 {money.receipt}"
    try:
        await here.follow_ups.supplement(
            line.rid,
            (),
            rid=rid,
            note="",
            words=f"{words}，{note}" if note else words,
            clerk=edge.clerk(request),
            made=here.clock.stamp((await here.journal.contact()).offset_ms),
            money=(
                MoneyLine(move=money.move, amount_fen=money.amount_fen, receipt=money.receipt, note=note),
            ),
        )
    except ReceiptUsed as used:
        raise Miswritten("money", list(typed.items()), {"receipt": used.sentence}) from None
    here.loop.wake()
    return edge.go(f"/cases/{line.rid}#money")


async def hand_over(request: web.Request) -> web.Response:
    """Put what the clerk holds on a list to be signed at the township."""
    here = station(request)
    typed = dict(await edge.pairs(request))
    day = here.clock.today(await here.journal.contact())
    try:
        made = await here.cash.hand_over(
            edge.clerk(request),
            list_id=form_id_of(typed),
            number=f"JK-{day:%y%m%d}",
            at_ms=here.clock.now_ms(),
        )
    except NothingToHandOver:
        raise Refusal(409, "没有要交的钱", "您名下没有还没交到镇里的现金。") from None
    return edge.go(f"/cash/lists/{made.id}")


async def show_list(request: web.Request) -> web.Response:
    """The list as it is printed and signed."""
    found = await station(request).cash.find_list(request.match_info["list_id"])
    if found is None:
        raise Refusal(*NOT_FOUND)
    made, lines = found
    return await edge.render(request, "cash_list.html", made=made, lines=lines, day=china_day(made.made_ms))


async def _money(cash: CashBook, rid: str, typed: dict[str, str]) -> MoneyLine:
    """Raises Miswritten: what is wrong, or more would go out than is held."""
    sent = list(typed.items())
    move = next((each for each in MOVES if each.value == typed.get("move")), None)
    receipt = note_of(typed.get("receipt", ""), 50)
    try:
        fen = answers.money_fen(typed.get("amount", ""), 1, None)
    except BadInput as bad:
        raise Miswritten("money", sent, {"amount": bad.sentence}) from None
    if move is None or not receipt:
        missing = {
            "move": "" if move else "请选代收还是退还。",
            "receipt": "" if receipt else "请填收据号，收钱退钱都要开收据。",
        }
        raise Miswritten("money", sent, missing)
    if move is MoneyMove.RETURNED and fen > (held := await cash.held(rid)):
        raise Miswritten("money", sent, {"amount": f"退得太多，这件现在只代收着 {yuan(held)} 元。"})
    return MoneyLine(move=move, amount_fen=fen, receipt=receipt)


PAGES: tuple[Page, ...] = (
    Page("GET", "/cash", show_cash),
    Page("POST", "/cash/hand-over", hand_over),
    Page("GET", "/cash/lists/{list_id}", show_list),
)
