"""A running township for a test: seeded database of its own, WeChat stand-in, a clock that is set by hand.

async def test_something(town: Town) -> None:
    clerk = await town.staff("social")
    answer = await clerk.get("/v1/staff/cases")
    assert answer.status == 200
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import argon2
import pytest
from aiohttp import CookieJar, FormData
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from api_spec.identity_number import check_character
from backend.app import OFFICE, build
from backend.db import Dialect
from backend.demo.seed import seed
from backend.demo.staff import PASSWORD
from backend.office import Office, open_office
from backend.people.service import Hashing
from backend.settings import Settings
from backend.wechat.standin.app import make_app
from backend.wechat.standin.people import DEMO_PEOPLE
from backend.wechat.standin.world import DEMO_MINI, DEMO_SERVICE
from tests.support import contract
from tests.support.databases import execute, in_database

FRIDAY_NOON = datetime(2026, 4, 10, 4, 0, tzinfo=UTC)
"""Noon in China on a Friday with an ordinary week behind it."""

KEY = bytes(range(32))
CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass
class Clock:
    """The township's clock, moved by the test."""

    at: datetime = FRIDAY_NOON

    def __call__(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was already held against the contract. `json` is None where it is not JSON."""

    status: int
    json: Any
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def code(self) -> str:
        """The code of a refusal."""
        return str(self.json["code"])


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who calls the township: a signed-in person, or nobody in particular."""

    client: TestClient[Any, Any]
    token: str = ""
    id: str = ""

    async def call(self, method: str, path: str | URL, *, json: Any = None, **more: Any) -> Answer:
        headers = dict(more.pop("headers", {}))
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        if json is not None:
            more["json"] = json
        more.setdefault("allow_redirects", False)
        async with self.client.request(method, path, headers=headers, **more) as answer:
            body = await answer.read()
            value = await answer.json() if "json" in answer.content_type and body else None
            contract.check(
                method,
                answer.url.path,
                status=answer.status,
                content_type=answer.content_type,
                body=value,
            )
            return Answer(answer.status, value, answer.headers.copy(), body)

    async def get(self, path: str, **more: Any) -> Answer:
        return await self.call("GET", path, **more)

    async def post(self, path: str, json: Any = None, **more: Any) -> Answer:
        return await self.call("POST", path, json=json, **more)

    async def put(self, path: str, json: Any = None, **more: Any) -> Answer:
        return await self.call("PUT", path, json=json, **more)

    async def delete(self, path: str, **more: Any) -> Answer:
        return await self.call("DELETE", path, **more)

    async def page(self, path: str, **more: Any) -> Answer:
        """A page as a browser asks for it: by cookie instead of by token."""
        cookies = {"bmt_session": self.token} if self.token else {}
        return await Caller(self.client).call("GET", path, cookies=cookies, **more)

    async def send(self, path: str, form: Mapping[str, Any] | FormData, **more: Any) -> Answer:
        """A form as a browser sends it."""
        cookies = {"bmt_session": self.token} if self.token else {}
        origin = str(self.client.make_url("/")).rstrip("/")
        return await Caller(self.client).call(
            "POST", path, data=form, cookies=cookies, headers={"Origin": origin}, **more
        )


@dataclass
class Town:
    """The township of one test."""

    office: Office
    client: TestClient[Any, Any]
    wechat: TestClient[Any, Any]
    clock: Clock
    url: str
    _staff: dict[str, Caller] = field(default_factory=dict)

    @property
    def tenant_id(self) -> str:
        return self.office.catalogue.tenant_ids[0]

    def forget_sign_ins(self) -> None:
        """Sign staff in afresh when they are asked for next."""
        self._staff.clear()

    @property
    def anyone(self) -> Caller:
        """Somebody who is not signed in."""
        return Caller(self.client)

    async def staff(self, login: str) -> Caller:
        """A demo member of staff by login name (backend/demo/staff.py), signed in over HTTP."""
        if login not in self._staff:
            answer = await self.anyone.post("/v1/staff/session", {"login_name": login, "password": PASSWORD})
            assert answer.status == 201, answer.json
            token = answer.json["access_token"]
            actor = self.office.people.authenticate(token, self.clock())
            self._staff[login] = Caller(self.client, token, actor.id)
        return self._staff[login]

    async def citizen(self, number: int = 1, *, identified: bool = True) -> Caller:
        """The owner of demo phone `number` (1 to 6), signed in through WeChat; with identity and consents."""
        person = DEMO_PEOPLE[number - 1]
        async with self.wechat.post(f"/_standin/people/{person.openid}/login-code") as minted:
            code = (await minted.json())["code"]
        answer = await self.anyone.post("/v1/session", {"code": code})
        assert answer.status == 201, answer.json
        token = answer.json["access_token"]
        citizen_id = self.office.people.authenticate(token, self.clock()).id
        caller = Caller(self.client, token, citizen_id)
        if identified:
            await self._identify(caller, number)
        return caller

    async def _identify(self, caller: Caller, number: int) -> None:
        notices = await caller.get("/v1/notices")
        for notice in notices.json["items"]:
            if notice["purpose"] in ("service", "sensitive"):
                given = await caller.post(
                    "/v1/me/consents", {"purpose": notice["purpose"], "version": notice["version"]}
                )
                assert given.status in (200, 201, 204), given.json
        known = await caller.put("/v1/me/identity", identity(number))
        assert known.status == 200, known.json

    def item(self, code: str) -> str:
        """The id of a catalogue item by the office's code, "SD-017"."""
        shelf = self.office.catalogue.shelf(self.tenant_id)
        return next(item.id for item in shelf.pack.items if item.code == code)


def id_number(serial: int) -> str:
    """An invented identity number of somebody born in 1905: real people are not."""
    digits = f"43048119050101{serial:03d}"
    return digits + check_character(digits)


def somebody(rid: str) -> str:
    """The invented number of one of 336,000 people born in 1905; another `rid` is nearly always another of them."""
    rest, serial = divmod(int(rid, 16) % 336_000, 1000)
    digits = f"4304811905{rest // 28 + 1:02d}{rest % 28 + 1:02d}{serial:03d}"
    return digits + check_character(digits)


def identity(number: int) -> dict[str, str]:
    """What demo person `number` says of themselves."""
    return {
        "name": f"演示{'甲乙丙丁戊己'[number - 1]}",
        "document_type": "id_card",
        "document_number": id_number(number),
    }


def settings_for(url: str, folder: Path, *, wechat_url: str = "http://127.0.0.1:9") -> Settings:
    """A test township's settings."""
    return Settings(
        mode="test",
        data=folder,
        database_url=url,
        vault_key=KEY,
        public_url="https://sandu.test",
        wechat_url=wechat_url,
        wechat_open_url=wechat_url,
        wechat_appid=DEMO_MINI.appid,
        wechat_secret=DEMO_MINI.secret,
        wechat_service_appid=DEMO_SERVICE.appid,
        wechat_service_secret=DEMO_SERVICE.secret,
    )


@pytest.fixture(scope="session")
def seeded(template: str, dialect: Dialect, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The demonstration's township, filled once: the path of a file, or the name of a PostgreSQL database."""
    folder = tmp_path_factory.mktemp("seeded")
    if dialect == "sqlite":
        path = folder / "seeded.db"
        shutil.copyfile(template, path)
        asyncio.run(_fill(f"sqlite:///{path}", folder))
        return str(path)
    asyncio.run(execute(template, "CREATE DATABASE seeded TEMPLATE migrated STRATEGY FILE_COPY"))
    asyncio.run(_fill(in_database(template, "seeded"), folder))
    return "seeded"


async def _fill(url: str, folder: Path) -> None:
    clock = Clock()
    async with open_office(settings_for(url, folder), clock=clock, hashing=Hashing(CHEAP)) as office:
        await seed(office, at=clock())


@asynccontextmanager
async def own_copy(seeded: str, template: str, folder: Path, *, name: str) -> AsyncIterator[str]:
    """URL of a copy of the seeded township; `name` tells databases of one PostgreSQL server apart."""
    if template.startswith("postgres"):
        await execute(template, f"CREATE DATABASE {name} TEMPLATE {seeded} STRATEGY FILE_COPY")
        yield in_database(template, name)
        await execute(template, f"DROP DATABASE {name} WITH (FORCE)")
        return
    path = folder / "town.db"
    shutil.copyfile(seeded, path)
    yield f"sqlite:///{path}"


@asynccontextmanager
async def standing_still(_: Office) -> AsyncIterator[None]:
    """A township in which nothing happens by itself: a test runs the round it is about, and no other comes between."""
    yield


@asynccontextmanager
async def open_town(
    url: str, folder: Path, *, clock: Clock | None = None, **more: Any
) -> AsyncIterator[Town]:
    """A township that answers over HTTP, with its own stand-in of WeChat; `more` settings than usual."""
    clock = clock or Clock()
    wechat = TestClient(TestServer(make_app("test", clock=clock)))
    await wechat.start_server()
    settings = replace(settings_for(url, folder, wechat_url=str(wechat.make_url("/")).rstrip("/")), **more)
    app = build(settings, clock=clock, hashing=Hashing(CHEAP), keeping=standing_still)
    client = TestClient(TestServer(app), cookie_jar=CookieJar(unsafe=True))
    await client.start_server()
    yield Town(app[OFFICE], client, wechat, clock, url)
    await client.close()
    await wechat.close()


@pytest.fixture
async def town_url(
    seeded: str, template: str, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[str]:
    """URL of a copy of the seeded township for this test alone."""
    name = f"town_{abs(hash(request.node.nodeid)) % 10**12}"
    async with own_copy(seeded, template, tmp_path, name=name) as url:
        yield url


@pytest.fixture
async def town(town_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    """A township that answers over HTTP."""
    async with open_town(town_url, tmp_path) as opened:
        yield opened
