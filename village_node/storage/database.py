"""The node's one database file: how it is opened, versioned and written. It knows transactions, not their meaning.

One connection writes (WAL, `synchronous=FULL`: a village PC loses its power); a second one only reads, so that a
page never sees half a transaction. A write runs to its end even when the caller is cancelled half-way.

Every page of the file and of its log is encrypted (SQLCipher); nothing of it is ever written to a temporary file.
What goes wrong is raised as the standard library's `sqlite3` names it.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self, TypeVar, cast

import aiosqlite
import sqlcipher3

from village_node.storage.schema import MIGRATIONS

T = TypeVar("T")
Row = sqlite3.Row
Connect = Callable[[Path], Any]
"""Opens a DB-API connection in autocommit whose rows are read by name; tests of broken disks bring their own."""

_BUSY_TIMEOUT_MS: Final = 5000
_KEY_LENGTH: Final = 32
_ROWS_AT_ONCE: Final = 64
_JOURNAL_LIMIT_BYTES: Final = 16 * 1024 * 1024
_NO_ROOM: Final = frozenset({"SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"})


class TooNew(RuntimeError):
    """The file was written by a later version of the node; opening it could lose what that version knows."""

    def __init__(self, found: int) -> None:
        super().__init__(f"数据文件的版本是 {found}，本程序只认识到 {len(MIGRATIONS)}。请装回新版本再打开。")


class Writing:
    """An open transaction on the one writing connection."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def run(self, sql: str, *args: object) -> None:
        with as_sqlite3():
            async with self._connection.execute(sql, args):
                pass

    async def run_many(self, sql: str, rows: Iterable[tuple[object, ...]]) -> None:
        with as_sqlite3():
            async with self._connection.executemany(sql, rows):
                pass

    async def rows(self, sql: str, *args: object) -> list[Row]:
        """Also for `… RETURNING`: what it returns is what was done."""
        with as_sqlite3():
            async with self._connection.execute(sql, args) as cursor:
                return list(await cursor.fetchall())

    async def row(self, sql: str, *args: object) -> Row | None:
        found = await self.rows(sql, *args)
        return found[0] if found else None


def connect(path: Path) -> Any:
    """The way to the file on every real node."""
    connection = sqlcipher3.connect(str(path), isolation_level=None)
    connection.row_factory = sqlcipher3.Row
    return connection


