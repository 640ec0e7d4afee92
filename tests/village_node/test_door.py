"""A closed data folder: what opens it, what does not, and that nobody can try for long."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from api_spec.feed import ClerkRow
from tests.village_node.conftest import CHEAP, Time, add_clerk, opened, start
from tests.village_node.filing import file
from tests.village_node.township import Township
from village_node.access.cabinet import BadCabinet, KeyCabinet
from village_node.access.clerks import Clerks
from village_node.access.door import Door, NotNew, Standing
from village_node.access.keys import DataKey
from village_node.access.tries import TooManyTries
from village_node.settings import Settings
from village_node.storage.database import Database
from village_node.sync.shadow import Shadow

LIANG, PASSWORD = "liang", "shan-lu-1"


def door(folder: Path, time: Time | None = None) -> Door:
    settings = Settings(data=folder, township="https://bmt.example.cn")
    return Door(settings, hasher=CHEAP, clock=(time or Time()).clock)


async def clerks_of(folder: Path, key: DataKey) -> tuple[Database, Clerks]:
    database = await Database.open(folder / "node.db", key=key.file_key)
    return database, Clerks(database, Shadow(database), hasher=CHEAP, lock=opened(folder, Time()).lock)


@pytest.fixture
async def folder(tmp_path: Path, township: Township) -> Path:
    """An enrolled node with one clerk, closed."""
    node = await start(tmp_path, township, Time())
    await node.sync.until_quiet()
    await file(node)
    await node.close()
    await add_clerk(tmp_path, LIANG, "梁代办", password=PASSWORD)
    return tmp_path


async def test_a_new_computer_asks_for_its_first_clerk_and_only_once(tmp_path: Path) -> None:
    new = door(tmp_path / "new")
    assert await new.standing() is Standing.NEW
    entered = await new.first_account(LIANG, "梁代办", password=PASSWORD)
    assert entered.clerk is not None
    assert await new.standing() is Standing.LOCKED
    with pytest.raises(NotNew):
        await new.first_account("bie", "别人", password="12345678")
    again = await door(tmp_path / "new").sign_in(LIANG, PASSWORD)
    assert again is not None
    assert again.opened.key == entered.opened.key


async def test_page_and_command_that_make_the_first_account_at_once_make_one(tmp_path: Path) -> None:
    made = await asyncio.gather(
        *(
            door(tmp_path).first_account(login, "代办员", password=PASSWORD)
            for login in ("liang", "wang", "zhao")
        ),
        return_exceptions=True,
    )
    [first] = [each for each in made if not isinstance(each, BaseException)]
    assert sum(isinstance(each, NotNew) for each in made) == 2
    again = await door(tmp_path).find_by_password(PASSWORD)
    assert again is not None
    assert again.key == first.opened.key


async def test_a_first_account_that_a_power_cut_interrupted_is_made_again(tmp_path: Path) -> None:
    made = door(tmp_path)
    await made.first_account(LIANG, "梁代办", password=PASSWORD)
    (tmp_path / "node.db").rename(
        tmp_path / "node.db.first"
    )  # the cabinet was written, the file not yet named
    assert await door(tmp_path).standing() is Standing.NEW
    await door(tmp_path).first_account("wang", "王代办", password="guan-qiao-9")
    assert await door(tmp_path).sign_in(LIANG, PASSWORD) is None
    assert await door(tmp_path).sign_in("wang", "guan-qiao-9") is not None


async def test_the_right_password_opens_and_a_wrong_one_or_a_strange_login_does_not(folder: Path) -> None:
    closed = door(folder)
    assert await closed.sign_in(LIANG, "shan-lu-2") is None
    assert await closed.sign_in("wang", PASSWORD) is None
    entered = await closed.sign_in(LIANG, PASSWORD)
    assert entered is not None
    assert entered.clerk is not None
    assert entered.clerk.name == "梁代办"


async def test_pauses_after_wrong_passwords_outlive_a_restart(folder: Path) -> None:
    time = Time()
    for _ in range(7):
        try:
            await door(folder, time).sign_in(LIANG, "no")
        except TooManyTries as hurry:
            time.pass_by(hurry.wait)
    restarted = door(folder, time)
    with pytest.raises(TooManyTries):
        await restarted.sign_in(LIANG, PASSWORD)
    time.pass_by(timedelta(minutes=5))
    assert await restarted.sign_in(LIANG, PASSWORD) is not None


async def too_many(folder: Path, time: Time) -> None:
    """Wrong passwords at the command line, a new process each, until a pause is asked for."""
    for _ in range(5):
        assert await door(folder, time).find_by_password("no") is None
    with pytest.raises(TooManyTries):
        await door(folder, time).find_by_password(PASSWORD)


async def test_a_pause_is_waited_out_by_commands_of_which_each_is_a_process(folder: Path) -> None:
    time = Time()
    await too_many(folder, time)
    time.mono += 3
    assert await door(folder, time).find_by_password(PASSWORD) is not None


async def test_a_clock_set_back_and_a_new_start_of_the_computer_end_no_pause_and_make_none_endless(
    folder: Path,
) -> None:
    time = Time()
    await too_many(folder, time)
    time.at -= timedelta(days=4000)
    time.mono = 1
    with pytest.raises(TooManyTries):
        await door(folder, time).find_by_password(PASSWORD)
    time.mono = 3
    assert await door(folder, time).find_by_password(PASSWORD) is not None


async def test_strange_logins_on_the_page_keep_nobody_from_the_commands(folder: Path) -> None:
    time = Time()
    for _ in range(5):
        await door(folder, time).sign_in("stranger", "no")
    assert await door(folder, time).find_by_password(PASSWORD) is not None


async def test_a_disk_that_takes_no_count_of_tries_locks_nobody_out_and_still_counts(folder: Path) -> None:
    closed = door(folder)
    (folder / "tries.json").mkdir()
    for _ in range(4):
        assert await closed.sign_in("stranger", "no") is None
    assert await closed.sign_in(LIANG, PASSWORD) is not None
    assert await closed.sign_in("stranger", "no") is None
    with pytest.raises(TooManyTries):
        await closed.sign_in("stranger", "no")


async def test_many_tries_at_once_are_counted_one_by_one(folder: Path) -> None:
    closed = door(folder)
    answers = await asyncio.gather(
        *(closed.sign_in(LIANG, f"no-{n}") for n in range(12)), return_exceptions=True
    )
    assert sum(answer is None for answer in answers) == 5
    assert sum(isinstance(answer, TooManyTries) for answer in answers) == 7


async def test_the_townships_clerk_gets_a_copy_of_the_key_at_the_first_sign_in(
    folder: Path, township: Township
) -> None:
    township.tell(
        ClerkRow(rid="1" * 32, srev=1, login="wang", name="王代办", password=CHEAP.hash("guan-qiao-9"))
    )
    node = await start(folder, township, Time())
    await node.sync.until_quiet()
    await node.close()
    assert await door(folder).sign_in("wang", "guan-qiao-9") is None, "nobody gave this clerk the key yet"
    entered = await door(folder).sign_in(LIANG, PASSWORD)
    assert entered is not None
    database, clerks = await clerks_of(folder, entered.opened.key)
    assert await clerks.sign_in("wang", "guan-qiao-9") is not None
    await database.close()
    assert await door(folder).sign_in("wang", "guan-qiao-9") is not None


async def test_a_clerk_the_township_removed_loses_the_key(folder: Path, township: Township) -> None:
    password = CHEAP.hash("guan-qiao-9")
    township.tell(ClerkRow(rid="1" * 32, srev=1, login="wang", name="王代办", password=password))
    node = await start(folder, township, Time())
    await node.sync.until_quiet()
    await node.close()
    entered = await door(folder).sign_in(LIANG, PASSWORD)
    assert entered is not None
    database, clerks = await clerks_of(folder, entered.opened.key)
    await clerks.sign_in("wang", "guan-qiao-9")
    await database.close()
    township.tell(ClerkRow(rid="1" * 32, srev=2, login="wang", name="王代办", password="", active=False))
    node = await start(folder, township, Time())
    await node.sync.until_quiet()
    await node.close()
    assert await door(folder).sign_in("wang", "guan-qiao-9") is None
    assert not KeyCabinet(folder / "cabinet.json", CHEAP).has("wang")
    assert await door(folder).sign_in(LIANG, PASSWORD) is not None


async def test_after_the_township_changed_a_password_the_old_one_opens_but_signs_nobody_in(
    folder: Path, township: Township
) -> None:
    rows = [CHEAP.hash("guan-qiao-9"), CHEAP.hash("shui-ku-10")]
    for srev, password in enumerate(rows, 1):
        township.tell(ClerkRow(rid="1" * 32, srev=srev, login="wang", name="王代办", password=password))
        node = await start(folder, township, Time())
        await node.sync.until_quiet()
        await node.close()
        if srev == 1:
            entered = await door(folder).sign_in(LIANG, PASSWORD)
            assert entered is not None
            database, clerks = await clerks_of(folder, entered.opened.key)
            await clerks.sign_in("wang", "guan-qiao-9")
            await database.close()
    entered = await door(folder).sign_in("wang", "guan-qiao-9")
    assert entered is not None
    assert entered.clerk is None
    database, clerks = await clerks_of(folder, entered.opened.key)
    assert await clerks.sign_in("wang", "shui-ku-10") is not None
    await database.close()
    assert await door(folder).sign_in("wang", "guan-qiao-9") is None
    assert await door(folder).sign_in("wang", "shui-ku-10") is not None


async def test_a_changed_password_opens_and_the_old_one_no_longer(folder: Path) -> None:
    entered = await door(folder).sign_in(LIANG, PASSWORD)
    assert entered is not None
    assert entered.clerk is not None
    database, clerks = await clerks_of(folder, entered.opened.key)
    assert not await clerks.change_password(entered.clerk, old="wrong", new="shui-ku-10")
    assert await clerks.change_password(entered.clerk, old=PASSWORD, new="shui-ku-10")
    await database.close()
    assert await door(folder).sign_in(LIANG, PASSWORD) is None
    assert await door(folder).sign_in(LIANG, "shui-ku-10") is not None


async def test_a_second_clerk_opens_too_and_the_last_copy_is_never_taken(folder: Path) -> None:
    await add_clerk(folder, "wang", "王代办", password="guan-qiao-9")
    assert await door(folder).sign_in("wang", "guan-qiao-9") is not None
    cabinet = KeyCabinet(folder / "cabinet.json", CHEAP)
    assert cabinet.keep_only(["wang"]) == 1
    assert cabinet.keep_only([]) == 0
    assert cabinet.has("wang")


async def test_the_cabinet_names_nobody(folder: Path) -> None:
    stored = (folder / "cabinet.json").read_text()
    assert LIANG not in stored
    assert "梁" not in stored
    (folder / "cabinet.json").write_text(stored[:-20])
    with pytest.raises(BadCabinet):
        await door(folder).sign_in(LIANG, PASSWORD)
