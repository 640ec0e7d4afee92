"""What the service desk works with: a case's public progress to look up."""

from typing import Final

from aiohttp import web

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.messages.base import Message, OptionalLine
from api_spec.messages.progress import Progress
from api_spec.route import Door
from api_spec.vocabulary import Role
from backend.console.frame import show
from backend.edge import Page, actor, form, now, remote_address
from backend.faults import Fault
from backend.keys import CASES, PROGRESS, PROXY
from backend.register.sought import sought
from backend.wording import SENTENCES

ASKERS: Final = frozenset({Role.SERVICE_DESK})


class Looked(Message):
    text: OptionalLine = ""


async def show_lookup(request: web.Request) -> web.Response:
    return await show(request, "console/lookup.html", typed="", found=None, sentence="")


async def look_up(request: web.Request) -> web.Response:
    """What the caller would see with the code in hand, and no more; sent as a form, so that no address keeps it."""
    typed = (await form(request, Looked)).text
    found, sentence = None, ""
    try:
        found = await _progress(request, typed)
    except Fault as fault:
        if fault.code not in (ErrorCode.CODE_UNKNOWN, ErrorCode.CODE_INVALID, ErrorCode.TOO_MANY_REQUESTS):
            raise
        sentence = SENTENCES[fault.code]
    return await show(
        request,
        "console/lookup.html",
        status=422 if sentence else 200,
        typed=typed,
        found=found,
        sentence=sentence,
    )


async def _progress(request: web.Request, typed: str) -> Progress:
    """Raises Fault: CODE_UNKNOWN, TOO_MANY_REQUESTS."""
    at, tenant_id = now(request), actor(request).tenant_id
    asked = sought(typed, today=day_in_china(at))
    code = asked.code
    if asked.number:
        code = (
            await request.app[CASES].find_code(tenant_id, asked.number)
            or await request.app[PROXY].find_code(tenant_id, asked.number)
            or ""
        )
    if not code:
        raise Fault(ErrorCode.CODE_UNKNOWN)
    return await request.app[PROGRESS].progress(code, address=remote_address(request), at=at)


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/staff/lookup", handler=show_lookup, door=Door.TOKEN, who=ASKERS),
    Page(method="POST", path="/staff/lookup", handler=look_up, door=Door.TOKEN, who=ASKERS),
)
