"""The village PC is carried off, running or not: its data folder tells nobody anything."""

import asyncio
import os
import shutil
import signal
from pathlib import Path

import aiohttp
import pytest

from tests.village_node.conftest import Time, add_clerk, start
from tests.village_node.packs import AID, AID_FORM
from tests.village_node.test_power_cut import LOGIN, PASSWORD, command, file_one, free_port, signed_in
from tests.village_node.township import RECEIPT_KEY, Township

PLAIN = (
    *("梁小满", "梁代办", "群望村 3 组", "突发重病住院", "没交完的草稿", "临时救助"),
    *("13800000001", "138 0000 0001", "11010519491231002X", "11010519491231002x"),
    *(LOGIN, PASSWORD, "CREATE TABLE", "applicant"),
)


def leaks(folder: Path, *secrets: bytes) -> list[str]:
    """Which file shows which plain word, in UTF-8 or UTF-16, or a secret key."""
    words = [encoded for word in PLAIN for encoded in (word.encode(), word.encode("utf-16-le"))]
    return [
        f"{path.relative_to(folder)}: {word!r}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for word in (*words, *secrets)
        if word in path.read_bytes()
    ]


@pytest.mark.slow
async def test_a_copied_folder_shows_nothing_after_a_day_and_after_a_power_cut(
    tmp_path: Path, township: Township
) -> None:
    folder = tmp_path / "pc"
    node = await start(folder, township, Time())
    await node.sync.until_quiet()
    await node.close()
    await add_clerk(folder, LOGIN, "梁代办", password=PASSWORD)
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    nowhere = f"http://127.0.0.1:{free_port()}"
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    running = await command(
        *("run", "--data", str(folder), "--township", nowhere, "--port", str(port)), TMPDIR=str(scratch)
    )
    try:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            await signed_in(session, base)
            for number in range(5):
                assert await file_one(session, base, f"{number:032x}")
            draft = [
                ("item", AID.id),
                ("version", "0"),
                ("do", "save"),
                *AID_FORM,
                ("a-reason", "没交完的草稿"),
            ]
            async with session.post(f"{base}/drafts/{'d' * 32}", data=draft) as answer:
                assert answer.status == 200
            shutil.copytree(folder, tmp_path / "copied while running")
    finally:
        os.kill(running.pid, signal.SIGKILL)
        await asyncio.wait_for(running.communicate(), 20)
    assert leaks(tmp_path, RECEIPT_KEY) == []
    files = {path.name for path in folder.iterdir()}
    assert {"node.db", "node.db-wal", "keys", "cabinet.json"} <= files, "the log was there to be read"

    locked = await command("status", "--data", str(folder), BMT_CLERK_PASSWORD="")
    told, _ = await locked.communicate()
    assert '"locked": true' in told.decode()
    assert '"enrolled": true' in told.decode()
    opened = await command("status", "--data", str(folder))
    told, _ = await opened.communicate()
    assert '"waiting": 5' in told.decode()


@pytest.mark.slow
async def test_a_locked_node_answers_at_once_and_shows_only_the_sign_in_page(
    tmp_path: Path, township: Township
) -> None:
    node = await start(tmp_path, township, Time())
    await node.sync.until_quiet()
    await node.close()
    await add_clerk(tmp_path, LOGIN, "梁代办", password=PASSWORD)
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    running = await command("run", "--data", str(tmp_path), "--township", base, "--port", str(port))
    try:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            text = await until_shown(session, f"{base}/totals")
            assert "请先登录" in text
            assert "继续上传" in text
            assert "梁代办" not in text
            async with session.post(f"{base}/drafts/{'d' * 32}", data={"do": "file"}) as answer:
                assert answer.status == 401
                assert "没有丢" in await answer.text()
            await signed_in(session, base)
            async with session.post(f"{base}/signout") as answer:
                assert "/signin" in str(answer.url)
            async with session.get(base) as answer:
                assert "重新打开后还没有人登录" not in await answer.text(), "it stays open after a sign-out"
    finally:
        running.terminate()
        await asyncio.wait_for(running.communicate(), 20)


async def until_shown(session: aiohttp.ClientSession, url: str) -> str:
    for _ in range(100):
        try:
            async with session.get(url) as answer:
                return await answer.text()
        except aiohttp.ClientConnectionError:
            await asyncio.sleep(0.1)
    raise AssertionError("the node did not start")
