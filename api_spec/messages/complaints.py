"""What is said about complaints and enquiries. Texts are personal data: they go to whoever wrote them, nobody else."""

from datetime import date, datetime
from typing import Annotated

from pydantic import StringConstraints

from api_spec.complaint_terms import ComplaintAbout, ComplaintState, EnquiryState
from api_spec.messages.base import Answer, HexId, Message, OptionalLine, Paragraph, ShortLine

LongText = Annotated[Paragraph, StringConstraints(min_length=4)]


class ComplaintBody(Message):
    """A complaint; nothing but the text is needed. `window_id`: the window it is about, `whom`: in one's own words."""

    rid: HexId
    about: ComplaintAbout
    text: LongText
    window_id: HexId | None = None
    whom: OptionalLine = ""
    name: OptionalLine = ""
    phone: OptionalLine = ""
    tenant_id: HexId | None = None


class CodeBody(Message):
    code: ShortLine


class FiledComplaint(Answer, frozen=True, kw_only=True):
    """`code` reads the answer; it is told this once."""

    number: str
    code: str
    due: date


class ComplaintAnswer(Answer, frozen=True, kw_only=True):
    """What became of a complaint; `answer` is empty until it was looked over."""

    number: str
    about: ComplaintAbout
    about_label: str
    state: ComplaintState
    state_label: str
    received_at: datetime
    due: date
    answer: str


class EnquiryBody(Message):
    """A question to the office."""

    rid: HexId
    text: LongText
    name: OptionalLine = ""
    phone: OptionalLine = ""


class OwnEnquiry(Answer, frozen=True, kw_only=True):
    state: EnquiryState
    state_label: str
    asked_at: datetime
    question: str
    answer: str


class AskedEnquiry(Answer, frozen=True, kw_only=True):
    """`code` reads the answer without an account."""

    code: str
