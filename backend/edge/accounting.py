"""Tells the audit what a member of staff changed, for every form and operation alike: no feature has to remember it.

Moves of cases and errands are not told again: their own histories are chained and anchored with the log.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from api_spec.route import STAFF
from backend.actors import Actor
from backend.edge.doors import ACTOR, SAFE_METHODS

AccountFor = Callable[[Actor, str, str, str], Awaitable[None]]
"""Told who, the kind and id of what was changed, and how: method and path as they stand in the contract."""

ACCOUNT_FOR: web.AppKey[AccountFor] = web.AppKey("account_for")

KEPT_ELSEWHERE: Final = frozenset({"cases", "errands", "intake", "session", "password", "audit", "calendar"})
"""What writes its own chained events or entries for every change. Of a complaint an entry shows no id, see `audit.veil`."""
SEE_OTHER: Final = 303
GROUPS: Final = ("v1", "staff")


async def account(request: web.Request, answer: web.StreamResponse, *, page: bool) -> None:
    """Before the answer is given: a page has changed something when it sends on, an operation when it succeeds."""
    caller: Actor | None = request.get(ACTOR)
    if request.method in SAFE_METHODS or caller is None or not caller.has(STAFF):
        return
    if not (answer.status == SEE_OTHER if page else answer.status < SEE_OTHER):
        return
    resource = request.match_info.route.resource
    path = resource.canonical if resource else request.path
    kind = next((part for part in path.split("/") if part and part not in GROUPS), "")
    if kind in KEPT_ELSEWHERE or ACCOUNT_FOR not in request.app:
        return
    subject_id = next(iter(request.match_info.values()), "")
    await request.app[ACCOUNT_FOR](caller, kind, subject_id, f"{request.method} {path}")
