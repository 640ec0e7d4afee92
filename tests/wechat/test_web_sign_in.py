"""Signing in on a web page: the address, the page a person sees, and the way back."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from backend.wechat.client import ServiceAccount
from backend.wechat.faults import CodeSpent, Misconfigured
from backend.wechat.standin.people import DEMO_PEOPLE, Person
from backend.wechat.standin.world import DEMO_MINI, DEMO_SERVICE
from backend.wechat.values import Scope
from tests.wechat.conftest import SNAPSHOT, WANG, WeChat

BACK = "http://127.0.0.1:8080/me/wechat?next=/cases&from=slip"


async def press(wechat: WeChat, address: str, openid: str) -> str:
    """Open the page, press one person's button the way a browser without JavaScript does; where it leads."""
    async with wechat.http.get(address) as opened:
        assert opened.status == 200
        html = await opened.text()
    assert f'value="{openid}"' in html
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html)
    form = {name: value.replace("&amp;", "&") for name, value in hidden} | {"openid": openid}
    path = re.findall(r'<form method="post" action="([^"]+)">', html)[0]
    async with wechat.http.post(wechat.url + path, data=form, allow_redirects=False) as sent:
        assert sent.status == 303
        return sent.headers["Location"]


async def web_code(wechat: WeChat, person: Person, scope: Scope = Scope.SILENT) -> str:
    address = wechat.service().authorize_url(BACK, "s1", scope=scope)
    return parse_qs(urlsplit(await press(wechat, address, person.openid)).query)["code"][0]


async def test_the_address_has_the_form_wechat_matches(service: ServiceAccount, wechat: WeChat) -> None:
    assert service.authorize_url(BACK, "abc123") == (
        f"{wechat.url}/connect/oauth2/authorize?appid={DEMO_SERVICE.appid}"
        "&redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fme%2Fwechat%3Fnext%3D%2Fcases%26from%3Dslip"
        "&response_type=code&scope=snsapi_base&state=abc123#wechat_redirect"
    )


@pytest.mark.parametrize("state", ["", "a-b", "a" * 129, "状态", "a\n"])
async def test_a_state_wechat_would_drop_is_refused(service: ServiceAccount, state: str) -> None:
    with pytest.raises(ValueError, match="state"):
        service.authorize_url(BACK, state)


async def test_the_page_says_it_is_a_demonstration_and_has_a_button_for_everybody(
    service: ServiceAccount, wechat: WeChat
) -> None:
    async with wechat.http.get(service.authorize_url(BACK, "s1")) as page:
        html = await page.text()
        policy = page.headers["Content-Security-Policy"]
    assert "演示环境 · 模拟微信" in html
    assert "不是真正的微信" in html
    for person in DEMO_PEOPLE:
        assert f'<button name="openid" value="{person.openid}">' in html
        assert person.name in html
    assert "<script" not in html
    assert "default-src 'none'" in policy


async def test_one_comes_back_with_code_and_state_and_the_old_query(
    service: ServiceAccount, wechat: WeChat
) -> None:
    back = urlsplit(await press(wechat, service.authorize_url(BACK, "abc123"), WANG.openid))
    query = parse_qs(back.query)
    assert (back.scheme, back.netloc, back.path) == ("http", "127.0.0.1:8080", "/me/wechat")
    assert set(query) == {"next", "from", "code", "state"}
    assert (query["next"], query["from"], query["state"]) == (["/cases"], ["slip"], ["abc123"])
    assert (await service.oauth_openid(query["code"][0])).openid == WANG.service_openid


async def test_who_refuses_comes_back_without_a_code(service: ServiceAccount, wechat: WeChat) -> None:
    back = await press(wechat, service.authorize_url(BACK, "abc123"), "")
    assert set(parse_qs(urlsplit(back).query)) == {"next", "from", "state"}


