"""Pages of the statistics: figures, hot spots, everybody's work, and the workbook of all of it."""

from typing import Final, Literal
from urllib.parse import quote

from aiohttp import web

from api_spec.china_time import CHINA, day_in_china
from api_spec.messages import statistics as m
from api_spec.route import Door
from api_spec.routes.statistics import READERS
from api_spec.vocabulary import WindowType
from backend.audit.chain import AuditAction
from backend.catalogue.sheet_files import to_xlsx
from backend.console.frame import show, unsynced
from backend.edge import Page, actor, form, now, query
from backend.keys import AUDIT, STATISTICS
from backend.statistics import rules, words
from backend.statistics.http import period_of
from backend.statistics.pages_dashboard import address
from backend.supervision.task import SETTERS

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DIMENSIONS: Final = tuple((each.value, each.zh) for each in m.Dimension)
HOT_DIMENSIONS: Final = tuple((each.value, each.zh) for each in m.Dimension if each is not m.Dimension.MONTH)
WINDOWS: Final = (("", "全部窗口"), *((each.value, each.zh) for each in WindowType))


class Asked(m.FiguresQuery):
    """As the API's; a choice of all windows comes as an empty field, which a form leaves out.

    Args:
        whole: list every measure, also those that counted nothing.
    """

    whole: Literal["yes"] | None = None


async def show_figures(request: web.Request) -> web.Response:
    asked, today = _asked(request), day_in_china(now(request))
    question = rules.question(actor(request), period_of(asked, request), by=asked.by, window=asked.window)
    statistics = request.app[STATISTICS]
    months = rules.question(
        actor(request), rules.months_back(question.period.last, 12), by=m.Dimension.MONTH, window=asked.window
    )
    return await show(
        request,
        "statistics/figures.html",
        asked=question,
        figures=await statistics.table(question, today=today),
        trend=await statistics.received(months, today=today),
        measures=tuple(m.Measure),
        all=asked.whole is not None,
        dimensions=DIMENSIONS,
        windows=WINDOWS,
        no_sums=words.NO_SUMS,
        address=address,
        days=words.days,
        unsynced=await unsynced(request),
    )


async def show_hot_spots(request: web.Request) -> web.Response:
    asked = _asked(request)
    question = rules.question(actor(request), period_of(asked, request), by=asked.by, window=asked.window)
    return await show(
        request,
        "statistics/hot_spots.html",
        asked=question,
        hot=await request.app[STATISTICS].hot_spots(question, today=day_in_china(now(request))),
        obstacles=tuple(m.Obstacle),
        dimensions=HOT_DIMENSIONS,
        windows=WINDOWS,
        heat=words.HEAT,
        percent=words.percent,
        days=words.days,
        fewest=rules.FEWEST_CASES,
        may_set=actor(request).has(SETTERS),
        unsynced=await unsynced(request),
    )


async def show_work(request: web.Request) -> web.Response:
    asked = _asked(request)
    period = period_of(asked, request)
    sheet = await request.app[STATISTICS].work(actor(request), period)
    columns, rest = words.columns(sheet)
    return await show(
        request,
        "statistics/work.html",
        period=period,
        sheet=sheet,
        columns=columns,
        rest=rest,
        no_score=words.NO_SCORE,
        unsynced=await unsynced(request),
    )


async def export(request: web.Request) -> web.Response:
    """Everything of a period as a workbook; who took it is written down."""
    asked, who, at = await form(request, m.PeriodQuery), actor(request), now(request)
    period, statistics, today = period_of(asked, request), request.app[STATISTICS], day_in_china(now(request))
    tables = [
        await statistics.table(rules.question(who, period, by=by), today=today) for by in words.EXPORTED
    ]
    hot = await statistics.hot_spots(rules.question(who, period, by=m.Dimension.ITEM), today=today)
    work = await statistics.work(who, period)
    behind = [each.village_name for each in await unsynced(request)]
    await request.app[AUDIT].record(
        AuditAction.EXPORT,
        actor=who,
        at=at,
        subject_kind="statistics",
        subject_id=who.tenant_id,
        first=period.first,
        last=period.last,
    )
    sheets = words.workbook(tables, hot, work, at=at.astimezone(CHINA), unsynced=behind, made_by=who.name)
    name = words.file_name(period)
    return web.Response(
        body=to_xlsx(sheets),
        content_type=XLSX,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _asked(request: web.Request) -> Asked:
    return query(request, Asked)


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/staff/statistics", handler=show_figures, door=Door.TOKEN, who=READERS),
    Page(
        method="GET", path="/staff/statistics/hot-spots", handler=show_hot_spots, door=Door.TOKEN, who=READERS
    ),
    Page(method="GET", path="/staff/statistics/work", handler=show_work, door=Door.TOKEN, who=READERS),
    Page(method="POST", path="/staff/statistics/export", handler=export, door=Door.TOKEN, who=READERS),
)
