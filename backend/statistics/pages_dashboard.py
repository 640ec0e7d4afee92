"""The dashboard, and the cases behind any figure shown there or in the statistics."""

from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from api_spec.china_time import day_in_china
from api_spec.messages import statistics as m
from api_spec.messages.base import ShortLine
from api_spec.route import Door
from api_spec.routes import reviews, supervision
from api_spec.routes.statistics import READERS
from api_spec.supervision_terms import CardLevel
from backend.console.frame import show, unsynced
from backend.edge import Page, actor, now, query
from backend.keys import APPOINTMENTS, CASES, DASHBOARD, REVIEWS, STATISTICS, SUPERVISION
from backend.statistics import rules, words
from backend.statistics.http import period_of
from backend.statistics.service import Behind, Question

NO_KEY: Final = "-"
"""Stands in an address for the group whose key is empty: cases no village took."""
PAGE: Final = 50
MOST_VILLAGES: Final = 12


class BehindQuery(m.FiguresQuery):
    """One figure: its measure and, unless it is a sum, its group; `after`: the last case of the page before."""

    measure: m.Measure
    key: ShortLine | None = None
    after: ShortLine | None = None


async def show_dashboard(request: web.Request) -> web.Response:
    who, at = actor(request), now(request)
    day, desk = day_in_china(at), request.app[DASHBOARD]
    seen = await desk.year(who, day)
    hall = await request.app[APPOINTMENTS].view.hall(who.tenant_id, at=at)
    return await show(
        request,
        "statistics/dashboard.html",
        at=at,
        day=day,
        today=await desk.today(who, day),
        seen=seen,
        waiting=sum(queue.waiting for queue in hall.queues),
        working=sum(queue.working for queue in hall.queues),
        cards=await request.app[SUPERVISION].cards.open_by_level(who)
        if who.has(supervision.READERS)
        else None,
        bad=await request.app[REVIEWS].bad.count(who, today=day) if who.has(reviews.DEALERS) else None,
        red=CardLevel.RED,
        ends=m.End,
        obstacles=tuple(m.Obstacle),
        percent=words.percent,
        of_group=lambda by, key: address(replace(seen.asked, by=m.Dimension(by)), m.Measure.RECEIVED, key),
        day_address=lambda measure: address(_of_day(seen.asked, request), m.Measure(measure)),
        most_villages=MOST_VILLAGES,
        unsynced=await unsynced(request),
    )


async def show_behind(request: web.Request) -> web.Response:
    asked, who, today = query(request, BehindQuery), actor(request), day_in_china(now(request))
    question = rules.question(who, period_of(asked, request), by=asked.by, window=asked.window)
    key = "" if asked.key == NO_KEY else asked.key
    statistics = request.app[STATISTICS]
    ids = await statistics.behind(
        Behind(question, asked.measure, key), today=today, after=asked.after or "", limit=PAGE + 1
    )
    more, ids = len(ids) > PAGE, ids[:PAGE]
    cards = await request.app[CASES].cards(ids, actor=who, today=today)
    labels = await statistics.labels(question)
    here = address(question, asked.measure, key)
    return await show(
        request,
        "statistics/behind.html",
        asked=question,
        measure=asked.measure,
        group="" if key is None else labels.get(key, key if question.by is m.Dimension.MONTH else ""),
        cases=[cards[each] for each in ids if each in cards],
        first_url=here if asked.after else "",
        next_url=f"{here}&after={ids[-1]}" if more else "",
        back=f"/staff/statistics?{urlencode(_period(question))}&by={question.by.value}",
        unsynced=await unsynced(request),
    )


def address(asked: Question, measure: m.Measure | str, key: str | None = None) -> str:
    """Where the cases behind a figure are listed."""
    said = {**_period(asked), "by": asked.by.value, "measure": m.Measure(measure).value}
    if asked.window:
        said["window"] = asked.window.value
    if key is not None:
        said["key"] = key or NO_KEY
    return f"/staff/statistics/cases?{urlencode(said)}"


def _period(asked: Question) -> dict[str, str]:
    return {"first": asked.period.first.isoformat(), "last": asked.period.last.isoformat()}


def _of_day(asked: Question, request: web.Request) -> Question:
    day = day_in_china(now(request))
    return rules.question(actor(request), rules.Period(day, day), by=m.Dimension.WINDOW, window=asked.window)


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/staff/dashboard", handler=show_dashboard, door=Door.TOKEN, who=READERS),
    Page(method="GET", path="/staff/statistics/cases", handler=show_behind, door=Door.TOKEN, who=READERS),
)
