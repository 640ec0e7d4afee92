"""The bundle (U 盘数据包): what a village and its township say to each other, on a stick instead of over a line.

This file holds the format; `bundle_writer` and `bundle_reader` write and read it as streams. All three know bytes
and keys, and neither folder nor database: a name inside a bundle is never a path, because there is no name inside.

A file `*.gtb` is one part; each part is whole by itself, may come in any order, twice, or never (sync/1, 2.10).
Numbers are big-endian, `sig` is 2 bytes of length (64) and an Ed25519 signature.

    offset   size   what
    0        8      89 47 54 42 0D 0A 1A 0A: not text, and spoilt at once by what takes it for text
    8        2      version of this format: 1
    10       4      h, length of the header, at most 65,536
    14       h      `BundleHeader` as JSON: numbers, hashes and key ids, no personal data
    14+h     2+w    length and the file key, wrapped by HPKE (RFC 9180: X25519, HKDF-SHA-256, AES-256-GCM, single
                    shot) to the recipient, as `sealed_letter` does it; its purpose is "bundle " and the SHA-256 of
                    everything before in hexadecimal; w is 80
    …        66     sig over HEAD_SIGNED ‖ everything before: a stranger is told so before he may send the rest
    …        4+n    a frame: bit 31 set on the last one, the other bits n; then n bytes of AES-256-GCM under the
                    file key, nonce = 00 00 00 00 ‖ frame number from 0 as 8 bytes, the 4 bytes before as associated data
    …               more frames; each but the last holds exactly 1 MiB of plain bytes, the last one 0 to 1 MiB
    …        66     sig over SIGNED ‖ SHA-256 of everything before the first frame ‖ SHA-256 of all frame digests
                    in order, a frame digest being SHA-256 of its 4 + n bytes
    end             nothing may follow

The plain bytes of all frames together are items: 1 byte `Item`, 4 bytes length, body (at most `ITEM_MAX`).

    push      a body of POST /sync/1/exchange as it would go over the line, zstd
    photo     a part of a photo, as `Piece` packs it; its name is the SHA-256 of the whole
    answer    `Reply` as JSON, zstd: an answer with the feed position it answers
    manifest  a `CatalogueManifest` as JSON, signed by the county
    pack      a part of the catalogue pack, as `Piece` packs it

A township refuses items it does not know, a node passes over them (a township is brought up to date first).
"""

import hashlib
import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated, Final, Literal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from msgspec import Meta

from api_spec import sealed_letter
from api_spec.sealed_letter import NotForUs
from api_spec.sync import Count, Epoch, ExchangeAnswer, Hash, PullAsk, Tell, Word

SUFFIX: Final = ".gtb"
MEDIA: Final = "application/octet-stream"
MAGIC: Final = b"\x89GTB\r\n\x1a\n"
VERSION: Final = 1
ALG: Final = "hpke-x25519-sha256-aes256gcm/ed25519"
HEAD_SIGNED: Final = b"bmt-bundle-head/1\n"
SIGNED: Final = b"bmt-bundle/1\n"

HEADER_MAX: Final = 64 * 1024
WRAPPED_MAX: Final = 1024
SIGNATURE_LENGTH: Final = 64
FRAME: Final = 1024 * 1024
TAG: Final = 16
LAST: Final = 1 << 31
PART_MAX: Final = 2 * 1024**3
"""Bytes of one part: FAT32 holds 4 GiB, old tools 2."""
ITEM_MAX: Final = 4 * 1024 * 1024
PIECE: Final = 256 * 1024
ZSTD_LEVEL: Final = 19
KEY_LENGTH: Final = 32

PRELUDE: Final = struct.Struct(">8sHI")
LENGTH: Final = struct.Struct(">H")
FRAME_HEAD: Final = struct.Struct(">I")
ITEM_HEAD: Final = struct.Struct(">BI")
_PIECE: Final = struct.Struct(">32sQQ")
PIECE_HEAD: Final = ITEM_HEAD.size + _PIECE.size
HEAD_MAX: Final = PRELUDE.size + HEADER_MAX + 2 * LENGTH.size + WRAPPED_MAX + SIGNATURE_LENGTH


class BadBundle(ValueError):
    """A file that is no bundle, is damaged, cut short, or not from whom it says; `args[0]` says which, for the log."""


