"""The hall: the working-day calendar, opening hours and rosters, kept in memory and written through.

The tables are small (a few hundred rows a township and year), read by every booking and deadline, and changed a few
times a day: so they are read at the start, after each change, and every half minute for what another process
changed.
"""

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import structlog

from api_spec.china_time import day_in_china, minute_in_china, period_of
from api_spec.vocabulary import DayPeriod
from backend.actors import Actor
from backend.hall import handing, store, store_calendar
from backend.hall.calendar import Calendar, SpecialDay
from backend.hall.calendar_changes import CalendarChange
from backend.hall.duties import Duties, Shift, WindowBook
from backend.hall.handing import Counted, HandOver, StandIn, WindowToday
from backend.hall.hours import HoursException, Opening, Season, Timetable
from backend.hall.roster import Clerk, Doubled, Duty, Gap, HalfDay, Leave, Pair
from backend.hall.today import LOOKED_AHEAD_DAYS, HallToday, hall_today

__all__ = [
    "Clerk",
    "Counted",
    "Doubled",
    "Duties",
    "Duty",
    "Gap",
    "HalfDay",
    "Hall",
    "HallToday",
    "HandOver",
    "HoursException",
    "Leave",
    "Opening",
    "Pair",
    "Season",
    "Shift",
    "StandIn",
    "WindowToday",
]

REFRESH_S = 30.0

log = structlog.get_logger("township")


