"""The one screen of morning and evening: what came back, whom to call, what is unsent or half typed; search, totals."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from aiohttp import web

from api_spec.china_time import CHINA, day_text
from api_spec.feed import NoticeRow
from api_spec.vocabulary import MoneyMove
from village_node.access.clerks import Clerk
from village_node.desk.cash import CashLine
from village_node.desk.register import scanned
from village_node.desk.slips import moment
from village_node.station import Station
from village_node.web import edge
from village_node.web.calls import to_call
from village_node.web.context import station
from village_node.web.edge import Page
from village_node.web.lines import Line, find_line, lines, loose_ends, needing_attention, to_retake, told_only

LONGEST_QUERY = 300
NOTICES_SHOWN = 3
CALLS_SHOWN = 5
TOLD_SHOWN = 6
EVENING_FROM = 16
"""Hour in China from which the page asks what is left to do today."""
_GREETINGS = ((11, "早上好"), (13, "中午好"), (18, "下午好"), (24, "晚上好"))


async def show_home(request: web.Request) -> web.Response:
    here, me = station(request), edge.clerk(request)
    hour = datetime.fromtimestamp(here.clock.now_ms() / 1000, CHINA).hour
    calls = [each for each in await to_call(here) if not each.reached]
    return await edge.render(
        request,
        "home.html",
        greeting=next(words for until, words in _GREETINGS if hour < until),
        evening=hour >= EVENING_FROM,
        day=day_text(here.clock.today()),
        attention=await needing_attention(here),
        loose_ends=await loose_ends(here),
        retake=await to_retake(here),
        today=await _today(request),
        drafts=await _drafts(here, me),
        told=await _told(here),
        drawer=sum(each.effect_fen for each in await here.cash.in_drawer(me.id)),
        notices=_current(await here.shadow.of_kind(NoticeRow), here.clock.today()),
        compared=await here.sync.comparison.last(),
        ready=bool(here.packs.sha),
        calls=calls,
        shown=CALLS_SHOWN,
    )


async def show_line(request: web.Request) -> web.Response:
    """The line at the top alone: an open page keeps it fresh, and learns from it that the program still runs."""
    return await edge.render(request, "line.html")


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


@dataclass(frozen=True, slots=True)
class _Begun:
    """A draft on the first page. `mine`: this clerk typed in it last, so one press goes on with it."""

    rid: str
    item_name: str
    applicant: str
    clerk_name: str
    saved: str
    mine: bool
    busy: bool


async def _drafts(here: Station, me: Clerk) -> list[_Begun]:
    """Half-typed forms, the clerk's own first: after a power cut they are what was on the screen."""
    found = [
        _Begun(
            rid=draft.rid,
            item_name=item.name if (item := here.packs.find_item(draft.item_id)) else "",
            applicant=dict(draft.pairs).get("name", ""),
            clerk_name=draft.clerk_name,
            saved=moment(draft.saved_ms),
            mine=draft.clerk_id == me.id,
            busy=bool(draft.tab),
        )
        for draft in await here.drafts.all()
    ]
    return sorted(found, key=lambda each: not each.mine)


async def _told(here: Station) -> list[Line]:
    """Whose cases the township spoke of last, the newest word first; by its clock alone."""
    spoken = sorted(
        (case for case in (await here.shadow.cases()).values() if case.steps),
        key=lambda case: case.steps[-1].at_ms,
        reverse=True,
    )[:TOLD_SHOWN]
    found = [await find_line(here, case.rid) for case in spoken]
    return [line for line in found if line is not None]


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
    Page("GET", "/line", show_line),
    Page("POST", "/search", search),
    Page("GET", "/totals", show_totals),
    Page("POST", "/sync", sync_now),
)
