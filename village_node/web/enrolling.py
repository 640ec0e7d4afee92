"""The second page of a new computer: its clerk types the township's code, and the computer becomes a service point.

It knows no station: there is none yet.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from village_node.clerks import Clerks
from village_node.enrolment import FAILED, FAILED_OTHERWISE, AlreadyEnrolled
from village_node.township import Failed
from village_node.web import edge
from village_node.web.edge import Page

Enrol = Callable[[str], Awaitable[None]]
"""Enrols with a code; raises Failed or AlreadyEnrolled."""

ENROL: web.AppKey[Enrol] = web.AppKey("enrol")
CLERKS: web.AppKey[Clerks] = web.AppKey("clerks")
LONGEST_CODE: Final = 64


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
    answer = await edge.render(request, "enrolled.html")
    answer.force_close()
    return answer


async def _refused(request: web.Request, wrong: str, *, code: str) -> web.Response:
    return await edge.render(request, "enrol.html", status=422, code=code, wrong=wrong)


PAGES: Final[tuple[Page, ...]] = (
    Page("GET", "/", ask_code),
    Page("POST", "/enrol", take_code),
    Page("GET", "/signin", ask_sign_in, open_door=True),
    Page("POST", "/signin", sign_in, open_door=True),
)
