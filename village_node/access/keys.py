"""The node's secrets: the data key everything here is sealed under, two private keys that never leave, the receipt key.

The only module that knows how they lie on disk: sealed, readable by their owner alone. It does not know what they are
used for, nor who may open them (`cabinet`).
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from village_node.storage import whole_files

KEY_LENGTH: Final = 32
NAMES: Final = ("signing.key", "sealing.key", "receipt.key")
_NEXT_SIGNING: Final = "signing.next"
_NEXT_RECEIPT: Final = "receipt.next"
_NONCE: Final = 12
_MAGIC: Final = b"bmt-key/1\n"


class BadKey(RuntimeError):
    """A key file is damaged. The node must be enrolled again; its cases are untouched."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """32 random bytes, made once on this computer; it lies on disk only inside the cabinet.

    What is sealed is never sealed under it but under a key of its own purpose (HKDF-SHA-256, RFC 5869).
    """

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_LENGTH:
            raise ValueError("a data key has 32 bytes")

    @classmethod
    def fresh(cls) -> Self:
        return cls(secrets.token_bytes(KEY_LENGTH))

    @property
    def file_key(self) -> bytes:
        """For the database file."""
        return derive(self.secret, "node-file")

    @property
    def photo_key(self) -> bytes:
        """For photos waiting in their folder."""
        return derive(self.secret, "photos")

    @property
    def folder_key(self) -> bytes:
        """For the key folder."""
        return derive(self.secret, "key-folder")


def derive(secret: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose."""
    return HKDF(
        algorithm=SHA256(), length=KEY_LENGTH, salt=None, info=f"bmt-node/1 {purpose}".encode()
    ).derive(secret)


def seal(key: bytes, plain: bytes, *, purpose: str) -> bytes:
    """Nonce and AES-256-GCM ciphertext, bound to its purpose."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, purpose.encode())


def find_sealed(key: bytes, sealed: bytes, *, purpose: str) -> bytes | None:
    """What was sealed; None: another key, another purpose, or damaged."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
    except (InvalidTag, ValueError):
        return None


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
    """Reads and writes the secrets under one folder, each sealed under the data key."""

    def __init__(self, folder: Path, key: DataKey) -> None:
        self._folder = folder
        self._key = key.folder_key

    def own_keys(self) -> NodeKeys:
        """The node's keys, made on first use.

        Raises:
            BadKey: a file was changed, or belongs to another data folder.
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

    def next_signing(self) -> Ed25519PrivateKey:
        """The key that will sign once the township has certified it; made on first use.

        Raises:
            BadKey
        """
        made = self._read_or_make(_NEXT_SIGNING, lambda: Ed25519PrivateKey.generate().private_bytes_raw())
        return Ed25519PrivateKey.from_private_bytes(made)

    def find_next_signing(self) -> Ed25519PrivateKey | None:
        """Raises BadKey."""
        return self.next_signing() if (self._folder / _NEXT_SIGNING).exists() else None

    def keep_next_receipt_key(self, key: bytes) -> None:
        """For a computer that is enrolled anew: the key of its next number."""
        self._write(_NEXT_RECEIPT, key)

    def take_next(self) -> None:
        """The next keys are the ones in use from now on. Safe to repeat after a power cut.

        Raises:
            BadKey
        """
        for coming, name in ((_NEXT_RECEIPT, "receipt.key"), (_NEXT_SIGNING, "signing.key")):
            if (self._folder / coming).exists():
                self._write(name, self._read(coming))
                (self._folder / coming).unlink()

    def seal_plain(self) -> None:
        """Seal what version 0.1.0 left lying plain. Safe to repeat after a power cut."""
        for name in NAMES:
            path = self._folder / name
            if path.exists() and path.stat().st_size == KEY_LENGTH:
                whole_files.set_aside(path)
                self._write(name, path.read_bytes())
            whole_files.wipe(whole_files.plain_name(path))

    def _read_or_make(self, name: str, make: Callable[[], bytes]) -> bytes:
        if not (self._folder / name).exists():
            self._write(name, make())
        return self._read(name)

    def _read(self, name: str) -> bytes:
        try:
            stored = (self._folder / name).read_bytes()
        except FileNotFoundError:
            raise BadKey(f"缺少密钥文件 {name}，请重新登记本服务点。") from None
        secret = find_sealed(self._key, stored.removeprefix(_MAGIC), purpose=name)
        if not stored.startswith(_MAGIC) or secret is None or len(secret) != KEY_LENGTH:
            raise BadKey(f"密钥文件 {name} 已损坏，请重新登记本服务点。")
        return secret

    def _write(self, name: str, secret: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        whole_files.replace(self._folder / name, _MAGIC + seal(self._key, secret, purpose=name))
