"""What a document is: words, tables and numbers exactly as issued. Values only; pure.

It is kept as it was issued: whatever changes later, of the case, the item or the office, does not reach back.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from api_spec.document_terms import SERIES, DocumentKind, DocumentState, DocumentSubject


class Line(msgspec.Struct, frozen=True, array_like=True):
    """A label and what stands beside it."""

    label: str
    text: str


class Table(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A document before it has a number: what it says.

    Args:
        organ: who issues it, the name on the seal.
        addressee: the full name; personal, as is everything else it says.
        surname: as anybody who verifies it may read it.
        signatures: what somebody signs by hand, line by line.
        has_seal: whether there is a place for the seal.
    """

    kind: DocumentKind
    title: str
    organ: str
    issued_on: date
    addressee: str = ""
    surname: str
    item: str
    case_number: str
    facts: tuple[Line, ...] = ()
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    closing: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    remedy: str = ""
    contact: tuple[Line, ...] = ()
    signatures: tuple[str, ...] = ()
    has_seal: bool = True


class Document(Draft, frozen=True, kw_only=True):
    """A document as issued.

    Args:
        number: "三政务受〔2026〕12号".
        code: its random verification code; link: the address its QR code opens.
        replaces: number of the document it takes the place of.
    """

    number: str
    code: str
    link: str
    replaces: str = ""


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a document belongs to; `confidential`: nothing of it is shown outside the owning department."""

    kind: DocumentSubject
    id: str
    tenant_id: str
    department_id: str
    confidential: bool = False


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a document still holds; `by` is the staff id of who ended it, `replaced_by` the next one's id."""

    state: DocumentState = DocumentState.VALID
    ended_at: datetime | None = None
    by: str = ""
    reason: str = ""
    replaced_by: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A document as a line of a list: nothing personal.

    Args:
        event_seq: the event of its subject it was issued with.
        edition: 1 for what was issued first with that event, one more for each replacement.
        fingerprint: SHA-256 of the document, 64 hex.
    """

    id: str
    tenant_id: str
    subject: DocumentSubject
    subject_id: str
    department_id: str
    kind: DocumentKind
    number: str
    code: str
    event_seq: int
    edition: int
    confidential: bool
    issued_at: datetime
    issued_by: str
    fingerprint: str
    standing: Standing


def number_of(short: str, kind: DocumentKind, *, year: int, serial: int) -> str:
    """三政务受〔2026〕12号, the year in the brackets of official documents.

    Args:
        short: the township in one character.
        serial: counts 1, 2, 3 … within a township, kind and year.
    """
    return f"{short}政务{SERIES[kind]}〔{year}〕{serial}号"


def numbered(draft: Draft, *, number: str, code: str, link: str, replaces: str = "") -> Document:
    """`draft` as issued."""
    said = {name: getattr(draft, name) for name in Draft.__struct_fields__}
    return Document(**said, number=number, code=code, link=link, replaces=replaces)


def write(document: Document) -> bytes:
    """As sealed, and as hashed: the same bytes for the same document."""
    return _encoder.encode(document)


def read(plain: bytes) -> Document:
    return _decoder.decode(plain)


def fingerprint(plain: bytes) -> str:
    """SHA-256 of a written document, 64 hex; it cannot be guessed from, for the random code is part of it."""
    return hashlib.sha256(plain).hexdigest()


def spoken(fingerprint: str) -> str:
    """The beginning of a fingerprint for people to compare: `A1B2 C3D4 E5F6 0718`."""
    start = fingerprint[:16].upper()
    return " ".join(start[at : at + 4] for at in range(0, len(start), 4))


def code_display(code: str) -> str:
    """A verification code in groups of four, for copying from paper."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def current(entries: Sequence[Entry], kind: DocumentKind) -> Entry | None:
    """The latest valid document of a kind."""
    valid = (e for e in reversed(entries) if e.kind is kind and e.standing.state is DocumentState.VALID)
    return next(valid, None)


_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(Document)
