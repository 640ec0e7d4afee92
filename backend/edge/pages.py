"""Server-rendered pages: doors that lead to the sign-in page, forms as typed values, HTML with strict headers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qsl, quote

import jinja2
from aiohttp import web
from pydantic import ValidationError
from yarl import URL

from api_spec.errors import STATUS, ErrorCode
from api_spec.route import Door
from api_spec.vocabulary import Role
from backend.edge.accounting import account
from backend.edge.doors import authorise, find_actor, refuse_foreign_origin
from backend.edge.requests import Model, raw_body, wrongs
from backend.faults import Fault, Wrong
from backend.wording import SENTENCES, field_sentence

PAGES_ENV: web.AppKey[jinja2.Environment] = web.AppKey("pages_env", jinja2.Environment)

ELDER_COOKIE = "bmt_elder"
MAX_FORM_BYTES = 256 * 1024
MOST_FIELDS = 1000
FORM_TYPE = "application/x-www-form-urlencoded"
UTF_8 = "utf-8"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; media-src 'self'"
)
HTML_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": CSP,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

PageHandler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page or form target.

    Args:
        who: roles that may open it; with door TOKEN and nobody signed in, the visitor is sent to sign in.
    """

    method: str
    path: str
    handler: PageHandler
    door: Door = Door.OPEN
    who: frozenset[Role] = frozenset()
    before_password_change: bool = False


FRAME: web.AppKey[Callable[[web.Request], Awaitable[Mapping[str, Any]]]] = web.AppKey("frame")
"""What the console's pages show around what they are about: numbers beside the menu, the window's queue."""
DRESSED: Final = web.RequestKey("dressed", Mapping)

BOUND: web.AppKey[tuple[Page, ...]] = web.AppKey("bound_pages", tuple)


def bind_pages(app: web.Application, pages: tuple[Page, ...]) -> None:
    app[BOUND] = pages
    for page in pages:
        app.router.add_route(page.method, page.path, partial(_guarded, page))


async def _guarded(page: Page, request: web.Request) -> web.StreamResponse:
    if request.method == "POST":
        refuse_foreign_origin(request)
    try:
        authorise(
            request,
            door=page.door,
            who=page.who,
            first_password_allowed=page.before_password_change,
        )
    except Fault as fault:
        if fault.code is ErrorCode.PASSWORD_CHANGE_REQUIRED:
            return redirect("/staff/password")
        if STATUS[fault.code] == 401:
            return _to_the_door(page, request)
        raise
    if page.path.startswith("/staff") and page.door is Door.TOKEN and FRAME in request.app:
        request[DRESSED] = await request.app[FRAME](request)
    answer = await page.handler(request)
    await account(request, answer, page=True)
    return answer


def may_open(request: web.Request, address: str) -> bool:
    """Whether a page of this site lets this visitor in; what it then shows them is its own affair."""
    path = URL(address).path
    found = min(
        (page for page in request.app[BOUND] if page.method == "GET" and _is_at(page, path)),
        key=lambda page: page.path.count("{"),
        default=None,
    )
    if found is None or found.door is not Door.TOKEN:
        return found is not None
    visitor = find_actor(request)
    return visitor is not None and (not found.who or visitor.has(found.who))


def _is_at(page: Page, path: str) -> bool:
    ours, asked = page.path.split("/"), path.split("/")
    return len(ours) == len(asked) and all(
        own.startswith("{") or own == part for own, part in zip(ours, asked, strict=True)
    )


def _to_the_door(page: Page, request: web.Request) -> web.Response:
    """To the sign-in page and back. A form that was sent is carried through (307 keeps method and body), so that
    whoever typed longer than a token lives loses nothing."""
    door = "/staff/signin" if page.path.startswith("/staff") else "/signin"
    if request.method == "GET":
        return redirect(f"{door}?next={quote(request.path_qs)}")
    return carry_on(f"{door}/renew?next={quote(request.path_qs)}")


