"""When WeChat fails: which fault, how soon, and what it must not tell."""

import asyncio
import secrets
import time
import traceback
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import NoReturn

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from backend.wechat.client import MiniProgram, ServiceAccount
from backend.wechat.faults import KINDS, BadField, Busy, Unreachable, WeChatFault, fault_for
from backend.wechat.standin.world import DEMO_MINI, DEMO_SERVICE
from backend.wechat.wire import MAX_ANSWER_BYTES
from tests.wechat.conftest import WANG, Clock, WeChat

SESSION = "/sns/jscode2session"


@pytest.mark.parametrize("errcode", sorted(KINDS))
async def test_every_known_errcode_arrives_as_its_fault(
    mini: MiniProgram, wechat: WeChat, errcode: int
) -> None:
    await wechat.order("errcode", SESSION, errcode=errcode)
    with pytest.raises(WeChatFault) as refused:
        await mini.code_to_session("any")
    assert type(refused.value) is KINDS[errcode]
    assert (refused.value.call, refused.value.errcode) == ("jscode2session", errcode)


async def test_an_unknown_errcode_is_still_a_fault_with_its_number(mini: MiniProgram, wechat: WeChat) -> None:
    await wechat.order("errcode", SESSION, errcode=89503)
    with pytest.raises(WeChatFault) as refused:
        await mini.code_to_session("any")
    assert type(refused.value) is WeChatFault
    assert refused.value.errcode == 89503


@pytest.mark.parametrize("errcode", [-1, 45009, 45011])
async def test_a_busy_wechat_spends_no_code(mini: MiniProgram, wechat: WeChat, errcode: int) -> None:
    code = await wechat.code(WANG)
    await wechat.order("errcode", SESSION, errcode=errcode)
    with pytest.raises(Busy):
        await mini.code_to_session(code)
    assert (await mini.code_to_session(code)).openid == WANG.openid


@pytest.mark.parametrize("kind", ["timeout", "drop", "broken_json", "bad_gateway"])
async def test_no_usable_answer_is_a_fault_soon_and_tells_no_secret(
    mini: MiniProgram, wechat: WeChat, kind: str
) -> None:
    code = await wechat.code(WANG)
    # A dropped line is tried twice: aiohttp itself repeats a GET on a connection it had kept open.
    await wechat.order(kind, SESSION, times=2)
    began = time.monotonic()
    with pytest.raises(Unreachable) as refused:
        await mini.code_to_session(code)
    assert time.monotonic() - began < 1
    told = "".join(traceback.format_exception(refused.value))
    assert code not in told
    assert DEMO_MINI.secret not in told


class Nowhere(aiohttp.TCPConnector):
    """A line that never comes about; aiohttp then quotes the whole address, secret included."""

    async def connect(self, *_: object, **__: object) -> NoReturn:
        raise TimeoutError


async def test_a_line_that_never_comes_about_tells_no_secret_either() -> None:
    code = secrets.token_hex(8)
    async with aiohttp.ClientSession(connector=Nowhere()) as http:
        with pytest.raises(Unreachable) as refused:
            await MiniProgram(http, DEMO_MINI, clock=Clock()).code_to_session(code)
    told = "".join(traceback.format_exception(refused.value))
    assert DEMO_MINI.secret not in told
    assert code not in told


async def test_a_slow_answer_within_the_limit_is_an_answer(mini: MiniProgram, wechat: WeChat) -> None:
    code = await wechat.code(WANG)
    await wechat.order("slow", SESSION, seconds=0.05)
    began = time.monotonic()
    assert (await mini.code_to_session(code)).openid == WANG.openid
    assert time.monotonic() - began >= 0.05


async def test_faults_can_be_called_off(mini: MiniProgram, wechat: WeChat) -> None:
    await wechat.order("errcode", times=100)
    await wechat.pull("DELETE", "faults")
    assert (await mini.code_to_session(await wechat.code(WANG))).openid == WANG.openid


async def test_a_fault_for_one_path_leaves_the_others_alone(mini: MiniProgram, wechat: WeChat) -> None:
    await wechat.order("errcode", "/wxa/getwxacodeunlimit")
    assert (await mini.code_to_session(await wechat.code(WANG))).openid == WANG.openid


ODD_ANSWERS = {
    "a list": b"[]",
    "nothing": b"",
    "no openid": b'{"session_key":"k"}',
    "openid as a number": b'{"openid":7,"session_key":"k"}',
    "not UTF-8": b'{"openid":"\xff","session_key":"k"}',
    "too long": b'{"openid":"' + b"o" * MAX_ANSWER_BYTES + b'","session_key":"k"}',
}


@pytest.fixture
async def odd_server() -> AsyncIterator[str]:
    """Answers with the odd answer its js_code names."""

    async def odd(request: web.Request) -> web.Response:
        return web.Response(body=ODD_ANSWERS[request.query["js_code"]])

    async def redirect(_: web.Request) -> web.Response:
        raise web.HTTPFound("/elsewhere")

    app = web.Application()
    app.router.add_get(SESSION, odd)
    app.router.add_get("/sns/oauth2/access_token", redirect)
    async with TestServer(app) as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.mark.parametrize("odd", sorted(ODD_ANSWERS))
async def test_an_answer_wechat_does_not_document_is_a_fault(odd_server: str, odd: str) -> None:
    async with aiohttp.ClientSession() as http:
        mini = MiniProgram(http, DEMO_MINI, clock=Clock(), api=odd_server)
        with pytest.raises(Unreachable):
            await mini.code_to_session(odd)


async def test_a_redirect_is_not_followed_because_it_would_carry_the_secret(odd_server: str) -> None:
    async with aiohttp.ClientSession() as http:
        service = ServiceAccount(http, DEMO_SERVICE, api=odd_server)
        with pytest.raises(Unreachable, match="HTTP 302"):
            await service.oauth_openid("any")


async def test_a_server_that_is_not_there_is_unreachable(unused_tcp_port: int) -> None:
    async with aiohttp.ClientSession() as http:
        mini = MiniProgram(http, DEMO_MINI, clock=Clock(), api=f"http://127.0.0.1:{unused_tcp_port}")
        with pytest.raises(Unreachable):
            await mini.code_to_session("any")


@pytest.mark.parametrize("address", ["http://api.weixin.qq.com", "ftp://127.0.0.1", "api.weixin.qq.com"])
async def test_the_secret_goes_to_no_other_machine_in_the_clear(address: str) -> None:
    async with aiohttp.ClientSession() as http:
        with pytest.raises(ValueError, match="https"):
            MiniProgram(http, DEMO_MINI, clock=Clock(), api=address)
        with pytest.raises(ValueError, match="https"):
            ServiceAccount(http, DEMO_SERVICE, open_base=address)


async def test_a_caller_may_give_up_at_any_time(mini: MiniProgram, wechat: WeChat) -> None:
    await wechat.order("timeout", "/cgi-bin/stable_token")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(mini.phone_number("any"), timedelta(seconds=0.02).total_seconds())


def test_a_fault_keeps_the_request_id_and_drops_the_rest_of_the_text() -> None:
    fault = fault_for("send", 47003, "argument invalid! data.thing1.value of 张三 rid: 65f0aa-1-2")
    assert isinstance(fault, BadField)
    assert (fault.field, fault.rid) == ("thing1", "65f0aa-1-2")
    assert "张三" not in str(fault)
