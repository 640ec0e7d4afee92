"""The human case number on slips and notices: `SD-260410-0007-K`.

    tenant prefix - yymmdd - serial - check character

Two makers never make the same number, because the serial's length says who made it:

- The township counts, per tenant and day of receipt: 4 to 6 digits from 0001.
- A village node fills 7 digits: its block (3 digits, granted by the township to one node *and* epoch) and a random
  pick of 4 digits not used before on that day, `SD-260410-0174826-K`. The day is the node's own filing date, by its
  own clock; it is part of a name and no evidence of time.

A restored or cloned PC still holds its old block and has forgotten some picks. Because picks are random, not counted,
it repeats one with odds of about (forgotten x new) / 10,000 per day instead of surely. If it does, nothing is lost: the
tracking code (44 random bits) names the case, the township keeps the first case's number by a unique key, gives the second
a number of its own and tells the node through the feed; a look-up by the doubled number asks for the tracking code.
As soon as the township sees the fork the new epoch gets a new block (`sync.NumberBlock`).

The check character finds every wrong character and every exchange of two characters (weights 3^i mod 31, the GB 32100
alphabet, which has no I, O, S, V, Z).
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from api_spec import credit_code
from api_spec.problems import BadInput, Problem
from api_spec.text import half_width, typed

BLOCK_MAX: Final = 999
PICK_MAX: Final = 9999
_TOWNSHIP_MAX: Final = 999_999
_PREFIX: Final = re.compile(r"[A-Z]{2,4}")
_BREAKS: Final = re.compile(r"[\s\-\u2010-\u2015\u2212_·.]+")
_TAIL: Final = re.compile(rf"([0-9]{{6}})([0-9]{{4,7}})([{credit_code.ALPHABET}])")
_AS_DIGIT: Final = str.maketrans("OILZSB", "011258")
_CHECK_VALUES: Final = bytes(int(chr(byte), 36) if chr(byte).isalnum() else 0 for byte in range(128)) + bytes(
    128
)
_AS_CHECK: Final = str.maketrans("OISZ", "0152")  # L is a check character of its own


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """A well-formed number; `block` is None if the township gave it."""

    text: str
    prefix: str
    day: date
    serial: str
    block: int | None


def township_number(prefix: str, day: date, *, serial: int) -> str:
    """The township's number for its `serial`-th case of `day` (the day in China).

    Raises:
        ValueError: a malformed prefix, or a serial outside 1 … 999,999.
    """
    if not 1 <= serial <= _TOWNSHIP_MAX:
        raise ValueError("serial out of range")
    return _number(prefix, day, f"{serial:04}")


def village_number(prefix: str, day: date, *, block: int, pick: int) -> str:
    """A village node's number.

    Args:
        day: the filing day by the node's own clock.
        block: 1 … 999, granted to this node and epoch.
        pick: 0 … 9,999 from the operating system's random source, not used before by this node on `day`.

    Raises:
        ValueError: a malformed prefix, or a block or pick out of range.
    """
    if not 1 <= block <= BLOCK_MAX or not 0 <= pick <= PICK_MAX:
        raise ValueError("block or pick out of range")
    return _number(prefix, day, f"{block:03}{pick:04}")


def parse(text: object) -> CaseNumber:
    """Read a number as typed: lower case, full-width, other or missing hyphens, O for 0, I or L for 1.

    Raises:
        BadInput: WRONG_TYPE, NUMBER_SHAPE, NUMBER_DATE, NUMBER_CHECK.
    """
    written = half_width(typed(text)).strip().upper()
    if len(written) > 60:
        raise BadInput(Problem.NUMBER_SHAPE)
    prefix, tail = _split(written)
    if not _PREFIX.fullmatch(prefix):
        raise BadInput(Problem.NUMBER_SHAPE)
    parts = _TAIL.fullmatch(tail[:-1].translate(_AS_DIGIT) + tail[-1:].translate(_AS_CHECK))
    if not parts:
        raise BadInput(Problem.NUMBER_SHAPE)
    digits, serial, check = parts.groups()
    try:
        day = date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        raise BadInput(Problem.NUMBER_DATE) from None
    if _check(prefix + digits + serial) != check:
        raise BadInput(Problem.NUMBER_CHECK)
    block = int(serial[:3]) if len(serial) == 7 else None
    return CaseNumber(f"{prefix}-{digits}-{serial}-{check}", prefix, day, serial, block)


def _number(prefix: str, day: date, serial: str) -> str:
    if not _PREFIX.fullmatch(prefix):
        raise ValueError("a prefix has two to four capital letters")
    digits = f"{day.year % 100:02}{day.month:02}{day.day:02}"
    return f"{prefix}-{digits}-{serial}-{_check(prefix + digits + serial)}"


def _split(written: str) -> tuple[str, str]:
    """Prefix and the rest without hyphens; with no hyphen at all the prefix ends at the first digit."""
    groups = [group for group in _BREAKS.split(written) if group]
    if len(groups) > 1:
        return groups[0], "".join(groups[1:])
    rest = written.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return written[: len(written) - len(rest)], rest


def _check(body: str) -> str:
    """Letters count as 10 … 35; modulo 31 they stay apart among letters, as digits do among digits."""
    return credit_code.check_character(body.encode("ascii").translate(_CHECK_VALUES))
