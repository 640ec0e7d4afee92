"""What a village node sends up: small immutable records, written once as bytes and never re-written (sync/1, 2.2).

A record is UTF-8 JSON of one of the classes below. Its hash is taken over these bytes, its sequence number stands beside
it (`sync.Entry`) and not in it, so that a new epoch can renumber records without changing them.

Only an amendment shares the `rid` of its case and counts up `rev`; supplements, withdrawals and visits are records of
their own that name the case, so that they add up and never compete.

Records have no field for state, acceptance, officer, due date, decision or fee: those are the township's.
"""

from typing import Annotated, Final, TypeAlias

import msgspec
from msgspec import Meta, Struct

from api_spec.record_parts import (
    Answers,
    Applicant,
    Clerk,
    Consent,
    Contact,
    Id,
    Line,
    Mandate,
    MaterialLine,
    MoneyLine,
    NodeTime,
    Paragraph,
    Part,
    Photo,
    Positive,
    has_control_characters,
    refuse_control_characters,
)
from api_spec.vocabulary import Relation, Term

SCHEMA: Final = 1


class HeldReason(Term):
    """Why the township set a record aside for a clerk instead of applying it. Its bytes are kept."""

    UNREADABLE = "E_UNREADABLE", "内容无法读取"
    UNKNOWN_KIND = "E_UNKNOWN_KIND", "镇里还不认识这类记录"
    UNKNOWN_SCHEMA = "E_UNKNOWN_SCHEMA", "镇里的版本比村里旧"
    INVALID = "E_INVALID", "填写内容不符合要求"
    UNKNOWN_CATALOGUE = "E_UNKNOWN_CATALOGUE", "所用的事项目录镇里没有"
    UNKNOWN_ITEM = "E_UNKNOWN_ITEM", "目录里没有这个事项"
    NOT_ALLOWED = "E_NOT_ALLOWED", "该服务点不能收这个事项"
    KEY_REVOKED = "E_KEY_REVOKED", "该服务点的密钥已停用"
    SAME_REV_OTHER_CONTENT = "E_SAME_REV_OTHER_CONTENT", "同一版本有两份不同内容"
    CHANGED_BY_TOWNSHIP = "E_CHANGED_BY_TOWNSHIP", "镇里已改过同一项"
    NO_SUCH_CASE = "E_NO_SUCH_CASE", "没有找到对应的办件"
    CASE_CLOSED = "E_CASE_CLOSED", "办件已结束或已受理，不能再改"
    CODE_NOT_GENUINE = "E_CODE_NOT_GENUINE", "查询码不是该服务点开出的"
    CODE_TAKEN = "E_CODE_TAKEN", "查询码已用于另一个办件"


class CaseBody(Part, frozen=True, kw_only=True):
    """A case as taken at the village. A proxy errand (代办) is a case whose item is of that kind.

    Args:
        item: the item's code in the catalogue `Record.cat`.
        code: tracking code, 20 symbols without hyphens; number: case number as printed. Both are on the slip.
        answers: as `forms.check` returned them.
    """

    item: Line
    situation: Line = ""
    code: Annotated[str, Meta(pattern="^[0-9A-HJKMNP-TV-Z]{20}$")]
    number: Line
    applicant: Applicant
    contact: Contact = Contact()
    answers: Answers = msgspec.field(default_factory=dict)
    materials: tuple[MaterialLine, ...] = ()
    mandate: Mandate | None = None
    consents: tuple[Consent, ...] = ()
    money: tuple[MoneyLine, ...] = ()
    note: Paragraph = ""

    def __post_init__(self) -> None:
        """Raises ValueError: control characters in an answer."""
        refuse_control_characters(self.answers)


class AmendBody(Part, frozen=True, kw_only=True):
    """Changed fields only; what is absent stays. `dropped` names answers that are no longer given."""

    answers: Answers = msgspec.field(default_factory=dict)
    dropped: tuple[Line, ...] = ()
    applicant: Applicant | None = None
    contact: Contact | None = None
    materials: tuple[MaterialLine, ...] | None = None
    mandate: Mandate | None = None
    consents: tuple[Consent, ...] = ()
    note: Paragraph = ""

    def __post_init__(self) -> None:
        """Raises ValueError: control characters in an answer."""
        refuse_control_characters(self.answers)


class SupplementBody(Part, frozen=True, kw_only=True):
    """补件 for the case `case`: materials and photos are added, contact and money too; nothing is overwritten.

    Args:
        mandate_photos: of the 委托书, taken again or at last.
    """

    case: Id
    materials: tuple[MaterialLine, ...] = ()
    contact: Contact | None = None
    money: tuple[MoneyLine, ...] = ()
    note: Paragraph = ""
    mandate_photos: tuple[Photo, ...] = ()


