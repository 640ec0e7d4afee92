"""Whom an appointment is for: checks what a clerk typed, and names the key a person's limits go by. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from api_spec import identity_number, phones
from api_spec.errors import ErrorCode
from api_spec.problems import BadInput, Problem
from api_spec.text import refuse_bad_characters
from api_spec.vocabulary import DocumentType
from backend.faults import Fault, Wrong

LONGEST_NAME = 50


@dataclass(frozen=True, slots=True)
class Visitor:
    """A name to call and a phone to ring; either may be empty."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class CheckedVisitor:
    """`key` is what the blind index of this person is made of: their document, or else their phone."""

    visitor: Visitor
    key: tuple[str, str]


def checked_visitor(
    name: str, phone: str, *, document_type: DocumentType, document_number: str | None, today: date
) -> CheckedVisitor:
    """What a clerk typed, in one form.

    Raises:
        Fault: FORM_INVALID with every fault by field.
    """
    wrong: list[Wrong] = []
    clean_name = _try("visitor.name", lambda: _name(name), wrong)
    clean_phone = _try("visitor.phone", lambda: phones.parse_phone(phone), wrong)
    number = ""
    if document_number:
        typed = document_number
        number = _try(
            "visitor.document_number",
            lambda: identity_number.parse(typed, today=today, kind=document_type).number,
            wrong,
        )
    if wrong:
        raise Fault(ErrorCode.FORM_INVALID, wrong=wrong)
    key = ("document", f"{document_type.value}:{number}") if number else ("phone", clean_phone)
    return CheckedVisitor(Visitor(clean_name, clean_phone), key)


def walk_in_visitor(name: str) -> Visitor:
    """Somebody who came without booking; they need not say who they are.

    Raises:
        Fault: FORM_INVALID.
    """
    wrong: list[Wrong] = []
    visitor = Visitor(_try("name", lambda: _name(name), wrong) if name.strip() else "", "")
    if wrong:
        raise Fault(ErrorCode.FORM_INVALID, wrong=wrong)
    return visitor


def _name(text: str) -> str:
    name = " ".join(text.split())
    refuse_bad_characters(name)
    if not name:
        raise BadInput(Problem.REQUIRED)
    if len(name) > LONGEST_NAME:
        raise BadInput(Problem.TOO_LONG, max=str(LONGEST_NAME))
    return name


def _try(field: str, read: Callable[[], str], wrong: list[Wrong]) -> str:
    try:
        return read()
    except BadInput as bad:
        wrong.append(Wrong(field, bad.problem.value, bad.sentence))
        return ""
