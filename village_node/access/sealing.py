"""Seals a data folder that version 0.1.0 left plain: once, at the first sign-in of a clerk it knows.

The sealed copy is complete, checked and on disk before the plain file loses its name; a power cut at any moment leaves
one of the two. Blocking: run it in a thread, while nobody has the file open. It knows no table by name.
"""

from pathlib import Path
from typing import Any, Final

import sqlcipher3

from village_node.access.keys import DataKey, KeyFolder
from village_node.storage import whole_files
from village_node.storage.database import as_sqlite3

_PLAIN: Final = b"SQLite format 3\0"
_SIDES: Final = ("-wal", "-shm", "-journal")


class NotSealed(RuntimeError):
    """The copy differs from what was copied. The plain file is as it was."""


def is_plain(database: Path) -> bool:
    """Whether this is a file of version 0.1.0."""
    try:
        with database.open("rb") as file:
            return file.read(len(_PLAIN)) == _PLAIN
    except FileNotFoundError:
        return False


def seal_up(database: Path, keys: Path, key: DataKey) -> None:
    """Seal the file if it is plain, then the key folder; overwrite what was plain. Safe to repeat after a power cut.

    Raises:
        NotSealed
        sqlite3.Error: the disk is full or the file damaged; the plain file is as it was.
    """
    coming = database.with_name(f"{database.name}.sealed")
    if is_plain(database):
        forget(coming)
        for side in ("", "-wal"):
            whole_files.set_aside(_beside(database, side))
        with as_sqlite3():
            _copy(database, coming, key.file_key)
        coming.replace(database)
        whole_files.settle(database.parent)
    KeyFolder(keys, key).seal_plain()
    for side in ("", "-wal"):
        whole_files.wipe(whole_files.plain_name(_beside(database, side)))


def _copy(plain: Path, coming: Path, key: bytes) -> None:
    """A whole copy, itself without a log, so that one rename brings all of it."""
    connection = sqlcipher3.connect(str(plain), isolation_level=None)
    try:
        _folded(connection)
        connection.execute(f"ATTACH DATABASE ? AS sealed KEY \"x'{key.hex()}'\"", (str(coming),))
        connection.execute("PRAGMA sealed.synchronous=FULL")
        connection.execute("SELECT sqlcipher_export('sealed')")
        _compare(connection)
        connection.execute("DETACH DATABASE sealed")
    finally:
        connection.close()
    with coming.open("r+b") as file:
        whole_files.sync(file)


def _folded(connection: Any) -> None:
    """Bring what is in the log into the file, so that no log of the plain file is left beside the sealed one.

    Raises:
        NotSealed: another program has the file open.
    """
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    [(mode,)] = connection.execute("PRAGMA journal_mode=DELETE").fetchall()
    if mode != "delete":
        raise NotSealed("the plain file is in use")


def _compare(connection: Any) -> None:
    """Raises NotSealed."""
    tables = (
        "SELECT name FROM {0}.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    )
    there = [name for (name,) in connection.execute(tables.format("main")).fetchall()]
    copied = [name for (name,) in connection.execute(tables.format("sealed")).fetchall()]
    if there != copied:
        raise NotSealed("tables")
    for name in there:
        quoted = name.replace('"', '""')
        for one, other in (("main", "sealed"), ("sealed", "main")):
            differing = (
                f'SELECT 1 FROM (SELECT * FROM {one}."{quoted}" EXCEPT SELECT * FROM {other}."{quoted}")'  # noqa: S608
            )
            if connection.execute(differing).fetchone():
                raise NotSealed(name)
    if connection.execute("PRAGMA sealed.integrity_check").fetchall() != [("ok",)]:
        raise NotSealed("integrity")


def forget(coming: Path) -> None:
    """Unlink a file that a power cut left half made, with what lies beside it."""
    for side in ("", *_SIDES):
        _beside(coming, side).unlink(missing_ok=True)


def _beside(database: Path, side: str) -> Path:
    return database.with_name(database.name + side)
