"""The rating device at a window: five faces for a minute after each service, else it rests. Nobody signs in on it.

Its token is in its own cookie, out of reach of pages and people. It asks again by itself (Refresh), without script;
with one a low face asks what was not good before it is sent, and is sent by itself when nobody answers.
"""

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from api_spec.errors import STATUS, ErrorCode
from api_spec.messages.base import HexId, Message, ShortLine
from api_spec.review_terms import ReviewLevel, ReviewReason
from backend.edge import Page, form, form_fields, now, read, redirect, render
from backend.faults import Fault
from backend.keys import REVIEWS, SETTINGS

COOKIE: Final = "bmt_terminal"
COOKIE_LIFE_S: Final = 400 * 86_400
LOOK_EVERY_S: Final = 3
FACES_EVERY_S: Final = 15
"""Faces are not drawn anew under a finger that is about to tap."""
THANKS_S: Final = 5
"""The next one must not read the last one's answer."""


class CodeForm(Message):
    code: ShortLine


class TapForm(Message):
    occasion: HexId
    level: ReviewLevel


async def show(request: web.Request) -> web.Response:
    """The faces, the resting screen, or on a device nobody set up the box for its code."""
    token = request.cookies.get(COOKIE, "")
    try:
        asked = await request.app[REVIEWS].asked_at_terminal(token, at=now(request))
    except Fault as fault:
        if fault.code is not ErrorCode.NOT_FOUND:
            raise
        return _draw(request, "setup")
    if asked is None:
        return _draw(request, "rest")
    return _draw(request, "faces", occasion=asked.id, reasons=asked.reasons)


async def start(request: web.Request) -> web.Response:
    """Set the device up: its token goes into its cookie and nowhere else."""
    sent = await form(request, CodeForm)
    try:
        token = await request.app[REVIEWS].terminals.start(sent.code, at=now(request))
    except Fault as fault:
        return _draw(
            request, "setup", status=STATUS[fault.code], error=fault.wrong[0].sentence if fault.wrong else ""
        )
    answer = redirect("/terminal")
    answer.set_cookie(
        COOKIE,
        token,
        max_age=COOKIE_LIFE_S,
        path="/terminal",
        httponly=True,
        samesite="Strict",
        secure=request.app[SETTINGS].base_url.startswith("https:"),
    )
    return answer


async def tap(request: web.Request) -> web.Response:
    """One face was tapped, after a low one perhaps reasons. A second tap, or one too late, changes nothing."""
    fields = await form_fields(request)
    reasons = fields.pop("reason", [])
    sent = read({name: values[-1] for name, values in fields.items()}, TapForm)
    try:
        await request.app[REVIEWS].rate_at_terminal(
            request.cookies.get(COOKIE, ""), sent.occasion, sent.level, reasons=reasons, at=now(request)
        )
    except Fault as fault:
        if fault.code not in (ErrorCode.REVIEW_GIVEN, ErrorCode.NOT_FOUND):
            raise
        return redirect("/terminal")
    return _draw(request, "thanks")


def _draw(
    request: web.Request,
    screen: str,
    *,
    status: int = 200,
    occasion: str = "",
    reasons: Sequence[ReviewReason] = (),
    error: str = "",
) -> web.Response:
    answer = render(
        request,
        "reviews/terminal.html",
        status=status,
        screen=screen,
        occasion=occasion,
        reasons=reasons,
        levels=list(ReviewLevel),
        every_s=FACES_EVERY_S,
        error=error,
    )
    if every_s := {"rest": LOOK_EVERY_S, "thanks": THANKS_S}.get(screen):
        answer.headers["Refresh"] = f"{every_s}; url=/terminal"
    return answer


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/terminal", handler=show),
    Page(method="POST", path="/terminal/start", handler=start),
    Page(method="POST", path="/terminal/rate", handler=tap),
)
