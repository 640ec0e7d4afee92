"""Personal data at rest: sealed fields and blind indexes. Knows keys and bytes, nothing of tables.

AES-256-GCM by default; SM4-GCM by setting, for systems assessed under 商用密码 rules. A sealed value is
`suite byte ‖ key id byte ‖ 12-byte nonce ‖ ciphertext with tag`, so values sealed under an older key or suite
stay readable after a change of setting. `context` binds a value to where it is stored: bytes moved to another
row do not open.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.chance import chance

AES_256_GCM = 1
SM4_GCM = 2
SUITES = {"aes-256-gcm": AES_256_GCM, "sm4-gcm": SM4_GCM}
NONCE_BYTES = 12
TAG_BYTES = 16
HEADER_BYTES = 2


class SealBroken(Exception):
    """The bytes were altered, moved to another row, or sealed under a key this process does not hold."""


class Vault:
    """Seals and opens personal fields.

    Args:
        keys: master keys of 32 bytes by id 0…255; the highest id seals, all open.
        suite: one of `SUITES`.
        random: source of nonces.
    """

    def __init__(
        self,
        keys: Mapping[int, bytes],
        *,
        suite: str = "aes-256-gcm",
        random: Callable[[int], bytes] = chance.take,
    ) -> None:
        if not keys or any(len(key) != 32 for key in keys.values()):
            raise ValueError("every vault key must have 32 bytes")
        self._suite = SUITES[suite]
        self._random = random
        self._current = max(keys)
        self._aes = {key_id: AESGCM(_derive(key, b"aes")) for key_id, key in keys.items()}
        self._sm4 = {key_id: _derive(key, b"sm4")[:16] for key_id, key in keys.items()}
        self._index_key = _derive(keys[min(keys)], b"index")
        self._index = hmac.new(self._index_key, digestmod="sha256")

    def seal(self, plain: bytes, *, context: str) -> bytes:
        nonce = self._random(NONCE_BYTES)
        header = bytes((self._suite, self._current))
        if self._suite == AES_256_GCM:
            return header + nonce + self._aes[self._current].encrypt(nonce, plain, context.encode())
        return header + nonce + self._sm4_encrypt(nonce, plain, context=context)

    def open(self, sealed: bytes, *, context: str) -> bytes:
        """Raises SealBroken."""
        if len(sealed) < HEADER_BYTES + NONCE_BYTES + TAG_BYTES:
            raise SealBroken
        suite, key_id = sealed[0], sealed[1]
        nonce = sealed[HEADER_BYTES : HEADER_BYTES + NONCE_BYTES]
        body = sealed[HEADER_BYTES + NONCE_BYTES :]
        try:
            if suite == AES_256_GCM:
                return self._aes[key_id].decrypt(nonce, body, context.encode())
            return self._sm4_decrypt(key_id, nonce, body, context=context)
        except (InvalidTag, KeyError) as broken:
            raise SealBroken from broken

    def seal_json(self, value: Any, *, context: str) -> bytes:
        return self.seal(msgspec.json.encode(value), context=context)

    def open_json(self, sealed: bytes, *, context: str) -> Any:
        """Raises SealBroken."""
        return msgspec.json.decode(self.open(sealed, context=context))

    def blind_index(self, kind: str, value: str) -> str:
        """A keyed fingerprint to search by: 32 hex characters; equal values of one `kind` give equal text."""
        # Not hmac.digest: it lets go of the interpreter lock, and getting it back takes ten times as long.
        index = self._index.copy()
        index.update(f"{kind}\0{value}".encode())
        return index.hexdigest()[:32]

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key for another purpose, so that one master key is all a deployment must keep."""
        return _derive(self._index_key, purpose.encode())

    def _sm4_encrypt(self, nonce: bytes, plain: bytes, *, context: str) -> bytes:
        cipher = Cipher(algorithms.SM4(self._sm4[self._current]), modes.GCM(nonce)).encryptor()
        cipher.authenticate_additional_data(context.encode())
        return cipher.update(plain) + cipher.finalize() + cipher.tag

    def _sm4_decrypt(self, key_id: int, nonce: bytes, body: bytes, *, context: str) -> bytes:
        cipher = Cipher(
            algorithms.SM4(self._sm4[key_id]), modes.GCM(nonce, tag=body[-TAG_BYTES:])
        ).decryptor()
        cipher.authenticate_additional_data(context.encode())
        return cipher.update(body[:-TAG_BYTES]) + cipher.finalize()


def _derive(key: bytes, purpose: bytes) -> bytes:
    return hmac.new(key, b"bianmintong/1/" + purpose, hashlib.sha256).digest()
