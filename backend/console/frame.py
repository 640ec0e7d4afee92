"""What stands around every page of the console: how much is open beside the menu, and the queue at the clerk's window."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from api_spec.china_time import day_in_china
from api_spec.routes import cases, complaints, enquiries, proxy, reviews, supervision
from api_spec.supervision_terms import CardLevel
from api_spec.vocabulary import Role
from backend.cache import Cache
from backend.cases.service import Count
from backend.edge import actor, find_actor, now, render
from backend.intake.service import Behind
from backend.keys import APPOINTMENTS, CASES, COMPLAINTS, ENQUIRIES, INTAKE, PROXY, REVIEWS, SUPERVISION

NUMBERS_LIFE_S = 5.0
MOST_PEOPLE = 2_000
CALLERS: Final = frozenset({Role.WINDOW})
COUNTED: Final = web.RequestKey[Sequence[Count]]("case_counts")


@dataclass(slots=True)
class Numbers:
    """By address of the menu: how many are open; `late`: where some are overdue."""

    open: dict[str, int] = field(default_factory=dict)
    late: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class AtWindow:
    """The queue as the clerk of a window sees it from any page; `ticket` "" while nobody is called."""

    window_id: str
    window: int
    ticket: str
    item: str
    waiting: int


_kept: Cache[str, Numbers] = Cache(life_s=NUMBERS_LIFE_S, size=MOST_PEOPLE)


async def dress(request: web.Request) -> Mapping[str, Any]:
    """For `edge.pages.FRAME`: what the layout of the console wants to know; its numbers are at most some seconds old."""
    who = find_actor(request)
    if who is None or who.must_change_password:
        return {}
    numbers = await _kept.get(who.id, lambda: _count(request))
    return {
        "counts": numbers.open,
        "alarms": numbers.late,
        "at_window": await at_window(request) if request.method == "GET" else None,
    }


async def show(request: web.Request, template: str, *, status: int = 200, **context: Any) -> web.Response:
    """As `render`, with the number of cases of this very moment where the page has counted them."""
    return render(request, template, status=status, **{**_fresh(request), **context})


def _fresh(request: web.Request) -> Mapping[str, Any]:
    counted: Sequence[Count] | None = request.get(COUNTED)
    numbers = _kept.find(actor(request).id)
    if counted is None or numbers is None:
        return {}
    open_now = {**numbers.open, "/staff/cases": sum(each.total for each in counted)}
    return {"counts": open_now}


async def case_counts(request: web.Request) -> Sequence[Count]:
    """Open cases by state, counted once however many parts of a page want to know."""
    if COUNTED not in request:
        who = actor(request)
        request[COUNTED] = tuple(await request.app[CASES].counts(who, today=day_in_china(now(request))))
    return request[COUNTED]


async def at_window(request: web.Request) -> AtWindow | None:
    """Who is called and how many wait at the window of a clerk who sits at one; of several, where somebody is."""
    who = actor(request)
    if not (who.has(CALLERS) and who.window_ids):
        return None
    desk, found = request.app[APPOINTMENTS], None
    for card in await desk.own_windows(who):
        line = await desk.line(card.id, actor=who, at=now(request))
        if found is None or (line.current and not found.ticket):
            found = AtWindow(
                window_id=card.id,
                window=card.number,
                ticket=line.current.ticket.label if line.current else "",
                item=line.current.item_name if line.current else "",
                waiting=len(line.waiting),
            )
    return found


async def unsynced(request: web.Request) -> list[Behind]:
    """The villages a sum shown now may not hold, for `console/unsynced.html`; a partner sums no village's cases."""
    who = actor(request)
    return [] if who.partner else await request.app[INTAKE].behind(who.tenant_id, at=now(request))


async def _count(request: web.Request) -> Numbers:
    who, today = actor(request), day_in_china(now(request))
    numbers = Numbers()
    if who.has(cases.READERS):
        _note(numbers, "/staff/cases", await case_counts(request))
    if who.has(proxy.READERS):
        _note(numbers, "/staff/errands", await request.app[PROXY].counts(who, today=today))
    if who.has(supervision.READERS):
        cards = await request.app[SUPERVISION].cards.open_by_level(who)
        numbers.open["/staff/supervision"] = sum(cards.values())
        if CardLevel.RED in cards:
            numbers.late.add("/staff/supervision")
    await _count_voices(request, numbers)
    return numbers


def _note(numbers: Numbers, href: str, counted: Sequence[Any]) -> None:
    """`counted`: by state, each with `total` and `overdue`."""
    numbers.open[href] = sum(each.total for each in counted)
    if any(each.overdue for each in counted):
        numbers.late.add(href)


async def _count_voices(request: web.Request, numbers: Numbers) -> None:
    """Bad ratings, complaints and enquiries that exist for this person; of others they learn not even the number."""
    who, at = actor(request), now(request)
    today = day_in_china(at)
    counting: tuple[tuple[str, frozenset[Role], Callable[[], Awaitable[tuple[int, int]]]], ...] = (
        ("/staff/reviews", reviews.DEALERS, lambda: request.app[REVIEWS].bad.count(who, today=today)),
        ("/staff/complaints", complaints.TAKERS, lambda: request.app[COMPLAINTS].count(who, today=today)),
        ("/staff/enquiries", enquiries.READERS, lambda: request.app[ENQUIRIES].count(who, at=at)),
    )
    for href, readers, counted in counting:
        if who.has(readers):
            numbers.open[href], late = await counted()
            if late:
                numbers.late.add(href)
