"""README, guides and deployment name only what exists: files, commands, settings, pages, buttons."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from api_spec import routes
from backend import settings
from backend.__main__ import cli
from backend.app import pages
from village_node.web.app import PAGES as VILLAGE_PAGES

ROOT = Path(__file__).parents[2]
GUIDES = sorted((ROOT / "docs").rglob("*.md"))
DOCUMENTS = [ROOT / "README.md", ROOT / "village_node/README.md", *GUIDES]
SOURCES = [
    path
    for folder in ("backend", "village_node", "api_spec")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".html", ".js"}
]
ELSEWHERE = ("/etc", "/opt", "/var", "/dev", "/usr", "/media", "/wx")
"""Addresses in these documents that are folders of a machine."""
NODE_SETTINGS = {"BMT_TOWNSHIP", "BMT_PRINTER", "BMT_CLERK_PASSWORD"}


def _names(pattern: str) -> Iterator[tuple[str, str]]:
    for document in DOCUMENTS:
        for found in re.finditer(pattern, document.read_text()):
            yield document.name, found[1]


def test_there_is_a_guide_for_every_role() -> None:
    guides = {path.stem for path in (ROOT / "docs/使用指南").iterdir()}
    assert guides == {"群众", "村代办员", "窗口人员", "部门组长", "中心主任", "监察", "系统管理员"}


def test_every_link_leads_to_a_file() -> None:
    for document in DOCUMENTS:
        for link in re.findall(r"\]\(([^)#]+)\)|<img[^>]+src=\"([^\"]+)\"", document.read_text()):
            target = link[0] or link[1]
            if not target.startswith(("http:", "https:")):
                assert (document.parent / target).exists(), (document.name, target)


def test_every_file_named_in_code_exists() -> None:
    for document, name in _names(r"`((?:api_spec|backend|tests|village_node|docs|miniprogram)/[\w./-]*)`"):
        assert (ROOT / name).exists(), (document, name)


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for document, name in _names(r"[`\n]make ([a-z-]+)"):
        assert name in targets, (document, name)


def test_every_command_of_the_program_exists() -> None:
    commands = set(get_command(cli).commands)  # type: ignore[attr-defined]
    for document, name in _names(r"-m backend ([a-z]+)"):
        assert name in commands, (document, name)
    main = (ROOT / "village_node/__main__.py").read_text()
    for document, name in _names(r"-m village_node ([a-z]+)"):
        assert f"{name}" in main, (document, name)


def test_every_setting_exists() -> None:
    told = settings.describe()
    for document, name in _names(r"\b((?:BMT|DATABASE)_[A-Z_]+)\b"):
        known = name in told or name in NODE_SETTINGS or name.startswith("BMT_NODE_")
        assert known, (document, name)
    for line in (ROOT / "docs/deploy/bianmintong.env").read_text().splitlines():
        assert line.startswith("#") or line.partition("=")[0] in told, line


def test_every_page_exists() -> None:
    known = {page.path for page in pages()} | {page.path for page in VILLAGE_PAGES}
    known |= {route.path for route in routes.ALL}
    shapes = [re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path) + "/?$") for path in known]
    for document, name in _names(r"`(?:GET )?(/[a-z][\w/-]*)(?:<[^`]*>)?`"):
        if name.startswith(ELSEWHERE):
            continue
        asked = f"{name}x" if name.endswith("/") else name
        assert any(shape.match(asked) for shape in shapes), (document, name)


@pytest.mark.parametrize(
    "guide", [path for path in GUIDES if path.parent.name == "使用指南"], ids=lambda path: path.stem
)
def test_every_button_and_heading_a_guide_names_is_on_a_page(guide: Path) -> None:
    corpus = "\n".join(path.read_text() for path in SOURCES)
    missing = [words for words in re.findall("“([^”]+)”", guide.read_text()) if words not in corpus]
    assert not missing
