"""What is said about the roster at work: half days of a week, leave, hand-overs at the window, hours of the year."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from api_spec.messages.base import Answer, HexId, Line, Message, OptionalLine, ShortLine
from api_spec.messages.hall import CalendarDay, SpanBody
from api_spec.vocabulary import DayPeriod, DutyPlace, LeaveReason

MonthDay = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
"""05-01"""


class RosterQuery(Message):
    start: Annotated[CalendarDay | None, Field(alias="from")] = None
    days: Annotated[int, Field(ge=1, le=31)] = 7


class HalfDayBody(Message):
    day: CalendarDay
    period: DayPeriod


class LeaveBody(Message):
    """Who is off duty from which half day to which, both included."""

    staff_id: HexId
    first: HalfDayBody
    last: HalfDayBody
    reason: LeaveReason


class ClosingBody(Message):
    """A window is shut for half a day; the note is public."""

    window_id: HexId
    day: CalendarDay
    period: DayPeriod
    note: Line


class HandOverBody(Message):
    """`giver_id`: who sits there as the caller saw it; `whole_day`: for the rest of the day, not of the half day."""

    window_id: HexId
    giver_id: HexId
    papers: OptionalLine = ""
    note: OptionalLine = ""
    whole_day: bool = False


class SeasonBody(Message):
    """Hours of a part of every year (夏令/冬令作息); without window, of the whole hall."""

    window_id: HexId | None = None
    name: Annotated[ShortLine, Field(max_length=40)]
    first: MonthDay
    last: MonthDay
    spans: Annotated[list[SpanBody], Field(min_length=1, max_length=4)]
    slot_minutes: Annotated[int, Field(ge=5, le=240)] = 30
    places: Annotated[int, Field(ge=0, le=100)] = 4
    walk_in_places: Annotated[int, Field(ge=0, le=100)] = 1


class ShiftView(Answer, frozen=True, kw_only=True):
    """Half a day at one window; `is_gap`: open with nobody due."""

    window_id: str
    day: date
    period: DayPeriod
    is_open: bool
    is_gap: bool
    place: DutyPlace
    staff_id: str
    name: str
    note: str


class LeaveView(Answer, frozen=True, kw_only=True):
    id: str
    staff_id: str
    first_day: date
    first_period: DayPeriod
    last_day: date
    last_period: DayPeriod
    reason: LeaveReason
    reason_label: str


class HandOverView(Answer, frozen=True, kw_only=True):
    """交接记录: it holds from `at`; `seen_at` is when the taker looked at it."""

    id: str
    window_id: str
    giver_id: str
    giver: str
    taker_id: str
    taker: str
    open_cases: int
    open_errands: int
    due_soon: int
    money_fen: int
    papers: str
    note: str
    at: datetime
    seen_at: datetime | None


class StandInView(Answer, frozen=True, kw_only=True):
    window_id: str
    window: str
    absent: str


class WorkNow(Answer, frozen=True, kw_only=True):
    """Whose work a person does now besides their own, and what was handed to them unseen."""

    standing_in: list[StandInView]
    hand_overs: list[HandOverView]
