"""Journeys and measures in a real browser; skipped with a sentence where there is none."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, ViewportSize, async_playwright, expect

from backend.demo.staff import PASSWORD
from tests.pages.browser import MISSING, find_chromium
from tests.pages.sample import Sample, fill
from tests.pages.scenes import Scene, scenes
from tests.support.township import Caller, Town

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason=MISSING),
]
MEASURE = (Path(__file__).parent / "measure.js").read_text(encoding="utf-8")
NARROW = ViewportSize(width=360, height=740)
ZOOMED = ViewportSize(width=640, height=400)
"""A desktop window of 1280 pixels at 200 per cent."""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        yield started
        await started.close()


@pytest.fixture
async def owner(town: Town) -> Caller:
    return await town.citizen()


@pytest.fixture
async def made(town: Town, owner: Caller) -> Sample:
    return await fill(town.office, at=town.clock(), owner=owner.id)


def address(town: Town, path: str) -> str:
    return str(town.client.make_url("/")).rstrip("/") + path


async def enter(context: BrowserContext, town: Town, owner: Caller, scene: Scene) -> None:
    """Be whom the scene is for."""
    await context.clear_cookies(name="bmt_session")
    if scene.who:
        who = owner if scene.who == "citizen" else await town.staff(scene.who)
        await context.add_cookies([{"name": "bmt_session", "value": who.token, "url": address(town, "/")}])


@pytest.mark.slow
@pytest.mark.parametrize("elder", [False, True], ids=["normal", "large print"])
async def test_no_page_is_wider_than_a_small_phone_or_paler_than_the_law_allows(
    browser: Browser, town: Town, owner: Caller, made: Sample, *, elder: bool
) -> None:
    context = await browser.new_context(viewport=NARROW, locale="zh-CN")
    if elder:
        await context.add_cookies([{"name": "bmt_elder", "value": "1", "url": address(town, "/")}])
    page = await context.new_page()
    wrong: dict[str, object] = {}
    for scene in scenes(town, made):
        await enter(context, town, owner, scene)
        await page.goto(address(town, scene.path))
        measured = await page.evaluate(MEASURE)
        if measured["width"] > NARROW["width"]:
            wrong[scene.name] = f"{measured['width']} px wide"
        elif measured["pale"]:
            wrong[scene.name] = measured["pale"]
        elif elder and measured["small"] and not scene.path.startswith("/staff"):
            wrong[scene.name] = measured["small"]
    await context.close()
    assert not wrong


@pytest.mark.slow
async def test_the_console_loses_nothing_at_200_per_cent(
    browser: Browser, town: Town, owner: Caller, made: Sample
) -> None:
    context = await browser.new_context(viewport=ZOOMED, locale="zh-CN")
    page = await context.new_page()
    wide = {}
    for scene in scenes(town, made):
        if scene.path.startswith("/staff"):
            await enter(context, town, owner, scene)
            await page.goto(address(town, scene.path))
            width = await page.evaluate("document.documentElement.scrollWidth")
            if width > ZOOMED["width"]:
                wide[scene.name] = width
    await context.close()
    assert not wide


async def test_a_clerk_signs_in_and_works_by_keyboard(browser: Browser, town: Town, made: Sample) -> None:
    page = await browser.new_page()
    await page.goto(address(town, "/staff/cases"))
    await page.get_by_label("登录名").fill("social")
    await page.get_by_label("密码").fill(PASSWORD)
    async with page.expect_navigation(url="**/staff/cases", wait_until="load"):
        await page.keyboard.press("Enter")
    await page.keyboard.press("/")
    await expect(page.get_by_label("查找办件")).to_be_focused()
    await page.keyboard.type(made.fresh.case_number.lower())
    await expect(page.get_by_label("查找办件")).to_have_value(made.fresh.case_number.lower())
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/staff/cases/{made.fresh.case_id}", wait_until="load")
    await page.keyboard.press("u")
    await page.wait_for_url("**/staff/cases", wait_until="load")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("办理经过")).to_be_visible()
    await page.close()


async def test_a_question_that_depends_on_another_appears_when_it_is_asked(
    browser: Browser, town: Town, owner: Caller
) -> None:
    context = await browser.new_context()
    scene = Scene("intake", f"/staff/intake/{town.item('SD-003')}", "social")
    await enter(context, town, owner, scene)
    page = await context.new_page()
    await page.goto(address(town, scene.path))
    await expect(page.get_by_label("代办人姓名")).to_be_hidden()
    await page.get_by_text("由别人代办").click()
    await expect(page.get_by_label("代办人姓名")).to_be_visible()
    await context.close()


async def test_everything_a_visitor_needs_works_without_javascript(browser: Browser, town: Town) -> None:
    context = await browser.new_context(java_script_enabled=False, viewport=NARROW)
    page = await context.new_page()
    await page.goto(address(town, "/"))
    await page.get_by_label("搜索要办的事").fill("dibao")
    await page.get_by_role("button", name="搜索").click()
    await page.get_by_text("最低生活保障申请").click()
    await expect(page.get_by_role("heading", name="带什么")).to_be_visible()
    await page.get_by_role("button", name="大字版").click()
    await expect(page.get_by_role("button", name="标准字号")).to_be_visible()
    await expect(page.get_by_role("heading", name="带什么")).to_be_visible()
    await context.close()


async def test_no_page_asks_anybody_else_for_anything(browser: Browser, town: Town) -> None:
    page = await browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: asked.append(message.text))
    await page.goto(address(town, "/"))
    assert asked
    assert all(url.startswith(address(town, "/")) for url in asked)
    await page.close()
