"""Several clerks at several computers of one village: encrypted, each browser for itself, nobody from afar decides whose
the data are."""

import asyncio
import ssl
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request

from tests.village_node.browser import Browser
from tests.village_node.conftest import Time, add_clerk, start
from tests.village_node.test_power_cut import LOGIN, PASSWORD, command, free_port
from tests.village_node.township import Township
from village_node.access.clerks import IDLE_LIFE
from village_node.access.tls import own_identity
from village_node.serving import Listener
from village_node.settings import Settings
from village_node.station import Station
from village_node.web import edge
from village_node.web.app import make_app


@pytest.mark.parametrize(
    ("host", "plain", "address"),
    [
        ("127.0.0.1", False, "http://127.0.0.1:8090/"),
        ("::1", False, "http://[::1]:8090/"),
        ("0.0.0.0", False, "https://0.0.0.0:8090/"),
        ("192.168.1.5", False, "https://192.168.1.5:8090/"),
        ("192.168.1.5", True, "http://192.168.1.5:8090/"),
    ],
)
def test_only_this_computers_own_browser_is_spoken_to_in_the_clear(
    tmp_path: Path, host: str, address: str, *, plain: bool
) -> None:
    settings = Settings(data=tmp_path, township="https://bmt.example.cn", host=host, plain_http=plain)
    assert settings.address == address


def test_the_certificate_is_made_once_and_its_key_is_its_owners_alone(tmp_path: Path) -> None:
    first = own_identity(tmp_path, "192.168.1.5")
    assert own_identity(tmp_path, "192.168.1.5").fingerprint == first.fingerprint
    assert len(first.fingerprint) == 95
    assert (tmp_path / "page.pem").stat().st_mode & 0o777 == 0o600


async def test_each_browser_has_its_own_session_and_an_idle_one_is_locked(
    station: Station, clerk: Browser, time: Time
) -> None:
    await station.clerks.add("wang", "王代办", password="guan-qiao-9", clerk_id="d" * 32, now_ms=0)
    async with TestClient(TestServer(make_app(station))) as client:
        second = Browser(client)
        assert "王代办" in (await second.sign_in("wang", "guan-qiao-9")).text
        assert "梁代办" in (await clerk.get("/")).text
        time.pass_by(IDLE_LIFE / 2)
        await clerk.get("/")
        time.pass_by(IDLE_LIFE / 2 + timedelta(minutes=1))
        assert "梁代办" in (await clerk.get("/")).text
        assert (await second.get("/")).url == "/signin"
        left = await second.post("/sync", [])
        assert left.status == 401
        assert "没有丢" in left.text


@pytest.mark.parametrize("address", ["192.168.1.7", "", "fe80::1"])
def test_whose_the_data_are_is_not_decided_from_another_computer(address: str) -> None:
    request = make_mocked_request("POST", "/takeover").clone(remote=address)
    with pytest.raises(edge.Refusal):
        edge.refuse_from_afar(request)
    here = make_mocked_request("POST", "/takeover", headers={"Host": "127.0.0.1:8090"})
    edge.refuse_from_afar(here.clone(remote="127.0.0.1"))


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "village.example.cn"},
        {"Host": "localhost", "X-Forwarded-For": "192.168.1.7"},
        {"Host": "127.0.0.1", "Forwarded": "for=192.168.1.7"},
    ],
)
def test_what_came_through_a_proxy_of_this_computer_is_from_afar(headers: dict[str, str]) -> None:
    request = make_mocked_request("POST", "/setup", headers=headers).clone(remote="127.0.0.1")
    with pytest.raises(edge.Refusal):
        edge.refuse_from_afar(request)


async def test_a_broken_request_leaves_none_of_its_words_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    listener = Listener(Settings(data=tmp_path, township="https://bmt.example.cn", port=port))
    async with listener.serving(web.Application()):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write("GET /?name=梁秀英 HTTP/9.bad\r\nToken: s3cret\r\n\r\n".encode())
        await asyncio.wait_for(reader.read(), 10)
        writer.close()
    listener.close()
    assert "a request could not be answered" in caplog.text
    assert "name=" not in caplog.text
    assert "s3cret" not in caplog.text


@pytest.mark.slow
async def test_beyond_this_computer_the_page_speaks_tls_and_says_its_fingerprint(
    tmp_path: Path, township: Township
) -> None:
    node = await start(tmp_path, township, Time())
    await node.sync.until_quiet()
    await node.close()
    await add_clerk(tmp_path, LOGIN, "梁代办", password=PASSWORD)
    port = free_port()
    run = ("run", "--data", str(tmp_path), "--township", "http://127.0.0.1:9", "--host", "127.0.0.2")
    running = await command(*run, "--port", str(port))
    try:
        assert running.stdout is not None
        told = (await asyncio.wait_for(running.stdout.readline(), 30)).decode()
        pem = (tmp_path / "tls" / "page.pem").read_text()
        trusted = ssl.create_default_context(cadata=pem[pem.index("-----BEGIN CERT") :])
        base = f"https://127.0.0.2:{port}"
        jar = aiohttp.CookieJar(unsafe=True)
        connector = aiohttp.TCPConnector(ssl=trusted)
        async with aiohttp.ClientSession(cookie_jar=jar, connector=connector) as session:
            form = {"login": LOGIN, "password": PASSWORD}
            async with session.post(f"{base}/signin", data=form, allow_redirects=False) as answer:
                assert answer.status == 303
                assert "Secure" in answer.headers["Set-Cookie"]
                assert "HttpOnly" in answer.headers["Set-Cookie"]
            async with session.get(f"{base}/machine") as answer:
                shown = await answer.text()
        fingerprint = own_identity(tmp_path / "tls", "127.0.0.2").fingerprint
        assert fingerprint in told
        assert fingerprint in shown
    finally:
        running.terminate()
        await asyncio.wait_for(running.communicate(), 20)
