"""Opens the one database of this process and speaks raw SQL to it; knows no table and no rule.

Two kinds of database, chosen by the URL: `sqlite:///folder/file.db` (one process, one writing connection) and
`postgresql://user:password@host:port/name` (any number of processes). SQL is written once, with `?`.
"""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

import asyncpg
from tortoise.backends.base.client import TransactionalDBClient
from tortoise.connection import get_connections
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from backend.engines.asyncpg_safe import Connection
from backend.file_lock import DatabaseInUse, FileLock
from backend.instants import to_ms

__all__ = [
    "APP",
    "DatabaseInUse",
    "DatabaseUrl",
    "OpenDatabase",
    "Row",
    "current",
    "execute_many",
    "in_transaction",
    "insert_many",
    "inside_transaction",
    "long_read",
    "model_modules",
    "open_database",
    "point_read",
    "row",
    "rows",
    "tortoise_config",
]

Row = Mapping[str, Any]
Dialect = Literal["sqlite", "postgres"]

APP = "township"
"""The label all tables are known by: `ForeignKeyField("township.CaseRow")`."""

_BUSY_TIMEOUT_MS = 5_000
_WAL_LIMIT_BYTES = 64 * 1024 * 1024
_PAGE_CACHE_KIB = 16 * 1024
_VARIABLES = {"sqlite": 30_000, "postgres": 30_000}
"""Bound values one statement may carry: SQLite allows 32,766, PostgreSQL 65,535."""


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """What a database URL says, taken apart."""

    dialect: Dialect
    path: Path | None
    credentials: Mapping[str, Any]

    @classmethod
    def parse(cls, url: str) -> "DatabaseUrl":
        """Raises ValueError: neither of the two kinds, or no file named; the URL itself is not repeated."""
        parts = urlsplit(url)
        if parts.scheme == "sqlite":
            place = unquote(parts.netloc + parts.path)
            # sqlite:///C:/folder/file.db has one slash too many before a Windows drive.
            if re.match(r"/[A-Za-z]:", place):
                place = place[1:]
            if place in {"", "/"} or ":memory:" in place:
                raise ValueError("DATABASE_URL 要写明一个数据库文件,例如 sqlite:///data/township.db。")
            return cls("sqlite", Path(place), {})
        if parts.scheme in {"postgres", "postgresql"}:
            name = parts.path.lstrip("/")
            if not name:
                raise ValueError("DATABASE_URL 要写明数据库名,例如 postgresql://用户:口令@主机:5432/库名。")
            query = dict(parse_qsl(parts.query))
            credentials = {
                "host": query.get("host") or parts.hostname or "127.0.0.1",
                "port": parts.port or 5432,
                "user": unquote(parts.username) if parts.username else None,
                "password": unquote(parts.password) if parts.password else None,
                "database": unquote(name),
            }
            return cls("postgres", None, credentials)
        raise ValueError(
            "DATABASE_URL 只认 sqlite:///文件 和 postgresql://用户:口令@主机:端口/库名 两种写法。"
        )


def model_modules() -> list[str]:
    """The modules that hold tables: every `backend/*/tables.py`, in the order of their names."""
    return [
        f"backend.{path.parent.name}.tables" for path in sorted(Path(__file__).parent.glob("*/tables.py"))
    ]


