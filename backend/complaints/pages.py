"""Pages to complain and to ask, for everybody, signed in or not; and to read the answer with the code."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import StringConstraints

from api_spec.complaint_terms import ComplaintAbout, ComplaintChannel, ComplaintRoute, EnquiryChannel
from api_spec.errors import STATUS, ErrorCode
from api_spec.messages.base import Message
from backend.complaints import pages_staff
from backend.complaints.complaint import Filing, Words
from backend.complaints.http import department_of, source
from backend.console.commands import value_of
from backend.edge import Page, actor, find_actor, form_fields, now, query, render
from backend.edge.requests import HEX_ID
from backend.enquiries import pages_staff as enquiries_staff
from backend.enquiries.enquiry import Asking, Question
from backend.faults import Fault, Wrong
from backend.hall.http import asked_tenant
from backend.ids import new_id
from backend.keys import CATALOGUE, COMPLAINTS, ENQUIRIES
from backend.register.pages_own import own
from backend.wording import SENTENCES

CASE_NUMBER: Final = r"[0-9A-Z]{1,8}-\d{6}-[0-9A-Z]{1,8}-[0-9A-Z]"
SHORTEST: Final = 4
LONGEST: Final = 2000
CORRECTABLE: Final = frozenset({ErrorCode.FORM_INVALID, ErrorCode.TOO_MANY_REQUESTS, ErrorCode.CODE_UNKNOWN})
KEPT_FROM: Final = (
    ("", "没有关系，按一般程序处理"),
    (ComplaintRoute.DIRECTOR.value, "客服或中心工作人员，请直接交给中心主任"),
    (ComplaintRoute.SUPERVISOR.value, "中心主任，请直接交给监察人员"),
)


class About(Message):
    """The case a complaint is about, by the number on its receipt."""

    case: Annotated[str, StringConstraints(pattern=CASE_NUMBER)] | None = None


async def complain(request: web.Request) -> web.Response:
    about = query(request, About).case
    return await _complain(
        request, {"rid": new_id(), **({"case": about, "about": "matter"} if about else {})}
    )


async def file_complaint(request: web.Request) -> web.Response:
    """Take it; the number and the code are told on the page that follows, and nowhere again."""
    typed, tenant_id = await typed_form(request), asked_tenant(request, None)
    visitor = find_actor(request)
    try:
        filing = Filing(
            tenant_id=tenant_id,
            rid=rid_of(typed),
            channel=ComplaintChannel.WEB,
            about=about_of(typed),
            words=Words(
                text=_with_case(text_of(typed), typed.get("case", "")),
                whom=line_of(typed, "whom"),
                name=line_of(typed, "name"),
                phone=line_of(typed, "phone"),
            ),
            department_id=await department_of(request, tenant_id, typed.get("window", "")),
            route=value_of(ComplaintRoute, typed.get("kept_from", "")),
            citizen_id=visitor.id
            if visitor and visitor.is_citizen and typed.get("nameless") != "yes"
            else "",
        )
        filed = await request.app[COMPLAINTS].file_from(source(request), filing, at=now(request))
    except Fault as fault:
        if fault.code not in CORRECTABLE:
            raise
        return await _complain(request, typed, fault=fault)
    return render(request, "complaints/filed.html", filed=filed, code=filed.code, is_complaint=True)


def _with_case(text: str, number: str) -> str:
    """The words, led by the number of the case they are about."""
    return f"（关于办件 {number}）{text}" if re.fullmatch(CASE_NUMBER, number) else text


async def ask(request: web.Request) -> web.Response:
    return _ask(request, {"rid": new_id()})


async def send_question(request: web.Request) -> web.Response:
    typed, visitor = await typed_form(request), find_actor(request)
    try:
        asking = Asking(
            tenant_id=asked_tenant(request, None),
            rid=rid_of(typed),
            channel=EnquiryChannel.WEB,
            question=Question(
                text=text_of(typed), name=line_of(typed, "name"), phone=line_of(typed, "phone")
            ),
            citizen_id=visitor.id if visitor and visitor.is_citizen else "",
        )
        code = await request.app[ENQUIRIES].ask(source(request), asking, at=now(request))
    except Fault as fault:
        if fault.code not in CORRECTABLE:
            raise
        return _ask(request, typed, fault=fault)
    return render(request, "complaints/filed.html", filed=None, code=code, is_complaint=False)


async def answer_form(request: web.Request) -> web.Response:
    return render(request, "complaints/answer.html", typed="", error="", complaint=None, enquiry=None)


async def read_answer(request: web.Request) -> web.Response:
    """The code comes in the form, never in an address, where it would stay in the browser's history."""
    code = line_of(await typed_form(request), "code")
    enquiry = await request.app[ENQUIRIES].find_by_code(code)
    try:
        complaint = (
            None
            if enquiry
            else await request.app[COMPLAINTS].read_answer(code, source=source(request), at=now(request))
        )
    except Fault as fault:
        if fault.code not in CORRECTABLE:
            raise
        return render(
            request,
            "complaints/answer.html",
            status=STATUS[fault.code],
            typed=code,
            error=SENTENCES[fault.code],
            complaint=None,
            enquiry=None,
        )
    return render(
        request, "complaints/answer.html", typed=code, error="", complaint=complaint, enquiry=enquiry
    )


