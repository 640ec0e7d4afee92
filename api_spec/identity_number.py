"""Identity documents: is this number possible, and what does it say of its holder.

A possible number is not a real one; nothing here asks a register. The same check runs on phone pages, at the
windows and on village nodes, so a number refused in one place is refused everywhere.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from operator import mul
from typing import Final

import msgspec

from api_spec.problems import BadInput, Problem
from api_spec.text import typed, without_separators
from api_spec.vocabulary import DocumentType, Term


class Sex(Term):
    """As the identity number states it (GB 11643: odd order code for men)."""

    MALE = "male", "男"
    FEMALE = "female", "女"


class IdentityNumber(msgspec.Struct, frozen=True, gc=False):
    """A checked document number in its one written form.

    `birth_date` and `sex` are None for documents whose number does not state them. `local` is true for people
    first registered in 耒阳, under any of its four prefixes.
    """

    kind: DocumentType
    number: str
    birth_date: date | None = None
    sex: Sex | None = None
    local: bool = False


# 耒阳县 to 1983, 耒阳县 1983-1986, 耒阳市 1986-1989, 耒阳市 since 1989 (history of GB/T 2260).
LOCAL_PREFIXES: Final = ("432830", "430427", "439003", "430481")

# GB/T 2260 province codes.
_PROVINCES: Final = frozenset(
    f"{code}"
    for codes in (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66))
    for code in codes
) | {"71", "81", "82"}
# 港澳台居民居住证 carries a GB 11643 number that begins with 81 (香港), 82 (澳门) or 83 (台湾).
_HMT_RESIDENCE: Final = frozenset({"81", "82", "83"})
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_WEIGHTED_ZEROS: Final = ord("0") * sum(_WEIGHTS)
_CHECK_CHARACTERS: Final = "10X98765432"
_EIGHTEEN: Final = re.compile(r"[0-9]{17}[0-9X]")
_EARLIEST_BIRTH: Final = date(1850, 1, 1)


def parse(text: object, *, today: date, kind: DocumentType = DocumentType.ID_CARD) -> IdentityNumber:
    """Check a document number as typed: full-width digits, spaces, hyphens and lower case are understood.

    Args:
        today: the day in China; a birth date after it is refused.

    Raises:
        BadInput: WRONG_TYPE for anything but text (a JSON number loses digits), the ID_ reasons for
            18-character numbers, DOCUMENT_FORMAT for the others.
        KeyError: `kind` is not a person's identity document (户口簿, 信用代码).

    Source: GB 11643-1999; GB/T 2260 for the first two digits.
    """
    read = _READERS[kind]
    return read(without_separators(typed(text)).upper(), today)


def is_local_prefix(number: str) -> bool:
    """Whether a number was given out by 耒阳 under one of its four codes since the first registration."""
    return number.startswith(LOCAL_PREFIXES)


def mask(number: str) -> str:
    """A number for screens: `430***********0018`; short numbers keep one character and the last two."""
    if len(number) >= 15:
        return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"
    return f"{number[:1]}{'*' * max(len(number) - 3, 1)}{number[-2:]}"


def check_character(seventeen: str) -> str:
    """The 18th character: ISO 7064 MOD 11-2 over the first seventeen digits (GB 11643-1999)."""
    digits = seventeen.encode("ascii")
    if len(digits) != len(_WEIGHTS):
        raise ValueError("the check character follows seventeen digits")
    return _CHECK_CHARACTERS[(sum(map(mul, _WEIGHTS, digits)) - _WEIGHTED_ZEROS) % 11]


def _resident(number: str, today: date) -> IdentityNumber:
    if len(number) == 15 and number.isdecimal():
        raise BadInput(Problem.ID_OLD_FIFTEEN)
    return _eighteen(number, today, kind=DocumentType.ID_CARD, regions=_PROVINCES)


def _residence_permit(number: str, today: date) -> IdentityNumber:
    return _eighteen(number, today, kind=DocumentType.RESIDENCE_PERMIT_HMT, regions=_HMT_RESIDENCE)


def _eighteen(number: str, today: date, *, kind: DocumentType, regions: frozenset[str]) -> IdentityNumber:
    if len(number) != 18:
        raise BadInput(Problem.ID_LENGTH)
    if not _EIGHTEEN.fullmatch(number):
        raise BadInput(Problem.ID_CHARACTER)
    if number[:2] not in regions:
        raise BadInput(Problem.ID_PROVINCE)
    return IdentityNumber(
        kind=kind,
        number=number,
        birth_date=_birth_date(number, today),
        sex=Sex.MALE if int(number[16]) % 2 else Sex.FEMALE,
        local=is_local_prefix(number),
    )


def _birth_date(number: str, today: date) -> date:
    """Read digits 7 to 14 and the check character; the date first, since its sentence says more."""
    try:
        born = date.fromisoformat(number[6:14])
    except ValueError:
        raise BadInput(Problem.ID_BIRTH_DATE) from None
    if born < _EARLIEST_BIRTH:
        raise BadInput(Problem.ID_BIRTH_DATE)
    if born > today:
        raise BadInput(Problem.ID_FUTURE)
    if check_character(number[:17]) != number[17]:
        raise BadInput(Problem.ID_CHECK)
    return born


def _foreign_resident(number: str, today: date) -> IdentityNumber:
    """The 2023 card has 18 characters beginning with 9; the older one three letters and twelve digits."""
    kind = DocumentType.FOREIGN_RESIDENT
    if len(number) == 18 and number[0] == "9":
        if not _EIGHTEEN.fullmatch(number):
            raise BadInput(Problem.ID_CHARACTER)
        sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
        return IdentityNumber(kind, number, _birth_date(number, today), sex)
    return _by_pattern(kind, r"[A-Z]{3}[0-9]{12}")(number, today)


def _by_pattern(kind: DocumentType, pattern: str) -> Callable[[str, date], IdentityNumber]:
    form = re.compile(pattern)

    def read(number: str, _today: date) -> IdentityNumber:
        if not form.fullmatch(number):
            raise BadInput(Problem.DOCUMENT_FORMAT)
        return IdentityNumber(kind, number)

    return read


_READERS: Final[Mapping[DocumentType, Callable[[str, date], IdentityNumber]]] = {
    DocumentType.ID_CARD: _resident,
    DocumentType.RESIDENCE_PERMIT_HMT: _residence_permit,
    DocumentType.FOREIGN_RESIDENT: _foreign_resident,
    # H (香港) or M (澳门) and eight digits; older cards print two more for the issue number.
    DocumentType.HM_PERMIT: _by_pattern(DocumentType.HM_PERMIT, r"[HM][0-9]{8}(?:[0-9]{2})?"),
    DocumentType.TW_PERMIT: _by_pattern(DocumentType.TW_PERMIT, r"[0-9]{8}|[0-9]{10}[A-Z]?"),
    # Passports of any country: ICAO 9303 has nine characters in the machine-readable line, some print more.
    DocumentType.PASSPORT: _by_pattern(DocumentType.PASSPORT, r"(?=.*[0-9])[A-Z0-9]{5,15}"),
}
DOCUMENT_TYPES: Final = tuple(_READERS)
