"""The pages of a computer nobody has opened yet, and those by which its clerks keep their keys."""

import re
from base64 import b64decode
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from api_spec import enrol_file, paper_code
from api_spec.sync import ESCROW_PURPOSE
from tests.village_node.browser import Browser
from tests.village_node.conftest import CHEAP, KEY, Time, add_clerk, opened, start
from tests.village_node.township import CODE, Township
from village_node.access.cabinet import KeyCabinet
from village_node.access.clerks import Clerks
from village_node.access.door import Door, Entered
from village_node.access.enrolment import AlreadyEnrolled
from village_node.settings import Settings
from village_node.station import Station
from village_node.storage.database import Database
from village_node.sync.shadow import Shadow
from village_node.web import closed
from village_node.web.app import make_closed_app, make_enrol_app
from village_node.web.enrolling import ByHand

SECRET = b"sixteen bytes ok"
PAPER = paper_code.write(SECRET, purpose=ESCROW_PURPOSE)
WANG = [("name", "王新代办"), ("login", "wang"), ("password", "guan-qiao-9")]


class Doorway:
    """A closed computer's page, and who has come through it."""

    def __init__(self, folder: Path) -> None:
        settings = Settings(data=folder, township="https://bmt.example.cn")
        self.door = Door(settings, hasher=CHEAP, clock=Time().clock)
        self.entered: list[Entered] = []
        self.app = make_closed_app(self.door, self.enter, host="127.0.0.1")

    async def enter(self, now: Entered) -> None:
        self.entered.append(now)


@pytest.fixture
async def doorway(tmp_path: Path, township: Township) -> Doorway:
    node = await start(tmp_path, township, Time())
    await node.close()
    await add_clerk(tmp_path, "liang", "梁代办", password="shan-lu-1")
    cabinet = KeyCabinet(tmp_path / "cabinet.json", CHEAP)
    cabinet.keep_for_hand_over(SECRET, key=KEY)
    cabinet.keep_place(4711, "群望村")
    return Doorway(tmp_path)


@pytest.fixture
async def outside(doorway: Doorway) -> AsyncIterator[Browser]:
    async with TestClient(TestServer(doorway.app)) as client:
        yield Browser(client)


async def test_whatever_is_asked_for_only_the_way_in_is_shown(outside: Browser) -> None:
    for path in ("/", "/items", "/cases/" + "1" * 32, "/totals", "/machine"):
        shown = await outside.get(path)
        assert shown.url == "/signin", path
        assert "群望村" in shown.text
    typed = await outside.post("/drafts/" + "1" * 32, [("name", "梁小满")])
    assert (typed.status, "没有丢" in typed.text) == (401, True)
    assert {page.path for page in closed.PAGES} == {"/", "/signin", "/setup", "/takeover"}


async def test_a_clerk_comes_in_by_password_and_a_wrong_one_is_told(
    outside: Browser, doorway: Doorway
) -> None:
    assert "账号或密码不对" in (await outside.sign_in("liang", "shan-lu-2")).text
    assert doorway.entered == []
    answer = await outside.client.post(
        "/signin", data={"login": "liang", "password": "shan-lu-1"}, allow_redirects=False
    )
    assert (answer.status, answer.headers["Location"], answer.headers["Connection"]) == (303, "/", "close")
    assert [entered.opened.key for entered in doorway.entered] == [KEY]


async def test_a_new_clerk_takes_over_on_the_page_and_is_told_what_to_say_to_the_township(
    outside: Browser, doorway: Doorway
) -> None:
    asked = await outside.get("/takeover")
    assert "4711 号机" in asked.text
    assert doorway.door.cabinet.hand_over_mark() in asked.text
    for mistyped in (PAPER[:-1], PAPER[:-1] + ("2" if PAPER[-1] != "2" else "3"), "？"):
        slip = await outside.post("/takeover", [("code", mistyped), *WANG])
        assert (slip.status, doorway.entered) == (422, [])
        assert "接任码没有输对。请对照镇里给的那张纸" in slip.text
        assert "查询码" not in slip.text
    other = paper_code.write(b"y" * 16, purpose=ESCROW_PURPOSE)
    wrong = await outside.post("/takeover", [("code", other), *WANG])
    assert "打不开这台电脑" in wrong.text
    short = await outside.post("/takeover", [("code", PAPER), *WANG[:2], ("password", "123")])
    assert "密码至少" in short.text
    easy = await outside.post("/takeover", [("code", PAPER), *WANG[:2], ("password", "Wang-2026-x")])
    assert "不要带自己的登录名" in easy.text
    taken = await outside.post("/takeover", [("code", "liang"), *WANG[:1], ("login", "liang"), WANG[2]])
    assert taken.status == 422
    assert doorway.entered == []
    await outside.post("/takeover", [("code", PAPER.replace("-", " ").lower()), *WANG])
    [entered] = doorway.entered
    assert entered.clerk is not None
    assert entered.clerk.name == "王新代办"


