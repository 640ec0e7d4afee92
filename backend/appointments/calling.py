"""The queues at work: gives tickets, calls whoever is next, and moves tickets on; asks the pure rules, records.

Calls of one queue are made one after the other (`store_line.lock_queue`): however many windows press at once, no
ticket is called twice and the order is the rule's.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from api_spec.catalogue import WindowCard
from api_spec.china_time import day_in_china, minute_in_china
from api_spec.errors import ErrorCode
from api_spec.vocabulary import AppointmentAction, AppointmentState, ParkReason, Priority, Role
from backend.actors import Actor
from backend.appointments import machine, store, store_line
from backend.appointments.appointment import Appointment, after_step
from backend.appointments.door import Door
from backend.appointments.hall_day import HallDay
from backend.appointments.line import QueuePolicy, next_up, rejoined
from backend.appointments.ticket import Ticket, called, new_ticket, preferred, sent_on, ticket_after
from backend.db import in_transaction
from backend.faults import Fault
from backend.hall.service import Hall


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Somebody was served at a window, by `staff_id`; what may follow (a rating) is others' business."""

    tenant_id: str
    appointment_id: str
    window_id: str
    staff_id: str
    at: datetime


TRIES: Final = 3
"""Whoever is next may give up or be sent on between the look and the call; then it is the next one's turn."""

OnServed = Callable[[Served], Awaitable[None]]
Choose = Callable[[HallDay], str]
"""Picks the appointment to call from the queue as it stands under the lock."""


