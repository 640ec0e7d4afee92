"""What was done lately with appointments, for features that tell people of it. Ids of events follow the clock."""

from collections.abc import Collection

from api_spec.vocabulary import AppointmentAction
from backend.appointments.appointment import Appointment
from backend.appointments.store_rows import ALL, BOTH, appointment_of
from backend.db import rows


async def moves_after(
    event_id: str, actions: Collection[AppointmentAction], *, limit: int
) -> list[tuple[str, AppointmentAction, Appointment]]:
    """Events with a later id, oldest first, each with the appointment as it stands now: by the primary key."""
    marks = ", ".join("?" * len(actions))
    found = await rows(
        f"SELECT appointment_event.id AS told_id, appointment_event.action AS told_action, {ALL}"  # noqa: S608
        f" FROM {BOTH} JOIN appointment_event ON appointment_event.appointment_id = appointment.id"
        f" WHERE appointment_event.id > ? AND appointment_event.action IN ({marks})"
        " ORDER BY appointment_event.id LIMIT ?",
        [event_id, *actions, limit],
    )
    return [(line["told_id"], AppointmentAction(line["told_action"]), appointment_of(line)) for line in found]
