"""The office's pages of complaints. Each list, sum and page holds only what exists for whoever opens it."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from aiohttp import web

from api_spec.china_time import day_in_china
from api_spec.complaint_terms import (
    ComplaintAbout,
    ComplaintAction,
    ComplaintChannel,
    ComplaintRoute,
)
from api_spec.errors import ErrorCode
from api_spec.messages.base import Message, OptionalLine
from api_spec.route import Door
from api_spec.routes.complaints import BOX_KEEPERS, TAKERS
from api_spec.vocabulary import Role
from backend.complaints.complaint import Filing, Words
from backend.complaints.machine import HANDLERS, Command, Person
from backend.console.commands import value_of
from backend.console.frame import show
from backend.console.refusals import CHOOSE, CORRECTABLE, refused, typed_form, version_in
from backend.edge import Page, actor, now, path_id, query, redirect
from backend.edge.pages import PageHandler
from backend.edge.requests import HEX_ID
from backend.faults import Fault, Wrong
from backend.ids import new_id
from backend.keys import CATALOGUE, COMPLAINTS, PEOPLE

SENTENCE_OF: Final = {
    ErrorCode.NOTE_REQUIRED: "请写明情况。",
    ErrorCode.CASE_MOVED: "刚有人处理过，请看清最新情况再操作。",
    ErrorCode.ACTION_NOT_ALLOWED: "现在不能这样处理：可能已经处理过、延长过，或超过了 24 小时。",
    ErrorCode.OUT_OF_SCOPE: "不能交给被投诉的人或被投诉的窗口，请换一个人。",
    ErrorCode.SAME_PERSON: "这一步不能由您自己来做，请换一个人。",
}
TAKING: Final = {
    ErrorCode.SAME_PERSON: "这件投诉说的是您，或者可能是您：不能由您登记，请别的窗口的同事或中心主任登记。",
}
TAKEN_BY_STAFF: Final = (ComplaintChannel.PHONE, ComplaintChannel.COUNTER, ComplaintChannel.BOX)


class ListQuery(Message):
    closed: bool = False
    number: OptionalLine = ""


async def list_complaints(request: web.Request) -> web.Response:
    who, asked = actor(request), query(request, ListQuery)
    found = await request.app[COMPLAINTS].listed(who, is_open=not asked.closed, number=asked.number.strip())
    today = day_in_china(now(request))
    return await show(
        request,
        "complaints/list.html",
        found=found,
        closed=asked.closed,
        number=asked.number,
        late=sum(each.due_on < today for each in found) if not asked.closed else 0,
        today=today,
        keeps_box=who.has(BOX_KEEPERS),
    )


async def new_complaint(request: web.Request) -> web.Response:
    return await _new(request, {"rid": new_id()})


async def take_complaint(request: web.Request) -> web.Response:
    """Write down what somebody said; whoever does so does not read it again unless it is theirs to deal with."""
    typed, who = await typed_form(request), actor(request)
    try:
        filing = await _filing(request, typed)
        filed = await request.app[COMPLAINTS].take_down(filing, actor=who, at=now(request))
    except Fault as fault:
        if fault.code not in CORRECTABLE:
            raise
        return await _new(request, {"rid": new_id(), **typed}, fault=fault)
    return await show(request, "complaints/taken.html", filed=filed, is_leader=who.has(HANDLERS))


async def show_complaint(request: web.Request) -> web.Response:
    return await _complaint(request)


async def move_complaint(request: web.Request) -> web.Response:
    complaint_id, typed = path_id(request, "complaint_id"), await typed_form(request)
    who, at = actor(request), now(request)
    try:
        await request.app[COMPLAINTS].act(
            complaint_id,
            await _command(request, typed),
            version=version_in(typed),
            actor=who,
            at=at,
        )
    except Fault as fault:
        if fault.code not in CORRECTABLE:
            raise
        return await _complaint(request, fault=fault, typed=typed)
    still = await request.app[COMPLAINTS].listed(who, number=typed.get("number", ""))
    return redirect(f"/staff/complaints/{complaint_id}" if still else "/staff/complaints")


async def show_box(request: web.Request) -> web.Response:
    return await _box(request, {})


async def open_box(request: web.Request) -> web.Response:
    typed = await typed_form(request)
    try:
        await request.app[COMPLAINTS].box.open(
            day=_day(typed.get("day", "")),
            witness_id=typed.get("witness", "") if HEX_ID.fullmatch(typed.get("witness", "")) else "",
            letters=_letters(typed.get("letters", "")),
            note=typed.get("note", "").strip()[:200],
            actor=actor(request),
            at=now(request),
        )
    except Fault as fault:
        if fault.code not in CORRECTABLE:
            raise
        return await _box(request, typed, fault=fault)
    return redirect("/staff/complaints/box")


async def _filing(request: web.Request, typed: Mapping[str, str]) -> Filing:
    """Raises Fault: FORM_INVALID, BODY_INVALID."""
    who = actor(request)
    about = value_of(ComplaintAbout, typed.get("about", ""))
    channel = value_of(ComplaintChannel, typed.get("channel", ""))
    text, subject = typed.get("text", "").strip(), typed.get("subject", "")
    wrong = [
        Wrong(field, "required", sentence)
        for bad, field, sentence in (
            (about is None, "about", "请选择投诉什么。"),
            (channel not in TAKEN_BY_STAFF, "channel", "请选择怎么来的。"),
            (not 4 <= len(text) <= 2000, "text", "请记清楚事情，4 到 2000 个字。"),
        )
        if bad
    ]
    if wrong or about is None or channel is None:
        raise Fault(ErrorCode.FORM_INVALID, wrong=wrong)
    if not HEX_ID.fullmatch(typed.get("rid", "")):
        raise Fault(ErrorCode.BODY_INVALID)
    cards = {card.id: card.department_id for card in await request.app[CATALOGUE].windows(who.tenant_id)}
    return Filing(
        tenant_id=who.tenant_id,
        rid=typed["rid"],
        channel=channel,
        about=about,
        words=Words(
            text=text,
            whom=typed.get("whom", "").strip()[:200],
            name=typed.get("name", "").strip()[:50],
            phone=typed.get("phone", "").strip()[:50],
        ),
        department_id=cards.get(typed.get("window", ""), ""),
        subject_ids=(subject,) if HEX_ID.fullmatch(subject) else (),
        route=value_of(ComplaintRoute, typed.get("kept_from", "")),
        taken_by=who.id,
        taken_role=next(role for role in Role if role in who.roles),
    )


async def _command(request: web.Request, typed: Mapping[str, str]) -> Command:
    """Raises Fault: BODY_INVALID, FORM_INVALID."""
    action = value_of(ComplaintAction, typed.get("action", ""))
    if action is None:
        raise Fault(ErrorCode.BODY_INVALID)
    return Command(
        action=action,
        note=typed.get("note", "")[:2000],
        assignee=await _person(request, typed, "assignee") if action is ComplaintAction.ASSIGN else None,
        subjects=(await _person(request, typed, "subject"),) if action is ComplaintAction.NAME else (),
    )


async def _person(request: web.Request, typed: Mapping[str, str], field: str) -> Person:
    chosen = typed.get(field, "")
    if not HEX_ID.fullmatch(chosen):
        raise Fault(ErrorCode.FORM_INVALID, wrong=[Wrong(field, "required", "请选择一个人。")])
    who = actor(request)
    return await request.app[COMPLAINTS].staff.person(who.tenant_id, chosen, at=now(request))


async def _complaint(
    request: web.Request, *, fault: Fault | None = None, typed: Mapping[str, str] | None = None
) -> web.Response:
    who, at, complaints = actor(request), now(request), request.app[COMPLAINTS]
    opened = await complaints.show(path_id(request, "complaint_id"), actor=who, at=at)
    standing = opened.complaint.standing
    everybody = await complaints.staff.everybody(who.tenant_id, at=at)
    ids = list({each.actor_id for each in opened.history} | set(standing.subjects) | {standing.assignee_id})
    return await show(
        request,
        "complaints/show.html",
        one=opened,
        c=opened.complaint,
        names=await request.app[PEOPLE].staff_names(who.tenant_id, ids),
        word={action.value: action.zh for action in ComplaintAction},
        handlers=[CHOOSE, *((each.id, _label(each)) for each in everybody if each.roles & HANDLERS)],
        everybody=[CHOOSE, *((each.id, _label(each)) for each in everybody if each.id != who.id)],
        today=day_in_china(at),
        typed=typed or {},
        **refused(fault, SENTENCE_OF),
    )


async def _new(request: web.Request, typed: Mapping[str, str], *, fault: Fault | None = None) -> web.Response:
    who, at = actor(request), now(request)
    everybody = await request.app[COMPLAINTS].staff.everybody(who.tenant_id, at=at)
    cards = await request.app[CATALOGUE].windows(who.tenant_id)
    return await show(
        request,
        "complaints/new.html",
        typed=typed,
        channels=[(each.value, each.zh) for each in TAKEN_BY_STAFF],
        abouts=[(each.value, each.zh) for each in ComplaintAbout],
        windows=[("", "不是窗口，或不清楚"), *((card.id, f"{card.number}号 {card.name}") for card in cards)],
        everybody=[("", "没有点名，或不清楚"), *((each.id, _label(each)) for each in everybody)],
        **refused(fault, TAKING),
    )


async def _box(request: web.Request, typed: Mapping[str, str], *, fault: Fault | None = None) -> web.Response:
    who, at = actor(request), now(request)
    openings = await request.app[COMPLAINTS].box.openings(who)
    everybody = await request.app[COMPLAINTS].staff.everybody(who.tenant_id, at=at)
    ids = list({each.opened_by for each in openings} | {each.witness_id for each in openings})
    return await show(
        request,
        "complaints/box.html",
        openings=openings,
        names=await request.app[PEOPLE].staff_names(who.tenant_id, ids),
        others=[CHOOSE, *((each.id, _label(each)) for each in everybody if each.id != who.id)],
        today=day_in_china(at),
        typed=typed,
        **refused(fault, SENTENCE_OF),
    )


def _label(person: Person) -> str:
    return f"{person.name}（{'、'.join(role.zh for role in sorted(person.roles))}）"


def _day(text: str) -> date:
    """Raises Fault(FORM_INVALID)."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Fault(ErrorCode.FORM_INVALID, wrong=[Wrong("day", "required", "请填开箱日期。")]) from None


def _letters(text: str) -> int:
    """Raises Fault(FORM_INVALID)."""
    if not text.isascii() or not text.isdigit() or int(text) > 10_000:
        raise Fault(
            ErrorCode.FORM_INVALID, wrong=[Wrong("letters", "required", "请填信件数量，没有就填 0。")]
        )
    return int(text)


def _page(method: str, path: str, handler: PageHandler, who: frozenset[Role] = TAKERS) -> Page:
    return Page(method=method, path=path, handler=handler, door=Door.TOKEN, who=who)


PAGES: tuple[Page, ...] = (
    _page("GET", "/staff/complaints", list_complaints),
    _page("GET", "/staff/complaints/new", new_complaint),
    _page("POST", "/staff/complaints/new", take_complaint),
    _page("GET", "/staff/complaints/box", show_box, BOX_KEEPERS),
    _page("POST", "/staff/complaints/box", open_box, BOX_KEEPERS),
    _page("GET", "/staff/complaints/{complaint_id}", show_complaint),
    _page("POST", "/staff/complaints/{complaint_id}", move_complaint),
)
