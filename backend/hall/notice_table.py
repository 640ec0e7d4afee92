"""Reads holiday tables an office keeps (CSV or xlsx): rows in, special days and problems out. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from api_spec.china_time import typed_day
from backend.hall.calendar import DayKind, SpecialDay
from backend.hall.notice_text import Notice

HEADS: Final = {
    "date": "date",
    "日期": "date",
    "kind": "kind",
    "类别": "kind",
    "安排": "kind",
    "holiday": "holiday",
    "节日": "holiday",
    "notice": "notice",
    "文号": "notice",
    "official_url": "source",
    "来源": "source",
}
KINDS: Final = {
    "off": DayKind.OFF,
    "放假": DayKind.OFF,
    "休": DayKind.OFF,
    "work": DayKind.WORK,
    "上班": DayKind.WORK,
    "班": DayKind.WORK,
}
NEEDED: Final = {"date": "日期", "kind": "类别（放假或上班）", "holiday": "节日"}


def read_table(rows: Sequence[Sequence[str]]) -> Notice:
    """The special days of a table whose first row names the columns, English or Chinese."""
    heads = [HEADS.get(cell.strip().lower(), "") for cell in (rows[0] if rows else ())]
    if missing := [word for name, word in NEEDED.items() if name not in heads]:
        return _of((), [f"第一行没有这些列：{'、'.join(missing)}。"])
    days: dict[date, SpecialDay] = {}
    problems: list[str] = []
    for number, row in enumerate(rows[1:], 2):
        cells = {head: cell.strip() for head, cell in zip(heads, row, strict=False) if head}
        try:
            special = _special(cells)
        except ValueError:
            problems.append(
                f"第 {number} 行看不懂：日期要写成 2027-01-01，类别写放假或上班，上班的要是周末。"
            )
            continue
        if special.day in days:
            problems.append(f"第 {number} 行的日期前面已经有了。")
        days[special.day] = special
    if not days and not problems:
        problems.append("表里没有日期。")
    return _of(days.values(), problems)


def _special(cells: dict[str, str]) -> SpecialDay:
    """Raises ValueError."""
    kind = KINDS.get(cells.get("kind", "").lower())
    if kind is None or not cells.get("holiday"):
        raise ValueError("no kind or no holiday")
    text = cells.get("date", "").replace("/", "-")
    day = typed_day(text.partition(" ")[0] if " " in text else _padded(text))
    return SpecialDay(
        day, kind, cells["holiday"][:40], cells.get("notice", "")[:200], cells.get("source", "")[:200]
    )


def _padded(text: str) -> str:
    """2027-1-1 as 2027-01-01."""
    return "-".join(part.zfill(2) for part in text.split("-"))


def _of(days: Iterable[SpecialDay], problems: Sequence[str]) -> Notice:
    ordered = tuple(sorted(days, key=lambda one: one.day))
    return Notice(
        year=ordered[0].day.year if ordered else 0,
        number=next((one.notice for one in ordered if one.notice), ""),
        days=ordered,
        problems=tuple(problems),
    )
