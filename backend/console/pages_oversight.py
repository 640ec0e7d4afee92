"""What the three 安全 posts and the service desk work with: the audit log to read, a case's public progress to look up."""

from typing import Final

from aiohttp import web

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.messages.base import Message, OptionalLine
from api_spec.messages.progress import Progress
from api_spec.route import Door
from api_spec.vocabulary import Role
from backend.audit.chain import AuditAction
from backend.console.frame import show
from backend.edge import Page, actor, form, now, query, remote_address
from backend.faults import Fault
from backend.keys import AUDIT, CASES, PEOPLE, PROGRESS, PROXY
from backend.register.sought import sought
from backend.wording import SENTENCES

AUDITORS: Final = frozenset({Role.AUDITOR})
LOG_READERS: Final = AUDITORS | {Role.SECURITY_OFFICER}
ASKERS: Final = frozenset({Role.SERVICE_DESK})
SIGN_INS: Final = (AuditAction.SIGN_IN, AuditAction.SIGN_IN_REFUSED, AuditAction.SIGN_OUT)
ENTRIES_SHOWN: Final = 50
NUMBER_DIGITS: Final = 18
SUBJECTS: Final = {
    "staff": "工作人员",
    "citizen": "群众",
    "case": "办件",
    "errand": "代办件",
    "village": "村",
    "node": "村级电脑",
    "held_record": "搁置的村级记录",
    "village_notice": "给村里的通知",
}
"""What entries are about; the rest keeps its own name."""


class LogQuery(Message):
    cursor: OptionalLine = ""


class Looked(Message):
    text: OptionalLine = ""


async def show_log(request: web.Request) -> web.Response:
    """The log, newest first; whether it still holds is worked out for the auditor on its first page."""
    who, audit = actor(request), request.app[AUDIT]
    before = _number(query(request, LogQuery).cursor)
    whole = who.has(AUDITORS)
    found = await audit.latest(
        who.tenant_id, before=before, limit=ENTRIES_SHOWN + 1, only=() if whole else SIGN_INS
    )
    entries = found[:ENTRIES_SHOWN]
    checked = whole and before is None
    return await show(
        request,
        "console/audit.html",
        entries=entries,
        names=await request.app[PEOPLE].staff_names(who.tenant_id, [each.actor_id for each in entries]),
        subjects=SUBJECTS,
        whole=whole,
        checked=checked,
        broken=await audit.first_break(who.tenant_id) if checked else None,
        next_url=f"/staff/audit?cursor={entries[-1].number}" if len(found) > ENTRIES_SHOWN else "",
    )


def _number(text: str) -> int | None:
    """Raises Fault: QUERY_INVALID."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS):
        raise Fault(ErrorCode.QUERY_INVALID)
    return int(text)


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
    Page(method="GET", path="/staff/audit", handler=show_log, door=Door.TOKEN, who=LOG_READERS),
    Page(method="GET", path="/staff/lookup", handler=show_lookup, door=Door.TOKEN, who=ASKERS),
    Page(method="POST", path="/staff/lookup", handler=look_up, door=Door.TOKEN, who=ASKERS),
)
