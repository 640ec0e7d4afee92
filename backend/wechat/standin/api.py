"""WeChat's own paths. A refusal is HTTP 200 with errcode and errmsg, as WeChat does it."""

import asyncio
import base64
import hmac
import io
import string
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeVar

import msgspec
import qrcode
from aiohttp import web

from backend.wechat.standin.codes import LOGIN_KINDS, PHONE_KINDS, WEB_KINDS, CodeKind
from backend.wechat.standin.messages import SentMessage
from backend.wechat.standin.refusal import Refusal
from backend.wechat.standin.world import World
from backend.wechat.values import Account

WORLD: Final = web.AppKey("WORLD", World)
SCENE_MAX: Final = 32
SCENE_CHARACTERS: Final = frozenset(string.ascii_letters + string.digits + "!#$&'()*+,/:;=?@-._~`")
WIDTH: Final = range(280, 1281)
BUILDS: Final = frozenset({"release", "trial", "develop"})

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
T = TypeVar("T")


class _TokenAsk(msgspec.Struct):
    grant_type: str
    appid: str
    secret: str
    force_refresh: bool = False


class _PhoneAsk(msgspec.Struct):
    code: str


class _FieldValue(msgspec.Struct):
    value: str


class _SendAsk(msgspec.Struct):
    touser: str
    template_id: str
    data: dict[str, _FieldValue]
    page: str = ""
    miniprogram_state: str = "formal"


class _CodeAsk(msgspec.Struct):
    scene: str
    page: str = ""
    check_path: bool = True
    env_version: str = "release"
    width: int = 430


async def code_to_session(request: web.Request) -> web.Response:
    world = _asked_by_get(request)
    _check_account(world.cast.mini, request.query.get("appid", ""), secret=request.query.get("secret", ""))
    if request.query.get("grant_type") != "authorization_code":
        raise Refusal(40002)
    person, _ = world.codes.redeem(request.query.get("js_code", ""), LOGIN_KINDS, at=world.now())
    if person.risky:
        raise Refusal(40226)
    session_key = base64.b64encode(world.chance(16)).decode()
    return answer(_known({"openid": person.openid, "session_key": session_key, "unionid": person.unionid}))


async def web_sign_in(request: web.Request) -> web.Response:
    world = _asked_by_get(request)
    _check_account(world.cast.service, request.query.get("appid", ""), secret=request.query.get("secret", ""))
    if request.query.get("grant_type") != "authorization_code":
        raise Refusal(40002)
    person, kind = world.codes.redeem(request.query.get("code", ""), WEB_KINDS, at=world.now())
    agreed = kind is CodeKind.WEB_PROFILE
    return answer(
        _known(
            {
                "access_token": base64.urlsafe_b64encode(world.chance(48)).decode(),
                "expires_in": 7200,
                "refresh_token": base64.urlsafe_b64encode(world.chance(48)).decode(),
                "openid": person.service_openid,
                "scope": "snsapi_userinfo" if agreed else "snsapi_base",
                "is_snapshotuser": 1 if person.snapshot else None,
                "unionid": person.unionid if agreed else None,
            }
        )
    )


