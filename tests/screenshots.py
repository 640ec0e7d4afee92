"""Pictures of every page on phone, desktop and in large print: `python -m tests.screenshots [words in names]`.

They go to ./screenshots/<mode>-<page>.png; the township is a fresh one with some work in it.
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import Error, Page, async_playwright

from backend.app import OFFICE, build
from backend.demo.seed import seed
from backend.people.service import Hashing
from backend.wechat.standin.app import make_app
from tests.pages.browser import chromium
from tests.pages.sample import fill
from tests.pages.scenes import Scene
from tests.pages.stage import Stage
from tests.support.township import CHEAP, Clock, Town, settings_for

FOLDER = Path("screenshots")


@dataclass(frozen=True, slots=True)
class Mode:
    width: int
    height: int
    elder: bool = False


MODES = {
    "phone": Mode(390, 844),
    "elder": Mode(390, 844, elder=True),
    "desktop": Mode(1280, 800),
}


@asynccontextmanager
async def open_town() -> AsyncIterator[Town]:
    """A seeded township on loopback."""
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        wechat = TestClient(TestServer(make_app("test", clock=clock)))
        await wechat.start_server()
        url = f"sqlite:///{folder}/township.db"
        settings = settings_for(url, Path(folder), wechat_url=str(wechat.make_url("/")).rstrip("/"))
        app = build(settings, clock=clock, hashing=Hashing(CHEAP))
        client = TestClient(TestServer(app))
        await client.start_server()
        try:
            await seed(app[OFFICE], at=clock())
            yield Town(app[OFFICE], client, wechat, clock, url)
        finally:
            await client.close()
            await wechat.close()


async def take(words: list[str], modes: list[str]) -> None:
    """One township, one browser, one window for each mode."""
    async with open_town() as town, async_playwright() as playwright:
        owner = await town.citizen()
        made = await fill(town.office, at=town.clock(), owner=owner.id)
        browser = await playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        stage = Stage(browser, town, owner, made)
        chosen = [scene for scene in stage.scenes if not words or any(word in scene.name for word in words)]
        for name in modes:
            await shoot(stage, chosen, name)
        await browser.close()


async def shoot(stage: Stage, chosen: list[Scene], name: str) -> None:
    """Every chosen page in one mode; tells what is too wide and what the browser complained of."""
    mode = MODES[name]
    context = await stage.browser.new_context(
        viewport={"width": mode.width, "height": mode.height}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    if mode.elder:
        await context.add_cookies([{"name": "bmt_elder", "value": "1", "url": stage.address()}])
    page = await context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    for scene in chosen:
        problems.clear()
        await stage.enter(context, scene.who)
        answer = await page.goto(stage.address(scene.path))
        wide = await page.evaluate("document.documentElement.scrollWidth")
        await _picture(page, FOLDER / f"{name}-{scene.name}.png")
        status = answer.status if answer else 0
        too_wide = f" WIDE {wide}" if wide > mode.width else ""
        sys.stdout.write(f"{name:8} {status} {scene.name}{too_wide} {' '.join(problems)[:300]}\n")
    await context.close()


async def _picture(page: Page, path: Path) -> None:
    """The whole page; a busy machine's browser now and then needs a second try."""
    for left in reversed(range(3)):
        try:
            await page.screenshot(path=path, full_page=True)
        except Error:
            if not left:
                raise
        else:
            return


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    chosen = [word for word in sys.argv[1:] if word in MODES] or list(MODES)
    asyncio.run(take([word for word in sys.argv[1:] if word not in MODES], chosen))
