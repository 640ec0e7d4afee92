"""One browser and one township for everything that is tried in a browser: started once, with a page for each visitor."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, async_playwright

from tests.pages.browser import find_chromium
from tests.pages.sample import Sample, fill
from tests.pages.scenes import Scene, scenes
from tests.support.township import Caller, Town, open_town, own_copy

NARROW = ViewportSize(width=360, height=740)
ZOOMED = ViewportSize(width=640, height=400)
"""A desktop window of 1280 pixels at 200 per cent."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where pages are looked at."""

    browser: Browser
    town: Town
    owner: Caller
    made: Sample

    @property
    def scenes(self) -> list[Scene]:
        return scenes(self.town, self.made)

    def address(self, path: str = "/") -> str:
        return str(self.town.client.make_url("/")).rstrip("/") + path

    async def enter(self, context: BrowserContext, who: str) -> None:
        """Be a citizen, a member of staff, or nobody."""
        await context.clear_cookies(name="bmt_session")
        if who:
            caller = self.owner if who == "citizen" else await self.town.staff(who)
            await context.add_cookies([{"name": "bmt_session", "value": caller.token, "url": self.address()}])

    @asynccontextmanager
    async def page(self, who: str = "", *, elder: bool = False, script: bool = True) -> AsyncIterator[Page]:
        """A small phone's page of somebody."""
        context = await self.browser.new_context(
            viewport=NARROW, locale="zh-CN", timezone_id="Asia/Shanghai", java_script_enabled=script
        )
        if elder:
            await context.add_cookies([{"name": "bmt_elder", "value": "1", "url": self.address()}])
        await self.enter(context, who)
        yield await context.new_page()
        await context.close()


@asynccontextmanager
async def open_stage(seeded: str, template: str, folder: Path) -> AsyncIterator[Stage]:
    """A township with work in it, and a browser before it."""
    async with (
        own_copy(seeded, template, folder, name="stage") as url,
        open_town(url, folder) as town,
        async_playwright() as playwright,
    ):
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        owner = await town.citizen()
        made = await fill(town.office, at=town.clock(), owner=owner.id)
        yield Stage(browser, town, owner, made)
        await browser.close()
