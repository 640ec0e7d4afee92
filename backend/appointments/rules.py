"""Who may see and who may handle an appointment (domain: roles and permissions). Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from api_spec.catalogue import WindowCard
from api_spec.errors import ErrorCode
from api_spec.vocabulary import Channel, Role
from backend.actors import Actor
from backend.appointments.appointment import Appointment
from backend.faults import Fault

WHOLE_HALL: Final = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR, Role.SERVICE_DESK, Role.SYSTEM})
OWN_WINDOWS: Final = frozenset({Role.WINDOW, Role.GROUP_LEADER})


@dataclass(frozen=True, slots=True)
class Reach:
    """What one person may see and handle.

    Args:
        windows: the windows whose desk is theirs; None is every window of the township.
        beside: all windows of the same types: people queue for the type, so any of them may help.
    """

    actor: Actor
    windows: frozenset[str] | None
    beside: frozenset[str] = frozenset()

    def may_see(self, appointment: Appointment) -> bool:
        """A citizen their own; the centre all of its township; a window clerk those of their windows' types and
        those they booked for others; a village clerk those of their village.
        """
        actor = self.actor
        if actor.is_citizen:
            return appointment.citizen_id == actor.id
        if appointment.tenant_id != actor.tenant_id:
            return False
        if appointment.made_by == actor.id or self.has_window(appointment.window_id):
            return True
        if appointment.window_id in self.beside:
            return True
        return Role.VILLAGE_CLERK in actor.roles and appointment.village_id == actor.village_id != ""

    def has_window(self, window_id: str) -> bool:
        return self.windows is None or window_id in self.windows

    def refuse_other_desk(self, window_id: str) -> None:
        """Raises Fault OUT_OF_SCOPE: the window is not theirs."""
        if not self.has_window(window_id):
            raise Fault(ErrorCode.OUT_OF_SCOPE, window_id=window_id)


def reach_of(actor: Actor, windows: Collection[WindowCard]) -> Reach:
    """The centre has every desk; a clerk those they are assigned to, else those of their department (无差别)."""
    if actor.has(WHOLE_HALL):
        return Reach(actor, None)
    if not actor.has(OWN_WINDOWS):
        return Reach(actor, frozenset())
    own = frozenset(actor.window_ids) or frozenset(
        card.id for card in windows if card.department_id == actor.department_id != ""
    )
    types = {card.type for card in windows if card.id in own}
    return Reach(actor, own, frozenset(card.id for card in windows if card.type in types))


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
