"""Makes appointments that have no window and time yet: code, owner, and the visitor's name and phone sealed."""

import secrets
from collections.abc import Callable
from datetime import datetime

from api_spec.catalogue import Item
from api_spec.vocabulary import AppointmentState, Channel
from backend.actors import Actor
from backend.appointments.appointment import (
    CODE_BITS,
    Appointment,
    appointment_code,
    new_appointment,
    visitor_context,
)
from backend.appointments.policy import BookingPolicy
from backend.appointments.visitors import Visitor
from backend.ids import new_id
from backend.vault import Vault


class Blanks:
    """Args: random: source of appointment codes, `random(bits)`."""

    def __init__(
        self, vault: Vault, policy: BookingPolicy, *, random: Callable[[int], int] = secrets.randbits
    ) -> None:
        self._vault = vault
        self._policy = policy
        self._random = random

    def blank(
        self,
        actor: Actor,
        item: Item | None,
        *,
        visitor: Visitor,
        person_id: str | None,
        channel: Channel,
        state: AppointmentState,
        at: datetime,
    ) -> Appointment:
        """An appointment of today that has no window yet; without `person_id` nobody's limits apply."""
        appointment_id = new_id()
        sealed = self._vault.seal_json(
            {"name": visitor.name, "phone": visitor.phone}, context=visitor_context(appointment_id)
        )
        return new_appointment(
            appointment_id,
            appointment_code(self._random(CODE_BITS)),
            tenant_id=actor.tenant_id,
            item=(item.id, item.name) if item else ("", ""),
            person_id=person_id or appointment_id,
            citizen_id=actor.id if actor.is_citizen else "",
            village_id="" if actor.is_citizen else actor.village_id,
            visitor=sealed,
            channel=channel,
            state=state,
            held_until=at + self._policy.hold if state is AppointmentState.HELD else None,
            made_by=actor.id,
            at=at,
        )

    def visitor(self, appointment: Appointment) -> Visitor:
        """Whom the appointment is for, opened."""
        opened = self._vault.open_json(appointment.visitor, context=visitor_context(appointment.id))
        return Visitor(opened["name"], opened["phone"])
