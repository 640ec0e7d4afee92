"""Puts the page together: parts, templates, addresses. The only module of `web` that knows all the others."""

import secrets
from functools import cache, partial
from pathlib import Path
from typing import Final

import jinja2
from aiohttp import web

from api_spec import enrol_file, face
from api_spec.answers import yuan
from api_spec.paper import slip
from village_node.access.clerks import Clerks, Sessions
from village_node.access.door import Door
from village_node.desk.masking import masked_number
from village_node.desk.slips import moment
from village_node.station import Station
from village_node.web import (
    asides,
    calls,
    cases,
    closed,
    correct,
    edge,
    enrolling,
    filling,
    home,
    intake,
    machine,
    money,
    people,
    photos,
    printing,
    reenrol,
    sticks,
)
from village_node.web.closed import DOOR, ENTER, Enter
from village_node.web.context import STATION, common
from village_node.web.edge import Page
from village_node.web.enrolling import BY_HAND, CLERKS, ENROL, ByHand, Enrol

PAGES: Final[tuple[Page, ...]] = (
    *home.PAGES,
    *people.PAGES,
    *machine.PAGES,
    *reenrol.PAGES,
    *intake.PAGES,
    *filling.PAGES,
    *cases.PAGES,
    *printing.PAGES,
    *correct.PAGES,
    *asides.PAGES,
    *calls.PAGES,
    *money.PAGES,
    *photos.PAGES,
    *sticks.PAGES,
)
LOOPBACK_NAMES: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_FOREVER: Final = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
}


def make_app(station: Station) -> web.Application:
    """The page of one service point. Where it listens beyond this computer, any host name is let through."""
    hosts = LOOPBACK_NAMES if station.settings.host in LOOPBACK_NAMES else None
    app = web.Application(middlewares=[edge.own_hosts_only(hosts)], client_max_size=edge.LARGEST_FORM_BYTES)
    app[STATION] = station
    app[edge.SESSIONS] = station.sessions
    app[edge.TEMPLATES] = _templates()
    variables: edge.Common = partial(common, app)
    app[edge.COMMON] = variables
    edge.bind(app, PAGES)
    app.router.add_get("/static/slip.css", _slip_stylesheet)
    app.router.add_get("/static/{fingerprint}/{name}", _asset)
    return app


def make_closed_app(door: Door, enter: Enter, *, host: str) -> web.Application:
    """The page while nobody has opened the data: it takes a sign-in and makes room for the next."""
    app = _small_app(host, door.sessions, closed.common(door))
    app[DOOR] = door
    app[ENTER] = enter
    edge.bind(app, closed.PAGES)
    app.router.add_get("/{elsewhere:.*}", closed.show_way_in)
    app.router.add_post("/{elsewhere:.*}", closed.keep_what_was_typed)
    return app


def make_enrol_app(
    enrol: Enrol, by_hand: ByHand, *, clerks: Clerks, sessions: Sessions, host: str
) -> web.Application:
    """The page of a computer that is no service point yet: it takes the code and closes."""
    app = _small_app(host, sessions, enrolling.common, largest_body=enrol_file.ANSWER_MAX)
    app[ENROL] = enrol
    app[BY_HAND] = by_hand
    app[CLERKS] = clerks
    edge.bind(app, enrolling.PAGES)
    return app


def _small_app(
    host: str, sessions: Sessions, common: edge.Common, *, largest_body: int = edge.LARGEST_FORM_BYTES
) -> web.Application:
    hosts = LOOPBACK_NAMES if host in LOOPBACK_NAMES else None
    app = web.Application(middlewares=[edge.own_hosts_only(hosts)], client_max_size=largest_body)
    app[edge.SESSIONS] = sessions
    app[edge.TEMPLATES] = _templates()
    app[edge.COMMON] = common
    app.router.add_get("/static/{fingerprint}/{name}", _asset)
    return app


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([Path(__file__).parent / "templates", face.TEMPLATES]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["asset"] = face.asset_url
    environment.filters["moment"] = moment
    environment.filters["masked_number"] = masked_number
    environment.filters["yuan"] = yuan
    environment.globals["new_id"] = partial(secrets.token_hex, 16)
    return environment


async def _asset(request: web.Request) -> web.Response:
    try:
        body, content_type = face.asset(request.match_info["name"])
    except LookupError:
        raise edge.Refusal(*edge.NOT_FOUND) from None
    return web.Response(body=body, headers={**_FOREVER, "Content-Type": content_type})


async def _slip_stylesheet(_request: web.Request) -> web.Response:
    return web.Response(
        text=slip.stylesheet(), content_type="text/css", headers={"Cache-Control": "max-age=3600"}
    )
