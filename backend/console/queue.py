"""What a clerk chose to see of the queue, as an address: filters, pages, and what typed text means. Pure."""

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode

from pydantic import Field

from api_spec import case_number, tracking_code
from api_spec.messages.base import Message, OptionalLine
from api_spec.problems import BadInput
from api_spec.vocabulary import CaseState, DeadlineColour, WindowType
from backend.cases.service import QueueFilter

PAGE: Final = 25
_CURSOR: Final = re.compile(r"\d{4}-\d{2}-\d{2}\.[0-9a-f]{32}")


class QueueAddress(Message):
    """The queue's query string. `text` is a case number or tracking code; documents never stand in an address."""

    state: CaseState | None = None
    window: WindowType | None = None
    colour: DeadlineColour | None = None
    text: OptionalLine = ""
    cursor: Annotated[str, Field(pattern=_CURSOR.pattern + "$")] | None = None

    def with_(self, **changes: str | None) -> str:
        """The address with some filters changed, from the first page."""
        chosen = {
            "state": self.state,
            "window": self.window,
            "colour": self.colour,
            "text": self.text,
            "cursor": None,
            **changes,
        }
        pairs = urlencode({name: value for name, value in chosen.items() if value})
        return f"/staff/cases?{pairs}" if pairs else "/staff/cases"


@dataclass(frozen=True, slots=True)
class Sought:
    """What typed text can be: one of these, or nothing known."""

    number: str = ""
    code: str = ""

    @property
    def text(self) -> str:
        return self.number or self.code


def sought(text: str) -> Sought:
    """A case number or a tracking code, in its one written form."""
    try:
        return Sought(number=case_number.parse(text).text)
    except BadInput:
        pass
    try:
        return Sought(code=tracking_code.parse(text).text)
    except BadInput:
        return Sought()


def filter_of(asked: QueueAddress, *, today: date) -> QueueFilter:
    """The address as the service's filter."""
    found = sought(asked.text)
    chosen = QueueFilter(
        today=today,
        state=asked.state,
        window=asked.window,
        colour=asked.colour,
        number=found.number or (asked.text if not found.code else ""),
        tracking_code=found.code,
        limit=PAGE,
    )
    if asked.cursor:
        chosen = replace(chosen, after=_place(asked.cursor))
    return chosen


def _place(cursor: str) -> tuple[date, str] | None:
    """Where the page before ended; a day that does not exist begins again."""
    day, _, case_id = cursor.partition(".")
    try:
        return date.fromisoformat(day), case_id
    except ValueError:
        return None
