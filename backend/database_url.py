"""What a database URL says and what Tortoise is told of it; opens nothing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

Dialect = Literal["sqlite", "postgres"]

APP = "township"
"""The label all tables are known by: `ForeignKeyField("township.CaseRow")`."""

BUSY_TIMEOUT_MS = 5_000
_WAL_LIMIT_BYTES = 64 * 1024 * 1024
_PAGE_CACHE_KIB = 16 * 1024


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """What a database URL says, taken apart: three slashes and an absolute path, two and a relative one."""

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
                raise ValueError("DATABASE_URL 要写明一个数据库文件，例如 sqlite:///srv/bmt/township.db。")
            return cls("sqlite", Path(place), {})
        if parts.scheme in {"postgres", "postgresql"}:
            name = parts.path.lstrip("/")
            if not name:
                raise ValueError("DATABASE_URL 要写明数据库名，例如 postgresql://用户:口令@主机:5432/库名。")
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
    database_url: str,
    *,
    models: Sequence[str] | None = None,
    pool: tuple[int, int] = (1, 8),
    migrations: str = "backend.migrations",
) -> dict[str, Any]:
    """Tortoise's configuration for a URL.

    The connection's name is the dialect, because Tortoise caches statements by that name and would otherwise
    send one dialect's SQL to the other.

    Args:
        models: modules with tables; None takes all of the product.
        pool: smallest and largest number of writing connections, PostgreSQL only.
        migrations: the package that holds them.
    """
    url = DatabaseUrl.parse(database_url)
    if url.dialect == "sqlite":
        engine = "backend.engines.sqlite_immediate"
        credentials: dict[str, Any] = {
            "file_path": str(url.path),
            "busy_timeout": BUSY_TIMEOUT_MS,
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
                "migrations": migrations,
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }
