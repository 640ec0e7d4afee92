"""网页授权 as a person sees it: choose whose phone this is, and go back to the page one came from.

Sends nobody anywhere but to this machine, whatever ``redirect_uri`` says.
"""

import re
from collections.abc import Mapping
from datetime import timedelta, timezone
from pathlib import Path
from typing import Final

import jinja2
from aiohttp import web
from yarl import URL

from backend.wechat.standin.api import WORLD
from backend.wechat.standin.codes import CodeKind
from backend.wechat.standin.world import World

CHINA: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
HERE: Final = Path(__file__).parent
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
SCOPES: Final[Mapping[str, CodeKind]] = {
    "snsapi_base": CodeKind.WEB,
    "snsapi_userinfo": CodeKind.WEB_PROFILE,
}
PAGE_HEADERS: Final[Mapping[str, str]] = {
    # No form-action: browsers apply it to the redirect after the form as well.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

_STATE = re.compile(r"[0-9A-Za-z]{0,128}")
_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE), autoescape=True, undefined=jinja2.StrictUndefined
)


class BadLink(ValueError):
    """The sign-in address is wrong; the message is the sentence for the page."""


async def choose_person(request: web.Request) -> web.Response:
    """Raises nothing: a wrong address is a page too."""
    world = request.app[WORLD]
    try:
        _check_link(world, request.query)
    except BadLink as fault:
        return page("refused.html", status=400, sentence=str(fault))
    return page(
        "authorize.html",
        people=world.cast.people,
        asked=dict(request.query),
        host=URL(request.query["redirect_uri"]).authority,
        profile=request.query["scope"] == "snsapi_userinfo",
    )


async def sign_in(request: web.Request) -> web.Response:
    """The button pressed: back with a code, or without one if the person refused."""
    world = request.app[WORLD]
    form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    try:
        kind = _check_link(world, form)
    except BadLink as fault:
        return page("refused.html", status=400, sentence=str(fault))
    back = URL(form["redirect_uri"])
    if openid := form.get("openid"):
        person = world.find_person(openid)
        if person is None:
            return page("refused.html", status=400, sentence="没有这部演示手机。")
        back = back.update_query(code=world.codes.mint(kind, person, at=world.now()))
    raise web.HTTPSeeOther(back.update_query(state=form.get("state", "")), headers=PAGE_HEADERS)


async def home(request: web.Request) -> web.Response:
    """What has arrived on the demonstration phones, newest first."""
    world = request.app[WORLD]
    owners = {person.openid: person.name for person in world.cast.people}
    return page(
        "home.html",
        people=world.cast.people,
        owners=owners,
        templates=world.mailbox.templates,
        messages=world.mailbox.sent[::-1],
        china=CHINA,
    )


async def style(_: web.Request) -> web.FileResponse:
    return web.FileResponse(HERE / "style.css", headers={"Cache-Control": "max-age=60"})


def page(name: str, *, status: int = 200, **values: object) -> web.Response:
    text = _templates.get_template(name).render(values)
    return web.Response(text=text, status=status, content_type="text/html", headers=PAGE_HEADERS)


def _check_link(world: World, asked: Mapping[str, str]) -> CodeKind:
    """The kind of code this address asks for.

    Raises:
        BadLink: another appid, response type, scope or state form, or a way back to another machine.
    """
    if asked.get("appid") != world.cast.service.appid:
        raise BadLink("AppID 参数错误：这不是演示服务号的 AppID。")
    if asked.get("response_type") != "code":
        raise BadLink("response_type 参数错误：只能是 code。")
    kind = SCOPES.get(asked.get("scope", ""))
    if kind is None:
        raise BadLink("scope 参数错误或没有 scope 权限。")
    if not _STATE.fullmatch(asked.get("state", "")):
        raise BadLink("state 参数错误：只能是 128 个以内的字母和数字。")
    try:
        back = URL(asked.get("redirect_uri", ""))
        local = back.scheme in ("http", "https") and back.host in LOOPBACK and not back.user
    except ValueError:
        local = False
    if not local:
        raise BadLink("redirect_uri 域名与后台配置不一致：演示环境只能回到本机的页面。")
    return kind
