"""Enquiries as values. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from api_spec.complaint_terms import EnquiryAction, EnquiryChannel, EnquiryState
from backend.enquiries.machine import Standing
from backend.register.moves import Moved


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """The personal part, as it is sealed: who asked what."""

    text: str
    name: str = ""
    phone: str = ""

    def __repr__(self) -> str:
        return "Question(…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One enquiry as it comes in.

    Args:
        rid: idempotency id; the same again is the same enquiry.
        answer: given on the spot; "" when it has to be found out.
    """

    tenant_id: str
    rid: str
    channel: EnquiryChannel
    question: Question
    citizen_id: str = ""
    answer: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enquiry:
    """An enquiry that was taken down."""

    id: str
    tenant_id: str
    version: int
    channel: EnquiryChannel
    standing: Standing
    citizen_id: str
    asked_at: datetime
    changed_at: datetime
    sealed: bytes = field(repr=False)
    answer: bytes | None = field(default=None, repr=False)

    @property
    def state(self) -> EnquiryState:
        return self.standing.state


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An enquiry in a list, with what was asked."""

    enquiry: Enquiry
    question: Question
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An enquiry as somebody of the desk sees it."""

    enquiry: Enquiry
    question: Question
    answer: str = field(repr=False)
    history: Sequence[Moved]
    actions: tuple[EnquiryAction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEnquiry:
    """What whoever asked may read."""

    state: EnquiryState
    asked_at: datetime
    question: str = field(repr=False)
    answer: str = field(repr=False)
