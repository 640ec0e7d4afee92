"""Writes that wait together are committed together, and fail alone."""

import asyncio
from collections.abc import Sequence

import pytest
from tortoise.exceptions import IntegrityError

from backend.db import OpenDatabase, in_transaction, insert_many, row, rows
from backend.group_commit import Closed, GroupCommit


class Desk:
    """Writes numbers into a table; remembers how many went into each transaction."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    async def flush(self, numbers: Sequence[int]) -> list[int | Exception]:
        self.batches.append(len(numbers))
        await insert_many("taken", ["number"], [[number] for number in numbers])
        return [number * 10 for number in numbers]


@pytest.fixture
async def desk(db: OpenDatabase) -> Desk:
    assert db.version
    await rows("CREATE TABLE taken (number INTEGER NOT NULL PRIMARY KEY CHECK (number <> 113))")
    return Desk()


async def _stored() -> list[int]:
    return [line["number"] for line in await rows("SELECT number FROM taken ORDER BY number")]


async def test_those_who_wait_share_a_commit_and_each_gets_its_own_answer(desk: Desk) -> None:
    async with GroupCommit(desk.flush) as group:
        answers = await asyncio.gather(*(group.submit(number) for number in range(64)))
    assert answers == [number * 10 for number in range(64)]
    assert sum(desk.batches) == 64
    assert len(desk.batches) <= 2


async def test_the_answer_comes_after_the_commit(desk: Desk) -> None:
    async with GroupCommit(desk.flush) as group:
        await group.submit(1)
        async with in_transaction():
            assert await row("SELECT number FROM taken") == {"number": 1}


async def test_a_batch_has_an_upper_size(desk: Desk) -> None:
    async with GroupCommit(desk.flush, largest=10) as group:
        await asyncio.gather(*(group.submit(number) for number in range(25)))
    assert max(desk.batches) == 10


async def test_one_bad_item_fails_alone(desk: Desk) -> None:
    async with GroupCommit(desk.flush) as group:
        results = await asyncio.gather(
            *(group.submit(number) for number in range(110, 120)), return_exceptions=True
        )
    assert isinstance(results[3], IntegrityError)
    assert results[:3] + results[4:] == [number * 10 for number in range(110, 120) if number != 113]
    assert await _stored() == [number for number in range(110, 120) if number != 113]


async def test_an_item_may_be_refused_without_a_second_try(desk: Desk) -> None:
    async def flush(numbers: Sequence[int]) -> list[int | Exception]:
        free = [number for number in numbers if number % 2]
        await desk.flush(free)
        return [number if number % 2 else LookupError(number) for number in numbers]

    async with GroupCommit(flush) as group:
        results = await asyncio.gather(*(group.submit(number) for number in range(6)), return_exceptions=True)
    assert [type(result) for result in results] == [LookupError, int] * 3
    assert await _stored() == [1, 3, 5]
    assert desk.batches == [3]


async def test_a_wrong_number_of_results_writes_nothing(desk: Desk) -> None:
    async def flush(numbers: Sequence[int]) -> list[int | Exception]:
        return (await desk.flush(numbers))[1:]

    async with GroupCommit(flush) as group:
        with pytest.raises(ValueError, match="0 results for 1"):
            await group.submit(1)
    assert await _stored() == []


async def test_those_who_leave_do_not_harm_those_who_stay(desk: Desk) -> None:
    async with GroupCommit(desk.flush) as group:
        waiting = [asyncio.create_task(group.submit(number)) for number in range(40)]
        await asyncio.sleep(0)
        for task in waiting[::2]:
            task.cancel()
        results = await asyncio.gather(*waiting, return_exceptions=True)
    assert results[1::2] == [number * 10 for number in range(1, 40, 2)]
    assert all(isinstance(result, asyncio.CancelledError) for result in results[::2])
    assert set(range(1, 40, 2)) <= set(await _stored())


async def test_closing_writes_what_still_waits_and_takes_nothing_more(desk: Desk) -> None:
    async with GroupCommit(desk.flush) as group:
        waiting = [asyncio.create_task(group.submit(number)) for number in range(5)]
        await asyncio.sleep(0)
    assert await asyncio.gather(*waiting) == [0, 10, 20, 30, 40]
    with pytest.raises(Closed):
        await group.submit(6)


async def test_handing_in_from_inside_a_transaction_is_refused_instead_of_hanging(desk: Desk) -> None:
    async with GroupCommit(desk.flush) as group, in_transaction():
        with pytest.raises(RuntimeError, match="inside another"):
            await group.submit(1)
