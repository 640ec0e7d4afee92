"""What lies in the data folder: it survives versions, refuses what it must, and keeps its secrets to itself."""

import asyncio
import sqlite3
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from api_spec import sync
from api_spec.file_lock import FileLock
from tests.village_node.conftest import KEY, Node, Time, start
from tests.village_node.filing import file
from tests.village_node.township import CODE, Township
from village_node.access import enrolment
from village_node.access.enrolment import AlreadyEnrolled
from village_node.access.keys import BadKey, KeyFolder
from village_node.storage.database import Database, TooNew, Writing
from village_node.storage.schema import MIGRATIONS
from village_node.sync.line import LineDown, Reply
from village_node.sync.outbox import Outbox
from village_node.sync.township import Failed


async def test_a_file_of_a_later_version_is_refused_not_damaged(tmp_path: Path) -> None:
    path = tmp_path / "node.db"
    later = await Database.open(path, key=KEY.file_key)
    await later.write(lambda tx: tx.run("INSERT INTO schema_version VALUES (?)", len(MIGRATIONS) + 1))
    await later.close()
    with pytest.raises(TooNew):
        await Database.open(path, key=KEY.file_key)


async def test_every_commit_is_full_and_foreign_keys_hold(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "node.db", key=KEY.file_key)

    async def settings(tx: Writing) -> list[object]:
        return [
            next(iter(row))
            for pragma in ("journal_mode", "synchronous", "foreign_keys")
            for row in await tx.rows(f"PRAGMA {pragma}")
        ]

    assert await database.write(settings) == ["wal", 2, 1]
    await database.close()


async def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "node.db", key=KEY.file_key)

    async def half(tx: Writing) -> None:
        await tx.run("INSERT INTO log (at_ms, what, facts) VALUES (0, 'half', '{}')")
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(half)
    assert await database.rows("SELECT * FROM log") == []
    await database.close()


async def test_a_cancelled_caller_leaves_a_whole_write_and_a_usable_database(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "node.db", key=KEY.file_key)

    async def slow(tx: Writing) -> None:
        await tx.run("INSERT INTO log (at_ms, what, facts) VALUES (0, 'a', '{}')")
        await asyncio.sleep(0)
        await tx.run("INSERT INTO log (at_ms, what, facts) VALUES (0, 'b', '{}')")

    for ticks in range(60):
        caller = asyncio.create_task(database.write(slow))
        for _ in range(ticks % 12):
            await asyncio.sleep(0)
        caller.cancel()
        await asyncio.gather(caller, return_exceptions=True)
    await database.write(slow)
    counts = await database.rows("SELECT what, count(*) AS n FROM log GROUP BY what")
    assert len({row["n"] for row in counts}) == 1
    await database.close()


async def test_keys_are_made_once_readable_by_their_owner_alone_and_their_damage_is_named(
    tmp_path: Path,
) -> None:
    folder = KeyFolder(tmp_path / "keys", KEY)
    first = folder.own_keys()
    assert folder.own_keys().signing_public == first.signing_public
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}
    with pytest.raises(BadKey):
        folder.receipt_key()
    (tmp_path / "keys" / "signing.key").write_bytes(b"short")
    with pytest.raises(BadKey):
        folder.own_keys()


