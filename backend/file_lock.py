"""Keeps a second process away from one SQLite file; knows nothing of what is in it."""

import sys
import time
from pathlib import Path
from typing import IO


class DatabaseInUse(RuntimeError):
    """Another process works on this SQLite file; the message is for the person who starts the program."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"数据库文件 {path} 正被另一个便民通进程使用。SQLite 只允许一个进程："
            "请先停掉那一个；要开多个进程，请把 DATABASE_URL 换成 PostgreSQL。"
        )


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
    """An exclusive lock on `<database>.lock`, given back when released or when the process dies."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._file: IO[str] | None = None

    @classmethod
    def of(cls, database: Path) -> "FileLock":
        """The lock that guards this SQLite file; its folder is made if it is missing."""
        database.parent.mkdir(parents=True, exist_ok=True)
        return cls(database)

    def take(self, *, wait_s: float = 0) -> None:
        """Take the lock, waiting up to `wait_s` seconds (this blocks the thread).

        Raises:
            DatabaseInUse: somebody else still holds it.
        """
        file = self._database.with_name(self._database.name + ".lock").open("a", encoding="utf-8")
        deadline = time.monotonic() + wait_s
        while not _try_lock(file):
            if time.monotonic() >= deadline:
                file.close()
                raise DatabaseInUse(self._database)
            time.sleep(0.02)
        self._file = file

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
