"""Tortoise's SQLite engine with honest transactions; Tortoise's migrations look for `sqlite` in this name.

Against the stock engine: a transaction takes the write lock when it begins (BEGIN IMMEDIATE waits for
`busy_timeout`, a deferred BEGIN fails at its first write), a task cancelled anywhere leaves neither the lock
nor an open transaction behind, a commit that SQLite has already turned into a rollback is an error, and a
task that outlives the transaction it was started in is refused instead of writing into somebody else's.
"""

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import count
from types import TracebackType
from typing import Any

import aiosqlite
from tortoise.backends.base.client import NestedTransactionContext, TransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionWrapper, translate_exceptions
from tortoise.connection import ConnectionToken, get_connections
from tortoise.exceptions import IntegrityError, OperationalError, TransactionManagementError

_savepoints = count(1)


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for piece in script.split(";"):
        statement += piece + ";"
        if sqlite3.complete_statement(statement):
            if statement.strip() != ";":
                yield statement
            statement = ""
    if statement.strip(" ;\n"):
        yield statement


class Transaction(SqliteTransactionWrapper):
    """The client that statements of one transaction go through."""

    _connection: aiosqlite.Connection

    def acquire_connection(self) -> Any:
        if self._finalized:
            raise TransactionManagementError("the transaction of this task has ended")
        return super().acquire_connection()

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(Transaction(self))

    async def execute_script(self, query: str) -> None:
        # Not the driver's executescript(): that one commits first.
        for statement in _statements(query):
            await self.execute_query(statement)

    async def add_many(self, table: str, columns: Sequence[str], values: list[list[Any]]) -> None:
        await self._insert(table, columns, values, "")

    async def add_new(self, table: str, columns: Sequence[str], values: list[list[Any]]) -> int:
        """How many of the rows were inserted: those whose unique keys were free."""
        written: int = await self._insert(table, columns, values, " ON CONFLICT DO NOTHING")
        return written

    @translate_exceptions
    async def _insert(
        self, table: str, columns: Sequence[str], values: list[list[Any]], conflict: str
    ) -> int:
        names = ", ".join(f'"{column}"' for column in columns)
        marks = ", ".join("?" * len(columns))
        async with self.acquire_connection() as connection:
            cursor = await connection.executemany(
                f'INSERT INTO "{table}" ({names}) VALUES ({marks}){conflict}',  # noqa: S608 - our own names
                values,
            )
        return int(cursor.rowcount)

    async def begin(self) -> None:
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as exc:
            raise OperationalError(exc) from exc

    async def commit(self) -> None:
        # Not the driver's commit(): that one is silent when SQLite has rolled back by itself.
        try:
            await self._connection.execute("COMMIT")
        except sqlite3.OperationalError as exc:
            raise OperationalError(exc) from exc
        except sqlite3.IntegrityError as exc:
            raise IntegrityError(exc) from exc
        self._finalized = True

    async def rollback(self) -> None:
        self._finalized = True
        await self._connection.rollback()

    async def savepoint(self) -> None:
        self._savepoint = f"savepoint_{next(_savepoints)}"
        await self._connection.execute(f"SAVEPOINT {self._savepoint}")


class Entering(TransactionContext):
    """Holds the one connection from BEGIN to COMMIT; whatever goes wrong, it is given back clean."""

    client: Transaction

    def __init__(self, parent: "Client", lock: asyncio.Lock) -> None:
        self.client = Transaction(parent)
        self._parent = parent
        self._lock = lock
        self._token: ConnectionToken | None = None

    async def __aenter__(self) -> Transaction:
        await self._lock.acquire()
        try:
            self.client._connection = await self._parent.connection()
            await self.client.begin()
        except BaseException:
            await self._abandon()
            raise
        self._token = get_connections().set(self.client.connection_name, self.client)
        return self.client

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        try:
            await self._finish(failed=exc_type is not None)
        finally:
            get_connections().reset(self._token)

    async def _finish(self, *, failed: bool) -> None:
        if failed:
            await self._abandon()
            return
        if not self.client._finalized:
            try:
                await self.client.commit()
            except BaseException:
                await self._abandon()
                raise
        self._lock.release()

    async def _abandon(self) -> None:
        """Roll back and let go, even if the task is cancelled again while it waits."""
        self.client._finalized = True
        await asyncio.shield(asyncio.ensure_future(self._roll_back()))

    async def _roll_back(self) -> None:
        try:
            # The driver's thread works in order: after a BEGIN or COMMIT whose waiter was cancelled.
            if self._parent._connection is not None:
                await self._parent._connection.rollback()
        finally:
            self._lock.release()


class Client(SqliteClient):
    """The one writing connection of one SQLite file."""

    async def connection(self) -> aiosqlite.Connection:
        """The connection, opened by whoever comes first; the caller holds the lock."""
        if self._connection is None:
            await self.create_connection(with_db=True)
        assert self._connection is not None  # noqa: S101 - create_connection has set or raised
        return self._connection

    def _in_transaction(self) -> TransactionContext:
        return Entering(self, self._lock)

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        async with Entering(self, self._lock) as transaction:
            await transaction.execute_many(query, values)


client_class = Client
