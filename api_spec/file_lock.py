"""Keeps a second process away while a lock file is held, on every system we run on; knows nothing of what it guards."""

import sys
import time
from pathlib import Path
from typing import IO


class Held(RuntimeError):
    """Another process holds the lock, or another place of this one."""


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[str]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


class FileLock:
    """An exclusive lock on the file `path`, given back when released or when the process dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def take(self, *, wait_s: float = 0) -> None:
        """Take the lock, waiting up to `wait_s` seconds (this blocks the thread).

        Raises:
            Held: somebody else still holds it.
            OSError: the file cannot be made.
        """
        file = self._path.open("a", encoding="utf-8")
        deadline = time.monotonic() + wait_s
        while not _try_lock(file):
            if time.monotonic() >= deadline:
                file.close()
                raise Held
            time.sleep(0.02)
        self._file = file

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
