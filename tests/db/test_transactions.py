"""What a transaction promises, on both databases."""

import asyncio
import random
import sqlite3
import traceback

import pytest
from tortoise.exceptions import IntegrityError, TransactionManagementError

from backend.audit.tables import AuditHeadRow
from backend.db import (
    Dialect,
    OpenDatabase,
    add_many,
    add_new,
    execute_many,
    in_transaction,
    insert_many,
    inside_transaction,
    long_read,
    point_read,
    row,
    rows,
)


@pytest.fixture
async def half(db: OpenDatabase) -> OpenDatabase:
    """With a table `half` whose rows are only right in pairs."""
    await rows("CREATE TABLE half (pair INTEGER NOT NULL, side INTEGER NOT NULL, UNIQUE (pair, side))")
    return db


async def _write_pair(pair: int) -> None:
    async with in_transaction():
        await rows("INSERT INTO half (pair, side) VALUES (?, 0)", [pair])
        await rows("INSERT INTO half (pair, side) VALUES (?, 1)", [pair])


async def _write_two(*, pairs: tuple[int, int]) -> None:
    async with in_transaction():
        for pair in pairs:
            await rows("INSERT INTO half (pair, side) VALUES (?, 0)", [pair])


@pytest.mark.usefixtures("half")
async def test_600_cancelled_transactions_leave_neither_a_lock_nor_half_a_write() -> None:
    chance = random.Random(20260411)
    for start in range(0, 600, 60):
        tasks = [asyncio.create_task(_write_pair(pair)) for pair in range(start, start + 60)]
        for task in tasks:
            for _ in range(chance.randrange(6)):
                await asyncio.sleep(0)
            task.cancel()
        async with asyncio.timeout(5):
            await asyncio.gather(*tasks, return_exceptions=True)
    async with asyncio.timeout(5):
        await _write_pair(1_000)
        halves = await rows("SELECT pair FROM half GROUP BY pair HAVING COUNT(*) <> 2")
        last = await row("SELECT COUNT(*) AS sides FROM half WHERE pair = 1000")
    assert halves == []
    assert last == {"sides": 2}


@pytest.mark.usefixtures("half")
async def test_a_task_cancelled_while_it_waits_for_its_turn_leaves_the_queue_moving() -> None:
    inside, leave = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with in_transaction():
            inside.set()
            await leave.wait()

    holder = asyncio.create_task(hold())
    await inside.wait()
    waiting = [asyncio.create_task(_write_pair(pair)) for pair in range(20)]
    await asyncio.sleep(0.01)
    for task in waiting[::2]:
        task.cancel()
    leave.set()
    async with asyncio.timeout(5):
        await asyncio.gather(holder, *waiting, return_exceptions=True)
    assert await row("SELECT COUNT(*) AS sides FROM half WHERE pair % 2 = 1") == {"sides": 20}


@pytest.mark.usefixtures("half")
async def test_an_error_inside_takes_everything_back() -> None:
    await _write_pair(2)
    with pytest.raises(IntegrityError):
        await _write_two(pairs=(1, 2))
    assert await rows("SELECT DISTINCT pair FROM half") == [{"pair": 2}]


@pytest.mark.usefixtures("half")
async def test_a_savepoint_takes_back_only_its_own_part() -> None:
    async with in_transaction():
        await rows("INSERT INTO half (pair, side) VALUES (1, 0)")
        with pytest.raises(IntegrityError):
            await _write_two(pairs=(2, 1))
        async with in_transaction():
            await rows("INSERT INTO half (pair, side) VALUES (3, 0)")
    assert await rows("SELECT pair FROM half ORDER BY pair") == [{"pair": 1}, {"pair": 3}]


@pytest.mark.usefixtures("half")
async def test_a_swallowed_error_never_loses_the_write_without_a_word(dialect: Dialect) -> None:
    async def swallow() -> None:
        async with in_transaction():
            await rows("INSERT INTO half (pair, side) VALUES (1, 0)")
            with pytest.raises(IntegrityError):
                await rows("INSERT INTO half (pair, side) VALUES (1, 0)")

    if dialect == "sqlite":
        await swallow()
        assert await rows("SELECT pair FROM half") == [{"pair": 1}]
    else:
        with pytest.raises(TransactionManagementError):
            await swallow()
        assert await rows("SELECT pair FROM half") == []


