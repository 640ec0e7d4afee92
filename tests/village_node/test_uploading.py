"""Photos on their way up: their order, a line that is cut all the time, and what the township will not take."""

import math
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api_spec import sync
from tests.village_node.conftest import Time
from tests.village_node.photo_node import (
    BadLine,
    PhotoNode,
    keep_trying,
    open_node,
    open_township,
    patches,
    some_bytes,
)
from tests.village_node.township import Township
from village_node.photos.chunk_pace import FIRST_BYTES, KIB, MOST_BYTES
from village_node.photos.photo_links import PhotoState
from village_node.sync.line import LineDown, Reply, Send
from village_node.sync.township import Failed

CASE = "c" * 32
OTHER = "d" * 32


@pytest.fixture
def town() -> Township:
    return open_township()


Opener = Callable[..., Awaitable[PhotoNode]]


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Opener]:
    """Opens the computer on a line: `await opened(line, time=None)`; closed in the end."""
    async with AsyncExitStack() as stack:

        async def again(line: Send, *, time: Time | None = None) -> PhotoNode:
            node = await open_node(tmp_path, line, time=time or Time())
            stack.push_async_callback(node.close)
            return node

        yield again


@pytest.fixture
async def pc(opened: Opener, town: Township) -> PhotoNode:
    return await opened(town)


async def test_records_go_first_then_the_oldest_case_small_before_large(
    pc: PhotoNode, town: Township
) -> None:
    large, small, later = [
        await pc.photograph(size, seed=seed) for seed, size in enumerate((90_000, 30_000, 5_000))
    ]
    await pc.hand_in([large, small], case=CASE)
    await pc.hand_in([later], case=OTHER)
    await pc.sync.until_quiet()
    assert patches(town) == [small.sha, large.sha, large.sha, later.sha]
    assert town.requests[:2] == [f"GET {sync.HELLO_PATH}", f"POST {sync.EXCHANGE_PATH}"]
    assert len(town.records) == 2
    assert town.blobs[large.sha] == some_bytes(90_000, seed=0)
    assert await pc.photos.waiting() == 0


async def test_what_the_township_has_already_is_not_sent(pc: PhotoNode, town: Township) -> None:
    photo = await pc.photograph(40_000)
    town.blobs[photo.sha] = some_bytes(40_000)
    await pc.hand_in([photo], case=CASE)
    await pc.sync.until_quiet()
    assert patches(town) == []
    assert await pc.photos.waiting() == 0


async def test_a_photo_of_an_unsent_form_is_not_offered(pc: PhotoNode, town: Township) -> None:
    await pc.photograph(40_000)
    await pc.sync.until_quiet()
    assert patches(town) == []


