"""Copies of a sealed data folder: a computer restored from its backup, and two computers with one folder; real programs."""

import asyncio
import re
import secrets
import shutil
from pathlib import Path

import aiohttp
import pytest

from tests.support.township import Town, somebody
from tests.sync.conftest import FORM, LAND_LEASE, one_time_code
from tests.sync.test_new_computer import FIRST, shown, started

SIGN_IN = {"login": FIRST["login"], "password": FIRST["password"]}


def browser() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))


async def post(session: aiohttp.ClientSession, url: str, form: object) -> str:
    origin = "/".join(url.split("/")[:3])
    async with session.post(url, data=form, headers={"Origin": origin}) as answer:
        text = await answer.text()
        assert answer.status == 200, text
        return text


async def file(session: aiohttp.ClientSession, base: str, town: Town) -> str:
    """One more case at the village; its tracking code as printed."""
    for _ in range(100):  # the catalogue comes with the first meeting
        async with session.get(f"{base}/items/{town.item(LAND_LEASE)}/new") as answer:
            if answer.status == 200:
                break
        await asyncio.sleep(0.1)
    control = [("item", town.item(LAND_LEASE)), ("version", "0"), ("do", "file")]
    rid = secrets.token_hex(16)
    applicant = [(key, somebody(rid) if key == "number" else value) for key, value in FORM]
    page = await post(session, f"{base}/drafts/{rid}", control + applicant)
    found = re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){4}", page)
    assert found, page
    return found[0]


async def sync_all(session: aiohttp.ClientSession, base: str) -> str:
    """Press the button until nothing waits; the first page then."""
    page = ""
    for _ in range(60):
        await post(session, f"{base}/sync", {})
        async with session.get(base) as answer:
            page = await answer.text()
        if "全部已上传" in page:
            return page
        await asyncio.sleep(0.2)
    raise AssertionError(page)


async def day(folder: Path, town: Town) -> tuple[str, str]:
    """Open the folder, sign in, file one case, let it go up: its code, and the first page after."""
    async with started(folder, town) as base, browser() as session:
        await shown(session, base, "请先登录")
        await post(session, f"{base}/signin", SIGN_IN)
        await shown(session, base, "上次联系镇里")
        code = await file(session, base, town)
        return code, await sync_all(session, base)


async def known(town: Town, code: str) -> str:
    answer = await town.anyone.get(f"/v1/progress/{code}")
    assert answer.status == 200, code
    return str(answer.json["kind"])


async def epochs(town: Town) -> int:
    director = await town.staff("director")
    [node] = (await director.get("/v1/staff/nodes")).json["items"]
    return int(node["epochs"])


@pytest.fixture
async def folder(town: Town, tmp_path: Path) -> Path:
    """A computer set up by hand in its browser, with one case on it that has gone up; switched off."""
    home = tmp_path / "pc"
    code = await one_time_code(town)
    async with started(home, town) as base, browser() as session:
        await shown(session, base, "第一个代办员账号")
        await post(session, f"{base}/setup", FIRST)
        await post(session, f"{base}/enrol", {"code": code})
        await shown(session, base, "上次联系镇里")
        await file(session, base, town)
        await sync_all(session, base)
    return home


@pytest.mark.slow
async def test_a_restored_computer_loses_nothing_doubles_nothing_and_says_so(
    town: Town, folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(folder, tmp_path / "backup")
    forgotten, _ = await day(folder, town)
    shutil.rmtree(folder)
    (tmp_path / "backup").rename(folder)
    again, page = await day(folder, town)
    assert "从备份恢复" in page
    assert await epochs(town) == 2
    assert again != forgotten
    assert [await known(town, code) for code in (forgotten, again)] == ["case", "case"]
    director = await town.staff("director")
    assert (await director.get("/v1/staff/held")).json["items"] == []
    async with started(folder, town) as base, browser() as session:
        await shown(session, base, "请先登录")
        await post(session, f"{base}/signin", SIGN_IN)
        await sync_all(session, base)
        found = await post(session, f"{base}/search", {"q": forgotten})
        assert forgotten in found, "what it had forgotten has come back from the township"


@pytest.mark.slow
async def test_two_computers_with_one_folder_number_apart_and_lose_nothing(
    town: Town, folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(folder, tmp_path / "clone")
    days = [await day(home, town) for home in (folder, tmp_path / "clone", folder, tmp_path / "clone")]
    codes = [code for code, _ in days]
    assert len(set(codes)) == 4
    assert [await known(town, code) for code in codes] == ["case"] * 4
    assert await epochs(town) >= 2
    director = await town.staff("director")
    assert (await director.get("/v1/staff/held")).json["items"] == []
    assert any("另有一台相同的电脑" in page for _, page in days)
