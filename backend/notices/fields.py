"""Fits words into the fields of a WeChat template, whose names tell their types: `thing1`, `phrase3`. Pure.

Source: WeChat's limits by field type; whatever breaks one is refused as a whole with 47003.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from api_spec.china_time import CHINA
from api_spec.messages.notices import NoticeKind, TemplatePurpose

SLOTS: Final[Mapping[TemplatePurpose, tuple[str, ...]]] = {
    TemplatePurpose.PROGRESS: ("item", "number", "state", "at"),
    TemplatePurpose.SUPPLEMENT: ("item", "number", "what", "until"),
    TemplatePurpose.PICKUP: ("item", "number", "place"),
    TemplatePurpose.APPOINTMENT: ("item", "window", "when_exact", "number"),
}
"""Which words a template of a purpose shows, in the order of its fields."""

TYPES: Final[Mapping[TemplatePurpose, tuple[str, ...]]] = {
    TemplatePurpose.PROGRESS: ("thing", "character_string", "phrase", "time"),
    TemplatePurpose.SUPPLEMENT: ("thing", "character_string", "thing", "date"),
    TemplatePurpose.PICKUP: ("thing", "character_string", "thing"),
    TemplatePurpose.APPOINTMENT: ("thing", "thing", "time", "character_string"),
}
"""The field types to choose when the template is applied for."""

OTHERWISE: Final = "详见办件进度"
_LIMITS: Final[Mapping[str, int]] = {"thing": 20, "name": 10, "phrase": 5, "character_string": 32}
_NOT_VISIBLE: Final = re.compile(r"[^\x21-\x7e]")
_NOT_CHINESE: Final = re.compile(r"[^\u4e00-\u9fff]")
_DAY: Final = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_NAME: Final = re.compile(r"([a-z_]+?)[0-9]{1,3}")


def type_of(name: str) -> str:
    """The type in a field's name; "" for what is no such name."""
    found = _NAME.fullmatch(name)
    return found[1] if found else ""


def fit(name: str, text: str) -> str:
    """`text` as a field of this name takes it: shortened, never emptied where something can be said."""
    match type_of(name):
        case "phrase":
            return _NOT_CHINESE.sub("", text)[: _LIMITS["phrase"]]
        case "character_string":
            return _NOT_VISIBLE.sub("", text)[: _LIMITS["character_string"]]
        case "thing":
            return shortened(" ".join(text.split()) or OTHERWISE, _LIMITS["thing"])
        case "name":
            return text[: _LIMITS["name"]]
        case _:
            return text


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters; where something is cut off, the last one says so."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def fields_of(
    kind: NoticeKind, purpose: TemplatePurpose, names: Sequence[str], words: Mapping[str, str]
) -> dict[str, str] | None:
    """The whole message; None where a field would stay empty, which WeChat refuses."""
    known = {**words, "state": kind.zh}
    fitted = {name: fit(name, known.get(slot, "")) for name, slot in zip(names, SLOTS[purpose], strict=True)}
    return fitted if all(fitted.values()) else None


def wrong_names(purpose: TemplatePurpose, names: Sequence[str]) -> bool:
    """Whether these cannot be the fields of a template for this purpose."""
    wanted = TYPES[purpose]
    return len(set(names)) != len(wanted) or tuple(map(type_of, names)) != wanted


def day_words(day: date | None) -> str:
    """2026年4月10日, as a `date` field takes it; "" for none."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def is_over(words: str, *, today: date) -> bool:
    """Whether a day as `day_words` writes it, or a moment on it, is past; what begins with no such day is not."""
    found = _DAY.match(words)
    return found is not None and date(*map(int, found.groups())) < today


def moment_words(at: datetime) -> str:
    """2026年4月10日 12:00, as a `time` field takes it."""
    local = at.astimezone(CHINA)
    return f"{day_words(local.date())} {local:%H:%M}"
