"""The node's secrets: two private keys made here that never leave, and the receipt key given at enrolment.

The only module that knows how they lie on disk (files of 32 bytes, readable by their owner alone). It does not know
what they are used for.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

_LENGTH: Final = 32


class BadKey(RuntimeError):
    """A key file is damaged. The node must be enrolled again; its cases are untouched."""


@dataclass(frozen=True, slots=True)
class NodeKeys:
    """`signing` proves who sends, `sealing` opens what the township encrypts to this node."""

    signing: Ed25519PrivateKey
    sealing: X25519PrivateKey

    @property
    def signing_public(self) -> bytes:
        return self.signing.public_key().public_bytes_raw()

    @property
    def sealing_public(self) -> bytes:
        return self.sealing.public_key().public_bytes_raw()


class KeyFolder:
    """Reads and writes the secrets under one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def own_keys(self) -> NodeKeys:
        """The node's keys, made on first use.

        Raises:
            BadKey: a file has the wrong length.
        """
        return NodeKeys(
            Ed25519PrivateKey.from_private_bytes(
                self._read_or_make("signing.key", lambda: Ed25519PrivateKey.generate().private_bytes_raw())
            ),
            X25519PrivateKey.from_private_bytes(
                self._read_or_make("sealing.key", lambda: X25519PrivateKey.generate().private_bytes_raw())
            ),
        )

    def receipt_key(self) -> bytes:
        """The key that makes tracking codes genuine.

        Raises:
            BadKey: not enrolled yet, or damaged.
        """
        return self._read("receipt.key")

    def keep_receipt_key(self, key: bytes) -> None:
        self._write("receipt.key", key)

    def _read_or_make(self, name: str, make: Callable[[], bytes]) -> bytes:
        if not (self._folder / name).exists():
            self._write(name, make())
        return self._read(name)

    def _read(self, name: str) -> bytes:
        try:
            secret = (self._folder / name).read_bytes()
        except FileNotFoundError:
            raise BadKey(f"缺少密钥文件 {name}，请重新登记本服务点。") from None
        if len(secret) != _LENGTH:
            raise BadKey(f"密钥文件 {name} 已损坏，请重新登记本服务点。")
        return secret

    def _write(self, name: str, secret: bytes) -> None:
        """Whole or not at all, also when the power goes."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        coming = self._folder / f"{name}.new"
        handle = os.open(coming, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(handle, secret)
            os.fsync(handle)
        finally:
            os.close(handle)
        coming.replace(self._folder / name)
