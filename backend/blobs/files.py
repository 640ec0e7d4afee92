"""Where the bytes of blobs lie: pieces sealed as they come, one after the other, in a file that is never half true.

    parts/<id>.part          being received
    stored/<xx>/<id>         whole; `xx` are the id's last two characters
    stored/<xx>/<id>.damaged not what was stored, found by reading
    previews/<xx>/<id>.<n>   page n made small, can be made again

A file is a row of frames: 4 bytes with the length of the plain piece, then the sealed piece, bound to the file and to its
offset. What counts is decided by the database: bytes behind the length kept there are leftovers of a crash. Every call
blocks; none knows the database.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from api_spec.sync import CHUNK_MAX
from backend.vault import HEADER_BYTES, NONCE_BYTES, TAG_BYTES, SealBroken, Vault

_LENGTH_BYTES: Final = 4
_OVERHEAD: Final = HEADER_BYTES + NONCE_BYTES + TAG_BYTES
PART: Final = ".part"
DAMAGED: Final = ".damaged"


class InUse(Exception):
    """Another process is writing this very file."""


class Lost(Exception):
    """The file ends before what the database says is in it: somebody has touched the folder."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file being received, held by this process alone."""

    id: str
    descriptor: int
    vault: Vault

    def write(self, piece: bytes, *, offset: int, kept: int) -> int:
        """Add a piece behind the `kept` bytes of the file; durable when this returns the new length."""
        frame = len(piece).to_bytes(_LENGTH_BYTES, "big") + self.vault.seal(
            piece, context=_context(self.id, offset)
        )
        written = 0
        while written < len(frame):
            written += os.pwrite(self.descriptor, memoryview(frame)[written:], kept + written)
        os.fdatasync(self.descriptor)
        return kept + len(frame)

    def read(self, *, size: int) -> bytes:
        """All that was received.

        Raises:
            Lost, SealBroken.
        """
        with os.fdopen(os.dup(self.descriptor), "rb") as file:
            file.seek(0)
            return b"".join(_pieces(file, self.id, size=size, vault=self.vault))


class Files:
    """The folder of blobs; processes on one machine may share it."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder = folder
        self._vault = vault

    @contextmanager
    def part(self, file_id: str) -> Iterator[Part]:
        """Hold a file to add to it, also one that was put away before the database heard of it.

        Raises:
            InUse
        """
        descriptor = self._open(file_id)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InUse from None
            yield Part(file_id, descriptor, self._vault)
        finally:
            os.close(descriptor)

    def put_away(self, file_id: str) -> None:
        """Move a whole file from the parts; durable, and no harm when it was done before."""
        target = self._stored(file_id)
        _make_folder(target.parent)
        source = self._part(file_id)
        if source.exists():
            source.rename(target)
        _sync_folder(target.parent)
        _sync_folder(source.parent)

    def drop(self, file_id: str) -> None:
        """Remove everything of a blob or an upload."""
        self._part(file_id).unlink(missing_ok=True)
        self._stored(file_id).unlink(missing_ok=True)
        for preview in self._previews(file_id).glob(f"{file_id}.*"):
            preview.unlink(missing_ok=True)

    def is_stored(self, file_id: str) -> bool:
        """Whether there is a file of this blob; what is in it only reading tells."""
        return self._stored(file_id).is_file()

    def set_aside(self, file_id: str) -> None:
        """Take a file out of its place that is not what was stored: then it can be received again."""
        damaged = self._stored(file_id)
        damaged.replace(damaged.with_name(damaged.name + DAMAGED))
        _sync_folder(damaged.parent)

    def read(self, file_id: str, *, size: int) -> Iterator[bytes]:
        """A whole blob, piece by piece.

        Raises:
            FileNotFoundError, Lost, SealBroken: before a piece that is not what was stored.
        """
        with self._stored(file_id).open("rb") as file:
            yield from _pieces(file, file_id, size=size, vault=self._vault)

    def keep_preview(self, file_id: str, page: int, picture: bytes) -> None:
        """A reader sees the whole of it or nothing; it may be lost in a power cut."""
        target = self._preview(file_id, page)
        _make_folder(target.parent)
        fresh = target.with_name(f"{target.name}.{os.getpid()}.new")
        fresh.write_bytes(self._vault.seal(picture, context=f"preview/{file_id}/{page}"))
        fresh.replace(target)

    def find_preview(self, file_id: str, page: int) -> bytes | None:
        try:
            sealed = self._preview(file_id, page).read_bytes()
            return self._vault.open(sealed, context=f"preview/{file_id}/{page}")
        except (FileNotFoundError, SealBroken):
            return None

    def left_alone(self, *, before: datetime) -> Iterator[str]:
        """Ids of files, parts or whole, nobody has written to since; the caller knows which are nobody's."""
        for path in [*self._folder.glob(f"parts/*{PART}"), *self._folder.glob("stored/*/*")]:
            if path.stat().st_mtime < before.timestamp():
                yield path.name.removesuffix(PART)

    def _open(self, file_id: str) -> int:
        path, stored = self._part(file_id), self._stored(file_id)
        for known in (path, stored):
            try:
                return os.open(known, os.O_RDWR)
            except FileNotFoundError:
                continue
        _make_folder(path.parent)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        _sync_folder(path.parent)
        return descriptor

    def _part(self, file_id: str) -> Path:
        return self._folder / "parts" / f"{file_id}{PART}"

    def _stored(self, file_id: str) -> Path:
        return self._folder / "stored" / file_id[-2:] / file_id

    def _previews(self, file_id: str) -> Path:
        return self._folder / "previews" / file_id[-2:]

    def _preview(self, file_id: str, page: int) -> Path:
        return self._previews(file_id) / f"{file_id}.{page}"


def _pieces(file: BinaryIO, file_id: str, *, size: int, vault: Vault) -> Iterator[bytes]:
    offset = 0
    while offset < size:
        length = int.from_bytes(file.read(_LENGTH_BYTES), "big")
        if not 1 <= length <= CHUNK_MAX:
            raise Lost(file_id)
        piece = vault.open(file.read(length + _OVERHEAD), context=_context(file_id, offset))
        offset += len(piece)
        yield piece


def _context(file_id: str, offset: int) -> str:
    return f"blob/{file_id}/{offset}"


def _make_folder(folder: Path) -> None:
    """A folder that is still there after a power cut."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for each in missing:
        _sync_folder(each.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
