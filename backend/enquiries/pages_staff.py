"""The office's pages of enquiries: what concerns the reader, taking one down, handing it over, the reply templates."""

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from api_spec.complaint_terms import EnquiryAction, EnquiryChannel
from api_spec.errors import ErrorCode
from api_spec.messages.base import Message
from api_spec.route import Door
from api_spec.routes.enquiries import CLERKS, KEEPERS, READERS
from api_spec.vocabulary import Role
from backend.console.commands import value_of
from backend.console.frame import show
from backend.console.refusals import CHOOSE, CORRECTABLE, refused, typed_form, version_in
from backend.edge import Page, actor, now, path_id, query, redirect
from backend.edge.pages import PageHandler
from backend.edge.requests import HEX_ID
from backend.enquiries.enquiry import Asking, Question
from backend.enquiries.machine import Command
from backend.faults import Fault, Wrong
from backend.ids import new_id
from backend.keys import COMPLAINTS, ENQUIRIES, PEOPLE

SENTENCE_OF: Final = {
    ErrorCode.NOTE_REQUIRED: "请写明内容。",
    ErrorCode.CASE_MOVED: "刚有人处理过，请看清最新情况再操作。",
    ErrorCode.ACTION_NOT_ALLOWED: "现在不能这样处理，请看清最新情况。",
    ErrorCode.SAME_PERSON: "不能移交给自己。",
}
TAKEN_BY_STAFF: Final = (EnquiryChannel.WINDOW, EnquiryChannel.PHONE)


class ListQuery(Message):
    closed: bool = False


async def list_enquiries(request: web.Request) -> web.Response:
    who, closed = actor(request), query(request, ListQuery).closed
    lines = await request.app[ENQUIRIES].listed(who, at=now(request), is_open=not closed)
    ids = list({line.enquiry.standing.holder_id for line in lines})
    return await show(
        request,
        "enquiries/list.html",
        lines=lines,
        closed=closed,
        names=await request.app[PEOPLE].staff_names(who.tenant_id, ids),
        takes=who.has(CLERKS),
        keeps=who.has(KEEPERS),
        me=who.id,
    )


async def new_enquiry(request: web.Request) -> web.Response:
    return await _new(request, {"rid": new_id()})


async def take_down(request: web.Request) -> web.Response:
    typed, who = await typed_form(request), actor(request)
    try:
        code = await request.app[ENQUIRIES].take_down(
            _asking(typed, who.tenant_id), actor=who, at=now(request)
        )
    except Fault as fault:
        if fault.code not in CORRECTABLE:
            raise
        return await _new(request, {"rid": new_id(), **typed}, fault=fault)
    return await show(
        request, "enquiries/taken.html", code=code, answered=bool(typed.get("answer", "").strip())
    )


async def show_enquiry(request: web.Request) -> web.Response:
    return await _enquiry(request)


async def move_enquiry(request: web.Request) -> web.Response:
    enquiry_id, typed, who = path_id(request, "enquiry_id"), await typed_form(request), actor(request)
    try:
        await request.app[ENQUIRIES].act(
            enquiry_id,
            await _command(request, typed),
            version=version_in(typed),
            actor=who,
            at=now(request),
        )
    except Fault as fault:
        if fault.code not in CORRECTABLE:
            raise
        return await _enquiry(request, fault=fault, typed=typed)
    return redirect("/staff/enquiries")


async def show_templates(request: web.Request) -> web.Response:
    return await _templates(request, {})


async def put_template(request: web.Request) -> web.Response:
    typed = await typed_form(request)
    title, text = typed.get("title", "").strip()[:50], typed.get("text", "").strip()[:1000]
    if not title or not text:
        wrong = [
            Wrong(field, "required", "请填写这一项。")
            for field, value in (("title", title), ("text", text))
            if not value
        ]
        return await _templates(request, typed, fault=Fault(ErrorCode.FORM_INVALID, wrong=wrong))
    await request.app[ENQUIRIES].put_template(title, text, actor=actor(request), at=now(request))
    return redirect("/staff/enquiries/templates")


async def drop_template(request: web.Request) -> web.Response:
    await request.app[ENQUIRIES].drop_template(path_id(request, "template_id"), actor=actor(request))
    return redirect("/staff/enquiries/templates")


