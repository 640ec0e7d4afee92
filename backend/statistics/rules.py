"""What may be asked of the statistics, by whom, and how a figure is judged against the township's own. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from api_spec.errors import ErrorCode
from api_spec.messages.statistics import Dimension
from api_spec.vocabulary import Role, WindowType
from backend.actors import Actor
from backend.faults import Fault, Wrong

WHOLE_TOWNSHIP: Final = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR, Role.SUPERVISOR})
OWN_DEPARTMENT: Final = frozenset({Role.DEPARTMENT_HEAD, Role.GROUP_LEADER})
READERS: Final = WHOLE_TOWNSHIP | OWN_DEPARTMENT
LONGEST_DAYS: Final = 3 * 366
FEWEST_CASES: Final = 5
"""Below as many cases a share says nothing, and one person's case could be guessed from it."""
FEWEST_MET: Final = 2
LEAST_DIFFERENCE: Final = 0.05
"""Five points: a share is told as high only from here above the average, however small the average."""
ABOUT: Final = 1

_STEPS: Final = (0.75, 1.25, 1.75, 2.5)


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both counted."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody wants to know; `department_id`: "" for all departments."""

    tenant_id: str
    department_id: str
    period: Period
    by: Dimension = Dimension.ITEM
    window: WindowType | None = None


def question(actor: Actor, period: Period, *, by: Dimension, window: WindowType | None = None) -> Question:
    """The question within the asker's reach: the centre and the supervisor see all, a department its own.

    Raises:
        Fault: NOT_ALLOWED; FORM_INVALID the period is turned round or longer than three years.
    """
    if not actor.has(READERS):
        raise Fault(ErrorCode.NOT_ALLOWED)
    if period.last < period.first:
        raise Fault(
            ErrorCode.FORM_INVALID, wrong=[Wrong("last", "before_start", "结束日期不能早于开始日期。")]
        )
    if (period.last - period.first).days > LONGEST_DAYS:
        raise Fault(
            ErrorCode.FORM_INVALID, wrong=[Wrong("first", "too_large", "一次最多统计三年，请缩短时间段。")]
        )
    department = "" if actor.has(WHOLE_TOWNSHIP) else actor.department_id
    if not department and not actor.has(WHOLE_TOWNSHIP):
        raise Fault(ErrorCode.NOT_ALLOWED)
    return Question(tenant_id=actor.tenant_id, department_id=department, period=period, by=by, window=window)


def this_year(today: date) -> Period:
    """What is shown first."""
    return Period(date(today.year, 1, 1), today)


def months_back(today: date, count: int) -> Period:
    """The last `count` calendar months, the current one among them."""
    month = today.year * 12 + today.month - count
    return Period(date(month // 12, month % 12 + 1, 1), today)


def heat(value: float, average: float, *, cases: int, met: int) -> int:
    """How far above the township's own average a share lies: 0 below, 1 about, 4 far above; -1 for too few cases.

    Compared with the place's own average and never between people: findings are for mending steps. What differs by
    less than anybody would notice, or happened once, is no finding.

    Args:
        cases: how many the share is of; `met`: how many of them met the obstacle.
    """
    if cases < FEWEST_CASES:
        return -1
    if value <= 0 or average <= 0:
        return 0
    found = sum(value / average >= step for step in _STEPS)
    stands_out = round(value - average, 6) >= LEAST_DIFFERENCE and met >= FEWEST_MET
    return found if stands_out else min(found, ABOUT)


def share(part: int, whole: int) -> float:
    """A part of the whole between 0 and 1; 0 of nothing."""
    return part / whole if whole else 0.0


def middle(sorted_values: Sequence[int], at: float = 0.5) -> int | None:
    """The value below which a share of the sorted values lies (nearest rank); None of nothing."""
    if not sorted_values:
        return None
    return sorted_values[min(len(sorted_values) - 1, int(at * len(sorted_values)))]
