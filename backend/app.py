"""The aiohttp application: the only module that knows every part."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime

from aiohttp import web

from api_spec.route import Route
from backend import keys
from backend.catalogue import http as catalogue_http
from backend.edge import AUTHENTICATE, PAGES_ENV, Handler, bind_all, observe
from backend.edge.observe import METER, Meter
from backend.office import Clock, Office, open_office
from backend.pages_env import make_environment
from backend.people import http as people_http
from backend.people.service import Hashing
from backend.settings import Settings

MAX_BODY_BYTES = 16 * 1024 * 1024

OFFICE: web.AppKey[Office] = web.AppKey("office", Office)


def utc_now() -> datetime:
    return datetime.now(UTC)


def build(settings: Settings, *, clock: Clock = utc_now, hashing: Hashing | None = None) -> web.Application:
    """The whole township; starting the application opens its database."""
    app = web.Application(middlewares=[observe], client_max_size=MAX_BODY_BYTES)
    app[keys.SETTINGS] = settings
    app[keys.CLOCK] = clock
    app[METER] = Meter()
    app[PAGES_ENV] = make_environment()

    async def office(app: web.Application) -> AsyncIterator[None]:
        async with open_office(settings, clock=clock, hashing=hashing) as opened:
            _hang(app, opened)
            yield

    app.cleanup_ctx.append(office)
    bind_all(app, handlers())
    return app


def handlers() -> Mapping[Route, Handler]:
    """Every operation of the contract with what answers it."""
    return {
        **catalogue_http.HANDLERS,
        **people_http.HANDLERS,
    }


def _hang(app: web.Application, office: Office) -> None:
    app[OFFICE] = office
    app[AUTHENTICATE] = office.people.authenticate
    app[keys.VAULT] = office.vault
    app[keys.AUDIT] = office.audit
    app[keys.CATALOGUE] = office.catalogue
    app[keys.HALL] = office.hall
    app[keys.PEOPLE] = office.people
    app[keys.APPOINTMENTS] = office.appointments
    app[keys.CASES] = office.cases
