"""What is said of documents: lists, one in full, and what anyone who holds a verification code may know."""

from datetime import date, datetime
from typing import Literal

from api_spec.document_terms import DocumentKind, DocumentState
from api_spec.messages.base import Answer, Line, Message


class IssueDocument(Message):
    """A document that is written when somebody asks for it."""

    kind: Literal["receipt", "mandate"]


class EndDocument(Message):
    """Why a document shall hold no longer; whoever verifies it reads this."""

    reason: Line


class DocumentLine(Answer, frozen=True, kw_only=True):
    """A document in a list.

    `fingerprint`: the beginning of the SHA-256 printed on it. `reason`: why it no longer holds.
    """

    id: str
    kind: DocumentKind
    kind_label: str
    number: str
    issued_at: datetime
    state: DocumentState
    state_label: str
    ended_at: datetime | None = None
    reason: str = ""
    fingerprint: str


class DocumentList(Answer, frozen=True, kw_only=True):
    documents: list[DocumentLine]


class LabelledText(Answer, frozen=True, kw_only=True):
    label: str
    text: str


class DocumentTable(Answer, frozen=True, kw_only=True):
    title: str
    columns: list[str]
    rows: list[list[str]]


class DocumentView(DocumentLine, frozen=True, kw_only=True):
    """A document as issued. `link`: the address its QR code opens, where anybody may verify it."""

    title: str
    organ: str
    issued_on: date
    addressee: str
    facts: list[LabelledText]
    paragraphs: list[str]
    tables: list[DocumentTable]
    closing: list[str]
    basis: list[str]
    remedy: str
    contact: list[LabelledText]
    replaces: str
    link: str


class Verification(Answer, frozen=True, kw_only=True):
    """A code leads here only if the office issued the document; of a confidential matter nothing more is said.

    `surname`: of the person it was issued to. `replaced_by`: number of the document that took its place.
    """

    state: DocumentState
    state_label: str
    confidential: bool
    kind_label: str = ""
    number: str = ""
    organ: str = ""
    issued_on: date | None = None
    item: str = ""
    surname: str = ""
    fingerprint: str = ""
    ended_on: date | None = None
    reason: str = ""
    replaced_by: str = ""
