"""Hours of the year (夏令/冬令作息): what is set, and setting it for the hall or for one window."""

from typing import Annotated, Final

from aiohttp import web
from pydantic import Field

from api_spec.china_time import clock_text
from api_spec.messages.base import Message
from api_spec.messages.duty import MonthDay, SeasonBody
from api_spec.messages.hall import TimeOfDay
from api_spec.route import Door
from api_spec.routes.hall import PLANNERS
from backend.console.frame import show
from backend.console.tried_forms import refusal, tried
from backend.edge import Page, actor, form
from backend.faults import Fault
from backend.hall import rules
from backend.hall.hours import WHOLE_HALL
from backend.hall.http_duty import season_of
from backend.hall.pages_duty import SHOWN_AGAIN, plans
from backend.keys import CATALOGUE, HALL

HOURS: Final = "/staff/hours"


class HoursForm(Message):
    """Seasonal hours as a page asks them: a morning and an afternoon."""

    window_id: str = WHOLE_HALL
    name: Annotated[str, Field(min_length=1, max_length=40)]
    first: MonthDay
    last: MonthDay
    morning_opens: TimeOfDay
    morning_closes: TimeOfDay
    afternoon_opens: TimeOfDay
    afternoon_closes: TimeOfDay
    slot_minutes: Annotated[int, Field(ge=5, le=240)] = 30
    places: Annotated[int, Field(ge=0, le=100)] = 4
    walk_in_places: Annotated[int, Field(ge=0, le=100)] = 1

    def season(self) -> SeasonBody:
        spans = [
            {"opens": self.morning_opens, "closes": self.morning_closes},
            {"opens": self.afternoon_opens, "closes": self.afternoon_closes},
        ]
        return SeasonBody.model_validate(
            {
                "window_id": self.window_id or None,
                "spans": spans,
                **self.model_dump(
                    include={"name", "first", "last", "slot_minutes", "places", "walk_in_places"}
                ),
            }
        )


async def show_hours(request: web.Request) -> web.Response:
    return await _hours(request)


async def _hours(request: web.Request, *, refused: Fault | None = None) -> web.Response:
    who = actor(request)
    windows = await request.app[CATALOGUE].windows(who.tenant_id)
    return await show(
        request,
        "hall/hours.html",
        **refusal(refused),
        seasons=request.app[HALL].seasons(who.tenant_id),
        names={card.id: f"{card.number}号 {card.name}" for card in windows},
        windows=[card for card in windows if plans(request, card)],
        whole=who.has(rules.WHOLE_CENTRE),
        clock=clock_text,
    )


async def set_hours(request: web.Request) -> None:
    sent = await form(request, HoursForm)
    await request.app[HALL].set_season(season_of(sent.season()), actor=actor(request))


PAGES: tuple[Page, ...] = (
    Page(method="GET", path=HOURS, handler=show_hours, door=Door.TOKEN, who=PLANNERS),
    tried(HOURS, set_hours, _hours, home=HOURS, who=PLANNERS, shown=SHOWN_AGAIN),
)
