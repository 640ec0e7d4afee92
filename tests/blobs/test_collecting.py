"""What is begun and left goes after 30 days, what nothing names after 90; what is named never goes."""

import os
import random
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

from backend.blobs import rules, store
from backend.blobs.collecting import AT_ONCE
from backend.blobs.service import Link
from backend.db import in_transaction
from tests.blobs.conftest import NODE, OTHER_TOWNSHIP, TOWNSHIP, Counter
from tests.blobs.pictures import sha_of

RID = "c" * 32
DAY = timedelta(days=1)


def noise(seed: int) -> bytes:
    return random.Random(seed).randbytes(1_000)


async def collect(counter: Counter, *, held: Collection[str] = ()) -> int:
    async def named(tenant_id: str) -> Collection[str]:
        return held if tenant_id == TOWNSHIP else set()

    return await counter.blobs.collect(at=counter.at, named=named)


async def refer(counter: Counter, sha: str, *, tenant: str = TOWNSHIP) -> None:
    link = Link(tenant_id=tenant, rid=RID, material="contract", sha=sha, size=1_000)
    async with in_transaction():
        await counter.blobs.refer([link], at=counter.at)


def aged(path: Path, at: datetime) -> None:
    os.utime(path, (at.timestamp(), at.timestamp()))


async def test_a_part_left_alone_for_thirty_days_goes_and_may_be_sent_again(counter: Counter) -> None:
    data = noise(1)
    await counter.append(data, stop=500)
    counter.advance(rules.PART_KEPT - DAY)
    assert await collect(counter) == 0
    assert await counter.offset(data) == 500
    counter.advance(2 * DAY)
    assert await collect(counter) == 1
    assert await counter.offset(data) is None
    assert counter.files() == []
    await counter.send(data)


async def test_a_part_that_still_grows_stays_however_old_it_is(counter: Counter) -> None:
    data = noise(2)
    for piece in range(5):
        await counter.append(data, offset=piece * 100, stop=piece * 100 + 100)
        counter.advance(20 * DAY)
        assert await collect(counter) == 0
    assert await counter.offset(data) == 500


async def test_a_blob_nothing_names_goes_after_ninety_days(counter: Counter) -> None:
    sha = await counter.send(noise(3))
    counter.advance(rules.UNREFERRED_KEPT - DAY)
    assert await collect(counter) == 0
    counter.advance(2 * DAY)
    assert await collect(counter) == 1
    assert await store.find_blob(TOWNSHIP, sha) is None
    assert counter.files() == []
    await counter.send(noise(3))


async def test_a_blob_a_case_names_never_goes(counter: Counter) -> None:
    sha = await counter.send(noise(4))
    await refer(counter, sha)
    counter.advance(3_650 * DAY)
    assert await collect(counter) == 0
    assert await store.find_blob(TOWNSHIP, sha) is not None


async def test_another_township_s_case_keeps_nothing_of_ours(counter: Counter) -> None:
    sha = await counter.send(noise(5))
    await refer(counter, sha, tenant=OTHER_TOWNSHIP)
    counter.advance(rules.UNREFERRED_KEPT + DAY)
    assert await collect(counter) == 1


async def test_a_blob_a_held_record_names_never_goes(counter: Counter) -> None:
    kept, gone = await counter.send(noise(6)), await counter.send(noise(7))
    counter.advance(1_000 * DAY)
    assert await collect(counter, held={kept}) == 1
    assert await store.find_blob(TOWNSHIP, kept) is not None
    assert await store.find_blob(TOWNSHIP, gone) is None


async def test_who_was_told_that_we_have_it_can_rely_on_it_for_ninety_days(counter: Counter) -> None:
    sha = await counter.send(noise(8))
    counter.advance(rules.UNREFERRED_KEPT - DAY)
    assert (await counter.blobs.wanted(NODE, [(sha, 1_000)], at=counter.at)).have == (sha,)
    counter.advance(rules.UNREFERRED_KEPT - DAY)
    assert await collect(counter) == 0
    counter.advance(2 * DAY)
    assert await collect(counter) == 1
    assert (await counter.blobs.wanted(NODE, [(sha, 1_000)], at=counter.at)).need == ((sha, 0),)


async def test_files_no_row_names_go_when_they_are_old_and_all_others_stay(counter: Counter) -> None:
    data = noise(9)
    sha = await counter.send(data)
    await refer(counter, sha)
    await counter.append(noise(10), stop=100)
    [stored], [part] = counter.files("stored/**/*"), counter.files("parts/*")
    stray = stored.with_name("e" * 30 + stored.name[-2:])
    fresh = part.with_name("f" * 32 + ".part")
    for path in (stray, fresh):
        path.write_bytes(b"left by a crash")
    for path in (stored, part, stray):
        aged(path, counter.at)
    aged(fresh, counter.at + 60 * DAY)
    counter.advance(rules.UNREFERRED_KEPT + DAY)
    await counter.append(noise(10), offset=100, stop=200)
    await collect(counter)
    assert set(counter.files()) == {stored, part, fresh}
    blob = await store.find_blob(TOWNSHIP, sha)
    assert blob is not None
    assert b"".join([piece async for piece in counter.blobs.original(blob)]) == data


async def test_a_long_neglected_township_is_cleared_in_one_go(counter: Counter) -> None:
    many = AT_ONCE + 5
    for seed in range(many):
        data = seed.to_bytes(4, "big")
        await counter.append(data)
    kept = sha_of((7).to_bytes(4, "big"))
    await refer(counter, kept)
    counter.advance(rules.UNREFERRED_KEPT + DAY)
    assert await collect(counter) == many - 1
    assert len(counter.files("stored/**/*")) == 1
