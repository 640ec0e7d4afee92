"""A message that only one recipient can open: HPKE (RFC 9180; X25519, HKDF-SHA-256, AES-256-GCM, single shot).

It knows keys and bytes. Who sent it is not proved by it; that is the signature's business around it.
"""

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class NotForUs(Exception):
    """Sealed to another key or for another purpose, or changed on the way."""


def seal(message: bytes, *, to: bytes, purpose: str) -> bytes:
    """Args: to, the recipient's raw public key; purpose, bound to the message."""
    return _SUITE.encrypt(message, X25519PublicKey.from_public_bytes(to), _info(purpose))


def open_letter(sealed: bytes, *, key: X25519PrivateKey, purpose: str) -> bytes:
    """Raises NotForUs."""
    try:
        return _SUITE.decrypt(sealed, key, _info(purpose))
    except (InvalidTag, ValueError):
        raise NotForUs from None


def _info(purpose: str) -> bytes:
    return f"bmt-letter/1 {purpose}\n".encode()
