"""The page on which a 案卷 is asked for: a number, a reason, and the file."""

import asyncio

from aiohttp import web

from api_spec.errors import STATUS, ErrorCode
from api_spec.messages.base import Message, OptionalLine
from api_spec.route import Door
from api_spec.routes.documents import ARCHIVERS
from backend.archive.service import Volume
from backend.console.frame import show
from backend.edge import Page, actor, form, now, query
from backend.faults import Fault
from backend.keys import ARCHIVE
from backend.wording import SENTENCES

PIECE_BYTES = 256 * 1024
SAID_ON_THE_PAGE = frozenset(
    {
        ErrorCode.FORM_INVALID,
        ErrorCode.CASE_NOT_FOUND,
        ErrorCode.NOT_ALLOWED,
        ErrorCode.REASON_REQUIRED,
        ErrorCode.ACTION_NOT_ALLOWED,
    }
)
NOT_CLOSED = "这个办件还没有办结，办结以后才能制作案卷。"


class Wanted(Message):
    number: OptionalLine = ""
    reason: OptionalLine = ""


class Asked(Message):
    number: OptionalLine = ""


async def show_form(request: web.Request) -> web.Response:
    return await _form(request, Wanted(number=query(request, Asked).number))


async def _form(request: web.Request, typed: Wanted, *, refused: Fault | None = None) -> web.Response:
    sentence = ""
    if refused is not None:
        closed = refused.code is not ErrorCode.ACTION_NOT_ALLOWED
        sentence = SENTENCES[refused.code] if closed else NOT_CLOSED
        if refused.wrong:
            sentence = refused.wrong[0].sentence
    return await show(
        request,
        "archive/form.html",
        status=STATUS[refused.code] if refused else 200,
        typed=typed,
        sentence=sentence,
        public_key=request.app[ARCHIVE].public_key,
    )


async def make(request: web.Request) -> web.StreamResponse:
    typed = await form(request, Wanted)
    try:
        made = await request.app[ARCHIVE].make(
            typed.number, reason=typed.reason, actor=actor(request), at=now(request)
        )
    except Fault as fault:
        if fault.code not in SAID_ON_THE_PAGE:
            raise
        return await _form(request, typed, refused=fault)
    with made.file:
        return await _sent(request, made)


async def _sent(request: web.Request, made: Volume) -> web.StreamResponse:
    answer = web.StreamResponse(
        headers={
            "Content-Type": "application/zip",
            "Content-Length": str(made.size),
            "Content-Disposition": f'attachment; filename="{made.name}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
    )
    await answer.prepare(request)
    while piece := await asyncio.to_thread(made.file.read, PIECE_BYTES):
        await answer.write(piece)
    await answer.write_eof()
    return answer


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/staff/archive", handler=show_form, door=Door.TOKEN, who=ARCHIVERS),
    Page(method="POST", path="/staff/archive", handler=make, door=Door.TOKEN, who=ARCHIVERS),
)
