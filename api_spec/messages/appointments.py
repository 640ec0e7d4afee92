"""What is said about booking: free times, an appointment, the day's queue at a window."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from api_spec.messages.base import Answer, HexId, Message, OptionalLine, ShortLine, Version
from api_spec.messages.hall import CalendarDay, TimeOfDay
from api_spec.vocabulary import (
    AppointmentAction,
    AppointmentState,
    Channel,
    DayPeriod,
    DocumentType,
    ParkReason,
    Priority,
    WindowType,
)

MOST_DAYS = 31


class FreeTimesQuery(Message):
    """Free times for an item at any window of its type, or at one window."""

    item_id: HexId | None = None
    window_id: HexId | None = None
    tenant_id: HexId | None = None
    start: Annotated[CalendarDay | None, Field(alias="from")] = None
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = 15


class BookBody(Message):
    """Book a time for an item; without a window, any window of the item's type that has a place.

    `hold` keeps the place for some minutes while the rest is filled in; confirm it then.
    """

    item_id: HexId
    window_id: HexId | None = None
    day: CalendarDay
    start: TimeOfDay
    hold: bool = False


class MoveBody(Message):
    """Another time for the same appointment; `version` is that of the appointment seen."""

    window_id: HexId | None = None
    day: CalendarDay
    start: TimeOfDay
    version: Version


class VersionBody(Message):
    version: Version


class VisitorBody(Message):
    """Whom a clerk books for. With a document the limits per person follow the document, else the phone."""

    name: ShortLine
    phone: ShortLine
    document_type: DocumentType = DocumentType.ID_CARD
    document_number: ShortLine | None = None


class BookForBody(Message):
    """Book for somebody at the counter, on the phone or in the village."""

    item_id: HexId
    window_id: HexId | None = None
    day: CalendarDay
    start: TimeOfDay
    channel: Literal[Channel.WINDOW, Channel.PHONE, Channel.VILLAGE] = Channel.PHONE
    visitor: VisitorBody


class WalkInBody(Message):
    """A ticket for somebody who came without booking; never refused while the window is open."""

    window_id: HexId
    item_id: HexId | None = None
    name: OptionalLine = ""
    priority: Priority | None = None


class TicketBody(Message):
    """A ticket taken on the phone, for any window of a type."""

    queue: WindowType


class CheckInBody(Message):
    """The appointment's code, typed or as the link its QR code says."""

    code: Annotated[str, Field(min_length=1, max_length=200)]
    priority: Priority | None = None


class ActBody(Message):
    """One move of an appointment by the desk; `window_id` says where to call, `reason` why to park, `priority` why
    somebody goes first."""

    action: Literal[
        AppointmentAction.CONFIRM,
        AppointmentAction.CANCEL,
        AppointmentAction.CHECK_IN,
        AppointmentAction.CALL,
        AppointmentAction.RECALL,
        AppointmentAction.SERVE,
        AppointmentAction.MISS,
        AppointmentAction.REJOIN,
        AppointmentAction.PARK,
        AppointmentAction.RESUME,
        AppointmentAction.PRIORITISE,
        AppointmentAction.MARK_NO_SHOW,
    ]
    version: Version
    window_id: HexId | None = None
    reason: ParkReason | None = None
    priority: Priority | None = None


class TransferBody(Message):
    """Send a ticket on to a window; `any_window`: or to any other of its type, if that is another type than it waits
    for now."""

    window_id: HexId
    any_window: bool = True
    version: Version


class DayQuery(Message):
    """A day's list; without a window, all windows of the caller."""

    window_id: HexId | None = None
    day: CalendarDay | None = None


def _day_first(cursor: str) -> str:
    try:
        date.fromisoformat(cursor[:10])
    except ValueError:
        raise ValueError("翻页位置不对，请回到第一页。") from None
    return cursor


class MineQuery(Message):
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: (
        Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}-[0-9a-f]{32}$"), AfterValidator(_day_first)] | None
    ) = None


class FreeTime(Answer, frozen=True, kw_only=True):
    """A time with places left, at one or several windows."""

    start: str
    end: str
    period: DayPeriod
    free: int


class FreeDay(Answer, frozen=True, kw_only=True):
    """A day on offer. `provisional`: its year has no holiday notice yet. `note`: why it is closed or special."""

    day: date
    label: str
    note: str
    provisional: bool
    times: list[FreeTime]


class FreeTimes(Answer, frozen=True, kw_only=True):
    """Times to choose from; `next_release` is when the following day is released."""

    item_id: str
    item_name: str
    windows: list[str]
    days: list[FreeDay]
    next_release: datetime


class ActionButton(Answer, frozen=True, kw_only=True):
    action: AppointmentAction
    label: str


class AppointmentView(Answer, frozen=True, kw_only=True):
    """One appointment as its owner or the desk sees it.

    `phone` is masked. `ahead`: how many are before it in the queue, once checked in. `warning`: what happens when
    bookings are not kept, shown before it happens. `closed`: why the window is not open at this time any more.
    """

    id: str
    code: str
    state: AppointmentState
    state_label: str
    version: int
    item_id: str
    item_name: str
    window_id: str
    window_name: str
    department: str
    day: date
    day_label: str
    start: str
    end: str
    held_until: datetime | None
    ticket: str
    ahead: int | None
    channel: Channel
    name: str
    phone: str
    actions: list[ActionButton]
    warning: str
    closed: str


class AppointmentPage(Answer, frozen=True, kw_only=True):
    appointments: list[AppointmentView]
    next: str | None
