"""A disk that refuses is told from a request that breaks the program: the one is tried again, the other is not."""

import sqlite3

import asyncpg
import pytest
from tortoise.exceptions import OperationalError

from backend.db import OpenDatabase, Row, in_transaction, is_storage_trouble, rows


def _wrapped(error: Exception) -> OperationalError:
    outer = OperationalError(error)
    outer.__context__ = error
    return outer


def _of_sqlite(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    "error",
    [
        _of_sqlite(sqlite3.SQLITE_FULL),
        _of_sqlite(sqlite3.SQLITE_IOERR_WRITE),
        _of_sqlite(sqlite3.SQLITE_BUSY),
        asyncpg.DiskFullError("no space left"),
        asyncpg.AdminShutdownError("going down"),
        asyncpg.ConnectionDoesNotExistError("gone"),
    ],
)
def test_what_the_disk_does_is_the_disks(error: Exception) -> None:
    assert is_storage_trouble(_wrapped(error))


async def test_what_a_statement_does_is_not_the_disks(db: OpenDatabase) -> None:
    async def twice() -> list[Row]:
        async with in_transaction():
            return await rows("SELECT no_such_column FROM no_such_table")

    with pytest.raises(Exception, match="no_such_table") as refused:
        await twice()
    assert not is_storage_trouble(refused.value), db.dialect
    assert not is_storage_trouble(ValueError())
