"""The second page of a new computer: its clerk types the township's code, and the computer becomes a service point.

It knows no station: there is none yet.
"""

from base64 import b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from api_spec import enrol_file
from api_spec.enrol_file import BadFile
from api_spec.paper import qr
from village_node.access.clerks import Clerks
from village_node.access.enrolment import FAILED, FAILED_OTHERWISE, AlreadyEnrolled
from village_node.sync.township import Failed
from village_node.web import edge
from village_node.web.edge import Page, Refusal

Enrol = Callable[[str], Awaitable[None]]
"""Enrols with a code; raises Failed or AlreadyEnrolled."""


@dataclass(frozen=True, slots=True)
class ByHand:
    """Enrolling without a network. `ask` gives the request for a code, `take` reads the township's answer; that one
    raises BadFile, Failed or AlreadyEnrolled."""

    ask: Callable[[str], Awaitable[str]]
    take: Callable[[bytes], Awaitable[None]]


ENROL: web.AppKey[Enrol] = web.AppKey("enrol")
BY_HAND: web.AppKey[ByHand] = web.AppKey("by_hand")
CLERKS: web.AppKey[Clerks] = web.AppKey("clerks")
LONGEST_CODE: Final = 64
_BAD_ANSWER: Final = "这不是给这台电脑的登记答复，可能没有拷全、被改动过，或者是别的电脑的。请到镇里重新下载，再拿到这台电脑上读入。"


@dataclass(frozen=True, slots=True)
class _Nowhere:
    """Stands where the service point's name will be."""

    village_name: str = "村级"


async def common() -> dict[str, Any]:
    """Variables of the layout."""
    return {"place": _Nowhere()}


async def ask_sign_in(request: web.Request) -> web.Response:
    return await edge.render(request, "signin.html", login="", wrong="")


async def sign_in(request: web.Request) -> web.Response:
    return await edge.sign_in(request, request.app[CLERKS])


async def ask_code(request: web.Request) -> web.Response:
    return await edge.render(request, "enrol.html", code="", wrong="")


async def give_request(request: web.Request) -> web.Response:
    """登记申请.bmt on the screen: a file to save and a QR code to scan, where there is no network."""
    code = dict(await edge.pairs(request)).get("code", "").strip()
    if not 0 < len(code) <= LONGEST_CODE:
        return await _refused(request, "请输入镇里给的登记码。", code="")
    text = await request.app[BY_HAND].ask(code)
    return await edge.render(
        request,
        "enrol_by_hand.html",
        wrong="",
        file="data:application/octet-stream;base64," + b64encode(text.encode()).decode(),
        name=enrol_file.REQUEST_NAME,
        answer=enrol_file.ANSWER_NAME,
        symbol=qr.svg(qr.matrix(text), label="登记申请"),
    )


async def ask_answer(request: web.Request) -> web.Response:
    return await _answer_page(request)


async def take_answer(request: web.Request) -> web.Response:
    """登记答复.bmt from the township."""
    data = await _file(request)
    try:
        await request.app[BY_HAND].take(data)
    except BadFile:
        return await _answer_page(request, wrong=_BAD_ANSWER)
    except Failed as failed:
        return await _answer_page(request, wrong=FAILED.get(failed.failure, FAILED_OTHERWISE))
    except AlreadyEnrolled:
        pass  # the button was pressed twice
    return await _done(request)


async def _file(request: web.Request) -> bytes:
    """Raises Refusal: no form with a file."""
    try:
        form = await request.post()
    except ValueError:
        raise Refusal(400, "文件没有传上来", "请返回上一页，重新选择文件。") from None
    sent = form.get("file")
    return sent.file.read() if isinstance(sent, web.FileField) else b""


async def _answer_page(request: web.Request, *, wrong: str = "") -> web.Response:
    return await edge.render(
        request,
        "enrol_answer.html",
        status=422 if wrong else 200,
        wrong=wrong,
        answer=enrol_file.ANSWER_NAME,
    )


async def take_code(request: web.Request) -> web.Response:
    """Enrols; the page that says so opens the service point by itself once that listens here."""
    code = dict(await edge.pairs(request)).get("code", "").strip()
    if not 0 < len(code) <= LONGEST_CODE:
        return await _refused(request, "请输入镇里给的登记码。", code="")
    try:
        await request.app[ENROL](code)
    except Failed as failed:
        return await _refused(request, FAILED.get(failed.failure, FAILED_OTHERWISE), code=code)
    except AlreadyEnrolled:
        pass  # the button was pressed twice
    return await _done(request)


async def _done(request: web.Request) -> web.Response:
    answer = await edge.render(request, "enrolled.html")
    answer.force_close()
    return answer


async def _refused(request: web.Request, wrong: str, *, code: str) -> web.Response:
    return await edge.render(request, "enrol.html", status=422, code=code, wrong=wrong)


PAGES: Final[tuple[Page, ...]] = (
    Page("GET", "/", ask_code),
    Page("POST", "/enrol", take_code),
    Page("POST", "/enrol/by-hand", give_request),
    Page("GET", "/enrol/answer", ask_answer),
    Page("POST", "/enrol/answer", take_answer),
    Page("GET", "/signin", ask_sign_in, open_door=True),
    Page("POST", "/signin", sign_in, open_door=True),
)
