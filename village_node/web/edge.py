"""How the clerk's page speaks HTTP: who is signed in, where a form came from, what an error looks like.

It knows no case and no table.
"""

import ipaddress
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import jinja2
from aiohttp import web

from village_node.access.clerks import Clerk, Clerks, Sessions
from village_node.access.tries import TooManyTries

Common = Callable[[], Awaitable[dict[str, Any]]]
"""Variables every template gets."""

SESSIONS: web.AppKey[Sessions] = web.AppKey("sessions")
TEMPLATES: web.AppKey[jinja2.Environment] = web.AppKey("templates")
COMMON: web.AppKey[Common] = web.AppKey("common")
CLERK = web.RequestKey("clerk", Clerk)

COOKIE: Final = "bmt_node"
WRONG: Final = "账号或密码不对，请重新输入。"
LARGEST_FORM_BYTES: Final = 256 * 1024
_SAFE: Final = frozenset({"GET", "HEAD"})
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:;"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser sends its own forms as from "null"
    "Cache-Control": "no-store",
}
log = logging.getLogger("village_node.web")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Page:
    """One address of the clerk's page. `open_door`: may be seen without signing in; a test lists these."""

    method: str
    path: str
    handler: Handler
    open_door: bool = False


class Refusal(Exception):
    """A page that says what to do instead. The sentence is for the clerk."""

    def __init__(self, status: int, title: str, sentence: str) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.sentence = sentence


NOT_FOUND: Final = (404, "没有找到", "这里没有您要找的内容，请回到首页重新查找。")


def bind(app: web.Application, pages: tuple[Page, ...]) -> None:
    for page in pages:
        app.router.add_route(
            page.method, page.path, page.handler if page.open_door else _signed_in(page.handler)
        )


def clerk(request: web.Request) -> Clerk:
    """Who is signed in, on pages that need it."""
    return request[CLERK]


def find_clerk(request: web.Request) -> Clerk | None:
    token = request.cookies.get(COOKIE, "")
    return request.app[SESSIONS].find(token) if token else None


async def pairs(request: web.Request) -> list[tuple[str, str]]:
    """A submitted form in its own order, repeated keys kept.

    Raises:
        Refusal: not a plain form (no files here), or text no UTF-8 file can hold.
    """
    if request.content_type != "application/x-www-form-urlencoded":
        raise Refusal(415, "表单格式不对", "请从页面上的表单提交。")
    try:
        form = await request.post()
        found = [(key, value) for key, value in form.items() if isinstance(value, str)]
        "".join(key + value for key, value in found).encode()
    except ValueError:
        raise Refusal(400, "表单里有无法识别的字符", "请返回上一页，删掉特殊符号后重新提交。") from None
    return found


async def render(request: web.Request, template: str, *, status: int = 200, **context: Any) -> web.Response:
    common = await request.app[COMMON]()
    html = (
        request.app[TEMPLATES]
        .get_template(template)
        .render(**common, clerk=find_clerk(request), path=request.path, **context)
    )
    return web.Response(text=html, status=status, content_type="text/html", headers=HEADERS)


def go(where: str) -> web.Response:
    """After a POST: show the result with a GET, so that a reload sends nothing twice."""
    return web.Response(status=303, headers={"Location": where, "Cache-Control": "no-store"})


def signed_in(request: web.Request, clerk: Clerk) -> web.Response:
    """Start a session in this browser and show the first page."""
    answer = go("/")
    answer.set_cookie(
        COOKIE,
        request.app[SESSIONS].start(clerk),
        path="/",
        httponly=True,
        samesite="Strict",
        secure=request.secure,
    )
    return answer


async def sign_in(request: web.Request, clerks: Clerks) -> web.Response:
    """Take the sign-in form of an open computer."""
    typed = dict(await pairs(request))
    login = typed.get("login", "").strip()
    try:
        found = await clerks.sign_in(login, typed.get("password", ""))
    except TooManyTries as many:
        return await render(request, "signin.html", status=429, login=login, wrong=hurry(many))
    if found is None:
        return await render(request, "signin.html", status=401, login=login, wrong=WRONG)
    return signed_in(request, found)


