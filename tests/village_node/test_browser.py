"""The clerk's page in a real browser, which sends headers no test client would think of."""

import re
from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import FilePayload, Locator, Page, async_playwright, expect

from tests.pages.browser import MISSING, find_chromium
from tests.village_node.packs import AID
from tests.village_node.pictures import opened, phone_photo
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


async def test_a_photo_is_kept_as_soon_as_it_is_taken_and_can_be_left_out(
    screen: Page, station: Station
) -> None:
    await screen.goto(f"/items/{AID.id}/new")
    field = screen.locator("#photo-m-id_card")
    picker = field.locator("input[type=file]").last
    await picker.set_input_files(files=[_file("a.jpg", 1), _file("b.jpg", 2)])
    await expect(field.locator("figure img")).to_have_count(2)
    assert await field.locator("img").first.evaluate("image => image.decode().then(() => image.naturalWidth)")
    await field.get_by_role("button", name="不要这张").first.click()
    await expect(field.locator("figure")).to_have_count(1)
    await picker.set_input_files(files=[FilePayload(name="c.jpg", mimeType="image/jpeg", buffer=b"<html>")])
    await expect(field.locator("[data-trouble]")).to_contain_text("不是照片")
    await expect(screen.locator("[data-autosaved]")).to_contain_text("自动存好了")
    [draft] = await station.drafts.all()
    assert [key for key, _ in draft.pairs if key.startswith("photo-")] == ["photo-m-id_card"]
    await screen.reload()
    await expect(screen.locator("#photo-m-id_card figure")).to_have_count(1)


async def test_a_signature_drawn_on_the_screen_goes_with_the_case(screen: Page, station: Station) -> None:
    await screen.goto(f"/items/{AID.id}/new")
    await screen.check("input[name=relation][value=relative]")
    pad = screen.locator("canvas.sign")
    await expect(pad).to_be_hidden()
    await screen.check("input[name=method][value=electronic]")
    await expect(pad).to_be_visible()
    signed = screen.locator("input[name=file-signature]")
    await _draw(screen, pad)
    await expect(signed).to_have_value(re.compile("signature"))
    await screen.get_by_role("button", name="擦掉重签").click()
    await expect(signed).to_have_value("")
    await _draw(screen, pad)
    await expect(signed).to_have_value(re.compile("signature"))
    await screen.click("text=先存草稿")
    await expect(screen.locator("#photo-signature figure img")).to_have_count(1)
    [draft] = await station.drafts.all()
    [sha] = [value.partition(".")[0] for key, value in draft.pairs if key == "photo-signature"]
    picture = await station.photos.find(sha)
    assert picture is not None
    assert picture.media_type == "image/png"
    darkest, _ = opened(picture.content).convert("L").getextrema()
    assert isinstance(darkest, int)
    assert darkest < 60, "there is ink on it"


async def test_without_scripts_photos_are_taken_and_the_pad_is_not_offered(
    screen: Page, station: Station
) -> None:
    browser = screen.context.browser
    assert browser is not None
    plain = await browser.new_context(java_script_enabled=False, base_url=screen.url)
    await plain.add_cookies(await screen.context.cookies())  # type: ignore[arg-type]
    page = await plain.new_page()
    await page.goto(f"/items/{AID.id}/new")
    await expect(page.locator("canvas.sign")).to_be_hidden()
    await page.locator("#photo-m-id_card input[type=file]").last.set_input_files(files=[_file("a.jpg", 1)])
    await page.click("text=先存草稿")
    await expect(page.locator("#photo-m-id_card figure img")).to_have_count(1)
    await page.check("#photo-m-id_card input[name=remove-photo]")
    await page.click("text=先存草稿")
    await expect(page.locator("#photo-m-id_card figure")).to_have_count(0)
    [draft] = await station.drafts.all()
    assert not [key for key, _ in draft.pairs if key.startswith("photo-")]


async def _draw(screen: Page, pad: Locator) -> None:
    """A zigzag with the mouse."""
    await pad.evaluate("pad => pad.scrollIntoView({block: 'center', behavior: 'instant'})")
    box = await pad.bounding_box()
    assert box is not None
    await screen.mouse.move(box["x"] + 20, box["y"] + 30)
    await screen.mouse.down()
    for step in range(1, 12):
        await screen.mouse.move(box["x"] + 20 + 12 * step, box["y"] + 30 + (step % 3) * 25)
    await screen.mouse.up()


def _file(name: str, seed: int) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": phone_photo(640, 480, seed=seed)}
