"""Signing in to the mini-program and giving a phone number."""

import dataclasses

import pytest

from backend.wechat.client import MiniProgram
from backend.wechat.faults import CodeSpent, Misconfigured, RiskyUser
from backend.wechat.standin.codes import LOGIN_KINDS, SIGN_INS_A_MINUTE, CodeKind, OneTimeCodes
from backend.wechat.standin.refusal import Refusal
from backend.wechat.standin.world import DEMO_MINI
from tests.wechat.conftest import LI, NINE, RISKY, WANG, WeChat


async def test_a_code_signs_in_the_person_who_tapped(mini: MiniProgram, wechat: WeChat) -> None:
    code_of_li, code_of_wang = await wechat.code(LI), await wechat.code(WANG)
    wang, li = await mini.code_to_session(code_of_wang), await mini.code_to_session(code_of_li)
    assert (wang.openid, wang.unionid) == (WANG.openid, WANG.unionid)
    assert (li.openid, li.unionid) == (LI.openid, LI.unionid)
    assert wang.session_key != li.session_key


async def test_a_code_serves_once(mini: MiniProgram, wechat: WeChat) -> None:
    code = await wechat.code(WANG)
    await mini.code_to_session(code)
    with pytest.raises(CodeSpent) as refused:
        await mini.code_to_session(code)
    assert refused.value.errcode == 40029
    assert refused.value.rid


@pytest.mark.parametrize("kind", ["login", "phone"])
async def test_a_code_lives_five_minutes(mini: MiniProgram, wechat: WeChat, kind: str) -> None:
    use = mini.code_to_session if kind == "login" else mini.phone_number
    in_time, too_late = await wechat.code(WANG, kind), await wechat.code(WANG, kind)
    wechat.clock.pass_time(minutes=4, seconds=59)
    await use(in_time)
    wechat.clock.pass_time(seconds=1)
    with pytest.raises(CodeSpent):
        await use(too_late)


async def test_sign_in_code_and_phone_code_are_not_interchangeable(mini: MiniProgram, wechat: WeChat) -> None:
    with pytest.raises(CodeSpent):
        await mini.phone_number(await wechat.code(WANG, "login"))
    with pytest.raises(CodeSpent):
        await mini.code_to_session(await wechat.code(WANG, "phone"))


async def test_the_phone_number_comes_with_its_country_code(mini: MiniProgram, wechat: WeChat) -> None:
    phone = await mini.phone_number(await wechat.code(WANG, "phone"))
    assert (phone.number, phone.country_code) == (WANG.phone, "86")


async def test_a_locked_out_user_is_told_apart(mini: MiniProgram, wechat: WeChat) -> None:
    with pytest.raises(RiskyUser):
        await mini.code_to_session(await wechat.code(RISKY))


@pytest.mark.parametrize(
    ("wrong", "errcode"), [({"appid": "wx0000000000000000"}, 40013), ({"secret": "no such secret"}, 40125)]
)
async def test_a_wrong_account_is_our_fault_and_spends_no_code(
    wechat: WeChat, wrong: dict[str, str], errcode: int
) -> None:
    code = await wechat.code(WANG)
    stranger = wechat.mini(dataclasses.replace(DEMO_MINI, **wrong))
    with pytest.raises(Misconfigured) as refused:
        await stranger.code_to_session(code)
    assert refused.value.errcode == errcode
    with pytest.raises(Misconfigured) as refused:
        await stranger.phone_number(await wechat.code(WANG, "phone"))
    assert (refused.value.call, refused.value.errcode) == ("stable_token", errcode)
    assert (await wechat.mini().code_to_session(code)).openid == WANG.openid


async def test_a_good_sign_in_has_no_errcode_and_a_bad_one_is_http_200(wechat: WeChat) -> None:
    asked = {
        "appid": DEMO_MINI.appid,
        "secret": DEMO_MINI.secret,
        "js_code": await wechat.code(WANG),
        "grant_type": "authorization_code",
    }
    async with wechat.http.get(f"{wechat.url}/sns/jscode2session", params=asked) as good:
        assert set(await good.json()) == {"openid", "session_key", "unionid"}
    async with wechat.http.get(f"{wechat.url}/sns/jscode2session", params=asked) as bad:
        assert bad.status == 200
        refusal = await bad.json()
        assert refusal["errcode"] == 40029
        assert "rid: " in refusal["errmsg"]


async def test_secrets_and_numbers_do_not_show_when_printed(mini: MiniProgram, wechat: WeChat) -> None:
    session = await mini.code_to_session(await wechat.code(WANG))
    phone = await mini.phone_number(await wechat.code(WANG, "phone"))
    printed = f"{session!r} {phone!r} {DEMO_MINI!r}"
    assert session.session_key not in printed
    assert phone.number not in printed
    assert DEMO_MINI.secret not in printed


def test_too_many_sign_ins_of_one_person_wait_a_minute_with_the_code_unspent() -> None:
    drawn = iter(range(1000))
    codes = OneTimeCodes(lambda count: next(drawn).to_bytes(count))
    for _ in range(SIGN_INS_A_MINUTE):
        codes.redeem(codes.mint(CodeKind.LOGIN, WANG, at=NINE), LOGIN_KINDS, at=NINE)
    one_more = codes.mint(CodeKind.LOGIN, WANG, at=NINE)
    with pytest.raises(Refusal) as refused:
        codes.redeem(one_more, LOGIN_KINDS, at=NINE)
    assert refused.value.errcode == 45011
    codes.redeem(codes.mint(CodeKind.LOGIN, LI, at=NINE), LOGIN_KINDS, at=NINE)
    in_a_minute = NINE.replace(minute=1)
    assert codes.redeem(one_more, LOGIN_KINDS, at=in_a_minute) == (WANG, CodeKind.LOGIN)
