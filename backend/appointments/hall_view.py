"""The queues as people see them: the screen, a phone, the windows. Reads only; who may see names is not its business.

What the whole hall looks at is read at most once a second for each township, however many phones and screens ask.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from api_spec.catalogue import WindowCard
from api_spec.china_time import clock_text, day_in_china, minute_in_china, moment
from api_spec.vocabulary import AppointmentState, DutyPlace, WindowType
from backend.appointments import store_line
from backend.appointments.appointment import Appointment
from backend.appointments.door import Door
from backend.appointments.hall_day import HallDay
from backend.appointments.line import QueuePolicy
from backend.appointments.ticket import Queued
from backend.appointments.waiting import Estimate, estimate, open_time
from backend.cache import Cache
from backend.hall.service import Hall

SHOWN_S: Final = 1.0
MOST_DAYS: Final = 200
CALLS_SHOWN: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueNow:
    """One queue at this moment.

    Args:
        working: windows where somebody is at work now.
        taking: whether a walk-in still gets a ticket today.
        resumes: when work goes on after a break or begins, "14:30"; "" while it runs or is over.
        wait: for somebody who takes a ticket now; None when the queue is closed for today.
        may_be_late: they may not be served before the windows close.
    """

    queue: WindowType
    windows: tuple[WindowCard, ...]
    working: int
    waiting: int
    taking: bool
    resumes: str
    wait: Estimate | None = None
    may_be_late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallNow:
    """One number and where it was called to; `times` grows whenever it is read out again."""

    label: str
    window: WindowCard
    stands: bool
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingNow:
    """One window and the number that is there, "" while none is; `working`: somebody serves there now."""

    window: WindowCard
    label: str
    working: bool


@dataclass(frozen=True, slots=True)
class HallNow:
    """What hangs on the wall: the latest calls first, the windows, then the queues in the order of the plan."""

    calls: Sequence[CallNow]
    windows: Sequence[ServingNow]
    queues: Sequence[QueueNow]


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketNow:
    """One ticket as its holder sees it; `ahead` and `wait` only while it waits."""

    appointment: Appointment
    queue: QueueNow
    window: WindowCard | None
    ahead: int | None
    wait: Estimate | None
    is_near: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowLine:
    """The queue as the clerk of one window sees it, those who wait in the order they will be called."""

    window: WindowCard
    now: QueueNow
    current: Queued | None
    waiting: Sequence[Queued]
    parked: Sequence[Queued]
    missed: Sequence[Queued]
    served: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LongWait:
    """Somebody who waited longer than the policy allows, in open hours."""

    entry: Queued
    waited: timedelta
    department_id: str


class HallView:
    """Of all townships."""

    def __init__(self, door: Door, hall: Hall, *, policy: QueuePolicy) -> None:
        self._door = door
        self._hall = hall
        self._policy = policy
        self._days: Cache[tuple[str, date], HallDay] = Cache(life_s=SHOWN_S, size=MOST_DAYS)

    def forget(self, tenant_id: str, day: date) -> None:
        """Something moved there: read again for whoever looks next."""
        self._days.drop((tenant_id, day))

    async def hall(self, tenant_id: str, *, at: datetime) -> HallNow:
        """The wall's screen and the public figures."""
        today = await self._day(tenant_id, day_in_china(at))
        cards = await self._door.windows(tenant_id)
        by_id = {card.id: card for card in cards}
        calls = [
            CallNow(
                label=one.ticket.label,
                window=by_id[one.window_id],
                stands=one.state is AppointmentState.CALLED,
                times=one.ticket.announcements,
            )
            for one in today.announced()
            if one.window_id in by_id
        ]
        queues = [self._queue(tenant_id, queue, cards, today, at=at) for queue in WindowType]
        return HallNow(
            calls[:CALLS_SHOWN],
            [
                ServingNow(
                    window=card,
                    label=there.ticket.label if (there := today.open_at(card.id)) else "",
                    working=self._works(tenant_id, card, at=at),
                )
                for card in sorted(cards, key=lambda card: card.number)
            ],
            [queue for queue in queues if queue.windows],
        )

    async def ranks(self, tenant_id: str, day: date, *, at: datetime) -> Mapping[str, int]:
        """How many are before each appointment that waits."""
        today = await self._day(tenant_id, day)
        cards = await self._door.windows(tenant_id)
        return {
            one.id: rank
            for queue in WindowType
            for rank, one in enumerate(self._order(tenant_id, queue, cards, today, at=at))
        }

    async def find_ticket(self, code: str, *, at: datetime) -> TicketNow | None:
        """By the code of its link: whoever holds the paper may look."""
        appointment = await store_line.find_ticket(code)
        if appointment is None or appointment.ticket is None:
            return None
        tenant_id, queue = appointment.tenant_id, appointment.ticket.queue
        today = await self._day(tenant_id, appointment.day)
        cards = await self._door.windows(tenant_id)
        now = self._queue(tenant_id, queue, cards, today, at=at)
        order = [one.id for one in self._order(tenant_id, queue, cards, today, at=at)]
        waits = appointment.state is AppointmentState.CHECKED_IN and appointment.id in order
        ahead = order.index(appointment.id) if waits else None
        return TicketNow(
            appointment=appointment,
            queue=now,
            window=next((card for card in cards if card.id == appointment.window_id), None),
            ahead=ahead,
            wait=None if ahead is None else self._wait(now, ahead, today, at=at),
            is_near=ahead is not None and ahead <= self._policy.ready_ahead,
        )

    async def line(self, card: WindowCard, tenant_id: str, *, at: datetime) -> WindowLine:
        """A window's line, read afresh: its clerk has just pressed a button."""
        day = day_in_china(at)
        today = HallDay(await store_line.tickets_of(tenant_id, day, card.type))
        cards = await self._door.windows(tenant_id)
        mine = (None, card.id)
        return WindowLine(
            window=card,
            now=self._queue(tenant_id, card.type, cards, today, at=at),
            current=today.open_at(card.id),
            waiting=[
                one
                for one in self._order(tenant_id, card.type, cards, today, at=at)
                if one.ticket.only_window_id in mine
            ],
            parked=today.of(card.type, AppointmentState.PARKED),
            missed=today.of(card.type, AppointmentState.MISSED),
            served=len(today.of(card.type, AppointmentState.SERVED)),
        )

    async def long_waits(self, tenant_id: str, *, at: datetime) -> list[LongWait]:
        """Today's people who waited too long, or do so now."""
        day = day_in_china(at)
        today = await self._day(tenant_id, day)
        cards = {card.id: card for card in await self._door.windows(tenant_id)}
        found = []
        for one in today.entries:
            card = cards.get(one.window_id)
            until = one.ticket.first_called_at or (at if one.state is AppointmentState.CHECKED_IN else None)
            if card is None or until is None:
                continue
            spans = self._hall.opening(tenant_id, card.id, day=day).spans
            open_hours = [(moment(day, span.opens), moment(day, span.closes)) for span in spans]
            waited = open_time(open_hours, one.ticket.due_at, until)
            if waited >= self._policy.long_wait:
                found.append(LongWait(entry=one, waited=waited, department_id=card.department_id))
        return found

    async def _day(self, tenant_id: str, day: date) -> HallDay:
        return await self._days.get((tenant_id, day), lambda: self._read(tenant_id, day))

    async def _read(self, tenant_id: str, day: date) -> HallDay:
        return HallDay(await store_line.tickets_of(tenant_id, day))

    def _order(
        self, tenant_id: str, queue: WindowType, cards: Sequence[WindowCard], today: HallDay, *, at: datetime
    ) -> list[Queued]:
        working = sum(self._works(tenant_id, card, at=at) for card in cards if card.type is queue)
        return today.order(queue, at=at, policy=self._policy, windows=working)

    def _queue(
        self, tenant_id: str, queue: WindowType, cards: Sequence[WindowCard], today: HallDay, *, at: datetime
    ) -> QueueNow:
        windows = tuple(card for card in cards if card.type is queue)
        day, minute = day_in_china(at), minute_in_china(at)
        openings = [self._hall.opening(tenant_id, card.id, day=day) for card in windows]
        open_now = any(opening.is_open_at(minute) for opening in openings)
        later = [span.opens for opening in openings for span in opening.spans if span.opens > minute]
        waiting = len(today.waiting(queue))
        now = QueueNow(
            queue=queue,
            windows=windows,
            working=sum(self._works(tenant_id, card, at=at) for card in windows),
            waiting=waiting,
            taking=any(minute < opening.closes for opening in openings),
            resumes="" if open_now or not later else clock_text(min(later)),
        )
        if not now.taking:
            return now
        wait = self._wait(now, waiting, today, at=at)
        left = max(opening.closes for opening in openings) - minute
        return replace(now, wait=wait, may_be_late=wait.high > left)

    def _wait(self, now: QueueNow, ahead: int, today: HallDay, *, at: datetime) -> Estimate:
        hours, _, minutes = now.resumes.partition(":")
        pause = int(hours) * 60 + int(minutes) - minute_in_china(at) if now.resumes else 0
        busy = len(today.of(now.queue, AppointmentState.CALLED))
        return estimate(
            ahead,
            windows=now.working or len(now.windows),
            free=max(0, now.working - busy),
            pace=today.pace(now.queue, self._policy),
            pause_minutes=pause,
        )

    def _works(self, tenant_id: str, card: WindowCard, *, at: datetime) -> bool:
        duty = self._hall.on_duty(tenant_id, card.id, at=at)
        return duty is not None and duty.place is not DutyPlace.NOBODY
