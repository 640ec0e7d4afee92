"""What a citizen says of themselves: checked, put in one form, and masked for screens. Pure."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from api_spec import identity_number, phones
from api_spec.errors import ErrorCode
from api_spec.identity_number import IdentityNumber
from api_spec.problems import BadInput, Problem
from api_spec.text import half_width, refuse_bad_characters
from api_spec.vocabulary import ApplicantKind, DocumentType
from backend.faults import Fault, Wrong

SHORTEST_NAME: Final = 2
LONGEST_NAME: Final = 50
GUARDIAN_BELOW_YEARS: Final = 14
_DOTS: Final = str.maketrans("•‧∙⋅・﹒．.", "········")
_NAME_MARKS: Final = frozenset("· '-")
_NAME_CATEGORIES: Final = frozenset("LM")
# Rare characters of real names are typed from the private-use area until Unicode has them.
_PRIVATE_USE: Final = "Co"
_COMPOUND_SURNAMES: Final = frozenset(
    {
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "令狐",
        "慕容",
        "宇文",
        "长孙",
        "司徒",
        "夏侯",
        "轩辕",
        "端木",
        "南宫",
        "独孤",
        "钟离",
        "闻人",
    }
)


@dataclass(frozen=True, slots=True)
class Identity:
    """A checked name and document."""

    name: str
    document: IdentityNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDetails:
    """What a citizen told the township, in full: for forms they fill in and for their own export."""

    kind: ApplicantKind = ApplicantKind.PERSON
    name: str
    document_type: DocumentType | None
    document_number: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Citizen:
    """A citizen as screens may show them."""

    id: str
    masked_name: str
    document_type: DocumentType | None
    masked_document: str
    masked_phone: str
    phone_verified: bool
    has_address: bool
    created_at: datetime


def check(name: str, document_type: DocumentType, document_number: str, *, today: date) -> Identity:
    """Name and document as one form has them; every fault at once.

    Args:
        today: the day in China.

    Raises:
        Fault: IDENTITY_INVALID, by field. A child below 14 is entered by a guardian at the window
            (个人信息保护法 art. 31).
    """
    wrong: list[Wrong] = []
    clean_name, document = "", None
    try:
        clean_name = person_name(name)
    except BadInput as bad:
        wrong.append(Wrong("name", bad.problem.value, bad.sentence))
    try:
        document = identity_number.parse(document_number, today=today, kind=document_type)
    except BadInput as bad:
        wrong.append(Wrong("document_number", bad.problem.value, bad.sentence))
    except KeyError:
        choose = BadInput(Problem.NOT_A_CHOICE)
        wrong.append(Wrong("document_type", choose.problem.value, choose.sentence))
    if document is not None and _needs_guardian(document, today):
        wrong.append(
            Wrong("document_number", "guardian_needed", "未满14周岁的孩子，请由监护人带证件到窗口登记。")
        )
    if wrong or document is None:
        raise Fault(ErrorCode.IDENTITY_INVALID, wrong=wrong)
    return Identity(clean_name, document)


def person_name(text: str) -> str:
    """A name in one form: single spaces, one kind of middle dot, no digits.

    Raises:
        BadInput: BAD_CHARACTER, TOO_SHORT, TOO_LONG, PATTERN.
    """
    name = " ".join(half_width(text).translate(_DOTS).split())
    refuse_bad_characters(name)
    if len(name) < SHORTEST_NAME:
        raise BadInput(Problem.TOO_SHORT, min=str(SHORTEST_NAME))
    if len(name) > LONGEST_NAME:
        raise BadInput(Problem.TOO_LONG, max=str(LONGEST_NAME))
    if not all(_belongs_in_a_name(char) for char in name):
        raise BadInput(Problem.PATTERN)
    return name


def checked_phone(text: str) -> str:
    """A telephone number in one form.

    Raises:
        Fault: FORM_INVALID.
    """
    try:
        return phones.parse_phone(text)
    except BadInput as bad:
        raise Fault(ErrorCode.FORM_INVALID, wrong=[Wrong("phone", bad.problem.value, bad.sentence)]) from None


def document_key(kind: DocumentType, number: str) -> str:
    """What the blind index of a document is made of."""
    return f"{kind.value}:{number}"


def mask_name(name: str) -> str:
    """`张**` for 张三丰, `欧阳*` for 欧阳修; of a name with spaces or dots the first part's first letter stays."""
    if not name:
        return ""
    kept = 2 if name[:2] in _COMPOUND_SURNAMES and len(name) > 2 else 1
    return name[:kept] + "*" * min(max(len(name) - kept, 1), 2)


def _needs_guardian(document: IdentityNumber, today: date) -> bool:
    born = document.birth_date
    if born is None:
        return False
    had_birthday = (today.month, today.day) >= (born.month, born.day)
    return today.year - born.year - (0 if had_birthday else 1) < GUARDIAN_BELOW_YEARS


def _belongs_in_a_name(char: str) -> bool:
    category = unicodedata.category(char)
    return char in _NAME_MARKS or category[0] in _NAME_CATEGORIES or category == _PRIVATE_USE
