"""Codes and files that open or enrol a village computer by hand: for the new clerk, and where there is no network."""

from urllib.parse import quote

from aiohttp import BodyPartReader, web

from api_spec import enrol_file
from api_spec.errors import ErrorCode
from api_spec.messages.base import Line, Message, OptionalLine
from api_spec.paper import qr
from api_spec.route import Door
from api_spec.routes.intake import KEEPERS
from backend.console.frame import show
from backend.edge import Page, actor, form, now, path_text
from backend.faults import Fault
from backend.keys import INTAKE
from backend.wording import SENTENCES

NUMBER_DIGITS = 7
MULTIPART = "multipart/form-data"


class WhyAndWhich(Message):
    reason: Line
    mark: OptionalLine = ""


async def ask_hand_over(request: web.Request) -> web.Response:
    return await _hand_over(request)


async def _hand_over(request: web.Request, *, refused: Fault | None = None) -> web.Response:
    number = _number(request)
    return await show(
        request,
        "console/hand_over.html",
        status=200 if refused is None else 422,
        number=number,
        kept=await request.app[INTAKE].nodes.key_desk.kept(number, actor=actor(request)),
        sentence=SENTENCES[refused.code] if refused else "",
    )


async def issue_hand_over(request: web.Request) -> web.Response:
    """The code, shown this once on the answer to the form and nowhere else."""
    try:
        asked = await form(request, WhyAndWhich)
        code = await request.app[INTAKE].nodes.key_desk.issue(
            _number(request),
            asked.mark.strip().lower(),
            reason=asked.reason,
            actor=actor(request),
            at=now(request),
        )
    except Fault as fault:
        if fault.code is ErrorCode.NOT_FOUND:
            raise
        return await _hand_over(request, refused=fault)
    return await show(
        request,
        "console/hand_over_code.html",
        code=code,
        symbol=qr.svg(qr.matrix(code.code), label="接任码"),
    )


async def ask_enrolment_file(request: web.Request) -> web.Response:
    return await _enrolment_file(request)


async def _enrolment_file(request: web.Request, *, refused: Fault | None = None) -> web.Response:
    return await show(
        request,
        "console/enrolment_file.html",
        status=200 if refused is None else 422,
        sentence=SENTENCES[refused.code] if refused else "",
        request_name=enrol_file.REQUEST_NAME,
        answer_name=enrol_file.ANSWER_NAME,
    )


async def take_enrolment_file(request: web.Request) -> web.Response:
    """登记申请.bmt, or what a scanner typed of its QR code, against 登记答复.bmt."""
    try:
        answer = await request.app[INTAKE].enrol_by_hand(
            await _sent(request), actor=actor(request), at=now(request)
        )
    except Fault as fault:
        if fault.code not in (
            ErrorCode.ENROLMENT_FILE_INVALID,
            ErrorCode.ENROLMENT_INVALID,
            ErrorCode.SIGNATURE_INVALID,
        ):
            raise
        return await _enrolment_file(request, refused=fault)
    return web.Response(
        body=answer,
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(enrol_file.ANSWER_NAME)}",
            "Cache-Control": "no-store",
        },
    )


async def _sent(request: web.Request) -> str:
    """The text of the form, or of the file in it.

    Raises:
        Fault: ENROLMENT_FILE_INVALID.
    """
    if request.content_type != MULTIPART:
        raise Fault(ErrorCode.MEDIA_TYPE, expected=MULTIPART)
    texts: dict[str, str] = {}
    try:
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            if not isinstance(part, BodyPartReader):
                raise Fault(ErrorCode.ENROLMENT_FILE_INVALID, reason="nested")
            body = await part.read_chunk(enrol_file.REQUEST_MAX)
            if not part.at_eof() and await part.read_chunk(1):
                raise Fault(ErrorCode.ENROLMENT_FILE_INVALID, reason="too large")
            texts[part.name or ""] = body.decode()
    except (ValueError, AssertionError):
        raise Fault(ErrorCode.ENROLMENT_FILE_INVALID, reason="form") from None
    return texts.get("file", "").strip() or texts.get("text", "")


def _number(request: web.Request) -> int:
    """Raises Fault: NOT_FOUND."""
    text = path_text(request, "number", max_length=NUMBER_DIGITS)
    if not (text.isascii() and text.isdigit()):
        raise Fault(ErrorCode.NOT_FOUND)
    return int(text)


PAGES: tuple[Page, ...] = (
    Page(
        method="GET",
        path="/staff/nodes/{number}/hand-over",
        handler=ask_hand_over,
        door=Door.TOKEN,
        who=KEEPERS,
    ),
    Page(
        method="POST",
        path="/staff/nodes/{number}/hand-over",
        handler=issue_hand_over,
        door=Door.TOKEN,
        who=KEEPERS,
    ),
    Page(
        method="GET", path="/staff/enrolment-file", handler=ask_enrolment_file, door=Door.TOKEN, who=KEEPERS
    ),
    Page(
        method="POST", path="/staff/enrolment-file", handler=take_enrolment_file, door=Door.TOKEN, who=KEEPERS
    ),
)
