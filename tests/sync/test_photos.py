"""Photos from a real village computer to the real township, over a line that is cut again and again."""

import secrets
from collections.abc import Mapping
from datetime import timedelta

import pytest

from api_spec import sync
from api_spec.record_parts import MaterialLine
from api_spec.vocabulary import MaterialStatus
from backend import db
from backend.blobs.service import Blob
from tests.support.township import Town
from tests.sync.conftest import LI, Opener, VillagePc, open_pc
from tests.village_node import pictures as make
from village_node.photos.photo_links import PhotoState
from village_node.sync.line import LineDown, Reply, Send
from village_node.sync.township import Failed

SMALL = make.phone_photo(400, 300)
LARGE = make.phone_photo(2000, 1500, seed=3)


async def keep_trying(pc: VillagePc, tries: int = 60) -> None:
    """Raises AssertionError: photos still wait."""
    for _ in range(tries):
        try:
            await pc.sync.until_quiet()
        except Failed:
            continue
        if await pc.photos.waiting() == 0:
            return
    raise AssertionError("photos still wait")


async def originals(town: Town, rid: str) -> dict[str, bytes]:
    """What the township's staff can open of a case, by name."""
    found: dict[str, bytes] = {}
    for photo in await town.office.blobs.photos(town.tenant_id, rid):
        if isinstance(photo.blob, Blob):
            parts = [part async for part in town.office.blobs.original(photo.blob)]
            found[photo.link.sha] = b"".join(parts)
    return found


async def test_photos_arrive_behind_their_case_and_both_sides_count_them(pc: VillagePc, town: Town) -> None:
    entry = await pc.file(photos=[("contract", SMALL), ("contract", LARGE), ("both_ids", SMALL)])
    assert len(await pc.photos.of_case(entry.rid)) == 3
    await pc.sync.until_quiet()
    arrived = await originals(town, entry.rid)
    assert len(arrived) == 2, "the same photo of two papers is one file"
    for photo in await pc.photos.of_case(entry.rid):
        assert photo.state is PhotoState.SENT
        assert arrived[photo.sha] == await pc.photos.part(photo.sha)
    assert all(make.GPS_WORDS not in content for content in arrived.values())
    counts = (await town.office.blobs.counts(town.tenant_id, [entry.rid]))[entry.rid]
    assert (counts.here, counts.total) == (2, 2)


async def test_a_supplement_brings_its_photo_to_the_case(pc: VillagePc, town: Town) -> None:
    entry = await pc.file()
    await pc.sync.until_quiet()
    kept, signed = [await pc.photos.keep(raw, now_ms=0) for raw in (SMALL, LARGE)]
    await pc.follow_ups.supplement(
        entry.rid,
        (MaterialLine(code="contract", status=MaterialStatus.PRESENT, photos=(kept,)),),
        rid=secrets.token_hex(16),
        note="",
        words="补交：合同",
        clerk=LI,
        made=pc.time.clock.stamp(None),
        mandate_photos=(signed,),
    )
    await pc.sync.until_quiet()
    assert set(await originals(town, entry.rid)) == {kept.sha, signed.sha}


