"""Complaints as values: what comes in, what each reader gets. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import msgspec

from api_spec.complaint_terms import (
    ComplaintAbout,
    ComplaintAction,
    ComplaintChannel,
    ComplaintRoute,
    ComplaintState,
)
from api_spec.vocabulary import Role
from backend.complaints.machine import Standing
from backend.register.moves import Moved


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """The personal part, as it is sealed: what was said, about whom in the complainer's words, and how to reach them."""

    text: str
    whom: str = ""
    name: str = ""
    phone: str = ""

    def __repr__(self) -> str:
        return "Words(…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One complaint as it comes in.

    Args:
        rid: idempotency id; the same again is the same complaint.
        department_id: of the window complained about, "" for none.
        subject_ids: staff it names, as far as the township knows them.
        route: whom the complainer wants it kept from, where no name is known; None: as the subjects say.
        citizen_id: the account that may follow it, "" for none or who wants to stay unknown.
        taken_by, taken_role: the member of staff who wrote it down, "" when it came by itself.
        box_opening_id: the opening of the box it was found in.
    """

    tenant_id: str
    rid: str
    channel: ComplaintChannel
    about: ComplaintAbout
    words: Words
    department_id: str = ""
    subject_ids: tuple[str, ...] = ()
    route: ComplaintRoute | None = None
    citizen_id: str = ""
    taken_by: str = ""
    taken_role: Role = Role.CITIZEN
    box_opening_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A complaint that was filed."""

    id: str
    tenant_id: str
    number: str
    version: int
    channel: ComplaintChannel
    standing: Standing
    citizen_id: str
    received_at: datetime
    sealed: bytes = field(repr=False)
    answer: bytes | None = field(default=None, repr=False)

    @property
    def state(self) -> ComplaintState:
        return self.standing.state

    @property
    def about(self) -> ComplaintAbout:
        return self.standing.about

    @property
    def due_on(self) -> date:
        return self.standing.due_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What the complainer takes home; the answer is read with `code`, which is told this once."""

    complaint_id: str
    number: str
    code: str = field(repr=False)
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What its complainer is to hear of a complaint, if they left a way to reach them: an answer, or a later day.

    Args:
        is_extended: it takes longer; else there is something to read.
        version: of the complaint after the move.
    """

    tenant_id: str
    complaint_id: str
    number: str
    version: int
    is_extended: bool
    due_on: date
    citizen_id: str
    phone: str = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What the complainer may read."""

    number: str
    about: ComplaintAbout
    state: ComplaintState
    received_at: datetime
    due_on: date
    answer: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A complaint as whoever deals with it sees it."""

    complaint: Complaint
    words: Words
    answer: str = field(repr=False)
    history: Sequence[Moved]
    actions: tuple[ComplaintAction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxOpening:
    """One opening of the complaint box."""

    id: str
    day: date
    opened_by: str
    witness_id: str
    letters: int
    note: str
    at: datetime
