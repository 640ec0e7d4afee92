"""Reads what a clerk filled in beside a button as a command to a case. Pure; the machine judges what it reads.

Fields: `note`, `days`, `basis`, `outcome`, `reference`, `departments`, `inspectors`, `method`, `proof`, `pledge`, and
per paper `paper.<code>` (its status) and `fix.<code>` (how to put it right).
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, TypeVar

from api_spec.vocabulary import CaseAction, DeliveryMethod, MaterialStatus, Outcome
from backend.cases.case import EventFacts, Gap
from backend.cases.commands import Settlement
from backend.cases.service import Command

Value = TypeVar("Value", bound=StrEnum)
Fields = Mapping[str, str]

PAPER: Final = "paper."
FIX: Final = "fix."
LARGEST_NUMBER: Final = 1000
LONGEST_NOTE: Final = 2000
LONGEST_LINE: Final = 200


def read_command(action: CaseAction, fields: Fields) -> Command:
    """The command as filled in; what is missing or no number stays empty, and the machine tells so."""
    return Command(
        action=action,
        note=note(fields),
        facts=EventFacts(
            materials=materials(fields),
            gaps=tuple(_gaps(fields)) if action is CaseAction.REQUEST_FIX else (),
            days=_number(fields, "days"),
            outcome=value_of(Outcome, fields.get("outcome", "")),
            reference=line(fields, "reference"),
            basis=line(fields, "basis"),
            method=value_of(DeliveryMethod, fields.get("method", "")),
            proof=line(fields, "proof"),
            pledge=fields.get("pledge") == "yes",
            departments=_number(fields, "departments"),
            inspectors=_number(fields, "inspectors"),
        ),
    )


def read_settlement(fields: Fields) -> Settlement:
    """What settles an 即办件 at the counter."""
    return Settlement(
        materials=materials(fields),
        outcome=value_of(Outcome, fields.get("outcome", "")) or Outcome.GRANTED,
        basis=line(fields, "basis"),
        reference=line(fields, "reference"),
        proof=line(fields, "proof"),
        note=note(fields),
    )


def materials(fields: Fields) -> dict[str, MaterialStatus]:
    """What was found of each paper."""
    return dict(_found(fields))


def _found(fields: Fields) -> Iterable[tuple[str, MaterialStatus]]:
    for name, text in fields.items():
        status = value_of(MaterialStatus, text)
        if name.startswith(PAPER) and status:
            yield name.removeprefix(PAPER), status


def _gaps(fields: Fields) -> Iterable[Gap]:
    """The lines of a 一次性告知书; the papers' names are the service's to add."""
    for code, status in _found(fields):
        if status is not MaterialStatus.PRESENT:
            yield Gap(code=code, name="", status=status, how_to_fix=line(fields, f"{FIX}{code}"))


def note(fields: Fields) -> str:
    return fields.get("note", "").strip()[:LONGEST_NOTE]


def value_of(kind: type[Value], text: str) -> Value | None:
    """The value a choice was sent as; None where it is none of them."""
    return next((value for value in kind if value == text), None)


def line(fields: Fields, name: str) -> str:
    """One typed line."""
    return fields.get(name, "").strip()[:LONGEST_LINE]


def _number(fields: Fields, name: str) -> int:
    """A number as typed; 0 where it is none or too large to be meant."""
    text = fields.get(name, "").strip()
    if not text.isascii() or not text.isdigit() or len(text) > len(str(LARGEST_NUMBER)):
        return 0
    return min(int(text), LARGEST_NUMBER)
