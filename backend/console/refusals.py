"""A refused form shown again on its page: what was typed, what is wrong, and a sentence. Knows no feature."""

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from api_spec.errors import STATUS, ErrorCode
from backend.edge import form_fields
from backend.faults import Fault
from backend.wording import SENTENCES

CORRECTABLE: Final = frozenset(
    {
        ErrorCode.FORM_INVALID,
        ErrorCode.NOTE_REQUIRED,
        ErrorCode.CASE_MOVED,
        ErrorCode.ACTION_NOT_ALLOWED,
        ErrorCode.NOT_YOUR_ACTION,
        ErrorCode.OUT_OF_SCOPE,
        ErrorCode.SAME_PERSON,
    }
)
"""Refusals somebody can do something about on the same page."""
CHOOSE: Final = ("", "请选择")
"""The first line of a choice that nobody may make by not looking."""


async def typed_form(request: web.Request) -> dict[str, str]:
    """The last value of every field."""
    return {name: values[-1] for name, values in (await form_fields(request)).items()}


def version_in(typed: Mapping[str, str]) -> int:
    """The version a form was drawn at; -1, which nothing has, for what is no number."""
    version = typed.get("version", "")
    return int(version) if version.isascii() and version.isdigit() and len(version) < 10 else -1


def refused(fault: Fault | None, words: Mapping[ErrorCode, str]) -> dict[str, Any]:
    """What a page shows of a refusal: status, sentences by field, and one above; `words` are the page's own."""
    if fault is None:
        return {"status": 200, "errors": {}, "sentence": ""}
    return {
        "status": STATUS[fault.code],
        "errors": {each.field: each.sentence for each in fault.wrong},
        "sentence": words.get(fault.code, SENTENCES[fault.code]),
    }
