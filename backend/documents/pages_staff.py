"""Documents in the console: the part of a case's page, one document with its standing, issuing, revoking, replacing."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from api_spec.document_terms import DocumentKind, DocumentState, DocumentSubject
from api_spec.errors import STATUS, ErrorCode
from api_spec.messages.base import Message, OptionalLine
from api_spec.messages.cases import CaseView
from api_spec.messages.documents import IssueDocument
from api_spec.messages.proxy import ErrandView
from api_spec.route import Door
from api_spec.routes.cases import READERS
from api_spec.routes.documents import ARCHIVERS, ENDERS, ISSUERS
from backend.archive import rules as archive_rules
from backend.console.frame import show
from backend.documents import document, rules
from backend.documents.document import Entry, spoken
from backend.documents.pages import panel_of
from backend.edge import Page, Panel, actor, form, now, path_id, redirect
from backend.faults import Fault
from backend.keys import DOCUMENTS, PEOPLE
from backend.wording import SENTENCES

SAID_ON_THE_PAGE = frozenset({ErrorCode.REASON_REQUIRED, ErrorCode.CASE_MOVED, ErrorCode.ACTION_NOT_ALLOWED})


class Why(Message):
    reason: OptionalLine = ""


async def staff_documents(request: web.Request, view: CaseView) -> Panel | None:
    """The documents on the console's page of a case, and those that may be asked for."""
    who = actor(request)
    entries = await request.app[DOCUMENTS].of_case(view.id, actor=who)
    wanted = [DocumentKind.RECEIPT, *([DocumentKind.MANDATE] if view.agent else [])]
    to_issue = [kind for kind in wanted if who.has(ISSUERS) and not document.current(entries, kind)]
    closed = view.state in archive_rules.CLOSED and who.has(ARCHIVERS & READERS)
    return panel_of(
        entries,
        staff=True,
        to_issue=to_issue,
        archive=f"/staff/archive?number={view.case_number}" if closed else "",
        case_id=view.id,
    )


async def staff_errand_documents(request: web.Request, view: ErrandView) -> Panel | None:
    """The documents on the console's page of an errand; a utility's clerk has no part in them."""
    who = actor(request)
    if not who.has(READERS):
        return None
    entries = await request.app[DOCUMENTS].of_errand(view.id, actor=who)
    return panel_of(entries, staff=True) if entries else None


async def issue(request: web.Request) -> web.Response:
    case_id = path_id(request, "case_id")
    kind = DocumentKind((await form(request, IssueDocument)).kind)
    entry = await request.app[DOCUMENTS].issue(case_id, kind, actor=actor(request), at=now(request))
    return redirect(f"/staff/documents/{entry.id}")


async def show_document(request: web.Request) -> web.Response:
    return await _document(request)


async def _document(request: web.Request, *, refused: Fault | None = None) -> web.Response:
    who = actor(request)
    found = await request.app[DOCUMENTS].load(path_id(request, "document_id"), actor=who)
    entry = found.entry
    names = await request.app[PEOPLE].staff_names(who.tenant_id, [entry.issued_by, entry.standing.by])
    return await show(
        request,
        "documents/staff.html",
        status=STATUS[refused.code] if refused else 200,
        entry=entry,
        said=found.document,
        fingerprint=spoken(entry.fingerprint),
        issuer=names.get(entry.issued_by, ""),
        ender=names.get(entry.standing.by, ""),
        shelf="errands" if entry.subject is DocumentSubject.ERRAND else "cases",
        may_replace=rules.may_be_written_anew(entry),
        may_end=entry.standing.state is DocumentState.VALID and rules.may_end(who, entry),
        sentence=SENTENCES[refused.code] if refused else "",
    )


async def revoke(request: web.Request) -> web.Response:
    return await _ended(request, request.app[DOCUMENTS].revoke)


async def replace(request: web.Request) -> web.Response:
    return await _ended(request, request.app[DOCUMENTS].replace)


async def _ended(request: web.Request, end: Callable[..., Awaitable[Entry]]) -> web.Response:
    document_id = path_id(request, "document_id")
    reason = (await form(request, Why)).reason
    try:
        entry = await end(document_id, reason=reason, actor=actor(request), at=now(request))
    except Fault as fault:
        if fault.code not in SAID_ON_THE_PAGE:
            raise
        return await _document(request, refused=fault)
    return redirect(f"/staff/documents/{entry.id}")


PAGES: tuple[Page, ...] = (
    Page(
        method="POST",
        path="/staff/cases/{case_id}/documents",
        handler=issue,
        door=Door.TOKEN,
        who=ISSUERS,
    ),
    Page(
        method="GET",
        path="/staff/documents/{document_id}",
        handler=show_document,
        door=Door.TOKEN,
        who=READERS,
    ),
    Page(
        method="POST",
        path="/staff/documents/{document_id}/revoke",
        handler=revoke,
        door=Door.TOKEN,
        who=ENDERS,
    ),
    Page(
        method="POST",
        path="/staff/documents/{document_id}/replace",
        handler=replace,
        door=Door.TOKEN,
        who=ENDERS,
    ),
)
