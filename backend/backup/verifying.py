"""Restores a backup into a scratch place and has it opened there; a copy nobody opened is no backup."""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec

from backend.backup import folder, postgres, sqlite
from backend.backup.values import BLOBS, Found, Manifest, Order, Refused
from backend.database_url import DatabaseUrl
from backend.settings import Settings

LONGEST_S: Final = 4 * 3600.0


async def verify(settings: Settings, manifest: Manifest, *, key: bytes) -> Found:
    """What the backup holds, found by opening it.

    Raises:
        Refused: it cannot be restored, opened, or is damaged; the sentence says which.
    """
    copy = await asyncio.to_thread(folder.database_of, settings.backups, manifest)
    photos = settings.backups / manifest.name / BLOBS
    await asyncio.to_thread(_check_blobs, photos, manifest)
    with tempfile.TemporaryDirectory(prefix=".check-", dir=settings.backups) as scratch:
        await asyncio.to_thread(folder.copy_blobs, photos, Path(scratch) / BLOBS)
        async with _restored(settings, copy, Path(scratch), manifest.dialect) as url:
            found = await _opened(
                Order(database_url=url, folder=scratch, key=key, suite=settings.vault_suite)
            )
    if found.wrong:
        node, epoch, what = found.wrong[0]
        raise Refused(
            f"备份里 {node} 号机的记录不完整（{epoch}，{what}），请不要删除更早的备份，并联系维护人员。"
        )
    return found


@asynccontextmanager
async def _restored(settings: Settings, copy: Path, scratch: Path, dialect: str) -> AsyncIterator[str]:
    """URL of the copy in its scratch place."""
    if dialect == "sqlite":
        path = scratch / "township.db"
        await asyncio.to_thread(shutil.copyfile, copy, path)
        await asyncio.to_thread(sqlite.check_file, path)
        yield f"sqlite:///{path.absolute()}"
        return
    live = DatabaseUrl.parse(settings.url)
    async with postgres.scratch_database(live) as name:
        await postgres.load_from(copy, live, database=name, programs=programs_of(settings))
        yield _url_of(live, name)


def programs_of(settings: Settings) -> Path | None:
    """The folder that was set for PostgreSQL's programs."""
    return None if settings.pg_bin == Path() else settings.pg_bin


def _url_of(live: DatabaseUrl, name: str) -> str:
    given = live.credentials
    password = f":{quote(str(given['password']), safe='')}" if given["password"] else ""
    user = f"{quote(str(given['user']), safe='')}{password}@" if given["user"] else ""
    host = str(given["host"])
    if host.startswith("/"):
        return f"postgresql://{user}:{given['port']}/{name}?host={quote(host)}"
    return f"postgresql://{user}{host}:{given['port']}/{name}"


async def _opened(order: Order) -> Found:
    """Raises Refused: our own program could not open it."""
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "backend.backup.checking",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(LONGEST_S):
            said, words = await running.communicate(msgspec.json.encode(order))
    except BaseException:
        running.kill()
        await running.wait()
        raise
    try:
        return msgspec.json.decode(said, type=Found)
    except msgspec.MsgspecError:
        last = words.decode(errors="replace").strip().splitlines()[-1:]
        why = last[0].partition(":")[0][:100] if last else f"exit {running.returncode}"
        raise Refused(f"备份恢复到临时位置后，程序打不开它（{why}）。") from None


def _check_blobs(place: Path, manifest: Manifest) -> None:
    """Raises Refused: photos that were copied are not there any more."""
    found = [path for path in place.rglob("*") if path.is_file()] if place.is_dir() else []
    if (len(found), sum(path.stat().st_size for path in found)) != (manifest.blobs, manifest.blob_bytes):
        raise Refused("备份里的照片和当初写下的数目不一样。")
