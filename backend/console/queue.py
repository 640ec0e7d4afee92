"""What a clerk chose to see of the queue, as an address: filters and pages. Pure.

What they search for stands in a form, never in an address: it may be somebody's identity number.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from pydantic import Field

from api_spec.messages.base import Message
from api_spec.vocabulary import CaseState, DeadlineColour, ErrandState, Partner, Role, WindowType
from backend.actors import Actor
from backend.cases.service import QueueFilter
from backend.console.saved_views import COLOURS, View, first_view, states_of
from backend.proxy.service import ErrandFilter
from backend.register.day_queue import place

PAGE: Final = 25
Cursor = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}\.[0-9a-f]{32}$")]


class QueueAddress(Message):
    """The queue's query string: a tab, what it is narrowed to, and how it is sorted."""

    view: View | None = None
    state: CaseState | None = None
    window: WindowType | None = None
    colour: DeadlineColour | None = None
    sort: Literal["newest"] | None = None
    ended: Literal["1"] | None = None
    cursor: Cursor | None = None

    def shown(self, roles: Collection[Role]) -> View:
        """The tab that is looked at; a state or a colour asked for by itself is looked for among all that is open."""
        if self.view is not None:
            return self.view
        if self.ended:
            return View.ENDED
        return View.ALL if self.state or self.colour or self.window else first_view(roles)

    def changed(self, **changes: str | None) -> str:
        """The address with some filters changed, from the first page."""
        return _address("/staff/cases", {**self.kept(), **changes})

    def behind(self, *, cursor: bool = False) -> str:
        """The query string to hand on to a case, so that it knows the queue it was opened from."""
        kept = {**self.kept(), "cursor": self.cursor if cursor else None}
        return _address("", {**kept, "view": kept["view"] or (View.ALL if not any(kept.values()) else None)})

    def kept(self) -> dict[str, str | None]:
        """Everything but the page."""
        return {
            "view": self.view,
            "state": self.state,
            "window": self.window,
            "colour": self.colour,
            "sort": self.sort,
            "ended": self.ended,
        }

    def filter(self, who: Actor, *, today: date) -> QueueFilter:
        """What to look for."""
        view = self.shown(who.roles)
        return QueueFilter(
            today=today,
            state=self.state,
            states=() if self.state else states_of(view, who.roles),
            ended=view is View.ENDED,
            window=self.window,
            colour=self.colour or COLOURS.get(view),
            from_village=view is View.VILLAGE,
            held_by=who.id if view is View.HELD else "",
            order=self.sort or ("farthest" if view is View.ENDED else "nearest"),
            after=place(self.cursor) if self.cursor else None,
            limit=PAGE,
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
