"""What is said about the organisation behind the windows: the public board, delegations, items in the hall, coverage."""

from datetime import date
from typing import Annotated

from pydantic import Field

from api_spec.messages.base import Answer, HexId, Message, OptionalPaperName, PaperName
from api_spec.messages.hall import CalendarDay
from api_spec.vocabulary import DutyPlace, Partner


class DelegationBody(Message):
    """A partner lets the centre take its business; no items means all it offers here."""

    partner: Partner
    item_ids: Annotated[list[HexId], Field(default_factory=list, max_length=100)]
    document: PaperName
    valid_from: CalendarDay
    valid_to: CalendarDay | None = None


class HallEntryBody(Message):
    """By when an item has to be in the hall, or since when it is, on which document."""

    item_id: HexId
    due_on: CalendarDay
    entered_on: CalendarDay | None = None
    document: OptionalPaperName = ""


class PlacingBody(Message):
    """Which item stands for a line of a published list."""

    item_id: HexId


class BoardPersonView(Answer, frozen=True, kw_only=True):
    """One face of the board; `photo_path` is empty where the person showed none."""

    staff_id: str
    name: str
    place: DutyPlace
    place_label: str
    is_there: bool
    title: str
    phone: str
    handles: str
    photo_path: str


class BoardWindowView(Answer, frozen=True, kw_only=True):
    """A window of the sunshine board (阳光台)."""

    window_id: str
    number: int
    name: str
    department: str
    phone: str
    complaint_phone: str
    scope: list[str]
    is_open: bool
    note: str
    people: list[BoardPersonView]


class DelegationView(Answer, frozen=True, kw_only=True):
    id: str
    partner: Partner
    partner_label: str
    item_ids: list[str]
    document: str
    valid_from: date
    valid_to: date | None
    holds: bool


class HallEntryView(Answer, frozen=True, kw_only=True):
    item_id: str
    due_on: date
    entered_on: date | None
    document: str
    is_overdue: bool


class LackView(Answer, frozen=True, kw_only=True):
    code: str
    label: str


class CoverView(Answer, frozen=True, kw_only=True):
    """An item, or a line of a published list, with what is missing; `item_id` is empty where no item stands for it."""

    list_name: str
    line: int
    entry_id: str
    name: str
    item_id: str
    lacks: list[LackView]
