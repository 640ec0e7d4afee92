"""The pages of a computer whose data nobody has opened yet: sign in, or make the first account on a new one.

It knows no station: there is none until somebody has signed in.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from api_spec import answers
from api_spec.passwords import find_weakness
from api_spec.problems import BadInput
from village_node.access.clerks import LONGEST_PASSWORD, SHORTEST_PASSWORD, LoginTaken
from village_node.access.door import Account, Door, Entered, NotNew, Standing, WrongCode
from village_node.access.tries import TooManyTries
from village_node.web import edge
from village_node.web.edge import Page, Refusal

Enter = Callable[[Entered], Awaitable[None]]
"""Told once the door is open: this page makes room for the next."""

_WRONG_CODE: Final = (
    "这个接任码打不开这台电脑：可能是别的电脑的，也可能已经用过了。请核对编号，或者让镇里重新发。"
)
_MISTYPED_CODE: Final = "接任码没有输对。请对照镇里给的那张纸，一组一组核对后再输一遍，一共七组，每组 4 位。"

DOOR: web.AppKey[Door] = web.AppKey("door")
ENTER: web.AppKey[Enter] = web.AppKey("enter")


@dataclass(frozen=True, slots=True)
class _Place:
    """Stands where the service point's facts will be."""

    village_name: str


def common(door: Door) -> Callable[[], Awaitable[dict[str, Any]]]:
    """Variables of the layout."""

    async def variables() -> dict[str, Any]:
        place = door.place()
        return {"place": _Place(place.village_name if place else "村级"), "locked": True}

    return variables


async def show_way_in(request: web.Request) -> web.Response:
    new = await request.app[DOOR].standing() is Standing.NEW
    return edge.go("/setup" if new else "/signin")


async def ask_sign_in(request: web.Request) -> web.Response:
    if await request.app[DOOR].standing() is Standing.NEW:
        return edge.go("/setup")
    return await _ask(request)


async def sign_in(request: web.Request) -> web.Response:
    door = request.app[DOOR]
    if await door.standing() is Standing.NEW:
        return edge.go("/setup")
    typed = dict(await edge.pairs(request))
    login = typed.get("login", "").strip()
    try:
        entered = await door.sign_in(login, typed.get("password", ""))
    except TooManyTries as hurry:
        return await _ask(request, status=429, login=login, wrong=edge.hurry(hurry))
    if entered is None:
        return await _ask(request, status=401, login=login, wrong=edge.WRONG)
    await request.app[ENTER](entered)
    return _passed_on(edge.signed_in(request, entered.clerk) if entered.clerk else edge.go("/signin?changed"))


async def ask_first_account(request: web.Request) -> web.Response:
    edge.refuse_from_afar(request)
    if await request.app[DOOR].standing() is not Standing.NEW:
        return edge.go("/signin")
    return await edge.render(request, "setup.html", login="", name="", wrong={})


async def make_first_account(request: web.Request) -> web.Response:
    """Only while there is none: whoever sits at a new computer is its first clerk.

    Raises:
        Refusal: somebody was first, or it is not this computer's own browser.
    """
    edge.refuse_from_afar(request)
    typed = dict(await edge.pairs(request))
    login, name, password = (typed.get(key, "").strip() for key in ("login", "name", "password"))
    wrong = check_account(login, name, password)
    if wrong:
        return await edge.render(request, "setup.html", status=422, login=login, name=name, wrong=wrong)
    try:
        entered = await request.app[DOOR].first_account(login, name, password=password)
    except NotNew:
        raise Refusal(409, "已经有账号了", "这台电脑已经有代办员账号，请直接登录。") from None
    await request.app[ENTER](entered)
    assert entered.clerk is not None, "who made the account is signed in"  # noqa: S101
    return _passed_on(edge.signed_in(request, entered.clerk))


def _passed_on(answer: web.Response) -> web.Response:
    """The last answer of this page: the next request comes over a new connection, to the next page."""
    answer.force_close()
    return answer


async def ask_code(request: web.Request) -> web.Response:
    edge.refuse_from_afar(request)
    if await request.app[DOOR].standing() is Standing.NEW:
        return edge.go("/setup")
    return await _ask_code(request)


async def take_over(request: web.Request) -> web.Response:
    """A new clerk with a code from the township, where nobody is left who could sign in."""
    edge.refuse_from_afar(request)
    door = request.app[DOOR]
    typed = dict(await edge.pairs(request))
    code, login, name, password = (
        typed.get(key, "").strip() for key in ("code", "login", "name", "password")
    )
    wrong = check_account(login, name, password)
    if not wrong:
        try:
            entered = await door.take_over(
                code, Account(login, name), password=password, alone=typed.get("alone") == "yes"
            )
        except BadInput:
            wrong = {"code": _MISTYPED_CODE}
        except WrongCode:
            wrong = {"code": _WRONG_CODE}
        except LoginTaken:
            wrong = {"login": "这个账号已经有人用了，请换一个。"}
        except TooManyTries as hurry:
            wrong = {"code": edge.hurry(hurry)}
        else:
            await request.app[ENTER](entered)
            assert entered.clerk is not None, "who took over is signed in"  # noqa: S101
            return _passed_on(edge.signed_in(request, entered.clerk))
    return await _ask_code(request, status=422, code=code, login=login, name=name, wrong=wrong)


async def _ask_code(
    request: web.Request,
    *,
    status: int = 200,
    code: str = "",
    login: str = "",
    name: str = "",
    wrong: dict[str, str] | None = None,
) -> web.Response:
    door = request.app[DOOR]
    place = door.place()
    return await edge.render(
        request,
        "takeover.html",
        status=status,
        code=code,
        login=login,
        name=name,
        wrong=wrong or {},
        number=place.node if place else 0,
        mark=door.cabinet.hand_over_mark(),
    )


async def keep_what_was_typed(_request: web.Request) -> web.Response:
    """A form from before the restart.

    Raises:
        Refusal: always; the page behind it still holds what was typed.
    """
    raise edge.SIGN_IN_FIRST


def check_account(login: str, name: str, password: str) -> dict[str, str]:
    """What is wrong with a new account, by field."""
    wrong = {}
    for key, value in (("login", login), ("name", name)):
        try:
            answers.text(value, 2, 30)
        except BadInput as bad:
            wrong[key] = bad.sentence
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        wrong["password"] = f"密码至少 {SHORTEST_PASSWORD} 位。"
    elif easy := find_weakness(password, login):
        wrong["password"] = easy.sentence
    return wrong


async def _ask(request: web.Request, *, status: int = 200, login: str = "", wrong: str = "") -> web.Response:
    return await edge.render(request, "locked.html", status=status, login=login, wrong=wrong)


PAGES: Final[tuple[Page, ...]] = (
    Page("GET", "/", show_way_in, open_door=True),
    Page("GET", "/signin", ask_sign_in, open_door=True),
    Page("POST", "/signin", sign_in, open_door=True),
    Page("GET", "/setup", ask_first_account, open_door=True),
    Page("POST", "/setup", make_first_account, open_door=True),
    Page("GET", "/takeover", ask_code, open_door=True),
    Page("POST", "/takeover", take_over, open_door=True),
)
