"""Copies a SQLite township as it stands at one moment, while it is being written, and puts a copy back in its place.

Blocking; callers run it in a thread. The file is never copied byte by byte while it is open: that would tear it.
"""

import shutil
import sqlite3
from datetime import datetime
from pathlib import Path

from backend.backup import folder, rules
from backend.backup.values import Refused


def copy_to(database: Path, target: Path) -> None:
    """One consistent copy, durable when this returns.

    Raises:
        Refused: there is no such database, it cannot be read, or the disk did not take the copy.
    """
    if not database.is_file():
        raise Refused(f"数据库文件 {database} 不存在，没有可以备份的内容。")
    try:
        # Read-only: SQLite before 3.51.3 can damage a file when two connections checkpoint; only the township may.
        connection = sqlite3.connect(
            f"{database.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None
        )
        try:
            connection.execute("PRAGMA busy_timeout = 10000")
            connection.execute("VACUUM INTO ?", [str(target)])
        finally:
            connection.close()
        folder.sync_file(target)
        folder.sync_folder(target.parent)
    except (sqlite3.Error, OSError) as failed:
        raise Refused(f"数据库没有复制成功：{failed}") from failed


def migrations_of(database: Path) -> tuple[str, ...]:
    """The schema files a database was built by."""
    connection = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)
    try:
        found = connection.execute('SELECT "name" FROM "applied_files" ORDER BY "name"').fetchall()
    except sqlite3.Error as failed:
        raise Refused(f"备份里的数据库打不开：{failed}") from failed
    finally:
        connection.close()
    return tuple(name for (name,) in found)


def check_file(database: Path) -> None:
    """SQLite's own examination of every page, index and reference.

    Raises:
        Refused: something is damaged.
    """
    connection = sqlite3.connect(database)
    try:
        [verdict] = connection.execute("PRAGMA integrity_check(1)").fetchone()
        loose = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as failed:
        raise Refused(f"备份里的数据库打不开：{failed}") from failed
    finally:
        connection.close()
    if verdict != "ok" or loose is not None:
        raise Refused("备份里的数据库有损坏的页或没有归属的行。")


def put_back(copy: Path, database: Path, *, at: datetime) -> Path | None:
    """Put a copy where the township's file belongs; what was there is set aside. Gives where it lies now.

    The caller holds the file's lock. After a crash in between, the old file still lies beside under its new name.
    """
    unfinished = database.with_name(f"{database.name}.restoring")
    database.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(copy, unfinished)
    folder.sync_file(unfinished)
    aside: Path | None = None
    if database.exists():
        aside = database.with_name(f"{database.name}.before-{rules.name_of(at)}")
        for suffix in ("-wal", "-shm", ""):
            part = database.with_name(database.name + suffix)
            if part.exists():
                part.replace(aside.with_name(aside.name + suffix))
    unfinished.replace(database)
    folder.sync_folder(database.parent)
    return aside
