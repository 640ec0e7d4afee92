"""Tortoise's PostgreSQL engine with honest transactions; migrations look for `asyncpg` in this name.

Against the stock engine: a task cancelled anywhere gives its pool connection back with no transaction open,
a COMMIT that the server answered with ROLLBACK (an error was swallowed inside) is an error, and connections
go back to the pool without the usual reset round trip, because nothing here sets session state.
"""

import asyncio
from collections.abc import Sequence
from itertools import count
from types import TracebackType
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import NestedTransactionContext, TransactionContext
from tortoise.backends.base_postgres.client import translate_exceptions
from tortoise.connection import ConnectionToken, get_connections
from tortoise.exceptions import IntegrityError, OperationalError, TransactionManagementError

_savepoints = count(1)


class Connection(asyncpg.Connection):  # type: ignore[misc]
    """A connection that keeps no session state, so there is nothing to reset."""

    def get_reset_query(self) -> str:
        return ""


class _Discreet(AsyncpgDBClient):
    """Says which rule was broken without the values that broke it: they may be a name or an identity number."""

    async def _translate_exceptions(self, func: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await func(self, *args, **kwargs)
        except (asyncpg.SyntaxOrAccessError, asyncpg.DataError) as exc:
            raise OperationalError(str(exc.args[0]).partition(": ")[0]) from None
        except asyncpg.IntegrityConstraintViolationError as exc:
            raise IntegrityError(exc.args[0]) from None
        except asyncpg.InvalidTransactionStateError as exc:
            raise TransactionManagementError(exc) from exc


class Transaction(_Discreet, TransactionWrapper):
    """The client that statements of one transaction go through."""

    _savepoint: str

    def acquire_connection(self) -> Any:
        if self._finalized:
            raise TransactionManagementError("the transaction of this task has ended")
        return super().acquire_connection()

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(Transaction(self))

    @translate_exceptions
    async def add_many(self, table: str, columns: Sequence[str], values: list[list[Any]]) -> None:
        async with self.acquire_connection() as connection:
            await connection.copy_records_to_table(table, columns=columns, records=values)

    async def begin(self) -> None:
        await self._connection.execute("BEGIN")

    @translate_exceptions
    async def commit(self) -> None:
        tag = await self._connection.execute("COMMIT")
        self._finalized = True
        if tag != "COMMIT":
            raise TransactionManagementError(
                "rolled back: a failed statement was swallowed without a savepoint"
            )

    async def rollback(self) -> None:
        self._finalized = True
        await self._connection.execute("ROLLBACK")

    async def savepoint(self) -> None:
        self._savepoint = f"savepoint_{next(_savepoints)}"
        await self._connection.execute(f"SAVEPOINT {self._savepoint}")

    async def savepoint_rollback(self) -> None:
        await self._connection.execute(f"ROLLBACK TO SAVEPOINT {self._savepoint}")

    async def release_savepoint(self) -> None:
        await self._connection.execute(f"RELEASE SAVEPOINT {self._savepoint}")


class Entering(TransactionContext):
    """Holds one pool connection from BEGIN to COMMIT; whatever goes wrong, it is given back clean."""

    client: Transaction

    def __init__(self, parent: "Client") -> None:
        self.client = Transaction(parent)
        self._parent = parent
        self._token: ConnectionToken | None = None

    async def __aenter__(self) -> Transaction:
        pool = await self._parent.pool()
        self.client._connection = await pool.acquire()
        try:
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
        await (await self._parent.pool()).release(self.client._connection)

    async def _abandon(self) -> None:
        """Roll back and let go, even if the task is cancelled again while it waits."""
        self.client._finalized = True
        await asyncio.shield(asyncio.ensure_future(self._roll_back()))

    async def _roll_back(self) -> None:
        connection = self.client._connection
        try:
            # Always, not only when the driver believes itself in a transaction: after a cancelled BEGIN
            # or COMMIT it cannot know. Without a transaction this is a notice, not an error.
            await connection.execute("ROLLBACK")
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            connection.terminate()
        finally:
            await (await self._parent.pool()).release(connection)


class Client(_Discreet):
    """The writing pool of one PostgreSQL database."""

    connection_class = Connection

    async def pool(self) -> "asyncpg.Pool[Any]":
        """The pool, opened by whoever comes first."""
        if self._pool is None:
            async with self._pool_init_lock:
                if self._pool is None:
                    await self.create_connection(with_db=True)
        assert self._pool is not None  # noqa: S101 - create_connection has set or raised
        return self._pool

    def _in_transaction(self) -> TransactionContext:
        return Entering(self)

    async def execute_many(self, query: str, values: list[Any]) -> None:
        async with Entering(self) as transaction:
            await transaction.execute_many(query, values)


client_class = Client
