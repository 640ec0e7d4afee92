"""A small form for everybody: from which day, how many working days, and until when that is, with every day left out."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from aiohttp import web

from api_spec.china_time import day_in_china
from api_spec.messages.base import Message, OptionalLine
from backend.edge import Page, now, query, render
from backend.hall.calendar import Calendar, Due
from backend.keys import HALL

MOST_DAYS: Final = 500
FIRST: Final = date(2000, 1, 1)
LAST: Final = date(2199, 12, 31)
WRONG_DAY: Final = "请填一个日期，例如 2026-04-10。"
WRONG_DAYS: Final = "请填 0 到 500 之间的整数。"


class Asked(Message):
    """As typed; what is wrong is said in the page."""

    start: OptionalLine = ""
    days: OptionalLine = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    start: date
    days: int
    due: Due


async def show_workdays(request: web.Request) -> web.Response:
    asked = query(request, Asked)
    wrong: dict[str, str] = {}
    found = None
    if asked.start or asked.days:
        found = _reckoned(asked, request.app[HALL].calendar(), wrong)
    return render(
        request,
        "hall/workdays.html",
        status=422 if wrong else 200,
        start=asked.start or day_in_china(now(request)).isoformat(),
        days=asked.days,
        wrong=wrong,
        found=found,
    )


def _reckoned(asked: Asked, calendar: Calendar, wrong: dict[str, str]) -> _Answer | None:
    start = _day(asked.start)
    days = int(asked.days) if asked.days.isascii() and asked.days.isdigit() and len(asked.days) <= 3 else -1
    if start is None or not FIRST <= start <= LAST:
        wrong["start"] = WRONG_DAY
    if not 0 <= days <= MOST_DAYS:
        wrong["days"] = WRONG_DAYS
    if wrong or start is None:
        return None
    return _Answer(start=start, days=days, due=calendar.add_working_days(start, days))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


PAGES: tuple[Page, ...] = (Page(method="GET", path="/hall/workdays", handler=show_workdays),)
