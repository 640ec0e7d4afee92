"""The pictures of README.md: `python -m tests.readme_pictures`. Six at most, each small enough to be read on the way."""

import asyncio
import io
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.async_api import Browser, async_playwright

from tests.appointments.hall_devices import busy, paired
from tests.pages.browser import chromium
from tests.pages.sample import fill
from tests.pages.scenes import scenes
from tests.screenshots import open_town
from tests.support.township import Town
from tests.village_screenshots import open_village
from village_node.access.clerks import Clerk
from village_node.web.edge import COOKIE

FOLDER: Final = Path(__file__).parents[1] / "docs/pictures"
LARGEST_BYTES: Final = 60 * 1024
PHONE, DESK, WALL = (390, 800), (1280, 800), (1920, 1080)
PHONES: Final = ("home", "item", "progress-ready")
"""Scenes shown side by side, then the first of them in large print."""
CONSOLE: Final = {"staff": "staff-work", "case": "staff-case-reviewing"}


async def take() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        async with open_village() as village:
            base = str(village.client.make_url("/"))
            token = village.station.sessions.start(Clerk("d" * 32, "贺帮办"))
            keep("village", [await shoot(browser, base, DESK, {COOKIE: token})])
        async with open_town() as town:
            await township(browser, town)
        await browser.close()


async def township(browser: Browser, town: Town) -> None:
    base = str(town.client.make_url("/")).rstrip("/")
    owner = await town.citizen()
    made = await fill(town.office, at=town.clock(), owner=owner.id)
    known = {scene.name: scene for scene in scenes(town, made)}
    phones = [
        await shoot(browser, base + known[name].path, PHONE, {"bmt_session": owner.token}) for name in PHONES
    ]
    phones.append(await shoot(browser, base + known[PHONES[0]].path, PHONE, {"bmt_elder": "1"}))
    keep("citizen", phones)
    for name, scene in CONSOLE.items():
        clerk = await town.staff(known[scene].who)
        keep(name, [await shoot(browser, base + known[scene].path, DESK, {"bmt_session": clerk.token})])
    town.clock.advance(timedelta(hours=2, minutes=10))
    town.forget_sign_ins()
    await busy(town)
    devices = await paired(town)
    keep("wall", [await shoot(browser, f"{base}/screen", WALL, devices)])
    keep("terminal", [await shoot(browser, f"{base}/terminal", DESK, devices)])


async def shoot(browser: Browser, url: str, size: tuple[int, int], cookies: dict[str, str]) -> Image.Image:
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    for name, value in cookies.items():
        await context.add_cookies([{"name": name, "value": value, "url": url}])
    page = await context.new_page()
    await page.goto(url, wait_until="networkidle" if "/screen" not in url else "load")
    taken = await page.screenshot()
    await context.close()
    return Image.open(io.BytesIO(taken)).convert("RGB")


def keep(name: str, pictures: Sequence[Image.Image]) -> None:
    """Side by side, 1280 pixels wide, and as sharp as the bytes allow."""
    gap = 24 if len(pictures) > 1 else 0
    width = sum(picture.width for picture in pictures) + gap * (len(pictures) - 1)
    sheet = Image.new("RGB", (width, max(picture.height for picture in pictures)), "#dfe7e3")
    left = 0
    for picture in pictures:
        sheet.paste(picture, (left, 0))
        left += picture.width + gap
    sheet = sheet.resize((1280, round(sheet.height * 1280 / width)), Image.Resampling.LANCZOS)
    for quality in range(85, 20, -5):
        body = io.BytesIO()
        sheet.save(body, "WEBP", quality=quality, method=6)
        if body.tell() <= LARGEST_BYTES:
            break
    (FOLDER / f"{name}.webp").write_bytes(body.getvalue())


if __name__ == "__main__":
    asyncio.run(take())
