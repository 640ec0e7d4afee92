"""A village node in a temporary folder, enrolled with a small township in memory, its clock and chance in our hands."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher

from tests.village_node.browser import Browser
from tests.village_node.packs import pack
from tests.village_node.township import CODE, COUNTY, NODE, Township
from village_node.access import enrolment
from village_node.access.cabinet import KeyCabinet
from village_node.access.clerks import Clerks, Sessions
from village_node.access.enrolment import Enrolment
from village_node.access.keys import DataKey, KeyFolder
from village_node.access.tries import Tries
from village_node.clock import Clock
from village_node.desk.register import Register
from village_node.settings import Settings
from village_node.station import Opened, Station, open_station
from village_node.storage.database import Database
from village_node.sync.line import Send
from village_node.sync.outbox import Outbox
from village_node.sync.packs import Packs
from village_node.sync.shadow import Shadow
from village_node.sync.synchroniser import Synchroniser
from village_node.sync.township import Township as Line
from village_node.web.app import make_app

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
KEY = DataKey(bytes(range(32)))
"""Every village PC of these tests is sealed under it."""


@dataclass
class Time:
    """Both clocks of the village PC; they stand still until told."""

    at: datetime = datetime(2026, 4, 10, 1, 30, tzinfo=UTC)
    mono: float = 1000.0

    @property
    def clock(self) -> Clock:
        return Clock(wall=lambda: self.at, monotonic=lambda: self.mono, boot="boot-1")

    def pass_by(self, step: timedelta) -> None:
        self.at += step
        self.mono += step.total_seconds()


@dataclass
class Node:
    """The parts of one running node, without its page."""

    folder: Path
    database: Database
    enrolment: Enrolment
    packs: Packs
    register: Register
    sync: Synchroniser
    outbox: Outbox
    shadow: Shadow
    time: Time = field(default_factory=Time)

    async def close(self) -> None:
        await self.database.close()


async def start(folder: Path, send: Send, time: Time) -> Node:
    """Open the folder as the program does, enrolling it first if it is new."""
    database = await Database.open(folder / "node.db", key=KEY.file_key)
    keys = KeyFolder(folder / "keys", KEY)
    enrolled = await enrolment.find(database) or await enrolment.enrol(
        database, keys, send, token=CODE, fresh_epoch=secrets.token_hex(8), now_ms=time.clock.now_ms()
    )
    own = keys.own_keys()
    packs = Packs(database)
    await packs.open()
    sync = Synchroniser(
        database,
        node=NODE,
        county_key=enrolled.answer.county_key,
        first_manifest=enrolled.answer.manifest,
        township=Line(send, node=NODE, county=COUNTY, key=own.signing),
        packs=packs,
        clock=time.clock,
        fresh_epoch=lambda: secrets.token_hex(8),
    )
    register = Register(database, enrolled, signing=own.signing, receipt_key=keys.receipt_key())
    return Node(folder, database, enrolled, packs, register, sync, Outbox(database), Shadow(database), time)


def opened(folder: Path, time: Time, *, hasher: PasswordHasher = CHEAP) -> Opened:
    """The folder of `start` as a clerk's password opens it."""
    cabinet = KeyCabinet(folder / "cabinet.json", hasher)
    tries = Tries(folder / "tries.json", time.clock.monotonic)
    return Opened(key=KEY, cabinet=cabinet, tries=tries, sessions=Sessions(time.clock.monotonic))


async def add_clerk(
    folder: Path, login: str, name: str, *, password: str, hasher: PasswordHasher = CHEAP
) -> None:
    """An account in a closed folder of `start`, and with it a copy of the key."""
    database = await Database.open(folder / "node.db", key=KEY.file_key)
    clerks = Clerks(
        database, Shadow(database), hasher=hasher, lock=opened(folder, Time(), hasher=hasher).lock
    )
    await clerks.add(login, name, password=password, clerk_id=secrets.token_hex(16), now_ms=0)
    await database.close()


@pytest.fixture
def township() -> Township:
    town = Township()
    town.publish(pack())
    return town


@pytest.fixture
async def node(tmp_path: Path, township: Township) -> AsyncIterator[Node]:
    """Enrolled, with its catalogue, nothing written yet."""
    running = await start(tmp_path, township, Time())
    await running.sync.until_quiet()
    township.requests.clear()
    yield running
    await running.close()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def station(tmp_path: Path, township: Township, time: Time) -> AsyncIterator[Station]:
    """A whole service point, enrolled, with its catalogue. The sync loop is not running: the line is used when a test says so."""
    node = await start(tmp_path / "node", township, time)
    await node.sync.until_quiet()
    await node.close()
    settings = Settings(
        data=tmp_path / "node", township="https://bmt.example.cn", printer=str(tmp_path / "lp0")
    )
    async with open_station(
        settings,
        township,
        opened=opened(settings.data, time),
        clock=time.clock,
        hasher=CHEAP,
        chance=lambda: 0.5,
    ) as running:
        yield running


@pytest.fixture
async def stranger(station: Station) -> AsyncIterator[Browser]:
    async with TestClient(TestServer(make_app(station))) as client:
        yield Browser(client)


@pytest.fixture
async def clerk(stranger: Browser, station: Station) -> Browser:
    await station.clerks.add("liang", "梁代办", password="shan-lu-1", clerk_id="c" * 32, now_ms=0)
    entered = await stranger.sign_in("liang", "shan-lu-1")
    assert entered.status == 200, entered.text
    return stranger
