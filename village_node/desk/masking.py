"""How people are named where others may read along: on the wall, over the loudspeaker, in a list on the screen. Pure."""

import re
from typing import Final

_DOUBLE_SURNAMES: Final = frozenset(
    (
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "司徒",
        "东方",
        "夏侯",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "皇甫",
        "宇文",
        "长孙",
        "端木",
        "百里",
        "南宫",
        "独孤",
        "申屠",
        "轩辕",
    )
)
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")


def masked_name(name: str) -> str:
    """A person's surname with stars for the rest; for an organisation or a foreign name only its beginning."""
    if not _CHINESE.match(name) or len(name) > 4:
        return f"{name[:4]}***" if len(name) > 4 else f"{name[:1]}**"
    first = surname(name)
    return first + "*" * max(1, len(name) - len(first))


def surname(name: str) -> str:
    return name[:2] if name[:2] in _DOUBLE_SURNAMES and len(name) > 2 else name[:1]


def masked_number(number: str) -> str:
    """First three and last four characters of a document number."""
    return f"{number[:3]}…{number[-4:]}" if len(number) > 8 else "…"


def tail(case_number: str) -> str:
    """The last group but the check character of a case number: enough to find oneself, nothing to guess from."""
    parts = case_number.split("-")
    return "-".join(parts[-2:]) if len(parts) > 1 else case_number