class WithdrawBody(Part, frozen=True, kw_only=True):
    """The applicant asks to withdraw; the township decides."""

    case: Id
    by: Relation = Relation.SELF
    reason: Paragraph = ""


class VisitBody(Part, frozen=True, kw_only=True):
    """帮办 log: whom the clerk helped with what, without a case of its own."""

    case: Id | None = None
    purpose: Line
    note: Paragraph = ""


class DiagBody(Part, frozen=True, kw_only=True):
    """What the machine says of itself; no personal data."""

    events: dict[Line, Paragraph | int] = msgspec.field(default_factory=dict)


RESULT_GIVEN: Final = "发放办理结果"
"""`VisitBody.purpose` of a visit at which somebody collected the result of the case it names."""


class Head(
    Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag_field="kind"
):
    """What every record has.

    Args:
        rid: UUIDv7 as 32 hex; nobody reads its time bits.
        rev: 1, 2, 3 … per `rid`; `parent` is the hash of the revision it was edited from.
        schema: `SCHEMA` of the node that wrote it.
        cat: SHA-256 of the catalogue pack it was filled in with; "" where none matters.
    """

    rid: Id
    rev: Positive
    schema: Positive
    cat: Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")] = ""
    parent: Annotated[bytes, Meta(min_length=32, max_length=32)] | None = None
    made: NodeTime
    clerk: Clerk


class CaseRecord(Head, tag="case", frozen=True, kw_only=True):
    body: CaseBody


class AmendRecord(Head, tag="amend", frozen=True, kw_only=True):
    body: AmendBody


class SupplementRecord(Head, tag="supplement", frozen=True, kw_only=True):
    body: SupplementBody


class WithdrawRecord(Head, tag="withdraw", frozen=True, kw_only=True):
    body: WithdrawBody


class VisitRecord(Head, tag="visit", frozen=True, kw_only=True):
    body: VisitBody


class DiagRecord(Head, tag="diag", frozen=True, kw_only=True):
    body: DiagBody


Record: TypeAlias = CaseRecord | AmendRecord | SupplementRecord | WithdrawRecord | VisitRecord | DiagRecord
PARAGRAPHS: Final = frozenset({"note", "reason", "answers", "events"})
"""Parts of a body whose texts may have several lines; nothing inside a list may."""
KINDS: Final = ("case", "amend", "supplement", "withdraw", "visit", "diag")


class Envelope(Struct, frozen=True):
    """What can be read of a record that could not be: enough to file it in `held`."""

    rid: str
    rev: int
    kind: str
    schema: int


class RecordRefused(ValueError):
    """A record's bytes are not a record this version applies; hold them with `reason`."""

    def __init__(self, reason: HeldReason) -> None:
        self.reason: Final = reason
        super().__init__(reason.value)


_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(Record)
_ENVELOPE: Final = msgspec.json.Decoder(Envelope)


def encode_record(record: Record) -> bytes:
    """The record's bytes, written once: they are hashed, stored and sent as they are."""
    return _ENCODER.encode(record)


def decode_record(stored: bytes) -> Record:
    """Read a record strictly: only bytes `encode_record` could have written.

    That also refuses doubled keys, which JSON decoders settle each in its own way.

    Raises:
        RecordRefused: UNREADABLE, UNKNOWN_KIND, UNKNOWN_SCHEMA or INVALID.
    """
    try:
        record: Record = _DECODER.decode(stored)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise RecordRefused(_why(stored)) from None
    if record.schema > SCHEMA:
        raise RecordRefused(HeldReason.UNKNOWN_SCHEMA)
    if _ENCODER.encode(record) != stored or _has_control_characters(record, stored):
        raise RecordRefused(HeldReason.INVALID)
    return record


def _has_control_characters(record: Record, stored: bytes) -> bool:
    """JSON writes them with a backslash, all but DEL: most records have neither, and need no closer look."""
    if b"\\" not in stored and b"\x7f" not in stored:
        return False
    written = msgspec.to_builtins(record)
    body = written.pop("body")
    return has_control_characters(written) or any(
        has_control_characters(value, lines=name in PARAGRAPHS) for name, value in body.items()
    )


def find_envelope(stored: bytes) -> Envelope | None:
    """Id, revision, kind and schema of a record that was refused; None if not even these can be read."""
    try:
        return _ENVELOPE.decode(stored)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _why(stored: bytes) -> HeldReason:
    envelope = find_envelope(stored)
    if envelope is None:
        return HeldReason.UNREADABLE
    if envelope.schema > SCHEMA:
        return HeldReason.UNKNOWN_SCHEMA
    if envelope.kind not in KINDS:
        return HeldReason.UNKNOWN_KIND
    return HeldReason.INVALID
