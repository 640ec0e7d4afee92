"""Tells what a clerk typed or scanned to find one case or errand: its code, its number or a person's document. Pure."""

from dataclasses import dataclass
from datetime import date

from api_spec import case_number, identity_number, tracking_code
from api_spec.problems import BadInput


@dataclass(frozen=True, slots=True)
class Sought:
    """What typed text is: one of these. Text that is none of them is a number nobody has."""

    number: str = ""
    code: str = ""
    document: str = ""


def sought(text: str, *, today: date) -> Sought:
    """A tracking code, a number or a document number in its one written form."""
    try:
        return Sought(code=tracking_code.parse(text).text)
    except BadInput:
        pass
    try:
        return Sought(number=case_number.parse(text).text)
    except BadInput:
        pass
    try:
        return Sought(document=identity_number.parse(text, today=today).number)
    except BadInput:
        return Sought(number=text)
