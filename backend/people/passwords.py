"""Passwords of staff: which are good enough, how they are hashed, how a first one is made. Knows no account."""

import asyncio
from collections.abc import Callable
from typing import Final

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from api_spec.errors import ErrorCode
from api_spec.passwords import find_weakness
from backend.faults import Fault, Wrong

SHORTEST: Final = 10
LONGEST: Final = 128
# Read aloud and typed from a slip of paper: no 0/O, 1/l/I.
_FIRST_ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"
_FIRST_LENGTH: Final = 12


def check(password: str, login_name: str, *, field: str = "new_password") -> None:
    """Refuse a password that somebody else would think of.

    Length counts, not a mix of kinds: forced mixes give `Abc12345!`.

    Raises:
        Fault: PASSWORD_WEAK, with the reason by field.
    """
    reason = _reason(password, login_name)
    if reason is not None:
        code, sentence = reason
        raise Fault(ErrorCode.PASSWORD_WEAK, wrong=[Wrong(field, code, sentence)])


def check_changed(current: str, new: str, *, field: str = "new_password") -> None:
    """Raises Fault(PASSWORD_WEAK): the new password is the old one."""
    if current == new:
        raise Fault(
            ErrorCode.PASSWORD_WEAK,
            wrong=[Wrong(field, "unchanged", "新密码不能和现在的密码一样，请换一个。")],
        )


def _reason(password: str, login_name: str) -> tuple[str, str] | None:
    if len(password) < SHORTEST:
        return "too_short", f"密码至少要 {SHORTEST} 个字符，可以用一句自己记得住的话。"
    if len(password) > LONGEST:
        return "too_long", f"密码最多 {LONGEST} 个字符。"
    easy = find_weakness(password, login_name)
    return (easy.code, easy.sentence) if easy else None


def first_password(random: Callable[[int], bytes]) -> str:
    """Twelve easily read characters (59 bits) for a person's first sign-in."""
    letters: list[str] = []
    usable = 256 - 256 % len(_FIRST_ALPHABET)
    while len(letters) < _FIRST_LENGTH:
        letters += [_FIRST_ALPHABET[byte % len(_FIRST_ALPHABET)] for byte in random(16) if byte < usable]
    return "".join(letters[:_FIRST_LENGTH])


class Hashing:
    """Argon2id in threads, a few at a time.

    Each hash takes tens of milliseconds and tens of MiB on purpose: in the event loop it would stop everybody,
    and unbounded in threads a burst of wrong passwords would fill the memory.

    Args:
        hasher: with the cost parameters of the deployment; tests pass cheap ones.
        at_once: how many hashes are computed at the same time.
    """

    def __init__(self, hasher: argon2.PasswordHasher | None = None, *, at_once: int = 2) -> None:
        self._hasher = hasher or argon2.PasswordHasher()
        self._turns = asyncio.Semaphore(at_once)
        self._nobody = self._hasher.hash("a password of nobody")

    async def hash(self, password: str) -> str:
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, password: str, stored: str | None) -> bool:
        """Whether the password is right; None (no such account) takes as long and is never right."""
        async with self._turns:
            right = await asyncio.to_thread(self._verify, password, stored or self._nobody)
        return right and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made with other cost parameters and should be made anew."""
        return self._hasher.check_needs_rehash(stored)

    def _verify(self, password: str, stored: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False
