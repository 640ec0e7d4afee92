"""Keeps a second process away from one SQLite file; knows nothing of what is in it."""

from pathlib import Path

from api_spec import file_lock


class DatabaseInUse(RuntimeError):
    """Another process works on this SQLite file; the message is for the person who starts the program."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"数据库文件 {path} 正被另一个便民通进程使用。SQLite 只允许一个进程："
            "请先停掉那一个；要开多个进程，请把 DATABASE_URL 换成 PostgreSQL。"
        )


class FileLock(file_lock.FileLock):
    """The lock on `<database>.lock`."""

    def __init__(self, database: Path) -> None:
        super().__init__(database.with_name(database.name + ".lock"))
        self._database = database

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
        try:
            super().take(wait_s=wait_s)
        except file_lock.Held:
            raise DatabaseInUse(self._database) from None
