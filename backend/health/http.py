"""Health and metrics over HTTP. Metrics name operations, never people, and stay on this machine."""

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from api_spec import VERSION
from api_spec.errors import ErrorCode
from api_spec.messages.health import Health
from api_spec.route import Route
from api_spec.routes import health as routes
from backend import db, keys
from backend.edge import Handler, now, reply, reply_bytes
from backend.edge.observe import METER
from backend.faults import Fault
from backend.ways_out import not_connected

LOOPBACK = ("127.0.0.1", "::1")


async def show_health(request: web.Request) -> web.Response:
    database = db.current()
    cover = await request.app[keys.BACKUPS].cover(at=now(request))
    await db.row("SELECT 1 AS alive", [])
    return reply(
        Health(
            status="ok",
            time=now(request),
            version=VERSION,
            database=database.dialect,
            database_version=database.version,
            catalogue=len(request.app[keys.CATALOGUE].tenant_ids),
            mode=request.app[keys.SETTINGS].mode,
            storage="full" if request.app[keys.INTAKE].is_full else "ok",
            backup=cover.state,
            backup_at=cover.verified_at,
            not_connected=not_connected(request.app[keys.NOTICES], request.app[keys.UPWARD]),
        )
    )


async def show_metrics(request: web.Request) -> web.Response:
    if request.remote not in LOOPBACK or "X-Forwarded-For" in request.headers:
        raise Fault(ErrorCode.NOT_FOUND)
    text = generate_latest(request.app[METER].registry)
    return reply_bytes(text, headers={"Content-Type": CONTENT_TYPE_LATEST})


HANDLERS: dict[Route, Handler] = {
    routes.SHOW_HEALTH: show_health,
    routes.SHOW_METRICS: show_metrics,
}