async def test_a_new_record_goes_before_the_next_chunk(opened: Opener, town: Township) -> None:
    async def line(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if method == "PATCH" and len(patches(town)) == 1:
            await node.hand_in([], case=OTHER)
        return await town(method, path, headers, body)

    node = await opened(line)
    await node.hand_in([await node.photograph(5 * FIRST_BYTES)], case=CASE)
    await node.sync.until_quiet()
    asked = [each.partition(" ")[0] for each in town.requests]
    assert asked[:5] == ["GET", "POST", "PATCH", "PATCH", "POST"], "the record did not wait for the photo"
    assert len(town.records) == 2
    assert await node.photos.waiting() == 0


async def test_an_old_township_that_knows_no_photos_gets_the_records(pc: PhotoNode, town: Township) -> None:
    town.knows_photos = False
    await pc.hand_in([await pc.photograph(1000)], case=CASE)
    await pc.sync.until_quiet()
    assert patches(town) == []
    assert len(town.records) == 1
    assert await pc.photos.waiting() == 1


async def test_the_township_sets_the_largest_chunk(pc: PhotoNode, town: Township) -> None:
    town.largest_chunk = 10 * KIB
    await pc.hand_in([await pc.photograph(100 * KIB)], case=CASE)
    await pc.sync.until_quiet()
    assert len(patches(town)) == 10


async def test_after_an_answer_was_lost_it_goes_on_from_where_the_township_is(
    opened: Opener, town: Township
) -> None:
    sent = 0

    async def line(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        nonlocal sent
        reply = await town(method, path, headers, body)
        if method == "PATCH":
            sent += len(body)
            raise LineDown("cut after the township acted: the worst moment")
        return reply

    node = await opened(line)
    await node.hand_in([await node.photograph(300 * KIB)], case=CASE)
    await keep_trying(node)
    assert sent == 300 * KIB, "not a byte twice"


async def test_a_wrong_offset_is_put_right_by_the_answer(pc: PhotoNode, town: Township) -> None:
    photo = await pc.photograph(200 * KIB)
    await pc.hand_in([photo], case=CASE)
    town.parts[photo.sha] = some_bytes(200 * KIB)[: 70 * KIB]
    await pc.sync.until_quiet()
    assert town.blobs[photo.sha] == some_bytes(200 * KIB)


async def test_a_restart_of_the_computer_costs_no_byte_that_arrived(opened: Opener, town: Township) -> None:
    sent: list[int] = []

    async def line(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if method == "PATCH":
            if len(sent) == 2:
                raise LineDown("the power goes")
            sent.append(len(body))
        return await town(method, path, headers, body)

    node = await opened(line)
    photo = await node.photograph(400 * KIB)
    await node.hand_in([photo], case=CASE)
    with pytest.raises(Failed):
        await node.sync.until_quiet()
    [shown] = await node.photos.of_case(CASE)
    assert shown.offset == sum(sent), "the page says how much has arrived"
    there, town.requests = len(town.parts[photo.sha]), []
    again = await opened(town)
    await again.sync.until_quiet()
    assert there == sum(sent)
    assert town.blobs[photo.sha] == some_bytes(400 * KIB)


async def test_a_photo_the_township_refuses_says_why_and_holds_up_no_other(
    pc: PhotoNode, town: Township
) -> None:
    bad, good = await pc.photograph(1000, seed=1), await pc.photograph(2000, seed=2)
    town.refused[bad.sha] = "blob_type"
    await pc.hand_in([bad, good], case=CASE)
    await pc.sync.until_quiet()
    assert good.sha in town.blobs
    states = {photo.sha: (photo.state, photo.why) for photo in await pc.photos.of_case(CASE)}
    assert states[bad.sha] == (PhotoState.REFUSED, "blob_type")
    town.requests.clear()
    await pc.sync.until_quiet()
    assert patches(town) == [], "it is not tried again for ever"


async def test_a_damaged_file_is_told_and_holds_up_no_other(pc: PhotoNode, town: Township) -> None:
    damaged, gone, good = [await pc.photograph(1000 + seed, seed=seed) for seed in range(3)]
    await pc.hand_in([damaged, gone, good], case=CASE)
    path = pc.folder / "photos" / damaged.sha
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    (pc.folder / "photos" / gone.sha).unlink()
    await pc.sync.until_quiet()
    assert set(town.blobs) == {good.sha}
    assert [photo.state for photo in await pc.photos.of_case(CASE)] == [
        PhotoState.LOST,
        PhotoState.LOST,
        PhotoState.SENT,
    ]
    assert await pc.photograph(1000, seed=0) == damaged, "photographed again, it goes up"
    await pc.sync.until_quiet()
    assert damaged.sha in town.blobs


async def test_a_photo_that_is_spoilt_on_the_way_is_sent_anew_and_given_up_in_the_end(
    opened: Opener, town: Township
) -> None:
    spoil = math.inf

    async def line(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        nonlocal spoil
        if method == "PATCH" and spoil > 0:
            spoil -= 1
            return Reply(422, {"upload-offset": "0"}, b'{"code":"blob_mismatch"}')
        return await town(method, path, headers, body)

    node = await opened(line)
    never = await node.photograph(1000, seed=1)
    await node.hand_in([never], case=CASE)
    await node.sync.until_quiet()
    [shown] = await node.photos.of_case(CASE)
    assert (shown.state, shown.why) == (PhotoState.REFUSED, "blob_mismatch")
    spoil = 2
    twice = await node.photograph(1000, seed=2)
    await node.hand_in([twice], case=CASE)
    await node.sync.until_quiet()
    assert twice.sha in town.blobs


async def test_a_photo_that_breaks_the_township_holds_up_no_other(opened: Opener, town: Township) -> None:
    async def line(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if path.endswith(poison.sha):
            return Reply(500, {}, b'{"code":"internal"}')
        return await town(method, path, headers, body)

    node = await opened(line)
    poison = await node.photograph(1000, seed=1)
    others = [await node.photograph(2000, seed=seed) for seed in range(2, 5)]
    await node.hand_in([poison, *others], case=CASE)
    for _ in range(5):
        with pytest.raises(Failed):
            await node.sync.until_quiet()
    assert set(town.blobs) == {photo.sha for photo in others}
    assert await node.photos.waiting() == 1, "it still waits: the township may be mended"


@pytest.mark.parametrize(
    ("cut_every_s", "photos", "most"), [(10.0, 40, 0.1), (30.0, 40, 0.1), (60.0, 40, 0.05)]
)
async def test_on_a_line_cut_every_few_seconds_few_bytes_are_sent_twice(
    opened: Opener, town: Township, cut_every_s: float, photos: int, most: float
) -> None:
    time = Time()
    line = BadLine(town, time, cut_every_s=cut_every_s)
    node = await opened(line, time=time)
    each = 200 * KIB
    for seed in range(photos):
        await node.hand_in([await node.photograph(each, seed=seed)], case=f"{seed:032x}")
    began = time.mono
    await keep_trying(node)
    whole = photos * each
    assert line.cuts >= whole / line.rate / cut_every_s - 1
    assert line.photo_bytes <= (1 + most) * whole, f"{line.photo_bytes / whole - 1:.1%} twice"
    assert line.photo_bytes - whole <= line.cuts * line.longest_chunk, "a cut costs at most a chunk"
    assert time.mono - began <= 2 * whole / line.rate, "and the line is kept busy"
    assert len(town.blobs) == photos


async def test_a_line_that_holds_soon_carries_the_largest_chunks(opened: Opener, town: Township) -> None:
    time = Time()
    line = BadLine(town, time, rate=10_000.0 * KIB, round_trip_s=0.01, cut_every_s=math.inf)
    node = await opened(_never_cut(line), time=time)
    await node.hand_in([await node.photograph(8 * MOST_BYTES)], case=CASE)
    await node.sync.until_quiet()
    assert line.longest_chunk > 0.9 * MOST_BYTES


def _never_cut(line: BadLine) -> Send:
    async def send(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        line.longest_chunk = max(line.longest_chunk, len(body) if method == "PATCH" else 0)
        line.time.mono += line.round_trip_s + len(body) / line.rate
        return await line.township(method, path, headers, body)

    return send


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cuts=st.lists(st.sampled_from(["arrives", "lost", "answer lost"]), max_size=25),
    size=st.integers(1, 400_000),
)
async def test_whatever_is_cut_the_photo_arrives_whole(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[str], size: int
) -> None:
    town, fates, sent = open_township(), iter(cuts), [0]

    async def line(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        fate = next(fates, "arrives")
        if method == "PATCH":
            sent[0] += len(body)
        if fate == "lost":
            raise LineDown("cut")
        reply = await town(method, path, headers, body)
        if fate == "answer lost":
            raise LineDown("cut")
        return reply

    node = await open_node(tmp_path_factory.mktemp("pc"), line, time=Time())
    photo = await node.photograph(size)
    await node.hand_in([photo], case=CASE)
    await keep_trying(node)
    assert town.blobs == {photo.sha: some_bytes(size)}
    assert sent[0] - size <= cuts.count("lost") * MOST_BYTES
    await node.close()