class Hall:
    """Answers when the hall works; `load` or `start` comes first. `duties` is who sits at its windows."""

    def __init__(self, windows: WindowBook) -> None:
        self._windows = windows
        self._calendar = Calendar(())
        self._timetables: dict[str, Timetable] = {}
        self.duties = Duties(self, windows)
        self._refreshing: asyncio.Task[None] | None = None
        self.generation = 0
        """Grows whenever hours, calendar or rosters were read anew; what was made of them is stale then."""

    async def start(self) -> None:
        """Read everything, and from now on again every half minute."""
        await self.load()
        self._refreshing = asyncio.create_task(self._keep_fresh(), name="hall refresh")

    async def close(self) -> None:
        if self._refreshing is not None:
            self._refreshing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._refreshing

    async def load(self) -> None:
        """Read everything into memory; also what another process has changed since."""
        calendar = Calendar(await store.special_days())
        timetables = _timetables(await store.seasons(), await store.exceptions())
        await self.duties.load()
        if calendar.version != self._calendar.version:
            self._calendar = calendar
        self._timetables = timetables
        self.generation += 1

    def calendar(self) -> Calendar:
        return self._calendar

    def opening(self, tenant_id: str, window_id: str, *, day: date) -> Opening:
        """How a window is open on a day, by hours, closures and calendar."""
        timetable = self._timetables.get(tenant_id) or Timetable((), ())
        return timetable.opening(window_id, day, calendar=self._calendar)

    def empty_periods(self, tenant_id: str, window_id: str, *, day: date) -> frozenset[DayPeriod]:
        """The half days on which it is declared that nobody will be at the window."""
        roster = self.duties.roster(tenant_id)
        return frozenset(
            period for period in DayPeriod if roster.is_declared_empty(window_id, day, period=period)
        )

    def on_duty(self, tenant_id: str, window_id: str, *, at: datetime) -> Duty | None:
        """Who is at the window at this moment; None while it is closed."""
        day, minute = day_in_china(at), minute_in_china(at)
        if not self.opening(tenant_id, window_id, day=day).is_open_at(minute):
            return None
        return self.duties.roster(tenant_id).duty(window_id, day, period=period_of(minute))

    async def windows(self, tenant_id: str, *, at: datetime) -> Sequence[WindowToday]:
        """Every window with today's hours and who is on duty, by number."""
        day, minute = day_in_china(at), minute_in_china(at)
        return [
            WindowToday(
                card=card,
                opening=opening,
                is_open=opening.is_open_at(minute),
                duty=self.on_duty(tenant_id, card.id, at=at),
            )
            for card in sorted(await self._windows.windows(tenant_id), key=lambda card: card.number)
            for opening in (self.opening(tenant_id, card.id, day=day),)
        ]

    async def board(self, tenant_id: str, *, at: datetime) -> Sequence[WindowToday]:
        """The windows as the public sees them (阳光台): nobody is shown at two of them at once."""
        return handing.seated_once(await self.windows(tenant_id, at=at))

    async def today(self, tenant_id: str, *, at: datetime) -> HallToday:
        """Whether the hall is open now and until when, as the window with the longest day keeps it."""
        cards = await self._windows.windows(tenant_id)
        span = (
            day_in_china(at) + timedelta(days=ahead) for ahead in range(LOOKED_AHEAD_DAYS if cards else 0)
        )
        days = (
            max((self.opening(tenant_id, card.id, day=day) for card in cards), key=_minutes) for day in span
        )
        return hall_today(days, minute=minute_in_china(at))

    async def gaps(self, actor: Actor, *, first: date, days: int) -> Sequence[Gap]:
        """Open half days with nobody on duty, in the planner's own township."""
        cards = await self._windows.windows(actor.tenant_id)
        span = [first + timedelta(days=ahead) for ahead in range(days)]
        openings = (self.opening(actor.tenant_id, card.id, day=day) for day in span for card in cards)
        return self.duties.roster(actor.tenant_id).gaps(openings)

    async def doubled(self, tenant_id: str, *, first: date, days: int) -> Sequence[Doubled]:
        """Who is due at several open windows in the same half day."""
        cards = await self._windows.windows(tenant_id)
        span = [first + timedelta(days=ahead) for ahead in range(days)]
        openings = (self.opening(tenant_id, card.id, day=day) for day in span for card in cards)
        return self.duties.roster(tenant_id).doubled(openings)

    async def declare_exception(self, exception: HoursException, *, actor: Actor, at: datetime) -> Opening:
        """Close a window or the whole hall for a day, or open it at other hours.

        Raises:
            Fault: NOT_ALLOWED, OUT_OF_SCOPE, NOT_FOUND (no such window here).
        """
        await self.duties.refuse_planning(actor, exception.window_id)
        await store.put_exception(actor.tenant_id, exception, by=actor.id, at=at)
        await self.load()
        return self.opening(actor.tenant_id, exception.window_id, day=exception.day)

    async def import_calendar(self, days: Iterable[SpecialDay], *, at: datetime) -> Calendar:
        """Take over a State Council notice; a day already known takes the new word. Safe to repeat."""
        await store.put_special_days(days, at=at)
        await self.load()
        return self._calendar

    async def take_over(self, change: CalendarChange, *, at: datetime) -> None:
        """Write a holiday notice down, inside the caller's transaction; `load` makes it count."""
        await store_calendar.take_over(change, at=at)

    async def set_season(self, season: Season, *, actor: Actor) -> None:
        """Set the hours of a part of every year; one of the same window and name is replaced.

        Raises:
            Fault: NOT_ALLOWED, OUT_OF_SCOPE, NOT_FOUND (no such window here).
        """
        await self.duties.refuse_planning(actor, season.window_id)
        await self.import_seasons(actor.tenant_id, [season])

    def seasons(self, tenant_id: str) -> Sequence[Season]:
        """The hours of the year, of the whole hall and of windows that differ."""
        timetable = self._timetables.get(tenant_id)
        return timetable.seasons if timetable else ()

    async def import_seasons(self, tenant_id: str, seasons: Iterable[Season]) -> None:
        """Set opening hours; a season of the same window and name is replaced. Safe to repeat."""
        await store.put_seasons(tenant_id, seasons)
        await self.load()

    async def import_pairs(self, tenant_id: str, pairs: Iterable[Pair]) -> None:
        """Set A and B of windows; a pair of the same window and day is replaced. Safe to repeat."""
        await store.put_pairs(tenant_id, pairs)
        await self.load()

    async def _keep_fresh(self) -> None:
        while True:
            await asyncio.sleep(REFRESH_S)
            try:
                await self.load()
            except Exception:
                log.exception("hall refresh failed")


def _minutes(opening: Opening) -> int:
    return sum(span.closes - span.opens for span in opening.spans)


def _timetables(
    seasons: Iterable[tuple[str, Season]], exceptions: Iterable[tuple[str, HoursException]]
) -> dict[str, Timetable]:
    by_tenant: dict[str, tuple[list[Season], list[HoursException]]] = {}
    for tenant_id, season in seasons:
        by_tenant.setdefault(tenant_id, ([], []))[0].append(season)
    for tenant_id, exception in exceptions:
        by_tenant.setdefault(tenant_id, ([], []))[1].append(exception)
    return {tenant_id: Timetable(*parts) for tenant_id, parts in by_tenant.items()}
