"""What a clerk chose to see of the queue, as an address: filters and pages. Pure.

What they search for stands in a form, never in an address: it may be somebody's identity number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode

from pydantic import Field

from api_spec import case_number, identity_number, tracking_code
from api_spec.messages.base import Message
from api_spec.messages.cases import QueueQuery
from api_spec.problems import BadInput
from api_spec.vocabulary import CaseState, DeadlineColour, ErrandState, Partner, WindowType
from backend.proxy.service import ErrandFilter

PAGE: Final = 25
Cursor = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}\.[0-9a-f]{32}$")]


class QueueAddress(Message):
    """The queue's query string."""

    state: CaseState | None = None
    window: WindowType | None = None
    colour: DeadlineColour | None = None
    cursor: Cursor | None = None

    def changed(self, **changes: str | None) -> str:
        """The address with some filters changed, from the first page."""
        return _address(
            "/staff/cases", {"state": self.state, "window": self.window, "colour": self.colour, **changes}
        )

    def query(self) -> QueueQuery:
        """The same as the API asks it."""
        return QueueQuery(
            state=self.state, window=self.window, colour=self.colour, cursor=self.cursor, limit=PAGE
        )


class ErrandAddress(Message):
    """The query string of the errands' queue."""

    state: ErrandState | None = None
    partner: Partner | None = None
    colour: DeadlineColour | None = None
    cursor: Cursor | None = None

    def changed(self, **changes: str | None) -> str:
        """The address with some filters changed, from the first page."""
        return _address(
            "/staff/errands", {"state": self.state, "partner": self.partner, "colour": self.colour, **changes}
        )

    def filter(self, today: date) -> ErrandFilter:
        return ErrandFilter(
            today=today,
            state=self.state,
            partner=self.partner,
            colour=self.colour,
            after=_place(self.cursor) if self.cursor else None,
            limit=PAGE,
        )


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


def _address(path: str, filters: Mapping[str, str | None]) -> str:
    pairs = urlencode({name: value for name, value in filters.items() if value})
    return f"{path}?{pairs}" if pairs else path


def _place(cursor: str) -> tuple[date, str] | None:
    """Where the page before ended; a day that does not exist begins again."""
    day, _, last = cursor.partition(".")
    try:
        return date.fromisoformat(day), last
    except ValueError:
        return None
