"""A code that opens an answer for whoever holds it: 80 bits in four groups of four, easy to read out on the telephone."""

from typing import Final

from api_spec.text import without_separators
from api_spec.tracking_code import ALPHABET

LENGTH: Final = 16
_GROUP: Final = 4
_CONFUSABLE: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})


def write(bits: int) -> str:
    """The lowest 80 of `bits` as ABCD-EFGH-JKMN-PQRS."""
    text = "".join(ALPHABET[bits >> shift & 31] for shift in range(5 * (LENGTH - 1), -1, -5))
    return "-".join(text[start : start + _GROUP] for start in range(0, LENGTH, _GROUP))


def read(text: str) -> str:
    """What was typed in its one form; "" when it cannot be a code."""
    code = without_separators(text).upper().translate(_CONFUSABLE)
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        return ""
    return "-".join(code[start : start + _GROUP] for start in range(0, LENGTH, _GROUP))
