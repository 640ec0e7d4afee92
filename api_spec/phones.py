"""Telephone numbers as villagers write them and as others may see them. Knows no operator, sends nothing."""

import re
from typing import Final

from api_spec.problems import BadInput, Problem
from api_spec.text import half_width, typed, without_separators

_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_COUNTRY: Final = re.compile(r"^(?:\+|00)86")
# Two-digit area codes belong to Beijing (010) and 02x, three-digit ones to the rest; 衡阳 with 耒阳 is 0734.
_LAND_LINE: Final = re.compile(r"(010|02[0-9]|0[3-9][0-9]{2})([2-8][0-9]{6,7})")
_NO_AREA: Final = re.compile(r"[2-8][0-9]{6,7}")


def parse_mobile(text: object) -> str:
    """Eleven digits; `+86`, spaces and hyphens are dropped.

    Raises:
        BadInput: WRONG_TYPE, MOBILE.
    """
    digits = _digits(text)
    if not _MOBILE.fullmatch(digits):
        raise BadInput(Problem.MOBILE)
    return digits


def parse_phone(text: object) -> str:
    """A mobile number as eleven digits, or a land line as `0734-4331234`.

    Raises:
        BadInput: WRONG_TYPE, PHONE, PHONE_AREA (a land line without its area code).
    """
    digits = _digits(text)
    if _MOBILE.fullmatch(digits):
        return digits
    if land_line := _LAND_LINE.fullmatch(digits):
        return f"{land_line[1]}-{land_line[2]}"
    if _NO_AREA.fullmatch(digits):
        raise BadInput(Problem.PHONE_AREA)
    raise BadInput(Problem.PHONE)


def mask(phone: str) -> str:
    """For screens: `138****0001`, `0734-****234`."""
    area, hyphen, line = phone.rpartition("-")
    if hyphen:
        return f"{area}-****{line[-3:]}"
    return f"{phone[:3]}****{phone[-4:]}"


def _digits(text: object) -> str:
    compact = without_separators(half_width(typed(text))).replace("(", "").replace(")", "")
    return _COUNTRY.sub("", compact)
