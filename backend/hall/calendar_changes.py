"""What taking over a holiday notice would change, before it takes effect. Pure.

A notice with 1 January in it is the whole year's: days of that year it no longer names go. Any other is a
supplement (a holiday made longer, say) and changes only the days it names.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from backend.hall.calendar import Calendar, DayKind, SpecialDay


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChange:
    """A day offices work differently. `before`, `after`: the special word for it, None where it is an ordinary one."""

    day: date
    before: SpecialDay | None
    after: SpecialDay | None
    works: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class YearChange:
    """Working days of a year before and after. `first_notice`: until now its days were provisional."""

    year: int
    working_before: int
    working_after: int
    first_notice: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChange:
    """A calendar with a notice taken over.

    Args:
        whole_year: the year the notice arranges as a whole; None for a supplement.
        dropped: days the calendar had for that year and the notice no longer names.
        changes: days that are worked differently, or under another holiday's name.
    """

    calendar: Calendar
    notice: tuple[SpecialDay, ...]
    whole_year: int | None
    dropped: tuple[date, ...]
    changes: tuple[DayChange, ...]
    years: tuple[YearChange, ...]

    @property
    def changes_anything(self) -> bool:
        return bool(self.changes)


def taken_over(calendar: Calendar, notice: Sequence[SpecialDay]) -> CalendarChange:
    """The calendar after a notice. A day the notice names takes its word."""
    whole_year = next((one.day.year for one in notice if (one.day.month, one.day.day) == (1, 1)), None)
    named = {one.day: one for one in notice}
    dropped = tuple(
        one.day for one in calendar.special_days() if one.day.year == whole_year and one.day not in named
    )
    kept = {one.day: one for one in calendar.special_days() if one.day not in dropped}
    after = Calendar({**kept, **named}.values())
    touched = sorted({*named, *dropped})
    return CalendarChange(
        calendar=after,
        notice=tuple(notice),
        whole_year=whole_year,
        dropped=dropped,
        changes=tuple(_changes(calendar, after, touched)),
        years=tuple(_years(calendar, after, touched)),
    )


def working_days(calendar: Calendar, year: int) -> int:
    """How many days of a year offices work."""
    first = date(year, 1, 1)
    return calendar.working_days_between(first - timedelta(days=1), date(year, 12, 31))


def _changes(before: Calendar, after: Calendar, days: Iterable[date]) -> Iterable[DayChange]:
    for day in days:
        old, new = before.find_special(day), after.find_special(day)
        if _word(old) != _word(new):
            yield DayChange(day=day, before=old, after=new, works=after.works(day))


def _word(special: SpecialDay | None) -> tuple[DayKind, str] | None:
    return None if special is None else (special.kind, special.holiday)


def _years(before: Calendar, after: Calendar, days: Iterable[date]) -> Iterable[YearChange]:
    for year in sorted({day.year for day in days}):
        yield YearChange(
            year=year,
            working_before=working_days(before, year),
            working_after=working_days(after, year),
            first_notice=year in after.known_years and year not in before.known_years,
        )