def carry_on(path: str) -> web.Response:
    """Send the same form on to `path`."""
    return web.Response(status=307, headers={"Location": path, "Cache-Control": "no-store"})


def local_path(text: str, *, default: str = "/") -> str:
    """`text` if it is a path of this site, else `default`: no open redirect."""
    if not text.startswith("/") or text.startswith(("//", "/\\")) or not text.isprintable():
        return default
    return text


def redirect(path: str) -> web.Response:
    """See Other: after a form was taken, reloading the page does not send it again."""
    return web.Response(status=303, headers={"Location": path, "Cache-Control": "no-store"})


async def form_fields(request: web.Request) -> dict[str, list[str]]:
    """An urlencoded form as it was sent: every value of every name, in order.

    Raises:
        Fault: MEDIA_TYPE, BODY_TOO_LARGE, BODY_INVALID for NUL and for what is not UTF-8.
    """
    if request.content_type != FORM_TYPE or (request.charset or UTF_8).lower() != UTF_8:
        raise Fault(ErrorCode.MEDIA_TYPE, expected=FORM_TYPE)
    raw = await raw_body(request, max_bytes=MAX_FORM_BYTES)
    if raw.count(b"&") >= MOST_FIELDS:
        raise Fault(ErrorCode.BODY_TOO_LARGE, limit_fields=MOST_FIELDS)
    try:
        pairs = parse_qsl(raw.decode(UTF_8).rstrip(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise Fault(ErrorCode.BODY_INVALID, wrong=[_unreadable("")]) from None
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        if "\0" in name or "\0" in value:
            raise Fault(ErrorCode.BODY_INVALID, wrong=[_unreadable(name[:50])])
        fields.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return fields


def _unreadable(field: str) -> Wrong:
    return Wrong(field, "control_characters", field_sentence("control_characters", {}))


async def form(request: web.Request, model: type[Model]) -> Model:
    """An urlencoded form as `model`; empty fields count as not given.

    Raises:
        Fault: as `form_fields`, and BODY_INVALID with every fault by field.
    """
    return read({name: sent[-1] for name, sent in (await form_fields(request)).items()}, model)


def read(fields: Mapping[str, str], model: type[Model]) -> Model:
    """Typed fields as `model`; empty ones count as not given.

    Raises:
        Fault: BODY_INVALID with every fault by field.
    """
    try:
        return model.model_validate_strings({name: value for name, value in fields.items() if value.strip()})
    except ValidationError as invalid:
        raise Fault(ErrorCode.BODY_INVALID, wrong=wrongs(invalid)) from None


def page_response(html: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """A page, compressed for whoever reads that: a third of the bytes on a village's line."""
    page = web.Response(
        body=html.encode(),
        status=status,
        headers=HTML_HEADERS if headers is None else {**HTML_HEADERS, **headers},
    )
    page.enable_compression()
    return page


def render(request: web.Request, template: str, *, status: int = 200, **context: Any) -> web.Response:
    """Every template also knows `actor` (or None), `elder` (elder mode), `path`, and where a switch leads back to."""
    page = request.app[PAGES_ENV].get_template(template)
    html = page.render(
        actor=find_actor(request),
        elder=request.cookies.get(ELDER_COOKIE) == "1",
        path=request.path,
        here=_here(request),
        **{**request.get(DRESSED, {}), **context},
    )
    return page_response(html, status=status)


def _here(request: web.Request) -> str:
    """This page's address; the answer to a form has none, so it is the desk or home."""
    if request.method == "GET":
        return request.path_qs
    return "/staff" if request.path.startswith("/staff/") else "/"


def error_page(request: web.Request, fault: Fault, request_id: str) -> web.Response:
    """A refusal as a page: the sentence, what to do, and a number to quote on the phone."""
    return render(
        request,
        "error.html",
        status=STATUS[fault.code],
        sentence=SENTENCES[fault.code],
        wrong=fault.wrong,
        code=fault.code.value,
        request_id=request_id,
    )
