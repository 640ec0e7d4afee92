"""Draws a page of the console with the numbers beside its menu: how much is open, and whether anything is late."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from api_spec.china_time import day_in_china
from api_spec.routes import cases, complaints, enquiries, proxy, reviews, supervision
from api_spec.supervision_terms import CardLevel
from api_spec.vocabulary import Role
from backend.cache import Cache
from backend.edge import actor, now, render
from backend.intake.service import Behind
from backend.keys import CASES, COMPLAINTS, ENQUIRIES, INTAKE, PROXY, REVIEWS, SUPERVISION

NUMBERS_LIFE_S = 5.0
MOST_PEOPLE = 2_000


@dataclass(slots=True)
class Numbers:
    """By address of the menu: how many are open; `late`: where some are overdue."""

    open: dict[str, int] = field(default_factory=dict)
    late: set[str] = field(default_factory=set)


_kept: Cache[str, Numbers] = Cache(life_s=NUMBERS_LIFE_S, size=MOST_PEOPLE)


async def show(request: web.Request, template: str, *, status: int = 200, **context: Any) -> web.Response:
    """As `render`; the numbers are at most some seconds old."""
    numbers = await _kept.get(actor(request).id, lambda: _count(request))
    return render(request, template, status=status, counts=numbers.open, alarms=numbers.late, **context)


async def unsynced(request: web.Request) -> list[Behind]:
    """The villages a sum shown now may not hold, for `console/unsynced.html`; a partner sums no village's cases."""
    who = actor(request)
    return [] if who.partner else await request.app[INTAKE].behind(who.tenant_id, at=now(request))


async def _count(request: web.Request) -> Numbers:
    who, today = actor(request), day_in_china(now(request))
    numbers = Numbers()
    for href, readers, desk in (
        ("/staff/cases", cases.READERS, request.app[CASES]),
        ("/staff/errands", proxy.READERS, request.app[PROXY]),
    ):
        if who.has(readers):
            counted = await desk.counts(who, today=today)
            numbers.open[href] = sum(each.total for each in counted)
            if any(each.overdue for each in counted):
                numbers.late.add(href)
    if who.has(supervision.READERS):
        cards = await request.app[SUPERVISION].cards.open_by_level(who)
        numbers.open["/staff/supervision"] = sum(cards.values())
        if CardLevel.RED in cards:
            numbers.late.add("/staff/supervision")
    await _count_voices(request, numbers)
    return numbers


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
