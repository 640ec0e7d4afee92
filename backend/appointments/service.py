"""Booking and the queue of the day: loads, asks the pure rules, records.

Every place is given through one group commit (`book`, `book_for`, `reschedule`), so bookings that arrive while a
commit runs share the next one, and no path can take a place past the others.
"""

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Protocol

from api_spec.catalogue import Item, WindowCard
from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.vocabulary import (
    AppointmentAction,
    AppointmentState,
    Channel,
    DocumentType,
    ParkReason,
    Priority,
    Role,
    WindowType,
)
from backend.actors import Actor, system
from backend.appointments import machine, rules, store, store_line, store_places, store_told
from backend.appointments.appointment import (
    CODE_LENGTH,
    Appointment,
    read_code,
)
from backend.appointments.blanks import Blanks
from backend.appointments.booking import Habits, Wish, habits_of
from backend.appointments.calling import Calling, OnServed, Served
from backend.appointments.door import Door
from backend.appointments.hall_devices import HallDevices
from backend.appointments.hall_view import HallView, WindowLine
from backend.appointments.line import QueuePolicy
from backend.appointments.offering import ItemBook, Offering, Time
from backend.appointments.policy import BookingPolicy
from backend.appointments.sweeping import Sweeper, Swept
from backend.appointments.visitors import Visitor, checked_visitor, walk_in_visitor
from backend.appointments.waiting import DayFigures, figures
from backend.faults import Fault
from backend.group_commit import GroupCommit
from backend.hall.service import Hall
from backend.vault import Vault

__all__ = ["Appointments", "OnServed", "Served"]


class Owner(Protocol):
    """What booking keeps of a signed-in citizen: a name to call and a phone to ring."""

    @property
    def name(self) -> str: ...
    @property
    def phone(self) -> str: ...


class CitizenBook(Protocol):
    """Where a citizen's own data is: people."""

    async def applicant_of(self, citizen_id: str) -> Owner: ...


