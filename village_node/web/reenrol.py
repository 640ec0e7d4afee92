"""Going on under a new number: for a computer the township has stopped, or that was restored from an old copy."""

import secrets
from typing import Final

from aiohttp import web

from village_node.access.enrolment import FAILED, FAILED_OTHERWISE
from village_node.sync.township import Failed
from village_node.web import edge
from village_node.web.context import station
from village_node.web.edge import Page
from village_node.web.enrolling import LONGEST_CODE


async def ask(request: web.Request) -> web.Response:
    return await _page(request)


async def take(request: web.Request) -> web.Response:
    """The station is opened anew by itself; the page that says so goes on to it."""
    code = dict(await edge.pairs(request)).get("code", "").strip()
    if not 0 < len(code) <= LONGEST_CODE:
        return await _page(request, wrong="请输入镇里给的登记码。")
    here = station(request)
    try:
        answer = await here.enrol_again(code, fresh_epoch=secrets.token_hex(8))
    except Failed as failed:
        return await _page(request, wrong=FAILED.get(failed.failure, FAILED_OTHERWISE), code=code)
    page = await edge.render(request, "reenrolled.html", number=answer.node)
    page.force_close()
    return page


async def _page(request: web.Request, *, wrong: str = "", code: str = "") -> web.Response:
    return await edge.render(
        request,
        "reenrol.html",
        status=422 if wrong else 200,
        wrong=wrong,
        code=code,
        number=station(request).enrolment.node,
    )


PAGES: Final[tuple[Page, ...]] = (
    Page("GET", "/machine/enrol", ask),
    Page("POST", "/machine/enrol", take),
)
