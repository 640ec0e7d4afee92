"""Chinese that people read is set with Chinese punctuation: no half-width comma, colon or bracket beside a character."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HANZI = "[\u4e00-\u9fff]"
HALF_WIDTH = re.compile(rf"{HANZI}[,;:!?]|[,;!?]{HANZI}|{HANZI}\(|\){HANZI}|\({HANZI}|{HANZI}\)")
PATTERNS = re.compile(r"\)\?|\[0-9\]|\\d")
"""Literals that are regular expressions, which need their brackets."""

COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
FOLDERS = ("api_spec", "backend", "village_node")


def wrong_in(text: str) -> list[str]:
    return [text[max(0, found.start() - 20) : found.end() + 20] for found in HALF_WIDTH.finditer(text)]


def literals(source: str) -> Iterator[str]:
    """Every string of a module but docstrings."""
    tree = ast.parse(source)
    explained = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explained:
            yield node.value


@pytest.mark.parametrize("folder", FOLDERS)
def test_templates_use_full_width_punctuation(folder: str) -> None:
    wrong = {
        str(path.relative_to(ROOT)): found
        for path in sorted((ROOT / folder).rglob("*.html"))
        if (found := wrong_in(COMMENT.sub("", path.read_text("utf-8"))))
    }
    assert wrong == {}


@pytest.mark.parametrize("folder", FOLDERS)
def test_sentences_in_code_use_full_width_punctuation(folder: str) -> None:
    wrong = {
        str(path.relative_to(ROOT)): found
        for path in sorted((ROOT / folder).rglob("*.py"))
        for text in literals(path.read_text("utf-8"))
        if "://" not in text and not PATTERNS.search(text) and (found := wrong_in(text))
    }
    assert wrong == {}


def test_a_half_width_mark_beside_a_character_is_seen() -> None:
    for text in ("请补齐:身份证", "好,再见", "(周二)", "4月7日(周二)", "确定吗?"):
        assert wrong_in(text), text
    assert wrong_in("请补齐：身份证，4月7日（周二），12:30, SD-001 (ok)") == []
