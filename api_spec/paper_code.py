"""A secret of 128 bits as somebody copies it from paper: 26 symbols that cannot be misread and 2 that find a slip.

The check symbols are the first 10 bits of a SHA-256 over purpose and secret, so that a code for one purpose is not
taken for a mistyped one of another. It knows no meaning of a code.
"""

from hashlib import sha256
from typing import Final

from api_spec.problems import BadInput, Problem
from api_spec.text import typed, without_separators
from api_spec.tracking_code import ALPHABET

SECRET_BYTES: Final = 16
LENGTH: Final = 28
_GROUP: Final = 4
_CHECK_BITS: Final = 10
_VALUE: Final = {symbol: value for value, symbol in enumerate(ALPHABET)}
_CONFUSABLE: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})


def write(secret: bytes, *, purpose: str) -> str:
    """In seven groups of four.

    Raises:
        ValueError: not 16 bytes.
    """
    if len(secret) != SECRET_BYTES:
        raise ValueError("a secret on paper has 16 bytes")
    whole = int.from_bytes(secret) << _CHECK_BITS | _check(secret, purpose)
    text = "".join(ALPHABET[whole >> shift & 31] for shift in range(5 * (LENGTH - 1), -1, -5))
    return "-".join(text[start : start + _GROUP] for start in range(0, LENGTH, _GROUP))


def read(text: object, *, purpose: str) -> bytes:
    """The secret, as typed or scanned: lower case, full-width forms, spaces and hyphens are understood.

    Raises:
        BadInput: WRONG_TYPE, CODE_LENGTH, CODE_SYMBOL, CODE_CHECK (a typing slip).
    """
    code = without_separators(typed(text)).upper().translate(_CONFUSABLE)
    if len(code) != LENGTH:
        raise BadInput(Problem.CODE_LENGTH)
    whole = 0
    for symbol in code:
        if symbol not in _VALUE:
            raise BadInput(Problem.CODE_SYMBOL)
        whole = whole << 5 | _VALUE[symbol]
    value = whole >> _CHECK_BITS
    if value >> 8 * SECRET_BYTES:
        raise BadInput(Problem.CODE_CHECK)
    secret = value.to_bytes(SECRET_BYTES)
    if _check(secret, purpose) != whole & (1 << _CHECK_BITS) - 1:
        raise BadInput(Problem.CODE_CHECK)
    return secret


def _check(secret: bytes, purpose: str) -> int:
    digest = sha256(f"bmt-paper-code/1 {purpose}\n".encode() + secret).digest()
    return int.from_bytes(digest[:2]) >> 16 - _CHECK_BITS
