"""When a window is open on a day: seasonal hours, the working-day calendar, closures and special hours. Pure.

The most particular word wins: an exception for the window, an exception for the whole hall, the calendar, then the
season's hours of the window, then those of the hall.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from api_spec.china_time import DAY_MINUTES, period_of
from api_spec.vocabulary import DayPeriod
from backend.hall.calendar import Calendar

WHOLE_HALL: Final = ""
NOT_SET: Final = "开放时间待公布"


@dataclass(frozen=True, slots=True)
class Span:
    """An unbroken stretch of a day on which a window is open; minutes since midnight in China."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens < self.closes <= DAY_MINUTES:
            raise ValueError("a span opens before it closes, within one day")

    @property
    def period(self) -> DayPeriod:
        """上午 if it opens before noon."""
        return period_of(self.opens)


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """The hours of one part of the year, every year again (夏令/冬令作息).

    Args:
        window_id: the window, or `WHOLE_HALL`.
        first, last: "MM-DD", both included; a season may run over the new year.
        slot_minutes: length of one bookable slot.
        places: people served in one slot.
        walk_in_places: of these, kept for people who come without booking.
    """

    window_id: str
    name: str
    first: str
    last: str
    spans: tuple[Span, ...]
    slot_minutes: int = 30
    places: int = 4
    walk_in_places: int = 1

    def __post_init__(self) -> None:
        if self.slot_minutes < 5 or not 0 <= self.walk_in_places <= self.places:
            raise ValueError("slots of 5 minutes or more; walk-in places between 0 and all places")
        refuse_overlap(self.spans)

    def covers(self, day: date) -> bool:
        month_day = f"{day.month:02}-{day.day:02}"
        if self.first <= self.last:
            return self.first <= month_day <= self.last
        return month_day >= self.first or month_day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursException:
    """One day that differs: closed (no spans) or open at special hours, with the reason people are told."""

    window_id: str
    day: date
    reason: str
    spans: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        refuse_overlap(self.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How one window is open on one day.

    Args:
        season: whose slot length and places apply; None when no hours are set.
        note: why it is closed, open at other hours, or open on a weekend; "" on an ordinary day.
        provisional: the year's holiday notice is not loaded yet.
    """

    window_id: str
    day: date
    spans: tuple[Span, ...]
    season: Season | None
    note: str
    provisional: bool

    def is_open_at(self, minute: int) -> bool:
        return any(span.opens <= minute < span.closes for span in self.spans)

    @property
    def closes(self) -> int:
        """Minute of the day after which nobody is served any more; 0 on a closed day."""
        return max((span.closes for span in self.spans), default=0)


class Timetable:
    """All seasons and exceptions of one township."""

    __slots__ = ("_exceptions", "_seasons")

    def __init__(self, seasons: Iterable[Season], exceptions: Iterable[HoursException]) -> None:
        self._seasons = tuple(seasons)
        self._exceptions = {(each.window_id, each.day): each for each in exceptions}

    @property
    def seasons(self) -> tuple[Season, ...]:
        return self._seasons

    def opening(self, window_id: str, day: date, *, calendar: Calendar) -> Opening:
        """How `window_id` is open on `day`; closed where nothing is known."""
        season = self._season(window_id, day)
        exception = self._exceptions.get((window_id, day)) or self._exceptions.get((WHOLE_HALL, day))
        if exception is not None:
            spans, note, provisional = exception.spans, exception.reason, False
        else:
            spans, note = _ordinary(season, day, calendar)
            provisional = calendar.is_provisional(day)
        return Opening(
            window_id=window_id,
            day=day,
            spans=tuple(sorted(spans, key=lambda span: span.opens)),
            season=season,
            note=note,
            provisional=provisional,
        )

    def _season(self, window_id: str, day: date) -> Season | None:
        in_force = [season for season in self._seasons if season.covers(day)]
        own = [season for season in in_force if season.window_id == window_id]
        shared = [season for season in in_force if season.window_id == WHOLE_HALL]
        return next(iter(own + shared), None)


def refuse_overlap(spans: Iterable[Span]) -> None:
    """Raises ValueError: two spans of one day overlap."""
    ordered = sorted(spans, key=lambda span: span.opens)
    if any(later.opens < earlier.closes for earlier, later in pairwise(ordered)):
        raise ValueError("the spans of one day overlap")


def _ordinary(season: Season | None, day: date, calendar: Calendar) -> tuple[tuple[Span, ...], str]:
    if not calendar.works(day):
        return (), calendar.why_closed(day)
    if season is None:
        return (), NOT_SET
    exchange = calendar.exchange_for(day)
    return season.spans, f"{exchange}调休上班" if exchange else ""