class Database:
    """Open with `Database.open`, close with `close`."""

    def __init__(
        self,
        path: Path,
        *,
        writer: aiosqlite.Connection,
        reader: aiosqlite.Connection,
        make_room: Callable[[], bool],
    ) -> None:
        self.path = path
        self._writer = writer
        self._reader = reader
        self._make_room = make_room
        self._turn = asyncio.Lock()
        self._running: set[asyncio.Task[Any]] = set()

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        key: bytes | None,
        connect: Connect = connect,
        make_room: Callable[[], bool] = lambda: False,
        beside: bool = False,
    ) -> Self:
        """Open the file, making it and its folder or bringing it to this version first.

        Args:
            key: 32 bytes (`DataKey.file_key`); None only to read a file that version 0.1.0 left plain.
            make_room: called when the disk is full; True if it freed something, and the write is tried once more.
            beside: another process may have the file open, which is the one that checkpoints.

        Raises:
            TooNew: the file belongs to a later version.
            sqlite3.DatabaseError: the file is damaged, not ours, or sealed under another key.
        """
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with as_sqlite3():
            writer = await _connect(path, key=key, connect=connect)
            try:
                await _set(
                    writer,
                    "journal_mode=WAL",
                    "synchronous=FULL",
                    f"journal_size_limit={_JOURNAL_LIMIT_BYTES}",
                )
                if beside:  # SQLite before 3.51.3 may corrupt a WAL that two connections checkpoint
                    await _set(writer, "wal_autocheckpoint=0")
                await _migrate(writer)
                reader = await _connect(path, key=key, connect=connect)
            except BaseException:
                await writer.close()
                raise
            # For the same reason this one never checkpoints.
            await _set(reader, "query_only=1", "wal_autocheckpoint=0")
        return cls(path, writer=writer, reader=reader, make_room=make_room)

    async def close(self) -> None:
        """Waits for writes under way."""
        if self._running:
            await asyncio.wait(self._running)
        await self._reader.close()
        await self._writer.close()

    async def write(self, work: Callable[[Writing], Awaitable[T]]) -> T:
        """Run `work` in one transaction; when this returns, it is on disk. On any error nothing of it is.

        Raises:
            sqlite3.OperationalError: the disk is full or broken; rolled back.
        """
        task = asyncio.ensure_future(self._write(work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def _write(self, work: Callable[[Writing], Awaitable[T]]) -> T:
        async with self._turn:
            try:
                return await self._transact(work)
            except sqlite3.OperationalError as refused:
                if getattr(refused, "sqlite_errorname", "") not in _NO_ROOM or not self._make_room():
                    raise
                return await self._transact(work)

    async def _transact(self, work: Callable[[Writing], Awaitable[T]]) -> T:
        with as_sqlite3():
            await self._writer.execute("BEGIN IMMEDIATE")
            try:
                result = await work(Writing(self._writer))
                await self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    await self._writer.execute("ROLLBACK")
                raise
        return result

    async def copy_to(self, path: Path) -> None:
        """A whole and consistent copy while the node runs, under the same key; the file itself must never be copied."""
        async with self._turn:
            with as_sqlite3():
                await self._writer.execute("VACUUM INTO ?", (str(path),))

    async def rows(self, sql: str, *args: object) -> list[Row]:
        """Read what is committed."""
        with as_sqlite3():
            async with self._reader.execute(sql, args) as cursor:
                return list(await cursor.fetchall())

    async def row(self, sql: str, *args: object) -> Row | None:
        found = await self.rows(sql, *args)
        return found[0] if found else None


@contextmanager
def as_sqlite3() -> Iterator[None]:
    """Nobody above needs to know which build of SQLite refused."""
    try:
        yield
    except sqlcipher3.Error as error:
        known = cast("type[sqlite3.Error]", getattr(sqlite3, type(error).__name__, sqlite3.Error))
        refused = known(*error.args)
        refused.sqlite_errorname = getattr(error, "sqlite_errorname", "")
        raise refused from error


async def _connect(path: Path, *, key: bytes | None, connect: Connect) -> aiosqlite.Connection:
    connection = await aiosqlite.Connection(lambda: connect(path), _ROWS_AT_ONCE)
    try:
        await _unlock(connection, key)
        await _set(connection, f"busy_timeout={_BUSY_TIMEOUT_MS}", "foreign_keys=ON", "temp_store=MEMORY")
    except BaseException:
        await connection.close()
        raise
    return connection


async def _unlock(connection: aiosqlite.Connection, key: bytes | None) -> None:
    if key is None:
        return
    if len(key) != _KEY_LENGTH:
        raise ValueError("the file's key has 32 bytes")
    await _set(connection, f"key=\"x'{key.hex()}'\"")


async def _set(connection: aiosqlite.Connection, *pragmas: str) -> None:
    for pragma in pragmas:
        await connection.execute(f"PRAGMA {pragma}")


async def _migrate(connection: aiosqlite.Connection) -> None:
    """Apply the numbered steps this file lacks, each in its own transaction with its number."""
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY) STRICT, WITHOUT ROWID"
    )
    async with connection.execute("SELECT coalesce(max(version), 0) FROM schema_version") as cursor:
        found = await cursor.fetchone()
    at = int(found[0]) if found else 0
    if at > len(MIGRATIONS):
        raise TooNew(at)
    for version, statements in enumerate(MIGRATIONS[at:], at + 1):
        await connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements:
                await connection.execute(statement)
            await connection.execute("INSERT INTO schema_version VALUES (?)", (version,))
            await connection.execute("COMMIT")
        except BaseException:
            await connection.execute("ROLLBACK")
            raise