class Item(IntEnum):
    """What stands in a bundle."""

    PUSH = 1
    PHOTO = 2
    ANSWER = 3
    MANIFEST = 4
    PACK = 5


Hex32 = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
KeyId = Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]


class BundleHeader(Tell, frozen=True, kw_only=True):
    """What anyone who finds the stick may read.

    Args:
        way: up to the township, or down to the node.
        county: id as `hello` says it. node: whose stream this is about.
        bundle: one hand-over; `part` of `parts` belong together.
        first, last: sequence numbers inside (`last` = `first` - 1 for none); `before`, `after` the heads around them.
        records, photos: counts of this part.
        sign_key, seal_key: ids (`key_id`) of the signer's and the recipient's public keys.
    """

    way: Literal["up", "down"]
    alg: Word = ALG
    county: Word
    node: Count
    bundle: Hex32
    part: Annotated[int, Meta(ge=1, le=9999)] = 1
    parts: Annotated[int, Meta(ge=1, le=9999)] = 1
    epoch: Epoch
    first: Count
    last: Count
    before: Hash
    after: Hash
    records: Count = 0
    photos: Count = 0
    sign_key: KeyId
    seal_key: KeyId


class Reply(Tell, frozen=True, kw_only=True):
    """One answer of the township and the feed position its page follows; None where it brings no page."""

    asked: PullAsk | None = None
    answer: ExchangeAnswer


@dataclass(frozen=True, slots=True)
class Head:
    """Everything before the first frame. `digest` is its SHA-256, `size` its length."""

    header: BundleHeader
    wrapped: bytes
    purpose: str
    digest: bytes
    size: int
    signed: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of something named by the SHA-256 of its `size` bytes, at `offset`."""

    sha: bytes
    offset: int
    size: int
    data: bytes

    def pack(self) -> bytes:
        return _PIECE.pack(self.sha, self.offset, self.size) + self.data


def unpack_piece(body: bytes) -> Piece:
    """Raises BadBundle: too short, or beyond its own end."""
    if len(body) < _PIECE.size:
        raise BadBundle("piece")
    sha, offset, size = _PIECE.unpack_from(body)
    piece = Piece(sha, offset, size, body[_PIECE.size :])
    if not piece.data or offset + len(piece.data) > size:
        raise BadBundle("piece")
    return piece


def key_id(public: bytes) -> str:
    """How a header names a raw public key: 16 hex characters."""
    return hashlib.sha256(public).hexdigest()[:16]


def wrap(file_key: bytes, recipient: bytes, *, before: bytes) -> bytes:
    """The file key for one recipient.

    Args:
        recipient: raw X25519 public key.
        before: the file up to here.

    Raises:
        ValueError: no usable public key.
    """
    return sealed_letter.seal(file_key, to=recipient, purpose=wrapping_purpose(before))


def unwrap(head: Head, private: X25519PrivateKey) -> bytes:
    """Raises BadBundle: wrapped for another, or damaged."""
    try:
        file_key = sealed_letter.open_letter(head.wrapped, key=private, purpose=head.purpose)
    except NotForUs:
        raise BadBundle("not for this recipient") from None
    if len(file_key) != KEY_LENGTH:
        raise BadBundle("file key")
    return file_key


def wrapping_purpose(before: bytes) -> str:
    return f"bundle {hashlib.sha256(before).hexdigest()}"


def nonce(frame: int) -> bytes:
    return frame.to_bytes(12)


def body_message(head_digest: bytes, frames_digest: bytes) -> bytes:
    """What the signature at the end is made over."""
    return SIGNED + head_digest + frames_digest


def check_signature(public: bytes, signature: bytes, message: bytes) -> None:
    """Raises BadBundle."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise BadBundle("signature") from None


def encode_header(header: BundleHeader) -> bytes:
    return msgspec.json.encode(header)


def overall_digest(parts: tuple[bytes, ...]) -> bytes:
    """What the hand-over slip names: the SHA-256 of the file, or of all its parts' SHA-256 in order."""
    return parts[0] if len(parts) == 1 else hashlib.sha256(b"".join(parts)).digest()


def digest_display(digest: bytes) -> str:
    """The first 64 bits for people to compare: "1a2b 3c4d 5e6f 7081"."""
    text = digest.hex()[:16]
    return " ".join(text[start : start + 4] for start in range(0, 16, 4))
