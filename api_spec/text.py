"""Characters people type: full-width forms, stray separators, and what must never be stored.

Knows single strings only; nothing of fields or forms.
"""

import re
import unicodedata
from typing import Final

from api_spec.problems import BadInput, Problem

_HALF_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_SEPARATORS: Final = re.compile(r"[\s\-\u2010-\u2015\u2212_·.]+")
_KEPT_IN_LONG_TEXT: Final = "\n\t"
# Cc: control characters (NUL, escape). Cs: lone surrogates, which no UTF-8 file can hold. Private-use and not
# yet assigned characters pass: rare characters of real names are there, newer than this Python's tables.
_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cs"})
# Overrides that make a screen show other text than is stored, the byte order mark, two non-characters.
_MISLEADING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\ufffe\uffff")


def half_width(text: str) -> str:
    """Full-width letters, digits, punctuation and the ideographic space as their ASCII counterparts."""
    return text.translate(_HALF_WIDTH)


def without_separators(text: str) -> str:
    """Half-width, without white space, hyphens of any kind, dots and underscores."""
    return _SEPARATORS.sub("", half_width(text))


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
    for char in text:
        if lines and char in _KEPT_IN_LONG_TEXT:
            continue
        if char in _MISLEADING or unicodedata.category(char) in _REFUSED_CATEGORIES:
            raise BadInput(Problem.BAD_CHARACTER)