class Calling:
    """The queues of all townships.

    Args:
        forget: told whose figures are stale, after the commit.
    """

    def __init__(
        self, door: Door, hall: Hall, *, policy: QueuePolicy, forget: Callable[[Appointment], None]
    ) -> None:
        self._door = door
        self._hall = hall
        self._forget = forget
        self._on_served: list[OnServed] = []
        self.policy = policy

    def on_served(self, callback: OnServed) -> None:
        self._on_served.append(callback)

    async def issue(
        self,
        arrived: Appointment,
        priority: Priority | None,
        *,
        actor_id: str,
        role: Role,
        at: datetime,
        parked_for: ParkReason | None = None,
    ) -> Appointment:
        """A ticket for a walk-in; `parked_for` when it waits beside the line from the start.

        Raises:
            Fault: TICKET_HELD.
        """
        card = await self._door.window(arrived.window_id, arrived.tenant_id)
        async with in_transaction():
            ticket = replace(await self._first_ticket(arrived, card, priority, at=at), parked_for=parked_for)
            given = replace(arrived, ticket=ticket)
            await store.add_walk_in(given, ticket, actor_id=actor_id, role=role)
        self._forget(given)
        return given

    async def check_in(
        self, appointment: Appointment, priority: Priority | None, *, actor: Actor, at: datetime
    ) -> Appointment:
        """A ticket for somebody whose booked day it is.

        Raises:
            Fault: APPOINTMENT_STATE, NOT_YOUR_ACTION.
        """
        step = machine.step(appointment.standing, AppointmentAction.CHECK_IN, roles=actor.roles, at=at)
        card = await self._door.window(appointment.window_id, appointment.tenant_id)
        async with in_transaction():
            ticket = await self._first_ticket(appointment, card, priority, at=at)
            after = replace(after_step(appointment, step), ticket=ticket)
            there = await store.record(appointment, after, step, actor_id=actor.id)
        self._forget(there)
        return there

    async def call_next(self, window_id: str, *, actor: Actor, at: datetime) -> Appointment:
        """Call whoever is next for a window.

        Raises:
            Fault: OUT_OF_SCOPE; APPOINTMENT_NOT_FOUND: nobody waits; WINDOW_BUSY: somebody stands called there;
                APPOINTMENT_STATE: again and again the next one left or was sent on meanwhile.
        """
        card = await self._door.own_window(window_id, actor)

        def choose(today: HallDay) -> str:
            waiting = {one.ticket.label: one.id for one in today.waiting(card.type)}
            up = next_up(
                (one.ticket for one in today.waiting(card.type)),
                window_id=window_id,
                run=today.run(card.type),
                at=at,
                policy=self.policy,
            )
            if up is None:
                raise Fault(ErrorCode.APPOINTMENT_NOT_FOUND, waiting=0)
            return waiting[up.label]

        for _ in range(TRIES - 1):
            try:
                return await self._call(card, choose, actor=actor, at=at)
            except Fault as moved_meanwhile:
                if moved_meanwhile.code is not ErrorCode.APPOINTMENT_STATE:
                    raise
        return await self._call(card, choose, actor=actor, at=at)

    async def call(
        self, appointment: Appointment, card: WindowCard, *, actor: Actor, at: datetime
    ) -> Appointment:
        """Call somebody in particular: one who missed a call, was away, or has to come first.

        Raises:
            Fault: APPOINTMENT_STATE, also for one on the way who has not reported; NOT_YOUR_ACTION, WINDOW_BUSY;
                OUT_OF_SCOPE: the ticket waits elsewhere.
        """
        if appointment.is_on_the_way:
            raise Fault(ErrorCode.APPOINTMENT_STATE, reason="not_here_yet")
        machine.step(appointment.standing, AppointmentAction.CALL, roles=actor.roles, at=at)
        ticket = appointment.ticket
        if ticket is None or ticket.queue is not card.type or ticket.only_window_id not in (None, card.id):
            raise Fault(ErrorCode.OUT_OF_SCOPE, window_id=card.id)
        return await self._call(card, lambda _: appointment.id, actor=actor, at=at)

    async def _call(self, card: WindowCard, choose: Choose, *, actor: Actor, at: datetime) -> Appointment:
        day = day_in_china(at)
        async with in_transaction():
            await store_line.lock_queue(actor.tenant_id, card.type, day)
            today = HallDay(await store_line.tickets_of(actor.tenant_id, day, card.type))
            busy = today.open_at(card.id)
            if busy is not None:
                raise Fault(ErrorCode.WINDOW_BUSY, ticket=busy.ticket.label)
            before = await store.find(choose(today))
            if before is None or before.ticket is None:
                raise Fault(ErrorCode.APPOINTMENT_NOT_FOUND)
            step = machine.step(before.standing, AppointmentAction.CALL, roles=actor.roles, at=at)
            call_no = today.next_call_no(card.type)
            ticket = called(before.ticket, card.id, call_no=call_no, at=at)
            after = replace(after_step(before, step), window_id=card.id, ticket=ticket)
            moved = await store.record(before, after, step, actor_id=actor.id)
        self._forget(moved)
        return moved

    async def move(
        self,
        appointment: Appointment,
        action: AppointmentAction,
        *,
        reason: ParkReason | None = None,
        priority: Priority | None = None,
        actor: Actor,
        at: datetime,
    ) -> Appointment:
        """Any move that neither calls nor sends on; `reason` is for PARK, `priority` for PRIORITISE.

        Raises:
            Fault: APPOINTMENT_STATE, HOLD_EXPIRED, NOT_YOUR_ACTION; NOTE_REQUIRED: parked or put first without saying why.
        """
        step = machine.step(appointment.standing, action, roles=actor.roles, at=at)
        if (action is AppointmentAction.PARK and reason in (None, ParkReason.ON_THE_WAY)) or (
            action is AppointmentAction.PRIORITISE and priority is None
        ):
            raise Fault(ErrorCode.NOTE_REQUIRED)
        async with in_transaction():
            after = after_step(appointment, step)
            if after.ticket is not None:
                moved_ticket = await self._ticket(appointment, after.ticket, step, reason, priority)
                after = replace(after, ticket=moved_ticket)
            moved = await store.record(appointment, after, step, actor_id=actor.id)
            if action is AppointmentAction.SERVE:
                await self._tell_served(moved, actor, at)
        self._forget(moved)
        return moved

    async def transfer(
        self, appointment: Appointment, card: WindowCard, *, any_window: bool, actor: Actor, at: datetime
    ) -> Appointment:
        """Send a ticket on, to one window or to any of that window's type; it keeps its age and its number.

        Within its own queue it is sent to that very window: any window of the type calls it as it is.

        Raises:
            Fault: APPOINTMENT_STATE, NOT_YOUR_ACTION; SLOT_CLOSED: nobody will be served there today any more.
        """
        action = AppointmentAction.TRANSFER
        step = machine.step(appointment.standing, action, roles=actor.roles, at=at)
        if appointment.ticket is None:
            raise Fault(ErrorCode.APPOINTMENT_STATE, state=appointment.state, action=action)
        self.refuse_closed(card, appointment.tenant_id, at=at)
        only = None if any_window and card.type is not appointment.ticket.queue else card.id
        ticket = sent_on(appointment.ticket, card.type, only_window_id=only, at=at)
        after = replace(after_step(appointment, step), window_id=card.id, ticket=ticket)
        moved = await store.record(appointment, after, step, actor_id=actor.id)
        self._forget(moved)
        return moved

    def refuse_closed(self, card: WindowCard, tenant_id: str, *, at: datetime) -> None:
        """Raises Fault SLOT_CLOSED: the window is not open today, or not any more; before it opens people may wait."""
        opening = self._hall.opening(tenant_id, card.id, day=day_in_china(at))
        if minute_in_china(at) >= opening.closes:
            raise Fault(ErrorCode.SLOT_CLOSED, reason="closed_today")

    async def _first_ticket(
        self, appointment: Appointment, card: WindowCard, priority: Priority | None, *, at: datetime
    ) -> Ticket:
        standing = appointment.standing
        return new_ticket(
            card.type,
            await store_line.next_number(appointment.tenant_id, card.type, appointment.day),
            starts_at=standing.starts_at,
            ends_at=standing.ends_at,
            priority=priority,
            at=at,
        )

    async def _ticket(
        self,
        before: Appointment,
        ticket: Ticket,
        step: machine.Step,
        reason: ParkReason | None,
        priority: Priority | None,
    ) -> Ticket:
        if step.action is AppointmentAction.PRIORITISE and priority is not None:
            return preferred(ticket, priority)
        if step.action is not AppointmentAction.REJOIN:
            return ticket_after(ticket, step.action, reason=reason, at=step.at)
        today = HallDay(await store_line.tickets_of(before.tenant_id, before.day, ticket.queue))
        waiting = (one.ticket for one in today.of(ticket.queue, AppointmentState.CHECKED_IN))
        return rejoined(ticket, waiting, at=step.at, policy=self.policy)

    async def _tell_served(self, served: Appointment, actor: Actor, at: datetime) -> None:
        told = Served(
            tenant_id=served.tenant_id,
            appointment_id=served.id,
            window_id=served.window_id,
            staff_id=actor.id,
            at=at,
        )
        for callback in self._on_served:
            await callback(told)
