"""Puts a backup back in the township's place: never over a running township, never one from a newer program.

What was there before is set aside under another name, not deleted. Run from the command line only.
"""

import asyncio
import os
from datetime import datetime
from pathlib import Path

from backend.backup import folder, postgres, sealing, sqlite, verifying
from backend.backup.values import BLOBS, KEYS, Manifest, Refused
from backend.database_url import DatabaseUrl
from backend.file_lock import DatabaseInUse, FileLock
from backend.migrate import known_files
from backend.settings import Settings

KEY_FILE = "vault.key"


async def restore(settings: Settings, name: str, *, at: datetime) -> str:
    """Put the backup `name` of the backup folder in the township's place; gives where the old data lies now.

    Raises:
        Refused: no such backup, never verified, altered since, of a newer program, of the other kind of database,
            the key to it is missing, or the township runs.
    """
    manifest = folder.read(settings.backups / name) if name == Path(name).name else None
    if manifest is None:
        raise Refused(f"备份文件夹 {settings.backups} 里没有叫 {name} 的备份。")
    url = DatabaseUrl.parse(settings.url)
    _refuse_unfit(manifest, url)
    copy = await asyncio.to_thread(folder.database_of, settings.backups, manifest)
    if (key := _key_for(settings, manifest)) is not None:
        _write_key(settings.data / KEY_FILE, key)
    photos = settings.backups / name / BLOBS
    if url.path is not None:
        return await asyncio.to_thread(
            _put_back_file, copy, url.path, at=at, photos=photos, settings=settings
        )
    programs = verifying.programs_of(settings)
    await postgres.refuse_if_used(url)
    await asyncio.to_thread(_put_back_photos, photos, settings)
    return await postgres.put_back(copy, url, at=at, programs=programs)


def _put_back_photos(photos: Path, settings: Settings) -> None:
    """Before the database: one that names photos which are not there yet must never begin to work.

    Raises:
        Refused: the disk did not take them; the database was not touched.
    """
    try:
        folder.put_back_blobs(photos, settings.data / BLOBS)
    except OSError as failed:
        raise Refused(f"照片没有拷完：{failed.strerror}。数据库没有动，请检查磁盘后再恢复一次。") from failed


def _refuse_unfit(manifest: Manifest, url: DatabaseUrl) -> None:
    if not manifest.is_verified:
        raise Refused(f"备份 {manifest.name} 没有验证成功，不能用它恢复。{manifest.problem}")
    if manifest.dialect != url.dialect:
        raise Refused(
            f"备份 {manifest.name} 是另一种数据库的（{manifest.dialect}），请用相应的 DATABASE_URL。"
        )
    if newer := [each for each in manifest.migrations if each not in known_files()]:
        raise Refused(
            f"备份 {manifest.name} 是更新的程序做的（{'、'.join(newer)}），请先把程序升级到做备份时的版本或更新。"
        )


def _key_for(settings: Settings, manifest: Manifest) -> bytes | None:
    """The vault key to write into the data folder; None if the right one is in place already.

    Raises:
        Refused: the key in place is another one, or there is none and the backup's cannot be opened.
    """
    file = settings.data / KEY_FILE
    present = settings.vault_key or (file.read_bytes() if file.is_file() else b"")
    if present:
        if sealing.key_mark(present) != manifest.key_mark:
            raise Refused(
                "这份备份要用另一把数据密钥才能读。请换回当时的 BMT_VAULT_KEY 或 vault.key 再恢复。"
            )
        return None
    if not manifest.keys_inside:
        raise Refused("数据文件夹里没有 vault.key，备份里也没有收存密钥。请先把当时的密钥放回数据文件夹。")
    if not settings.backup_secret:
        raise Refused("数据密钥封存在备份里，请用 BMT_BACKUP_SECRET 写明当时的恢复口令。")
    try:
        return sealing.open_key(
            (settings.backups / manifest.name / KEYS).read_bytes(), settings.backup_secret
        )
    except (OSError, sealing.WrongPassphrase) as wrong:
        raise Refused("恢复口令不对，备份里的数据密钥打不开。") from wrong


def _put_back_file(copy: Path, database: Path, *, at: datetime, photos: Path, settings: Settings) -> str:
    lock = FileLock.of(database)
    try:
        lock.take()
    except DatabaseInUse:
        raise Refused("便民通正在运行，不能在它运行时恢复。请先停掉，再恢复。") from None
    try:
        _put_back_photos(photos, settings)
        aside = sqlite.put_back(copy, database, at=at)
    except OSError as failed:
        raise Refused(f"磁盘不让写：{failed.strerror}。原来的数据没有动。") from failed
    finally:
        lock.release()
    return str(aside) if aside else ""


def _write_key(path: Path, key: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
