"""A folder of version 0.1.0 is sealed at the first sign-in, whenever the power goes, and nothing of it is lost."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from api_spec import chain
from tests.village_node.released import LOGIN, PASSWORD, unpack_0_1_0
from tests.village_node.test_door import door
from village_node.access.door import Standing
from village_node.access.keys import DataKey, KeyFolder
from village_node.access.sealing import is_plain
from village_node.storage.database import Database
from village_node.sync.outbox import Outbox

NAMES = ("梁小满", "13800000001", "11010519491231002X", "突发重病住院", "梁代办")


def leaks(folder: Path) -> list[str]:
    """Which file shows which of the known plain words."""
    return [
        f"{path.name}: {word}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for word in NAMES
        if word.encode() in path.read_bytes()
    ]


async def is_whole(folder: Path, key: DataKey) -> None:
    database = await Database.open(folder / "node.db", key=key.file_key)
    outbox = Outbox(database)
    written = await outbox.batch(0, limit=500, max_bytes=10**8)
    heads = chain.heads(chain.START, [(record.seq, record.body) for record in written])
    assert len(written) == 5
    assert await outbox.chain_at(5) == heads[-1]
    assert (await outbox.stream()).acked == 2
    assert len(await database.rows("SELECT rid FROM register")) == 5
    await database.close()
    keys = KeyFolder(folder / "keys", key)
    assert keys.receipt_key() == b"r" * 32
    keys.own_keys()


async def test_the_first_sign_in_seals_everything_and_loses_nothing(tmp_path: Path) -> None:
    folder = unpack_0_1_0(tmp_path)
    before = {path.name: path.read_bytes() for path in (folder / "keys").iterdir()}
    assert leaks(folder), "the released version left it plain"
    closed = door(folder)
    assert await closed.standing() is Standing.LOCKED
    assert await closed.sign_in(LOGIN, "shan-lu-2") is None
    assert is_plain(folder / "node.db")
    entered = await closed.sign_in(LOGIN, PASSWORD)
    assert entered is not None
    await is_whole(folder, entered.opened.key)
    assert leaks(folder) == []
    assert {path.name for path in folder.iterdir()} <= {
        "node.db",
        "keys",
        "cabinet.json",
        "tries.json",
        "lock.cabinet",
    }
    assert {path.name for path in (folder / "keys").iterdir()} == set(before)
    assert not any(
        old in path.read_bytes() for old in before.values() for path in folder.rglob("*") if path.is_file()
    )
    signing = KeyFolder(folder / "keys", entered.opened.key).own_keys().signing
    assert signing.private_bytes_raw() == before["signing.key"]


async def test_a_power_cut_after_the_file_was_sealed_is_finished_by_the_next_sign_in(tmp_path: Path) -> None:
    folder = unpack_0_1_0(tmp_path)
    plain = {path.name: path.read_bytes() for path in (folder / "keys").iterdir()}
    old = (folder / "node.db").read_bytes()
    assert await door(folder).sign_in(LOGIN, PASSWORD) is not None
    for name, secret in plain.items():
        (folder / "keys" / name).write_bytes(secret)
    (folder / "node.db.plain").write_bytes(old)
    entered = await door(folder).sign_in(LOGIN, PASSWORD)
    assert entered is not None
    await is_whole(folder, entered.opened.key)
    assert not (folder / "node.db.plain").exists()
    assert {path.stat().st_size for path in (folder / "keys").iterdir()} != {32}


async def test_a_copy_that_a_power_cut_left_half_made_is_made_anew(tmp_path: Path) -> None:
    folder = unpack_0_1_0(tmp_path)
    (folder / "node.db.sealed").write_bytes(os.urandom(5000))
    entered = await door(folder).sign_in(LOGIN, PASSWORD)
    assert entered is not None
    await is_whole(folder, entered.opened.key)


SIGN_IN = """
import asyncio, sys
from pathlib import Path
from tests.village_node.test_door import door
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(door(Path(sys.argv[1])).sign_in(sys.argv[2], sys.argv[3]))
print("done", flush=True)
"""


@pytest.mark.slow
async def test_a_sign_in_killed_at_any_moment_leaves_a_folder_that_opens(tmp_path: Path) -> None:
    finished = 0
    for number, wait_s in enumerate((0.0, 0.02, 0.04, 0.06, 0.1)):
        folder = unpack_0_1_0(tmp_path / str(number))
        running = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", SIGN_IN, str(folder), LOGIN, PASSWORD),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert running.stdin is not None
        assert running.stdout is not None
        assert await running.stdout.readline() == b"ready\n"
        running.stdin.write(b"\n")
        await asyncio.sleep(wait_s)
        if running.returncode is None:
            os.kill(running.pid, signal.SIGKILL)
        said, _ = await running.communicate()
        finished += b"done" in said
        entered = await door(folder).sign_in(LOGIN, PASSWORD)
        assert entered is not None
        await is_whole(folder, entered.opened.key)
        assert leaks(folder) == []
    assert finished < 5, "at least one was killed in time"
