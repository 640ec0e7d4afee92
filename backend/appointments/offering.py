"""What can be booked: the hall's hours as slots, with the places still free. Writes nothing.

Slots of a window's day are cut once and kept until the hall's hours change; the places taken are read at most once
a second for each window, however many look at eight in the morning.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from api_spec.catalogue import Item, WindowCard
from api_spec.china_time import day_in_china, period_of
from api_spec.errors import ErrorCode
from backend.appointments import store
from backend.appointments.appointment import Appointment
from backend.appointments.machine import OPEN
from backend.appointments.offers import FreeDay, WindowDay, days_of
from backend.appointments.policy import BookingPolicy
from backend.appointments.slots import OpenTime, Slot, last_day_on_offer, refuse_begun, refuse_day
from backend.cache import Cache
from backend.faults import Fault
from backend.hall.service import Hall

SHOWN_COUNTS_S: Final = 1.0
MOST_WINDOWS: Final = 1_000
MOST_DAYS_KEPT: Final = 20_000
NOBODY_THERE: Final = "窗口这个时间没有人"


class ItemBook(Protocol):
    """What booking asks of the catalogue."""

    def item_now(self, tenant_id: str, item_id: str) -> Item: ...
    async def windows(self, tenant_id: str) -> Sequence[WindowCard]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """A time somebody asks for; without window, any window of the item's type."""

    item_id: str
    window_id: str | None
    day: date
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Free times of an item or a window."""

    item: Item | None
    windows: Sequence[WindowCard]
    days: Sequence[FreeDay]
    next_release: datetime


class Offering:
    """The times of all townships."""

    def __init__(self, catalogue: ItemBook, hall: Hall, policy: BookingPolicy) -> None:
        self._catalogue = catalogue
        self._hall = hall
        self._policy = policy
        self._counts: Cache[str, Mapping[tuple[str, int], int]] = Cache(
            life_s=SHOWN_COUNTS_S, size=MOST_WINDOWS
        )
        self._days: dict[tuple[str, str, date], WindowDay] = {}
        self._days_of_generation = -1

    async def offer(
        self,
        tenant_id: str,
        *,
        item_id: str | None,
        window_id: str | None,
        first: date | None,
        days: int,
        at: datetime,
    ) -> Offer:
        """Free times for an item, or at a window, from `first` (today) on.

        Raises:
            Fault: ITEM_NOT_FOUND; SLOT_NOT_FOUND: no such window, or neither was named.
        """
        item = self._catalogue.item_now(tenant_id, item_id) if item_id else None
        windows = await self.windows(tenant_id, item, window_id)
        today, last = day_in_china(at), last_day_on_offer(at, self._policy)
        begin = max(first or today, today)
        shown = [begin + timedelta(days=ahead) for ahead in range(min(days, (last - begin).days + 1))]
        taken = {window.id: await self._taken(window.id, today) for window in windows}
        times = [
            (self._window_day(tenant_id, window.id, day), taken[window.id])
            for day in shown
            for window in windows
        ]
        return Offer(
            item=item,
            windows=windows,
            days=days_of(shown, times, at=at, policy=self._policy),
            next_release=self._policy.next_release(at),
        )

    async def slots_at(self, tenant_id: str, time: Time, *, at: datetime) -> tuple[Slot, ...]:
        """The slots that begin at that time, one a window.

        Raises:
            Fault: ITEM_NOT_FOUND, SLOT_NOT_FOUND, SLOT_CLOSED.
        """
        item = self._catalogue.item_now(tenant_id, time.item_id) if time.item_id else None
        windows = await self.windows(tenant_id, item, time.window_id)
        refuse_day(time.day, at=at, policy=self._policy)
        days = (self._window_day(tenant_id, window.id, time.day) for window in windows)
        slots = tuple(day.slots[time.start] for day in days if time.start in day.slots)
        if not slots:
            raise Fault(ErrorCode.SLOT_NOT_FOUND)
        refuse_begun(slots[0], at=at)
        return slots

    async def windows(self, tenant_id: str, item: Item | None, window_id: str | None) -> Sequence[WindowCard]:
        """The windows of that item's type, or the one named.

        Raises:
            Fault: SLOT_NOT_FOUND: none such, or nothing was named.
        """
        wanted = [
            card
            for card in await self._catalogue.windows(tenant_id)
            if (window_id is None or card.id == window_id) and (item is None or card.type is item.window)
        ]
        if not wanted or (item is None and window_id is None):
            raise Fault(ErrorCode.SLOT_NOT_FOUND)
        return wanted

    def _window_day(self, tenant_id: str, window_id: str, day: date) -> WindowDay:
        """What the hall says of a window's day, less the half days on which nobody will be there."""
        if self._hall.generation != self._days_of_generation:
            self._days.clear()
            self._days_of_generation = self._hall.generation
        key = (tenant_id, window_id, day)
        known = self._days.get(key)
        if known is None:
            if len(self._days) >= MOST_DAYS_KEPT:
                self._days.clear()
            known = self._days[key] = WindowDay(self._open_time(tenant_id, window_id, day))
        return known

    def _open_time(self, tenant_id: str, window_id: str, day: date) -> OpenTime:
        opening = self._hall.opening(tenant_id, window_id, day=day)
        empty = self._hall.empty_periods(tenant_id, window_id, day=day)
        season = opening.season
        return OpenTime(
            window_id=window_id,
            day=day,
            stretches=tuple((span.opens, span.closes) for span in opening.spans if span.period not in empty),
            slot_minutes=season.slot_minutes if season else 0,
            capacity=season.places - season.walk_in_places if season else 0,
            provisional=opening.provisional,
            note=opening.note,
        )

    async def _taken(self, window_id: str, today: date) -> Mapping[tuple[str, int], int]:
        last = today + timedelta(days=self._policy.horizon_days)
        return await self._counts.get(window_id, lambda: store.booked_counts(window_id, today, last))

    def closed_note(self, appointment: Appointment) -> str:
        """Why nobody will be at the window at the appointment's time any more; "" while all is well."""
        if appointment.start is None or appointment.state not in OPEN:
            return ""
        opening = self._hall.opening(appointment.tenant_id, appointment.window_id, day=appointment.day)
        empty = self._hall.empty_periods(appointment.tenant_id, appointment.window_id, day=appointment.day)
        if opening.is_open_at(appointment.start) and period_of(appointment.start) not in empty:
            return ""
        return opening.note or NOBODY_THERE

    def forget_counts(self, *window_ids: str) -> None:
        """Places were taken or given back there: count again for the next visitor."""
        for window_id in window_ids:
            self._counts.drop(window_id)
