"""What one operation of the HTTP contract is. The operations themselves stand in `api_spec/routes/`."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from pydantic import BaseModel

from api_spec.errors import ErrorCode
from api_spec.vocabulary import Role


class Door(Enum):
    """How a caller proves who they are."""

    OPEN = "open"  # anyone; a test lists these
    TOKEN = "token"  # noqa: S105 - a bearer token or the session cookie
    NODE = "node"  # a village node's request signature


STAFF: frozenset[Role] = frozenset(
    {
        Role.WINDOW,
        Role.GROUP_LEADER,
        Role.BACK_OFFICE,
        Role.DEPARTMENT_HEAD,
        Role.CENTRE_STAFF,
        Role.DIRECTOR,
        Role.SERVICE_DESK,
        Role.SUPERVISOR,
        Role.PARTNER,
        Role.SUPERIOR,
        Role.SYSTEM_ADMIN,
        Role.SECURITY_OFFICER,
        Role.AUDITOR,
    }
)
CITIZENS: frozenset[Role] = frozenset({Role.CITIZEN, Role.AGENT})
HALL: frozenset[Role] = frozenset({Role.WINDOW, Role.GROUP_LEADER, Role.CENTRE_STAFF, Role.DIRECTOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One operation.

    Args:
        name: the operationId, snake_case, unique.
        path: aiohttp path with `{name}` parameters; a parameter's pattern is in `params`.
        who: roles that may call when `door` is TOKEN; the service narrows further.
        body: pydantic model of the JSON body, or None.
        query: pydantic model of the query string, or None.
        answer: msgspec Struct (or list of it) of the answer; None means 204 or a non-JSON `media`.
        media: content type of the answer.
        errors: what this operation may refuse with, besides those every operation may (`COMMON`, and the door's).
        raw_body: content type of a body that is not one JSON message (a file, a sync exchange).
        max_bytes: largest request body.
        before_password_change: whether a staff member who still has a first password may call it.
        etag: the answer carries an ETag, and If-None-Match is answered with 304.
    """

    name: str
    method: str
    path: str
    summary: str
    tag: str
    door: Door = Door.TOKEN
    who: frozenset[Role] = frozenset()
    body: type[BaseModel] | None = None
    raw_body: str | None = None
    query: type[BaseModel] | None = None
    answer: Any = None
    status: int = 200
    media: str = "application/json"
    errors: tuple[ErrorCode, ...] = ()
    max_bytes: int = 64 * 1024
    before_password_change: bool = False
    etag: bool = False


COMMON: tuple[ErrorCode, ...] = (ErrorCode.TOO_MANY_REQUESTS, ErrorCode.INTERNAL, ErrorCode.BUSY)
DOOR_ERRORS: dict[Door, tuple[ErrorCode, ...]] = {
    Door.OPEN: (),
    Door.TOKEN: (
        ErrorCode.TOKEN_MISSING,
        ErrorCode.TOKEN_INVALID,
        ErrorCode.TOKEN_EXPIRED,
        ErrorCode.NOT_ALLOWED,
        ErrorCode.PASSWORD_CHANGE_REQUIRED,
        ErrorCode.FOREIGN_ORIGIN,
    ),
    Door.NODE: (
        ErrorCode.SIGNATURE_INVALID,
        ErrorCode.NONCE_STALE,
        ErrorCode.NODE_UNKNOWN,
        ErrorCode.NODE_REVOKED,
        ErrorCode.BODY_NOT_JSON,
        ErrorCode.BODY_TOO_LARGE,
    ),
}
BODY_ERRORS: tuple[ErrorCode, ...] = (
    ErrorCode.BODY_INVALID,
    ErrorCode.BODY_NOT_JSON,
    ErrorCode.BODY_TOO_LARGE,
    ErrorCode.MEDIA_TYPE,
)


def declared_errors(route: Route) -> tuple[ErrorCode, ...]:
    """Every code `route` may answer with, each once, in a stable order."""
    codes = list(COMMON) + list(DOOR_ERRORS[route.door]) + list(route.errors)
    if route.body is not None:
        codes += BODY_ERRORS
    if route.query is not None:
        codes.append(ErrorCode.QUERY_INVALID)
    if "{" in route.path:
        codes.append(ErrorCode.NOT_FOUND)
    return tuple(dict.fromkeys(codes))
