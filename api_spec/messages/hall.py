"""What is said about the hall: working days, windows with who is on duty, hours that differ, rosters."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from api_spec.china_time import minute_of
from api_spec.messages.base import Answer, HexId, Line, Message, OptionalLine, ShortLine
from api_spec.vocabulary import DayPeriod, DutyPlace

MOST_SPECIAL_DAYS = 400


def _a_time_of_day(text: str) -> str:
    try:
        minute_of(text)
    except ValueError:
        raise ValueError("时间请按 08:30 的样子填写。") from None
    return text


TimeOfDay = Annotated[str, StringConstraints(pattern=r"^\d{2}:\d{2}$"), AfterValidator(_a_time_of_day)]
"""08:30, in China."""


CalendarDay = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
"""A day within living memory: dates at the ends of the calendar cannot be reckoned with."""


class WorkdaysQuery(Message):
    """How long does a limit of `days` working days from `from` last?"""

    start: Annotated[CalendarDay, Field(alias="from")]
    days: Annotated[int, Field(ge=0, le=500)]


class HallQuery(Message):
    """Which township; the caller's own if it is not named."""

    tenant_id: HexId | None = None


class GapsQuery(Message):
    start: Annotated[CalendarDay | None, Field(alias="from")] = None
    days: Annotated[int, Field(ge=1, le=60)] = 14


class SpanBody(Message):
    """A stretch of a day on which a window is open."""

    opens: TimeOfDay
    closes: TimeOfDay


class ExceptionBody(Message):
    """A day that differs: closed (no spans) or open at special hours; without window, the whole hall."""

    window_id: HexId | None = None
    day: CalendarDay
    reason: Line
    spans: Annotated[list[SpanBody], Field(default_factory=list, max_length=6)]


class ClerkBody(Message):
    staff_id: HexId
    name: ShortLine


class PairBody(Message):
    """A and B of a window from a day on (plan, clause 26)."""

    window_id: HexId
    since: CalendarDay
    a: ClerkBody
    b: ClerkBody


class DutyBody(Message):
    """Who sits at a window for half a day; the note tells people where to go."""

    window_id: HexId
    day: CalendarDay
    period: DayPeriod
    place: DutyPlace
    note: OptionalLine = ""


class SpecialDayBody(Message):
    """One line of a State Council notice."""

    day: CalendarDay
    kind: Literal["off", "work"]
    holiday: Annotated[ShortLine, Field(max_length=40)]
    notice: OptionalLine = ""
    source: OptionalLine = ""


class CalendarBody(Message):
    days: Annotated[list[SpecialDayBody], Field(min_length=1, max_length=MOST_SPECIAL_DAYS)]


class SkippedDay(Answer, frozen=True, kw_only=True):
    """A day that did not count, and why."""

    day: date
    why: str


class Workdays(Answer, frozen=True, kw_only=True):
    """Where a limit ends; `provisional`: a year on the way has no holiday notice yet (暂定)."""

    start: date
    days: int
    due: date
    provisional: bool
    skipped: list[SkippedDay]
    calendar_version: str


class CalendarState(Answer, frozen=True, kw_only=True):
    """Which years' notices are loaded."""

    version: str
    known_years: list[int]


class OpenSpan(Answer, frozen=True, kw_only=True):
    opens: str
    closes: str
    period: DayPeriod


class OnDuty(Answer, frozen=True, kw_only=True):
    """Who is at a window; `name` is empty when nobody is."""

    place: DutyPlace
    place_label: str
    name: str
    note: str


class HallWindow(Answer, frozen=True, kw_only=True):
    """A window with today's hours and who is there now (阳光台)."""

    id: str
    number: int
    name: str
    department: str
    phone: str
    scope: list[str]
    is_open: bool
    hours: list[OpenSpan]
    note: str
    on_duty: OnDuty | None


class HallDay(Answer, frozen=True, kw_only=True):
    """How a window, or the hall, is open on a day."""

    window_id: str
    day: date
    hours: list[OpenSpan]
    note: str
    provisional: bool


class RosterGap(Answer, frozen=True, kw_only=True):
    """An open half day with nobody at the window."""

    window_id: str
    day: date
    period: DayPeriod
