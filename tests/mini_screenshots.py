"""Pictures of the mini-program's pages, in ordinary and large print: `python -m tests.mini_screenshots`.

They go to ./screenshots/mini-<size>-<page>.png. The pages are run by node on WeChat's component engine over a fresh
township and drawn as HTML (miniprogram/tests/pictures.js); what WeChat itself draws around them is not shown.
"""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright

from tests.pages.browser import chromium
from tests.pages.sample import fill
from tests.screenshots import FOLDER, open_town

MINI_PROGRAM = Path(__file__).parents[1] / "miniprogram"
WIDTH, HEIGHT = 390, 844


async def take() -> None:
    """A sentence and no picture where node or its packages are missing."""
    if not (MINI_PROGRAM / "node_modules" / ".package-lock.json").exists():
        sys.stdout.write("没有画小程序的页面：请先运行 make test-miniprogram，取得测试要用的包。\n")
        return
    with tempfile.TemporaryDirectory() as drawn:
        async with open_town() as town:
            owner = await town.citizen()
            await fill(town.office, at=town.clock(), owner=owner.id)
            addresses = [str(side.make_url("")).rstrip("/") for side in (town.client, town.wechat)]
            node = await asyncio.create_subprocess_exec(
                "node", "tests/pictures.js", *addresses, drawn, cwd=MINI_PROGRAM
            )
            if await node.wait():
                raise subprocess.CalledProcessError(node.returncode or 1, "pictures.js")
        await _shoot(_pages(Path(drawn)))


def _pages(drawn: Path) -> list[Path]:
    return sorted(drawn.glob("*.html"))


async def _shoot(pages: list[Path]) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for each in pages:
            await page.goto(each.as_uri())
            await page.screenshot(path=FOLDER / f"mini-{each.stem}.png", full_page=True)
            sys.stdout.write(f"mini {each.stem}\n")
        await browser.close()


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    asyncio.run(take())
