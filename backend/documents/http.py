"""The JSON API of documents."""

from aiohttp import web

from api_spec.document_terms import DocumentKind
from api_spec.messages import documents as m
from api_spec.route import Route
from api_spec.routes import documents as routes
from backend.documents import views
from backend.edge import Handler, actor, body, now, path_id, path_text, remote_address, reply, reply_bytes
from backend.keys import DOCUMENTS

PDF_HEADERS = {
    "Content-Type": "application/pdf",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
LONGEST_CODE = 80


async def case_documents(request: web.Request) -> web.Response:
    entries = await request.app[DOCUMENTS].of_case(path_id(request, "case_id"), actor=actor(request))
    return reply(m.DocumentList(documents=[views.line(entry) for entry in entries]))


async def errand_documents(request: web.Request) -> web.Response:
    entries = await request.app[DOCUMENTS].of_errand(path_id(request, "errand_id"), actor=actor(request))
    return reply(m.DocumentList(documents=[views.line(entry) for entry in entries]))


async def issue_document(request: web.Request) -> web.Response:
    sent = await body(request, m.IssueDocument)
    entry = await request.app[DOCUMENTS].issue(
        path_id(request, "case_id"), DocumentKind(sent.kind), actor=actor(request), at=now(request)
    )
    return reply(views.line(entry), status=201)


async def show_document(request: web.Request) -> web.Response:
    found = await request.app[DOCUMENTS].load(path_id(request, "document_id"), actor=actor(request))
    return reply(views.view(found))


async def show_document_pdf(request: web.Request) -> web.Response:
    found = await request.app[DOCUMENTS].load(path_id(request, "document_id"), actor=actor(request))
    return reply_bytes(await request.app[DOCUMENTS].pdf(found), headers=PDF_HEADERS)


async def revoke_document(request: web.Request) -> web.Response:
    sent = await body(request, m.EndDocument)
    entry = await request.app[DOCUMENTS].revoke(
        path_id(request, "document_id"), reason=sent.reason, actor=actor(request), at=now(request)
    )
    return reply(views.line(entry))


async def replace_document(request: web.Request) -> web.Response:
    sent = await body(request, m.EndDocument)
    entry = await request.app[DOCUMENTS].replace(
        path_id(request, "document_id"), reason=sent.reason, actor=actor(request), at=now(request)
    )
    return reply(views.line(entry), status=201)


async def verify_document(request: web.Request) -> web.Response:
    found = await request.app[DOCUMENTS].verify(
        path_text(request, "verification_code", max_length=LONGEST_CODE),
        address=remote_address(request),
        at=now(request),
    )
    return reply(views.verification(found))


HANDLERS: dict[Route, Handler] = {
    routes.CASE_DOCUMENTS: case_documents,
    routes.STAFF_CASE_DOCUMENTS: case_documents,
    routes.ERRAND_DOCUMENTS: errand_documents,
    routes.STAFF_ERRAND_DOCUMENTS: errand_documents,
    routes.ISSUE_DOCUMENT: issue_document,
    routes.SHOW_DOCUMENT: show_document,
    routes.SHOW_DOCUMENT_PDF: show_document_pdf,
    routes.REVOKE_DOCUMENT: revoke_document,
    routes.REPLACE_DOCUMENT: replace_document,
    routes.VERIFY_DOCUMENT: verify_document,
}
