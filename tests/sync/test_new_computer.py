"""A computer fresh from its box: started, given its code in the browser, a service point without another start."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.support.township import Town
from tests.sync.conftest import one_time_code

TRIES = 200
FIRST = {"name": "梁代办", "login": "liang", "password": "shan-lu-1"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def started(folder: Path, town: Town) -> AsyncIterator[str]:
    """The node's own program, as a village starts it; gives its address."""
    port = str(free_port())
    township = str(town.client.make_url("/"))
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "village_node", "run"),
        *("--data", str(folder), "--township", township, "--port", port),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        assert await running.wait() == 0


async def shown(session: aiohttp.ClientSession, base: str, words: str) -> str:
    """Its first page as soon as it shows these words."""
    text = ""
    for _ in range(TRIES):
        try:
            async with session.get(f"{base}/") as answer:
                text = await answer.text()
        except aiohttp.ClientConnectionError:
            text = ""
        if words in text:
            return text
        await asyncio.sleep(0.1)
    raise AssertionError(f"never showed {words}: {text}")


async def sent(session: aiohttp.ClientSession, base: str, code: str, **headers: str) -> tuple[int, str]:
    form = {"Origin": base, **headers}
    async with session.post(f"{base}/enrol", data={"code": code}, headers=form) as answer:
        return answer.status, await answer.text()


@pytest.mark.slow
async def test_a_new_computer_takes_its_code_in_the_browser_and_goes_on(town: Town, tmp_path: Path) -> None:
    code = await one_time_code(town)
    jar = aiohttp.CookieJar(unsafe=True)
    async with started(tmp_path, town) as base, aiohttp.ClientSession(cookie_jar=jar) as session:
        await shown(session, base, "第一个代办员账号")
        async with session.post(f"{base}/setup", data=FIRST, headers={"Origin": base}) as answer:
            assert "登记这台电脑" in await answer.text()
        status, text = await sent(session, base, "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-A")
        assert (status, "登记码不对" in text) == (422, True)
        assert (await sent(session, base, ""))[0] == 422
        assert (await sent(session, base, code, Origin="http://evil.example"))[0] == 403
        assert (await sent(session, base, code, Host="evil.example"))[0] == 421
        status, text = await sent(session, base, code.lower())
        assert (status, "登记好了" in text) == (200, True)
        await shown(session, base, "梁代办")


@pytest.mark.slow
async def test_a_new_computer_can_be_switched_off_before_it_has_a_code(town: Town, tmp_path: Path) -> None:
    async with started(tmp_path, town) as base, aiohttp.ClientSession() as session:
        await shown(session, base, "第一个代办员账号")
