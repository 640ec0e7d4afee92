"""Pieces of a blob: in any order, repeated, cut, by several senders at once; what is acknowledged is durable."""

import asyncio
import itertools
import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api_spec.errors import ErrorCode
from api_spec.sync import BLOB_MAX
from backend.blobs import rules, store
from backend.blobs.files import Files
from backend.blobs.service import FLOOR_BYTES, Owner, Receipt
from backend.db import OpenDatabase
from backend.faults import Fault
from backend.vault import Vault
from tests.blobs.conftest import KEY, NODE, OTHER_TOWNSHIP, TOWNSHIP, Counter
from tests.blobs.pictures import sha_of

NEIGHBOUR = Owner(TOWNSHIP, "node/2")
STRANGER = Owner(OTHER_TOWNSHIP, "node/1")


def noise(size: int, *, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


async def refused(counter: Counter, data: bytes, **how: object) -> Fault:
    with pytest.raises(Fault) as caught:
        await counter.append(data, **how)  # type: ignore[arg-type]
    return caught.value


async def plain(counter: Counter, sha: str, *, tenant: str = TOWNSHIP) -> bytes:
    blob = await store.find_blob(tenant, sha)
    assert blob is not None
    return b"".join([piece async for piece in counter.blobs.original(blob)])


async def test_a_blob_sent_in_pieces_is_the_same_blob(counter: Counter) -> None:
    data = noise(300_000)
    for start in range(0, len(data), 70_000):
        receipt = await counter.append(data, offset=start, stop=start + 70_000)
        assert receipt.offset == min(start + 70_000, len(data))
    assert await plain(counter, sha_of(data)) == data
    assert counter.files("parts/*") == []


async def test_nothing_of_a_blob_lies_open_on_the_disk(counter: Counter) -> None:
    data = b"430481190501010506" * 2_000
    await counter.append(data, stop=20_000)
    await counter.append(data, offset=20_000)
    await counter.append(data + b"!", stop=20_000)
    for path in counter.files():
        assert b"4304811905" not in path.read_bytes()


async def test_a_piece_for_another_place_is_told_the_true_one(counter: Counter) -> None:
    data = noise(1_000)
    await counter.append(data, stop=400)
    for wrong in (0, 399, 401, 900):
        fault = await refused(counter, data, offset=wrong)
        assert fault.code is ErrorCode.BLOB_OFFSET
        assert fault.facts["upload_offset"] == "400"
    assert await counter.offset(data) == 400


async def test_after_a_restart_the_upload_goes_on_where_it_was(counter: Counter) -> None:
    data = noise(1_000)
    await counter.append(data, stop=600)
    counter.reopen()
    assert await counter.offset(data) == 600
    assert (await counter.append(data, offset=600)).offset == 1_000
    assert await plain(counter, sha_of(data)) == data


async def test_bytes_written_but_not_acknowledged_are_written_again(counter: Counter) -> None:
    """A crash between the file and its row leaves a longer file behind."""
    data = noise(1_000)
    await counter.append(data, stop=300)
    [part] = counter.files("parts/*")
    with part.open("ab") as file:
        file.write(noise(5_000, seed=9))
    counter.reopen()
    assert (await counter.append(data, offset=300)).offset == 1_000
    assert await plain(counter, sha_of(data)) == data


async def test_a_file_put_away_before_its_row_was_written_is_finished_by_the_last_piece(
    counter: Counter,
) -> None:
    data = noise(1_000)
    await counter.append(data, stop=600)
    [part] = counter.files("parts/*")
    Files(counter.folder, Vault({0: KEY})).put_away(part.stem)
    counter.reopen()
    assert await counter.offset(data) == 600
    assert (await counter.append(data, offset=600)).offset == 1_000
    assert await plain(counter, sha_of(data)) == data


async def test_a_part_that_vanished_is_sent_from_the_beginning(counter: Counter) -> None:
    data = noise(1_000)
    await counter.append(data, stop=600)
    counter.files("parts/*")[0].unlink()
    fault = await refused(counter, data, offset=600)
    assert (fault.code, fault.facts["upload_offset"]) == (ErrorCode.BLOB_MISMATCH, "0")
    await counter.send(data)
    assert await plain(counter, sha_of(data)) == data


async def test_a_whole_that_is_not_its_name_begins_anew(counter: Counter) -> None:
    data = noise(1_000)
    await counter.append(data, stop=500)
    spoilt = data[:500] + bytes(500)
    fault = await refused(counter, spoilt, offset=500, sha=sha_of(data))
    assert (fault.code, fault.facts["upload_offset"]) == (ErrorCode.BLOB_MISMATCH, "0")
    assert await counter.offset(data) == 0
    await counter.send(data)
    assert await plain(counter, sha_of(data)) == data


async def test_two_senders_of_one_blob_do_not_disturb_each_other(counter: Counter) -> None:
    data = noise(1_000)
    await counter.append(data, stop=500)
    await counter.append(data, stop=200, owner=NEIGHBOUR)
    assert (await counter.append(data, offset=500)).offset == 1_000
    assert (await counter.append(data, offset=200, stop=300, owner=NEIGHBOUR)).offset == 1_000
    assert await plain(counter, sha_of(data)) == data


async def test_two_senders_who_finish_at_once_make_one_blob(counter: Counter) -> None:
    data = noise(50_000)
    owners = [Owner(TOWNSHIP, f"node/{number}") for number in range(8)]
    receipts = await asyncio.gather(*(counter.append(data, owner=owner) for owner in owners))
    assert {receipt.offset for receipt in receipts} == {len(data)}
    assert len(counter.files("stored/**/*")) == 1
    assert counter.files("parts/*") == []


async def test_one_sender_s_piece_sent_eight_times_at_once_is_taken_once(counter: Counter) -> None:
    data = noise(90_000)
    answers = await asyncio.gather(
        *(counter.append(data, stop=30_000) for _ in range(8)), return_exceptions=True
    )
    taken = [each for each in answers if not isinstance(each, BaseException)]
    assert len(taken) == 1
    assert all(each.code is ErrorCode.BLOB_OFFSET for each in answers if isinstance(each, Fault))
    assert await counter.offset(data) == 30_000


async def test_a_disk_that_refuses_loses_nothing_that_was_acknowledged(counter: Counter) -> None:
    data = noise(1_000)
    await counter.append(data, stop=500)
    parts = counter.folder / "parts"
    parts.rename(counter.folder / "gone")
    parts.write_text("a file where the folder was")
    fault = await refused(counter, data, offset=500)
    assert fault.code is ErrorCode.BUSY
    parts.unlink()
    (counter.folder / "gone").rename(parts)
    assert await counter.offset(data) == 500
    await counter.append(data, offset=500)
    assert await plain(counter, sha_of(data)) == data


async def test_two_processes_that_get_the_same_piece_take_it_once(counter: Counter) -> None:
    """They share the folder and the database, and nothing in memory."""
    data = noise(90_000)
    others = [Counter(counter.folder) for _ in range(4)]
    answers = await asyncio.gather(
        *(each.append(data, stop=30_000) for each in (counter, *others)), return_exceptions=True
    )
    assert sum(not isinstance(each, BaseException) for each in answers) == 1
    assert await counter.offset(data) == 30_000
    await asyncio.gather(
        *(each.append(data, offset=30_000) for each in (counter, *others)), return_exceptions=True
    )
    assert await plain(counter, sha_of(data)) == data


async def test_another_township_s_and_another_sender_s_blob_is_not_there(counter: Counter) -> None:
    data = noise(1_000)
    sha = await counter.send(data)
    for other in (NEIGHBOUR, STRANGER):
        assert await counter.blobs.find(other, sha) is None
    offer = [(sha, len(data))]
    assert (await counter.blobs.wanted(STRANGER, offer, at=counter.at)).need == ((sha, 0),)
    assert (await counter.blobs.wanted(NEIGHBOUR, offer, at=counter.at)).have == (sha,)
    await counter.append(data, stop=10, owner=STRANGER)
    assert await counter.offset(data, owner=STRANGER) == 10
    assert await store.find_blob(OTHER_TOWNSHIP, sha) is None


async def test_an_offer_is_answered_in_its_order_with_true_offsets(counter: Counter) -> None:
    old, half, new = noise(900, seed=1), noise(800, seed=2), noise(700, seed=3)
    await counter.send(old)
    await counter.append(half, stop=300)
    offer = [(sha_of(each), len(each)) for each in (new, old, half, new)]
    answer = await counter.blobs.wanted(NODE, offer, at=counter.at)
    assert answer.have == (sha_of(old),)
    assert answer.need == ((sha_of(new), 0), (sha_of(half), 300))


async def test_while_the_disk_is_needed_for_records_no_photo_is_wanted(counter: Counter) -> None:
    data = noise(1_000)
    counter.free_bytes = FLOOR_BYTES - 1
    assert (await counter.blobs.wanted(NODE, [(sha_of(data), 1_000)], at=counter.at)).need == ()
    fault = await refused(counter, data)
    assert (fault.code, fault.facts["retry_after_s"]) == (ErrorCode.BUSY, "600")
    assert counter.files() == []


@pytest.mark.parametrize(
    ("size", "offset", "stop", "code"),
    [
        (BLOB_MAX + 1, 0, 10, ErrorCode.BLOB_TOO_LARGE),
        (0, 0, 10, ErrorCode.BODY_INVALID),
        (5, 0, 10, ErrorCode.BODY_INVALID),
        (1_000, 0, 0, ErrorCode.BODY_INVALID),
    ],
)
async def test_a_piece_that_cannot_be_one_leaves_nothing(
    counter: Counter, size: int, offset: int, stop: int, code: ErrorCode
) -> None:
    data = noise(1_000)
    fault = await refused(counter, data, offset=offset, stop=stop, size=size)
    assert fault.code is code
    assert await counter.offset(data) is None
    assert counter.files() == []


async def test_the_size_of_a_blob_does_not_change_on_the_way(counter: Counter) -> None:
    data = noise(1_000)
    await counter.append(data, stop=400)
    assert (await refused(counter, data, offset=400, size=2_000)).code is ErrorCode.BODY_INVALID


async def test_one_sender_s_day_has_an_end_and_the_next_day_begins(counter: Counter) -> None:
    counter.budget = rules.Budget(sender=2_500)
    counter.reopen()
    await counter.send(noise(1_000, seed=1))
    await counter.append(noise(1_000, seed=2), stop=1)
    assert (await refused(counter, noise(1_000, seed=3))).code is ErrorCode.TOO_MANY_REQUESTS
    assert (await counter.append(noise(1_000, seed=3), owner=NEIGHBOUR)).offset == 1_000
    counter.advance(timedelta(days=1, seconds=1))
    assert (await counter.append(noise(1_000, seed=3))).offset == 1_000


async def test_who_hangs_up_in_the_middle_leaves_a_whole_upload(counter: Counter) -> None:
    data = noise(400_000)
    sending = asyncio.ensure_future(counter.append(data, stop=200_000))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    await counter.blobs.close()
    offset = await counter.offset(data) or 0
    assert offset in (0, 200_000)
    assert (await counter.append(data, offset=offset)).offset == len(data)
    assert await plain(counter, sha_of(data)) == data


_tenants = itertools.count(1)


async def tried(counter: Counter, data: bytes, start: int, stop: int, owner: Owner) -> Receipt | Fault:
    try:
        return await counter.append(data, offset=start, stop=stop, owner=owner)
    except Fault as fault:
        return fault


PIECES = st.lists(
    st.tuples(st.integers(0, 5_000), st.integers(1, 3_000), st.sampled_from(["node/1", "node/2"])),
    max_size=25,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.integers(1, 5_000), pieces=PIECES, seed=st.integers(0, 2**32))
async def test_whatever_comes_in_whatever_order_the_true_offset_never_falls_and_the_end_is_the_blob(
    db: OpenDatabase, counter: Counter, size: int, pieces: list[tuple[int, int, str]], seed: int
) -> None:
    assert db.dialect
    data, tenant = noise(size, seed=seed), f"{next(_tenants):032x}"
    acked = {"node/1": 0, "node/2": 0}
    for offset, length, source in pieces:
        start = min(offset, size - 1)
        answer = await tried(counter, data, start, start + length, Owner(tenant, source))
        if isinstance(answer, Fault):
            assert answer.code is ErrorCode.BLOB_OFFSET
            assert int(answer.facts["upload_offset"]) == acked[source]
        else:
            assert answer.offset >= acked[source]
            acked[source] = answer.offset
        if seed % 3 == 0:
            counter.reopen()
    if (at := acked["node/1"]) < size:
        assert (await counter.append(data, offset=at, owner=Owner(tenant, "node/1"))).offset == size
    assert await plain(counter, sha_of(data), tenant=tenant) == data


async def test_a_blob_whose_file_is_gone_is_wanted_and_received_again(counter: Counter) -> None:
    data = noise(9_000)
    sha = await counter.send(data)
    for path in counter.files("stored/*/*"):
        path.unlink()
    wanted = await counter.blobs.wanted(NODE, [(sha, len(data))], at=counter.at)
    assert (wanted.have, wanted.need) == ((), ((sha, 0),))
    await counter.append(data, stop=4_000)
    await counter.append(data, offset=4_000)
    assert await plain(counter, sha) == data
    assert (await counter.blobs.wanted(NODE, [(sha, len(data))], at=counter.at)).have == (sha,)


@pytest.mark.parametrize("noticed_by", ["a reader", "the backup"])
async def test_a_damaged_file_is_asked_for_again_once_somebody_noticed(
    counter: Counter, noticed_by: str
) -> None:
    data = noise(9_000)
    sha = await counter.send(data)
    [file] = counter.files("stored/*/*")
    file.write_bytes(file.read_bytes()[:-3] + b"odd")
    if noticed_by == "a reader":
        with pytest.raises(Fault):
            await plain(counter, sha)
    else:
        assert await counter.blobs.set_aside_damaged() == 1
    assert (await counter.blobs.wanted(NODE, [(sha, len(data))], at=counter.at)).need == ((sha, 0),)
    await counter.append(data)
    assert await plain(counter, sha) == data
    assert await counter.blobs.set_aside_damaged() == 0


async def test_a_piece_of_a_blob_that_is_here_is_told_its_true_length(counter: Counter) -> None:
    data = noise(1_000)
    sha = await counter.send(data)
    assert await counter.append(b"x" * 10, sha=sha, size=5_000) == Receipt(1_000, 1_000)