def _asking(typed: Mapping[str, str], tenant_id: str) -> Asking:
    """Raises Fault: FORM_INVALID, BODY_INVALID."""
    channel, text = value_of(EnquiryChannel, typed.get("channel", "")), typed.get("text", "").strip()
    if channel not in TAKEN_BY_STAFF:
        raise Fault(ErrorCode.FORM_INVALID, wrong=[Wrong("channel", "required", "请选择怎么问的。")])
    if not 2 <= len(text) <= 2000:
        raise Fault(ErrorCode.FORM_INVALID, wrong=[Wrong("text", "required", "请记下问了什么。")])
    if not HEX_ID.fullmatch(typed.get("rid", "")):
        raise Fault(ErrorCode.BODY_INVALID)
    return Asking(
        tenant_id=tenant_id,
        rid=typed["rid"],
        channel=channel,
        question=Question(
            text=text,
            name=typed.get("name", "").strip()[:50],
            phone=typed.get("phone", "").strip()[:50],
        ),
        answer=typed.get("answer", "")[:2000],
    )


async def _command(request: web.Request, typed: Mapping[str, str]) -> Command:
    """Raises Fault: BODY_INVALID, FORM_INVALID."""
    action, who = value_of(EnquiryAction, typed.get("action", "")), actor(request)
    if action is None:
        raise Fault(ErrorCode.BODY_INVALID)
    to_id, to_name = "", ""
    if action is EnquiryAction.OFFER:
        chosen = typed.get("to", "")
        if not HEX_ID.fullmatch(chosen):
            raise Fault(ErrorCode.FORM_INVALID, wrong=[Wrong("to", "required", "请选择移交给谁。")])
        person = await request.app[COMPLAINTS].staff.person(who.tenant_id, chosen, at=now(request))
        if not person.roles & CLERKS:
            raise Fault(ErrorCode.FORM_INVALID, wrong=[Wrong("to", "role", "这个人不接待咨询，请换一个人。")])
        to_id, to_name = person.id, person.name
    return Command(action=action, note=typed.get("note", "")[:2000], to_id=to_id, to_name=to_name)


async def _enquiry(
    request: web.Request, *, fault: Fault | None = None, typed: Mapping[str, str] | None = None
) -> web.Response:
    who, at = actor(request), now(request)
    opened = await request.app[ENQUIRIES].show(path_id(request, "enquiry_id"), actor=who)
    everybody = await request.app[COMPLAINTS].staff.everybody(who.tenant_id, at=at)
    standing = opened.enquiry.standing
    ids = {each.actor_id for each in opened.history}
    ids |= {standing.first_id, standing.holder_id, standing.offered_id}
    return await show(
        request,
        "enquiries/show.html",
        one=opened,
        e=opened.enquiry,
        names=await request.app[PEOPLE].staff_names(who.tenant_id, list(ids)),
        word={action.value: action.zh for action in EnquiryAction},
        others=[
            CHOOSE,
            *(
                (each.id, f"{each.name}（{'、'.join(role.zh for role in sorted(each.roles))}）")
                for each in everybody
                if each.id != who.id and each.roles & CLERKS
            ),
        ],
        templates=await request.app[ENQUIRIES].templates(who),
        typed=typed or {},
        **refused(fault, SENTENCE_OF),
    )


async def _new(request: web.Request, typed: Mapping[str, str], *, fault: Fault | None = None) -> web.Response:
    return await show(
        request,
        "enquiries/new.html",
        typed=typed,
        channels=[(each.value, each.zh) for each in TAKEN_BY_STAFF],
        templates=await request.app[ENQUIRIES].templates(actor(request)),
        **refused(fault, SENTENCE_OF),
    )


async def _templates(
    request: web.Request, typed: Mapping[str, str], *, fault: Fault | None = None
) -> web.Response:
    found = await request.app[ENQUIRIES].templates(actor(request))
    return await show(
        request, "enquiries/templates.html", templates=found, typed=typed, **refused(fault, SENTENCE_OF)
    )


def _page(method: str, path: str, handler: PageHandler, who: frozenset[Role]) -> Page:
    return Page(method=method, path=path, handler=handler, door=Door.TOKEN, who=who)


PAGES: tuple[Page, ...] = (
    _page("GET", "/staff/enquiries", list_enquiries, READERS),
    _page("GET", "/staff/enquiries/new", new_enquiry, CLERKS),
    _page("POST", "/staff/enquiries/new", take_down, CLERKS),
    _page("GET", "/staff/enquiries/templates", show_templates, KEEPERS),
    _page("POST", "/staff/enquiries/templates", put_template, KEEPERS),
    _page("POST", "/staff/enquiries/templates/{template_id}/drop", drop_template, KEEPERS),
    _page("GET", "/staff/enquiries/{enquiry_id}", show_enquiry, READERS),
    _page("POST", "/staff/enquiries/{enquiry_id}", move_enquiry, READERS),
)
