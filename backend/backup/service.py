"""The township's backups: made, proved by opening them, thinned out, and what the villages may forget because of them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
import structlog

from api_spec import VERSION
from backend.backup import folder, postgres, rules, sealing, sqlite, verifying
from backend.backup.rules import Cover
from backend.backup.values import BLOBS, DATABASE_FILE, KEYS, BackupState, Found, Manifest, Refused
from backend.database_url import DatabaseUrl
from backend.file_lock import DatabaseInUse, FileLock
from backend.instants import to_ms
from backend.intake.service import Head
from backend.settings import Settings

__all__ = ["BackupState", "Backups", "Cover", "Manifest", "Refused"]

Vouch = Callable[[Sequence[Mapping[str, Head]]], Awaitable[dict[str, int]]]

LOCK: Final = "backups"
log = structlog.get_logger("township.backup")


class Backups:
    """Everything about backups of one deployment; it needs no open database but for the promise to the villages.

    Args:
        key: the vault's master key.
        clock: the township's.
    """

    def __init__(self, settings: Settings, *, key: bytes, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._key = key
        self._clock = clock
        self._promised: tuple[str, ...] | None = None
        self._asked: asyncio.Task[None] | None = None

    @property
    def keeps_key(self) -> bool:
        """Whether the vault key goes into backups, sealed."""
        return bool(self._settings.backup_secret)

    async def all(self) -> list[Manifest]:
        """Every backup in the folder, oldest first."""
        return await asyncio.to_thread(folder.read_all, self._settings.backups)

    async def cover(self, *, at: datetime) -> Cover:
        """How well the township is covered."""
        return rules.cover(await self.all(), at=at)

    async def tend(self, vouch: Vouch, *, at: datetime) -> Manifest | None:
        """The clock's own work: the daily backup when it is due, and the promise that rests on what is kept.

        Returns:
            the backup that was made now.
        """
        made = None
        if rules.is_due(await self.all(), at=at, hour=self._settings.backup_hour):
            try:
                made = await self.make(at=at)
            except Refused as refused:
                log.warning("no backup", reason=str(refused))
        await self.promise(vouch)
        return made

    async def promise(self, vouch: Vouch) -> None:
        """Tell the villages' streams what every kept backup holds, if the backups are others than last time."""
        verified = [each for each in await self.all() if each.is_verified]
        names = tuple(each.name for each in verified)
        if names == self._promised:
            return
        changed = await vouch([_heads(each) for each in verified])
        self._promised = names
        log.info("streams made safe", backups=len(names), streams=len(changed))

    def ask(self, vouch: Vouch) -> None:
        """Make a backup now, in the background; asking twice while one runs changes nothing."""
        if not self.is_making:
            self._asked = asyncio.create_task(self._make_asked(vouch), name="backup")

    @property
    def is_making(self) -> bool:
        """Whether a backup that was asked for is being made."""
        return self._asked is not None and not self._asked.done()

    async def close(self) -> None:
        """Wait for nothing: a backup that runs is broken off and says so."""
        if self._asked is not None:
            self._asked.cancel()
            await asyncio.gather(self._asked, return_exceptions=True)

    async def _make_asked(self, vouch: Vouch) -> None:
        try:
            await self.make(at=self._clock())
            await self.promise(vouch)
        except Refused as refused:
            log.warning("no backup", reason=str(refused))

    async def make(self, *, at: datetime) -> Manifest:
        """One backup: copied, restored into a scratch place, opened there; then old ones are thinned out.

        Raises:
            Refused: another backup runs, or this one did not succeed; its description says why.
        """
        with self._turn():
            await asyncio.to_thread(folder.mark_broken_off, self._settings.backups)
            made = await self._whole(at)
            for old in rules.thinned(await self.all(), at=at):
                await asyncio.to_thread(folder.remove, self._settings.backups, old)
                log.info("old backup removed", backup=old.name)
        return made

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One backup at a time, also among processes; the lock ends with the process."""
        try:
            lock = FileLock.of(self._settings.backups / LOCK)
            lock.take()
        except DatabaseInUse:
            raise Refused("另一个备份正在进行，请等它做完。") from None
        except OSError as failed:
            raise Refused(f"备份文件夹 {self._settings.backups} 不能写：{failed.strerror}。") from failed
        try:
            yield
        finally:
            lock.release()

    async def _whole(self, at: datetime) -> Manifest:
        dialect = DatabaseUrl.parse(self._settings.url).dialect
        manifest = Manifest(
            name=rules.name_of(at),
            state=BackupState.RUNNING.value,
            made_ms=to_ms(at),
            dialect=dialect,
            app=VERSION,
            key_mark=sealing.key_mark(self._key),
            keys_inside=self.keeps_key,
        )
        place = self._settings.backups
        try:
            await asyncio.to_thread(folder.write, place, manifest)
            manifest = await self._copied(manifest)
            found = await verifying.verify(self._settings, manifest, key=self._key)
        except (Refused, OSError) as failed:
            await self._fail(manifest, _sentence(failed))
            raise Refused(_sentence(failed)) from failed
        except BaseException:
            await asyncio.shield(self._fail(manifest, "备份做到一半，程序停了。"))
            raise
        manifest = self._finished(manifest, found)
        await asyncio.to_thread(folder.write, place, manifest)
        log.info("backup verified", backup=manifest.name, bytes=manifest.size, records=manifest.records)
        return manifest

    async def _copied(self, manifest: Manifest) -> Manifest:
        """Database first, photos after: every photo the database names is then in the copy."""
        place = self._settings.backups / manifest.name
        copy = place / DATABASE_FILE[manifest.dialect]
        url = DatabaseUrl.parse(self._settings.url)
        if url.path is not None:
            await asyncio.to_thread(sqlite.copy_to, url.path, copy)
            migrations = await asyncio.to_thread(sqlite.migrations_of, copy)
        else:
            await postgres.dump_to(url, copy, programs=verifying.programs_of(self._settings))
            migrations = await postgres.migrations_of(url)
            await asyncio.to_thread(folder.sync_file, copy)
        sha, size = await asyncio.to_thread(folder.digest, copy)
        blobs, blob_bytes = await asyncio.to_thread(
            folder.copy_blobs, self._settings.data / BLOBS, place / BLOBS
        )
        if self._settings.backup_secret:
            await asyncio.to_thread(self._seal_key, place / KEYS)
        copied = msgspec.structs.replace(
            manifest, sha256=sha, size=size, migrations=migrations, blobs=blobs, blob_bytes=blob_bytes
        )
        await asyncio.to_thread(folder.write, self._settings.backups, copied)
        return copied

    def _seal_key(self, path: Path) -> None:
        path.write_bytes(sealing.seal_key(self._key, self._settings.backup_secret))
        folder.sync_file(path)

    def _finished(self, manifest: Manifest, found: Found) -> Manifest:
        return msgspec.structs.replace(
            manifest,
            state=BackupState.VERIFIED.value,
            finished_ms=to_ms(self._clock()),
            streams=found.streams,
            tables=found.tables,
            blobs_damaged=found.blobs_damaged,
        )

    async def _fail(self, manifest: Manifest, problem: str) -> None:
        failed = msgspec.structs.replace(
            manifest,
            state=BackupState.FAILED.value,
            finished_ms=to_ms(self._clock()),
            problem=problem,
        )
        log.error("backup failed", backup=manifest.name, reason=problem)
        try:
            await asyncio.to_thread(folder.empty, self._settings.backups, failed)
            await asyncio.to_thread(folder.write, self._settings.backups, failed)
        except OSError as full:
            log.warning("backup folder cannot be written", reason=full.strerror)


def _heads(backup: Manifest) -> dict[str, Head]:
    return {each.stream: Head(each.upto, each.chain) for each in backup.streams}


def _sentence(failed: Refused | OSError) -> str:
    return str(failed) if isinstance(failed, Refused) else f"磁盘不让写：{failed.strerror}。"
