"""How fast photos come in: pieces that are sealed and on the disk before they are acknowledged, and whole photos by HTTP."""

import hashlib
import io
import secrets
import time
from dataclasses import dataclass

from aiohttp.test_utils import TestClient, TestServer
from PIL import Image

from api_spec import sync
from api_spec.sync import BLOB_MAX, CHUNK_MAX, UPLOAD_LENGTH, UPLOAD_OFFSET
from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.app import OFFICE, build
from backend.blobs.looking import Looking
from backend.blobs.service import Blobs, Media, Owner
from backend.office import Office
from backend.settings import Settings
from tests.sync import wire

BLOBS_SENT = 16
PHOTOS_SENT = 24
VILLAGE_CHUNK = 256 * 1024
SIDE = (1600, 1200)
MEGABYTE = 1_000_000


class AnythingGoes(Looking):
    """Receiving alone is measured: noise is no photo."""

    async def check(self, plain: bytes) -> tuple[Media, int]:
        assert plain
        return Media.JPEG, 1


@dataclass(frozen=True, slots=True)
class Received:
    """Megabytes a second of the service and over HTTP, and photos a second that were also looked at."""

    service_mb_s: float
    small_mb_s: float
    http_mb_s: float
    photos_s: float
    photo_kb: float

    def __str__(self) -> str:
        return (
            f"photos, fdatasync for each piece: {self.service_mb_s:,.0f} MB/s in pieces of 1 MiB (goal 150),"
            f" {self.small_mb_s:,.0f} of 256 KiB; whole photos of {self.photo_kb:,.0f} KB over HTTP, looked at in a"
            f" process of their own: {self.photos_s:.1f}/s, {self.http_mb_s:.1f} MB/s"
        )


async def measure_photos(settings: Settings) -> Received:
    """Args:
    settings: of a migrated database with a township in it.
    """
    app = build(settings)
    async with TestClient(TestServer(app)) as client:
        office = app[OFFICE]
        tenant_id = office.catalogue.tenant_ids[0]
        blobs = Blobs(
            office.vault,
            folder=settings.data / "bench-blobs",
            free_bytes=lambda: 2**40,
            looking=AnythingGoes(),
        )
        large = await _receive(blobs, Owner(tenant_id, "bench/large"), CHUNK_MAX, office)
        small = await _receive(blobs, Owner(tenant_id, "bench/small"), VILLAGE_CHUNK, office)
        photos = [_photo(serial) for serial in range(PHOTOS_SENT)]
        village = (await office.catalogue.villages(tenant_id))[0]
        admin = Actor(id="bench", roles=frozenset({Role.SYSTEM_ADMIN}), tenant_id=tenant_id)
        code = await office.intake.make_code(village.id, actor=admin, at=office.clock())
        node = await wire.enrol(client, code.code)
        took_s = await _send(node, photos)
    sent = sum(map(len, photos))
    return Received(
        service_mb_s=large,
        small_mb_s=small,
        http_mb_s=sent / MEGABYTE / took_s,
        photos_s=len(photos) / took_s,
        photo_kb=sent / len(photos) / 1000,
    )


async def _receive(blobs: Blobs, owner: Owner, chunk: int, office: Office) -> float:
    """Megabytes a second; each blob is hashed, read back and put away at its end, as in the township."""
    noise = [secrets.token_bytes(BLOB_MAX) for _ in range(BLOBS_SENT)]
    names = [hashlib.sha256(data).hexdigest() for data in noise]
    began = time.perf_counter()
    for sha, data in zip(names, noise, strict=True):
        for offset in range(0, len(data), chunk):
            piece = data[offset : offset + chunk]
            await blobs.append(owner, sha, piece, offset=offset, size=len(data), at=office.clock())
    return BLOBS_SENT * BLOB_MAX / MEGABYTE / (time.perf_counter() - began)


async def _send(node: wire.Wire, photos: list[bytes]) -> float:
    began = time.perf_counter()
    for data in photos:
        path = f"{sync.BLOBS_PATH}/{hashlib.sha256(data).hexdigest()}"
        for offset in range(0, len(data), VILLAGE_CHUNK):
            answered = await node.send(
                data[offset : offset + VILLAGE_CHUNK],
                method="PATCH",
                path=path,
                encoding="",
                headers={UPLOAD_OFFSET: str(offset), UPLOAD_LENGTH: str(len(data))},
            )
            assert answered.status == 204, answered.body
    return time.perf_counter() - began


def _photo(serial: int) -> bytes:
    """A photo as a village sends it: 1600 pixels, some hundred kilobytes."""
    image = Image.effect_noise(SIDE, 12).convert("RGB")
    image.putpixel((0, 0), (serial, 0, 0))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()
