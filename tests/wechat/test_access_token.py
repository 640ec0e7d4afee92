"""One access token in hand: renewed early, by one caller, and once more when refused."""

import asyncio
from datetime import timedelta

import pytest

from backend.wechat.access_token import AccessToken, AccessTokens
from backend.wechat.client import MiniProgram
from backend.wechat.faults import Busy, Misconfigured, TokenRefused, Unreachable
from backend.wechat.standin.refusal import Refusal
from backend.wechat.standin.tokens import FORCES_A_DAY, IssuedTokens
from tests.wechat.conftest import NINE, WANG, Clock, WeChat

PHONE = "/wxa/business/getuserphonenumber"


class Source:
    """WeChat's side of the token, counted: an ordinary call repeats the newest, a forced one replaces it."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.calls: list[bool] = []
        self.serial = 1
        self.fault: Exception | None = None

    async def __call__(self, *, force: bool) -> AccessToken:
        self.calls.append(force)
        await asyncio.sleep(0.001)
        if self.fault:
            raise self.fault
        self.serial += force
        return AccessToken(f"token-{self.serial}", self.clock() + timedelta(hours=2))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def source(clock: Clock) -> Source:
    return Source(clock)


@pytest.fixture
def tokens(source: Source, clock: Clock) -> AccessTokens:
    return AccessTokens(source, clock)


async def test_many_callers_at_once_fetch_one_token(tokens: AccessTokens, source: Source) -> None:
    assert set(await asyncio.gather(*(tokens.current() for _ in range(20)))) == {"token-1"}
    assert source.calls == [False]


async def test_a_token_is_renewed_five_minutes_before_its_end(
    tokens: AccessTokens, source: Source, clock: Clock
) -> None:
    await tokens.current()
    clock.pass_time(hours=1, minutes=54, seconds=59)
    await tokens.current()
    assert len(source.calls) == 1
    clock.pass_time(seconds=1)
    await tokens.current()
    assert len(source.calls) == 2


async def test_a_caller_who_gives_up_does_not_take_the_others_along(
    tokens: AccessTokens, source: Source
) -> None:
    impatient = asyncio.create_task(tokens.current())
    patient = asyncio.create_task(tokens.current())
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == "token-1"
    assert source.calls == [False]


async def test_while_wechat_is_down_the_old_token_is_used_to_its_end(
    tokens: AccessTokens, source: Source, clock: Clock
) -> None:
    await tokens.current()
    source.fault = Unreachable("stable_token", "TimeoutError")
    clock.pass_time(hours=1, minutes=59)
    assert await tokens.current() == "token-1"
    clock.pass_time(minutes=1)
    with pytest.raises(Unreachable):
        await tokens.current()


async def test_a_failed_renewal_is_tried_again_by_the_next_caller(
    tokens: AccessTokens, source: Source
) -> None:
    source.fault = Busy("stable_token", -1)
    with pytest.raises(Busy):
        await tokens.current()
    source.fault = None
    assert await tokens.current() == "token-1"


async def test_callers_refused_together_force_one_renewal(tokens: AccessTokens, source: Source) -> None:
    await tokens.current()
    assert set(await asyncio.gather(*(tokens.after_refusal("token-1") for _ in range(20)))) == {"token-2"}
    assert source.calls == [False, False, True]


async def test_a_token_another_program_renewed_is_taken_without_force(
    tokens: AccessTokens, source: Source
) -> None:
    await tokens.current()
    source.serial = 7
    assert await tokens.after_refusal("token-1") == "token-7"
    assert source.calls == [False, False]


async def test_a_caller_refused_late_gets_the_token_already_renewed(
    tokens: AccessTokens, source: Source
) -> None:
    await tokens.current()
    assert await tokens.after_refusal("an older one") == "token-1"
    assert source.calls == [False]


async def test_forced_renewals_stay_thirty_seconds_apart_and_twenty_a_day(
    tokens: AccessTokens, source: Source, clock: Clock
) -> None:
    token = await tokens.current()
    token = await tokens.after_refusal(token)
    clock.pass_time(seconds=29)
    with pytest.raises(TokenRefused):
        await tokens.after_refusal(token)
    for _ in range(19):
        clock.pass_time(seconds=30)
        token = await tokens.after_refusal(token)
    clock.pass_time(hours=1)
    with pytest.raises(TokenRefused):
        await tokens.after_refusal(token)
    assert source.calls.count(True) == 20
    clock.pass_time(days=1)
    await tokens.after_refusal(token)
    assert source.calls.count(True) == 21


async def test_a_token_killed_by_another_program_is_replaced_within_the_call(
    mini: MiniProgram, wechat: WeChat
) -> None:
    await mini.phone_number(await wechat.code(WANG, "phone"))
    await wechat.pull("DELETE", "token")
    assert (await mini.phone_number(await wechat.code(WANG, "phone"))).number == WANG.phone


async def test_a_token_older_than_our_clock_thinks_is_replaced_within_the_call(
    mini: MiniProgram, wechat: WeChat
) -> None:
    await mini.phone_number(await wechat.code(WANG, "phone"))
    await wechat.pull("POST", "clock", advance_s=7201)
    assert (await mini.phone_number(await wechat.code(WANG, "phone"))).number == WANG.phone


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
async def test_a_token_is_replaced_once_and_not_again(
    mini: MiniProgram, wechat: WeChat, errcode: int
) -> None:
    code = await wechat.code(WANG, "phone")
    await wechat.order("errcode", PHONE, errcode=errcode, times=3)
    with pytest.raises(TokenRefused) as refused:
        await mini.phone_number(code)
    assert refused.value.errcode == errcode
    left = await wechat.pull("GET", "faults")
    assert [fault["times"] for fault in left] == [1]  # type: ignore[attr-defined]


async def test_an_address_not_on_the_list_is_our_fault(mini: MiniProgram, wechat: WeChat) -> None:
    await wechat.pull("PUT", "addresses", allowed=["10.0.0.1"])
    with pytest.raises(Misconfigured) as refused:
        await mini.phone_number(await wechat.code(WANG, "phone"))
    assert refused.value.errcode == 40164
    await wechat.pull("PUT", "addresses", allowed=["127.0.0.1"])
    await mini.phone_number(await wechat.code(WANG, "phone"))


def test_old_and_new_token_are_both_good_for_five_minutes() -> None:
    drawn = iter(range(10))
    issued = IssuedTokens(lambda count: next(drawn).to_bytes(count))
    old, lives_s = issued.issue(force=False, at=NINE)
    assert lives_s == 7200
    assert issued.issue(force=False, at=NINE + timedelta(minutes=114)) == (old, 360)
    renewed_at = NINE + timedelta(minutes=116)
    new, _ = issued.issue(force=False, at=renewed_at)
    assert new != old
    for token in (old, new):
        issued.check(token, at=renewed_at + timedelta(minutes=4, seconds=59))
    with pytest.raises(Refusal) as refused:
        issued.check(old, at=renewed_at + timedelta(minutes=5))
    assert refused.value.errcode == 42001
    issued.check(new, at=renewed_at + timedelta(minutes=5))


def test_force_kills_the_old_token_at_once_but_not_twice_within_thirty_seconds() -> None:
    drawn = iter(range(100))
    issued = IssuedTokens(lambda count: next(drawn).to_bytes(count))
    old, _ = issued.issue(force=False, at=NINE)
    forced, _ = issued.issue(force=True, at=NINE)
    with pytest.raises(Refusal) as refused:
        issued.check(old, at=NINE)
    assert refused.value.errcode == 40001
    assert issued.issue(force=True, at=NINE + timedelta(seconds=29))[0] == forced
    for number in range(1, FORCES_A_DAY):
        issued.issue(force=True, at=NINE + timedelta(minutes=number))
    with pytest.raises(Refusal) as refused:
        issued.issue(force=True, at=NINE + timedelta(hours=1))
    assert refused.value.errcode == 45009


def test_a_missing_token_and_an_invented_one_are_told_apart() -> None:
    issued = IssuedTokens(bytes)
    for value, errcode in (("", 41001), ("invented", 40001)):
        with pytest.raises(Refusal) as refused:
            issued.check(value, at=NINE)
        assert refused.value.errcode == errcode
