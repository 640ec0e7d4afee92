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
from backend.engines.asyncpg_safe import Connection

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
    """A pool of connections that cannot write, away from the writers' pool."""

    def __init__(self, pool: "asyncpg.Pool[Any]", version: str) -> None:
        self._pool = pool
        self.version = version

    @classmethod
    async def connect(cls, credentials: Mapping[str, Any], size: int) -> "PostgresReads":
        pool = await asyncpg.create_pool(
            **credentials,
            min_size=1,
            max_size=size,
            connection_class=Connection,
            server_settings={"default_transaction_read_only": "on"},
        )
        version: str = await pool.fetchval("SHOW server_version")
        return cls(pool, version)

    async def point(self, sql: str, args: Sequence[Any]) -> list[Row]:
        async with self._pool.acquire() as connection:
            return [dict(found) for found in await connection.fetch(numbered(sql), *args)]

    long = point

    async def close(self) -> None:
        await self._pool.close()
