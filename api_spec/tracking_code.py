"""The tracking code printed on every slip: who made it, that it is genuine, and nothing about the person.

20 Crockford base32 symbols, most significant first:

    version 4 bits | node 20 | random 44 | tag 27 | check symbol 5

- Random, not a counter: a restored or cloned village PC must not print one code for two people.
- The tag is a truncated HMAC-SHA-256 under the node's receipt key, so the township can say of a typed code
  "genuine, taken at <village>, not yet received here" before the case has arrived, and a guessed code is
  refused with odds of 1 in 2^27 before any table is read.
- The check symbol finds typing slips without a key: a sum over GF(32) with 20 different weights, so every
  wrong symbol and every exchange of two symbols is found.
"""

import hmac
from functools import lru_cache
from typing import Final

import msgspec

from api_spec.keyed_hash import KeyedHash
from api_spec.problems import BadInput, Problem
from api_spec.text import typed, without_separators

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 20
VERSION: Final = 1
TOWNSHIP_NODE: Final = 0
NODE_BITS: Final = 20
RANDOM_BITS: Final = 44
TAG_BITS: Final = 27

_PAIRS: Final = tuple(left + right for left in ALPHABET for right in ALPHABET)
_PAIR_MASK: Final = 0b11111_11111
_PAIR_SHIFTS: Final = range(5 * (LENGTH - 2), -1, -10)
_VALUE: Final = {symbol: value for value, symbol in enumerate(ALPHABET)}
# As Python's int() writes base 32; "!" is no digit in any base.
_AS_DIGITS: Final = bytes(
    b"0123456789abcdefghijklmnopqrstuv"[_VALUE[chr(byte)]] if chr(byte) in _VALUE else ord("!")
    for byte in range(256)
)
_CONFUSABLE: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
_TAG_PURPOSE: Final = b"tracking-code/1:"
_LINK: Final = "/c/"


class TrackingCode(msgspec.Struct, frozen=True, gc=False):
    """A well-formed code. Well-formed is not genuine: ask `verify`."""

    text: str
    version: int
    node: int
    random: int
    tag: int

    @property
    def display(self) -> str:
        """In groups of four, as printed for reading aloud."""
        return display(self.text)


def mint(node: int, random44: int, *, key: bytes) -> TrackingCode:
    """Make a code.

    Args:
        node: the node's number given at enrolment; 0 is the township itself.
        random44: 44 bits from the operating system's random source (`secrets.randbits(44)`).
        key: the node's receipt key, 32 bytes.

    Raises:
        ValueError: a number out of range or a short key.
    """
    if not 0 <= node < 1 << NODE_BITS or not 0 <= random44 < 1 << RANDOM_BITS:
        raise ValueError("node or random part out of range")
    head = (VERSION << NODE_BITS | node) << RANDOM_BITS | random44
    tag = _tag(head, key)
    # Two symbols at a time; the last one, 0 so far, is the check symbol's place.
    body = head << TAG_BITS | tag
    whole = body << 5 | _check_symbol(body)
    text = "".join([_PAIRS[whole >> shift & _PAIR_MASK] for shift in _PAIR_SHIFTS])
    return TrackingCode(text, VERSION, node, random44, tag)


def parse(text: object) -> TrackingCode:
    """Read a code as typed, spoken or scanned.

    Lower case, full-width forms, spaces, hyphens and a whole link `https://<host>/c/<code>` are understood;
    the letters O, I and L, which the alphabet lacks, are read as 0, 1 and 1.

    Raises:
        BadInput: WRONG_TYPE, CODE_LENGTH, CODE_SYMBOL, CODE_CHECK (a typing slip), CODE_VERSION.
    """
    written = typed(text)
    if len(written) > 300:
        raise BadInput(Problem.CODE_LENGTH)
    code = without_separators(written.rpartition(_LINK)[2]).upper().translate(_CONFUSABLE)
    if len(code) != LENGTH:
        raise BadInput(Problem.CODE_LENGTH)
    try:
        whole = int(code.encode("ascii", "replace").translate(_AS_DIGITS), 32)
    except ValueError:
        raise BadInput(Problem.CODE_SYMBOL) from None
    body = whole >> 5
    if _check_symbol(body) != whole & 31:
        raise BadInput(Problem.CODE_CHECK)
    version = body >> NODE_BITS + RANDOM_BITS + TAG_BITS
    if version != VERSION:
        raise BadInput(Problem.CODE_VERSION)
    return TrackingCode(
        text=code,
        version=version,
        node=body >> RANDOM_BITS + TAG_BITS & (1 << NODE_BITS) - 1,
        random=body >> TAG_BITS & (1 << RANDOM_BITS) - 1,
        tag=body & (1 << TAG_BITS) - 1,
    )


def verify(code: TrackingCode, key: bytes) -> bool:
    """Whether the node that holds `key` made this code."""
    head = (code.version << NODE_BITS | code.node) << RANDOM_BITS | code.random
    return hmac.compare_digest(_tag(head, key).to_bytes(4), code.tag.to_bytes(4))


def display(text: str) -> str:
    """A code's 20 symbols in groups of four: `04JK-0000-…`."""
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def pack(text: str) -> bytes:
    """A code's 20 symbols as 13 bytes, for codes that must be small."""
    value = 0
    for symbol in text:
        value = value << 5 | _VALUE[symbol]
    return value.to_bytes(13)


def unpack(packed: bytes) -> str:
    """The 20 symbols `pack` was given; whether they are a code, `parse` tells."""
    value = int.from_bytes(packed)
    return "".join(ALPHABET[value >> shift & 31] for shift in range(5 * (LENGTH - 1), -1, -5))


def _tag(head: int, key: bytes) -> int:
    if len(key) < 32:
        raise ValueError("a receipt key has 32 bytes")
    digest = _keyed(key).digest(_TAG_PURPOSE + head.to_bytes(9))
    return int.from_bytes(digest[:4]) >> 32 - TAG_BITS


def _powers_of_two() -> tuple[int, ...]:
    """2^1 … 2^19 in GF(32) modulo x^5 + x^2 + 1: all different, none 1 (the check symbol's own weight)."""
    powers, power = [], 1
    for _ in range(LENGTH - 1):
        power = _double(power)
        powers.append(power)
    return tuple(powers)


def _double(value: int) -> int:
    return value << 1 ^ (0b100101 if value & 16 else 0)


def _times(left: int, right: int) -> int:
    product = 0
    while right:
        if right & 1:
            product ^= left
        left, right = _double(left), right >> 1
    return product


_WEIGHTED: Final = tuple(tuple(_times(weight, value) for value in range(32)) for weight in _powers_of_two())
_WEIGHTED_PAIRS: Final = tuple(
    tuple(left ^ right for left in first for right in second)
    for first, second in zip(_WEIGHTED[::2], (*_WEIGHTED[1::2], (0,) * 32), strict=True)
)
_SHIFTED_PAIRS: Final = tuple(zip(_WEIGHTED_PAIRS, _PAIR_SHIFTS, strict=True))


def _check_symbol(body: int) -> int:
    """Over the 19 symbols before it, two at a time."""
    whole, total = body << 5, 0
    for weighted, shift in _SHIFTED_PAIRS:
        total ^= weighted[whole >> shift & _PAIR_MASK]
    return total


_keyed = lru_cache(1024)(KeyedHash)
