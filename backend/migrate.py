"""Brings a database up to the migrations, or the migrations up to the tables; knows no table by name.

    python -m backend.migrate up       bring the database of DATABASE_URL up to date
    python -m backend.migrate make     write the migration that the tables ask for
    python -m backend.migrate check    say whether the tables have moved on without one

Tortoise's own migrations do the work. Around them: all steps and their records in one transaction, one process
at a time, and a digest of every applied file.
"""

import asyncio
import hashlib
import importlib
import os
import sqlite3
import sys
from pathlib import Path
from typing import Any

import asyncpg
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from backend.database_url import DatabaseUrl, tortoise_config
from backend.file_lock import DatabaseInUse, FileLock
from backend.reads import numbered

PACKAGE = "backend.migrations"
_LOCK_KEY = 0x626D74
_CREATE_RECORD = (
    'CREATE TABLE IF NOT EXISTS "applied_files"'
    ' ("name" VARCHAR(255) NOT NULL PRIMARY KEY, "digest" VARCHAR(64) NOT NULL)'
)
_READ_RECORD = 'SELECT "name", "digest" FROM "applied_files"'
_WRITE_RECORD = 'INSERT INTO "applied_files" ("name", "digest") VALUES (?, ?)'


class SchemaMismatch(RuntimeError):
    """This database does not go with these migrations; the message says what to do."""


def folder(package: str = PACKAGE) -> Path:
    """Where the migrations of a package lie."""
    return Path(next(iter(importlib.import_module(package).__path__)))


def _digests(package: str) -> dict[str, str]:
    """Name and SHA-256 of each migration file, in order."""
    files = sorted(path for path in folder(package).glob("*.py") if path.stem[0] not in "_~")
    return {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def known_files(package: str = PACKAGE) -> frozenset[str]:
    """Names of the migrations this program has; a database built by any other cannot be opened by it."""
    return frozenset(_digests(package))


async def migrate(database_url: str, *, package: str = PACKAGE, wait_s: float = 60) -> bool:
    """Bring the database up to date; safe to call from several processes at once.

    After a crash in the middle the database is as it was before.

    Args:
        package: where the migrations lie.
        wait_s: seconds to wait for another process to let go of a SQLite file.

    Returns:
        True if anything was done.

    Raises:
        DatabaseInUse: another process still holds the SQLite file.
        SchemaMismatch: the database was built by other migrations.
    """
    url = DatabaseUrl.parse(database_url)
    if url.path is None:
        known = await _applied_on_postgres(url)
        return bool(_pending(known, package)) and await _apply(database_url, package)
    lock = FileLock.of(url.path)
    await asyncio.to_thread(lock.take, wait_s=wait_s)
    try:
        known = _applied_on_sqlite(url.path)
        return bool(_pending(known, package)) and await _apply(database_url, package)
    finally:
        lock.release()


def _pending(applied: dict[str, str], package: str) -> list[str]:
    """Names of the files this database has not seen; raises SchemaMismatch."""
    ours = _digests(package)
    if strange := [name for name, digest in applied.items() if ours.get(name) != digest]:
        raise SchemaMismatch(
            f"数据库的表结构和程序对不上（{'、'.join(strange)}）。"
            "试用的数据库请删掉重建；正式的数据库请换用建库时的或更新的程序。"
        )
    return [name for name in ours if name not in applied]


def _applied_on_sqlite(path: Path) -> dict[str, str]:
    connection = sqlite3.connect(path)
    try:
        return dict(connection.execute(_READ_RECORD).fetchall())
    except sqlite3.OperationalError:
        return {}
    finally:
        connection.close()


async def _applied_on_postgres(url: DatabaseUrl) -> dict[str, str]:
    connection = await asyncpg.connect(**url.credentials)
    try:
        found = await connection.fetch(_READ_RECORD)
    except asyncpg.UndefinedTableError:
        return {}
    finally:
        await connection.close()
    return {line["name"]: line["digest"] for line in found}


async def _apply(database_url: str, package: str) -> bool:
    # Imported here: a start with nothing to migrate, which is nearly every start, saves the time.
    from backend.engines.schema import Executor

    config = tortoise_config(database_url, models=(), migrations=package)
    (dialect,) = config["connections"]
    async with TortoiseContext() as context:
        # Connections only: migrations carry their own picture of the tables.
        context.connections._init_config(config["connections"])
        async with in_transaction(dialect) as transaction:
            if dialect == "postgres":
                await transaction.execute_query_dict("SELECT pg_advisory_xact_lock($1)", [_LOCK_KEY])
            await transaction.execute_script(_CREATE_RECORD)
            applied = await transaction.execute_query_dict(_READ_RECORD)
            pending = _pending({line["name"]: line["digest"] for line in applied}, package)
            if not pending:
                return False
            executor = Executor(transaction, config["apps"])
            # Before anything else: looking for the record in vain would abort PostgreSQL's transaction.
            await executor.recorder.ensure_schema(executor._schema_editor(atomic=False))
            await executor.migrate(direction="forward")
            await _record(transaction, {name: _digests(package)[name] for name in pending})
            await _check_references(transaction)
    return True


async def _record(transaction: Any, files: dict[str, str]) -> None:
    sql = numbered(_WRITE_RECORD) if transaction.capabilities.dialect == "postgres" else _WRITE_RECORD
    await transaction.execute_many(sql, [list(file) for file in files.items()])


async def _check_references(transaction: Any) -> None:
    if transaction.capabilities.dialect == "sqlite":
        orphans = await transaction.execute_query_dict("PRAGMA foreign_key_check")
        if orphans:
            raise SchemaMismatch(f"迁移会留下 {len(orphans)} 行没有归属的数据，已放弃，数据库保持原样。")


def main(arguments: list[str]) -> int:
    """The command line; returns the exit code."""
    from backend import make_migration

    match arguments:
        case ["up"]:
            url = os.environ.get("DATABASE_URL", "")
            try:
                done = asyncio.run(migrate(url))
            except (DatabaseInUse, SchemaMismatch, ValueError) as refusal:
                sys.stderr.write(f"{refusal}\n")
                return 1
            sys.stdout.write("数据库已更新。\n" if done else "数据库已是最新。\n")
        case ["make"]:
            path = asyncio.run(make_migration.make())
            sys.stdout.write(f"已写出 {path.name}。\n" if path else "表结构没有变化。\n")
        case ["check"]:
            missing = asyncio.run(make_migration.missing())
            sys.stdout.write("\n".join(missing or ["迁移与表结构一致。"]) + "\n")
            return 1 if missing else 0
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
