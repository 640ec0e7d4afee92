"""People over HTTP: the JSON operations and the pages, through the edge as the township binds them."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from api_spec.route import Door
from api_spec.routes import people as routes
from api_spec.vocabulary import Role
from backend.drafts.service import Drafts
from backend.edge import AUTHENTICATE, PAGES_ENV, bind_all, bind_pages, observe
from backend.edge.observe import METER, Meter
from backend.ids import new_id
from backend.keys import CLOCK, DRAFTS, PEOPLE, SETTINGS
from backend.pages_env import pages_environment
from backend.people.http import HANDLERS
from backend.people.pages import PAGES
from backend.people.service import People
from backend.settings import Settings
from backend.vault import Vault
from backend.wechat.values import MiniSession, PhoneNumber, WebIdentity
from tests.people.conftest import NOON, PASSWORD, Hire, Phones, later, number_of
from tests.support import contract

Client = TestClient[web.Request, web.Application]


@dataclass
class Visitor:
    """The township's door for people, and the hands of the clock."""

    client: Client
    phones: Phones
    hands: list[datetime]
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    async def say(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """One JSON call with the token in hand."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with self.client.request(method, path, json=body, headers=headers) as answer:
            raw = await answer.read()
            said = json.loads(raw) if raw else None
            contract.check(
                method, answer.url.path, status=answer.status, content_type=answer.content_type, body=said
            )
            return answer.status, said

    async def sign_in(self, openid: str = "oMini-1") -> Any:
        self.phones.sessions["code"] = MiniSession(openid, "key", None)
        status, session = await self.say("POST", "/v1/session", {"code": "code"})
        assert status == 201
        self.token = session["access_token"]
        return session

    async def staff(self, login_name: str, password: str = PASSWORD) -> Any:
        form = {"login_name": login_name, "password": password}
        status, session = await self.say("POST", "/v1/staff/session", form)
        assert status == 201
        self.token = session["access_token"]
        return session

    async def open(self, path: str) -> tuple[int, str, str]:
        """Open a page: status, text and where it leads."""
        async with self.client.get(path, allow_redirects=False) as answer:
            return answer.status, await answer.text(), answer.headers.get("Location", "")

    async def post(self, path: str, form: dict[str, str], **headers: str) -> tuple[int, str, str]:
        async with self.client.post(path, data=form, allow_redirects=False, headers=headers) as answer:
            return answer.status, await answer.text(), answer.headers.get("Location", "")


@pytest.fixture
async def door(people: People, phones: Phones) -> AsyncIterator[Visitor]:
    hands = [NOON]
    app = web.Application(middlewares=[observe])
    app[CLOCK] = lambda: hands[0]
    app[SETTINGS] = Settings(mode="test")
    app[METER] = Meter()
    app[PAGES_ENV] = pages_environment()
    app[PEOPLE] = people
    app[DRAFTS] = Drafts(Vault({0: bytes(32)}))
    app[AUTHENTICATE] = people.authenticate
    bind_all(app, HANDLERS)
    bind_pages(app, PAGES)
    async with TestClient(TestServer(app)) as client:
        yield Visitor(client, phones, hands)


def test_every_operation_is_answered_and_only_the_doors_of_sign_in_are_open() -> None:
    assert set(HANDLERS) == set(routes.ROUTES)
    assert {route.name for route in routes.ROUTES if route.door is Door.OPEN} == {
        "open_session",
        "refresh_session",
        "open_staff_session",
        "list_notices",
    }


async def test_a_citizen_signs_in_says_who_they_are_and_signs_out(door: Visitor) -> None:
    await door.sign_in()
    _, shown = await door.say("GET", "/v1/notices")
    notice = next(each for each in shown["items"] if each["purpose"] == "sensitive")
    identity = {"name": "某女士", "document_type": "id_card", "document_number": number_of(1)}
    assert (await door.say("PUT", "/v1/me/identity", identity))[1]["code"] == "consent_missing"
    agreed = {"purpose": "sensitive", "version": notice["version"]}
    status, consent = await door.say("POST", "/v1/me/consents", agreed)
    assert (status, consent["label"], consent["channel"]) == (
        201,
        "处理身份证件等敏感个人信息",
        "mini_program",
    )
    status, me = await door.say("PUT", "/v1/me/identity", identity)
    assert (status, me["masked_name"], me["has_identity"]) == (200, "某**", True)
    door.phones.numbers["tap"] = PhoneNumber("13800000001", "86")
    assert (await door.say("POST", "/v1/me/phone", {"code": "tap"}))[1]["masked_phone"] == "138****0001"
    contact = {"address": "三都镇某村1组"}
    assert (await door.say("PUT", "/v1/me/contact", contact))[1]["has_address"]
    assert number_of(1) not in json.dumps(await door.say("GET", "/v1/me"))
    [listed] = (await door.say("GET", "/v1/me/consents"))[1]["items"]
    assert (await door.say("DELETE", f"/v1/me/consents/{listed['id']}"))[0] == 204
    assert not (await door.say("GET", "/v1/me"))[1]["has_identity"]
    assert await door.say("DELETE", "/v1/session") == (204, None)
    status, refusal = await door.say("GET", "/v1/me")
    assert (status, refusal["code"]) == (401, "token_expired")


async def test_a_session_is_renewed_over_http(door: Visitor) -> None:
    session = await door.sign_in()
    door.hands[0] = later(minutes=40)
    assert (await door.say("GET", "/v1/me"))[1]["code"] == "token_expired"
    status, renewed = await door.say(
        "POST", "/v1/session/refresh", {"refresh_token": session["refresh_token"]}
    )
    door.token = renewed["access_token"]
    assert (status, (await door.say("GET", "/v1/me"))[0]) == (200, 200)


async def test_a_citizen_has_no_business_with_staff_operations(door: Visitor) -> None:
    await door.sign_in()
    for method, path in (
        ("GET", "/v1/staff/accounts"),
        ("GET", "/v1/staff/me"),
        ("POST", f"/v1/staff/accounts/{new_id()}/reset"),
    ):
        assert (await door.say(method, path))[1]["code"] == "not_allowed"


async def test_an_administrator_runs_a_persons_whole_career(door: Visitor, hire: Hire) -> None:
    await hire("admin", Role.SYSTEM_ADMIN)
    await door.staff("admin")
    boss = door.token
    status, made = await door.say("POST", "/v1/staff/accounts", {"login_name": "zhang", "name": "某某"})
    assert status == 201
    account = f"/v1/staff/accounts/{made['staff_id']}"
    lacking = {"role": "group_leader", "valid_from": "2026-01-01"}
    status, refusal = await door.say("POST", f"{account}/posts", lacking)
    assert (status, len(refusal["errors"])) == (422, 3)
    department = new_id()
    post = lacking | {"department_id": department, "document": "三政任3号", "valid_to": "2026-12-31"}
    status, given = await door.say("POST", f"{account}/posts", post)
    assert (status, given["label"]) == (201, "窗口组长")

    door.token = ""
    session = await door.staff("zhang", made["first_password"])
    assert session["must_change_password"]
    assert (await door.say("GET", "/v1/staff/me"))[1]["code"] == "password_change_required"
    change = {"current_password": made["first_password"], "new_password": "  two spaces count  "}
    status, session = await door.say("POST", "/v1/staff/password", change)
    door.token = session["access_token"]
    assert (await door.say("GET", "/v1/staff/me"))[1]["posts"][0]["department_id"] == department
    assert (await door.say("GET", "/v1/staff/accounts"))[1]["code"] == "not_allowed"
    await door.staff("zhang", "  two spaces count  ")

    clerk, door.token = door.token, boss
    page = (await door.say("GET", "/v1/staff/accounts?limit=1"))[1]
    assert ([each["login_name"] for each in page["items"]], page["next"]) == (["admin"], "admin")
    page = (await door.say("GET", "/v1/staff/accounts?limit=5&cursor=admin"))[1]
    assert ([each["login_name"] for each in page["items"]], page["next"]) == (["zhang"], None)
    assert (await door.say("POST", f"/v1/staff/posts/{given['id']}/end"))[0] == 204
    assert (await door.say("POST", f"{account}/disable"))[0] == 204
    assert (await door.say("POST", f"{account}/enable"))[0] == 204
    assert (await door.say("POST", f"{account}/reset"))[1]["first_password"] != made["first_password"]
    door.token = clerk
    assert (await door.say("GET", "/v1/staff/me"))[1]["code"] == "token_expired"


async def test_a_locked_name_is_told_when_to_come_back(door: Visitor) -> None:
    form = {"login_name": "nobody", "password": "x"}
    for _ in range(5):
        assert (await door.say("POST", "/v1/staff/session", form))[0] == 401
    status, refusal = await door.say("POST", "/v1/staff/session", form)
    assert (status, refusal["code"], refusal["facts"]) == (423, "account_locked", {"retry_after_s": "60"})


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/session", {"code": 7}),
        ("POST", "/v1/session", {"code": "x", "more": 1}),
        ("POST", "/v1/session", {"code": "中文"}),
        ("POST", "/v1/session", []),
        ("POST", "/v1/session/refresh", {"refresh_token": "short"}),
        ("POST", "/v1/staff/session", {"login_name": "x"}),
        ("POST", "/v1/staff/session", {"login_name": "x", "password": "x" * 201}),
        ("PUT", "/v1/me/identity", {"name": "某", "document_type": "id_card", "document_number": 430481}),
        ("PUT", "/v1/me/identity", {"name": "某", "document_type": "none", "document_number": "1"}),
        ("POST", "/v1/me/consents", {"purpose": "service", "version": "1"}),
        ("PUT", "/v1/me/contact", {"phone": "1\u0000"}),
    ],
)
async def test_bad_input_is_refused_with_a_sentence(
    door: Visitor, method: str, path: str, body: object
) -> None:
    await door.sign_in()
    status, refusal = await door.say(method, path, body)
    assert status in (400, 422)
    assert refusal["title"]


async def through_wechat(door: Visitor, onward: str) -> tuple[int, str, str]:
    """Tap the button on the sign-in page and come back from WeChat as the same person."""
    _, page, _ = await door.open(f"/signin?next={onward}")
    link = re.findall(r'href="(/signin/go[^"]*)"', page)[0].replace("&amp;", "&")
    status, _, away = await door.open(link)
    assert status == 303
    assert away.startswith("https://wechat.test/authorize?to=http://127.0.0.1:8080/signin/wechat&")
    state = parse_qs(urlsplit(away).query)["state"][0]
    door.phones.web["back"] = WebIdentity("oWeb-1", "union-1", snapshot=False)
    return await door.open(f"/signin/wechat?code=back&state={state}")


async def test_a_page_asked_for_comes_after_the_sign_in(door: Visitor) -> None:
    assert await door.open("/me") == (303, "", "/signin?next=/me")
    status, _, onward = await through_wechat(door, "/me")
    assert (status, onward) == (303, "/me")
    status, page, _ = await door.open("/me")
    assert status == 200
    assert "办理政务服务" in page


async def test_cookies_are_out_of_reach_of_scripts_and_foreign_pages(door: Visitor) -> None:
    await through_wechat(door, "/me")
    jar = {cookie.key: cookie for cookie in door.client.session.cookie_jar}
    assert {"bmt_session", "bmt_refresh"} <= set(jar)
    for name, path in (("bmt_session", "/"), ("bmt_refresh", "/signin")):
        assert (jar[name]["httponly"], jar[name]["samesite"], jar[name]["path"]) == (True, "Lax", path)
    for foreign in ({"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}):
        status, _, _ = await door.post("/me/contact", {"phone": "13800000001"}, **foreign)
        assert status == 403


@pytest.mark.parametrize("state", ["", "other", "%FF"])
async def test_a_sign_in_somebody_else_began_is_refused(door: Visitor, state: str) -> None:
    await door.open("/signin/go?next=/me")
    door.phones.web["theirs"] = WebIdentity("oWeb-thief", None, snapshot=False)
    status, page, _ = await door.open(f"/signin/wechat?code=theirs&state={state}")
    assert status == 401
    assert "重新进入" in page
    assert "theirs" in door.phones.web


async def test_who_says_no_at_wechat_is_back_at_the_door(door: Visitor) -> None:
    status, page, _ = await door.open("/signin/wechat?state=x")
    assert (status, "同意并用微信登录" in page) == (200, True)


@pytest.mark.parametrize(
    "onward", ["https://evil.test/", "//evil.test", "/\\evil.test", "/signin", "javascript:alert(1)"]
)
async def test_the_way_back_stays_on_this_site(door: Visitor, onward: str) -> None:
    assert (await through_wechat(door, onward))[2] == "/"


async def test_a_page_opened_later_renews_the_sign_in_without_a_tap(door: Visitor) -> None:
    await through_wechat(door, "/me")
    door.hands[0] = later(hours=2)
    status, _, way = await door.open("/me")
    assert (status, way) == (303, "/signin?next=/me")
    assert (await door.open(way))[::2] == (303, "/me")
    assert (await door.open("/me"))[0] == 200


async def test_the_own_page_keeps_what_was_typed_and_says_all_that_is_wrong(door: Visitor) -> None:
    await through_wechat(door, "/me")
    typed = {"name": "3", "document_type": "id_card", "document_number": "430481190001010019"}
    status, page, _ = await door.post("/me/identity", typed | {"agree": "1"})
    assert status == 422
    assert 'value="430481190001010019"' in page
    assert "至少要填 2 个字。" in page
    assert "身份证号有一位填错了" in page
    given = (await door.say("GET", "/v1/me/consents"))[1]["items"]
    assert "sensitive" not in {each["purpose"] for each in given}
    status, page, _ = await door.post("/me/identity", {"name": "某女士", "document_type": "id_card"})
    assert (status, "请填写这一项。" in page) == (422, True)
    good = {"name": "某女士", "document_type": "id_card", "document_number": number_of(1), "agree": "1"}
    assert (await door.post("/me/identity", good))[::2] == (303, "/me")
    page = (await door.open("/me"))[1]
    assert "某**" in page
    assert number_of(1) not in page


async def test_identity_without_a_tick_asks_for_the_consent(door: Visitor) -> None:
    await through_wechat(door, "/me")
    good = {"name": "某女士", "document_type": "id_card", "document_number": number_of(1)}
    status, page, _ = await door.post("/me/identity", good)
    assert (status, "请先阅读并同意" in page) == (409, True)


async def test_contact_and_consents_work_from_the_page(door: Visitor) -> None:
    await through_wechat(door, "/me")
    assert (await door.post("/me/contact", {"phone": "138 0000 0001", "address": "三都镇某村"}))[0] == 303
    page = (await door.open("/me"))[1]
    assert 'value="13800000001"' in page
    assert (await door.post("/me/contact", {"phone": "1"}))[0] == 422
    assert (await door.post("/me/notices", {}))[::2] == (303, "/me")
    page = (await door.open("/me"))[1]
    assert "接收办件进度提醒" in page
    for path in re.findall(r'action="(/me/consents/[0-9a-f]{32}/withdraw)"', page):
        assert (await door.post(path, {}))[::2] == (303, "/me")
    assert "还没有。" in (await door.open("/me"))[1]
    assert 'value="三都镇某村"' in (await door.open("/me"))[1]


async def test_a_citizen_who_signs_out_is_out_for_good(door: Visitor) -> None:
    await through_wechat(door, "/me")
    assert (await door.post("/signout", {}))[::2] == (303, "/")
    assert (await door.open("/me"))[2] == "/signin?next=/me"
    assert "同意并用微信登录" in (await door.open("/signin?next=/me"))[1]


async def test_staff_sign_in_by_page_and_change_a_first_password(door: Visitor, hire: Hire) -> None:
    await hire("zhang", must_change_password=True)
    assert (await door.open("/staff/password"))[2] == "/staff/signin?next=/staff/password"
    status, page, _ = await door.post("/staff/signin", {"login_name": "zhang", "password": "wrong"})
    assert (status, "账号或密码不对" in page, 'value="zhang"' in page) == (401, True, True)
    right = {"login_name": "zhang", "password": PASSWORD, "next": "/staff/cases"}
    assert (await door.post("/staff/signin", right))[::2] == (303, "/staff/password")
    assert "初始密码" in (await door.open("/staff/password"))[1]
    new = "three ducks on the river"
    for form, words in (
        ({"current_password": PASSWORD, "new_password": new, "again": "x"}, "不一样"),
        ({"current_password": "x", "new_password": new, "again": new}, "现在的密码不对"),
        ({"current_password": PASSWORD, "new_password": "x", "again": "x"}, "至少要 10 个字符"),
    ):
        status, page, _ = await door.post("/staff/password", form)
        assert (status, words in page) == (422, True)
    good = {"current_password": PASSWORD, "new_password": new, "again": new}
    assert (await door.post("/staff/password", good))[::2] == (303, "/staff")
    assert (await door.open("/staff/signin?next=/staff/cases"))[2] == "/staff/cases"
    assert (await door.post("/staff/signout", {}))[::2] == (303, "/staff/signin")
    assert (await door.open("/staff/password"))[0] == 303


async def test_a_locked_page_says_how_many_minutes(door: Visitor) -> None:
    for _ in range(5):
        await door.post("/staff/signin", {"login_name": "zhang", "password": "wrong"})
    status, page, _ = await door.post("/staff/signin", {"login_name": "zhang", "password": "wrong"})
    assert (status, "请 1 分钟后再试" in page) == (423, True)
