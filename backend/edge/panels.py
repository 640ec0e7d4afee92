"""Parts of a case's page that other features bring: documents, cards, a rating. The page knows none of them by name."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from api_spec.messages.cases import CaseView
from api_spec.messages.proxy import ErrandView


@dataclass(frozen=True, slots=True)
class Panel:
    """A template and what it shows; it finds its own values under `panel`."""

    template: str
    panel: Mapping[str, Any] = field(default_factory=dict)


PanelSource = Callable[[web.Request, CaseView], Awaitable[Panel | None]]
"""Gives a feature's part of one case's page, None where it has nothing to show to this person."""

ErrandPanelSource = Callable[[web.Request, ErrandView], Awaitable[Panel | None]]
"""As `PanelSource`, of one errand's page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panels:
    """Who brings parts: `staff` to the console's page of a case, `own` to the applicant's; likewise for errands.

    `beside` stands next to what the applicant filled in, to be held against it.
    """

    beside: tuple[PanelSource, ...] = ()
    staff: tuple[PanelSource, ...] = ()
    own: tuple[PanelSource, ...] = ()
    errand_staff: tuple[ErrandPanelSource, ...] = ()
    errand_own: tuple[ErrandPanelSource, ...] = ()


PANELS: web.AppKey[Panels] = web.AppKey("panels", Panels)


async def panels(request: web.Request, sources: tuple[PanelSource, ...], view: CaseView) -> list[Panel]:
    """The parts that have something to show, in order."""
    found = [await source(request, view) for source in sources]
    return [each for each in found if each is not None]


async def errand_panels(
    request: web.Request, sources: tuple[ErrandPanelSource, ...], view: ErrandView
) -> list[Panel]:
    """As `panels`, of an errand."""
    found = [await source(request, view) for source in sources]
    return [each for each in found if each is not None]
