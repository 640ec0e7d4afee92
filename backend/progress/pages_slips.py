"""The slip as a page that prints on 80 mm paper or A5; for the owner and for staff who may see the case."""

import asyncio

from aiohttp import web

from api_spec import face, tracking_code
from api_spec.errors import ErrorCode
from api_spec.messages.base import Message
from api_spec.paper import slip as paper
from api_spec.paper.slip import Paper, Slip
from api_spec.problems import BadInput
from api_spec.route import CITIZENS, Door
from api_spec.routes.cases import READERS
from backend.edge import Page, actor, page_response, path_text, query, reply_bytes
from backend.faults import Fault
from backend.keys import PROGRESS, SETTINGS

STYLE = "/slips/slip.css"
STYLE_HEADERS = {"Content-Type": "text/css; charset=utf-8", "Cache-Control": "public, max-age=3600"}


class Printing(Message):
    paper: Paper = Paper.A5


async def show_slip(request: web.Request) -> web.Response:
    asked = query(request, Printing)
    try:
        code = tracking_code.parse(path_text(request, "code")).text
    except BadInput:
        raise Fault(ErrorCode.CODE_INVALID) from None
    slip = await request.app[PROGRESS].slip(
        code, actor=actor(request), base_url=request.app[SETTINGS].base_url
    )
    # drawing the QR codes takes some 10 ms: not on the loop
    return page_response(await asyncio.to_thread(_page, slip, asked.paper))


async def send_style(_: web.Request) -> web.Response:
    return reply_bytes(paper.stylesheet().encode(), headers=STYLE_HEADERS)


def _page(slip: Slip, size: Paper) -> str:
    return paper.page(slip, paper=size, stylesheet=STYLE, script=face.asset_url("face.js"))


PAGES: tuple[Page, ...] = (
    Page(method="GET", path=STYLE, handler=send_style),
    Page(method="GET", path="/slips/{code}", handler=show_slip, door=Door.TOKEN, who=CITIZENS | READERS),
)
