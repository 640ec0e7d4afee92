"""The gallery shows every part there is, a chart tells its figures in words, and no rule of the stylesheet serves nothing."""

import re
from pathlib import Path

import jinja2

from api_spec import face
from tests.support.township import open_town

ROOT = Path(__file__).parents[2]
GALLERY = ROOT / "backend/templates/gallery/gallery.html"
ELSEWHERE = ("logo", "field")
"""Macros that are seen through others: in the frame, and within `form_fields`."""


def _environment() -> jinja2.Environment:
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(face.TEMPLATES), undefined=jinja2.StrictUndefined, autoescape=True
    )
    found.globals.update(face.GLOBALS)
    return found


def test_the_gallery_shows_every_macro() -> None:
    macros = (face.TEMPLATES / "macros.html").read_text(encoding="utf-8")
    public = set(re.findall(r"{% macro ([a-z]\w*)\(", macros)) - set(ELSEWHERE)
    shown = GALLERY.read_text(encoding="utf-8")
    assert {name for name in public if not re.search(rf"(?:{{{{|call) ?{name}\(", shown)} == set()


def test_a_chart_says_every_figure_in_words() -> None:
    page = _environment().from_string(
        '{% from "macros.html" import trend, stacked, shares, chart with context %}'
        '{{ trend("甲", ["1月", "2月"], [("收件", (41, 97), ""), ("办结", (13, 59), "info")], " 件") }}'
        '{{ stacked("乙", ["3月"], [("窗口", (71,), ""), ("村里", (83,), "warn")], " 件") }}'
        '{{ shares([("按时", 67, ""), ("超期", 3, "bad", "/x")], " 件") }}{{ chart([("低保", 29, "")], " 件") }}'
    )
    words = re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", "", page.render(), flags=re.DOTALL))
    assert [number for number in (41, 97, 13, 59, 71, 83, 67, 3, 29) if f"{number} 件" not in words] == []
    assert ("最高 97 件" in words, "最高 154 件" in words) == (True, True)


def test_every_line_of_a_trend_is_told_by_more_than_colour() -> None:
    page = _environment().from_string(
        '{% from "macros.html" import trend with context %}'
        '{{ trend("甲", ["1月"], [("a", (1,), ""), ("b", (2,), "info"), ("c", (3,), "bad")]) }}'
    )
    dashes = re.findall(r'stroke-dasharray="([^"]*)"', page.render())
    assert len(set(dashes)) == 3


def test_the_stylesheet_has_no_class_that_no_page_uses() -> None:
    css = re.sub(
        r"/\*.*?\*/|url\([^)]*\)", "", (face.STATIC / "base.css").read_text(encoding="utf-8"), flags=re.DOTALL
    )
    classes = set(re.findall(r"\.([a-z][\w-]*)", css))
    places = [*(ROOT / "backend").rglob("*.html"), *(ROOT / "village_node").rglob("*.html")]
    places += [*face.TEMPLATES.rglob("*.html"), *face.STATIC.glob("*.js"), *(ROOT / "backend").rglob("*.py")]
    words = set(re.findall(r"[\w-]+", " ".join(path.read_text(encoding="utf-8") for path in places)))
    unused = {name for name in classes if name not in words and name.rstrip("1234") not in words}
    assert unused == set()


async def test_there_is_no_gallery_in_production(town_url: str, tmp_path: Path) -> None:
    async with open_town(town_url, tmp_path) as town:
        assert (await town.anyone.page("/gallery")).status == 200
    async with open_town(town_url, tmp_path, mode="production") as town:
        assert (await town.anyone.page("/gallery")).status == 404
