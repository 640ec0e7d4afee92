"""Who sits at a window: the standing A and B, who of them is away, and the changes of a day. Pure.

The plan's clause 26: every window has an A and a B; when A is away B takes over and may not refuse.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from api_spec.vocabulary import DayPeriod, DutyPlace, LeaveReason
from backend.hall.hours import Opening


@dataclass(frozen=True, slots=True)
class Clerk:
    """A named person at a window; the name is public (阳光台)."""

    staff_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A and B of a window from a day on, until a later pair replaces them."""

    window_id: str
    since: date
    a: Clerk
    b: Clerk


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyChange:
    """For half a day somebody other than A sits there, or nobody; `note` tells people where to go."""

    window_id: str
    day: date
    period: DayPeriod
    place: DutyPlace
    note: str = ""


@dataclass(frozen=True, slots=True)
class HalfDay:
    """A morning or an afternoon in China."""

    day: date
    period: DayPeriod

    @property
    def order(self) -> tuple[date, bool]:
        return self.day, self.period is DayPeriod.AFTERNOON


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """Half days on which one person is off duty, first and last included. `ended`: taken back."""

    id: str
    staff_id: str
    first: HalfDay
    last: HalfDay
    reason: LeaveReason
    ended: bool = False

    def covers(self, day: date, period: DayPeriod) -> bool:
        return not self.ended and self.first.order <= HalfDay(day, period).order <= self.last.order


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Who is at a window. `clerk` is None when nobody is, or no roster is set."""

    place: DutyPlace
    clerk: Clerk | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """Open hours with nobody at the window: what the roster must never have."""

    window_id: str
    day: date
    period: DayPeriod


@dataclass(frozen=True, slots=True)
class Doubled:
    """One person due at several open windows in the same half day."""

    clerk: Clerk
    half: HalfDay
    window_ids: tuple[str, ...]


NO_ROSTER = Duty(place=DutyPlace.NOBODY, clerk=None, note="值班人员待公布")
BOTH_AWAY = Duty(place=DutyPlace.NOBODY, clerk=None, note="A岗、B岗都不在，请到中心服务台")


class Roster:
    """All pairs, changes and leaves of one township."""

    __slots__ = ("_changes", "_leaves", "_pairs")

    def __init__(
        self, pairs: Iterable[Pair], changes: Iterable[DutyChange], leaves: Iterable[Leave] = ()
    ) -> None:
        self._pairs = sorted(pairs, key=lambda pair: pair.since, reverse=True)
        self._changes = {(each.window_id, each.day, each.period): each for each in changes}
        self._leaves = tuple(leaves)

    def duty(self, window_id: str, day: date, *, period: DayPeriod) -> Duty:
        """Who is due at the window for that half day: what was said of the day, else A, else B for an A who is away."""
        pair = self.pair(window_id, day)
        change = self._changes.get((window_id, day, period))
        if change is not None and change.place is DutyPlace.NOBODY:
            return Duty(place=DutyPlace.NOBODY, clerk=None, note=change.note)
        if pair is None:
            return NO_ROSTER
        if change is not None and change.place is DutyPlace.B:
            return Duty(place=DutyPlace.B, clerk=pair.b, note=change.note)
        away = self.leave(pair.a.staff_id, day, period=period)
        if change is not None or away is None:
            return Duty(place=DutyPlace.A, clerk=pair.a, note=change.note if change else "")
        if self.leave(pair.b.staff_id, day, period=period) is not None:
            return BOTH_AWAY
        return Duty(place=DutyPlace.B, clerk=pair.b, note=f"A岗{away.reason.zh}")

    def leave(self, staff_id: str, day: date, *, period: DayPeriod) -> Leave | None:
        """Why that person is away for that half day; None while they are not."""
        return next(
            (each for each in self._leaves if each.staff_id == staff_id and each.covers(day, period)), None
        )

    def windows_of(self, staff_id: str, day: date) -> Sequence[Pair]:
        """The pairs in force on `day` this person belongs to."""
        windows = {pair.window_id for pair in self._pairs}
        in_force = [pair for window in windows if (pair := self.pair(window, day))]
        return [pair for pair in in_force if staff_id in (pair.a.staff_id, pair.b.staff_id)]

    def is_declared_empty(self, window_id: str, day: date, *, period: DayPeriod) -> bool:
        """Whether it is known that nobody will be there: no booking may promise otherwise.

        A window without any roster yet is not meant: missing paperwork must not close a window.
        """
        change = self._changes.get((window_id, day, period))
        return change is not None and change.place is DutyPlace.NOBODY

    def gaps(self, openings: Iterable[Opening]) -> Sequence[Gap]:
        """The half days of `openings` on which the window is open and nobody is due."""
        return [
            Gap(opening.window_id, opening.day, period)
            for opening in openings
            for period in dict.fromkeys(span.period for span in opening.spans)
            if self.duty(opening.window_id, opening.day, period=period).clerk is None
        ]

    def doubled(self, openings: Iterable[Opening]) -> Sequence[Doubled]:
        """Who is due at more than one window of `openings` at a time: a warning, since one may mind two for a while."""
        due: dict[tuple[Clerk, HalfDay], list[str]] = {}
        for opening in openings:
            for period in dict.fromkeys(span.period for span in opening.spans):
                clerk = self.duty(opening.window_id, opening.day, period=period).clerk
                if clerk is not None:
                    due.setdefault((clerk, HalfDay(opening.day, period)), []).append(opening.window_id)
        return [Doubled(clerk, half, tuple(at)) for (clerk, half), at in due.items() if len(at) > 1]

    def pair(self, window_id: str, day: date) -> Pair | None:
        """A and B in force on `day`."""
        return next((pair for pair in self._pairs if pair.window_id == window_id and pair.since <= day), None)
