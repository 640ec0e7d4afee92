"""Real village computers beside the real township, in one process over loopback."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from api_spec.feed import CaseRow
from tests.support.township import Town, id_number
from village_node.access import enrolment
from village_node.access.clerks import Clerk
from village_node.access.enrolment import Enrolment
from village_node.access.keys import DataKey, KeyFolder
from village_node.clock import Clock
from village_node.desk import intake_form, photo_slots
from village_node.desk.follow_ups import FollowUps
from village_node.desk.register import Application, Entry, Register
from village_node.photos.photos import Photos
from village_node.photos.uploading import Uploading
from village_node.storage.database import Database
from village_node.sync.line import Send, over_http
from village_node.sync.outbox import Outbox
from village_node.sync.packs import Packs
from village_node.sync.shadow import Shadow
from village_node.sync.synchroniser import Synchroniser
from village_node.sync.township import Failed, Township

LAND_LEASE = "SD-018"
KEY = DataKey(bytes(range(32)))
LI = Clerk("clerk-1", "李代办")

FORM: list[tuple[str, str]] = [
    ("kind", "person"),
    ("document", "id_card"),
    ("name", "梁小满"),
    ("number", id_number(77)),
    ("phone", "138 0000 0001"),
    ("address", "三都镇群望村 3 组"),
    ("relation", "self"),
    ("a-area_mu", "12"),
    ("a-term_years", "5"),
    ("a-other_party", "欧阳大山"),
    ("a-village_group", "群望村 3 组"),
    ("m-contract", "present"),
    ("m-both_ids", "present"),
    ("consent-service", "yes"),
    ("consent-sensitive", "yes"),
]
"""土地经营权流转备案 without a mistake."""


@dataclass
class Time:
    """A village computer's clocks; they say whatever the test wants."""

    at: datetime = datetime(2026, 4, 10, 1, 30, tzinfo=UTC)
    mono: float = 1000.0

    @property
    def clock(self) -> Clock:
        return Clock(wall=lambda: self.at, monotonic=lambda: self.mono, boot="boot-1")


@dataclass
class VillagePc:
    """The parts of one village node without its page, enrolled with the township."""

    folder: Path
    database: Database
    enrolment: Enrolment
    packs: Packs
    register: Register
    follow_ups: FollowUps
    sync: Synchroniser
    outbox: Outbox
    shadow: Shadow
    keys: KeyFolder
    photos: Photos
    time: Time = field(default_factory=Time)

    @property
    def number(self) -> int:
        return self.enrolment.node

    async def file(
        self, *, code: str = LAND_LEASE, photos: Sequence[tuple[str, bytes]] = (), **changed: str
    ) -> Entry:
        """File one case at the village as its page does; keywords replace answers.

        Args:
            photos: materials' codes, each with what was photographed.
        """
        form = [(key, changed.get(key.replace("a-", ""), value)) for key, value in FORM]
        for material, raw in photos:
            kept = await self.photos.keep(raw, now_ms=self.time.clock.now_ms())
            form.append((f"photo-m-{material}", photo_slots.value_of(kept)))
        item = next(item for item in self.packs.current().items if item.code == code)
        today = self.time.clock.today()
        reading = intake_form.read(form, item, self.packs.current(), today=today)
        assert reading.typed, reading.wrong
        return await self.register.file(
            Application(
                rid=secrets.token_hex(16),
                item=item,
                pack_sha=self.packs.sha,
                typed=reading.typed,
                clerk=LI,
                made=self.time.clock.stamp(None),
                today=today,
            )
        )

    async def waiting(self) -> int:
        return (await self.outbox.stream()).waiting

    async def keep_trying(self, tries: int = 40) -> None:
        """Raises AssertionError: the queue never became empty."""
        for _ in range(tries):
            try:
                await self.sync.until_quiet()
            except Failed:
                continue
            if await self.waiting() == 0:
                return
        raise AssertionError("the queue never became empty")

    async def told(self, entry: Entry) -> CaseRow | None:
        """What the township has told this computer of a case."""
        return await self.shadow.case(entry.rid)


async def open_pc(folder: Path, send: Send, *, token: str = "", time: Time | None = None) -> VillagePc:
    """Open a village computer's folder as its program does, enrolling it first if it is new."""
    time = time or Time()
    database = await Database.open(folder / "node.db", key=KEY.file_key)
    keys = KeyFolder(folder / "keys", KEY)
    enrolled = await enrolment.find(database) or await enrolment.enrol(
        database, keys, send, token=token, fresh_epoch=secrets.token_hex(8), now_ms=time.clock.now_ms()
    )
    own = keys.own_keys()
    packs = Packs(database)
    await packs.open()
    answer = enrolled.answer
    township = Township(send, node=enrolled.node, county=answer.county, key=own.signing)
    photos = Photos(database, folder / "photos", key=KEY.photo_key)
    await photos.open(now_ms=time.clock.now_ms())
    sync = Synchroniser(
        database,
        node=enrolled.node,
        county_key=answer.county_key,
        first_manifest=answer.manifest,
        township=township,
        packs=packs,
        clock=time.clock,
        fresh_epoch=lambda: secrets.token_hex(8),
        uploading=Uploading(photos, township, monotonic=time.clock.monotonic),
    )
    return VillagePc(
        folder=folder,
        database=database,
        enrolment=enrolled,
        packs=packs,
        register=Register(database, enrolled, signing=own.signing, receipt_key=keys.receipt_key()),
        follow_ups=FollowUps(database),
        sync=sync,
        outbox=Outbox(database),
        shadow=Shadow(database),
        keys=keys,
        photos=photos,
        time=time,
    )


@pytest.fixture
async def line(town: Town) -> AsyncIterator[Send]:
    """The line to the township: real HTTP."""
    async with aiohttp.ClientSession() as session:
        yield over_http(session, str(town.client.make_url("/")))


async def village_id(town: Town, place: int = 0) -> str:
    return (await town.office.catalogue.villages(town.tenant_id))[place].id


async def one_time_code(town: Town, place: int = 0) -> str:
    """A code for one of the township's villages, made by its administrator over the API."""
    admin = await town.staff("admin")
    made = await admin.post(f"/v1/staff/villages/{await village_id(town, place)}/enrolment-codes")
    assert made.status == 201, made.json
    return str(made.json["code"])


Opener = Callable[..., Awaitable[VillagePc]]


@pytest.fixture
async def computers(town: Town, line: Send, tmp_path: Path) -> AsyncIterator[Opener]:
    """Opens enrolled village computers with their catalogue: `await computers("a", place=0, send=None)`."""
    async with AsyncExitStack() as stack:

        async def opened(name: str = "pc", *, place: int = 0, send: Send | None = None) -> VillagePc:
            (tmp_path / name).mkdir()
            token = await one_time_code(town, place)
            pc = await open_pc(tmp_path / name, send or line, token=token)
            stack.push_async_callback(pc.database.close)
            await pc.keep_trying()
            return pc

        yield opened


@pytest.fixture
async def pc(computers: Opener) -> VillagePc:
    """One village computer, nothing written yet."""
    return await computers()