@pytest.mark.usefixtures("half")
async def test_a_task_that_outlives_its_transaction_cannot_write() -> None:
    leave = asyncio.Event()

    async def late() -> None:
        await leave.wait()
        await rows("INSERT INTO half (pair, side) VALUES (1, 0)")

    async with in_transaction():
        straggler = asyncio.create_task(late())
    leave.set()
    with pytest.raises(TransactionManagementError):
        await straggler
    assert await rows("SELECT * FROM half") == []


@pytest.mark.usefixtures("half")
async def test_returning_rows_tell_what_happened_on_both_databases() -> None:
    insert = "INSERT INTO half (pair, side) VALUES (?, 0) ON CONFLICT DO NOTHING RETURNING pair"
    assert await rows(insert, [1]) == [{"pair": 1}]
    assert await rows(insert, [1]) == []
    update = "UPDATE half SET side = 1 WHERE pair = ? AND side = 0 RETURNING side"
    assert await rows(update, [1]) == [{"side": 1}]
    assert await rows(update, [1]) == []
    assert await rows("DELETE FROM half WHERE pair = ? RETURNING pair", [1]) == [{"pair": 1}]


@pytest.mark.usefixtures("half")
async def test_of_64_at_once_only_as_many_get_a_place_as_there_are() -> None:
    await rows("INSERT INTO half (pair, side) VALUES (7, 0)")

    async def take() -> bool:
        async with in_transaction():
            won = await rows("UPDATE half SET side = side + 1 WHERE pair = 7 AND side < 5 RETURNING side")
        return bool(won)

    assert sum(await asyncio.gather(*(take() for _ in range(64)))) == 5


@pytest.mark.usefixtures("half")
async def test_many_rows_are_added_all_or_none() -> None:
    await add_many("half", ["pair", "side"], [[1, 0], [2, 0]])
    with pytest.raises(IntegrityError):
        await add_many("half", ["pair", "side"], [[3, 0], [2, 0]])
    await add_many("half", ["pair", "side"], [])
    assert await rows("SELECT pair FROM half ORDER BY pair") == [{"pair": 1}, {"pair": 2}]


@pytest.mark.usefixtures("half")
async def test_new_rows_are_added_beside_those_that_are_there() -> None:
    async with in_transaction():
        assert await add_new("half", ["pair", "side"], [[1, 0], [2, 0]]) == 2
        assert await add_new("half", ["pair", "side"], [[2, 0], [3, 0], [3, 0]]) == 1
    assert await add_new("half", ["pair", "side"], []) == 0
    assert [found["pair"] for found in await rows("SELECT pair FROM half ORDER BY pair")] == [1, 2, 3]


@pytest.mark.usefixtures("half")
async def test_many_rows_go_in_whole_or_not_at_all() -> None:
    with pytest.raises(IntegrityError):
        await execute_many("INSERT INTO half (pair, side) VALUES (?, ?)", [[1, 0], [2, 0], [1, 0]])
    assert await rows("SELECT * FROM half") == []
    await execute_many("INSERT INTO half (pair, side) VALUES (?, ?)", [[1, 0], [2, 0]])
    new = await insert_many(
        "half",
        ["pair", "side"],
        [[pair, 0] for pair in range(20_000)],
        conflict="ON CONFLICT (pair, side) DO NOTHING",
        returning="pair",
    )
    assert len(new) == 19_998


@pytest.mark.usefixtures("half")
async def test_reads_beside_the_writer_see_what_is_committed() -> None:
    count = "SELECT COUNT(*) AS n FROM half WHERE pair = ?"
    async with in_transaction():
        assert inside_transaction()
        await rows("INSERT INTO half (pair, side) VALUES (1, 0)")
        assert await point_read(count, [1]) == {"n": 1}
        assert await long_read(count, [1]) == [{"n": 0}]
    assert not inside_transaction()
    assert await point_read(count, [1]) == {"n": 1}
    assert await long_read(count, [1]) == [{"n": 1}]


