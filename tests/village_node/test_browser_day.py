"""The clerk's form in a real browser: saved while it is typed, walked through with Enter, taken over from another desk."""

import pytest
from playwright.async_api import Page, expect

from tests.pages.browser import MISSING, find_chromium
from tests.village_node.packs import AID
from tests.village_node.test_browser import screen  # noqa: F401 - a fixture
from village_node.access.clerks import Clerk
from village_node.station import Station
from village_node.web.edge import COOKIE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason=MISSING),
]
SAVED = "自动存好了"


async def test_a_reload_loses_at_most_the_last_field(screen: Page, station: Station) -> None:  # noqa: F811
    await screen.goto(f"/items/{AID.id}/new")
    await screen.fill("#name", "梁小满")
    await expect(screen.locator("[data-autosaved]")).to_contain_text(SAVED)
    await screen.reload()
    await expect(screen.locator("#name")).to_have_value("梁小满")
    [draft] = await station.drafts.all()
    assert dict(draft.pairs)["name"] == "梁小满"


async def test_a_second_desk_takes_over_and_the_first_is_told(screen: Page, station: Station) -> None:  # noqa: F811
    await screen.goto(f"/items/{AID.id}/new")
    await screen.fill("#name", "梁小满")
    await expect(screen.locator("[data-autosaved]")).to_contain_text(SAVED)
    address = screen.url.partition("?")[0]
    assert screen.context.browser
    desk = await screen.context.browser.new_context()
    token = station.sessions.start(Clerk("clerk-2", "贺帮办"))
    await desk.add_cookies([{"name": COOKIE, "value": token, "url": address}])
    second = await desk.new_page()
    await second.goto(address)
    await expect(second.get_by_text("正在填写（刚才）")).to_be_visible()
    second.on("dialog", lambda dialog: dialog.accept())
    await second.click("text=由我接着填")
    await expect(second.locator("#name")).to_have_value("梁小满")
    await screen.fill("#name", "梁大满")
    await expect(screen.locator("[data-autosaved]")).to_contain_text("贺帮办 已经接着填")
    await second.reload()
    await expect(second.get_by_text("梁大满")).to_be_visible()
    await desk.close()


async def test_enter_walks_the_form_and_ctrl_enter_hands_it_in(screen: Page) -> None:  # noqa: F811
    await screen.goto(f"/items/{AID.id}/new")
    await screen.focus("#name")
    await screen.keyboard.type("梁小满")
    await screen.keyboard.press("Enter")
    await expect(screen.locator("#document")).to_be_focused()
    await screen.keyboard.press("Enter")
    await expect(screen.locator("#number")).to_be_focused()
    await screen.keyboard.press("Control+Enter")
    await expect(screen.get_by_role("alert")).to_contain_text("处要改")
    await expect(screen.locator("#name")).to_have_value("梁小满")


async def test_a_scanner_searches_from_any_page(screen: Page) -> None:  # noqa: F811
    await screen.goto("/totals")
    await screen.keyboard.press("/")
    await expect(screen.locator("form.search input")).to_be_focused()
    await screen.keyboard.type("https://bmt.example.cn/c/00000000000000000000")
    await screen.keyboard.press("Enter")
    await expect(screen.get_by_text("没有找到")).to_be_visible()


async def test_a_mistake_is_no_longer_red_once_something_else_is_typed(screen: Page) -> None:  # noqa: F811
    await screen.goto(f"/items/{AID.id}/new")
    await screen.fill("#phone", "12345")
    await screen.click("text=收件，出回执")
    field = screen.locator(".field.bad", has=screen.locator("#phone"))
    await expect(field.locator(".wrong")).to_be_visible()
    await screen.fill("#phone", "13800000001")
    await expect(field).to_have_count(0)
    await screen.check("input[name=m-application][value=present]")
    await expect(screen.locator("#m-application.bad")).to_have_count(0)
    await expect(screen.locator("#name ~ .wrong")).to_be_visible()
