"""A citizen comes in through WeChat itself: the real adapter against the stand-in, over loopback."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from api_spec.errors import ErrorCode
from backend.audit.service import Audit
from backend.db import OpenDatabase
from backend.faults import Fault
from backend.people.service import Hashing, People, Tokens, WeChatDoor
from backend.vault import Vault
from backend.wechat.client import MiniProgram, ServiceAccount
from backend.wechat.standin.app import make_app
from backend.wechat.standin.people import DEMO_PEOPLE
from backend.wechat.standin.world import DEMO_MINI, DEMO_SERVICE, Cast
from tests.people.conftest import CHEAP, NOON, TENANT

WANG = DEMO_PEOPLE[0]


class Hall:
    """The township's people with WeChat's stand-in beside them."""

    def __init__(self, http: aiohttp.ClientSession, url: str, *, vault: Vault, tokens: Tokens) -> None:
        self.http, self.url = http, url
        mini = MiniProgram(http, DEMO_MINI, clock=lambda: NOON, api=url)
        web = ServiceAccount(http, DEMO_SERVICE, api=url, open_base=url)
        self.people = People(
            vault,
            Audit(),
            tokens=tokens,
            wechat=WeChatDoor(mini_appid=DEMO_MINI.appid, mini=mini, web_appid=DEMO_SERVICE.appid, web=web),
            home_tenant=lambda: TENANT,
            knows_tenant=lambda tenant_id: tenant_id == TENANT,
            hashing=Hashing(CHEAP),
        )

    async def code(self, kind: str) -> str:
        path = f"{self.url}/_standin/people/{WANG.openid}/{kind}-code"
        async with self.http.post(path) as answer:
            return str((await answer.json())["code"])

    async def order(self, trouble: dict[str, object]) -> None:
        async with self.http.post(f"{self.url}/_standin/faults", json=trouble) as answer:
            assert answer.status in (200, 204)


@pytest.fixture
async def hall(db: OpenDatabase, vault: Vault, tokens: Tokens) -> AsyncIterator[Hall]:
    del db
    app = make_app("test", Cast(people=list(DEMO_PEOPLE)), clock=lambda: NOON)
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        yield Hall(http, str(server.make_url("")).rstrip("/"), vault=vault, tokens=tokens)


async def test_a_login_code_signs_in_and_a_phone_code_brings_the_number(hall: Hall) -> None:
    signed_in = await hall.people.sign_in_mini_program(await hall.code("login"), tenant_id=None, at=NOON)
    actor = hall.people.authenticate(signed_in.access_token, NOON)
    view = await hall.people.bind_phone(actor, await hall.code("phone"))
    assert view.masked_phone == "138****0001"
    with pytest.raises(Fault) as mixed_up:
        await hall.people.bind_phone(actor, await hall.code("login"))
    assert mixed_up.value.code is ErrorCode.WECHAT_CODE_INVALID


async def test_the_web_page_finds_the_citizen_of_the_mini_program(hall: Hall) -> None:
    mini = await hall.people.sign_in_mini_program(await hall.code("login"), tenant_id=None, at=NOON)
    url = hall.people.wechat.authorize_url("http://127.0.0.1/signin/wechat", "state1")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    page = f"{hall.url}/connect/oauth2/authorize"
    async with hall.http.post(page, data=asked | {"openid": WANG.openid}, allow_redirects=False) as back:
        brought = parse_qs(urlsplit(back.headers["Location"]).query)
    assert brought["state"] == ["state1"]
    web = await hall.people.sign_in_web(brought["code"][0], tenant_id=None, at=NOON)
    authenticate = hall.people.authenticate
    assert authenticate(web.access_token, NOON).id == authenticate(mini.access_token, NOON).id


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        ({"kind": "errcode", "errcode": -1}, ErrorCode.WECHAT_BUSY),
        ({"kind": "errcode", "errcode": 40226}, ErrorCode.WECHAT_RISKY),
        ({"kind": "errcode", "errcode": 40013}, ErrorCode.WECHAT_UNAVAILABLE),
        ({"kind": "broken_json"}, ErrorCode.WECHAT_UNAVAILABLE),
    ],
    ids=["busy", "risky", "misconfigured", "unreadable"],
)
async def test_trouble_at_wechat_is_said_in_the_offices_words(
    hall: Hall, trouble: dict[str, object], code: ErrorCode
) -> None:
    login = await hall.code("login")
    await hall.order(trouble)
    with pytest.raises(Fault) as refusal:
        await hall.people.sign_in_mini_program(login, tenant_id=None, at=NOON)
    assert refusal.value.code is code
