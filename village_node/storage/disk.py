"""How much room this computer has left, and what that forbids; a ballast file that is given up when nothing is left.

It knows bytes and folders, not what is written into them. A full disk must never stop what is already written from
going up, because only that frees room again: the ballast is what the database then finishes its commits with.
"""

import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from api_spec.vocabulary import Term

MIB: Final = 1024 * 1024
BALLAST_BYTES: Final = 64 * MIB
"""Some hundred commits of a village's cases, or an exchange with all its rows."""
SMALL_PHOTO_BYTES: Final = 200 * 1024
_STEP: Final = MIB
log = logging.getLogger("village_node.storage.disk")


class Room(Term):
    """What the free space still allows (sync/1, 2.13)."""

    AMPLE = "ample", "空间充足"
    LOW = "low", "空间不多，大照片暂停"
    SHORT = "short", "空间不足，暂停收新件"


def room(free_bytes: int, *, warning_mb: int, floor_mb: int) -> Room:
    """Judge free space.

    Args:
        warning_mb: with less, photos over `SMALL_PHOTO_BYTES` wait; floor_mb: with less, no new case is begun.
    """
    if free_bytes < floor_mb * MIB:
        return Room.SHORT
    return Room.LOW if free_bytes < warning_mb * MIB else Room.AMPLE


def free_bytes_of(folder: Path) -> int:
    return shutil.disk_usage(folder).free


class Disk:
    """The disk under the data folder.

    Args:
        free_bytes: what is left on the disk of a folder; a test passes its own.
    """

    def __init__(
        self,
        folder: Path,
        *,
        warning_mb: int,
        floor_mb: int,
        free_bytes: Callable[[Path], int] = free_bytes_of,
        ballast_bytes: int = BALLAST_BYTES,
    ) -> None:
        self._folder = folder
        self._warning_mb = warning_mb
        self._floor_mb = floor_mb
        self._free_bytes = free_bytes
        self._ballast = folder / "ballast"
        self._ballast_bytes = ballast_bytes

    @property
    def room(self) -> Room:
        return room(self._free_bytes(self._folder), warning_mb=self._warning_mb, floor_mb=self._floor_mb)

    @property
    def free_mb(self) -> int:
        return self._free_bytes(self._folder) // MIB

    def may_keep_photo(self, size: int) -> bool:
        """Whether a photo of so many bytes may be stored now."""
        match self.room:
            case Room.AMPLE:
                return True
            case Room.LOW:
                return size <= SMALL_PHOTO_BYTES
        return False

    def take_ballast(self) -> bool:
        """Lay the ballast down while there is room for it; False while there is none. Safe to repeat."""
        if self._holds_ballast():
            return True
        if self._free_bytes(self._folder) < self._floor_mb * MIB + self._ballast_bytes:
            return False
        coming = self._ballast.with_suffix(".new")
        try:
            _allocate(coming, self._ballast_bytes)
            coming.replace(self._ballast)
        except OSError as refused:
            log.warning("no ballast: %s", refused.strerror)
            coming.unlink(missing_ok=True)
            return False
        return True

    def drop_ballast(self) -> bool:
        """Give the ballast's room to whoever is stuck; False when it has been given up before."""
        held = self._holds_ballast()
        self._ballast.unlink(missing_ok=True)
        if held:
            log.warning("disk full: %d MiB of ballast given up", self._ballast_bytes // MIB)
        return held

    def _holds_ballast(self) -> bool:
        try:
            return self._ballast.stat().st_size >= self._ballast_bytes
        except FileNotFoundError:
            return False


def _allocate(path: Path, size: int) -> None:
    """A file whose blocks are taken for good: random bytes, which no file system can shrink or leave out."""
    with path.open("wb") as file:
        for _ in range(0, size, _STEP):
            file.write(os.urandom(_STEP))
        file.flush()
        os.fsync(file.fileno())