async def list_own(request: web.Request) -> web.Response:
    who = actor(request)
    return render(
        request,
        "complaints/own.html",
        complaints=await request.app[COMPLAINTS].own(who.id),
        enquiries=await request.app[ENQUIRIES].own(who.id),
    )


async def typed_form(request: web.Request) -> dict[str, str]:
    """The last value of every field."""
    return {name: values[-1] for name, values in (await form_fields(request)).items()}


def rid_of(typed: Mapping[str, str]) -> str:
    """Raises Fault(BODY_INVALID): not one of our forms."""
    if not HEX_ID.fullmatch(typed.get("rid", "")):
        raise Fault(ErrorCode.BODY_INVALID)
    return typed["rid"]


def about_of(typed: Mapping[str, str]) -> ComplaintAbout:
    """Raises Fault(FORM_INVALID)."""
    about = value_of(ComplaintAbout, typed.get("about", ""))
    if about is None:
        raise _wrong("about", "请选择投诉什么。")
    return about


def text_of(typed: Mapping[str, str]) -> str:
    """Raises Fault(FORM_INVALID)."""
    text = typed.get("text", "").strip()
    if not SHORTEST <= len(text) <= LONGEST:
        raise _wrong("text", f"请写清楚事情，{SHORTEST} 到 {LONGEST} 个字。")
    return text


def line_of(typed: Mapping[str, str], name: str) -> str:
    """One typed line."""
    return typed.get(name, "").strip()[:200]


def _wrong(field: str, sentence: str) -> Fault:
    return Fault(ErrorCode.FORM_INVALID, wrong=[Wrong(field, "required", sentence)])


def _refused(fault: Fault | None) -> dict[str, Any]:
    """What a page shows of a refusal."""
    return {
        "status": STATUS[fault.code] if fault else 200,
        "wrong": fault.wrong if fault else (),
        "errors": {each.field: each.sentence for each in fault.wrong} if fault else {},
        "sentence": SENTENCES[fault.code] if fault else "",
    }


async def _complain(
    request: web.Request, typed: Mapping[str, str], *, fault: Fault | None = None
) -> web.Response:
    catalogue, tenant_id = request.app[CATALOGUE], asked_tenant(request, None)
    cards = await catalogue.windows(tenant_id)
    return render(
        request,
        "complaints/complain.html",
        typed=typed,
        abouts=[(each.value, each.zh) for each in ComplaintAbout],
        windows=[("", "不是窗口，或不清楚"), *((card.id, f"{card.number}号 {card.name}") for card in cards)],
        kept_from=KEPT_FROM,
        phone=(await catalogue.tenant(tenant_id)).complaint_phone,
        **_refused(fault),
    )


def _ask(request: web.Request, typed: Mapping[str, str], *, fault: Fault | None = None) -> web.Response:
    return render(request, "complaints/ask.html", typed=typed, **_refused(fault))


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/complain", handler=complain),
    Page(method="POST", path="/complain", handler=file_complaint),
    Page(method="GET", path="/ask", handler=ask),
    Page(method="POST", path="/ask", handler=send_question),
    Page(method="GET", path="/answer", handler=answer_form),
    Page(method="POST", path="/answer", handler=read_answer),
    own("GET", "/me/complaints", list_own),
    *pages_staff.PAGES,
    *enquiries_staff.PAGES,
)