def refuse_from_afar(request: web.Request) -> None:
    """Whose the data are is decided at the computer itself, not from another one in the village.

    Behind a proxy of this computer (`--plain-http`) everybody comes from here, so what came through one, or asked for
    this page by a name that is not this computer's own, counts as from afar.

    Raises:
        Refusal
    """
    through = any(
        name.lower() == "forwarded" or name.lower().startswith("x-forwarded-") for name in request.headers
    )
    named = urlsplit(f"//{request.host}").hostname or ""
    if through or not (_is_here(request.remote or "") and (named == "localhost" or _is_here(named))):
        raise Refusal(403, "请到服务点的电脑上操作", "这一步只能在服务点的电脑上做，不能从别的电脑上做。")


def _is_here(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def hurry(wrong: TooManyTries) -> str:
    """What a clerk reads who typed too many wrong passwords or codes."""
    return f"输错的次数太多，请等 {int(wrong.wait.total_seconds()) + 1} 秒再试。"


def own_hosts_only(hosts: frozenset[str] | None) -> Any:
    """Middleware: answer only under the names this page has (a foreign name may point here: DNS rebinding), refuse
    forms that another site's page sends, and turn errors into pages.

    Args:
        hosts: allowed host names without port; None allows any.
    """

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            _refuse_foreign_host(request, hosts)
            if request.method not in _SAFE:
                _refuse_foreign_form(request)
            return await handler(request)
        except Refusal as refusal:
            return await _error(request, refusal)
        except web.HTTPException as answer:
            if answer.status < 400:
                raise
            return await _error(request, _AS_REFUSAL.get(answer.status) or Refusal(*NOT_FOUND))
        except sqlite3.OperationalError:
            log.exception("the database refused")
            return await _error(request, DISK)
        except Exception:  # the clerk gets a page with a way back, whatever broke
            log.exception("%s %s broke", request.method, request.match_info.route.resource)
            return await _error(request, BROKEN)

    return guard


def _signed_in(handler: Handler) -> Handler:
    async def guarded(request: web.Request) -> web.StreamResponse:
        found = find_clerk(request)
        if found is None:
            if request.method in _SAFE or request.path == "/signout":
                return go("/signin")
            raise SIGN_IN_FIRST
        request[CLERK] = found
        return await handler(request)

    return guarded


def _refuse_foreign_host(request: web.Request, hosts: frozenset[str] | None) -> None:
    if hosts is not None and urlsplit(f"//{request.host}").hostname not in hosts:
        raise Refusal(421, "地址不对", "请用本机地址打开村级服务点页面。")


def _refuse_foreign_form(request: web.Request) -> None:
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin", "")
    if site != "same-origin" or (origin and urlsplit(origin).netloc != request.host):
        raise Refusal(403, "提交来源不对", "请从村级服务点自己的页面上提交。")


async def _error(request: web.Request, refusal: Refusal) -> web.Response:
    return await render(
        request, "error.html", status=refusal.status, title=refusal.title, sentence=refusal.sentence
    )


BROKEN: Final = Refusal(
    500, "出了故障", "这一步没有办成。请回到首页再试一次；还不行就打电话给镇政务服务中心。"
)
SIGN_IN_FIRST: Final = Refusal(
    401,
    "请先登录",
    "刚才填的还没有提交，但没有丢：请在新的标签页里登录，再回到这一页，按浏览器的“返回”，重新提交一次。",
)
DISK: Final = Refusal(
    507, "没有存上", "电脑磁盘写不进去，这一步没有办成，也没有出回执。请清理磁盘空间后再试。"
)
_AS_REFUSAL: Final = {
    405: Refusal(405, "不能这样打开", "请从页面上的按钮进入。"),
    413: Refusal(413, "内容太多", "填写的内容超过了上限，请写短一些再提交。"),
}
