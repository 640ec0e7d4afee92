"""Where bundles lie while they are brought in, and replies until they are fetched: files named by us, bounded, tidied.

It knows bytes and a folder. No name from inside or beside a bundle is ever used as a path.
"""

import asyncio
import contextlib
import errno
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

from api_spec import bundle
from api_spec.errors import ErrorCode
from backend.faults import Fault
from backend.ids import new_id

AT_ONCE: Final = 2
DISK_FLOOR_BYTES: Final = 1024**3
"""Left free for records that come over a line."""
KEPT: Final = timedelta(days=30)
"""A reply is made again by bringing the same bundle again."""
_COMING: Final = ".coming"


class Incoming:
    """One bundle that is being received."""

    def __init__(self, path: Path, file: BinaryIO, free_bytes: Callable[[], int]) -> None:
        self.path = path
        self._file = file
        self._free_bytes = free_bytes
        self._size = 0

    async def write(self, data: bytes) -> None:
        """Raises Fault: BODY_TOO_LARGE; BUSY, the disk is needed for other things."""
        self._size += len(data)
        if self._size > bundle.PART_MAX:
            raise Fault(ErrorCode.BODY_TOO_LARGE, limit_bytes=bundle.PART_MAX)
        if self._free_bytes() - len(data) < DISK_FLOOR_BYTES:
            raise Fault(ErrorCode.BUSY, reason="disk")
        try:
            await asyncio.to_thread(self._file.write, data)
        except OSError as full:
            if full.errno != errno.ENOSPC:
                raise
            raise Fault(ErrorCode.BUSY, reason="disk") from None

    def finish(self) -> None:
        self._file.close()


class Spool:
    """The folder. Processes of one township share it."""

    def __init__(self, folder: Path, free_bytes: Callable[[], int]) -> None:
        self._folder = folder
        self._free_bytes = free_bytes
        self._receiving = 0

    @asynccontextmanager
    async def receiving(self) -> AsyncIterator[Incoming]:
        """A place for one bundle; what was received is gone afterwards.

        Raises:
            Fault: BUSY, enough are coming already.
        """
        if self._receiving >= AT_ONCE:
            raise Fault(ErrorCode.BUSY, retry_after_s=60)
        self._receiving += 1
        path = self._made() / f"{new_id()}{_COMING}"
        try:
            with path.open("xb", buffering=1024 * 1024) as file:
                yield Incoming(path, file, self._free_bytes)
        finally:
            self._receiving -= 1
            path.unlink(missing_ok=True)

    def begin_reply(self, reply_id: str) -> BinaryIO:
        return (self._made() / f"{reply_id}{_COMING}").open("wb")

    def keep_reply(self, reply_id: str, file: BinaryIO) -> None:
        """From now on it can be fetched, whole."""
        file.flush()
        os.fsync(file.fileno())
        file.close()
        (self._folder / f"{reply_id}{_COMING}").replace(self._reply(reply_id))

    def drop_reply(self, reply_id: str, file: BinaryIO) -> None:
        file.close()
        (self._folder / f"{reply_id}{_COMING}").unlink(missing_ok=True)

    def find_reply(self, reply_id: str) -> Path | None:
        path = self._reply(reply_id)
        return path if path.is_file() else None

    def tidy(self, at: datetime) -> None:
        """Remove what nobody fetched, and what a crash left half received."""
        for path in self._made().iterdir():
            with contextlib.suppress(FileNotFoundError):  # another of us has just finished with it
                if path.stat().st_mtime < (at - KEPT).timestamp():
                    path.unlink()

    def _reply(self, reply_id: str) -> Path:
        return self._folder / f"{reply_id}{bundle.SUFFIX}"

    def _made(self) -> Path:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._folder
