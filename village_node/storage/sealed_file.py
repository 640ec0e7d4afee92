"""A file at rest, sealed in frames of AES-256-GCM: any part of it can be read without the rest, none of it changed.

Layout: magic (8 bytes), salt (32), length of the content (8, big-endian), then frames of 64 KiB + 16 bytes of tag, the
last one shorter. Each file has its own key, HKDF-SHA-256 of the given key with the salt; a frame's nonce is its number;
the file's name and header are authenticated with every frame, so that no frame, no whole file and no shorter one can take
its place.

It knows bytes and names, not what they show. A file appears under its name whole and durable, or not at all.
"""

import os
import secrets
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from village_node.storage import whole_files

FRAME: Final = 64 * 1024
COMING: Final = ".coming"
_TAG: Final = 16
_MAGIC: Final = b"BMTSEAL1"
_HEADER: Final = struct.Struct(">8s32sQ")


class Damaged(RuntimeError):
    """The file is not what was written under this name with this key."""


def write(folder: Path, name: str, content: bytes, *, key: bytes) -> None:
    """Seal `content` under `folder/name`. When this returns, it and its name are on the disk.

    Raises:
        OSError: the disk refused; nothing is left under the name.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    coming = folder / f"{secrets.token_hex(8)}{COMING}"
    try:
        handle = os.open(coming, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(handle, "wb") as out:
            out.writelines(_sealed(name, content, key))
            out.flush()
            os.fsync(out.fileno())
        coming.replace(folder / name)
    except BaseException:
        coming.unlink(missing_ok=True)
        raise
    whole_files.settle(folder)


def read(folder: Path, name: str, *, key: bytes, start: int = 0, length: int | None = None) -> bytes:
    """The content from `start`, to its end or `length` bytes of it. Only the frames it lies in are opened.

    Raises:
        FileNotFoundError
        Damaged
    """
    path = folder / name
    with path.open("rb") as sealed:
        header = sealed.read(_HEADER.size)
        if len(header) != _HEADER.size:
            raise Damaged(name)
        magic, salt, size = _HEADER.unpack(header)
        if magic != _MAGIC or path.stat().st_size != _sealed_size(size):
            raise Damaged(name)
        stop = size if length is None else min(size, start + length)
        cipher, about = _cipher(key, salt), name.encode() + header
        found = []
        for number in range(start // FRAME, -(-max(stop, 1) // FRAME)):
            sealed.seek(_HEADER.size + number * (FRAME + _TAG))
            frame = sealed.read(FRAME + _TAG)
            try:
                found.append(cipher.decrypt(_nonce(number), frame, about))
            except InvalidTag:
                raise Damaged(name) from None
    skipped = start - start // FRAME * FRAME
    return b"".join(found)[skipped : skipped + max(0, stop - start)]


def remove(folder: Path, name: str) -> int:
    """Delete a file; how many bytes that freed, 0 if it was not there."""
    path = folder / name
    try:
        size = path.stat().st_size
        path.unlink()
    except FileNotFoundError:
        return 0
    return size


def _sealed(name: str, content: bytes, key: bytes) -> Iterator[bytes]:
    salt = secrets.token_bytes(32)
    header = _HEADER.pack(_MAGIC, salt, len(content))
    cipher, about = _cipher(key, salt), name.encode() + header
    yield header
    for number in range(_frames(len(content))):
        frame = content[number * FRAME : (number + 1) * FRAME]
        yield cipher.encrypt(_nonce(number), frame, about)


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt, b"bmt sealed file").derive(key))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _frames(size: int) -> int:
    """An empty file has one frame too: its header has to be authenticated by something."""
    return max(1, -(-size // FRAME))


def _sealed_size(size: int) -> int:
    return _HEADER.size + size + _frames(size) * _TAG
