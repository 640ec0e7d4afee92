"""Documents for people: the sheet to print, the PDF, the page behind the QR code, and the part of the applicant's case."""

import asyncio
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

from aiohttp import web
from markupsafe import Markup

from api_spec import face
from api_spec.document_terms import DocumentState, DocumentSubject
from api_spec.errors import STATUS, ErrorCode
from api_spec.messages.base import Message, OptionalLine
from api_spec.messages.cases import CaseView
from api_spec.messages.proxy import ErrandView
from api_spec.paper import qr
from api_spec.route import CITIZENS, Door
from api_spec.routes.cases import READERS
from backend.documents import views
from backend.documents.document import Entry, code_display, spoken
from backend.documents.http import LONGEST_CODE, show_document_pdf
from backend.documents.service import Issued
from backend.documents.wording import chinese_day, standing_words
from backend.edge import (
    PAGES_ENV,
    Page,
    Panel,
    actor,
    form,
    now,
    page_response,
    path_id,
    path_text,
    remote_address,
    render,
    reply_bytes,
)
from backend.faults import Fault
from backend.keys import DOCUMENTS
from backend.wording import SENTENCES

STYLE = "/documents/document.css"
STYLE_HEADERS = {"Content-Type": "text/css; charset=utf-8", "Cache-Control": "public, max-age=3600"}
SYMBOL_MM = 24
SAID_ON_THE_PAGE = frozenset({ErrorCode.CODE_INVALID, ErrorCode.CODE_UNKNOWN, ErrorCode.TOO_MANY_REQUESTS})
UNKNOWN = "没有这份文书。请核对验证码；如果确实一样，这份文书可能是假的，请带着它到窗口核实。"


class Typed(Message):
    code: OptionalLine = ""


async def show_sheet(request: web.Request) -> web.Response:
    """The document as it prints on A4."""
    found = await request.app[DOCUMENTS].load(path_id(request, "document_id"), actor=actor(request))
    # drawing the QR code takes some 10 ms: not on the loop
    symbol = await asyncio.to_thread(_symbol, found.document.link)
    return page_response(_sheet(request, found, symbol))


def _sheet(request: web.Request, found: Issued, symbol: str) -> str:
    entry, said = found.entry, found.document
    shelf = "errands" if entry.subject is DocumentSubject.ERRAND else "cases"
    below = f"/{shelf}" if actor(request).is_citizen else f"/staff/{shelf}"
    return (
        request.app[PAGES_ENV]
        .get_template("documents/print.html")
        .render(
            said=said,
            entry=entry,
            ended="" if entry.standing.state is DocumentState.VALID else standing_words(entry.standing),
            issued_on=chinese_day(said.issued_on),
            fingerprint=spoken(entry.fingerprint),
            code=code_display(said.code),
            symbol=Markup(symbol),  # noqa: S704 - our own SVG, its label escaped
            back=f"{below}/{entry.subject_id}",
            stylesheet=STYLE,
            script=face.asset_url("face.js"),
        )
    )


def _symbol(link: str) -> str:
    return qr.svg(qr.matrix(link), label="扫码核验真伪", symbol_mm=SYMBOL_MM)


async def show_style(_: web.Request) -> web.Response:
    return reply_bytes(_style(), headers=STYLE_HEADERS)


@cache
def _style() -> bytes:
    return resources.files("backend.documents").joinpath("static", "document.css").read_bytes()


async def show_form(request: web.Request) -> web.Response:
    return render(request, "documents/verify.html", found=None, error="")


async def verify_typed(request: web.Request) -> web.Response:
    return await _verified(request, (await form(request, Typed)).code)


async def verify(request: web.Request) -> web.Response:
    return await _verified(request, path_text(request, "verification_code", max_length=LONGEST_CODE))


async def _verified(request: web.Request, code: str) -> web.Response:
    try:
        found = await request.app[DOCUMENTS].verify(code, address=remote_address(request), at=now(request))
    except Fault as fault:
        if fault.code not in SAID_ON_THE_PAGE:
            raise
        sentence = UNKNOWN if fault.code is ErrorCode.CODE_UNKNOWN else SENTENCES[fault.code]
        if fault.wrong:
            sentence = fault.wrong[0].sentence
        return render(request, "documents/verify.html", status=STATUS[fault.code], found=None, error=sentence)
    return render(request, "documents/verify.html", found=views.verification(found), error="")


def panel_of(entries: Sequence[Entry], *, staff: bool, **more: Any) -> Panel:
    """The list of documents on a page. `to_issue`: kinds with a button; `archive`: where the 案卷 is asked for."""
    shown = {"entries": entries, "staff": staff, "to_issue": (), "archive": "", "case_id": "", **more}
    return Panel("documents/panel.html", shown)


async def own_documents(request: web.Request, view: CaseView) -> Panel | None:
    """The documents on the applicant's page of a case."""
    entries = await request.app[DOCUMENTS].of_case(view.id, actor=actor(request))
    if not entries:
        return None
    return panel_of(entries, staff=False)


async def own_errand_documents(request: web.Request, view: ErrandView) -> Panel | None:
    """The documents on the applicant's page of an errand."""
    entries = await request.app[DOCUMENTS].of_errand(view.id, actor=actor(request))
    return panel_of(entries, staff=False) if entries else None


PAGES: tuple[Page, ...] = (
    Page(method="GET", path=STYLE, handler=show_style),
    Page(
        method="GET",
        path="/documents/{document_id}.pdf",
        handler=show_document_pdf,
        door=Door.TOKEN,
        who=CITIZENS | READERS,
    ),
    Page(
        method="GET",
        path="/documents/{document_id}",
        handler=show_sheet,
        door=Door.TOKEN,
        who=CITIZENS | READERS,
    ),
    Page(method="GET", path="/d", handler=show_form),
    Page(method="POST", path="/d", handler=verify_typed),
    Page(method="GET", path="/d/{verification_code}", handler=verify),
)
