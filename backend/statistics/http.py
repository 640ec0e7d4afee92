"""The statistics' JSON API: for dashboards and for other programs that draw their own."""

from aiohttp import web

from api_spec.china_time import day_in_china
from api_spec.messages import statistics as m
from api_spec.route import Route
from api_spec.routes import statistics as routes
from backend.edge import Handler, actor, now, query, reply
from backend.keys import INTAKE, STATISTICS
from backend.statistics import rules
from backend.statistics.rules import Period
from backend.statistics.service import Line


def period_of(asked: m.PeriodQuery, request: web.Request) -> Period:
    """As asked, else the year up to today."""
    year = rules.this_year(day_in_china(now(request)))
    return Period(asked.first or year.first, asked.last or year.last)


async def show_figures(request: web.Request) -> web.Response:
    asked = query(request, m.FiguresQuery)
    question = rules.question(actor(request), period_of(asked, request), by=asked.by, window=asked.window)
    table = await request.app[STATISTICS].table(question, today=day_in_china(now(request)))
    return reply(
        m.Figures(
            first=question.period.first,
            last=question.period.last,
            by=asked.by,
            measures={measure.value: measure.zh for measure in m.Measure},
            lines=[_line(line) for line in table.lines],
            total=_line(table.total),
            unsynced=await _unsynced(request),
        )
    )


async def show_hot_spots(request: web.Request) -> web.Response:
    asked = query(request, m.FiguresQuery)
    question = rules.question(actor(request), period_of(asked, request), by=asked.by, window=asked.window)
    hot = await request.app[STATISTICS].hot_spots(question, today=day_in_china(now(request)))
    return reply(
        m.HotSpots(
            first=question.period.first,
            last=question.period.last,
            by=asked.by,
            obstacles={obstacle.value: obstacle.zh for obstacle in m.Obstacle},
            average={obstacle.value: share for obstacle, share in hot.average.items()},
            lines=[
                m.HotLine(
                    key=line.key,
                    label=line.label,
                    cases=line.cases,
                    cells={
                        obstacle.value: m.HotCell(
                            share=cell.share, part=cell.part, whole=cell.whole, heat=cell.heat
                        )
                        for obstacle, cell in line.cells.items()
                    },
                )
                for line in hot.lines
            ],
            steps=[
                m.HotStep(
                    state=step.state.value,
                    label=step.state.zh,
                    cases=step.cases,
                    hundredths=step.hundredths,
                    share=step.share,
                )
                for step in hot.steps
            ],
            materials=[
                m.HotMaterial(
                    item_id=lack.item_id,
                    item_name=lack.item_name,
                    code=lack.code,
                    name=lack.name,
                    cases=lack.cases,
                )
                for lack in hot.lacks
            ],
            bad_ratings=dict(hot.reasons),
            unsynced=await _unsynced(request),
        )
    )


async def show_work(request: web.Request) -> web.Response:
    period = period_of(query(request, m.PeriodQuery), request)
    sheet = await request.app[STATISTICS].work(actor(request), period)
    return reply(
        m.Work(
            first=period.first,
            last=period.last,
            actions=list(sheet.actions),
            people=[m.WorkLine(name=one.name, posts=one.posts, done=dict(one.done)) for one in sheet.people],
        )
    )


def _line(line: Line) -> m.FigureLine:
    return m.FigureLine(
        key=line.key,
        label=line.label,
        counts={measure.value: count for measure, count in line.counts.items()},
        median_hundredths=line.median,
        ninth_hundredths=line.ninth,
    )


async def _unsynced(request: web.Request) -> list[m.UnsyncedVillage]:
    behind = await request.app[INTAKE].behind(actor(request).tenant_id, at=now(request))
    return [m.UnsyncedVillage(village=each.village_name, waiting=each.waiting) for each in behind]


HANDLERS: dict[Route, Handler] = {
    routes.SHOW_FIGURES: show_figures,
    routes.SHOW_HOT_SPOTS: show_hot_spots,
    routes.SHOW_WORK: show_work,
}
