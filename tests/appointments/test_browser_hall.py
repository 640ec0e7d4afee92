"""The hall's own devices in a real browser: wall, kiosk, rating device; each as large as the thing it hangs on."""

from datetime import timedelta
from importlib.resources import files

import pytest
from playwright.async_api import Page, async_playwright, expect

from backend import db
from tests.appointments.hall_devices import paired
from tests.pages.browser import MISSING, find_chromium
from tests.support.township import Town

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason=MISSING),
]
LOOK = "async () => (await axe.run()).violations.map((each) => [each.id, each.nodes[0].html])"


async def faultless(page: Page, path: str, width: int, height: int) -> None:
    await page.set_viewport_size({"width": width, "height": height})
    await page.goto(path)
    assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
    await page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text())
    assert await page.evaluate(LOOK) == [], path


@pytest.mark.plan(26, 54)
async def test_wall_kiosk_and_rating_device_do_their_work(town: Town) -> None:
    town.clock.advance(-timedelta(hours=3))
    base = str(town.client.make_url("/")).rstrip("/")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        context = await browser.new_context(base_url=base, locale="zh-CN", bypass_csp=True)
        for name, value in (await paired(town)).items():
            await context.add_cookies([{"name": name, "value": value, "url": base}])
        page = await context.new_page()
        await _kiosk(page)
        await _wall(page)
        await _terminal(page)
        await browser.close()
    [rated] = await db.rows("SELECT level, reasons FROM review")
    assert (rated["level"], "attitude" in str(rated["reasons"])) == ("very_bad", True)


async def _kiosk(page: Page) -> None:
    """Two taps to a ticket, and the page is at its start again by itself."""
    await faultless(page, "/kiosk", 1080, 1920)
    await page.clock.install()
    await page.click("text=70 岁以上老人")
    await page.click(".kiosk-queues button:not([disabled])")
    await expect(page.locator("h1")).to_contain_text("A001")
    assert await page.locator("main").get_attribute("data-back-s") == "25"
    await page.clock.run_for(26_000)
    await expect(page.get_by_role("heading", name="自助取号")).to_be_visible()


async def _wall(page: Page) -> None:
    """Fits its screen without scrolling, both ways; says so when the line is cut, and that it is back."""
    for width, height in ((1080, 1920), (1920, 1080)):
        await faultless(page, "/screen", width, height)
        assert await page.evaluate("document.documentElement.scrollHeight") <= height
    await expect(page.locator("[data-windows] p")).to_have_count(11)
    await page.context.set_offline(True)
    await expect(page.get_by_text("连接中断")).to_be_visible()
    await page.context.set_offline(False)
    await expect(page.get_by_text("连接中断")).to_be_hidden()


async def _terminal(page: Page) -> None:
    """A low face asks why before it is sent; asked once, the device rests."""
    await faultless(page, "/terminal", 1280, 800)
    await page.click("text=非常不满意")
    await page.check("text=服务态度")
    await page.click("text=提交")
    await expect(page.get_by_role("heading", name="谢谢您的评价")).to_be_visible()
    await faultless(page, "/terminal", 1280, 800)
    await expect(page.get_by_role("heading", name="欢迎到政务服务大厅")).to_be_visible()
