"""What is kept of photos, for how long, and what survives a crash."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from api_spec.record_parts import Photo
from api_spec.sync import BlobAnswer
from tests.village_node.conftest import Time
from tests.village_node.photo_node import PhotoNode, open_node, open_township, some_bytes
from tests.village_node.township import Township
from village_node.desk.drafts import Draft, Drafts
from village_node.photos.photo_links import Count, PhotoMissing, PhotoState
from village_node.photos.photos import STRAY_KEPT, UNNAMED_KEPT
from village_node.photos.pictures import PictureRefused, Refused

CASE = "c" * 32
OTHER = "d" * 32
LATER = timedelta(seconds=1)


@pytest.fixture
def town() -> Township:
    return open_township()


@pytest.fixture
async def pc(tmp_path: Path, town: Township) -> AsyncIterator[PhotoNode]:
    node = await open_node(tmp_path, town, time=Time())
    yield node
    await node.close()


async def test_the_same_photo_twice_is_one_file_and_two_may_have_one_label(pc: PhotoNode) -> None:
    first, again = await pc.photograph(50_000), await pc.photograph(50_000)
    other = await pc.photograph(50_000, seed=2)
    assert first == again != other
    assert pc.files() == {first.sha, other.sha}
    same = [Photo(sha=each.sha, size=each.size, label="身份证") for each in (first, other)]
    await pc.hand_in(same, case=CASE)
    await pc.hand_in(same, case=OTHER)
    assert [photo.label for photo in await pc.photos.of_case(CASE)] == ["身份证", "身份证"]
    assert await pc.photos.waiting() == 2, "each goes up once"


async def test_what_is_kept_can_be_shown_and_lies_nowhere_in_the_clear(pc: PhotoNode) -> None:
    photo = await pc.photograph(100_000)
    shown = await pc.photos.find(photo.sha)
    assert shown is not None
    assert shown.content == some_bytes(100_000)
    for path in pc.folder.rglob("*"):
        assert not path.is_file() or some_bytes(100_000)[:64] not in path.read_bytes()
    assert await pc.photos.find("0" * 64) is None


async def test_what_is_no_photo_is_not_kept(pc: PhotoNode) -> None:
    with pytest.raises(PictureRefused) as refused:
        await pc.photos.keep(b"? a letter", now_ms=0)
    assert refused.value.why is Refused.NOT_A_PICTURE
    assert pc.files() == set()


async def test_a_record_cannot_name_a_photo_that_is_not_here(pc: PhotoNode) -> None:
    with pytest.raises(PhotoMissing):
        await pc.hand_in([Photo(sha="0" * 64, size=5)], case=CASE)
    assert (await pc.outbox.stream()).last_seq == 0, "the record was not written either"


async def test_only_what_neither_a_record_nor_a_draft_names_is_collected(pc: PhotoNode) -> None:
    handed_in, in_a_draft, dropped = [await pc.photograph(1000, seed=seed) for seed in range(3)]
    await pc.hand_in([handed_in], case=CASE)
    drafts = Drafts(pc.database)
    await drafts.save(
        Draft("e" * 32, "item", "clerk", 0, 0, [("photo-m-id_card", f"{in_a_draft.sha}.{in_a_draft.size}")])
    )
    assert await pc.photos.collect(now_ms=pc.time.clock.now_ms()) == 0, "a form may still be open"
    pc.time.pass_by(UNNAMED_KEPT + LATER)
    assert await pc.photos.collect(now_ms=pc.time.clock.now_ms()) == 1
    assert pc.files() == {handed_in.sha, in_a_draft.sha}
    assert await pc.photos.known([dropped.sha, handed_in.sha]) == {handed_in.sha: 1000}
    await drafts.drop("e" * 32)
    assert await pc.photos.collect(now_ms=pc.time.clock.now_ms()) == 1
    assert pc.files() == {handed_in.sha}


async def test_room_is_made_only_of_photos_the_township_has_had_for_long(
    pc: PhotoNode, town: Township
) -> None:
    old, fresh, unsent = [await pc.photograph(10_000, seed=seed) for seed in range(3)]
    for photo, day in ((old, "2026-04-10"), (fresh, "2026-05-01")):
        town.time = f"{day}T04:00:00+00:00"
        await pc.hand_in([photo], case=CASE)
        await pc.sync.until_quiet()
    await pc.hand_in([unsent], case=CASE)
    assert await pc.photos.free(1) == 0, "the township has had none of them for long"
    town.time = "2026-05-11T04:00:00+00:00"  # 31 days after the first, 10 after the second
    town.refused[unsent.sha] = "blob_type"
    pc.time.at -= timedelta(days=4000)  # our own clock may say anything
    await pc.sync.until_quiet()
    assert await pc.photos.free(10**9) > 10_000
    assert pc.files() == {fresh.sha, unsent.sha}
    assert [photo.state for photo in await pc.photos.of_case(CASE)] == [
        PhotoState.FREED,
        PhotoState.SENT,
        PhotoState.REFUSED,
    ]
    assert (await pc.photos.counts([CASE, OTHER])) == {CASE: Count(whole=3, there=2, refused=1)}


async def test_no_more_room_is_made_than_is_needed(pc: PhotoNode, town: Township) -> None:
    for seed in range(4):
        await pc.hand_in([await pc.photograph(10_000, seed=seed)], case=CASE)
    await pc.sync.until_quiet()
    town.time = "2027-01-01T00:00:00+00:00"
    await pc.sync.until_quiet()
    assert 20_000 < await pc.photos.free(11_000) < 30_000
    assert len(pc.files()) == 2


async def test_a_freed_photo_handed_in_again_is_here_again_and_not_sent_twice(
    pc: PhotoNode, town: Township
) -> None:
    photo = await pc.photograph(10_000)
    await pc.hand_in([photo], case=CASE)
    await pc.sync.until_quiet()
    town.time = "2027-01-01T00:00:00+00:00"
    await pc.sync.until_quiet()
    await pc.photos.free(1)
    assert pc.files() == set()
    assert await pc.photograph(10_000) == photo
    await pc.hand_in([photo], case=OTHER)
    assert pc.files() == {photo.sha}
    assert await pc.photos.waiting() == 0


async def test_a_photo_sent_back_is_not_taken_again_and_its_case_needs_a_hand_until_there_is_another(
    pc: PhotoNode, town: Township
) -> None:
    bad = await pc.photograph(1000)
    town.refused[bad.sha] = "blob_type"
    await pc.hand_in([bad], case=CASE)
    await pc.sync.until_quiet()
    [shown] = await pc.photos.of_case(CASE)
    assert (shown.state, shown.why) == (PhotoState.REFUSED, "blob_type")
    assert await pc.photos.cases_needing_a_hand() == [CASE]
    with pytest.raises(PictureRefused) as refused:
        await pc.photograph(1000)
    assert refused.value.why is Refused.SENT_BACK
    await pc.hand_in([await pc.photograph(1000, seed=2)], case=CASE)
    assert await pc.photos.cases_needing_a_hand() == []


async def test_what_a_crash_left_half_written_is_gone_after_the_next_start(
    pc: PhotoNode, town: Township
) -> None:
    kept = await pc.photograph(1000)
    await pc.hand_in([kept], case=CASE)
    folder = pc.folder / "photos"
    (folder / "0123.coming").write_bytes(b"half")
    (folder / ("f" * 64)).write_bytes(b"renamed, and then the power went")
    await pc.close()
    again = await open_node(pc.folder, town, time=pc.time)
    assert again.files() == {kept.sha, "f" * 64}, "a newer copy of the database may still name it"
    await again.close()
    pc.time.pass_by(timedelta(days=365 * 20) + STRAY_KEPT)
    again = await open_node(pc.folder, town, time=pc.time)
    assert again.files() == {kept.sha}
    await again.close()


async def test_a_township_that_went_back_is_offered_everything_that_is_still_here(
    pc: PhotoNode, town: Township
) -> None:
    for seed in range(30):
        await pc.hand_in([await pc.photograph(100, seed=seed)], case=CASE)
    await pc.sync.until_quiet()
    before = dict(town.blobs)
    assert len(before) == 30
    town.streams.clear()  # an older backup: it knows neither the records nor the photos
    town.blobs.clear()
    await pc.sync.until_quiet()
    await pc.sync.until_quiet()
    assert town.blobs == before


async def test_only_the_words_of_the_township_end_the_duty_to_send(pc: PhotoNode) -> None:
    photo = await pc.photograph(1000)
    await pc.hand_in([photo], case=CASE)
    await pc.photos.reached(photo.sha, 1000)
    assert await pc.photos.waiting() == 1
    await pc.photos.told(BlobAnswer(have=("0" * 64,)), township_ms=1)
    assert await pc.photos.waiting() == 1
    await pc.photos.told(BlobAnswer(have=(photo.sha,)), township_ms=1)
    assert await pc.photos.waiting() == 0
