"""The pieces records are made of: who, when, which papers, which consents, which cash.

Values only; which record carries what is `api_spec.records`' business. Text has no control characters, so that a
database that cannot hold NUL never meets one.
"""

import re
from typing import Annotated, Final, TypeAlias

from msgspec import Meta, Struct

from api_spec.vocabulary import (
    ApplicantKind,
    ConsentPurpose,
    DocumentType,
    MaterialStatus,
    MoneyMove,
    Partner,
    Relation,
    Term,
)

Id: TypeAlias = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
Sha256: TypeAlias = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
# Control characters in lines and paragraphs are refused by `records.decode_record` for a record as a whole: a pattern
# for each of its twenty texts doubled the time of reading it.
Line: TypeAlias = Annotated[str, Meta(max_length=200)]
Paragraph: TypeAlias = Annotated[str, Meta(max_length=2000)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=2**53)]
Positive: TypeAlias = Annotated[int, Meta(ge=1, le=2**53)]
# Without a pattern: msgspec 0.22 frees a union of patterned text and a list wrongly and crashes the ending process.
AnswerText: TypeAlias = Annotated[str, Meta(max_length=2000)]
Answers: TypeAlias = dict[Line, AnswerText | int | bool | list[Line]]
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_CONTROL_IN_LINES: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def refuse_control_characters(answers: Answers) -> None:
    """Raises ValueError: an answer holds control characters other than line breaks and tabs."""
    if any(isinstance(answer, str) and _CONTROL_IN_LINES.search(answer) for answer in answers.values()):
        raise ValueError("control characters")


def has_control_characters(written: object, *, lines: bool = False) -> bool:
    """Whether any text in a value, as `msgspec.to_builtins` gives it, holds what may not be stored.

    Args:
        lines: line breaks and tabs are allowed in a text itself, and in the values of a mapping; never in lists.
    """
    match written:
        case str():
            return bool((_CONTROL_IN_LINES if lines else _CONTROL).search(written))
        case dict():
            return any(
                has_control_characters(key) or has_control_characters(value, lines=lines)
                for key, value in written.items()
            )
        case list() | tuple():
            return any(has_control_characters(each) for each in written)
    return False


class SigningMethod(Term):
    """How a mandate was signed (民法典 165; domain 2.7)."""

    WET_INK = "wet_ink", "亲笔签名"
    FINGERPRINT = "fingerprint", "按指印，两名见证人"
    ELECTRONIC = "electronic", "电子签名"


class Part(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Written without defaults, in the order of its fields; unknown keys are refused."""


class NodeTime(Part, frozen=True, kw_only=True):
    """The node's own clock: shown as "by the village computer's clock", never compared.

    Args:
        at_ms: milliseconds since 1970 UTC by the wall clock, whatever it says.
        boot: id of this boot; with `mono_ms` (monotonic milliseconds) it orders what one boot did.
        offset_ms: wall clock minus the township's clock when they last met; None if never.
    """

    at_ms: Annotated[int, Meta(ge=-(2**53), le=2**53)]
    boot: Line
    mono_ms: Count
    offset_ms: Annotated[int, Meta(ge=-(2**53), le=2**53)] | None = None


class Clerk(Part, frozen=True, kw_only=True):
    """The village clerk who was signed in; `id` is the township's account id."""

    id: Line
    name: Line


class Applicant(Part, frozen=True, kw_only=True):
    """For whom the case is. `number` in the form `identity_number.parse` or `credit_code.parse` gives."""

    kind: ApplicantKind = ApplicantKind.PERSON
    name: Line
    document: DocumentType = DocumentType.ID_CARD
    number: Line
    phone: Line = ""
    address: Line = ""


class Contact(Part, frozen=True, kw_only=True):
    """Whom to ring about the case, and when they like to be rung."""

    name: Line = ""
    phone: Line = ""
    preferred_time: Line = ""


class Photo(Part, frozen=True, kw_only=True):
    """A photo that follows by its hash; two photos may have one `label`."""

    sha: Sha256
    size: Positive
    label: Line = ""


class MaterialLine(Part, frozen=True, kw_only=True):
    """One line of the checklist: a material's code in the catalogue, and what the clerk found.

    `promised`: to be handed in later under a written promise (容缺).
    """

    code: Line
    status: MaterialStatus
    copies: Count = 0
    promised: bool = False
    note: Line = ""
    photos: tuple[Photo, ...] = ()


class Mandate(Part, frozen=True, kw_only=True):
    """委托: who acts for the applicant, for what and how long (民法典 161, 165, 169).

    `redelegable` is the explicit clause that lets the village clerk pass the errand on to the township.
    """

    relation: Relation
    agent_name: Line
    agent_document: DocumentType = DocumentType.ID_CARD
    agent_number: Line = ""
    agent_phone: Line = ""
    scope: Line
    valid_from: Line
    valid_to: Line
    redelegable: bool = False
    method: SigningMethod = SigningMethod.WET_INK
    witnesses: tuple[Line, ...] = ()
    photos: tuple[Photo, ...] = ()


class Consent(Part, frozen=True, kw_only=True):
    """One purpose the applicant agreed to, to the words of `version`; for PARTNER_SHARING, to which partner."""

    purpose: ConsentPurpose
    version: Line
    partner: Partner | None = None


class MoneyLine(Part, frozen=True, kw_only=True):
    """Cash the clerk took or gave back for a proxy errand, in fen, with the number of the paper receipt."""

    move: MoneyMove
    amount_fen: Positive
    receipt: Line = ""
    note: Line = ""
