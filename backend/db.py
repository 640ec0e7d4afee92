"""Opens the one database of this process and speaks raw SQL to it; knows no table and no rule.

Two kinds of database, chosen by the URL: `sqlite:///folder/file.db` (one process, one writing connection) and
`postgresql://user:password@host:port/name` (any number of processes). SQL is written once, with `?`.
"""

import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from typing import Any

from tortoise.backends.base.client import TransactionalDBClient
from tortoise.connection import get_connections
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from backend.database_url import APP, DatabaseUrl, Dialect, model_modules, tortoise_config
from backend.file_lock import DatabaseInUse, FileLock
from backend.instants import to_ms
from backend.reads import PostgresReads, Reads, Row, SqliteReads, numbered

__all__ = [
    "APP",
    "DatabaseInUse",
    "DatabaseUrl",
    "Dialect",
    "OpenDatabase",
    "Row",
    "add_many",
    "add_new",
    "current",
    "execute_many",
    "in_transaction",
    "insert_many",
    "inside_transaction",
    "is_storage_trouble",
    "long_read",
    "model_modules",
    "open_database",
    "point_read",
    "row",
    "rows",
    "tortoise_config",
]

# At DEBUG these print every bound value, names and identity numbers among them.
for _driver in ("tortoise.db_client", "aiosqlite", "asyncpg"):
    logging.getLogger(_driver).setLevel(logging.INFO)

_STORAGE_SQLITE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
    }
)
_STORAGE_POSTGRES = ("08", "53", "57", "58")
"""Classes of SQLSTATE: no connection, no resources, an operator's or the system's doing."""

_MOST_VALUES = 30_000
"""Bound values one statement may carry: SQLite allows 32,766, PostgreSQL 32,767."""


@dataclass(frozen=True, slots=True)
class OpenDatabase:
    """The database of this process while it is open."""

    dialect: Dialect
    context: TortoiseContext
    reads: Reads

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
            reads: Reads = SqliteReads(url.path)
        else:
            reads = await PostgresReads.connect(url.credentials, readers)
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


def is_storage_trouble(error: BaseException) -> bool:
    """Whether the database could not store or read: its disk is full or broken, or it is gone for now.

    Nothing was wrong with what was asked; the same may well succeed later.
    """
    seen: BaseException | None = error
    while seen is not None:
        code = getattr(seen, "sqlite_errorcode", None)
        state = getattr(seen, "sqlstate", None)
        if code is not None and code & 0xFF in _STORAGE_SQLITE:
            return True
        if isinstance(state, str) and state.startswith(_STORAGE_POSTGRES):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def _client() -> Any:
    return get_connections().get(current().dialect)


def _spoken(sql: str) -> str:
    return sql if current().dialect == "sqlite" else numbered(sql)


_AS_IT_IS = frozenset({str, int, bytes, bool, float, type(None)})
_value = attrgetter("_value_")


def _same(arg: Any) -> Any:
    return arg


class _Converters(dict[type, Callable[[Any], Any]]):
    """How a value of each type is kept, found out once a type."""

    def __missing__(self, kind: type) -> Callable[[Any], Any]:
        # sqlite3 looks for an adapter of every subclass of str, for a microsecond each
        found = self[kind] = _value if issubclass(kind, StrEnum) else _same
        return found


# All rows of a batch share a few moments, and one of them stands in several columns.
_converters = _Converters({datetime: lru_cache(256)(to_ms), date: date.isoformat})


def _stored(args: Iterable[Any]) -> list[Any]:
    """Arguments as the columns of `backend.columns` keep them: moments as milliseconds, days as text."""
    return [arg if type(arg) in _AS_IT_IS else _converters[type(arg)](arg) for arg in args]


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


@asynccontextmanager
async def _writing() -> AsyncIterator[Any]:
    """The current transaction, or one for this alone."""
    if inside_transaction():
        yield _client()
    else:
        async with in_transaction() as client:
            yield client


async def add_many(table: str, columns: Sequence[str], values: Iterable[Sequence[Any]]) -> None:
    """Insert many rows that collide with none, by the fastest way there is: all of them or none.

    On SQLite one statement is parsed and run for each row; on PostgreSQL they go by COPY.

    Raises:
        IntegrityError: Tortoise's, on both databases.
    """
    if pending := [_stored(line) for line in values]:
        async with _writing() as client:
            await client.add_many(table, columns, pending)


async def add_new(table: str, columns: Sequence[str], values: Sequence[Sequence[Any]]) -> int:
    """Insert those of many rows whose unique keys are free; gives how many that were."""
    if not values:
        return 0
    if current().dialect == "postgres":
        return len(
            await insert_many(table, columns, values, conflict="ON CONFLICT DO NOTHING", returning=columns[0])
        )
    async with _writing() as client:
        return int(await client.add_new(table, columns, [_stored(line) for line in values]))


def _insert_parts(table: str, columns: Sequence[str]) -> tuple[str, str]:
    names = ", ".join(f'"{column}"' for column in columns)
    return f'INSERT INTO "{table}" ({names}) VALUES', f"({', '.join('?' * len(columns))})"


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
    head, marks = _insert_parts(table, columns)
    tail = f" {conflict}" + (f" RETURNING {returning}" if returning else "")
    step = _MOST_VALUES // len(columns)
    back: list[Row] = []
    for start in range(0, len(pending), step):
        part = pending[start : start + step]
        sql = f"{head} {', '.join([marks] * len(part))}{tail}"
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
