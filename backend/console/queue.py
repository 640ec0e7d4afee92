"""What a clerk chose to see of the queue, as an address: filters and pages. Pure.

What they search for stands in a form, never in an address: it may be somebody's identity number.
"""

from typing import Annotated, Final
from urllib.parse import urlencode

from pydantic import Field

from api_spec.messages.base import Message
from api_spec.messages.cases import QueueQuery
from api_spec.vocabulary import CaseState, DeadlineColour, WindowType

PAGE: Final = 25


class QueueAddress(Message):
    """The queue's query string."""

    state: CaseState | None = None
    window: WindowType | None = None
    colour: DeadlineColour | None = None
    cursor: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}\.[0-9a-f]{32}$")] | None = None

    def changed(self, **changes: str | None) -> str:
        """The address with some filters changed, from the first page."""
        chosen = {"state": self.state, "window": self.window, "colour": self.colour, **changes}
        pairs = urlencode({name: value for name, value in chosen.items() if value})
        return f"/staff/cases?{pairs}" if pairs else "/staff/cases"

    def query(self) -> QueueQuery:
        """The same as the API asks it."""
        return QueueQuery(
            state=self.state, window=self.window, colour=self.colour, cursor=self.cursor, limit=PAGE
        )
