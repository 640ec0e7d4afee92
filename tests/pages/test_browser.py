"""Every page in a real browser, and a journey for each face; skipped with a sentence where there is no browser."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from backend.demo.staff import PASSWORD
from tests.pages.browser import MISSING, find_chromium
from tests.pages.stage import Stage, open_stage
from tests.pages.walk import Seen, walk

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason=MISSING),
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(seeded: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with open_stage(seeded, template, tmp_path_factory.mktemp("stage")) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["normal", "large print"])
async def seen(stage: Stage, request: pytest.FixtureRequest) -> Seen:
    """Every page, looked at once in this size."""
    return await walk(stage, elder=request.param == "large print")


@pytest.mark.slow
async def test_axe_finds_nothing_on_any_page(seen: Seen) -> None:
    assert seen.pages > 150
    assert not seen.axe


@pytest.mark.slow
async def test_no_page_is_wider_than_a_small_phone(seen: Seen) -> None:
    assert not seen.wide


@pytest.mark.slow
async def test_no_page_loses_anything_at_200_per_cent(seen: Seen) -> None:
    assert not seen.zoomed


@pytest.mark.slow
async def test_in_large_print_everything_pressed_is_large(seen: Seen) -> None:
    assert not seen.small


@pytest.mark.slow
async def test_no_page_asks_anybody_else_for_anything_or_breaks_its_own_policy(seen: Seen) -> None:
    assert not seen.foreign
    assert not seen.said


async def test_a_clerk_signs_in_and_works_by_keyboard(stage: Stage) -> None:
    made = stage.made
    async with stage.page() as page:
        await page.goto(stage.address("/staff/cases"))
        await page.get_by_label("登录名").fill("social")
        await page.get_by_label("密码").fill(PASSWORD)
        async with page.expect_navigation(url="**/staff/cases", wait_until="load"):
            await page.keyboard.press("Enter")
        await page.keyboard.press("/")
        await expect(page.get_by_label("查找办件")).to_be_focused()
        await page.keyboard.type(made.fresh.case_number.lower())
        await expect(page.get_by_label("查找办件")).to_have_value(made.fresh.case_number.lower())
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/staff/cases/{made.fresh.case_id}**", wait_until="load")
        await page.keyboard.press("u")
        await page.wait_for_url("**/staff/cases", wait_until="load")
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("办理经过")).to_be_visible()


async def test_the_menu_opens_on_a_phone_without_a_script(stage: Stage) -> None:
    async with stage.page("social", script=False) as page:
        await page.goto(stage.address("/staff/cases"))
        menu = page.get_by_role("navigation", name="工作台栏目")
        await expect(menu).to_be_hidden()
        await page.get_by_role("link", name="菜单", exact=False).first.click()
        await menu.get_by_role("link", name="登记收件").click()
        await page.wait_for_url("**/staff/intake")
        await expect(menu).to_be_hidden()


async def test_a_question_that_depends_on_another_appears_when_it_is_asked(stage: Stage) -> None:
    async with stage.page("social") as page:
        await page.goto(stage.address(f"/staff/intake/{stage.town.item('SD-003')}"))
        await expect(page.get_by_label("代办人姓名")).to_be_hidden()
        await page.get_by_text("由别人代办").click()
        await expect(page.get_by_label("代办人姓名")).to_be_visible()


async def test_a_citizen_finds_books_files_rates_and_complains_without_javascript(stage: Stage) -> None:
    async with stage.page("citizen", script=False) as page:
        await page.goto(stage.address())
        await page.get_by_role("searchbox").first.fill("dibao")
        await page.get_by_role("button", name="搜索").click()
        await page.get_by_text("最低生活保障申请").first.click()
        guide = page.url
        await page.get_by_role("link", name="预约", exact=True).first.click()
        await page.get_by_role("button", name=re.compile("余 . 个")).first.click()
        await page.get_by_role("button", name="确认预约").click()
        await expect(page.get_by_role("heading", name="预约好了")).to_be_visible()

        await page.goto(guide)
        await page.get_by_role("link", name="网上申请").click()
        await page.get_by_label("联系电话").fill("13800138000")
        await page.get_by_label("共同生活的家庭成员人数").fill("3")
        await page.get_by_label("全家每月收入").fill("900")
        await page.get_by_label("生病花费大").check()
        await page.get_by_label("申请理由").fill("去年住院花了很多钱。")
        await page.get_by_label("收款银行账号").fill("6222020000000000000")
        await page.get_by_role("button", name="下一步").click()
        await page.get_by_role("button", name="下一步：核对").click()
        await page.get_by_role("button", name="提交申请").click()
        await expect(page.get_by_role("heading", name="申请已提交")).to_be_visible()
        await page.get_by_role("link", name="看办到哪一步").click()
        await expect(page.get_by_role("heading", name="最低生活保障申请")).to_be_visible()

        await page.goto(stage.address(stage.made.voiced.link))
        await page.get_by_label("很满意").or_(page.get_by_label("满意")).first.check()
        await page.get_by_role("button", name="提交评价").click()
        await expect(page.get_by_role("heading", name=re.compile("谢谢"))).to_be_visible()

        await page.goto(stage.address("/complain"))
        await page.get_by_role("group", name="投诉什么").get_by_role("radio").first.check()
        await page.get_by_label("事情经过").fill("上周三下午窗口没有人。")
        await page.get_by_role("button", name="提交").click()
        await expect(page.get_by_text("请记下查询码")).to_be_visible()


async def test_large_print_is_switched_on_without_javascript(stage: Stage) -> None:
    async with stage.page(script=False) as page:
        await page.goto(stage.address())
        await page.get_by_role("searchbox").first.fill("dibao")
        await page.get_by_role("button", name="搜索").click()
        await page.get_by_text("最低生活保障申请").first.click()
        await expect(page.get_by_role("heading", name="带什么")).to_be_visible()
        await page.get_by_role("button", name="大字版").click()
        await expect(page.get_by_role("button", name="标准字号")).to_be_visible()
        await expect(page.get_by_role("heading", name="带什么")).to_be_visible()


async def test_large_print_asks_a_long_form_two_questions_at_a_time(stage: Stage) -> None:
    async with stage.page("citizen", elder=True) as page:
        await page.goto(stage.address(f"/errands/new?item={stage.town.item('SD-049')}"))
        step = page.get_by_role("status").filter(has_text="步")
        await expect(step).to_have_text("第 1 步，共 8 步")
        await page.get_by_label("用户地址").fill("三都镇福利村3组")
        await page.get_by_label("用户地址").press("Enter")
        await expect(step).to_have_text("第 2 步，共 8 步")
        await expect(page.get_by_label("用户地址")).to_be_hidden()
        await expect(page.get_by_role("button", name="提交代办")).to_be_hidden()
        await page.get_by_role("button", name="上一步").click()
        await expect(page.get_by_label("用户地址")).to_have_value("三都镇福利村3组")
        for _ in range(7):
            await page.get_by_role("button", name="下一步").click()
        await page.get_by_role("button", name="提交代办").click()
        await expect(page.get_by_role("alert")).to_contain_text("需要修改")
        await expect(step).to_be_visible()
        await expect(page.locator("p.wrong:visible").first).to_be_visible()


async def test_what_is_ticked_on_a_guide_stays_ticked_in_this_browser(stage: Stage) -> None:
    async with stage.page() as page:
        await page.goto(stage.address(f"/items/{stage.town.item('SD-001')}"))
        await page.get_by_label("户口簿").check()
        await expect(page.locator("[data-tally]")).to_have_text("备好 1/4")
        await page.reload()
        await expect(page.get_by_label("户口簿")).to_be_checked()
        await expect(page.locator("[data-tally]")).to_have_text("备好 1/4")
