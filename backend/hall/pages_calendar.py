"""The working calendar for the director: paste or bring a holiday notice, look at what it changes, then let it count."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Final

from aiohttp import web
from aiohttp.multipart import BodyPartReader
from pydantic import Field

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.messages.base import Message, OptionalLine
from api_spec.route import Door
from api_spec.vocabulary import Role
from backend.catalogue import sheet_files
from backend.catalogue.sheet_files import UnreadableFile
from backend.console.frame import show
from backend.edge import Page, actor, form_fields, now, query, redirect
from backend.faults import Fault
from backend.hall.calendar import Calendar, SpecialDay
from backend.hall.calendar_changes import working_days
from backend.hall.notice_table import read_table
from backend.hall.notice_text import Notice, read_notice, year_of
from backend.keys import HALL, RECOUNT

HOME: Final = "/staff/calendar"
KEEPERS: Final = frozenset({Role.DIRECTOR, Role.SYSTEM_ADMIN})
READERS: Final = KEEPERS | {Role.CENTRE_STAFF, Role.SUPERVISOR}
MOST_TEXT: Final = 20_000
MOST_FILE_BYTES: Final = 512 * 1024
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2199
FORM_TYPE: Final = "multipart/form-data"
KINDS: Final = {"off": "放假", "work": "上班"}
TABLE_HEAD: Final = "\t".join(("日期", "类别", "节日", "文号", "来源"))
REGISTERS: Final = {"case": "办件", "errand": "代办件"}


class CalendarQuery(Message):
    """`done`, `moved`: what was just taken over, and how many last days it moved."""

    done: OptionalLine = ""
    moved: Annotated[int, Field(ge=0)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What somebody brought: the text of a notice, or rows of a table as text again."""

    text: str = ""
    year: int | None = None
    notice: Notice | None = None
    wrong: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Year:
    year: int
    working_days: int | None
    notice: str


async def show_calendar(request: web.Request) -> web.Response:
    asked = query(request, CalendarQuery)
    return await _page(request, _Asked(), done=asked.done, moved=asked.moved)


async def preview(request: web.Request) -> web.Response:
    """What the notice says and what it would change; nothing is written yet."""
    return await _page(request, await _asked(request))


async def take_over(request: web.Request) -> web.Response:
    """The notice as it was shown; read anew, so that nothing is taken over that was not."""
    fields = await form_fields(request)
    asked = _from_text(_one(fields, "text"), _one(fields, "year"))
    notice = asked.notice
    if notice is None or notice.problems:
        return await _page(request, asked, status=422)
    if notice.doubts and _one(fields, "compared") != "yes":
        asked.wrong["compared"] = "有疑问的地方请先对照通知原文核对。"
        return await _page(request, asked, status=422)
    change, counted = await request.app[RECOUNT].take_over(notice.days, actor=actor(request), at=now(request))
    moved = sum(one.moved for one in counted)
    return redirect(f"{HOME}?done={change.calendar.version}&moved={moved}")


async def _page(
    request: web.Request, asked: _Asked, *, status: int = 200, done: str = "", moved: int = 0
) -> web.Response:
    calendar = request.app[HALL].calendar()
    notice = asked.notice
    found = None
    if notice is not None and not notice.problems:
        found = await request.app[RECOUNT].preview(notice.days, actor=actor(request))
    return await show(
        request,
        "hall/calendar.html",
        status=422 if asked.wrong or (notice and notice.problems) else status,
        calendar=calendar,
        years=_years(calendar, day_in_china(now(request))),
        may_change=actor(request).has(KEEPERS),
        text=asked.text,
        year=asked.year or "",
        wrong=asked.wrong,
        notice=notice,
        preview=found,
        kinds=KINDS,
        registers=REGISTERS,
        done=done,
        moved=moved,
    )


def _years(calendar: Calendar, today: date) -> list[_Year]:
    """Last year to next: working days, or that no notice is known yet."""
    numbers = {one.day.year: one.notice for one in calendar.special_days() if one.notice}
    return [
        _Year(
            year,
            working_days(calendar, year) if year in calendar.known_years else None,
            numbers.get(year, ""),
        )
        for year in (today.year - 1, today.year, today.year + 1)
    ]


async def _asked(request: web.Request) -> _Asked:
    """A pasted text or a file.

    Raises:
        Fault: MEDIA_TYPE neither kind of form; BODY_TOO_LARGE.
    """
    if request.content_type != FORM_TYPE:
        fields = await form_fields(request)
        return _from_text(_one(fields, "text"), _one(fields, "year"))
    try:
        part = await (await request.multipart()).next()
    except ValueError:
        raise Fault(ErrorCode.MEDIA_TYPE, expected=FORM_TYPE) from None
    if not isinstance(part, BodyPartReader) or part.name != "file" or not part.filename:
        return _Asked(wrong={"file": "请选择一个文件。"})
    content = bytearray()
    while chunk := await part.read_chunk():
        content += chunk
        if len(content) > MOST_FILE_BYTES:
            raise Fault(ErrorCode.BODY_TOO_LARGE, limit_bytes=MOST_FILE_BYTES)
    return _from_file(bytes(content), is_xlsx=part.filename.lower().endswith(".xlsx"))


def _from_file(content: bytes, *, is_xlsx: bool) -> _Asked:
    try:
        tables = list(sheet_files.from_xlsx(content).values()) if is_xlsx else [sheet_files.csv_rows(content)]
    except UnreadableFile as unreadable:
        return _Asked(wrong={"file": str(unreadable)})
    notice = read_table(tables[0] if tables else [])
    return _Asked(text=_as_text(notice.days), notice=notice)


def _from_text(text: str, year: str) -> _Asked:
    """A notice, or the lines a file was shown as."""
    text = text.strip()[:MOST_TEXT]
    if not text:
        return _Asked(wrong={"text": "请把通知全文粘贴进来。"})
    if text.startswith(TABLE_HEAD):
        return _Asked(text=text, notice=read_table([line.split("\t") for line in text.splitlines()]))
    chosen = int(year) if year.isascii() and year.isdigit() and len(year) == len(str(LAST_YEAR)) else None
    chosen = chosen or year_of(text)
    if chosen is None or not FIRST_YEAR <= chosen <= LAST_YEAR:
        return _Asked(text=text, wrong={"year": "通知里没有写是哪一年，请填四位数的年份。"})
    return _Asked(text=text, year=chosen, notice=read_notice(text, year=chosen))


def _as_text(days: tuple[SpecialDay, ...]) -> str:
    """A table as lines, to be carried in the form from the preview to the taking over."""
    lines = (
        "\t".join(
            (
                one.day.isoformat(),
                KINDS[one.kind.value],
                *(" ".join(cell.split()) for cell in (one.holiday, one.notice, one.source)),
            )
        )
        for one in days
    )
    return "\n".join([TABLE_HEAD, *lines])


def _one(fields: dict[str, list[str]], name: str) -> str:
    return fields.get(name, [""])[-1]


PAGES: tuple[Page, ...] = (
    Page(method="GET", path=HOME, handler=show_calendar, door=Door.TOKEN, who=READERS),
    Page(method="POST", path=f"{HOME}/preview", handler=preview, door=Door.TOKEN, who=KEEPERS),
    Page(method="POST", path=HOME, handler=take_over, door=Door.TOKEN, who=KEEPERS),
)
