"""A village PC's own backup: its whole data folder on a stick or disk, and back. Sealed as it lies; no password inside.

It knows files, not what they mean. What a restored PC has forgotten comes back through the township's feed, and what the
township has and this PC has not makes a new epoch (sync/1, 2.5).
"""

import asyncio
import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from api_spec.china_time import CHINA
from village_node import APP_VERSION
from village_node.storage import whole_files
from village_node.storage.database import Database

DATABASE: Final = "node.db"
LIST: Final = "backup.json"
_COMING: Final = ".new"
_NOT_COPIED: Final = ("node.db", "ballast", "lock")
_BLOCK: Final = 1024 * 1024


class BadBackup(RuntimeError):
    """The message is for whoever sits at the computer."""


class Listed(msgspec.Struct, frozen=True):
    """One file: its place below the folder, its bytes, their SHA-256."""

    path: str
    size: int
    sha: str


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds. `made_at`: by the village computer's clock, ISO 8601."""

    node: int
    app: str
    made_at: str
    files: tuple[Listed, ...]


_decode = msgspec.json.Decoder(Contents, strict=True).decode


class Safekeeping:
    """Backs one data folder up.

    Args:
        data: the data folder.
        key: the database's, to open the copy with.
    """

    def __init__(self, database: Database, data: Path, *, key: bytes, node: int) -> None:
        self._database = database
        self._data = data
        self._key = key
        self._node = node

    async def make(self, target: Path, *, at: datetime) -> Path:
        """Copy everything while the node goes on working, read it back, and open the copy; gives the new folder.

        The database is copied first: every photo it names lies on the disk already.

        Args:
            target: an existing folder, usually on a stick.

        Raises:
            BadBackup: the copy cannot be opened or differs from what was written.
            OSError, sqlite3.Error: the target is full, read-only or gone; nothing is left under the final name.
        """
        whole = target / f"便民通备份-{self._node}-{at.astimezone(CHINA):%Y%m%d-%H%M%S}"
        coming = whole.with_name(whole.name + _COMING)
        try:
            await asyncio.to_thread(_start, coming)
            await self._database.copy_to(coming / DATABASE)
            await asyncio.to_thread(_copy_rest, self._data, coming)
            await _open_once(coming / DATABASE, self._key)
            files = await asyncio.to_thread(_settled, coming)
            contents = Contents(node=self._node, app=APP_VERSION, made_at=at.isoformat(), files=files)
            await asyncio.to_thread(_publish, coming, whole, contents)
        except BaseException:
            shutil.rmtree(coming, ignore_errors=True)
            raise
        return whole


def read(backup: Path) -> Contents:
    """What a backup says of itself.

    Raises:
        BadBackup: it is none.
    """
    try:
        return _decode((backup / LIST).read_bytes())
    except FileNotFoundError:
        raise BadBackup(f"{backup} 里没有便民通的备份，请选名字以“便民通备份”开头的文件夹。") from None
    except msgspec.MsgspecError:
        raise BadBackup(f"{backup} 的清单已损坏，不能用它恢复。") from None


def restore(backup: Path, data: Path) -> Contents:
    """Put a backup in the place of a data folder that is not there yet, whole or not at all.

    Raises:
        BadBackup: it is none, is damaged, or the data folder holds something.
        OSError: the disk is full or the stick is gone; the data folder is as it was.
    """
    contents = read(backup)
    locks = list(data.glob("lock*"))
    if data.exists() and len(list(data.iterdir())) > len(locks):
        raise BadBackup(f"数据文件夹 {data} 里已有资料，不会被覆盖。请先把它改名，再恢复。")
    coming = data.with_name(data.name + _COMING)
    shutil.rmtree(coming, ignore_errors=True)
    try:
        coming.mkdir(mode=0o700, parents=True)
        for each in contents.files:
            _put_back(backup, coming, each)
        for lock in locks:
            lock.unlink()
        if data.exists():
            data.rmdir()
        coming.replace(data)
    except BaseException:
        shutil.rmtree(coming, ignore_errors=True)
        raise
    whole_files.settle(data.parent)
    return contents


def _start(coming: Path) -> None:
    shutil.rmtree(coming, ignore_errors=True)
    coming.mkdir(mode=0o700)


def _copy_rest(data: Path, coming: Path) -> None:
    for path in _files_under(data):
        place = coming / path.relative_to(data)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            shutil.copyfile(path, place)
        except FileNotFoundError:
            continue  # a photo let go at this moment


def _files_under(data: Path) -> Iterator[Path]:
    """What is copied as it lies: everything but the database with its log, the ballast, and what is half written."""
    for path in sorted(data.rglob("*")):
        top = path.relative_to(data).parts[0]
        if path.is_file() and not top.startswith(_NOT_COPIED) and path.suffix not in {".new", ".part"}:
            yield path


async def _open_once(copy: Path, key: bytes) -> None:
    """Raises BadBackup: the copy is no whole database of ours."""
    try:
        database = await Database.open(copy, key=key)
        try:
            found = [next(iter(row)) for row in await database.rows("PRAGMA integrity_check")]
        finally:
            await database.close()
    except sqlite3.Error as broken:
        raise BadBackup("备份打不开，请换一个U盘再备份一次。") from broken
    if found != ["ok"]:
        raise BadBackup("备份不完整，请换一个U盘再备份一次。")


def _settled(folder: Path) -> tuple[Listed, ...]:
    """Bring every file to the disk and note what it holds."""
    listed = []
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        with path.open("r+b") as file:
            whole_files.sync(file)
        listed.append(_listed(path, folder))
    return tuple(listed)


def _listed(path: Path, folder: Path) -> Listed:
    with path.open("rb") as file:
        sha = hashlib.file_digest(file, "sha256").hexdigest()
    return Listed(path.relative_to(folder).as_posix(), path.stat().st_size, sha)


def _publish(coming: Path, whole: Path, contents: Contents) -> None:
    """Raises BadBackup: read back, a file is not what was written."""
    whole_files.replace(coming / LIST, msgspec.json.encode(contents))
    for each in contents.files:
        if _listed(coming / each.path, coming) != each:
            raise BadBackup("写到U盘的内容读回来不一样，U盘可能坏了，请换一个再备份。")
    coming.replace(whole)
    whole_files.settle(whole.parent)


def _put_back(backup: Path, coming: Path, each: Listed) -> None:
    """Copy one file and see that it is what the list says.

    Raises:
        BadBackup: a name that leads out of the folder, or other bytes.
    """
    place = coming / each.path
    if not place.resolve().is_relative_to(coming.resolve()):
        raise BadBackup(f"{backup} 的清单已损坏，不能用它恢复。")
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with (backup / each.path).open("rb") as source, place.open("xb") as file:
            shutil.copyfileobj(source, file, _BLOCK)
            whole_files.sync(file)
    except FileNotFoundError:
        raise BadBackup(f"备份里缺少文件 {each.path}，不能用它恢复。") from None
    if _listed(place, coming) != each:
        raise BadBackup(f"备份里的文件 {each.path} 已损坏，不能用它恢复。")
