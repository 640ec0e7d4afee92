"""A day that moved because the calendar did: what is told of it, and what every kind of register gives. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from api_spec.china_time import day_in_china
from backend.hall.calendar import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMove:
    """One case or errand whose last day comes out differently.

    Args:
        number: as people know it.
        version: the number of its events; a move in between makes this void.
        due_before, due_after: of the timer a card shows; None: no clock runs.
        was_provisional, provisional: before and after.
    """

    subject_id: str
    number: str
    version: int
    due_before: date | None
    due_after: date | None
    was_provisional: bool
    provisional: bool

    @property
    def is_told(self) -> bool:
        """Whether people are told: another day, or a day that has become certain."""
        return self.due_before != self.due_after or (self.was_provisional and not self.provisional)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueChange:
    """A move as it was kept."""

    at: datetime
    due_before: date | None
    due_after: date | None
    provisional: bool

    @property
    def sentence(self) -> str:
        """Why the day is another one, for everybody."""
        on = _day(day_in_china(self.at))
        if self.due_before == self.due_after and self.due_after:
            return f"{on}节假日安排已公布，到期日确定为{_day(self.due_after)}。"
        before = _day(self.due_before) if self.due_before else "未定"
        after = _day(self.due_after) if self.due_after else "未定"
        certain = "（暂定）" if self.provisional else ""
        return f"{on}因节假日安排公布，到期日由{before}改为{after}{certain}。"


class Dated(Protocol):
    """A register whose rows keep last days: cases, errands."""

    kind: str

    async def open_ids(self, tenant_id: str) -> Sequence[str]:
        """Everything a clock may run on."""
        ...

    async def moves(self, ids: Sequence[str], calendar: Calendar) -> Sequence[DateMove]:
        """What comes out differently under `calendar`."""
        ...

    async def write(self, moves: Sequence[DateMove], calendar: Calendar) -> Sequence[DateMove]:
        """Keep the new days inside the caller's transaction; gives those nobody moved on in between."""
        ...

    async def told(self, tenant_id: str, ids: Sequence[str]) -> None:
        """After the commit: drop what was cached and tell the villages."""
        ...


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
