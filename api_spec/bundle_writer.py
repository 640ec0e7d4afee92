"""Writes one bundle part to a stream, never holding more than one frame and one item. Format: `bundle`."""

import hashlib
from typing import BinaryIO, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api_spec import bundle
from api_spec.bundle import FRAME, TAG, BundleHeader, Item

OVERHEAD: Final = bundle.HEAD_MAX + bundle.LENGTH.size + bundle.SIGNATURE_LENGTH
_PER_FRAME: Final = bundle.FRAME_HEAD.size + TAG


class BundleWriter:
    """Give it items, then `finish`. `size` and `digest` (SHA-256) are those of the whole file."""

    def __init__(
        self,
        out: BinaryIO,
        header: BundleHeader,
        *,
        recipient: bytes,
        key: Ed25519PrivateKey,
        file_key: bytes,
    ) -> None:
        """Write everything before the first frame.

        Args:
            recipient: raw X25519 public key.
            file_key: 32 random bytes, used for this file alone.

        Raises:
            ValueError: the recipient's key is none.
            OSError: the disk is full or gone, here and in the methods.
        """
        self._out = out
        self._key = key
        self._cipher = AESGCM(file_key)
        self._whole = hashlib.sha256()
        self._frames = hashlib.sha256()
        self._frame = 0
        self._plain = bytearray()
        self.size = 0
        encoded = bundle.encode_header(header)
        head = bundle.PRELUDE.pack(bundle.MAGIC, bundle.VERSION, len(encoded)) + encoded
        wrapped = bundle.wrap(file_key, recipient, before=head)
        head += bundle.LENGTH.pack(len(wrapped)) + wrapped
        head += self._sign(bundle.HEAD_SIGNED + head)
        self._head_digest = hashlib.sha256(head).digest()
        self._write(head)

    @property
    def digest(self) -> bytes:
        return self._whole.digest()

    def add(self, kind: Item, body: bytes) -> None:
        """Raises ValueError: the body is longer than any reader takes."""
        if len(body) > bundle.ITEM_MAX:
            raise ValueError("item too long")
        self._plain += bundle.ITEM_HEAD.pack(kind, len(body))
        self._plain += body
        while len(self._plain) > FRAME:
            self._seal(bytes(self._plain[:FRAME]), last=False)
            del self._plain[:FRAME]

    def finish(self) -> None:
        """The last frame and the signature over all."""
        self._seal(bytes(self._plain), last=True)
        self._write(self._sign(bundle.body_message(self._head_digest, self._frames.digest())))

    def _seal(self, plain: bytes, *, last: bool) -> None:
        head = bundle.FRAME_HEAD.pack(len(plain) + TAG | (bundle.LAST if last else 0))
        frame = head + self._cipher.encrypt(bundle.nonce(self._frame), plain, head)
        self._frame += 1
        self._frames.update(hashlib.sha256(frame).digest())
        self._write(frame)

    def _sign(self, message: bytes) -> bytes:
        signature = self._key.sign(message)
        return bundle.LENGTH.pack(len(signature)) + signature

    def _write(self, data: bytes) -> None:
        self._out.write(data)
        self._whole.update(data)
        self.size += len(data)


def item_size(body: int) -> int:
    """Bytes an item of `body` bytes takes at most, its share of frames included."""
    plain = bundle.ITEM_HEAD.size + body
    return plain + _PER_FRAME * (1 + plain // FRAME)
