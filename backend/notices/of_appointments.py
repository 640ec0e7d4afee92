"""Which moves of an appointment its visitor is told, and the reminder of the day before. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from api_spec.china_time import clock_text, day_text
from api_spec.messages.notices import NoticeKind
from api_spec.vocabulary import AppointmentAction
from backend.appointments.appointment import Appointment
from backend.notices.fields import day_words
from backend.notices.telling import Recipient, Telling

KINDS: Final[Mapping[AppointmentAction, NoticeKind]] = {
    AppointmentAction.BOOK: NoticeKind.APPOINTMENT_BOOKED,
    AppointmentAction.CONFIRM: NoticeKind.APPOINTMENT_BOOKED,
    AppointmentAction.RESCHEDULE: NoticeKind.APPOINTMENT_MOVED,
    AppointmentAction.CANCEL: NoticeKind.APPOINTMENT_CANCELLED,
}
PAGE: Final = "pages/appointment/appointment"


def telling_of(
    appointment: Appointment,
    kind: NoticeKind,
    *,
    once: str,
    item: str,
    window: str,
    to: Recipient,
    at: datetime,
) -> Telling:
    """What to tell of one appointment.

    Args:
        item: what it is for, as others may read it.
        window: where to go.
        at: when it is told.
    """
    hour = clock_text(appointment.start) if appointment.start is not None else ""
    return Telling(
        tenant_id=appointment.tenant_id,
        kind=kind,
        to=to,
        about_kind="appointment",
        about_id=appointment.id,
        once=once,
        words={
            "item": item,
            "number": appointment.code,
            "window": window,
            "when": f"{day_text(appointment.day)} {hour}".strip(),
            "when_exact": f"{day_words(appointment.day)} {hour}".strip(),
        },
        at=at,
        page=f"{PAGE}?id={appointment.id}",
    )