@pytest.mark.usefixtures("half")
async def test_reads_beside_the_writer_cannot_write() -> None:
    insert = "INSERT INTO half (pair, side) VALUES (1, 0)"
    with pytest.raises(Exception, match=r"read-?only"):
        await point_read(insert)
    with pytest.raises(Exception, match=r"read-?only"):
        await long_read(insert)
    assert await rows("SELECT * FROM half") == []


@pytest.mark.usefixtures("db")
async def test_a_question_mark_in_quotes_is_not_a_place() -> None:
    asked = await row("""SELECT '?' AS quoted, CAST(? AS TEXT) AS "really?" """, ["yes"])
    assert asked == {"quoted": "?", "really?": "yes"}


async def test_a_sqlite_file_is_durable_and_keeps_its_references(db: OpenDatabase) -> None:
    if db.dialect != "sqlite":
        pytest.skip("about SQLite's settings")
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5_000}
    for name, value in wanted.items():
        (found,) = await rows(f"PRAGMA {name}")
        assert list(found.values()) == [value], name


async def test_a_transaction_on_sqlite_holds_the_write_lock_from_its_first_read(
    half: OpenDatabase, database_url: str
) -> None:
    if half.dialect != "sqlite":
        pytest.skip("about SQLite's file lock")
    other = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None, timeout=0)
    async with in_transaction():
        await rows("SELECT * FROM half")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        await rows("INSERT INTO half (pair, side) VALUES (1, 0)")
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(_write_pair(2))
    await asyncio.sleep(0.05)
    other.execute("ROLLBACK")
    other.close()
    await waiting
    assert await row("SELECT COUNT(*) AS n FROM half") == {"n": 3}


@pytest.mark.usefixtures("db")
async def test_a_broken_rule_is_named_without_the_values_that_broke_it() -> None:
    await rows("CREATE TABLE person (name VARCHAR(20) NOT NULL CONSTRAINT one_name UNIQUE, age INTEGER)")
    secret = "".join(["张", "三"])
    insert = "INSERT INTO person (name, age) VALUES (?, 1)"
    await rows(insert, [secret])
    with pytest.raises(IntegrityError) as broken:
        await rows(insert, [secret])
    assert "person" in str(broken.value) or "one_name" in str(broken.value)
    assert secret not in "".join(traceback.format_exception(broken.value))


@pytest.mark.usefixtures("half")
async def test_reads_that_are_cancelled_leave_their_connections_usable() -> None:
    await _write_pair(1)
    count = "SELECT COUNT(*) AS n FROM half"
    for ticks in range(60):
        reads = [asyncio.create_task(read(count)) for read in (point_read, long_read, row) for _ in range(4)]
        for _ in range(ticks % 5):
            await asyncio.sleep(0)
        for read in reads[::2]:
            read.cancel()
        async with asyncio.timeout(5):
            await asyncio.gather(*reads, return_exceptions=True)
    assert await point_read(count) == {"n": 2}
    assert await long_read(count) == [{"n": 2}]


@pytest.mark.usefixtures("db")
async def test_tortoises_own_writes_of_many_rows_keep_to_the_transaction() -> None:
    def new(number: int) -> AuditHeadRow:
        return AuditHeadRow(tenant_id=f"{number:032}", number=number, hash=b"")

    await AuditHeadRow.bulk_create([new(number) for number in range(3)])
    with pytest.raises(IntegrityError):
        await AuditHeadRow.bulk_create([new(3), new(2)])
    with pytest.raises(LookupError):
        await _bulk_and_fail([new(4), new(5)])
    kept, made = await AuditHeadRow.get_or_create({"number": 9, "hash": b""}, tenant_id=f"{1:032}")
    assert (kept.number, made) == (1, False)
    assert await AuditHeadRow.all().count() == 3


async def _bulk_and_fail(new: list[AuditHeadRow]) -> None:
    async with in_transaction():
        await AuditHeadRow.bulk_create(new)
        raise LookupError
