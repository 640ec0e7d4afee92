"""The first page of the day: what needs a hand, what was taken today, what is half typed; search and totals."""

from collections import Counter
from datetime import datetime, timedelta

from aiohttp import web

from api_spec.china_time import CHINA
from api_spec.feed import NoticeRow
from village_node.slips import moment
from village_node.web import edge
from village_node.web.context import station
from village_node.web.edge import Page
from village_node.web.lines import Line, lines, loose_ends, needing_attention, told_only

LONGEST_QUERY = 60
NOTICES_SHOWN = 3


async def show_home(request: web.Request) -> web.Response:
    here = station(request)
    return await edge.render(
        request,
        "home.html",
        attention=await needing_attention(here),
        loose_ends=await loose_ends(here),
        today=await _today(request),
        drafts=[
            (
                draft,
                item.name if (item := here.packs.find_item(draft.item_id)) else "",
                moment(draft.saved_ms),
            )
            for draft in await here.drafts.all()
        ],
        notices=sorted(await here.shadow.of_kind(NoticeRow), key=_newest)[:NOTICES_SHOWN],
        ready=bool(here.packs.sha),
    )


async def search(request: web.Request) -> web.Response:
    """Cases by name, number, code or document number. Sent as a form: a name or a number never stands in an address."""
    here = station(request)
    text = dict(await edge.pairs(request)).get("q", "").strip()[:LONGEST_QUERY]
    found: list[Line] = []
    if text:
        found = await lines(here, await here.register.search(text)) + await told_only(here, text)
    return await edge.render(request, "search.html", q=text, found=found)


async def show_totals(request: web.Request) -> web.Response:
    """What was taken today, by item and by standing, and the cash in custody."""
    today = await _today(request)
    return await edge.render(
        request,
        "totals.html",
        day=station(request).clock.today(),
        count=len(today),
        by_item=Counter(line.item_name for line in today).most_common(),
        by_standing=Counter(line.standing.label for line in today).most_common(),
        money=[(line, words) for line in today if line.entry is not None for words in line.entry.slip.money],
    )


async def sync_now(request: web.Request) -> web.Response:
    station(request).loop.wake()
    return edge.go("/")


def _newest(notice: NoticeRow) -> int:
    return -notice.srev


async def _today(request: web.Request) -> list[Line]:
    here = station(request)
    day = here.clock.today()
    start = datetime(day.year, day.month, day.day, tzinfo=CHINA)
    first, last = (int((start + timedelta(days=n)).timestamp() * 1000) for n in (0, 1))
    return await lines(here, await here.register.between(first, last))


PAGES: tuple[Page, ...] = (
    Page("GET", "/", show_home),
    Page("POST", "/search", search),
    Page("GET", "/totals", show_totals),
    Page("POST", "/sync", sync_now),
)
