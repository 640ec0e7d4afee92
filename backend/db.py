"""Opens the one database of this process and speaks raw SQL to it; knows no table and no rule.

Two kinds of database, chosen by the URL: `sqlite:///folder/file.db` (one process, one writing connection) and
`postgresql://user:password@host:port/name` (any number of processes). SQL is written once, with `?`.
"""

import logging
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
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
    "current",
    "execute_many",
    "in_transaction",
    "insert_many",
    "insert_statement",
    "inside_transaction",
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


def _client() -> Any:
    return get_connections().get(current().dialect)


def _spoken(sql: str) -> str:
    return sql if current().dialect == "sqlite" else numbered(sql)


_AS_IT_IS = frozenset({str, int, bytes, bool, float, type(None)})
_STORED: dict[type, Callable[[Any], Any]] = {datetime: to_ms, date: date.isoformat}


def _stored(args: Iterable[Any]) -> list[Any]:
    """Arguments as the columns of `backend.columns` keep them: moments as milliseconds, days as text."""
    return [arg if type(arg) in _AS_IT_IS else _converted(arg) for arg in args]


def _converted(arg: Any) -> Any:
    if isinstance(arg, StrEnum):
        # sqlite3 looks for an adapter of every subclass of str, for a microsecond each
        return arg._value_
    convert = _STORED.get(type(arg))
    return convert(arg) if convert else arg


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


def insert_statement(table: str, columns: Sequence[str]) -> str:
    """The INSERT of one row, for `execute_many`: on SQLite faster than `insert_many`, as it is parsed once."""
    return " ".join(_insert_parts(table, columns))


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
