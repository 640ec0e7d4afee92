"""The clerk's desk in a real browser: keys, scanner, camera, a program that stops; no page with a fault of access."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiohttp import web
from playwright.async_api import Page, async_playwright, expect

from tests.pages.browser import MISSING, find_chromium
from tests.village_node.browser import Browser, filed, rid_of
from tests.village_node.packs import AID
from village_node.access.clerks import Clerk
from village_node.station import Station
from village_node.web.app import make_app
from village_node.web.edge import COOKIE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason=MISSING),
]
CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
CARD = "11010519491231002X"
SAVED = "自动存好了"


class Program:
    """What runs on the village's computer: it can be stopped and started again at the same address."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self.port = 0

    async def start(self) -> None:
        self._runner = web.AppRunner(make_app(self._station), shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        await self._runner.cleanup()


@dataclass(frozen=True)
class Desk:
    page: Page
    program: Program

    async def scan(self, text: str) -> None:
        """As a scanner does: all at once, and Enter."""
        await self.page.keyboard.type(text)
        await self.page.keyboard.press("Enter")


@pytest.fixture
async def desk(station: Station) -> AsyncIterator[Desk]:
    program = Program(station)
    await program.start()
    base = f"http://127.0.0.1:{program.port}/"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", *CAMERA]
        )
        context = await browser.new_context(base_url=base, locale="zh-CN", bypass_csp=True)
        token = station.sessions.start(Clerk("c" * 32, "梁代办"))
        await context.add_cookies([{"name": COOKIE, "value": token, "url": base}])
        yield Desk(await context.new_page(), program)
        await browser.close()
    await program.stop()


async def test_keys_go_everywhere_and_every_key_is_told(desk: Desk) -> None:
    page = desk.page
    await page.goto("/")
    await page.keyboard.press("n")
    await expect(page.get_by_role("heading", name="群众要办什么事？")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Alt+5")
    await expect(page.get_by_role("heading", name="今日合计")).to_be_visible()
    await page.keyboard.press("/")
    await expect(page.locator("form[role=search] input")).to_be_focused()
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="所有按键")
    for words in ("收件", "打印日结表", "立即上传", "换栏目"):
        await expect(keys).to_contain_text(words)
    await keys.get_by_role("button").click()
    await page.keyboard.press("F3")
    await page.goto("/stick")
    await expect(page.get_by_role("button", name="导出到 U 盘")).to_have_attribute("data-key", "1")
    await page.keyboard.press("1")
    await expect(page.get_by_role("alert").first).to_be_visible()
    await page.goto(f"/items/{AID.id}/new")
    await page.focus("input[name=situation]")
    await page.keyboard.press("2")
    await expect(page.locator("input[name=situation][value=fire]")).to_be_checked()
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text("草稿已保存")).to_be_visible()


async def test_a_scanned_slip_opens_its_case_and_a_card_fills_in_the_form(
    desk: Desk, clerk: Browser, station: Station
) -> None:
    rid = rid_of(await filed(clerk))
    entry = await station.register.find(rid)
    assert entry is not None
    page = desk.page
    await page.goto("/totals")
    await desk.scan(entry.slip.link)
    await expect(page).to_have_url(re.compile(f"/cases/{rid}$"))
    await page.goto("/")
    await desk.scan(CARD)
    await expect(page).to_have_url(re.compile("/search$"))
    await expect(page.get_by_text(entry.case_number)).to_be_visible()
    await desk.scan("https://bmt.example.cn/q/ABCDE12345")
    await expect(page.get_by_role("alert").filter(has_text="排队小票")).to_be_visible()
    await page.goto(f"/items/{AID.id}/new")
    await page.focus("#address")
    await desk.scan(CARD)
    await expect(page.locator("#number")).to_have_value(CARD)
    await expect(page.locator("#address")).to_have_value("")
    await expect(page.locator("#phone")).to_be_focused()


async def test_a_program_that_stops_takes_nothing_typed_along(desk: Desk, station: Station) -> None:
    page = desk.page
    await page.goto(f"/items/{AID.id}/new")
    await desk.program.stop()
    await page.fill("#name", "梁小满")
    await page.click("text=先存草稿")
    dead = page.locator("[data-dead]")
    await expect(dead).to_be_visible()
    await expect(page.locator("[data-line]")).to_be_hidden()
    await page.click("nav.tabs a:nth-child(1)")
    await expect(page.locator("#name")).to_have_value("梁小满")
    await desk.program.start()
    await page.click("text=先存草稿")
    await expect(page.get_by_text("草稿已保存")).to_be_visible()
    await expect(dead).to_be_hidden()
    [draft] = await station.drafts.all()
    assert dict(draft.pairs)["name"] == "梁小满"
    await page.goto("/")
    await page.get_by_role("button", name="接着填").click()
    await expect(page.locator("#name")).to_have_value("梁小满")


async def test_the_computers_own_camera_takes_a_paper(desk: Desk, station: Station) -> None:
    page = desk.page
    await page.goto(f"/items/{AID.id}/new")
    field = page.locator("#photo-m-id_card")
    await field.get_by_role("button", name="用摄像头拍").click()
    await page.get_by_role("button", name="拍下来").click()
    await expect(field.locator("figure img")).to_have_count(1)
    await expect(page.locator("[data-autosaved]")).to_contain_text(SAVED)
    [draft] = await station.drafts.all()
    assert [key for key, _ in draft.pairs if key.startswith("photo-")] == ["photo-m-id_card"]