async def stable_token(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    asked = await _posted(request, _TokenAsk)
    if asked.grant_type != "client_credential":
        raise Refusal(40002)
    _check_account(world.cast.mini, asked.appid, secret=asked.secret)
    _check_address(world, request)
    value, expires_in = world.tokens.issue(force=asked.force_refresh, at=world.now())
    return answer({"access_token": value, "expires_in": expires_in})


async def phone_number(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    asked = await _posted(request, _PhoneAsk)
    _check_token(world, request)
    person, _ = world.codes.redeem(asked.code, PHONE_KINDS, at=world.now())
    return answer(
        {
            "errcode": 0,
            "errmsg": "ok",
            "phone_info": {
                "phoneNumber": person.phone,
                "purePhoneNumber": person.phone,
                "countryCode": "86",
                "watermark": {"timestamp": int(world.now().timestamp()), "appid": world.cast.mini.appid},
            },
        }
    )


async def send_subscribe(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    asked = await _posted(request, _SendAsk)
    _check_token(world, request)
    if world.find_person(asked.touser) is None:
        raise Refusal(40003)
    world.mailbox.send(
        SentMessage(
            at=world.now(),
            openid=asked.touser,
            template_id=asked.template_id,
            page=asked.page,
            build=asked.miniprogram_state,
            fields={name: field.value for name, field in asked.data.items()},
        )
    )
    return answer({"errcode": 0, "errmsg": "ok"})


async def unlimited_code(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    asked = await _posted(request, _CodeAsk)
    _check_token(world, request)
    if not 1 <= len(asked.scene) <= SCENE_MAX:
        raise Refusal(40169)
    if not SCENE_CHARACTERS.issuperset(asked.scene):
        raise Refusal(40129)
    if asked.width not in WIDTH or asked.env_version not in BUILDS:
        raise Refusal(40097)
    if asked.page.startswith("/") or "?" in asked.page:
        raise Refusal(41030)
    if asked.check_path and asked.page and asked.page not in world.mailbox.pages:
        raise Refusal(41030)
    picture = await asyncio.to_thread(_draw, f"{asked.page}?scene={asked.scene}", asked.width)
    return web.Response(body=picture, content_type="image/png")


CALLS: Final[Mapping[str, Handler]] = {
    "/sns/jscode2session": code_to_session,
    "/sns/oauth2/access_token": web_sign_in,
    "/cgi-bin/stable_token": stable_token,
    "/wxa/business/getuserphonenumber": phone_number,
    "/cgi-bin/message/subscribe/send": send_subscribe,
    "/wxa/getwxacodeunlimit": unlimited_code,
}


@web.middleware
async def wechat_manner(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Ordered faults first, then the call; a refusal leaves with HTTP 200 and a request id."""
    if request.path not in CALLS:
        return await handler(request)
    world = request.app[WORLD]
    try:
        fault = world.faults.take(request.path)
        cut_short = await world.faults.happen(fault, request) if fault else None
        return cut_short or await handler(request)
    except Refusal as refusal:
        rid = f"{world.chance(4).hex()}-{world.chance(4).hex()}-{world.chance(4).hex()}"
        return answer({"errcode": refusal.errcode, "errmsg": f"{refusal.errmsg} rid: {rid}"})


def answer(content: object) -> web.Response:
    return web.Response(body=msgspec.json.encode(content), content_type="application/json")


def _known(content: Mapping[str, object]) -> dict[str, object]:
    """WeChat leaves out what it has no value for; and a good sign-in has no errcode at all."""
    return {name: value for name, value in content.items() if value is not None}


def _asked_by_get(request: web.Request) -> World:
    if request.method != "GET":
        raise Refusal(43001)
    return request.app[WORLD]


async def _posted(request: web.Request, shape: type[T]) -> T:
    if request.method != "POST":
        raise Refusal(43002)
    body = await request.read()
    if not body:
        raise Refusal(44002)
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refusal(47001) from error


def _check_account(account: Account, appid: str, *, secret: str) -> None:
    if appid != account.appid:
        raise Refusal(40013)
    if not hmac.compare_digest(secret.encode(), account.secret.encode()):
        raise Refusal(40125)


def _check_address(world: World, request: web.Request) -> None:
    if world.addresses is not None and request.remote not in world.addresses:
        raise Refusal(40164)


def _check_token(world: World, request: web.Request) -> None:
    world.tokens.check(request.query.get("access_token", ""), at=world.now())
    _check_address(world, request)


def _draw(text: str, width: int) -> bytes:
    """A PNG of `width` pixels. WeChat draws its own round code; a square one can be read in a test."""
    drawn = qrcode.make(text).get_image().convert("L").resize((width, width))
    out = io.BytesIO()
    drawn.save(out, format="PNG")
    return out.getvalue()
