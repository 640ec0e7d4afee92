"""Copies a PostgreSQL township with PostgreSQL's own programs, and puts a copy back: dump, scratch database, rename.

The password goes to them in the environment, never on the command line, where every user of the machine could read it.
"""

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import asyncpg

from backend.backup import rules
from backend.backup.values import Refused
from backend.database_url import DatabaseUrl

_DEBIAN: Final = Path("/usr/lib/postgresql")
_WORDS_SHOWN: Final = 300
_MAINTENANCE: Final = "postgres"


def find_program(name: str, programs: Path | None) -> str:
    """Where `pg_dump` or `pg_restore` is: in the folder that was set, the newest of Debian's, or on the path.

    Raises:
        Refused: nowhere.
    """
    folders = [programs] if programs else sorted(_DEBIAN.glob("*/bin"), key=_version, reverse=True)
    for folder in folders:
        if found := shutil.which(name, path=str(folder)):
            return found
    if programs is None and (found := shutil.which(name)):
        return found
    raise Refused(
        f"找不到 PostgreSQL 的 {name}。请在这台机器上安装和数据库同一版本的 postgresql-client，"
        "或用 BMT_PG_BIN 写明它所在的文件夹。"
    )


async def dump_to(url: DatabaseUrl, target: Path, *, programs: Path | None) -> None:
    """One consistent dump in PostgreSQL's own compressed form.

    Raises:
        Refused
    """
    program = find_program("pg_dump", programs)
    await _run(
        [program, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}"],
        url.credentials,
        str(url.credentials["database"]),
    )


async def load_from(dump: Path, url: DatabaseUrl, *, database: str, programs: Path | None) -> None:
    """Fill an empty database from a dump, wholly or not at all; every constraint is checked anew.

    Raises:
        Refused
    """
    program = find_program("pg_restore", programs)
    await _run(
        [
            program,
            "--single-transaction",
            "--exit-on-error",
            "--no-owner",
            "--no-privileges",
            f"--dbname={database}",
            str(dump),
        ],
        url.credentials,
        database,
    )


@asynccontextmanager
async def scratch_database(url: DatabaseUrl) -> AsyncIterator[str]:
    """An empty database beside the township's, dropped at the end.

    Raises:
        Refused: this user may not make one.
    """
    name = f"bmt_check_{secrets.token_hex(6)}"
    connection = await _maintenance(url)
    try:
        try:
            await connection.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
        except asyncpg.InsufficientPrivilegeError as refused:
            raise Refused(
                "验证备份要先恢复到一个临时库，但数据库用户没有建库权限。请让管理员执行"
                f' ALTER ROLE "{url.credentials["user"]}" CREATEDB。'
            ) from refused
        try:
            yield name
        finally:
            await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await connection.close()


async def migrations_of(url: DatabaseUrl) -> tuple[str, ...]:
    """The schema files the township's database was built by; empty for one without tables."""
    try:
        connection = await asyncpg.connect(**url.credentials)
    except asyncpg.InvalidCatalogNameError:
        return ()
    try:
        found = await connection.fetch('SELECT "name" FROM "applied_files" ORDER BY "name"')
    except asyncpg.UndefinedTableError:
        return ()
    finally:
        await connection.close()
    return tuple(row["name"] for row in found)


async def refuse_if_used(url: DatabaseUrl) -> None:
    """Raises Refused: somebody works on the township's database."""
    connection = await _maintenance(url)
    try:
        await _refuse_if_used(connection, str(url.credentials["database"]))
    finally:
        await connection.close()


async def put_back(dump: Path, url: DatabaseUrl, *, at: datetime, programs: Path | None) -> str:
    """Fill a new database from a dump and give it the township's name; the old one keeps its rows under another.

    Returns:
        The name the old database has now.

    Raises:
        Refused: somebody still works on it, or this user may not make databases.
    """
    name = str(url.credentials["database"])
    aside = f"{name}_before_{rules.name_of(at).replace('-', '_')}"
    fresh = f"{name}_restoring_{secrets.token_hex(4)}"
    connection = await _maintenance(url)
    try:
        await _refuse_if_used(connection, name)
        try:
            await connection.execute(f"CREATE DATABASE \"{fresh}\" TEMPLATE template0 ENCODING 'UTF8'")
        except asyncpg.InsufficientPrivilegeError as refused:
            raise Refused("恢复要新建数据库，但数据库用户没有建库权限。") from refused
        try:
            await load_from(dump, url, database=fresh, programs=programs)
            await _refuse_if_used(connection, name)
            if await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
                await connection.execute(f'ALTER DATABASE "{name}" RENAME TO "{aside}"')
            await connection.execute(f'ALTER DATABASE "{fresh}" RENAME TO "{name}"')
        except BaseException:
            await connection.execute(f'DROP DATABASE IF EXISTS "{fresh}" WITH (FORCE)')
            raise
    finally:
        await connection.close()
    return aside


async def _refuse_if_used(connection: Any, name: str) -> None:
    others = await connection.fetchval(
        "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'", name
    )
    if others:
        raise Refused(f"数据库 {name} 还有 {others} 个连接在用。请先停掉便民通的全部进程，再恢复。")


async def _maintenance(url: DatabaseUrl) -> Any:
    """Raises Refused: the server cannot be reached."""
    try:
        return await asyncpg.connect(**{**url.credentials, "database": _MAINTENANCE})
    except (OSError, asyncpg.PostgresError) as failed:
        raise Refused(f"连不上 PostgreSQL：{type(failed).__name__}") from failed


async def _run(command: Sequence[str], credentials: Mapping[str, Any], database: str) -> None:
    environment = {
        **os.environ,
        "PGHOST": str(credentials["host"]),
        "PGPORT": str(credentials["port"]),
        "PGUSER": str(credentials["user"] or ""),
        "PGPASSWORD": str(credentials["password"] or ""),
        "PGDATABASE": database,
        "LC_MESSAGES": "C",
    }
    running = await asyncio.create_subprocess_exec(
        *command,
        env={name: value for name, value in environment.items() if value},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, words = await running.communicate()
    except BaseException:
        running.kill()
        await running.wait()
        raise
    if running.returncode:
        raise Refused(_explained(Path(command[0]).name, words.decode(errors="replace")))


def _explained(program: str, words: str) -> str:
    if "version mismatch" in words or "unsupported version" in words:
        return f"{program} 的版本和数据库不同，请用 BMT_PG_BIN 指到和数据库同一版本的程序所在的文件夹。"
    # Lines of detail may quote rows.
    said = [line for line in words.splitlines() if "error:" in line]
    return f"{program} 没有成功：{' '.join(said)[:_WORDS_SHOWN]}"


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in folder.parent.name.split(".") if part.isdigit())
