"""A browser goes through every page once in each size of print and writes down what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page

from tests.pages.scenes import Scene
from tests.pages.stage import NARROW, ZOOMED, Stage

MEASURE: Final = (Path(__file__).parent / "measure.js").read_text(encoding="utf-8")
AXE: Final = """async (only) => {
  const rules = only.length ? { runOnly: { type: "rule", values: only } } : {};
  const found = await axe.run({ resultTypes: ["violations"], preload: false, ...rules });
  return found.violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(" | ")}`);
}"""


LOOKS: Final = ("color-contrast", "scrollable-region-focusable", "target-size", "link-in-text-block")
"""Rules whose answer the size of print can change where the page is otherwise the same: the desk's."""


@dataclass(slots=True)
class Seen:
    """What was found, by the name of the scene."""

    axe: dict[str, object] = field(default_factory=dict)
    wide: dict[str, object] = field(default_factory=dict)
    zoomed: dict[str, object] = field(default_factory=dict)
    small: dict[str, object] = field(default_factory=dict)
    said: dict[str, object] = field(default_factory=dict)
    foreign: dict[str, object] = field(default_factory=dict)
    pages: int = 0


async def walk(stage: Stage, *, elder: bool) -> Seen:
    """Look at every scene."""
    seen = Seen()
    async with stage.page(elder=elder) as page:
        told: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: told.append(message.text))
        page.on("request", lambda request: asked.append(request.url))
        await page.context.add_init_script(AXE_SCRIPT)
        for scene in stage.scenes:
            told.clear()
            asked.clear()
            await stage.enter(page.context, scene.who)
            answer = await page.goto(stage.address(scene.path))
            await _note(seen, scene, page, elder=elder)
            if answer and not answer.ok:  # the browser says so, and rightly
                told[:] = [text for text in told if "Failed to load resource" not in text]
            _listen(seen, scene, told=told, asked=asked, home=stage.address())
    return seen


async def _note(seen: Seen, scene: Scene, page: Page, *, elder: bool) -> None:
    seen.pages += 1
    measured: dict[str, Any] = await page.evaluate(MEASURE)
    if measured["width"] > NARROW["width"]:
        seen.wide[scene.name] = measured["width"]
    desk = scene.path.startswith("/staff")
    if elder and measured["small"] and not desk:
        seen.small[scene.name] = measured["small"]
    if found := await page.evaluate(AXE, LOOKS if elder and desk else ()):
        seen.axe[scene.name] = found
    if not elder:
        await page.set_viewport_size(ZOOMED)
        width = await page.evaluate("document.documentElement.scrollWidth")
        if width > ZOOMED["width"]:
            seen.zoomed[scene.name] = width
        await page.set_viewport_size(NARROW)


def _listen(seen: Seen, scene: Scene, *, told: Sequence[str], asked: Sequence[str], home: str) -> None:
    """What the browser complained of, and whom the page asked for anything."""
    if told:
        seen.said[scene.name] = list(told)
    if elsewhere := [url for url in asked if not url.startswith((home, "data:", "blob:"))]:
        seen.foreign[scene.name] = elsewhere
