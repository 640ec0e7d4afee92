"""Builds the features and joins them: the one place that knows which service needs which. Speaks no HTTP itself."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiohttp
import argon2

from api_spec.china_time import day_in_china
from api_spec.vocabulary import ConsentPurpose
from backend.appointments.queue_watch import QueueWatch
from backend.appointments.service import Appointments
from backend.archive.service import Archive
from backend.audit.proving import Proving
from backend.audit.reads import ReadLog
from backend.audit.service import Audit
from backend.backup.service import Backups
from backend.blobs.service import Blobs
from backend.cases import store_chains as case_histories
from backend.cases.recounting import CaseDates
from backend.cases.service import Cases
from backend.catalogue.service import Catalogue
from backend.complaints.service import Complaints
from backend.db import open_database
from backend.documents.service import Documents, Issuing, Press
from backend.drafts.service import Drafts
from backend.enquiries.service import Enquiries
from backend.hall.service import Hall
from backend.intake.bundles import Bundles
from backend.intake.service import Intake
from backend.ledgers import LEDGERS
from backend.migrate import migrate
from backend.notices.service import Notices
from backend.organisation.keeping import Keeping
from backend.organisation.service import Organisation
from backend.organisation.watching import EntryWatch
from backend.outbox.http_line import HttpLine, public_session
from backend.outbox.service import Outbox
from backend.overseeing import SUPERVISION_EVERY_S, Desks, open_supervision
from backend.own_data.service import OwnData
from backend.people import notices
from backend.people.service import Hashing, People, WeChatDoor, tokens_of
from backend.photos.service import OwnPhotos
from backend.progress.service import ProgressDesk
from backend.proxy import store_chains as errand_histories
from backend.proxy.recounting import ErrandDates
from backend.proxy.service import Proxy
from backend.recount.service import Recount
from backend.referrals.service import Referrals
from backend.reviews.service import Reviews
from backend.settings import Settings
from backend.statistics.dashboard import Dashboard
from backend.statistics.service import Statistics
from backend.supervision import store_chains as card_histories
from backend.supervision.service import Supervision
from backend.upward.service import Upward
from backend.vault import Vault
from backend.voices import open_voices
from backend.ways_out import follow, open_ways
from backend.webhooks.service import Webhooks
from backend.wechat.client import MiniProgram, ServiceAccount
from backend.wechat.values import Account

Clock = Callable[[], datetime]

VAULT_KEY_FILE = "vault.key"
KEEPING_EVERY_S = 6 * 3600.0
SCHEMA_WAIT_S = 2
"""How long to wait for another process that works on the schema; it holds the file as long as it runs."""
PROGRESS_LIFE_S = 30.0
FIGURES_EVERY_S = 600.0
RATINGS_EVERY_S = 86_400.0
CALENDAR_EVERY_S = 60.0
ANCHORS_EVERY_S = 600.0
PROGRESS_LIFE_SHARED_S = 3.0
"""Where other processes move cases too, a kept answer may be this old."""


@dataclass(frozen=True, slots=True)
class Round:
    """Something a feature does by itself again and again; `run` is told the township's time and does one round."""

    name: str
    every_s: float
    run: Callable[[datetime], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Every service of a running township."""

    settings: Settings
    clock: Clock
    vault: Vault
    audit: Audit
    proving: Proving
    blobs: Blobs
    photos: OwnPhotos
    drafts: Drafts
    own_data: OwnData
    catalogue: Catalogue
    hall: Hall
    recount: Recount
    people: People
    organisation: Organisation
    appointments: Appointments
    cases: Cases
    documents: Documents
    archive: Archive
    proxy: Proxy
    referrals: Referrals
    intake: Intake
    bundles: Bundles
    progress: ProgressDesk
    backups: Backups
    supervision: Supervision
    reviews: Reviews
    complaints: Complaints
    enquiries: Enquiries
    statistics: Statistics
    dashboard: Dashboard
    outbox: Outbox
    notices: Notices
    upward: Upward
    webhooks: Webhooks
    rounds: tuple[Round, ...] = ()


def home_tenant(catalogue: Catalogue) -> str:
    """The township a citizen visits who names none: the first one set up."""
    return catalogue.tenant_ids[0]


@asynccontextmanager
async def open_office(
    settings: Settings, *, clock: Clock, hashing: Hashing | None = None
) -> AsyncIterator[Office]:
    """Open the database (migrated), build every service, and close them in the opposite order.

    Raises:
        DatabaseInUse: another process works on the same SQLite file.
        SchemaMismatch: the database is of a later version.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    vault = Vault({0: vault_key(settings)}, suite=settings.vault_suite)
    if settings.processes == 1:
        await migrate(settings.url, wait_s=SCHEMA_WAIT_S)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(open_database(settings.url, pool=(1, settings.pool_size)))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        public = await stack.enter_async_context(public_session())
        office = _build(
            settings,
            clock=clock,
            vault=vault,
            http=http,
            public=public,
            hashing=hashing or _hashing(settings),
        )
        await _load(office, stack)
        yield office


def _hashing(settings: Settings) -> Hashing:
    """The demonstration prints its passwords on the screen, so it need not spend 50 hashes of 0.1 s on its accounts."""
    if settings.mode == "demo":
        return Hashing(argon2.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
    return Hashing()


def vault_key(settings: Settings) -> bytes:
    """The key that seals personal data: from the settings, else from a file made once, readable by the owner only."""
    if settings.vault_key:
        return settings.vault_key
    return _key_file(settings.data / VAULT_KEY_FILE)


def _key_file(path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        key = os.urandom(32)
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key


def _build(
    settings: Settings,
    *,
    clock: Clock,
    vault: Vault,
    http: aiohttp.ClientSession,
    public: aiohttp.ClientSession,
    hashing: Hashing,
) -> Office:
    audit = Audit()
    notice = notices.current(ConsentPurpose.SERVICE, day=day_in_china(clock()))
    catalogue = Catalogue(
        public_base_url=settings.base_url, consent_version=str(notice.version), consent_text=notice.text
    )
    mini = _mini_program(settings, clock=clock, http=http)
    hall = Hall(catalogue)
    people = People(
        vault,
        audit,
        tokens=tokens_of(vault, settings.base_url),
        wechat=_wechat(settings, mini, http=http),
        home_tenant=lambda: home_tenant(catalogue),
        knows_tenant=lambda tenant_id: tenant_id in catalogue.tenant_ids,
        hashing=hashing,
    )
    cases = Cases(catalogue, hall, vault, people)
    proxy = Proxy(catalogue, hall, vault, people.citizens)
    organisation = Organisation(catalogue, hall, people, vault, audit)
    proxy.desk.rest_on(organisation.covers)
    keeping = Keeping(catalogue, people, papers_days=settings.staff_papers_days)
    blobs = Blobs(
        vault,
        folder=settings.data / "blobs",
        free_bytes=lambda: shutil.disk_usage(settings.data).free,
        floor_bytes=2 * settings.disk_floor_mb * 2**20,
    )
    photos, drafts = OwnPhotos(blobs), Drafts(vault)
    intake = Intake(
        cases,
        proxy,
        catalogue,
        people,
        vault,
        audit,
        blobs=blobs,
        clock=clock,
        free_bytes=lambda: shutil.disk_usage(settings.data).free,
        floor_bytes=settings.disk_floor_mb * 2**20,
    )
    recount = Recount(
        hall,
        audit,
        [CaseDates(cases, tell=intake.tell_again), ErrandDates(proxy, tell=intake.tell_again)],
        tenant_ids=lambda: catalogue.tenant_ids,
    )
    proving = Proving(
        audit,
        [case_histories.JOURNAL, errand_histories.JOURNAL, card_histories.JOURNAL],
        rows=LEDGERS,
        astray=recount.astray,
        tenant_ids=lambda: catalogue.tenant_ids,
    )
    reads = ReadLog(audit)
    cases.on_read(reads.case)
    proxy.on_read(reads.errand)
    progress = ProgressDesk(
        [cases, proxy],
        nodes=intake,
        slips=[cases, proxy],
        life_s=PROGRESS_LIFE_S if settings.processes == 1 else PROGRESS_LIFE_SHARED_S,
    )
    ways = open_ways(
        settings,
        clock=clock,
        vault=vault,
        audit=audit,
        people=people,
        catalogue=catalogue,
        mini=mini,
        line=HttpLine(http),
        public_line=HttpLine(public),
    )
    documents = Documents(
        cases,
        proxy,
        Issuing(catalogue, people, vault, base_url=settings.base_url),
        audit,
        press=Press(None if settings.pdf_font == Path() else settings.pdf_font),
    )
    cases.count_photos(blobs.counts)
    proxy.count_photos(blobs.counts)
    supervision = open_supervision(
        Desks(cases=cases, catalogue=catalogue, hall=hall, intake=intake, audit=audit)
    )
    cases.after_commit(progress.forget)
    proxy.after_commit(progress.forget)
    appointments = Appointments(catalogue, hall, people, vault=vault)
    supervision.watch(QueueWatch(appointments.view))
    supervision.watch(EntryWatch(organisation))
    voices = open_voices(
        settings,
        clock=clock,
        catalogue=catalogue,
        hall=hall,
        people=people,
        vault=vault,
        cases=cases,
        proxy=proxy,
        appointments=appointments,
    )
    voices.read_by(reads, clock)
    leaving = follow(
        ways,
        settings=settings,
        catalogue=catalogue,
        cases=cases,
        proxy=proxy,
        appointments=appointments,
        reviews=voices.reviews,
        complaints=voices.complaints,
    )
    statistics = Statistics(
        cases, proxy, hall, places=catalogue, staff=people.accounts, ratings=voices.reviews.figures
    )
    dashboard = Dashboard(statistics, tenant_ids=lambda: catalogue.tenant_ids)
    cases.on_move(statistics.digest.follow)
    for watched in voices.watched:
        supervision.watch(watched)
    return Office(
        settings=settings,
        clock=clock,
        vault=vault,
        audit=audit,
        proving=proving,
        blobs=blobs,
        photos=photos,
        drafts=drafts,
        own_data=OwnData(vault, audit, hall.calendar),
        catalogue=catalogue,
        hall=hall,
        recount=recount,
        people=people,
        organisation=organisation,
        appointments=appointments,
        cases=cases,
        documents=documents,
        archive=Archive(cases, documents, blobs, catalogue, people, vault=vault, audit=audit),
        proxy=proxy,
        referrals=Referrals(),
        intake=intake,
        bundles=Bundles(
            intake,
            blobs,
            vault,
            audit,
            folder=settings.data / "bundles",
            free_bytes=lambda: shutil.disk_usage(settings.data).free,
        ),
        progress=progress,
        reviews=voices.reviews,
        complaints=voices.complaints,
        enquiries=voices.enquiries,
        backups=Backups(settings, key=vault_key(settings), clock=clock),
        supervision=supervision,
        statistics=statistics,
        dashboard=dashboard,
        outbox=ways.outbox,
        notices=ways.notices,
        upward=ways.upward,
        webhooks=ways.webhooks,
        rounds=(
            Round(name="supervision", every_s=SUPERVISION_EVERY_S, run=supervision.run),
            Round(name="ratings", every_s=RATINGS_EVERY_S, run=voices.reviews.forget_contacts),
            Round(name="anchors", every_s=ANCHORS_EVERY_S, run=proving.run),
            Round(name="calendar", every_s=CALENDAR_EVERY_S, run=recount.run),
            Round(name="keeping", every_s=KEEPING_EVERY_S, run=keeping.run),
            Round(name="own-photos", every_s=KEEPING_EVERY_S, run=photos.forget),
            Round(name="drafts", every_s=KEEPING_EVERY_S, run=drafts.forget),
            Round(name="figures", every_s=FIGURES_EVERY_S, run=dashboard.run),
            *(Round(name=name, every_s=every_s, run=run) for name, every_s, run in leaving),
        ),
    )


def _mini_program(settings: Settings, *, clock: Clock, http: aiohttp.ClientSession) -> MiniProgram:
    account = Account(settings.wechat_appid, settings.wechat_secret)
    return MiniProgram(http, account, clock=clock, api=settings.wechat_url)


def _wechat(settings: Settings, mini: MiniProgram, *, http: aiohttp.ClientSession) -> WeChatDoor:
    service = Account(settings.wechat_service_appid, settings.wechat_service_secret)
    return WeChatDoor(
        mini_appid=settings.wechat_appid,
        mini=mini,
        web_appid=service.appid,
        web=ServiceAccount(http, service, api=settings.wechat_url, open_base=settings.wechat_open_url),
    )


async def _load(office: Office, stack: AsyncExitStack) -> None:
    """What is kept in memory, and the tasks that share commits."""
    await office.catalogue.load_all(at=office.clock())
    await office.hall.start()
    stack.push_async_callback(office.hall.close)
    await office.people.start(office.clock)
    stack.push_async_callback(office.people.close)
    await office.appointments.start(office.clock)
    stack.push_async_callback(office.appointments.close)
    await stack.enter_async_context(office.cases)
    await stack.enter_async_context(office.proxy)
    await stack.enter_async_context(office.intake)
    stack.push_async_callback(office.blobs.close)
    stack.push_async_callback(office.backups.close)
