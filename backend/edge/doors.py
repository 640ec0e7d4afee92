"""Who is at the door: bearer token or session cookie to Actor, and whether the route lets that actor in.

A village node's signature is checked by `backend.intake`, which needs the raw bytes.
"""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from aiohttp import web

from api_spec.errors import ErrorCode
from api_spec.route import Door
from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.faults import Fault
from backend.keys import CLOCK

AUTHENTICATE: web.AppKey[Callable[[str, datetime], Actor]] = web.AppKey("authenticate")
ACTOR = web.RequestKey("actor", Actor)

SESSION_COOKIE = "bmt_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
BEARER = "Bearer "


def actor(request: web.Request) -> Actor:
    """The signed-in caller of a route whose door is TOKEN."""
    return request[ACTOR]


def find_actor(request: web.Request) -> Actor | None:
    """The caller if they are signed in, for doors that are open to all."""
    found: Actor | None = request.get(ACTOR)
    if found is not None:
        return found
    try:
        token = _token(request)
        return request.app[AUTHENTICATE](token, request.app[CLOCK]()) if token else None
    except Fault:
        return None


def authorise(
    request: web.Request, *, door: Door, who: frozenset[Role], first_password_allowed: bool = False
) -> None:
    """Let the caller in, or refuse.

    Raises:
        Fault: TOKEN_MISSING, TOKEN_INVALID, TOKEN_EXPIRED, FOREIGN_ORIGIN, NOT_ALLOWED, PASSWORD_CHANGE_REQUIRED.
    """
    if door is not Door.TOKEN:
        return
    token = _token(request)
    if not token:
        raise Fault(ErrorCode.TOKEN_MISSING)
    caller = request.app[AUTHENTICATE](token, request.app[CLOCK]())
    if caller.must_change_password and not first_password_allowed:
        raise Fault(ErrorCode.PASSWORD_CHANGE_REQUIRED)
    if who and not caller.has(who):
        raise Fault(ErrorCode.NOT_ALLOWED)
    request[ACTOR] = caller


def _token(request: web.Request) -> str:
    header = request.headers.get("Authorization", "")
    if header:
        if not header.startswith(BEARER):
            raise Fault(ErrorCode.TOKEN_INVALID)
        return header[len(BEARER) :]
    cookie = request.cookies.get(SESSION_COOKIE, "")
    if cookie and request.method not in SAFE_METHODS:
        refuse_foreign_origin(request)
    return cookie


def refuse_foreign_origin(request: web.Request) -> None:
    """A cookie is sent by any page's form; the Origin header says whose page it was.

    Raises:
        Fault: FOREIGN_ORIGIN.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Fault(ErrorCode.FOREIGN_ORIGIN)
    origin = request.headers.get("Origin", "")
    if origin and _host_of(origin) != request.host:
        raise Fault(ErrorCode.FOREIGN_ORIGIN)


def _host_of(origin: str) -> str:
    """Host and port of an Origin; "" where it is none ("null", or no address at all)."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""
