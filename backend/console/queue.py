"""What a clerk chose to see of the queue, as an address: filters and pages. Pure.

What they search for stands in a form, never in an address: it may be somebody's identity number.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from pydantic import Field

from api_spec.messages.base import Message
from api_spec.messages.cases import QueueQuery
from api_spec.vocabulary import CaseState, DeadlineColour, ErrandState, Partner, WindowType
from backend.proxy.service import ErrandFilter
from backend.register.day_queue import place

PAGE: Final = 25
Cursor = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}\.[0-9a-f]{32}$")]


class QueueAddress(Message):
    """The queue's query string."""

    state: CaseState | None = None
    window: WindowType | None = None
    colour: DeadlineColour | None = None
    ended: Literal["1"] | None = None
    cursor: Cursor | None = None

    def changed(self, **changes: str | None) -> str:
        """The address with some filters changed, from the first page."""
        kept = {"state": self.state, "window": self.window, "colour": self.colour, "ended": self.ended}
        return _address("/staff/cases", {**kept, **changes})

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
            after=place(self.cursor) if self.cursor else None,
            limit=PAGE,
        )


def _address(path: str, filters: Mapping[str, str | None]) -> str:
    pairs = urlencode({name: value for name, value in filters.items() if value})
    return f"{path}?{pairs}" if pairs else path