async def test_an_enrolment_whose_answer_was_lost_shows_the_same_keys_again(
    tmp_path: Path, township: Township
) -> None:
    database, keys = (
        await Database.open(tmp_path / "node.db", key=KEY.file_key),
        KeyFolder(tmp_path / "keys", KEY),
    )
    shown: list[bytes] = []

    async def losing_the_first(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        reply = await township(method, path, headers, body)
        if path == sync.ENROL_PATH:
            shown.append(body)
            if len(shown) == 1:
                raise LineDown("cut")
        return reply

    with pytest.raises(Failed):
        await enrolment.enrol(database, keys, losing_the_first, token=CODE, fresh_epoch="1" * 16, now_ms=0)
    await enrolment.enrol(database, keys, losing_the_first, token=CODE, fresh_epoch="2" * 16, now_ms=0)
    assert shown[0] == shown[1]
    assert (await Outbox(database).stream()).epoch == "1" * 16
    with pytest.raises(AlreadyEnrolled):
        await enrolment.enrol(database, keys, township, token=CODE, fresh_epoch="2" * 16, now_ms=0)
    await database.close()


async def test_a_wrong_code_enrols_nothing(tmp_path: Path, township: Township) -> None:
    database = await Database.open(tmp_path / "node.db", key=KEY.file_key)
    with pytest.raises(Failed):
        await enrolment.enrol(
            database, KeyFolder(tmp_path / "keys", KEY), township, token="no", fresh_epoch="1" * 16, now_ms=0
        )
    assert await enrolment.find(database) is None
    await database.close()


async def test_the_data_folder_can_be_moved(tmp_path: Path, township: Township) -> None:
    node = await start(tmp_path / "here", township, Time())
    entry = await file_after_sync(node)
    await node.close()
    (tmp_path / "here").rename(tmp_path / "there")
    moved = await start(tmp_path / "there", township, Time())
    assert await moved.register.find(entry) is not None
    await moved.sync.until_quiet()
    assert len(township.records) == 1
    await moved.close()


async def file_after_sync(node: Node) -> str:
    await node.sync.until_quiet()
    return (await file(node)).rid


async def test_the_receipt_key_is_not_in_the_database(tmp_path: Path, township: Township) -> None:
    node = await start(tmp_path, township, Time())
    await node.close()
    stored = (tmp_path / "node.db").read_bytes()
    assert b"r" * 32 not in stored
    assert b"cnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnI=" not in stored


async def test_a_disk_that_refuses_leaves_no_receipt_and_works_again_with_space(
    tmp_path: Path, township: Township
) -> None:
    node = await start(tmp_path, township, Time())
    await node.sync.until_quiet()

    async def limit(tx: Writing, pages: int) -> None:
        await tx.rows(f"PRAGMA max_page_count={pages}")

    await node.database.write(lambda tx: limit(tx, 1))
    answers = await asyncio.gather(*(file(node) for _ in range(50)), return_exceptions=True)
    assert any(isinstance(answer, sqlite3.OperationalError) for answer in answers)
    written = (await node.outbox.stream()).last_seq
    entries = await node.register.between(0, 10**14)
    assert len(entries) == written
    await node.database.write(lambda tx: limit(tx, 10**6))
    await file(node)
    await node.sync.until_quiet()
    assert len(township.records) == written + 1
    await node.close()


async def test_a_command_beside_a_running_page_never_checkpoints(tmp_path: Path) -> None:
    path = tmp_path / "node.db"
    page = await Database.open(path, key=KEY.file_key)
    command = await Database.open(path, key=KEY.file_key, beside=True)
    size = path.stat().st_size
    for _ in range(40):
        await command.write(
            lambda tx: tx.run("INSERT INTO log (at_ms, what, facts) VALUES (1, 'big', ?)", "x" * 200_000)
        )
    await command.close()
    assert path.stat().st_size == size
    await page.write(lambda tx: tx.run("INSERT INTO log (at_ms, what, facts) VALUES (1, 'small', '')"))
    assert path.stat().st_size > size
    await page.close()


@pytest.mark.slow
async def test_a_second_program_on_one_data_folder_is_refused_in_a_sentence(tmp_path: Path) -> None:
    held = FileLock(tmp_path / "lock")
    held.take()
    second = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "village_node",
            "run",
            "--data",
            str(tmp_path),
            "--township",
            "http://127.0.0.1:9",
        ),
        stderr=asyncio.subprocess.PIPE,
    )
    _, told = await asyncio.wait_for(second.communicate(), 30)
    held.release()
    assert second.returncode == 1
    assert told.decode().strip() == "这个数据文件夹正被另一个便民通程序使用，请先关掉那一个，再试一次。"


@pytest.mark.slow
async def test_a_damaged_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "node.db").write_bytes(b"SQLite format 3\0" + b"x" * 8192)
    told = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "village_node", "status", "--data", str(tmp_path)),
        stderr=asyncio.subprocess.PIPE,
    )
    _, words = await asyncio.wait_for(told.communicate(), 30)
    assert told.returncode == 1
    assert words.decode().startswith("数据文件 node.db 读写出错")
