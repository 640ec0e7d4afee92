"""A node cut down to what photos need: its file, its photos, its line to a township in memory. No case form, no page."""

import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api_spec import records
from api_spec.record_parts import Clerk, MaterialLine, NodeTime, Photo
from api_spec.records import SCHEMA, SupplementBody, SupplementRecord
from api_spec.vocabulary import MaterialStatus
from tests.village_node.conftest import Time
from tests.village_node.township import COUNTY, NODE, Township
from village_node.photos import photo_links
from village_node.photos.chunk_pace import KIB
from village_node.photos.photos import Photos
from village_node.photos.pictures import Picture, PictureRefused, Refused
from village_node.photos.uploading import Uploading
from village_node.storage.database import Database, Writing
from village_node.sync import outbox
from village_node.sync.line import LineDown, Reply, Send
from village_node.sync.outbox import Outbox
from village_node.sync.packs import Packs
from village_node.sync.synchroniser import Synchroniser
from village_node.sync.township import Failed
from village_node.sync.township import Township as Line

KEY = bytes(range(32))
SIGNING = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
MADE = NodeTime(at_ms=1_775_800_000_000, boot="boot", mono_ms=1)


async def as_it_is(raw: bytes) -> Picture:
    """In place of shrinking, so that a test chooses the size; a file that begins with `?` is no photo."""
    if raw.startswith(b"?"):
        raise PictureRefused(Refused.NOT_A_PICTURE)
    return Picture("image/jpeg", raw)


def some_bytes(size: int, *, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


@dataclass
class PhotoNode:
    """`photograph` keeps a photo, `hand_in` writes the record that names some."""

    folder: Path
    database: Database
    photos: Photos
    uploading: Uploading
    sync: Synchroniser
    outbox: Outbox
    time: Time = field(default_factory=Time)

    async def photograph(self, size: int, *, seed: int = 1) -> Photo:
        return await self.photos.keep(some_bytes(size, seed=seed), now_ms=self.time.clock.now_ms())

    async def hand_in(self, photos: Sequence[Photo], *, case: str, part: str = "id_card") -> None:
        line = MaterialLine(code=part, status=MaterialStatus.PRESENT, photos=tuple(photos))
        record = SupplementRecord(
            rid=secrets.token_hex(16),
            rev=1,
            schema=SCHEMA,
            made=MADE,
            clerk=Clerk(id="c1", name="梁代办"),
            body=SupplementBody(case=case, materials=(line,)),
        )

        async def work(tx: Writing) -> None:
            body = records.encode_record(record)
            await outbox.append(tx, rid=record.rid, rev=1, kind="supplement", body=body, now_ms=0)
            await photo_links.refer(tx, record, case_rid=case)

        await self.database.write(work)

    def files(self) -> set[str]:
        folder = self.folder / "photos"
        return {path.name for path in folder.iterdir()} if folder.exists() else set()

    async def close(self) -> None:
        await self.database.close()


async def open_node(folder: Path, send: Send, *, time: Time) -> PhotoNode:
    """Open the folder as after a start of the computer."""
    database = await Database.open(folder / "node.db", key=KEY)
    await database.write(lambda tx: outbox.begin(tx, secrets.token_hex(8)))
    photos = Photos(database, folder / "photos", key=KEY, prepare=as_it_is)
    await photos.open(now_ms=time.clock.now_ms())
    township = Line(send, node=NODE, county=COUNTY, key=SIGNING)
    uploading = Uploading(photos, township, monotonic=time.clock.monotonic)
    packs = Packs(database)
    await packs.open()
    sync = Synchroniser(
        database,
        node=NODE,
        county_key=b"",
        first_manifest=None,
        township=township,
        packs=packs,
        clock=time.clock,
        fresh_epoch=lambda: secrets.token_hex(8),
        uploading=uploading,
    )
    return PhotoNode(folder, database, photos, uploading, sync, Outbox(database), time)


async def keep_trying(pc: PhotoNode, tries: int = 400) -> int:
    """Meet the township until no photo waits; how many tries failed."""
    for failed in range(tries):
        try:
            await pc.sync.until_quiet()
        except Failed:
            continue
        if await pc.photos.waiting() == 0:
            return failed
    raise AssertionError("photos still wait")


@dataclass
class BadLine:
    """64 KiB/s, 300 ms there and back, cut every `cut_every_s`; time passes by what is sent, and nothing really waits."""

    township: Township
    time: Time
    rate: float = 64.0 * KIB
    round_trip_s: float = 0.3
    cut_every_s: float = 10.0
    photo_bytes: float = 0.0
    cuts: int = 0
    longest_chunk: int = 0

    async def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        now, takes = self.time.mono, self.round_trip_s + len(body) / self.rate
        next_cut = (now // self.cut_every_s + 1) * self.cut_every_s
        chunk = method == "PATCH"
        if chunk:
            self.longest_chunk = max(self.longest_chunk, len(body))
        if now + takes >= next_cut:
            self.time.mono = next_cut
            self.cuts += 1
            if chunk:
                self.photo_bytes += min(len(body), max(0.0, next_cut - now) * self.rate)
            raise LineDown("cut")
        self.time.mono = now + takes
        if chunk:
            self.photo_bytes += len(body)
        return await self.township(method, path, headers, body)


def open_township() -> Township:
    return Township(node_key=SIGNING.public_key())


def patches(township: Township) -> list[str]:
    """The names of the photos in the order their chunks arrived."""
    return [asked.rpartition("/")[2] for asked in township.requests if asked.startswith("PATCH")]
