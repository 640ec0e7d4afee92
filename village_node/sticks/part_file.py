"""One part of a bundle on its way to a stick: under another name until every byte has been read back and verified.

It knows files and the bundle format, not what the items say.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api_spec import bundle_reader
from api_spec.bundle import BadBundle, BundleHeader, Item
from api_spec.bundle_writer import BundleWriter
from village_node.storage import whole_files

COMING: Final = ".part"
Create = Callable[[Path], BinaryIO]
"""Opens a new file for writing; a test passes a full disk."""


class Spoilt(OSError):
    """What was read back is not what was written: the stick is broken, or was pulled out."""


@dataclass(frozen=True, slots=True)
class Written:
    """A part as it lies on the stick."""

    name: str
    size: int
    digest: bytes


def create(path: Path) -> BinaryIO:
    return path.open("xb")


class PartFile:
    """`add` items, `settle`, then `publish`; `discard` at any time before.

    Raises:
        OSError: the stick is full, read-only or gone; here and in every method but `discard`.
    """

    def __init__(
        self,
        folder: Path,
        header: BundleHeader,
        *,
        recipient: bytes,
        key: Ed25519PrivateKey,
        file_key: bytes,
        create: Create = create,
    ) -> None:
        self._path = folder / f".{header.bundle}-{header.part}{COMING}"
        self._public = key.public_key().public_bytes_raw()
        self._file = create(self._path)
        try:
            self._writer = BundleWriter(self._file, header, recipient=recipient, key=key, file_key=file_key)
        except BaseException:
            self.discard()
            raise

    def add(self, kind: Item, body: bytes) -> None:
        self._writer.add(kind, body)

    def settle(self) -> None:
        """Bring everything to the stick itself and read it back from there.

        Raises:
            Spoilt
        """
        self._writer.finish()
        whole_files.sync(self._file)
        _forget_cached(self._file)
        self._file.close()
        try:
            with self._path.open("rb") as file:
                found = bundle_reader.verify(file, self._public)
        except BadBundle:
            raise Spoilt("read back") from None
        if found.digest != self._writer.digest:
            raise Spoilt("read back")

    def publish(self, stem: str, *, suffix: str) -> Written:
        """Give the settled file its name, another one where a file of that name lies already."""
        name, place = stem + suffix, 1
        while (self._path.parent / name).exists():
            place += 1
            name = f"{stem}-{place}{suffix}"
        self._path.rename(self._path.parent / name)
        whole_files.settle(self._path.parent)
        return Written(name, self._writer.size, self._writer.digest)

    def discard(self) -> None:
        """Leave nothing behind, as far as the stick still lets us."""
        try:
            self._file.close()
            self._path.unlink(missing_ok=True)
        except OSError:
            return


def _forget_cached(file: BinaryIO) -> None:
    """Reading back must ask the stick, not this computer's memory."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
