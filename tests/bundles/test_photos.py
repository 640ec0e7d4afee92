"""Photos on a stick: they arrive whole, whatever came over the line before, and a spoilt one stops nothing."""

import secrets
from pathlib import Path

import pytest

from api_spec.record_parts import MaterialLine, Photo
from api_spec.vocabulary import MaterialStatus
from backend import db
from tests.blobs.pictures import photo
from tests.bundles.desk import TINY, Desk, bring_all
from tests.support.township import Town
from tests.sync.conftest import LI, VillagePc
from village_node.photos.photos import Photos
from village_node.photos.uploading import Uploading
from village_node.sticks.bundles import Standing
from village_node.sync.line import Send
from village_node.sync.synchroniser import Synchroniser
from village_node.sync.township import Township


@pytest.fixture
def desk(pc: VillagePc, line: Send, tmp_path: Path) -> Desk:
    """A village computer that keeps photos."""
    photos = Photos(pc.database, pc.folder / "photos", key=bytes(32))
    answer = pc.enrolment.answer
    township = Township(line, node=pc.number, county=answer.county, key=pc.keys.own_keys().signing)
    pc.sync = Synchroniser(
        pc.database,
        node=pc.number,
        county_key=answer.county_key,
        first_manifest=answer.manifest,
        township=township,
        packs=pc.packs,
        clock=pc.time.clock,
        fresh_epoch=lambda: secrets.token_hex(8),
        uploading=Uploading(photos, township, monotonic=pc.time.clock.monotonic),
    )
    return Desk(pc, tmp_path, photos)


async def hand_in(desk: Desk, *sides: int) -> list[Photo]:
    """A case with one photo for each length of side."""
    assert desk.photos is not None
    entry = await desk.pc.file()
    kept = [await desk.photos.keep(photo(side=side), now_ms=0) for side in sides]
    await desk.pc.follow_ups.supplement(
        entry.rid,
        (MaterialLine(code="contract", status=MaterialStatus.PRESENT, copies=1, photos=tuple(kept)),),
        rid=secrets.token_hex(16),
        note="",
        words="补交照片",
        clerk=LI,
        made=desk.pc.time.clock.stamp(None),
    )
    return kept


async def here() -> set[str]:
    return {row["sha"] for row in await db.rows("SELECT sha FROM blob")}


async def test_photos_arrive_with_their_case(desk: Desk, town: Town) -> None:
    photos = await hand_in(desk, 90, 200)
    [reply] = await bring_all(town, await desk.parts())
    assert await here() == {photo.sha for photo in photos}
    await desk.take_reply(reply)
    assert desk.photos is not None
    assert (await desk.photos.waiting(), await desk.pc.waiting()) == (0, 0)


async def test_photos_in_parts_of_their_own_arrive_in_any_order(desk: Desk, town: Town) -> None:
    photos = await hand_in(desk, 90, 200, 300)
    parts = await desk.parts(part_max=TINY)
    assert len(parts) == 5
    replies = await bring_all(town, [*reversed(parts), *parts])
    assert await here() == {photo.sha for photo in photos}
    for reply in replies:
        await desk.take_reply(reply)
    assert desk.photos is not None
    assert (await desk.photos.waiting(), await desk.pc.waiting()) == (0, 0)
    assert [over.standing for over in await desk.bundles().handed_over()] == [Standing.CONFIRMED]


async def test_photos_that_came_over_the_line_are_not_wanted_again(desk: Desk, town: Town) -> None:
    photos = await hand_in(desk, 90, 200)
    parts = await desk.parts()
    await desk.pc.keep_trying()
    assert await here() == {photo.sha for photo in photos}
    [reply] = await bring_all(town, parts)
    await desk.take_reply(reply)
    assert await here() == {photo.sha for photo in photos}


async def test_a_photo_that_cannot_be_read_stays_behind_and_the_rest_goes(desk: Desk, town: Town) -> None:
    spoilt, good = await hand_in(desk, 90, 200)
    assert desk.photos is not None
    _spoil(desk.pc.folder / "photos" / spoilt.sha)
    [reply] = await bring_all(town, await desk.parts())
    assert await here() == {good.sha}
    await desk.take_reply(reply)
    assert (await desk.photos.waiting(), await desk.pc.waiting()) == (1, 0)


def _spoil(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)
