"""The window's check of a village slip: the second QR code is scanned, the page says whether it is genuine."""

from aiohttp import web

from api_spec import tracking_code
from api_spec.route import HALL, Door
from backend.console.frame import show
from backend.edge import Page, actor, form_fields, now
from backend.intake.service import Checked
from backend.keys import INTAKE


async def show_proof(request: web.Request) -> web.Response:
    return await _proof(request, None)


async def check_proof(request: web.Request) -> web.Response:
    """The text comes in a form: a receipt never stands in an address."""
    scanned = (await form_fields(request)).get("receipt", [""])[-1]
    checked = await request.app[INTAKE].receipts.check(scanned, actor=actor(request), at=now(request))
    return await _proof(request, checked)


async def _proof(request: web.Request, checked: Checked | None) -> web.Response:
    code = tracking_code.display(checked.code) if checked and checked.code else ""
    return await show(request, "console/proof.html", checked=checked, code=code)


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/staff/proof", handler=show_proof, door=Door.TOKEN, who=HALL),
    Page(method="POST", path="/staff/proof", handler=check_proof, door=Door.TOKEN, who=HALL),
)
