"""The stand-in as a program: where it may run, whom it knows, and its strings."""

import ast
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import msgspec
import pytest

import backend.wechat
from backend.wechat.standin.__main__ import main
from backend.wechat.standin.app import NotInProduction, make_app
from backend.wechat.standin.people import DEMO_PEOPLE, BadPeople, read_people
from tests.wechat.conftest import NINE, WANG, WeChat


@pytest.mark.parametrize("mode", ["production", "prod", "", "DEMO", "demo "])
def test_it_refuses_to_start_outside_demo_and_test(mode: str) -> None:
    with pytest.raises(NotInProduction, match="只能在演示"):
        make_app(mode, clock=lambda: NINE)


def test_the_program_ends_with_a_sentence_in_production(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--port", "0", "--mode", "production"]) == 2
    assert capsys.readouterr().err == (
        "模拟微信谁都能登录，只能在演示（demo）或测试（test）环境启动；现在的环境是“production”，已停止。\n"
    )


def test_a_port_in_use_is_said_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port), "--mode", "test"]) == 2
    assert capsys.readouterr().err.startswith(f"端口 {port} 用不了")


def test_the_program_says_where_it_is_and_stops_when_told(tmp_path: Path) -> None:
    people = tmp_path / "people.json"
    people.write_bytes(msgspec.json.encode([WANG]))
    command = [sys.executable, "-m", "backend.wechat.standin", "--port", "0", "--people", str(people)]
    with subprocess.Popen([*command, "--mode", "demo"], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout
        address = program.stdout.readline().strip().removeprefix("模拟微信：")
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(f"{address}/_standin/people") as answer:
            assert [person["name"] for person in msgspec.json.decode(answer.read())] == ["王阿姨"]
        program.send_signal(signal.SIGTERM)
        assert program.wait(5) == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"[]", "至少要有一人"),
        (b"{", "内容不对"),
        (b'[{"name":"x"}]', "内容不对"),
        (msgspec.json.encode([WANG, WANG]), "只能出现一次"),
    ],
)
def test_a_bad_people_file_is_explained(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "people.json"
    path.write_bytes(content)
    with pytest.raises(BadPeople, match=sentence):
        read_people(path)


def test_a_missing_people_file_ends_the_program_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--port", "0", "--mode", "demo", "--people", str(tmp_path / "none.json")]) == 2
    assert capsys.readouterr().err.startswith("读不到人员文件")


def test_the_demo_people_are_told_apart_by_every_account() -> None:
    for field in ("openid", "service_openid", "unionid", "phone", "name"):
        assert len({getattr(person, field) for person in DEMO_PEOPLE}) == len(DEMO_PEOPLE)
    assert all(len(person.phone) == 11 and person.phone.startswith("1380000") for person in DEMO_PEOPLE)


async def test_its_clock_can_be_moved_on_but_not_back(wechat: WeChat) -> None:
    assert await wechat.pull("GET", "clock") == {"now": "2026-04-10T01:00:00Z"}
    assert await wechat.pull("POST", "clock", advance_s=90) == {"now": "2026-04-10T01:01:30Z"}
    async with wechat.http.post(f"{wechat.url}/_standin/clock", json={"advance_s": -1}) as answer:
        assert answer.status == 400


async def test_an_unknown_phone_gets_no_code(wechat: WeChat) -> None:
    async with wechat.http.post(f"{wechat.url}/_standin/people/nobody/login-code") as answer:
        assert answer.status == 404
        assert await answer.json() == {"error": "没有这部演示手机。"}


def test_the_adapter_knows_nothing_of_the_stand_in() -> None:
    adapter = Path(str(backend.wechat.__file__)).parent
    for module in adapter.glob("*.py"):
        tree = ast.parse(module.read_text("utf-8"))
        names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        assert not [name for name in names if "standin" in name], module.name
