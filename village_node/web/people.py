"""Signing in and out, and the first account on a new computer."""

import secrets

from aiohttp import web

from api_spec import answers
from api_spec.problems import BadInput
from village_node.clerks import (
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    Clerk,
    LoginTaken,
    TooManyTries,
)
from village_node.web import edge
from village_node.web.context import station
from village_node.web.edge import Page, Refusal


async def ask_sign_in(request: web.Request) -> web.Response:
    if not await station(request).clerks.any():
        return edge.go("/setup")
    return await edge.render(request, "signin.html", login="", wrong="")


async def sign_in(request: web.Request) -> web.StreamResponse:
    typed = dict(await edge.pairs(request))
    login = typed.get("login", "").strip()
    try:
        clerk = await station(request).clerks.sign_in(login, typed.get("password", ""))
    except TooManyTries as hurry:
        seconds = int(hurry.wait.total_seconds()) + 1
        wrong = f"密码错得太多，请等 {seconds} 秒再试。"
        return await edge.render(request, "signin.html", status=429, login=login, wrong=wrong)
    if clerk is None:
        wrong = "账号或密码不对，请重新输入。"
        return await edge.render(request, "signin.html", status=401, login=login, wrong=wrong)
    return _signed_in(request, clerk)


async def sign_out(request: web.Request) -> web.Response:
    station(request).sessions.end(request.cookies.get(edge.COOKIE, ""))
    answer = edge.go("/signin")
    answer.del_cookie(edge.COOKIE, path="/")
    return answer


async def ask_first_account(request: web.Request) -> web.Response:
    if await station(request).clerks.any():
        return edge.go("/signin")
    return await edge.render(request, "setup.html", login="", name="", wrong={})


async def make_first_account(request: web.Request) -> web.StreamResponse:
    """Only while there is none: whoever sits at a new computer is its first clerk.

    Raises:
        Refusal: somebody was first.
    """
    here = station(request)
    typed = dict(await edge.pairs(request))
    login, name, password = (typed.get(key, "").strip() for key in ("login", "name", "password"))
    wrong = {}
    for key, value in (("login", login), ("name", name)):
        try:
            answers.text(value, 2, 30)
        except BadInput as bad:
            wrong[key] = bad.sentence
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        wrong["password"] = f"密码至少 {SHORTEST_PASSWORD} 位。"
    if wrong:
        return await edge.render(request, "setup.html", status=422, login=login, name=name, wrong=wrong)
    if await here.clerks.any():
        raise _taken()
    try:
        clerk = await here.clerks.add(
            login,
            name,
            password=password,
            clerk_id=secrets.token_hex(16),
            now_ms=here.clock.now_ms(),
            only_first=True,
        )
    except LoginTaken:
        raise _taken() from None
    return _signed_in(request, clerk)


def _taken() -> Refusal:
    return Refusal(409, "已经有账号了", "这台电脑已经有代办员账号，请直接登录。")


def _signed_in(request: web.Request, clerk: Clerk) -> web.Response:
    answer = edge.go("/")
    answer.set_cookie(
        edge.COOKIE,
        station(request).sessions.start(clerk),
        path="/",
        httponly=True,
        samesite="Strict",
        secure=request.secure,
    )
    return answer


PAGES: tuple[Page, ...] = (
    Page("GET", "/signin", ask_sign_in, open_door=True),
    Page("POST", "/signin", sign_in, open_door=True),
    Page("POST", "/signout", sign_out),
    Page("GET", "/setup", ask_first_account, open_door=True),
    Page("POST", "/setup", make_first_account, open_door=True),
)
