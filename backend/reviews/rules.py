"""When a rating may be given and is shown, when a bad one is due, and which ratings look wrong. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from api_spec.china_time import day_in_china
from api_spec.review_terms import BadReviewState as S
from api_spec.review_terms import Occasion, ReviewLevel
from backend.reviews.policy import ReviewPolicy

NO_DAY: Final = date.max
FEWEST_SHOWN: Final = 5
"""Below so many ratings a distribution could tell who gave one; it is not published."""
STREAK: Final = 30
BURST: Final = 5
BURST_WITHIN: Final = timedelta(minutes=5)
FEWEST_COMPARED: Final = 20
FAR: Final = 0.25
"""A department's share of good ratings this month against the three before, as a fraction."""


class Due(Protocol):
    @property
    def day(self) -> date: ...


class WorkingDays(Protocol):
    def add_working_days(self, start: date, n: int) -> Due: ...


def is_open(kind: Occasion, opened_at: datetime, *, at: datetime, policy: ReviewPolicy) -> bool:
    """Whether an occasion may still be rated. Nothing given stays nothing: time never makes a rating of it."""
    return opened_at <= at < opened_at + policy.life[kind]


def shown_on(at: datetime, calendar: WorkingDays) -> date:
    """The first day on which the rated side sees a rating: the next working day, so that the customer who has just left
    cannot be told from it."""
    return calendar.add_working_days(day_in_china(at), 1).day


def must_wait(latest: datetime | None, number: int, *, at: datetime, policy: ReviewPolicy) -> bool:
    """Whether a window has asked too lately or too often today to ask again without a ticket."""
    return number >= policy.asks_a_day or (latest is not None and at < latest + policy.ask_pause)


def due_on(
    state: S, *, at: datetime, calendar: WorkingDays, policy: ReviewPolicy, is_complex: bool = False
) -> date:
    """The last day for the step that follows `state`."""
    today = day_in_china(at)
    match state:
        case S.CLOSED:
            return NO_DAY
        case S.CREATED:
            return calendar.add_working_days(today, policy.contact_days).day
        case S.RECTIFYING:
            days = policy.complex_days if is_complex else policy.rectify_days
            if policy.rectify_in_working_days:
                return calendar.add_working_days(today, days).day
            return today + timedelta(days=days)
        case _:
            return calendar.add_working_days(today, policy.step_days).day


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One rating as a number among others."""

    at: datetime
    level: ReviewLevel
    window_id: str = ""
    department_id: str = ""
    terminal_id: str = ""
    during_hours: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlier:
    """Something about ratings that a person should look into; it accuses nobody.

    Args:
        kind: "streak", "burst", "closed" or "drift".
        about: the window, terminal or department.
    """

    kind: str
    about: str
    department_id: str
    on: date
    count: int


def streaks(marks: Iterable[Mark]) -> list[Outlier]:
    """Windows whose latest ratings were 非常满意 without one exception for `STREAK` in a row."""
    found = []
    for window_id, own in _by(marks, "window_id").items():
        latest = own[-STREAK:]
        if len(latest) == STREAK and all(mark.level is ReviewLevel.VERY_GOOD for mark in latest):
            last = latest[-1]
            on = day_in_china(last.at)
            found.append(
                Outlier(kind="streak", about=window_id, department_id=last.department_id, on=on, count=STREAK)
            )
    return found


def bursts(marks: Iterable[Mark]) -> list[Outlier]:
    """Terminals that gave `BURST` ratings or more within `BURST_WITHIN`; one a terminal and day."""
    found: dict[tuple[str, date], Outlier] = {}
    for terminal_id, own in _by(marks, "terminal_id").items():
        for first, last in zip(own, own[BURST - 1 :], strict=False):
            if last.at - first.at <= BURST_WITHIN:
                on = day_in_china(last.at)
                outlier = Outlier(
                    kind="burst", about=terminal_id, department_id=last.department_id, on=on, count=BURST
                )
                found.setdefault((terminal_id, on), outlier)
    return list(found.values())


def after_hours(marks: Iterable[Mark]) -> list[Outlier]:
    """Terminals that gave ratings while their window was closed; one a terminal and day."""
    counted: dict[tuple[str, str, date], int] = {}
    for mark in marks:
        if mark.terminal_id and not mark.during_hours:
            key = (mark.terminal_id, mark.department_id, day_in_china(mark.at))
            counted[key] = counted.get(key, 0) + 1
    return [
        Outlier(kind="closed", about=terminal_id, department_id=department_id, on=on, count=count)
        for (terminal_id, department_id, on), count in counted.items()
    ]


def drifts(now: Sequence[Mark], before: Sequence[Mark], *, on: date) -> list[Outlier]:
    """Departments whose share of good ratings moved far from what it was; too few ratings say nothing."""
    past, found = _by(before, "department_id"), []
    for department_id, own in _by(now, "department_id").items():
        earlier = past.get(department_id, [])
        if min(len(own), len(earlier)) < FEWEST_COMPARED:
            continue
        if abs(_good(own) - _good(earlier)) >= FAR:
            found.append(
                Outlier(kind="drift", about=department_id, department_id=department_id, on=on, count=len(own))
            )
    return found


def _good(marks: Sequence[Mark]) -> float:
    return sum(not mark.level.is_bad for mark in marks) / len(marks)


def _by(marks: Iterable[Mark], name: str) -> dict[str, list[Mark]]:
    grouped: dict[str, list[Mark]] = {}
    for mark in sorted(marks, key=lambda mark: mark.at):
        if key := getattr(mark, name):
            grouped.setdefault(key, []).append(mark)
    return grouped