@pytest.mark.parametrize("lost", ["requests", "answers"])
async def test_a_line_cut_at_every_second_chunk_loses_nothing(
    computers: Opener, town: Town, line: Send, lost: str
) -> None:
    chunks, sent = 0, 0

    async def cut(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        nonlocal chunks, sent
        if method != "PATCH":
            return await line(method, path, headers, body)
        chunks, sent = chunks + 1, sent + len(body)
        if chunks % 2 and lost == "requests":
            raise LineDown("cut")
        reply = await line(method, path, headers, body)
        if chunks % 2:
            raise LineDown("cut")
        return reply

    pc = await computers("cut", send=cut)
    entry = await pc.file(photos=[("contract", LARGE)])
    await keep_trying(pc)
    [photo] = await pc.photos.of_case(entry.rid)
    assert photo.size > 2 * 64 * 1024
    assert await originals(town, entry.rid) == {photo.sha: await pc.photos.part(photo.sha)}
    if lost == "answers":
        assert sent == photo.size, "whatever had arrived was not sent again"
    else:
        assert sent <= 2 * photo.size + 64 * 1024


async def test_a_restarted_computer_goes_on_where_the_township_is(
    computers: Opener, town: Town, line: Send
) -> None:
    sent: list[int] = []

    async def one_chunk(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if method == "PATCH":
            if sent:
                raise LineDown("the power goes")
            sent.append(len(body))
        return await line(method, path, headers, body)

    pc = await computers("restart", send=one_chunk)
    entry = await pc.file(photos=[("contract", LARGE)])
    with pytest.raises(Failed):
        await pc.sync.until_quiet()
    [photo] = await pc.photos.of_case(entry.rid)
    assert photo.offset == sent[0] > 0
    await pc.database.close()
    again = await open_pc(pc.folder, line)
    await again.sync.until_quiet()
    assert (await originals(town, entry.rid)).keys() == {photo.sha}
    assert await again.photos.waiting() == 0
    await again.database.close()


async def test_one_townships_photo_of_two_villages_is_sent_once(
    computers: Opener, town: Town, line: Send
) -> None:
    async def counted(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        assert not (method == "PATCH" and path.startswith(sync.BLOBS_PATH)), "it is there already"
        return await line(method, path, headers, body)

    first = await computers("first")
    await first.file(photos=[("contract", SMALL)])
    await first.sync.until_quiet()
    second = await computers("second", place=1, send=counted)
    entry = await second.file(photos=[("contract", SMALL)])
    await second.sync.until_quiet()
    assert await second.photos.waiting() == 0
    assert len(await originals(town, entry.rid)) == 1


async def test_what_the_township_will_never_take_is_told_at_the_village(pc: VillagePc) -> None:
    """A file the village let through: its own check is never the last."""
    entry = await pc.file(photos=[("contract", SMALL), ("both_ids", fake_pdf())])
    await pc.sync.until_quiet()
    states = {photo.part: (photo.state, photo.why) for photo in await pc.photos.of_case(entry.rid)}
    assert states["m-contract"][0] is PhotoState.SENT
    assert states["m-both_ids"][0] is PhotoState.REFUSED
    assert states["m-both_ids"][1].startswith("blob_")


def fake_pdf() -> bytes:
    return b"%PDF-1.7\n" + b"not a page in it\n" * 100 + b"%%EOF"


async def a_day_later(town: Town, pc: VillagePc) -> None:
    """The next daily comparison, and what comes of it."""
    town.clock.advance(timedelta(days=1, minutes=1))
    pc.time.at = town.clock()
    for _ in range(3):
        await pc.sync.until_quiet()


async def test_a_photo_whose_file_the_township_lost_comes_again_the_next_day(
    pc: VillagePc, town: Town
) -> None:
    entry = await pc.file(photos=[("contract", SMALL)])
    await pc.sync.until_quiet()
    [blob] = [each.blob for each in await town.office.blobs.photos(town.tenant_id, entry.rid)]
    assert isinstance(blob, Blob)
    for path in (town.office.settings.data / "blobs" / "stored").glob("*/*"):
        path.unlink()
    await a_day_later(town, pc)
    [photo] = await pc.photos.of_case(entry.rid)
    assert await originals(town, entry.rid) == {photo.sha: await pc.photos.part(photo.sha)}


async def test_a_photo_the_township_forgot_comes_again_when_the_view_is_fetched_anew(
    pc: VillagePc, town: Town
) -> None:
    """As after a restored backup that holds the record and not yet its photo."""
    entry = await pc.file(photos=[("contract", SMALL)])
    await pc.sync.until_quiet()
    await db.rows("DELETE FROM blob_upload")
    await db.rows("DELETE FROM blob")
    await pc.shadow.forget_position()
    for _ in range(2):  # the next meeting offers them
        await pc.sync.until_quiet()
    assert len(await originals(town, entry.rid)) == 1
