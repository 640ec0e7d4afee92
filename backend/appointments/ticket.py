"""A ticket of the hall: what stands on it and how each move of its person changes it. Pure.

People wait for a type of window (a queue), and any window of that type calls them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from api_spec.vocabulary import AppointmentAction, AppointmentState, Lane, ParkReason, Priority, WindowType

LETTERS: Final[Mapping[WindowType, str]] = dict(zip(WindowType, "ABCDEFGH", strict=True))
"""The first character of a ticket; with three digits it can be said in one breath: A012."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A place in a queue.

    Args:
        label: "A012"; it stays the same when the ticket is sent on to another queue.
        only_window_id: the one window that may call it; None for any of the queue.
        turn_at: what orders those who wait in one lane.
        due_at: when waiting began: on arrival, or at the booked time for whoever came before it.
        first_called_at, called_at: the first and the latest call in this queue.
        call_no: how many of the queue's day were called for the first time up to this one.
        announcements: how often the number was read out.
        open_window_id: where it stands called now.
    """

    label: str
    queue: WindowType
    lane: Lane
    turn_at: datetime
    due_at: datetime
    issued_at: datetime
    priority: Priority | None = None
    only_window_id: str | None = None
    first_called_at: datetime | None = None
    called_at: datetime | None = None
    call_no: int | None = None
    announced_at: datetime | None = None
    announcements: int = 0
    parked_for: ParkReason | None = None
    open_window_id: str | None = None

    @property
    def is_preferred(self) -> bool:
        return self.lane is not Lane.WALK_IN


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """An appointment as far as the queue of a day asks: no names, no papers.

    Args:
        start: minute of the booked time; None for a walk-in.
    """

    id: str
    code: str
    version: int
    state: AppointmentState
    calls: int
    window_id: str
    day: date
    start: int | None
    item_id: str
    item_name: str
    ended_at: datetime | None
    ticket: Ticket


def ticket_label(queue: WindowType, number: int) -> str:
    """A012; above 999 the number simply grows."""
    return f"{LETTERS[queue]}{number:03}"


def new_ticket(
    queue: WindowType,
    number: int,
    *,
    starts_at: datetime | None,
    ends_at: datetime | None,
    priority: Priority | None,
    at: datetime,
) -> Ticket:
    """The ticket of somebody who came at `at`.

    A booked person is due at the booked time, also when they come early or a little late; whoever comes after the
    booked time is over stands with the walk-ins. A priority counts from arrival, or from an earlier booked time.
    """
    kept = starts_at is not None and ends_at is not None and at < ends_at
    booked = starts_at if kept and starts_at is not None else at
    if priority is not None:
        lane, turn, due = Lane.PRIORITY, min(booked, at), at
    elif kept:
        lane, turn, due = Lane.BOOKED, booked, max(booked, at)
    else:
        lane, turn, due = Lane.WALK_IN, at, at
    return Ticket(
        label=ticket_label(queue, number),
        queue=queue,
        lane=lane,
        priority=priority,
        turn_at=turn,
        due_at=due,
        issued_at=at,
    )


def called(ticket: Ticket, window_id: str, *, call_no: int, at: datetime) -> Ticket:
    """Called to a window. The first call of the ticket counts in the queue's order, later ones do not."""
    return replace(
        ticket,
        first_called_at=ticket.first_called_at or at,
        called_at=at,
        call_no=ticket.call_no if ticket.call_no is not None else call_no,
        announced_at=at,
        announcements=ticket.announcements + 1,
        open_window_id=window_id,
        parked_for=None,
    )


def sent_on(ticket: Ticket, queue: WindowType, *, only_window_id: str | None, at: datetime) -> Ticket:
    """In another queue, or for one window, with the age it has: nobody starts waiting anew for the hall's reasons."""
    return replace(
        ticket,
        queue=queue,
        only_window_id=only_window_id,
        due_at=at,
        first_called_at=None,
        called_at=None,
        call_no=None,
        open_window_id=None,
        parked_for=None,
    )


def preferred(ticket: Ticket, priority: Priority) -> Ticket:
    """Somebody noticed, or said only now, that this person goes first; they keep the age they have.

    Whoever is booked for later counts from arrival.
    """
    return replace(
        ticket, lane=Lane.PRIORITY, priority=priority, turn_at=min(ticket.turn_at, ticket.issued_at)
    )


def ticket_after(
    ticket: Ticket, action: AppointmentAction, *, reason: ParkReason | None, at: datetime
) -> Ticket:
    """What every other move makes of a ticket: a window is free again unless the number is only read out again.

    Whoever took it on the phone waits from the moment they reported, at the place they had.
    """
    match action:
        case AppointmentAction.RECALL:
            return replace(ticket, announced_at=at, announcements=ticket.announcements + 1)
        case AppointmentAction.PARK:
            return replace(ticket, open_window_id=None, parked_for=reason)
        case AppointmentAction.RESUME if ticket.parked_for is ParkReason.ON_THE_WAY:
            return replace(ticket, parked_for=None, due_at=at)
        case _:
            return replace(ticket, open_window_id=None, parked_for=None)
