"""Reads one bundle part from a stream, never holding more than one frame and one item. Format: `bundle`.

First `read_head`, which proves nothing; then `verify` with the key of whom the header names, over the whole file, before
anything is opened; then `items`.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api_spec import bundle
from api_spec.bundle import FRAME, TAG, BadBundle, BundleHeader, Head

_header = msgspec.json.Decoder(BundleHeader)


@dataclass(frozen=True, slots=True)
class Verified:
    """A part whose every byte is the signer's. `digest` is the SHA-256 of the file."""

    head: Head
    digest: bytes
    size: int


def read_head(file: BinaryIO) -> Head:
    """Everything before the first frame, from where the stream stands.

    Raises:
        BadBundle: no bundle, of a later version, or cut short. Nothing is proved by not raising.
    """
    prelude = _exactly(file, bundle.PRELUDE.size)
    magic, version, length = bundle.PRELUDE.unpack(prelude)
    if magic != bundle.MAGIC:
        raise BadBundle("no bundle")
    if version != bundle.VERSION:
        raise BadBundle("version")
    if length > bundle.HEADER_MAX:
        raise BadBundle("header too long")
    encoded = _exactly(file, length)
    before = prelude + encoded
    counted, wrapped = _counted(file, bundle.WRAPPED_MAX)
    signed = before + counted + wrapped
    counted_signature, signature = _counted(file, bundle.SIGNATURE_LENGTH)
    whole = signed + counted_signature + signature
    return Head(
        header=_read_header(encoded),
        wrapped=wrapped,
        purpose=bundle.wrapping_purpose(before),
        digest=hashlib.sha256(whole).digest(),
        size=len(whole),
        signed=signed,
        signature=signature,
    )


def verify_head(head: Head, signer: bytes) -> None:
    """Check that the header is the signer's, before the rest is even read.

    Args:
        signer: raw Ed25519 public key.

    Raises:
        BadBundle: another's, or changed.
    """
    if head.header.sign_key != bundle.key_id(signer) or head.header.alg != bundle.ALG:
        raise BadBundle("signing key")
    bundle.check_signature(signer, head.signature, bundle.HEAD_SIGNED + head.signed)


def verify(file: BinaryIO, signer: bytes) -> Verified:
    """Check every byte of the file, from its start; nothing is decrypted.

    Raises:
        BadBundle: as `read_head` and `verify_head`; a frame, the end or the signature over all is missing or changed.
    """
    file.seek(0)
    head = read_head(file)
    verify_head(head, signer)
    file.seek(0)
    whole = hashlib.sha256(_exactly(file, head.size))
    frames = hashlib.sha256()
    size = head.size
    last = False
    while not last:
        frame, last = _frame(file)
        frames.update(hashlib.sha256(frame).digest())
        whole.update(frame)
        size += len(frame)
    counted, signature = _counted(file, bundle.SIGNATURE_LENGTH)
    bundle.check_signature(signer, signature, bundle.body_message(head.digest, frames.digest()))
    if file.read(1):
        raise BadBundle("something behind the end")
    whole.update(counted + signature)
    return Verified(head, whole.digest(), size + len(counted) + len(signature))


def items(file: BinaryIO, private: X25519PrivateKey) -> Iterator[tuple[int, bytes]]:
    """What stands in a verified part, in order: `bundle.Item` or a number of a later version, and its body.

    Raises:
        BadBundle: wrapped for another, or put together wrongly by its signer; what came before is good.
    """
    file.seek(0)
    head = read_head(file)
    cipher = AESGCM(bundle.unwrap(head, private))
    rest = bytearray()
    for plain in _plain_frames(file, cipher):
        rest += plain
        while len(rest) >= bundle.ITEM_HEAD.size:
            kind, length = bundle.ITEM_HEAD.unpack_from(rest)
            if length > bundle.ITEM_MAX:
                raise BadBundle("item too long")
            end = bundle.ITEM_HEAD.size + length
            if len(rest) < end:
                break
            yield kind, bytes(rest[bundle.ITEM_HEAD.size : end])
            del rest[:end]
    if rest:
        raise BadBundle("item cut short")


def _plain_frames(file: BinaryIO, cipher: AESGCM) -> Iterator[bytes]:
    number, last = 0, False
    while not last:
        frame, last = _frame(file)
        head, sealed = frame[: bundle.FRAME_HEAD.size], frame[bundle.FRAME_HEAD.size :]
        try:
            yield cipher.decrypt(bundle.nonce(number), sealed, head)
        except InvalidTag:
            raise BadBundle("frame") from None
        number += 1


def _frame(file: BinaryIO) -> tuple[bytes, bool]:
    """The next frame with its head, and whether it says it is the last."""
    head = _exactly(file, bundle.FRAME_HEAD.size)
    (word,) = bundle.FRAME_HEAD.unpack(head)
    last, length = bool(word & bundle.LAST), word & ~bundle.LAST
    if not TAG <= length <= FRAME + TAG or (not last and length != FRAME + TAG):
        raise BadBundle("frame length")
    return head + _exactly(file, length), last


def _counted(file: BinaryIO, most: int) -> tuple[bytes, bytes]:
    """Two bytes of length, and as many bytes as they say."""
    counted = _exactly(file, bundle.LENGTH.size)
    (length,) = bundle.LENGTH.unpack(counted)
    if length > most:
        raise BadBundle("length")
    return counted, _exactly(file, length)


def _exactly(file: BinaryIO, length: int) -> bytes:
    """Raises BadBundle: cut short."""
    data = file.read(length)
    while 0 < len(data) < length:
        more = file.read(length - len(data))
        if not more:
            break
        data += more
    if len(data) != length:
        raise BadBundle("cut short")
    return data


def _read_header(encoded: bytes) -> BundleHeader:
    try:
        return _header.decode(encoded)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise BadBundle("header") from None
