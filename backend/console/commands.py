"""Reads what a clerk filled in beside a button as a command to a case. Pure; the machine judges what it reads.

Fields: `note`, `days`, `basis`, `outcome`, `reference`, `method`, `proof`, `pledge`, `until`; per paper `paper.<code>`
(its status), `fix.<code>` (how to put it right), `sent.<code>` and `wanted.<code>`; of an inspection `visit_day`,
`place` and per department `inspectors.<id>`; of a meeting `meeting_day` and `attendees`, a line each.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

from api_spec.china_time import typed_day
from api_spec.vocabulary import CaseAction, DeliveryMethod, MaterialStatus, Outcome
from backend.cases.case import EventFacts, Gap, Meeting, Seat, Visit
from backend.cases.commands import Settlement
from backend.cases.service import Command

Value = TypeVar("Value", bound=StrEnum)
Fields = Mapping[str, str]

PAPER: Final = "paper."
FIX: Final = "fix."
SENT: Final = "sent."
WANTED: Final = "wanted."
INSPECTORS: Final = "inspectors."
BETWEEN_NAMES: Final = re.compile(r"[、，,；;\s]+")
MOST_LINES: Final = 60
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
            until=_day(fields, "until"),
            visit=_visit(fields) if action is CaseAction.CONVENE_INSPECTION else None,
            meeting=_meeting(fields) if action is CaseAction.RECORD_COLLECTIVE else None,
            sent=ticked(fields, SENT),
            wanted=ticked(fields, WANTED),
        ),
    )


def read_settlement(fields: Fields) -> Settlement:
    """What settles an 即办件 at the counter."""
    return Settlement(
        materials=materials(fields),
        outcome=value_of(Outcome, fields.get("outcome", "")),
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


def _visit(fields: Fields) -> Visit | None:
    """A joint inspection as filled in: every department somebody of which is named."""
    day = _day(fields, "visit_day")
    if day is None:
        return None
    seats = tuple(
        Seat(department_id=name.removeprefix(INSPECTORS), name="", inspectors=_names(text))
        for name, text in fields.items()
        if name.startswith(INSPECTORS) and text.strip()
    )
    return Visit(day=day, place=line(fields, "place"), seats=seats)


def _meeting(fields: Fields) -> Meeting | None:
    day = _day(fields, "meeting_day")
    there = tuple(each.strip()[:LONGEST_LINE] for each in fields.get("attendees", "").splitlines())
    return Meeting(day=day, attendees=tuple(filter(None, there))[:MOST_LINES]) if day else None


def _names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, BETWEEN_NAMES.split(text.strip()[:LONGEST_LINE])))


def ticked(fields: Fields, prefix: str) -> tuple[str, ...]:
    """What comes after a prefix in the names of the boxes that were ticked."""
    return tuple(name.removeprefix(prefix) for name in fields if name.startswith(prefix))


def _day(fields: Fields, name: str) -> date | None:
    """A day as typed; None where it is none."""
    try:
        return typed_day(fields.get(name, "").strip())
    except ValueError:
        return None


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
