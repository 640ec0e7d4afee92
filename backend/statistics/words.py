"""How figures are written for people: shares, days, and the tables of a workbook. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from api_spec.messages.statistics import Dimension, Measure, Obstacle
from backend.statistics.rules import FEWEST_CASES, Period
from backend.statistics.service import HotSpots, Table, WorkSheet

Row = Sequence[str | float]

HEAT: Final = {-1: "件数少", 0: "低于平均", 1: "接近平均", 2: "偏高", 3: "较高", 4: "明显偏高"}
MOST_COLUMNS: Final = 9
NO_SUMS: Final = "准予、不予、不予受理、撤回、作废分开统计，不合并成一个“办结数”。"
NO_SCORE: Final = "只列做了什么、做了多少，不打分、不排名，按账号顺序排列。"


def percent(share: float) -> str:
    return f"{share * 100:.0f}%"


def days(hundredths: int | None) -> str:
    """Hundredths of working days as days with one decimal; — where there is none."""
    return "—" if hundredths is None else f"{hundredths / 100:.1f}"


def span(period: Period) -> str:
    return f"{_day(period.first)}至{_day(period.last)}"


def file_name(period: Period) -> str:
    """What the workbook is called where it is saved."""
    return f"办件统计（{span(period)}）.xlsx"


def columns(work: WorkSheet) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What was done most often, in its own order, as columns of a screen; and the rest, which share one."""
    done = {action: sum(one.done.get(action, 0) for one in work.people) for action in work.actions}
    often = set(sorted(work.actions, key=lambda action: -done[action])[:MOST_COLUMNS])
    if len(work.actions) - len(often) < 2:
        return work.actions, ()
    return (
        tuple(action for action in work.actions if action in often),
        tuple(action for action in work.actions if action not in often),
    )


def workbook(
    tables: Sequence[Table],
    hot: HotSpots,
    work: WorkSheet,
    *,
    at: datetime,
    unsynced: Sequence[str],
    made_by: str,
) -> Mapping[str, list[Row]]:
    """Every sheet of the export, by its name."""
    sheets: dict[str, list[Row]] = {
        "说明": [
            ("统计时间段", span(hot.asked.period)),
            ("导出时间", f"{at:%Y-%m-%d %H:%M}"),
            ("导出人", made_by),
            ("口径", NO_SUMS),
            ("件数少", f"不到 {FEWEST_CASES} 件的不评冷热"),
            ("尚未同步的村", "、".join(unsynced) or "无"),
        ]
    }
    for table in tables:
        sheets[f"按{table.asked.by.zh}"] = _figures(table)
    sheets["堵点"] = _hot(hot)
    sheets["环节用时"] = _steps(hot)
    sheets["缺什么材料"] = _lacks(hot)
    sheets["每人工作量"] = _work(work)
    return sheets


def _work(work: WorkSheet) -> list[Row]:
    rows: list[Row] = [("姓名", "岗位", *work.actions)]
    rows.extend(
        (one.name, one.posts, *(one.done.get(action, 0) for action in work.actions)) for one in work.people
    )
    return rows


def _figures(table: Table) -> list[Row]:
    rows: list[Row] = [
        (table.asked.by.zh, *(each.zh for each in Measure), "用时中位数（工作日）", "九成件在几个工作日内")
    ]
    for line in (*table.lines, table.total):
        counts = (line.counts[measure] for measure in Measure)
        rows.append((line.label, *counts, days(line.median), days(line.ninth)))
    return rows


def _hot(hot: HotSpots) -> list[Row]:
    heads = (word for obstacle in Obstacle for word in (obstacle.zh, "和平均比"))
    rows: list[Row] = [(hot.asked.by.zh, "件数", *heads)]
    for line in hot.lines:
        cells = [line.cells[obstacle] for obstacle in Obstacle]
        judged = (word for cell in cells for word in (percent(cell.share), HEAT[cell.heat]))
        rows.append((line.label, line.cases, *judged))
    return rows


def _steps(hot: HotSpots) -> list[Row]:
    rows: list[Row] = [("环节", "件数", "用时合计（工作日）", "占比")]
    rows += [(step.state.zh, step.cases, step.hundredths / 100, percent(step.share)) for step in hot.steps]
    return rows


def _lacks(hot: HotSpots) -> list[Row]:
    rows: list[Row] = [("事项", "材料", "告知件数")]
    rows += [(lack.item_name, lack.name, lack.cases) for lack in hot.lacks]
    return rows


def _day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"


EXPORTED: Final = (
    Dimension.ITEM,
    Dimension.WINDOW,
    Dimension.DEPARTMENT,
    Dimension.VILLAGE,
    Dimension.CHANNEL,
    Dimension.MONTH,
)
