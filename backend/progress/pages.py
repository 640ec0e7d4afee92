"""The public progress page, the QR code of a slip, and the slip itself."""

import asyncio
from collections.abc import Callable

from aiohttp import web

from api_spec import tracking_code
from api_spec.errors import STATUS, ErrorCode
from api_spec.messages.progress import Progress
from api_spec.paper import qr
from backend.cache import Cache
from backend.edge import PAGES_ENV, Page, now, path_text, redirect, remote_address, render, reply_bytes
from backend.edge.pages import ELDER_COOKIE, HTML_HEADERS
from backend.faults import Fault
from backend.keys import PROGRESS, SETTINGS
from backend.progress import pages_slips
from backend.progress.mistyped import mistake
from backend.wording import SENTENCES

QR_KEPT = 2_000
QR_LIFE_S = 3_600.0
SCREEN_DOTS = 8
SVG_HEADERS = {"Content-Type": "image/svg+xml", "Cache-Control": "private, max-age=3600"}
PNG_HEADERS = {"Content-Type": "image/png", "Cache-Control": "private, max-age=3600"}

WRONG_CODE = frozenset({ErrorCode.CODE_INVALID, ErrorCode.CODE_UNKNOWN})

_drawn: Cache[tuple[str, str], bytes] = Cache(life_s=QR_LIFE_S, size=QR_KEPT)


async def show_progress(request: web.Request) -> web.Response:
    """How far the case under a code is; for a code that leads nowhere, a box to type it again."""
    try:
        return await _progress(request)
    except Fault as fault:
        if fault.code not in WRONG_CODE:
            raise
        typed = request.match_info["code"]
        sentence = fault.wrong[0].sentence if fault.wrong else SENTENCES[fault.code]
        return render(
            request,
            "home/find.html",
            status=STATUS[fault.code],
            typed=typed,
            error=mistake(typed, sentence),
        )


async def _progress(request: web.Request) -> web.Response:
    desk = request.app[PROGRESS]
    elder = request.cookies.get(ELDER_COOKIE) == "1"
    kept = desk.find_page(request.match_info["code"], elder=elder)
    if kept is not None:
        return reply_bytes(kept, headers=HTML_HEADERS)
    code = path_text(request, "code", max_length=120)
    written = desk.read(code, address=remote_address(request), at=now(request)).text
    if written != code:
        return redirect(f"/c/{written}")
    drawn = await desk.page(
        code, _draw(request, elder=elder), elder=elder, address=remote_address(request), at=now(request)
    )
    return reply_bytes(drawn, headers=HTML_HEADERS)


async def show_qr_svg(request: web.Request) -> web.Response:
    link = await _link(request)
    drawn = await _drawn.get(("svg", link), lambda: asyncio.to_thread(_svg, link))
    return reply_bytes(drawn, headers=SVG_HEADERS)


async def show_qr_png(request: web.Request) -> web.Response:
    link = await _link(request)
    drawn = await _drawn.get(("png", link), lambda: asyncio.to_thread(_png, link))
    return reply_bytes(drawn, headers=PNG_HEADERS)


async def _link(request: web.Request) -> str:
    """The link a code's QR holds; only for codes that are known, so that nobody has symbols drawn for nothing.

    Raises:
        Fault: as the look-up of the code.
    """
    desk, code = request.app[PROGRESS], path_text(request, "code")
    await desk.answer(code, address=remote_address(request), at=now(request))
    return f"{request.app[SETTINGS].base_url}/c/{tracking_code.parse(code).text}"


def _draw(request: web.Request, *, elder: bool) -> Callable[[Progress], bytes]:
    template = request.app[PAGES_ENV].get_template("progress/progress.html")

    def draw(progress: Progress) -> bytes:
        return template.render(p=progress, elder=elder).encode()

    return draw


def _svg(link: str) -> bytes:
    return qr.svg(qr.matrix(link), label="扫码查看办理进度").encode()


def _png(link: str) -> bytes:
    return qr.png(qr.matrix(link), dots=SCREEN_DOTS)


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/c/{code}", handler=show_progress),
    Page(method="GET", path="/c/{code}/qr.svg", handler=show_qr_svg),
    Page(method="GET", path="/c/{code}/qr.png", handler=show_qr_png),
    *pages_slips.PAGES,
)
