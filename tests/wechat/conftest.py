"""A stand-in on a real loopback port, the adapter pointed at it, and one clock both can read."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from backend.wechat.client import MiniProgram, ServiceAccount
from backend.wechat.standin.app import make_app
from backend.wechat.standin.people import DEMO_PEOPLE, Person
from backend.wechat.standin.world import DEMO_MINI, DEMO_SERVICE, Cast
from backend.wechat.values import Account

NINE = datetime(2026, 4, 10, 1, 0, tzinfo=UTC)
WANG = DEMO_PEOPLE[0]
LI = DEMO_PEOPLE[1]
RISKY = Person(
    name="赵先生", openid="oMini-risky", service_openid="oServ-risky", phone="13800000098", risky=True
)
SNAPSHOT = Person(
    name="孙女士", openid="oMini-snap", service_openid="oServ-snap", phone="13800000099", snapshot=True
)
ANSWER_WITHIN = timedelta(seconds=0.2)


class Clock:
    """Stands still until told."""

    def __init__(self) -> None:
        self.now = NINE

    def __call__(self) -> datetime:
        return self.now

    def pass_time(self, **amount: float) -> None:
        self.now += timedelta(**amount)


@dataclass(frozen=True, slots=True)
class WeChat:
    """The stand-in as a test pulls its strings."""

    url: str
    http: aiohttp.ClientSession
    clock: Clock

    async def pull(self, method: str, path: str, /, **content: object) -> object:
        sent = content or None
        async with self.http.request(method, f"{self.url}/_standin/{path}", json=sent) as answer:
            assert answer.status in (200, 204), await answer.text()
            return await answer.json() if answer.status == 200 else None

    async def code(self, person: Person, kind: str = "login") -> str:
        made = await self.pull("POST", f"people/{person.openid}/{kind}-code")
        assert isinstance(made, dict)
        return str(made["code"])

    async def order(self, kind: str, path: str = "*", **more: object) -> None:
        await self.pull("POST", "faults", kind=kind, path=path, **more)

    def mini(self, account: Account = DEMO_MINI) -> MiniProgram:
        return MiniProgram(self.http, account, clock=self.clock, api=self.url, answer_within=ANSWER_WITHIN)

    def service(self, account: Account = DEMO_SERVICE) -> ServiceAccount:
        return ServiceAccount(
            self.http, account, api=self.url, open_base=self.url, answer_within=ANSWER_WITHIN
        )


@pytest.fixture
async def wechat() -> AsyncIterator[WeChat]:
    clock = Clock()
    cast = Cast(people=[*DEMO_PEOPLE, RISKY, SNAPSHOT])
    async with (
        TestServer(make_app("test", cast, clock=clock)) as server,
        aiohttp.ClientSession() as http,
    ):
        yield WeChat(f"http://127.0.0.1:{server.port}", http, clock)


@pytest.fixture
def mini(wechat: WeChat) -> MiniProgram:
    return wechat.mini()


@pytest.fixture
def service(wechat: WeChat) -> ServiceAccount:
    return wechat.service()
