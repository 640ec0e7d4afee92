"""Signing in and out of a service point that is open, one's own password, and accounts for more clerks."""

import secrets

from aiohttp import web

from village_node.access.clerks import (
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    EasyPassword,
    LoginTaken,
    NotOurs,
)
from village_node.access.tries import TooManyTries
from village_node.web import edge
from village_node.web.closed import check_account
from village_node.web.context import station
from village_node.web.edge import Page, Refusal

_TOWNSHIPS = "您的账号由镇里管理，请在镇政务服务平台修改密码，改好后这里会自动更新。"
_CHANGED = "镇里改过您的密码，请用新密码再登录一次。"


async def ask_sign_in(request: web.Request) -> web.Response:
    wrong = _CHANGED if "changed" in request.query else ""
    return await edge.render(request, "signin.html", login="", wrong=wrong)


async def sign_in(request: web.Request) -> web.Response:
    return await edge.sign_in(request, station(request).clerks)


async def refuse_code(_request: web.Request) -> web.Response:
    """Raises Refusal: always; a hand-over code opens a computer that is locked."""
    raise Refusal(
        409,
        "这台电脑已经打开，用不上接任码",
        "请用自己的账号登录。站里都没有人能登录的，请先重新启动电脑，再打开这个网址输入接任码。",
    )


async def sign_out(request: web.Request) -> web.Response:
    station(request).sessions.end(request.cookies.get(edge.COOKIE, ""))
    answer = edge.go("/signin")
    answer.del_cookie(edge.COOKIE, path="/")
    return answer


async def ask_password(request: web.Request) -> web.Response:
    return await edge.render(request, "password.html", wrong="", done="done" in request.query)


async def change_password(request: web.Request) -> web.Response:
    typed = dict(await edge.pairs(request))
    new = typed.get("new", "")
    wrong = ""
    if not SHORTEST_PASSWORD <= len(new) <= LONGEST_PASSWORD:
        wrong = f"新密码至少 {SHORTEST_PASSWORD} 位。"
    elif new != typed.get("again", ""):
        wrong = "两次输入的新密码不一样。"
    else:
        try:
            if await station(request).clerks.change_password(
                edge.clerk(request), old=typed.get("old", ""), new=new
            ):
                return edge.go("/password?done")
            wrong = "原密码不对，密码没有改。"
        except NotOurs:
            wrong = _TOWNSHIPS
        except EasyPassword as easy:
            wrong = str(easy)
        except TooManyTries as hurry:
            wrong = edge.hurry(hurry)
    return await edge.render(request, "password.html", status=422, wrong=wrong, done=False)


async def ask_new_clerk(request: web.Request) -> web.Response:
    return await edge.render(
        request, "new_clerk.html", login="", name="", wrong={}, done="done" in request.query
    )


async def add_clerk(request: web.Request) -> web.Response:
    here = station(request)
    typed = dict(await edge.pairs(request))
    login, name, password = (typed.get(key, "").strip() for key in ("login", "name", "password"))
    wrong = check_account(login, name, password)
    if not wrong:
        try:
            await here.clerks.add(
                login,
                name,
                password=password,
                clerk_id=secrets.token_hex(16),
                now_ms=here.clock.now_ms(),
            )
            return edge.go("/clerks/new?done")
        except LoginTaken:
            wrong = {"login": "这个账号已经有了，请换一个。"}
    return await edge.render(
        request, "new_clerk.html", status=422, login=login, name=name, wrong=wrong, done=False
    )


PAGES: tuple[Page, ...] = (
    Page("GET", "/signin", ask_sign_in, open_door=True),
    Page("POST", "/signin", sign_in, open_door=True),
    Page("GET", "/takeover", refuse_code, open_door=True),
    Page("POST", "/takeover", refuse_code, open_door=True),
    Page("POST", "/signout", sign_out),
    Page("GET", "/password", ask_password),
    Page("POST", "/password", change_password),
    Page("GET", "/clerks/new", ask_new_clerk),
    Page("POST", "/clerks/new", add_clerk),
)
