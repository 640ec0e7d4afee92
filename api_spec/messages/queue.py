"""What is said about the hall's queues: who is called, how many wait, one ticket, one window's line."""

from typing import Annotated

from pydantic import Field

from api_spec.messages.base import Answer, HexId, Message, ShortLine
from api_spec.vocabulary import (
    AppointmentState,
    DeviceKind,
    Lane,
    ParkReason,
    Priority,
    WindowType,
)


class QueuesQuery(Message):
    tenant_id: HexId | None = None


class DeviceBody(Message):
    """A screen or a kiosk of the hall, under a name that says where it stands."""

    kind: DeviceKind
    name: ShortLine


class WaitsQuery(Message):
    """Figures of the last days, today included."""

    days: Annotated[int, Field(ge=1, le=92)] = 7


class QueueView(Answer, frozen=True, kw_only=True):
    """One queue now. `windows`: numbers of the windows that call it; `working`: how many of them work now.

    `wait_low`, `wait_high`: minutes somebody coming now may wait, null when no ticket is given any more today.
    `resumes`: "14:30" during a break, else "". `may_be_late`: whoever comes now may not be served before closing.
    """

    queue: WindowType
    name: str
    letter: str
    windows: list[int]
    working: int
    waiting: int
    taking: bool
    resumes: str
    wait_low: int | None
    wait_high: int | None
    wait: str
    may_be_late: bool


class CallView(Answer, frozen=True, kw_only=True):
    """One number and where it was called to. `times` grows when it is read out again; `spoken` is what to say."""

    ticket: str
    window: int
    window_name: str
    stands: bool
    times: int
    spoken: str


class WindowNow(Answer, frozen=True, kw_only=True):
    """One window on the wall. `ticket` is who is there, "" while nobody is; `working` whether somebody serves."""

    window: int
    name: str
    ticket: str
    working: bool


class ScreenView(Answer, frozen=True, kw_only=True):
    """What hangs on the hall's wall: the latest calls first, and every window by number."""

    hall: str
    calls: list[CallView]
    windows: list[WindowNow]
    queues: list[QueueView]
    rule: str


class TicketView(Answer, frozen=True, kw_only=True):
    """One ticket as its holder sees it: nothing personal. `headline` and `advice` say what to do now."""

    ticket: str
    state: AppointmentState
    state_label: str
    queue: str
    windows: list[int]
    ahead: int | None
    wait: str
    is_near: bool
    headline: str
    advice: str


class QueuedView(Answer, frozen=True, kw_only=True):
    """Somebody in a window's line, without a name. `note`: why parked, or which window alone may call."""

    appointment_id: str
    version: int
    ticket: str
    state: AppointmentState
    lane: Lane
    priority: Priority | None
    booked: str
    item_id: str
    item_name: str
    waited_minutes: int
    parked_for: ParkReason | None
    calls: int


class LineView(Answer, frozen=True, kw_only=True):
    """The queue as one window sees it; `waiting` in the order people will be called."""

    window_id: str
    window: int
    window_name: str
    queue: QueueView
    current: QueuedView | None
    waiting: list[QueuedView]
    parked: list[QueuedView]
    missed: list[QueuedView]
    served: int


class DeviceView(Answer, frozen=True, kw_only=True):
    """A device of the hall. `code` is told once, when it is made; afterwards only its fingerprint is kept."""

    id: str
    kind: DeviceKind
    name: str
    code: str
    active: bool


class WaitsRow(Answer, frozen=True, kw_only=True):
    """One queue on one day; waits and services in seconds, null where nobody was called or served."""

    queue: WindowType
    day: str
    tickets: int
    called: int
    served: int
    missed: int
    left: int
    wait_median_s: int | None
    wait_p90_s: int | None
    service_median_s: int | None
    service_p90_s: int | None
