"""One village service point with all its parts: opened from a data folder, closed in order. Nothing is global."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from argon2 import PasswordHasher

from api_spec.sync import EnrolAnswer
from village_node.access import enrolment
from village_node.access.cabinet import KeyCabinet
from village_node.access.clerks import Clerks, Lock, Sessions
from village_node.access.custody import Custody
from village_node.access.enrolment import Enrolment
from village_node.access.keys import DataKey, KeyFolder
from village_node.access.tries import Tries
from village_node.clock import Clock
from village_node.desk.cash import CashBook
from village_node.desk.corrections import Corrections
from village_node.desk.drafts import Drafts
from village_node.desk.follow_ups import FollowUps
from village_node.desk.held import HeldAnswers
from village_node.desk.register import Register
from village_node.desk.residents import Residents
from village_node.journal import Journal
from village_node.photos.photos import Photos
from village_node.photos.uploading import Uploading
from village_node.settings import Settings
from village_node.sticks.bundles import Bundles
from village_node.sticks.replies import Replies
from village_node.storage.database import Database
from village_node.storage.disk import Disk
from village_node.storage.housekeeping import Housekeeping
from village_node.storage.safekeeping import Safekeeping
from village_node.sync.line import Send
from village_node.sync.outbox import Outbox
from village_node.sync.packs import Packs
from village_node.sync.shadow import Shadow
from village_node.sync.sync_loop import SyncLoop
from village_node.sync.synchroniser import Synchroniser
from village_node.sync.township import Township


class NotEnrolled(RuntimeError):
    """This data folder has not been enrolled with a township yet."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What the door (`door`) hands to the station: the data key, and what outlives a station."""

    key: DataKey
    cabinet: KeyCabinet
    tries: Tries
    sessions: Sessions

    @property
    def lock(self) -> Lock:
        return Lock(self.key, self.cabinet, self.tries)


@dataclass(frozen=True, slots=True)
class Station:
    """All parts of an open service point. `renewed`: its keys have changed, so it is to be opened anew."""

    settings: Settings
    clock: Clock
    enrolment: Enrolment
    packs: Packs
    register: Register
    follow_ups: FollowUps
    corrections: Corrections
    drafts: Drafts
    residents: Residents
    cash: CashBook
    held: HeldAnswers
    photos: Photos
    disk: Disk
    housekeeping: Housekeeping
    safekeeping: Safekeeping
    shadow: Shadow
    outbox: Outbox
    journal: Journal
    clerks: Clerks
    custody: Custody
    renewed: asyncio.Event
    sessions: Sessions
    sync: Synchroniser
    bundles: Bundles
    replies: Replies
    loop: SyncLoop

    async def enrol_again(self, code: str, *, fresh_epoch: str) -> EnrolAnswer:
        """Go on under a new number; nothing is exchanged under the old one any more, and `renewed` is set.

        Raises:
            Failed
        """

        async def work() -> EnrolAnswer:
            answer = await self.custody.enrol_again(code, fresh_epoch=fresh_epoch)
            await self.photos.send_again()
            return answer

        return await self.sync.at_last(work)


def disk_of(settings: Settings) -> Disk:
    return Disk(settings.data, warning_mb=settings.disk_warning_mb, floor_mb=settings.disk_floor_mb)


@asynccontextmanager
async def open_station(
    settings: Settings,
    send: Send,
    *,
    opened: Opened,
    clock: Clock,
    hasher: PasswordHasher,
    chance: Callable[[], float],
    beside: bool = False,
) -> AsyncIterator[Station]:
    """Open everything; the sync loop is started by whoever serves the page.

    Args:
        opened: what a clerk's password or a hand-over code has opened.
        chance: uniform in [0, 1), for jitter.
        beside: for a command: the program may run at the same time, which looks after the log and half-written photos.

    Raises:
        NotEnrolled
        TooNew: the data belongs to a later version.
        BadKey: a key file is missing or damaged.
    """
    disk = disk_of(settings)
    database = await Database.open(
        settings.database, key=opened.key.file_key, make_room=disk.drop_ballast, beside=beside
    )
    try:
        enrolled = await enrolment.find(database)
        if enrolled is None:
            raise NotEnrolled
        opened.cabinet.keep_place(enrolled.node, enrolled.answer.village_name)
        station = await _assemble(
            database,
            enrolled,
            disk=disk,
            settings=settings,
            send=send,
            opened=opened,
            clock=clock,
            hasher=hasher,
            chance=chance,
        )
        if not beside:
            await station.photos.open(now_ms=clock.now_ms())
        yield station
    finally:
        await database.close()


async def _assemble(
    database: Database,
    enrolled: Enrolment,
    *,
    disk: Disk,
    settings: Settings,
    send: Send,
    opened: Opened,
    clock: Clock,
    hasher: PasswordHasher,
    chance: Callable[[], float],
) -> Station:
    folder = KeyFolder(settings.keys, opened.key)
    renewed = asyncio.Event()
    custody = Custody(
        database,
        enrolled,
        key=opened.key,
        cabinet=opened.cabinet,
        folder=folder,
        send=send,
        renewed=renewed.set,
    )
    await custody.open()
    own = folder.own_keys()
    packs = Packs(database)
    await packs.open()
    shadow = Shadow(database)
    answer = enrolled.answer
    township = Township(send, node=enrolled.node, county=answer.county, key=own.signing)
    photos = Photos(
        database,
        settings.photos,
        key=opened.key.photo_key,
        kept_after_arrival=timedelta(days=settings.photo_days),
        has_room=disk.may_keep_photo,
    )
    sync = Synchroniser(
        database,
        node=enrolled.node,
        county_key=answer.county_key,
        first_manifest=answer.manifest,
        township=township,
        packs=packs,
        clock=clock,
        fresh_epoch=lambda: secrets.token_hex(8),
        uploading=Uploading(photos, township, monotonic=clock.monotonic),
        custody=custody,
    )
    clerks = Clerks(database, shadow, hasher=hasher, lock=opened.lock)
    return Station(
        settings=settings,
        clock=clock,
        enrolment=enrolled,
        packs=packs,
        register=Register(database, enrolled, signing=own.signing, receipt_key=folder.receipt_key()),
        follow_ups=FollowUps(database),
        corrections=Corrections(database),
        drafts=Drafts(database),
        residents=Residents(database),
        cash=CashBook(database),
        held=HeldAnswers(database),
        photos=photos,
        disk=disk,
        housekeeping=Housekeeping(disk, photos, clock, wanted_mb=settings.disk_warning_mb),
        safekeeping=Safekeeping(database, settings.data, key=opened.key.file_key, node=enrolled.node),
        shadow=shadow,
        outbox=Outbox(database),
        journal=Journal(database),
        clerks=clerks,
        custody=custody,
        renewed=renewed,
        sessions=opened.sessions,
        sync=sync,
        bundles=Bundles(database, enrolled, own, sync=sync, photos=photos, clock=clock),
        replies=Replies(enrolled, own, sync=sync, clock=clock, journal=Journal(database)),
        loop=SyncLoop(sync, chance, afterwards=clerks.collect_keys),
    )


@asynccontextmanager
async def syncing(station: Station) -> AsyncIterator[None]:
    """Meet the township and look after the disk in the background while this is open."""
    tasks = [asyncio.create_task(work) for work in (station.loop.run(), station.housekeeping.run())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