def tortoise_config(
    database_url: str, *, models: Sequence[str] | None = None, pool: tuple[int, int] = (1, 8)
) -> dict[str, Any]:
    """Tortoise's configuration for a URL.

    The connection's name is the dialect, because Tortoise caches statements by that name and would otherwise
    send one dialect's SQL to the other.

    Args:
        models: modules with tables; None takes all of the product.
        pool: smallest and largest number of writing connections, PostgreSQL only.
    """
    url = DatabaseUrl.parse(database_url)
    if url.dialect == "sqlite":
        engine = "backend.engines.sqlite_immediate"
        credentials: dict[str, Any] = {
            "file_path": str(url.path),
            "busy_timeout": _BUSY_TIMEOUT_MS,
            "journal_mode": "WAL",
            "synchronous": "FULL",
            "journal_size_limit": _WAL_LIMIT_BYTES,
            "cache_size": -_PAGE_CACHE_KIB,
            "foreign_keys": "ON",
        }
    else:
        engine = "backend.engines.asyncpg_safe"
        credentials = {**url.credentials, "minsize": pool[0], "maxsize": pool[1]}
    return {
        "connections": {url.dialect: {"engine": engine, "credentials": credentials}},
        "apps": {
            APP: {
                "models": list(models if models is not None else model_modules()),
                "default_connection": url.dialect,
                "migrations": "backend.migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


class _Reads(Protocol):
    """Reads of committed rows beside the writing connection."""

    version: str

    async def point(self, sql: str, args: Sequence[Any]) -> list[Row]: ...
    async def long(self, sql: str, args: Sequence[Any]) -> list[Row]: ...
    async def close(self) -> None: ...


class _SqliteReads:
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
        for pragma in ("query_only=1", "wal_autocheckpoint=0", f"busy_timeout={_BUSY_TIMEOUT_MS}"):
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


class _PostgresReads:
    """A pool of connections that cannot write, away from the writers' pool."""

    def __init__(self, pool: "asyncpg.Pool[Any]", version: str) -> None:
        self._pool = pool
        self.version = version

    @classmethod
    async def connect(cls, credentials: Mapping[str, Any], size: int) -> "_PostgresReads":
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


@dataclass(frozen=True, slots=True)
class OpenDatabase:
    """The database of this process while it is open."""

    dialect: Dialect
    context: TortoiseContext
    reads: _Reads

    @property
    def version(self) -> str:
        """Version of SQLite or of the PostgreSQL server, for the health answer."""
        return self.reads.version


_current: OpenDatabase | None = None


def current() -> OpenDatabase:
    """Raises RuntimeError: no database is open in this process."""
    if _current is None:
        raise RuntimeError("no database is open")
    return _current


@asynccontextmanager
async def open_database(
    database_url: str,
    *,
    models: Sequence[str] | None = None,
    pool: tuple[int, int] = (1, 8),
    readers: int = 4,
) -> AsyncIterator[OpenDatabase]:
    """Open the database for this process and close it at the end; the schema must be there already.

    Every task of the process sees it, whichever task opened it. One database a process: Tortoise keeps one
    global context, and raw SQL finds its way by it.

    Args:
        models: modules with tables; None takes all of the product.
        pool: smallest and largest number of writing connections, PostgreSQL only.
        readers: largest number of reading connections, PostgreSQL only.

    Raises:
        DatabaseInUse: another process works on the same SQLite file.
        ValueError: not a database URL.
        RuntimeError: this process has a database open already.
    """
    global _current
    if _current is not None:
        raise RuntimeError("this process has a database open already")
    url = DatabaseUrl.parse(database_url)
    lock = FileLock.of(url.path) if url.path else None
    if lock:
        lock.take()
    context = TortoiseContext()
    try:
        with context:
            await context.init(
                tortoise_config(database_url, models=models, pool=pool), _enable_global_fallback=True
            )
        await context.db().execute_query_dict("SELECT 1 AS ok")
        if url.path:
            reads: _Reads = _SqliteReads(url.path)
        else:
            reads = await _PostgresReads.connect(url.credentials, readers)
        try:
            _current = OpenDatabase(url.dialect, context, reads)
            yield _current
        finally:
            _current = None
            await reads.close()
    finally:
        await context.close_connections()
        if lock:
            lock.release()


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


def _client() -> Any:
    return get_connections().get(current().dialect)


def _spoken(sql: str) -> str:
    return sql if current().dialect == "sqlite" else numbered(sql)


_STORED: dict[type, Callable[[Any], Any]] = {datetime: to_ms, date: date.isoformat}


def _stored(args: Iterable[Any]) -> list[Any]:
    """Arguments as the columns of `backend.columns` keep them: moments as milliseconds, days as text."""
    return [convert(arg) if (convert := _STORED.get(type(arg))) else arg for arg in args]


def inside_transaction() -> bool:
    """Whether this task is inside `in_transaction()`."""
    return isinstance(_client(), TransactionalDBClient)


async def rows(sql: str, args: Sequence[Any] = ()) -> list[Row]:
    """Run one statement on the writing side, within the current transaction if there is one.

    Rows of a SELECT or of a RETURNING clause come back on both databases; decide by those. An aware moment or a
    day among the arguments goes in as the columns of `backend.columns` keep it; it comes back as kept, too.

    Raises:
        IntegrityError, OperationalError: Tortoise's, on both databases.
    """
    found: list[Row] = await _client().execute_query_dict(_spoken(sql), _stored(args))
    return found


async def row(sql: str, args: Sequence[Any] = ()) -> Row | None:
    """The first row of `rows`, or None."""
    found = await rows(sql, args)
    return found[0] if found else None


async def execute_many(sql: str, args_list: Iterable[Sequence[Any]]) -> None:
    """One statement for many argument lists: all or nothing, in the current transaction or in its own."""
    if values := [_stored(args) for args in args_list]:
        await _client().execute_many(_spoken(sql), values)


async def insert_many(
    table: str,
    columns: Sequence[str],
    values: Iterable[Sequence[Any]],
    *,
    conflict: str = "",
    returning: str = "",
) -> list[Row]:
    """Insert many rows by as few statements as the databases' limit on bound values allows.

    Args:
        conflict: for instance `ON CONFLICT (op_id) DO NOTHING`.
        returning: columns to get back of the rows really inserted, for instance `id`; "" for none.

    Returns:
        The rows of RETURNING, empty without it. More than one statement is needed above
        30,000 / len(columns) rows: wrap the call in a transaction where all or nothing matters.
    """
    pending = [list(line) for line in values]
    names = ", ".join(f'"{column}"' for column in columns)
    marks = "(" + ", ".join("?" * len(columns)) + ")"
    tail = f" {conflict}" + (f" RETURNING {returning}" if returning else "")
    step = _VARIABLES[current().dialect] // len(columns)
    back: list[Row] = []
    for start in range(0, len(pending), step):
        part = pending[start : start + step]
        sql = f'INSERT INTO "{table}" ({names}) VALUES {", ".join([marks] * len(part))}{tail}'  # noqa: S608
        back += await rows(sql, [value for line in part for value in line])
    return back


async def point_read(sql: str, args: Sequence[Any] = ()) -> Row | None:
    """The hottest reads: one row by a unique key, past Tortoise.

    On SQLite it runs in the event loop on a read-only connection of its own, so it must be a read by a unique
    index, never a scan. It sees what is committed; inside a transaction it goes through that transaction.
    """
    if inside_transaction():
        return await row(sql, args)
    found = await current().reads.point(sql, _stored(args))
    return found[0] if found else None


async def long_read(sql: str, args: Sequence[Any] = ()) -> list[Row]:
    """Reports, exports and long lists: away from the writing connection, in a thread on SQLite.

    It sees what is committed, also inside a transaction.
    """
    return await current().reads.long(sql, _stored(args))
