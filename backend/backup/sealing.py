"""The vault key inside a backup: sealed under a passphrase only people know. Knows bytes, no files and no settings.

Without it a backup on a stolen disk would open itself; without the key a backup opens for nobody. scrypt makes guessing
the passphrase slow (32 MiB and some 0.1 s a try).
"""

import hmac
import os
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

_COST: Final = 2**15
_MARK: Final = b"bianmintong/1/backup key mark"


class _Sealed(msgspec.Struct, frozen=True, kw_only=True):
    kdf: str
    cost: int
    salt: bytes
    nonce: bytes
    body: bytes


class WrongPassphrase(ValueError):
    """The sealed key does not open with it, or was altered."""


def key_mark(key: bytes) -> str:
    """Sixteen characters by which a key is recognised."""
    return hmac.digest(key, _MARK, "sha256").hex()[:16]


def seal_key(key: bytes, passphrase: str) -> bytes:
    salt, nonce = os.urandom(16), os.urandom(12)
    body = AESGCM(_stretched(passphrase, salt, _COST)).encrypt(nonce, key, _MARK)
    return msgspec.json.encode(_Sealed(kdf="scrypt", cost=_COST, salt=salt, nonce=nonce, body=body))


def open_key(sealed: bytes, passphrase: str) -> bytes:
    """Raises WrongPassphrase."""
    try:
        found = msgspec.json.decode(sealed, type=_Sealed)
        if found.kdf != "scrypt" or found.cost != _COST:
            raise WrongPassphrase
        return AESGCM(_stretched(passphrase, found.salt, found.cost)).decrypt(found.nonce, found.body, _MARK)
    except (msgspec.MsgspecError, InvalidTag, ValueError) as wrong:
        raise WrongPassphrase from wrong


def _stretched(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(passphrase.encode())
