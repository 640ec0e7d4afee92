"""Who may see and who may handle an appointment (domain: roles and permissions). Pure."""

from collections.abc import Collection
from typing import Final

from api_spec.errors import ErrorCode
from api_spec.vocabulary import Channel, Role
from backend.actors import Actor
from backend.appointments.appointment import Appointment
from backend.faults import Fault

WHOLE_HALL: Final = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR, Role.SERVICE_DESK, Role.SYSTEM})
OWN_WINDOWS: Final = frozenset({Role.WINDOW, Role.GROUP_LEADER})


def may_see(actor: Actor, appointment: Appointment) -> bool:
    """A citizen their own; the centre all of its township; a window clerk those of their windows and those they
    booked for others; a village clerk those of their village.
    """
    if actor.is_citizen:
        return appointment.citizen_id == actor.id
    if appointment.tenant_id != actor.tenant_id:
        return False
    if actor.has(WHOLE_HALL) or appointment.made_by == actor.id:
        return True
    if actor.has(OWN_WINDOWS) and has_window(actor, appointment.window_id):
        return True
    return Role.VILLAGE_CLERK in actor.roles and appointment.village_id == actor.village_id != ""


def has_window(actor: Actor, window_id: str) -> bool:
    """Whether the desk of this window is the actor's; a clerk assigned to no window helps at all of them."""
    if actor.has(WHOLE_HALL):
        return True
    return actor.has(OWN_WINDOWS) and (not actor.window_ids or window_id in actor.window_ids)


def windows_of(actor: Actor) -> Collection[str] | None:
    """The windows whose day list is the actor's: None is all, an empty collection none."""
    if actor.has(WHOLE_HALL):
        return None
    if actor.has(OWN_WINDOWS):
        return actor.window_ids or None
    return ()


def refuse_other_desk(actor: Actor, window_id: str) -> None:
    """Raises Fault OUT_OF_SCOPE: the window is not the actor's."""
    if not has_window(actor, window_id):
        raise Fault(ErrorCode.OUT_OF_SCOPE, window_id=window_id)


def channel_of(actor: Actor, asked: Channel) -> Channel:
    """A village clerk always books from the village, the hall never does."""
    if Role.VILLAGE_CLERK in actor.roles:
        return Channel.VILLAGE
    return Channel.WINDOW if asked is Channel.VILLAGE else asked


def booking_role(actor: Actor, allowed: Collection[Role]) -> Role:
    """The role a booking is made in.

    Raises:
        Fault: NOT_ALLOWED.
    """
    role = next((role for role in Role if role in actor.roles and role in allowed), None)
    if role is None:
        raise Fault(ErrorCode.NOT_ALLOWED)
    return role
