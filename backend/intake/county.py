"""The county's keys and the nonces of sync/1: all derived from the vault's master key, so that a township restored from
any backup still holds them. Pure: bytes and a clock in, bytes out.

A nonce is the number of a ten-minute span of the township's clock with a keyed tag; this and the span before are
accepted. Nothing is stored for it, so the idle check writes nothing; what it guards against is an old recorded pull, and
pushes may be repeated anyway.
"""

import hmac
from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from backend.vault import Vault

NONCE_SPAN: Final = timedelta(minutes=10)
_TAG_LENGTH: Final = 22


class County:
    """Keys of this deployment."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._nonces = vault.derive("sync/nonce")
        self.signing: Final = Ed25519PrivateKey.from_private_bytes(vault.derive("sync/county"))
        self.public_key: Final = self.signing.public_key().public_bytes_raw()

    def seal_key(self, tenant_id: str) -> bytes:
        """The township's public X25519 key, for bundles on a stick."""
        return self.opening_key(tenant_id).public_key().public_bytes_raw()

    def opening_key(self, tenant_id: str) -> X25519PrivateKey:
        """The private part of `seal_key`."""
        return X25519PrivateKey.from_private_bytes(self._vault.derive(f"sync/seal/{tenant_id}"))

    def receipt_key(self, node: int) -> bytes:
        """The key of one node's tracking codes; no other node can make them."""
        return self._vault.derive(f"sync/receipt/{node}")

    def nonce(self, at: datetime) -> str:
        return self._nonce(_span(at))

    def is_fresh(self, nonce: str, at: datetime) -> bool:
        span = _span(at)
        given = nonce.encode("ascii", "replace")
        return any(hmac.compare_digest(given, self._nonce(each).encode()) for each in (span, span - 1))

    def _nonce(self, span: int) -> str:
        tag = hmac.digest(self._nonces, str(span).encode(), "sha256").hex()
        return f"{span:x}.{tag[:_TAG_LENGTH]}"


def _span(at: datetime) -> int:
    return int(at.timestamp() // NONCE_SPAN.total_seconds())
