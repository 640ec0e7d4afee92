"""How one answer of each kind is read: from JSON or from an HTML form, into the one form that is stored.

Knows single values and their limits; which field they belong to is `api_spec.forms`' business.
Every reader raises BadInput.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, TypeAlias

from api_spec import identity_number, phones
from api_spec.problems import BadInput, Problem
from api_spec.text import half_width, refuse_bad_characters, typed

Value: TypeAlias = str | int | bool | list[str]

TEXT_MAX: Final = 100
LONG_TEXT_MAX: Final = 2000
ADDRESS_MAX: Final = 200
NUMBER_MAX: Final = 999_999_999
MONEY_MAX_FEN: Final = 99_999_999_99
PHOTOS_MAX: Final = 9

_INTEGER: Final = re.compile(r"-?[0-9]{1,10}")
_YUAN: Final = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,2}))?")
_DAY: Final = re.compile(r"([0-9]{4})[-/.年]?([0-9]{1,2})[-/.月]?([0-9]{1,2})日?")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_YES: Final = frozenset({"yes", "是", "true", "on", "1"})
_NO: Final = frozenset({"no", "否", "false", "off", "0"})


def text(given: object, least: int | None, most: int | None, *, pattern: str = "") -> str:
    """One line, trimmed."""
    line = typed(given).strip()
    refuse_bad_characters(line)
    _refuse_length(line, least, most or TEXT_MAX)
    if pattern and not re.fullmatch(pattern, line):
        raise BadInput(Problem.PATTERN)
    return line


def long_text(given: object, least: int | None, most: int | None) -> str:
    """Several lines; line ends become `\\n`, blanks at the end of lines go."""
    lines = typed(given).replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    paragraph = "\n".join(line.rstrip() for line in lines)
    refuse_bad_characters(paragraph, lines=True)
    _refuse_length(paragraph, least, most or LONG_TEXT_MAX)
    return paragraph


def address(given: object, least: int | None, most: int | None) -> str:
    """A postal address, four characters or more."""
    return text(given, 4 if least is None else least, most or ADDRESS_MAX)


def number(given: object, least: int | None, most: int | None) -> int:
    """An integer, also as digits in text (full-width too, with thousands commas)."""
    if isinstance(given, bool) or not isinstance(given, int | str):
        raise BadInput(Problem.NOT_A_NUMBER)
    if isinstance(given, str):
        digits = half_width(given).strip().replace(",", "")
        if not _INTEGER.fullmatch(digits):
            raise BadInput(Problem.NOT_A_NUMBER)
        given = int(digits)
    low = 0 if least is None else least
    high = NUMBER_MAX if most is None else most
    if given < low:
        raise BadInput(Problem.TOO_SMALL, min=str(low))
    if given > high:
        raise BadInput(Problem.TOO_LARGE, max=str(high))
    return given


def money_fen(given: object, least: int | None, most: int | None) -> int:
    """Fen: an integer is fen already, text is yuan with at most two decimals ("50.5" is 5050)."""
    if isinstance(given, str):
        amount = _YUAN.fullmatch(half_width(given).strip().replace(",", "").removesuffix("元").strip())
        if not amount:
            raise BadInput(Problem.NOT_MONEY)
        given = int(amount[1]) * 100 + int((amount[2] or "").ljust(2, "0"))
    elif isinstance(given, bool) or not isinstance(given, int):
        raise BadInput(Problem.NOT_MONEY)
    low = 0 if least is None else least
    high = MONEY_MAX_FEN if most is None else most
    if given < low:
        raise BadInput(Problem.TOO_SMALL, min=f"{yuan(low)} 元")
    if given > high:
        raise BadInput(Problem.TOO_LARGE, max=f"{yuan(high)} 元")
    return given


def day(given: object, earliest: int | None, latest: int | None, *, today: date) -> str:
    """`YYYY-MM-DD`, also read from 2026/4/1, 2026年4月1日 and 20260401. Limits are days from `today`."""
    parts = _DAY.fullmatch(half_width(typed(given)).strip())
    if not parts:
        raise BadInput(Problem.NOT_A_DATE)
    try:
        read = date(int(parts[1]), int(parts[2]), int(parts[3]))
    except ValueError:
        raise BadInput(Problem.NOT_A_DATE) from None
    first = date(1850, 1, 1) if earliest is None else today + timedelta(days=earliest)
    last = date(2199, 12, 31) if latest is None else today + timedelta(days=latest)
    if read < first:
        raise BadInput(Problem.DATE_TOO_EARLY, min=first.isoformat())
    if read > last:
        raise BadInput(Problem.DATE_TOO_LATE, max=last.isoformat())
    return read.isoformat()


def choice(given: object, codes: Sequence[str]) -> str:
    """One of `codes`."""
    code = typed(given)
    if code not in codes:
        raise BadInput(Problem.NOT_A_CHOICE)
    return code


def multi_choice(given: object, least: int | None, most: int | None, *, codes: Sequence[str]) -> list[str]:
    """Some of `codes`, each once, in their order; one alone may come as text."""
    chosen = {choice(code, codes) for code in _several(given)}
    _refuse_count(len(chosen), least, len(codes) if most is None else most)
    return [code for code in codes if code in chosen]


def yes_no(given: object) -> bool:
    """True or False, also "yes"/"no", 是/否 and a ticked box's "on"."""
    if isinstance(given, bool):
        return given
    if isinstance(given, str):
        word = given.strip().lower()
        if word in _YES:
            return True
        if word in _NO:
            return False
    raise BadInput(Problem.NOT_YES_OR_NO)


def phone(given: object) -> str:
    """A mobile number or a land line with its area code."""
    return phones.parse_phone(given)


def id_number(given: object, today: date) -> str:
    """A resident identity number (GB 11643)."""
    return identity_number.parse(given, today=today).number


def photos(given: object, least: int | None, most: int | None) -> list[str]:
    """SHA-256 names of stored photos, each once."""
    names = list(dict.fromkeys(_several(given)))
    if not all(isinstance(name, str) and _SHA256.fullmatch(name) for name in names):
        raise BadInput(Problem.NOT_A_PHOTO)
    _refuse_count(len(names), least, PHOTOS_MAX if most is None else most)
    return [str(name) for name in names]


def _several(given: object) -> list[object]:
    if isinstance(given, list) and len(given) <= 100 and all(isinstance(one, str) for one in given):
        return given
    return [typed(given)]


def _refuse_count(count: int, least: int | None, most: int) -> None:
    if least is not None and count < least:
        raise BadInput(Problem.TOO_FEW_CHOICES, min=str(least))
    if count > most:
        raise BadInput(Problem.TOO_MANY_CHOICES, max=str(most))


def _refuse_length(line: str, least: int | None, most: int) -> None:
    if least is not None and len(line) < least:
        raise BadInput(Problem.TOO_SHORT, min=str(least))
    if len(line) > most:
        raise BadInput(Problem.TOO_LONG, max=str(most))


def yuan(fen: int) -> str:
    """Fen as yuan: 5050 is "50.50"."""
    sign, amount = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{amount // 100}.{amount % 100:02}"
