"""The node's one database file: how it is opened, versioned and written. It knows transactions, not their meaning.

One connection writes (WAL, `synchronous=FULL`: a village PC loses its power); a second one only reads, so that a
page never sees half a transaction. A write runs to its end even when the caller is cancelled half-way.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import aiosqlite

from village_node.schema import MIGRATIONS

T = TypeVar("T")
Row = sqlite3.Row

_BUSY_TIMEOUT_MS: Final = 5000
_JOURNAL_LIMIT_BYTES: Final = 16 * 1024 * 1024


class TooNew(RuntimeError):
    """The file was written by a later version of the node; opening it could lose what that version knows."""

    def __init__(self, found: int) -> None:
        super().__init__(f"数据文件的版本是 {found}，本程序只认识到 {len(MIGRATIONS)}。请装回新版本再打开。")


class Writing:
    """An open transaction on the one writing connection."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def run(self, sql: str, *args: object) -> None:
        async with self._connection.execute(sql, args):
            pass

    async def run_many(self, sql: str, rows: Iterable[tuple[object, ...]]) -> None:
        async with self._connection.executemany(sql, rows):
            pass

    async def rows(self, sql: str, *args: object) -> list[Row]:
        """Also for `… RETURNING`: what it returns is what was done."""
        async with self._connection.execute(sql, args) as cursor:
            return list(await cursor.fetchall())

    async def row(self, sql: str, *args: object) -> Row | None:
        found = await self.rows(sql, *args)
        return found[0] if found else None


class Database:
    """Open with `Database.open`, close with `close`."""

    def __init__(self, path: Path, *, writer: aiosqlite.Connection, reader: aiosqlite.Connection) -> None:
        self.path = path
        self._writer = writer
        self._reader = reader
        self._turn = asyncio.Lock()
        self._running: set[asyncio.Task[Any]] = set()

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Open the file, making it and its folder or bringing it to this version first.

        Raises:
            TooNew: the file belongs to a later version.
            sqlite3.DatabaseError: the file is damaged or not ours.
        """
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        writer = await _connect(path)
        try:
            await _set(
                writer, "journal_mode=WAL", "synchronous=FULL", f"journal_size_limit={_JOURNAL_LIMIT_BYTES}"
            )
            await _migrate(writer)
            reader = await _connect(path)
        except BaseException:
            await writer.close()
            raise
        # SQLite before 3.51.3 may corrupt a WAL that two connections checkpoint: this one never does.
        await _set(reader, "query_only=1", "wal_autocheckpoint=0")
        return cls(path, writer=writer, reader=reader)

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
        """A whole and consistent copy while the node runs; the file itself must never be copied."""
        async with self._turn:
            await self._writer.execute("VACUUM INTO ?", (str(path),))

    async def rows(self, sql: str, *args: object) -> list[Row]:
        """Read what is committed."""
        async with self._reader.execute(sql, args) as cursor:
            return list(await cursor.fetchall())

    async def row(self, sql: str, *args: object) -> Row | None:
        found = await self.rows(sql, *args)
        return found[0] if found else None


async def _connect(path: Path) -> aiosqlite.Connection:
    connection = await aiosqlite.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    await _set(connection, f"busy_timeout={_BUSY_TIMEOUT_MS}", "foreign_keys=ON")
    return connection


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
