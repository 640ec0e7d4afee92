"""One appointment as the rules and the pages see it; knows neither tables nor the names of people. Pure."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from api_spec.china_time import clock_text, day_in_china, moment
from api_spec.tracking_code import ALPHABET
from api_spec.vocabulary import AppointmentAction, AppointmentState, Channel, ParkReason
from backend.appointments.machine import PLACE_FREED, Standing, Step
from backend.appointments.ticket import Ticket

CODE_LENGTH = 10
CODE_BITS = 5 * CODE_LENGTH
_CONFUSABLE = str.maketrans({"O": "0", "I": "1", "L": "1"})
_PURPOSE = "appointment:"
UNCALLED = frozenset({AppointmentState.PARKED, AppointmentState.CHECKED_IN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """A booking, a hold or a walk-in ticket.

    Args:
        code: what its QR code says; shown to the clerk at check-in.
        slot_id, start, end: empty for a walk-in; minutes since midnight in China.
        person_id: a citizen's id, or the blind index of the document of somebody without account.
        citizen_id, village_id: whose phone, which village booked it; "" for none.
        visitor: name and phone, sealed for this appointment (`visitor_context`).
        ticket: place in a queue of the day, once its person has come.
    """

    id: str
    tenant_id: str
    code: str
    slot_id: str | None
    window_id: str
    day: date
    start: int | None
    end: int | None
    item_id: str
    item_name: str
    person_id: str
    citizen_id: str
    village_id: str
    visitor: bytes
    channel: Channel
    state: AppointmentState
    version: int
    held_until: datetime | None
    confirmed_at: datetime | None
    moves: int
    calls: int
    made_at: datetime
    made_by: str
    checked_in_at: datetime | None
    ended_at: datetime | None
    ticket: Ticket | None = None

    @property
    def standing(self) -> Standing:
        return Standing(
            state=self.state,
            day=self.day,
            starts_at=None if self.start is None else moment(self.day, self.start),
            ends_at=None if self.end is None else moment(self.day, self.end),
            held_until=self.held_until,
            calls=self.calls,
        )

    @property
    def is_on_the_way(self) -> bool:
        """Taken on the phone, and its person has not reported in the hall yet."""
        parked_for = self.ticket.parked_for if self.ticket else None
        return self.state is AppointmentState.PARKED and parked_for is ParkReason.ON_THE_WAY

    @property
    def hours(self) -> str:
        """09:00-09:30, or "" for a walk-in."""
        if self.start is None or self.end is None:
            return ""
        return f"{clock_text(self.start)}-{clock_text(self.end)}"

    @property
    def place_key(self) -> str | None:
        """What is unique among the places taken; None when no place is held.

        A ticket taken on the phone holds its citizen's one place of the day until it is called.
        """
        if self.slot_id is None:
            uncalled = self.state in UNCALLED and not self.calls
            return f"{self.day.isoformat()}:{self.citizen_id}" if self.citizen_id and uncalled else None
        if self.state in PLACE_FREED:
            return None
        return f"{self.slot_id}:{self.person_id}"


def new_appointment(
    appointment_id: str,
    code: str,
    *,
    tenant_id: str,
    item: tuple[str, str],
    person_id: str,
    citizen_id: str,
    village_id: str,
    visitor: bytes,
    channel: Channel,
    state: AppointmentState,
    held_until: datetime | None,
    made_by: str,
    at: datetime,
) -> Appointment:
    """An appointment made at `at` that has no window and time yet.

    Args:
        item: id and name; two empty texts for a walk-in who has not said.
    """
    return Appointment(
        id=appointment_id,
        tenant_id=tenant_id,
        code=code,
        slot_id=None,
        window_id="",
        day=day_in_china(at),
        start=None,
        end=None,
        item_id=item[0],
        item_name=item[1],
        person_id=person_id,
        citizen_id=citizen_id,
        village_id=village_id,
        visitor=visitor,
        channel=channel,
        state=state,
        version=1,
        held_until=held_until,
        confirmed_at=at if held_until is None else None,
        moves=0,
        calls=0,
        made_at=at,
        made_by=made_by,
        checked_in_at=None,
        ended_at=None,
    )


def after_step(appointment: Appointment, step: Step) -> Appointment:
    """The appointment once `step` is done; its version is raised when it is written."""
    moved = replace(appointment, state=step.after, held_until=None)
    match step.action:
        case AppointmentAction.CONFIRM:
            return replace(moved, confirmed_at=step.at)
        case AppointmentAction.CHECK_IN:
            return replace(moved, checked_in_at=step.at)
        case AppointmentAction.RESUME:
            return replace(moved, checked_in_at=appointment.checked_in_at or step.at)
        case AppointmentAction.CALL:
            return replace(moved, calls=appointment.calls + 1)
        case (
            AppointmentAction.CANCEL
            | AppointmentAction.SERVE
            | AppointmentAction.MARK_NO_SHOW
            | AppointmentAction.EXPIRE
            | AppointmentAction.END_DAY
        ):
            return replace(moved, ended_at=step.at)
        case _:
            return moved


def visitor_context(appointment_id: str) -> str:
    """Where the sealed name and phone belong."""
    return _PURPOSE + appointment_id


def appointment_code(random50: int) -> str:
    """10 symbols of 50 random bits: short enough to read aloud, too many to guess.

    Raises:
        ValueError: not 50 bits.
    """
    if not 0 <= random50 < 1 << CODE_BITS:
        raise ValueError("an appointment code takes 50 random bits")
    return "".join(ALPHABET[random50 >> shift & 31] for shift in range(CODE_BITS - 5, -1, -5))


def read_code(text: str) -> str:
    """A code as typed or scanned: the end of a link, any case, with spaces or hyphens, O for 0 and I or L for 1."""
    last = text.strip().rstrip("/").rpartition("/")[2]
    return last.replace(" ", "").replace("-", "").upper().translate(_CONFUSABLE)
