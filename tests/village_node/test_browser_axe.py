"""Every page of the clerk's desk, looked over by axe-core: no fault of access, on a desk and on a phone."""

from importlib.resources import files

import pytest
from playwright.async_api import async_playwright

from tests.pages.browser import MISSING, find_chromium
from tests.village_screenshots import open_village
from village_node.access.clerks import Clerk
from village_node.web.edge import COOKIE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason=MISSING),
]
LOOK = """async () => (await axe.run({resultTypes: ["violations"]})).violations.map(
  (each) => [each.id, each.nodes.slice(0, 4).map((node) => node.target.join(" ")), each.nodes[0].failureSummary]
)"""
PHONE_TOO = {"home", "form", "case-errand"}
"""Pages that are laid out anew on a phone."""
SAME_AS_ANOTHER = {"case", "case-ready", "case-fixing", "draft-taken", "slip-a5"}
"""The parts of these pages are all on others."""


@pytest.mark.slow
@pytest.mark.plan(3)
async def test_no_page_of_the_desk_has_a_fault_of_access() -> None:
    axe = (files("axe_playwright_python") / "axe.min.js").read_text()
    found: list[object] = []
    async with open_village() as village, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        base = str(village.client.make_url("/")).rstrip("/")
        context = await browser.new_context(locale="zh-CN", bypass_csp=True)
        token = village.station.sessions.start(Clerk("d" * 32, "贺帮办"))
        await context.add_cookies([{"name": COOKIE, "value": token, "url": base}])
        page = await context.new_page()
        for width, height in ((1280, 800), (390, 844)):
            await page.set_viewport_size({"width": width, "height": height})
            for name, path in village.pages.items():
                if name in SAME_AS_ANOTHER or (width < 500 and name not in PHONE_TOO):
                    continue
                await page.goto(base + path)
                assert await page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
                await page.evaluate(axe)
                found += [(width, name, *each) for each in await page.evaluate(LOOK)]
        await browser.close()
    assert not found, "\n".join(map(str, found))
