"""What WeChat does not have: the strings a demonstration or a test pulls. All below ``/_standin/``."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Final, TypeVar

import msgspec
from aiohttp import web
from yarl import URL

from backend.wechat.standin.api import WORLD, answer
from backend.wechat.standin.authorize import LOOPBACK
from backend.wechat.standin.codes import CodeKind
from backend.wechat.standin.hooks import OrderedFault
from backend.wechat.standin.people import Person
from backend.wechat.standin.push import PushOrder, check_address, send_events
from backend.wechat.standin.refusal import Refusal

T = TypeVar("T")


class _Acceptance(msgspec.Struct, forbid_unknown_fields=True):
    template_id: str
    times: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1


class _Advance(msgspec.Struct, forbid_unknown_fields=True):
    advance_s: Annotated[float, msgspec.Meta(ge=0)]


class _Addresses(msgspec.Struct, forbid_unknown_fields=True):
    allowed: list[str] | None


async def list_people(request: web.Request) -> web.Response:
    return answer(request.app[WORLD].cast.people)


def mint_code(kind: CodeKind) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler that stands for the person's tap: it makes the code the phone would get."""

    async def mint(request: web.Request) -> web.Response:
        world = request.app[WORLD]
        return answer({"code": world.codes.mint(kind, _person(request), at=world.now())})

    return mint


async def accept_messages(request: web.Request) -> web.Response:
    asked = await _body(request, _Acceptance)
    try:
        left = request.app[WORLD].mailbox.accept(
            _person(request).openid, asked.template_id, times=asked.times
        )
    except Refusal as refusal:
        raise _wrong(web.HTTPNotFound, "没有这个消息模板。") from refusal
    return answer({"accepted": left})


async def read_outbox(request: web.Request) -> web.Response:
    return answer(request.app[WORLD].mailbox.sent)


async def empty_outbox(request: web.Request) -> web.Response:
    request.app[WORLD].mailbox.sent.clear()
    return web.Response(status=204)


async def list_faults(request: web.Request) -> web.Response:
    return answer(request.app[WORLD].faults.ordered)


async def order_fault(request: web.Request) -> web.Response:
    request.app[WORLD].faults.ordered.append(await _body(request, OrderedFault))
    return web.Response(status=204)


async def cancel_faults(request: web.Request) -> web.Response:
    request.app[WORLD].faults.ordered.clear()
    return web.Response(status=204)


async def read_clock(request: web.Request) -> web.Response:
    return answer({"now": request.app[WORLD].now()})


async def advance_clock(request: web.Request) -> web.Response:
    asked = await _body(request, _Advance)
    return answer({"now": request.app[WORLD].advance(timedelta(seconds=asked.advance_s))})


async def revoke_token(request: web.Request) -> web.Response:
    request.app[WORLD].tokens.revoke()
    return web.Response(status=204)


async def limit_addresses(request: web.Request) -> web.Response:
    allowed = (await _body(request, _Addresses)).allowed
    request.app[WORLD].addresses = None if allowed is None else frozenset(allowed)
    return web.Response(status=204)


async def push_events(request: web.Request) -> web.Response:
    """Without events only the address is checked, as when it is entered in the 公众平台."""
    world = request.app[WORLD]
    order = await _body(request, PushOrder)
    if URL(order.url).host not in LOOPBACK:
        raise _wrong(web.HTTPBadRequest, "模拟微信只向本机推送。")
    verified = await check_address(order.url, token=world.cast.push_token, at=world.now())
    statuses = await send_events(order, token=world.cast.push_token, at=world.now()) if verified else []
    return answer({"verified": verified, "statuses": statuses})


ROUTES: Final = (
    web.get("/_standin/people", list_people),
    web.post("/_standin/people/{openid}/login-code", mint_code(CodeKind.LOGIN)),
    web.post("/_standin/people/{openid}/phone-code", mint_code(CodeKind.PHONE)),
    web.post("/_standin/people/{openid}/accept", accept_messages),
    web.get("/_standin/outbox", read_outbox),
    web.delete("/_standin/outbox", empty_outbox),
    web.get("/_standin/faults", list_faults),
    web.post("/_standin/faults", order_fault),
    web.delete("/_standin/faults", cancel_faults),
    web.get("/_standin/clock", read_clock),
    web.post("/_standin/clock", advance_clock),
    web.delete("/_standin/token", revoke_token),
    web.put("/_standin/addresses", limit_addresses),
    web.post("/_standin/push", push_events),
)


def _person(request: web.Request) -> Person:
    """Raises HTTPNotFound."""
    person = request.app[WORLD].find_person(request.match_info["openid"])
    if person is None:
        raise _wrong(web.HTTPNotFound, "没有这部演示手机。")
    return person


async def _body(request: web.Request, shape: type[T]) -> T:
    """Raises HTTPBadRequest."""
    try:
        return msgspec.json.decode(await request.read(), type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _wrong(web.HTTPBadRequest, f"请求内容不对：{error}") from error


def _wrong(status: type[web.HTTPClientError], sentence: str) -> web.HTTPClientError:
    return status(text=msgspec.json.encode({"error": sentence}).decode(), content_type="application/json")