async def test_a_new_computer_asks_for_its_first_clerk(tmp_path: Path) -> None:
    doorway = Doorway(tmp_path / "new")
    async with TestClient(TestServer(doorway.app)) as client:
        first = Browser(client)
        assert (await first.get("/")).url == "/setup"
        assert (await first.get("/takeover")).url == "/setup"
        assert (await first.post("/setup", [*WANG[:2], ("password", "123")])).status == 422
        await first.post("/setup", WANG)
        again = await first.post("/setup", [("name", "别人"), ("login", "bie"), ("password", "hai-bian-3")])
        assert again.status == 409
    assert len(doorway.entered) == 1


async def test_a_computer_without_a_network_gives_a_request_and_takes_the_answer(
    tmp_path: Path, township: Township
) -> None:
    node = await start(tmp_path, township, Time())
    await node.close()
    database = await Database.open(tmp_path / "node.db", key=KEY.file_key)
    mine = opened(tmp_path, Time())
    clerks = Clerks(database, Shadow(database), hasher=CHEAP, lock=mine.lock)
    await clerks.add("liang", "梁代办", password="shan-lu-1", clerk_id="c" * 32, now_ms=0)
    read: list[bytes] = []

    async def enrol(_code: str) -> None:
        raise AlreadyEnrolled

    async def ask(code: str) -> str:
        return enrol_file.PREFIX + code.upper()

    async def take(data: bytes) -> None:
        if data != b"whole":
            raise enrol_file.BadFile("cut")
        read.append(data)

    app = make_enrol_app(enrol, ByHand(ask, take), clerks=clerks, sessions=mine.sessions, host="127.0.0.1")
    async with TestClient(TestServer(app)) as client:
        clerk = Browser(client)
        assert (await clerk.get("/")).url == "/signin", "nobody from the street enrols this computer"
        assert "登记这台电脑" in (await clerk.sign_in("liang", "shan-lu-1")).text
        shown = await clerk.post("/enrol/by-hand", [("code", CODE)])
        assert "<svg" in shown.html
        saved = re.search(
            r'href="data:application/octet-stream;base64,([^"]+)" download="登记申请.bmt"', shown.html
        )
        assert saved
        assert b64decode(saved[1]).decode() == enrol_file.PREFIX + CODE.upper()
        for body, status in ((b"cut", 422), (b"whole", 200)):
            form = aiohttp.FormData()
            form.add_field("file", body, filename="登记答复.bmt")
            answer = await client.post("/enrol/answer", data=form)
            assert answer.status == status
        assert read == [b"whole"]
    await database.close()


async def test_a_clerk_changes_the_password_and_makes_an_account_for_a_colleague(
    clerk: Browser, station: Station
) -> None:
    form = [("old", "shan-lu-1"), ("new", "shui-ku-10"), ("again", "shui-ku-10")]
    assert "不一样" in (await clerk.post("/password", [*form[:2], ("again", "x")])).text
    assert "原密码不对" in (await clerk.post("/password", [("old", "x"), *form[1:]])).text
    for easy in ("12345678", "aaaaaaaa", "password1", "liang-liang"):
        refused = await clerk.post("/password", [form[0], ("new", easy), ("again", easy)])
        assert (refused.status, "请换一个" in refused.text) == (422, True), easy
    assert "密码已修改" in (await clerk.post("/password", form)).text
    assert await station.clerks.sign_in("liang", "shan-lu-1") is None
    assert await station.clerks.sign_in("liang", "shui-ku-10") is not None
    assert "账号建好了" in (await clerk.post("/clerks/new", WANG)).text
    assert (await clerk.post("/clerks/new", WANG)).status == 422
    assert await station.clerks.sign_in("wang", "guan-qiao-9") is not None


async def test_this_computers_number_and_keys_can_be_looked_up_and_a_new_key_asked_for(
    clerk: Browser, station: Station
) -> None:
    shown = await clerk.get("/machine")
    mark, _ = await station.custody.mark()
    assert "4711 号机" in shown.text
    assert mark in shown.text
    assert "换用新的签名密钥" in (await clerk.post("/machine/key", [])).text
    words = await station.custody.words(township_ms=None)
    assert words.next_key is not None
    assert "登记码不对" in (await clerk.post("/machine/enrol", [("code", "no")])).text


async def test_a_hand_over_code_on_an_open_computer_is_answered_with_what_to_do(stranger: Browser) -> None:
    for shown in (await stranger.get("/takeover"), await stranger.post("/takeover", WANG)):
        assert (shown.status, "用不上接任码" in shown.text) == (409, True)
