"""The working-day calendar: which days offices work and when a limit of working days ends. Pure.

It knows no clock and no database. A year whose State Council notice is not loaded is answered from weekends
alone and marked provisional: a due date the citizen sees must never come from a guess without saying so.
"""

import csv
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from api_spec.china_time import ONE_DAY

SATURDAY: Final = 5
WEEKEND: Final = "周末"
MOST_DAYS: Final = 2_000
"""Longest limit that is counted: 60 working days is the longest in the laws used, this leaves room."""
_KEPT_ANSWERS: Final = 4_096


class DayKind(StrEnum):
    """What the State Council's notice says of a day that is not simply its weekday."""

    OFF = "off"  # 放假
    WORK = "work"  # 调休上班


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """One line of a notice: a day off, or a weekend day worked in exchange (调休).

    Raises:
        ValueError: a weekday that is said to be worked in exchange.
    """

    day: date
    kind: DayKind
    holiday: str
    notice: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if self.kind is DayKind.WORK and self.day.weekday() < SATURDAY:
            raise ValueError(f"{self.day} is a weekday and worked anyway")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A day that did not count towards a limit, and why: the holiday's name or 周末."""

    day: date
    why: str


@dataclass(frozen=True, slots=True)
class Due:
    """Where a limit ends.

    Args:
        provisional: a day was counted whose year has no notice yet; show it as 暂定.
        skipped: every day between start and due day that did not count.
    """

    day: date
    provisional: bool
    skipped: tuple[Skipped, ...]


class Calendar:
    """The working days of this county.

    A year counts as known once its 1 January is among the days: a notice may also name days of the year before.
    """

    __slots__ = ("_due", "_special", "known_years", "version")

    def __init__(self, days: Iterable[SpecialDay]) -> None:
        self._special = {special.day: special for special in days}
        self.known_years = frozenset(day.year for day in self._special if (day.month, day.day) == (1, 1))
        self.version = _version(self._special.values())
        self._due: dict[tuple[date, int], Due] = {}

    def special_days(self) -> tuple[SpecialDay, ...]:
        """Every day a notice named, in order."""
        return tuple(self._special[day] for day in sorted(self._special))

    def find_special(self, day: date) -> SpecialDay | None:
        return self._special.get(day)

    def works(self, day: date) -> bool:
        """Whether offices work on `day`: weekdays, unless a notice says otherwise."""
        special = self._special.get(day)
        if special is not None:
            return special.kind is DayKind.WORK
        return day.weekday() < SATURDAY

    def is_provisional(self, day: date) -> bool:
        """Whether the answer for `day` may change, because its year's notice is not loaded."""
        return day.year not in self.known_years

    def why_closed(self, day: date) -> str:
        """The holiday's name or 周末; "" on a working day."""
        if self.works(day):
            return ""
        special = self._special.get(day)
        return special.holiday if special is not None else WEEKEND

    def exchange_for(self, day: date) -> str:
        """The holiday for which this weekend day is worked; "" for every other day."""
        special = self._special.get(day)
        return special.holiday if special is not None and special.kind is DayKind.WORK else ""

    def add_working_days(self, start: date, n: int) -> Due:
        """The last day of a limit of `n` working days from `start`, which itself does not count.

        Raises:
            ValueError: `n` below 0 or above 2,000.

        Source: 行政许可法 art. 82 (working days, without holidays); 民法典 art. 201 (the first day is not counted).
        """
        if not 0 <= n <= MOST_DAYS:
            raise ValueError("a limit has 0 to 2,000 working days")
        key = (start, n)
        known = self._due.get(key)
        if known is None:
            if len(self._due) >= _KEPT_ANSWERS:
                self._due.clear()
            known = self._due[key] = self._count(start, n)
        return known

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and including `end`; negative when `end` is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        days = (start + timedelta(days=ahead) for ahead in range(1, (end - start).days + 1))
        return sum(self.works(day) for day in days)

    def _count(self, start: date, n: int) -> Due:
        day, left = start, n
        provisional = False
        skipped = []
        while left:
            day += ONE_DAY
            provisional = provisional or self.is_provisional(day)
            if self.works(day):
                left -= 1
            else:
                skipped.append(Skipped(day, self.why_closed(day)))
        return Due(day, provisional, tuple(skipped))


def read_notices(lines: Iterable[str]) -> Sequence[SpecialDay]:
    """Special days from CSV lines with the columns date, kind, holiday, notice, official_url.

    Raises:
        ValueError: a column is missing, or a day stands twice; also from `SpecialDay`.
    """
    reader = csv.DictReader(lines)
    missing = {"date", "kind", "holiday", "notice", "official_url"} - set(reader.fieldnames or ())
    if missing:
        raise ValueError(f"missing columns: {', '.join(sorted(missing))}")
    days: dict[date, SpecialDay] = {}
    for line in reader:
        special = SpecialDay(
            date.fromisoformat(line["date"]),
            DayKind(line["kind"]),
            line["holiday"],
            line["notice"],
            line["official_url"],
        )
        if special.day in days:
            raise ValueError(f"{special.day} stands twice")
        days[special.day] = special
    return tuple(days.values())


def _version(days: Iterable[SpecialDay]) -> str:
    """Names the data a due date was counted with, so that a village node and the township can compare."""
    lines = sorted(f"{special.day.isoformat()} {special.kind}" for special in days)
    last = lines[-1][:4] if lines else "0000"
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return f"{last}-{digest[:8]}"