async def test_only_an_agreed_sign_in_tells_the_unionid(service: ServiceAccount, wechat: WeChat) -> None:
    silent = await service.oauth_openid(await web_code(wechat, WANG))
    agreed = await service.oauth_openid(await web_code(wechat, WANG, Scope.PROFILE))
    assert (silent.openid, silent.unionid) == (WANG.service_openid, None)
    assert (agreed.openid, agreed.unionid) == (WANG.service_openid, WANG.unionid)


async def test_a_throw_away_identity_is_marked(service: ServiceAccount, wechat: WeChat) -> None:
    assert (await service.oauth_openid(await web_code(wechat, SNAPSHOT))).snapshot
    assert not (await service.oauth_openid(await web_code(wechat, WANG))).snapshot


async def test_a_web_code_serves_once_and_five_minutes(service: ServiceAccount, wechat: WeChat) -> None:
    code, old = await web_code(wechat, WANG), await web_code(wechat, WANG)
    await service.oauth_openid(code)
    with pytest.raises(CodeSpent) as refused:
        await service.oauth_openid(code)
    assert refused.value.errcode == 40163
    wechat.clock.pass_time(minutes=5)
    with pytest.raises(CodeSpent):
        await service.oauth_openid(old)


async def test_web_codes_and_mini_program_codes_do_not_mix(service: ServiceAccount, wechat: WeChat) -> None:
    with pytest.raises(CodeSpent):
        await service.oauth_openid(await wechat.code(WANG))
    with pytest.raises(CodeSpent):
        await wechat.mini().code_to_session(await web_code(wechat, WANG))


async def test_the_mini_programs_account_cannot_sign_in_on_the_web(wechat: WeChat) -> None:
    with pytest.raises(Misconfigured):
        await wechat.service(DEMO_MINI).oauth_openid(await web_code(wechat, WANG))


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "https://evil.example/",
        "http://127.0.0.1.evil.example/",
        "http://127.0.0.1@evil.example/",
        "http://evil@127.0.0.1/",
        "//evil.example/",
        "javascript:alert(1)",
        "http://[::1",
        "",
    ],
)
async def test_nobody_is_sent_to_another_machine(wechat: WeChat, redirect_uri: str) -> None:
    form = {
        "appid": DEMO_SERVICE.appid,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "s1",
    }
    address = f"{wechat.url}/connect/oauth2/authorize"
    async with wechat.http.get(address, params=form) as opened:
        assert opened.status == 400
        assert "只能回到本机的页面" in await opened.text()
    pressed = form | {"openid": WANG.openid}
    async with wechat.http.post(address, data=pressed, allow_redirects=False) as sent:
        assert sent.status == 400
        assert "Location" not in sent.headers


@pytest.mark.parametrize(
    "redirect_uri", ["http://localhost:8080/a", "http://[::1]:8080/a", "https://127.0.0.1/a"]
)
async def test_every_name_of_this_machine_will_do(
    service: ServiceAccount, wechat: WeChat, redirect_uri: str
) -> None:
    back = await press(wechat, service.authorize_url(redirect_uri, "s1"), WANG.openid)
    assert back.startswith(f"{redirect_uri}?code=")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("appid", DEMO_MINI.appid, "AppID"),
        ("response_type", "token", "response_type"),
        ("scope", "snsapi_login", "scope"),
        ("state", "a&b", "state"),
    ],
)
async def test_a_wrong_address_is_explained(wechat: WeChat, name: str, value: str, sentence: str) -> None:
    right = {
        "appid": DEMO_SERVICE.appid,
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "s1",
    }
    async with wechat.http.get(
        f"{wechat.url}/connect/oauth2/authorize", params=right | {name: value}
    ) as opened:
        assert opened.status == 400
        assert sentence in await opened.text()


async def test_a_phone_that_is_not_there_signs_nobody_in(wechat: WeChat) -> None:
    form = {
        "appid": DEMO_SERVICE.appid,
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "s1",
        "openid": "nobody",
    }
    async with wechat.http.post(
        f"{wechat.url}/connect/oauth2/authorize", data=form, allow_redirects=False
    ) as sent:
        assert sent.status == 400
