"""The first page of the day: what needs a hand, what was taken today, what is half typed; search and totals."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from aiohttp import web

from api_spec.china_time import CHINA
from api_spec.feed import NoticeRow
from api_spec.vocabulary import MoneyMove
from village_node.desk.cash import CashLine
from village_node.desk.register import scanned
from village_node.desk.slips import moment
from village_node.web import edge
from village_node.web.calls import to_call
from village_node.web.context import station
from village_node.web.edge import Page
from village_node.web.lines import Line, lines, loose_ends, needing_attention, to_retake, told_only

LONGEST_QUERY = 300
NOTICES_SHOWN = 3


async def show_home(request: web.Request) -> web.Response:
    here = station(request)
    return await edge.render(
        request,
        "home.html",
        attention=await needing_attention(here),
        loose_ends=await loose_ends(here),
        retake=await to_retake(here),
        today=await _today(request),
        drafts=[
            (
                draft,
                item.name if (item := here.packs.find_item(draft.item_id)) else "",
                moment(draft.saved_ms),
            )
            for draft in await here.drafts.all()
        ],
        notices=_current(await here.shadow.of_kind(NoticeRow), here.clock.today()),
        compared=await here.sync.comparison.last(),
        ready=bool(here.packs.sha),
        calls=sum(not each.reached for each in await to_call(here)),
    )


async def search(request: web.Request) -> web.Response:
    """Cases by name, number, code, document number or a scanned slip; one hit by number or code opens at once.

    Sent as a form: a name or a number never stands in an address.
    """
    here = station(request)
    typed = dict(await edge.pairs(request)).get("q", "").strip()[:LONGEST_QUERY]
    text = scanned(typed)
    found: list[Line] = []
    if text:
        found = await lines(here, await here.register.search(text)) + await told_only(here, text)
    if len(found) == 1 and (text != typed or _names_one(found[0], text)):
        return edge.go(f"/cases/{found[0].rid}")
    return await edge.render(request, "search.html", q=text, found=found)


def _names_one(line: Line, text: str) -> bool:
    compact = text.replace("-", "").replace(" ", "").upper()
    numbers = {
        line.number,
        line.entry.case_number if line.entry else "",
        line.entry.tracking_code if line.entry else "",
    }
    return compact in {number.replace("-", "") for number in numbers if number}


async def show_totals(request: web.Request) -> web.Response:
    """The day's close: what was taken by item, clerk and standing, the cash of the day, what has not gone up."""
    here = station(request)
    day = here.clock.today()
    today = await _today(request)
    entries = [line.entry for line in today if line.entry is not None]
    cash_lines = await here.cash.between(*_bounds(day))
    return await edge.render(
        request,
        "totals.html",
        day=day,
        count=len(today),
        by_item=Counter(line.item_name for line in today).most_common(),
        by_clerk=Counter(entry.clerk_name for entry in entries).most_common(),
        by_standing=Counter(line.standing.label for line in today).most_common(),
        prints=sum(entry.prints for entry in entries),
        money=cash_lines,
        drawers=_by_clerk(cash_lines),
        waiting=(await here.outbox.stream()).waiting,
    )


def _by_clerk(found: Sequence[CashLine]) -> list[tuple[str, int, int, int]]:
    """Clerk, taken, given back, and what is left, in fen."""
    sums: dict[str, list[int]] = {}
    for line in found:
        sums.setdefault(line.clerk_name, [0, 0])[line.move is not MoneyMove.TAKEN] += line.amount_fen
    return [(name, taken, back, taken - back) for name, (taken, back) in sums.items()]


async def sync_now(request: web.Request) -> web.Response:
    station(request).loop.wake()
    return edge.go("/")


def _current(notices: list[NoticeRow], today: date) -> list[NoticeRow]:
    """Those whose day has not passed, the newest first: ids rise with time."""
    shown = [notice for notice in notices if not notice.until or notice.until >= today.isoformat()]
    return sorted(shown, key=lambda notice: notice.rid, reverse=True)[:NOTICES_SHOWN]


async def _today(request: web.Request) -> list[Line]:
    here = station(request)
    return await lines(here, await here.register.between(*_bounds(here.clock.today())))


def _bounds(day: date) -> tuple[int, int]:
    """First millisecond of a day in China, and of the next."""
    start = datetime(day.year, day.month, day.day, tzinfo=CHINA)
    first, last = (int((start + timedelta(days=n)).timestamp() * 1000) for n in (0, 1))
    return first, last


PAGES: tuple[Page, ...] = (
    Page("GET", "/", show_home),
    Page("POST", "/search", search),
    Page("GET", "/totals", show_totals),
    Page("POST", "/sync", sync_now),
)
