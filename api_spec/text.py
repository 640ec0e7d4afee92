"""Characters people type: full-width forms, stray separators, and what must never be stored.

Knows single strings only; nothing of fields or forms.
"""

import re
from typing import Final

from api_spec.problems import BadInput, Problem

_HALF_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_SEPARATORS: Final = re.compile(r"[\s\-\u2010-\u2015\u2212_·.]+")
# Control characters (Cc: NUL, escape) and lone surrogates (Cs), which no UTF-8 file can hold; overrides that make
# a screen show other text than is stored, the byte order mark, two non-characters. Private-use and not yet
# assigned characters pass: rare characters of real names are there, newer than this Python's tables.
_NEVER_STORED: Final = r"\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff"
_BAD_IN_LINE: Final = re.compile(rf"[\x00-\x1f\x7f-\x9f{_NEVER_STORED}]")
_BAD_IN_LINES: Final = re.compile(rf"[\x00-\x08\x0b-\x1f\x7f-\x9f{_NEVER_STORED}]")


def half_width(text: str) -> str:
    """Full-width letters, digits, punctuation and the ideographic space as their ASCII counterparts."""
    return text if text.isascii() else text.translate(_HALF_WIDTH)


def without_separators(text: str) -> str:
    """Half-width, without white space, hyphens of any kind, dots and underscores."""
    return text if text.isascii() and text.isalnum() else _SEPARATORS.sub("", half_width(text))


def typed(value: object) -> str:
    """`value` if it is text; identity numbers, codes and phones are never accepted as JSON numbers.

    Raises:
        BadInput: WRONG_TYPE.
    """
    if not isinstance(value, str):
        raise BadInput(Problem.WRONG_TYPE)
    return value


def refuse_bad_characters(text: str, *, lines: bool = False) -> None:
    """Raises BadInput BAD_CHARACTER: control characters, lone surrogates, reordering marks.

    Args:
        lines: line breaks and tabs are allowed.
    """
    if (_BAD_IN_LINES if lines else _BAD_IN_LINE).search(text):
        raise BadInput(Problem.BAD_CHARACTER)
