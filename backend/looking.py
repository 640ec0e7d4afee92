"""A look at the township from the command line while it runs: at a copy, so that nothing is written and nobody waits."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from backend.backup import sqlite
from backend.backup.values import Refused
from backend.database_url import DatabaseUrl
from backend.office import Clock, Office, open_office, vault_key
from backend.settings import Settings


def beside(settings: Settings) -> Settings:
    """The same township for a second program beside it: the schema of a running one is not for others to change."""
    return replace(settings, processes=2) if DatabaseUrl.parse(settings.url).path is None else settings


@asynccontextmanager
async def looking(settings: Settings, *, clock: Clock) -> AsyncIterator[Office]:
    """The township as it stood a moment ago.

    Raises:
        Refused: there is no database, or no room for a copy beside it.
    """
    url = DatabaseUrl.parse(settings.url)
    if url.path is None:
        async with open_office(beside(settings), clock=clock) as office:
            yield office
        return
    if not url.path.is_file():
        raise Refused(
            f"没有找到数据库 {url.path}。请到装便民通的文件夹里运行，或用 BMT_DATA 指明数据文件夹；"
            "演示的数据在 data/township。"
        )
    with tempfile.TemporaryDirectory(prefix=".look-", dir=settings.data) as place:
        copy = Path(place) / "township.db"
        sqlite.copy_to(url.path, copy)
        apart = replace(
            settings,
            data=Path(place),
            database_url=f"sqlite:///{copy.absolute()}",
            vault_key=vault_key(settings),
        )
        async with open_office(apart, clock=clock) as office:
            yield office
