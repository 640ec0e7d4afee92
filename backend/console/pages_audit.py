"""The audit for the auditor: search the log and the histories, prove them, the anchors of each day to print and sign."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from aiohttp import web
from markupsafe import Markup

from api_spec.china_time import DAY_MINUTES, moment
from api_spec.errors import ErrorCode
from api_spec.messages.base import Message, OptionalLine
from api_spec.paper.qr import Level, matrix, svg
from api_spec.route import Door
from api_spec.vocabulary import Role
from backend.audit.chain import AuditAction, Entry
from backend.audit.histories import Line, Search
from backend.audit.proving import Finding
from backend.console import audit_names
from backend.console.frame import show
from backend.console.nav import GROUPS
from backend.edge import Page, actor, form, now, path_text, query
from backend.faults import Fault
from backend.keys import AUDIT, PEOPLE, PROVING

HOME: Final = "/staff/audit"
AUDITORS: Final = frozenset({Role.AUDITOR})
LOG_READERS: Final = AUDITORS | {Role.SECURITY_OFFICER}
SIGN_INS: Final = (AuditAction.SIGN_IN, AuditAction.SIGN_IN_REFUSED, AuditAction.SIGN_OUT)
SHOWN: Final = 50
MEMBERS_AT_ONCE: Final = 200
NUMBER_DIGITS: Final = 18
LOG: Final = "log"
SOURCES: Final = ((LOG, "审计日志"), ("case", "办件经过"), ("errand", "代办经过"))
ACTIONS: Final = (("", "全部"), *((action.value, action.zh) for action in AuditAction))
SUBJECTS: Final = {
    "staff": "工作人员",
    "citizen": "群众",
    "case": "办件",
    "errand": "代办件",
    "village": "村",
    "node": "村级电脑",
    "held_record": "搁置的村级记录",
    "village_notice": "给村里的通知",
    "calendar": "工作日历",
    "anchor": "每日凭证",
    "audit": "全部记录",
    "complaint": "投诉",
    "enquiry": "咨询",
    "bad_review": "差评",
    "call_list": "电话名单",
    "supervision_rule": "监察规则",
    "supervision_card": "监察牌",
    "statistics": "统计报表",
    "upward": "上报",
    "post": "岗位",
    "item": "事项",
    "delegation": "公用企业委托",
    "paper": "任命文件或委托书",
    "appointment_paper": "任命文件或委托书",
    "assignment": "选派",
    "hall_entry": "事项进驻",
    "list_placing": "清单事项",
    "staff_card": "阳光台信息",
    "document": "文书",
    "appointment": "预约",
    "items": "事项",
    "roster": "值班表",
    "catalogue": "事项目录",
}
"""What entries are about."""
PAGES_OF_THE_MENU: Final = {
    link.href.rsplit("/", 1)[-1]: link.text for group in GROUPS for link in group.links
}
"""What a change is about: the page of the menu it was made on."""


class LogQuery(Message):
    """`who`: a name or login name; `about`: a number or an id; `day`: as 2026-04-10."""

    cursor: OptionalLine = ""
    source: OptionalLine = LOG
    who: OptionalLine = ""
    about: OptionalLine = ""
    action: OptionalLine = ""
    day: OptionalLine = ""


class Prove(Message):
    """The button itself: an empty form starts nothing."""

    whole: Literal["yes"]


@dataclass(frozen=True, slots=True)
class _Found:
    lines: Sequence[Line]
    wrong: Mapping[str, str]


async def show_log(request: web.Request) -> web.Response:
    """The log, newest first; on the auditor's first page it is proved on from where it was proved last."""
    asked = query(request, LogQuery)
    whole = actor(request).has(AUDITORS)
    before = _number(asked.cursor)
    state = None
    if whole and before is None:
        state = await request.app[PROVING].log_state(actor(request).tenant_id, at=now(request))
    found = await _found(request, asked, before) if whole else await _sign_ins(request, before)
    return await _page(request, asked, found, state=state)


async def prove(request: web.Request) -> web.Response:
    """Everything, from the very beginning."""
    await form(request, Prove)
    who, proving = actor(request), request.app[PROVING]
    findings = await proving.findings(who.tenant_id, at=now(request))
    await proving.note(who.tenant_id, findings, by=who, at=now(request))
    state = await proving.log_state(who.tenant_id, at=now(request))
    asked = LogQuery()
    return await _page(request, asked, await _found(request, asked, None), state=state, findings=findings)


async def show_anchors(request: web.Request) -> web.Response:
    before = _number(query(request, LogQuery).cursor)
    found = await request.app[PROVING].anchors(actor(request).tenant_id, before=before, limit=SHOWN + 1)
    shown = found[:SHOWN]
    more = len(found) > SHOWN
    return await show(
        request,
        "console/anchors.html",
        anchors=shown,
        next_url=f"{HOME}/anchors?cursor={shown[-1].number}" if more else "",
    )


async def show_anchor(request: web.Request) -> web.Response:
    """One anchor on a sheet of paper, to be signed."""
    number = _number(path_text(request, "number", max_length=NUMBER_DIGITS))
    anchor = await request.app[PROVING].find_anchor(actor(request).tenant_id, number or 0)
    if anchor is None:
        raise Fault(ErrorCode.NOT_FOUND)
    symbol = matrix(f"BMT-ANCHOR {anchor.number} {anchor.day.isoformat()} {anchor.hash}", Level.PRINT)
    return await show(
        request,
        "console/anchor.html",
        anchor=anchor,
        qr=Markup(svg(symbol, label="凭证码")),  # noqa: S704 - our own drawing
    )


async def _page(
    request: web.Request,
    asked: LogQuery,
    found: _Found,
    *,
    state: object = None,
    findings: Sequence[Finding] | None = None,
) -> web.Response:
    who, lines = actor(request), found.lines[:SHOWN]
    next_url = ""
    if len(found.lines) > SHOWN:
        said = {name: value for name, value in asked.model_dump().items() if value and name != "cursor"}
        next_url = str(request.rel_url.with_path(HOME).with_query({**said, "cursor": str(lines[-1].number)}))
    named = await audit_names.subjects(request, lines)
    return await show(
        request,
        "console/audit.html",
        status=422 if found.wrong else 200,
        lines=[(line, _kind(line), audit_names.shown(line, line.subject_kind, named)) for line in lines],
        names=await request.app[PEOPLE].staff_names(who.tenant_id, [each.actor_id for each in lines]),
        whole=who.has(AUDITORS),
        asked=asked,
        wrong=found.wrong,
        sources=SOURCES,
        actions=ACTIONS,
        state=state,
        findings=findings,
        next_url=next_url,
    )


async def _found(request: web.Request, asked: LogQuery, before: int | None) -> _Found:
    """What the auditor looks for, one more than is shown."""
    wrong: dict[str, str] = {}
    tenant_id = actor(request).tenant_id
    search = Search(tenant_id=tenant_id, before=before, limit=SHOWN + 1)
    if asked.who:
        staff_id = await _staff_id(request, asked.who)
        if not staff_id:
            wrong["who"] = "没有这个人，请填工作人员的姓名或登录名。"
        search = replace(search, actor_id=staff_id)
    if asked.about:
        search = replace(search, subject_id=await _subject_id(request, asked.about))
    if asked.day:
        day = _day(asked.day)
        if day is None:
            wrong["day"] = "日期请写成 2026-04-10 的样子。"
        else:
            search = replace(search, since=moment(day, 0), until=moment(day, DAY_MINUTES))
    if wrong:
        return _Found((), wrong)
    for history in request.app[PROVING].histories:
        if history.kind == asked.source:
            return _Found(await history.search(search), wrong)
    if asked.action in set(AuditAction):
        search = replace(search, action=asked.action)
    return _Found([_line(entry) for entry in await request.app[AUDIT].search(search)], wrong)


async def _sign_ins(request: web.Request, before: int | None) -> _Found:
    """All a security officer may read."""
    entries = await request.app[AUDIT].latest(
        actor(request).tenant_id, before=before, limit=SHOWN + 1, only=SIGN_INS
    )
    return _Found([_line(entry) for entry in entries], {})


def _kind(line: Line) -> str:
    """What the subject of a line is, in the office's words."""
    return SUBJECTS.get(line.subject_kind) or PAGES_OF_THE_MENU.get(line.subject_kind, "其他")


def _line(entry: Entry) -> Line:
    return Line(
        number=entry.number,
        at=entry.at,
        actor_id=entry.actor_id,
        action_label=entry.action.zh,
        subject_kind=entry.subject_kind,
        subject_id=entry.subject_id,
        reason=entry.reason,
    )


async def _staff_id(request: web.Request, typed: str) -> str:
    """The person of this township with this name or login name; "" for nobody."""
    accounts, after = request.app[PEOPLE].accounts, ""
    while members := await accounts.members(actor(request).tenant_id, after=after, limit=MEMBERS_AT_ONCE):
        for member in members:
            if typed in (member.account.name, member.account.login_name):
                return member.account.id
        after = members[-1].account.login_name
    return ""


async def _subject_id(request: web.Request, typed: str) -> str:
    """An id as it is, or the id under a number people use."""
    for history in request.app[PROVING].histories:
        if subject_id := await history.find_subject(actor(request).tenant_id, typed.upper()):
            return subject_id
    return typed


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> int | None:
    """Raises Fault: QUERY_INVALID."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS):
        raise Fault(ErrorCode.QUERY_INVALID)
    return int(text)


PAGES: tuple[Page, ...] = (
    Page(method="GET", path=HOME, handler=show_log, door=Door.TOKEN, who=LOG_READERS),
    Page(method="POST", path=f"{HOME}/prove", handler=prove, door=Door.TOKEN, who=AUDITORS),
    Page(method="GET", path=f"{HOME}/anchors", handler=show_anchors, door=Door.TOKEN, who=AUDITORS),
    Page(method="GET", path=f"{HOME}/anchors/{{number}}", handler=show_anchor, door=Door.TOKEN, who=AUDITORS),
)