class Appointments:
    """Booking of all townships, and their queues of the day: `calling` moves tickets, `view` shows them.

    Args:
        random: source of appointment codes, `random(bits)`.
    """

    def __init__(
        self,
        catalogue: ItemBook,
        hall: Hall,
        people: CitizenBook,
        *,
        vault: Vault,
        policy: BookingPolicy | None = None,
        queues: QueuePolicy | None = None,
        random: Callable[[int], int] = secrets.randbits,
    ) -> None:
        self._catalogue = catalogue
        self._hall = hall
        self._people = people
        self._vault = vault
        self.policy = policy or BookingPolicy()
        self._blanks = Blanks(vault, self.policy, random=random)
        self.offering = Offering(catalogue, hall, self.policy)
        self._group = GroupCommit(self._give_places)
        self._door = Door(catalogue)
        queue_policy = queues or QueuePolicy()
        self.devices = HallDevices(vault, random=random)
        self.view = HallView(self._door, hall, policy=queue_policy)
        self.calling = Calling(self._door, hall, policy=queue_policy, forget=self._forget)
        self._sweeper = Sweeper(self.calling)

    def on_served(self, callback: OnServed) -> None:
        """Be told of everybody who was served, inside the transaction: database only, and quick."""
        self.calling.on_served(callback)

    async def start(self, clock: Callable[[], datetime] | None = None) -> None:
        """Take bookings from now on; with a clock, also clear holds and what a day left over in the background."""
        await self._group.__aenter__()
        if clock is not None:
            self._sweeper.start(clock)

    async def close(self) -> None:
        """Write what is still waiting, then stop."""
        await self._sweeper.close()
        await self._group.__aexit__(None, None, None)

    # Taking a place

    async def book(
        self, time: Time, *, hold: bool, actor: Actor, channel: Channel, at: datetime
    ) -> Appointment:
        """A citizen books for themselves, or holds the place for a while.

        Raises:
            Fault: ITEM_NOT_FOUND, SLOT_NOT_FOUND, SLOT_CLOSED, SLOT_FULL, BOOKING_LIMIT, BOOKING_DUPLICATE,
                NOT_ALLOWED.
        """
        role = rules.booking_role(actor, machine.OWNER)
        owner = await self._people.applicant_of(actor.id)
        visitor = Visitor(owner.name, owner.phone)
        return await self._take(
            time, actor, visitor=visitor, person_id=actor.id, channel=channel, hold=hold, role=role, at=at
        )

    async def book_for(
        self,
        time: Time,
        *,
        name: str,
        phone: str,
        document_type: DocumentType,
        document_number: str | None,
        channel: Channel,
        actor: Actor,
        at: datetime,
    ) -> Appointment:
        """A clerk books for somebody at the counter, on the phone or in the village.

        Raises:
            Fault: as `book`, and FORM_INVALID with every fault of the visitor's data by field.
        """
        role = rules.booking_role(actor, machine.DESK | machine.HELPER)
        checked = checked_visitor(
            name, phone, document_type=document_type, document_number=document_number, today=day_in_china(at)
        )
        return await self._take(
            time,
            actor,
            visitor=checked.visitor,
            person_id=self._vault.blind_index(*checked.key),
            channel=rules.channel_of(actor, channel),
            hold=False,
            role=role,
            at=at,
        )

    async def reschedule(
        self,
        appointment_id: str,
        time_window: str | None,
        *,
        day: date,
        start: int,
        version: int,
        actor: Actor,
        at: datetime,
    ) -> Appointment:
        """Take another time and give the old one back, both or neither.

        Raises:
            Fault: APPOINTMENT_NOT_FOUND, APPOINTMENT_STATE, NOT_YOUR_ACTION, and as `book`.
        """
        old = await self._door.load(appointment_id, actor, version=version)
        action = AppointmentAction.RESCHEDULE
        step = machine.step(old.standing, action, roles=actor.roles, at=at)
        time = Time(item_id=old.item_id, window_id=time_window, day=day, start=start)
        slots = await self.offering.slots_at(old.tenant_id, time, at=at)
        moved = replace(old, version=old.version + 1, moves=old.moves + 1)
        wish = Wish(appointment=moved, slots=slots, action=action, actor_id=actor.id, role=step.by, at=at)
        booked = await self._group.submit(wish)
        self.offering.forget_counts(old.window_id, booked.window_id)
        return booked

    async def walk_in(
        self,
        window_id: str,
        *,
        item_id: str | None,
        name: str,
        priority: Priority | None = None,
        actor: Actor,
        at: datetime,
    ) -> Appointment:
        """A queue ticket for somebody who came without booking; any window of the same type may call it.

        Raises:
            Fault: OUT_OF_SCOPE, ITEM_NOT_FOUND, FORM_INVALID; SLOT_CLOSED: the window is closed for today.
        """
        card = await self._door.own_window(window_id, actor)
        role = rules.booking_role(actor, machine.DESK)
        item = self._catalogue.item_now(actor.tenant_id, item_id) if item_id else None
        return await self._issue(card, item, priority, name=name, actor=actor, role=role, at=at)

    async def take_ticket(
        self, queue: WindowType, priority: Priority | None, *, tenant_id: str, at: datetime
    ) -> Appointment:
        """A ticket somebody takes themselves at the hall's kiosk.

        Raises:
            Fault: SLOT_NOT_FOUND: there is no such window; SLOT_CLOSED: none of them serves today any more.
        """
        latest = await self._open_longest(queue, tenant_id, at=at)
        clock = system(tenant_id)
        return await self._issue(latest, None, priority, name="", actor=clock, role=Role.SYSTEM, at=at)

    async def take_ticket_ahead(self, queue: WindowType, *, actor: Actor, at: datetime) -> Appointment:
        """A ticket a citizen takes on their phone; it keeps its place and is called once they reported in the hall.

        Raises:
            Fault: as `take_ticket`; NOT_ALLOWED; IDENTITY_MISSING; TICKET_HELD: they have one not called yet.
        """
        role = rules.booking_role(actor, machine.OWNER)
        owner = await self._people.applicant_of(actor.id)
        card = await self._open_longest(queue, actor.tenant_id, at=at)
        self.calling.refuse_closed(card, actor.tenant_id, at=at)
        blank = self._blanks.blank(
            actor,
            None,
            visitor=Visitor(owner.name, owner.phone),
            person_id=None,
            channel=Channel.WEB,
            state=AppointmentState.PARKED,
            at=at,
        )
        coming, reason = replace(blank, window_id=card.id), ParkReason.ON_THE_WAY
        return await self.calling.issue(coming, None, actor_id=actor.id, role=role, at=at, parked_for=reason)

    async def _open_longest(self, queue: WindowType, tenant_id: str, *, at: datetime) -> WindowCard:
        """Raises Fault SLOT_NOT_FOUND: there is no such window."""
        cards = [card for card in await self._door.windows(tenant_id) if card.type is queue]
        if not cards:
            raise Fault(ErrorCode.SLOT_NOT_FOUND)
        day = day_in_china(at)
        return max(cards, key=lambda card: self._hall.opening(tenant_id, card.id, day=day).closes)

    async def _issue(
        self,
        card: WindowCard,
        item: Item | None,
        priority: Priority | None,
        *,
        name: str,
        actor: Actor,
        role: Role,
        at: datetime,
    ) -> Appointment:
        self.calling.refuse_closed(card, actor.tenant_id, at=at)
        blank = self._blanks.blank(
            actor,
            item,
            visitor=walk_in_visitor(name),
            person_id=None,
            channel=Channel.WINDOW,
            state=AppointmentState.CHECKED_IN,
            at=at,
        )
        arrived = replace(blank, window_id=card.id, checked_in_at=at)
        return await self.calling.issue(arrived, priority, actor_id=actor.id, role=role, at=at)

    # Moving on

    async def act(
        self,
        appointment_id: str,
        action: AppointmentAction,
        *,
        version: int | None,
        window_id: str | None = None,
        reason: ParkReason | None = None,
        priority: Priority | None = None,
        actor: Actor,
        at: datetime,
    ) -> Appointment:
        """One move of an appointment, by its owner, the desk or the clock; `version` None takes what is there.

        Args:
            window_id: where to call; without it, the window it was last meant for.
            reason: why it is parked.
            priority: why it is put first.

        Raises:
            Fault: APPOINTMENT_NOT_FOUND, APPOINTMENT_STATE, HOLD_EXPIRED, NOT_YOUR_ACTION, NOTE_REQUIRED,
                OUT_OF_SCOPE, WINDOW_BUSY.
        """
        appointment = await self._door.load(appointment_id, actor, version=version)
        match action:
            case AppointmentAction.CHECK_IN:
                return await self.calling.check_in(appointment, None, actor=actor, at=at)
            case AppointmentAction.CALL:
                machine.step(appointment.standing, action, roles=actor.roles, at=at)
                card = await self._door.own_window(window_id or appointment.window_id, actor)
                return await self.calling.call(appointment, card, actor=actor, at=at)
        return await self.calling.move(
            appointment, action, reason=reason, priority=priority, actor=actor, at=at
        )

    async def transfer(
        self,
        appointment_id: str,
        window_id: str,
        *,
        any_window: bool,
        version: int | None,
        actor: Actor,
        at: datetime,
    ) -> Appointment:
        """Send a ticket on to another window, or to any window of that one's type.

        Raises:
            Fault: APPOINTMENT_NOT_FOUND, APPOINTMENT_STATE, NOT_YOUR_ACTION, SLOT_CLOSED, OUT_OF_SCOPE.
        """
        appointment = await self._door.load(appointment_id, actor, version=version)
        card = await self._door.window(window_id, actor.tenant_id)
        return await self.calling.transfer(appointment, card, any_window=any_window, actor=actor, at=at)

    async def check_in(
        self, code: str, *, priority: Priority | None = None, actor: Actor, at: datetime
    ) -> Appointment:
        """Somebody with an appointment, or a ticket taken on the phone, has come; `code` as typed or scanned.

        Raises:
            Fault: APPOINTMENT_NOT_FOUND, APPOINTMENT_STATE, NOT_YOUR_ACTION.
        """
        appointment = await self.find_by_code(code, actor)
        if not appointment.is_on_the_way:
            return await self.calling.check_in(appointment, priority, actor=actor, at=at)
        there = await self.calling.move(appointment, AppointmentAction.RESUME, actor=actor, at=at)
        if priority is None:
            return there
        return await self.calling.move(
            there, AppointmentAction.PRIORITISE, priority=priority, actor=actor, at=at
        )

    async def call_next(self, window_id: str, *, actor: Actor, at: datetime) -> Appointment:
        """Call whoever is next at a window.

        Raises:
            Fault: OUT_OF_SCOPE; APPOINTMENT_NOT_FOUND: nobody waits; WINDOW_BUSY: somebody stands called there.
        """
        return await self.calling.call_next(window_id, actor=actor, at=at)

    async def sweep(self, at: datetime) -> Swept:
        """What the clock clears by itself, once; see `Sweeper.sweep`."""
        return await self._sweeper.sweep(at)

    # Reading

    async def show(self, appointment_id: str, *, actor: Actor) -> Appointment:
        """Raises Fault APPOINTMENT_NOT_FOUND: none such, or not the actor's to see."""
        return await self._door.load(appointment_id, actor, version=None)

    async def find_by_code(self, code: str, actor: Actor) -> Appointment:
        """Raises Fault APPOINTMENT_NOT_FOUND: none such, or not the actor's to see."""
        written = read_code(code)
        found = (
            await store.find_by_code(actor.tenant_id, written)
            if len(written) == CODE_LENGTH and written.isascii() and written.isalnum()
            else None
        )
        if found is None or not (await self._door.reach(actor)).may_see(found):
            raise Fault(ErrorCode.APPOINTMENT_NOT_FOUND)
        return found

    async def mine(
        self, actor: Actor, *, before: tuple[date, str] | None = None, limit: int = 20
    ) -> Sequence[Appointment]:
        """A citizen's own, the latest day first."""
        return await store.of_citizen(actor.id, before=before, limit=limit)

    async def day(
        self, actor: Actor, *, window_id: str | None, day: date, at: datetime
    ) -> Sequence[Appointment]:
        """A day's list: the waiting ones in the order they will be called, then those still to come, then the rest.

        Raises:
            Fault: OUT_OF_SCOPE.
        """
        if Role.VILLAGE_CLERK in actor.roles:
            return await store.of_day(actor.tenant_id, day, window_ids=None, village_id=actor.village_id)
        reach = await self._door.reach(actor)
        windows: Collection[str] | None = reach.windows
        if window_id is not None:
            reach.refuse_other_desk(window_id)
            windows = [window_id]
        found = await store.of_day(actor.tenant_id, day, window_ids=windows)
        ranks = await self.view.ranks(actor.tenant_id, day, at=at)
        waiting = [one for one in found if one.id in ranks]
        rest = [one for one in found if one.id not in ranks]
        return [
            *sorted(waiting, key=lambda one: (one.window_id, ranks[one.id])),
            *sorted(rest, key=lambda one: one.state not in machine.OPEN),
        ]

    async def line(self, window_id: str, *, actor: Actor, at: datetime) -> WindowLine:
        """Who is called at a window of the actor's desk, and who waits for it.

        Raises:
            Fault: OUT_OF_SCOPE.
        """
        card = await self._door.own_window(window_id, actor)
        return await self.view.line(card, actor.tenant_id, at=at)

    async def ahead(self, appointment: Appointment, *, at: datetime) -> int | None:
        """How many are before it in its queue; None unless it waits there."""
        if appointment.state is not AppointmentState.CHECKED_IN:
            return None
        return (await self.view.ranks(appointment.tenant_id, appointment.day, at=at)).get(appointment.id)

    async def bookings_of(self, tenant_id: str, day: date) -> Sequence[Appointment]:
        """Who is expected on a day, by time: whom to remind."""
        return await store_line.booked_on(tenant_id, day)

    async def moves_after(
        self, event_id: str, actions: Collection[AppointmentAction], *, limit: int
    ) -> list[tuple[str, AppointmentAction, Appointment]]:
        """What was done with appointments since an event, oldest first: whom to tell."""
        return await store_told.moves_after(event_id, actions, limit=limit)

    async def waits(self, tenant_id: str, first: date, last: date) -> Sequence[DayFigures]:
        """How long people waited and were served, by queue and day."""
        return figures(await store_line.ticket_days(tenant_id, first, last))

    async def habits(self, person_id: str, *, tenant_id: str, at: datetime) -> Habits:
        """How a person kept earlier bookings, for a warning before a limit is reached."""
        past = await store.past_of(person_id, tenant_id=tenant_id, policy=self.policy, at=at)
        return habits_of(past, today=day_in_china(at), policy=self.policy)

    def visitor(self, appointment: Appointment) -> Visitor:
        """Whom the appointment is for, opened."""
        return self._blanks.visitor(appointment)

    async def own_windows(self, actor: Actor) -> Sequence[WindowCard]:
        """The windows whose desk is the actor's, by number."""
        reach = await self._door.reach(actor)
        cards = await self._catalogue.windows(actor.tenant_id)
        return sorted((card for card in cards if reach.has_window(card.id)), key=lambda card: card.number)

    async def windows(self, tenant_id: str) -> dict[str, WindowCard]:
        """The township's windows by id."""
        return {card.id: card for card in await self._catalogue.windows(tenant_id)}

    # How it is done

    async def _take(
        self,
        time: Time,
        actor: Actor,
        *,
        visitor: Visitor,
        person_id: str,
        channel: Channel,
        hold: bool,
        role: Role,
        at: datetime,
    ) -> Appointment:
        item = self._catalogue.item_now(actor.tenant_id, time.item_id)
        slots = await self.offering.slots_at(actor.tenant_id, time, at=at)
        wanted = self._blanks.blank(
            actor,
            item,
            visitor=visitor,
            person_id=person_id,
            channel=channel,
            state=AppointmentState.HELD if hold else AppointmentState.BOOKED,
            at=at,
        )
        wish = Wish(
            appointment=wanted,
            slots=slots,
            action=AppointmentAction.HOLD if hold else AppointmentAction.BOOK,
            actor_id=actor.id,
            role=role,
            at=at,
        )
        booked = await self._group.submit(wish)
        self.offering.forget_counts(booked.window_id)
        return booked

    async def _give_places(self, wishes: Sequence[Wish]) -> Sequence[Appointment | Exception]:
        return await store_places.take_places(wishes, policy=self.policy)

    def _forget(self, moved: Appointment) -> None:
        self.offering.forget_counts(moved.window_id)
        self.view.forget(moved.tenant_id, moved.day)
