"""The clerk's page in a real browser, which sends headers no test client would think of."""

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Page, async_playwright, expect

from tests.pages.browser import MISSING, find_chromium
from tests.village_node.packs import AID
from village_node.station import Station
from village_node.web.app import make_app

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason=MISSING),
]


@pytest.fixture
async def screen(station: Station) -> AsyncIterator[Page]:
    """A clerk has just signed in, by hand."""
    await station.clerks.add("liang", "梁代办", password="shan-lu-1", clerk_id="c" * 32, now_ms=0)
    server = TestServer(make_app(station))
    await server.start_server()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        page = await browser.new_page(base_url=str(server.make_url("/")), locale="zh-CN")
        await page.goto("/")
        for field, value in (("login", "liang"), ("password", "shan-lu-1")):
            await page.fill(f"#{field}", value)
        await page.click("main button")
        await expect(page.locator("nav.tabs")).to_be_visible()
        yield page
        await browser.close()
    await server.close()


async def test_a_clerk_files_a_case_and_sees_its_code(screen: Page, station: Station) -> None:
    await screen.goto(f"/items/{AID.id}/new")
    await screen.check("input[name=situation][value=fire]")
    for field, value in (
        ("name", "梁小满"),
        ("number", "11010519491231002x"),
        ("phone", "13800000001"),
        ("a-reason", "房屋失火"),
        ("a-members", "4"),
    ):
        await screen.fill(f"#{field}", value)
    await screen.check("input[name=a-housing][value=own]")
    for name in ("m-application", "m-id_card"):
        await screen.check(f"input[name={name}][value=present]")
    for purpose in ("service", "sensitive"):
        await screen.check(f"input[name=consent-{purpose}]")
    await screen.click("text=收件，出回执")
    await expect(screen.locator(".qr svg")).to_be_visible()
    await expect(screen.get_by_role("status").first).to_contain_text("未上传 1 件")
    assert (await station.outbox.stream()).last_seq == 1


async def test_only_the_questions_that_apply_are_shown(screen: Page) -> None:
    await screen.goto(f"/items/{AID.id}/new")
    await expect(screen.locator("#a-rent")).to_be_hidden()
    await screen.check("input[name=a-housing][value=rent]")
    await expect(screen.locator("#a-rent")).to_be_visible()
    await expect(screen.locator("#agent_name")).to_be_hidden()
    await screen.check("input[name=relation][value=relative]")
    await expect(screen.locator("#agent_name")).to_be_visible()
    await expect(screen.locator("text=诊断证明")).to_be_hidden()
    await screen.check("input[name=situation][value=ill]")
    await expect(screen.locator("text=诊断证明")).to_be_visible()


async def test_the_page_fits_a_small_phone(screen: Page) -> None:
    await screen.set_viewport_size({"width": 360, "height": 740})
    for path in ("/", "/items", f"/items/{AID.id}", f"/items/{AID.id}/new", "/totals"):
        await screen.goto(path)
        assert await screen.evaluate("document.documentElement.scrollWidth") <= 360, path
