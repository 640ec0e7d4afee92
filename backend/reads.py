"""Reads of committed rows beside the writing connection; knows no table."""

import asyncio
import re
import sqlite3
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import asyncpg

from backend.database_url import BUSY_TIMEOUT_MS

Row = Mapping[str, Any]

_QUESTION = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|\?")


@lru_cache(maxsize=2048)
def numbered(sql: str) -> str:
    """The statement with `$1, $2 …` for its question marks; quoted text is left alone."""
    count = 0

    def number(match: re.Match[str]) -> str:
        nonlocal count
        if match.group() != "?":
            return match.group()
        count += 1
        return f"${count}"

    return _QUESTION.sub(number, sql)


class Reads(Protocol):
    """Reads of committed rows beside the writing connection."""

    version: str

    async def point(self, sql: str, args: Sequence[Any]) -> list[Row]: ...
    async def long(self, sql: str, args: Sequence[Any]) -> list[Row]: ...
    async def close(self) -> None: ...


class SqliteReads:
    """Two read-only connections: one used in the event loop, one in a thread of its own."""

    version = sqlite3.sqlite_version

    def __init__(self, path: Path) -> None:
        self._path = path
        self._near = self._connect()
        self._far: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(1, "long-read")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        # SQLite before 3.51.3 can damage a file when two connections checkpoint; only the writer may.
        for pragma in ("query_only=1", "wal_autocheckpoint=0", f"busy_timeout={BUSY_TIMEOUT_MS}"):
            connection.execute(f"PRAGMA {pragma}").close()
        return connection

    async def point(self, sql: str, args: Sequence[Any]) -> list[Row]:
        return [dict(found) for found in self._near.execute(sql, args).fetchall()]

    async def long(self, sql: str, args: Sequence[Any]) -> list[Row]:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._read, sql, args)

    def _read(self, sql: str, args: Sequence[Any]) -> list[Row]:
        if self._far is None:
            self._far = self._connect()
        return [dict(found) for found in self._far.execute(sql, args).fetchall()]

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self._thread.shutdown)
        self._near.close()
        if self._far is not None:
            self._far.close()


class PostgresReads:
    """Connections that cannot write, away from the writers' pool.

    Not asyncpg's pool: its proxies and resets cost a third of a point read, and a connection that only reads has
    nothing to reset.
    """

    def __init__(self, credentials: Mapping[str, Any], size: int) -> None:
        self._credentials = credentials
        self._places = asyncio.Semaphore(size)
        self._long_places = asyncio.Semaphore(max(1, size // 2))
        self._idle: list[asyncpg.Connection] = []
        self.version = ""

    @classmethod
    async def connect(cls, credentials: Mapping[str, Any], size: int) -> "PostgresReads":
        """Open the first connection; more follow when they are needed, up to `size`."""
        reads = cls(credentials, size)
        first = await reads._take()
        reads._idle.append(first)
        reads.version = await first.fetchval("SHOW server_version")
        return reads

    async def _take(self) -> "asyncpg.Connection":
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return await asyncpg.connect(
            **self._credentials, server_settings={"default_transaction_read_only": "on"}
        )

    async def point(self, sql: str, args: Sequence[Any]) -> list[Row]:
        async with self._places:
            connection = await self._take()
            try:
                return [dict(found) for found in await connection.fetch(numbered(sql), *args)]
            finally:
                self._idle.append(connection)

    async def long(self, sql: str, args: Sequence[Any]) -> list[Row]:
        # At most half of the connections, so that reports never keep point reads waiting.
        async with self._long_places:
            return await self.point(sql, args)

    async def close(self) -> None:
        for connection in self._idle:
            await connection.close()
