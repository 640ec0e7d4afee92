"""A backup is one only once it was opened; what is damaged, foreign or newer is refused in a sentence."""

import asyncio
import base64
import hashlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from backend import db
from backend.backup import folder, sealing
from backend.backup.restoring import restore
from backend.backup.service import Refused
from backend.backup.values import BackupState, Manifest
from backend.instants import to_ms
from backend.intake import store_nodes
from backend.intake.service import Head
from backend.settings import Settings
from tests.backup.office import at_rest, backups_of, with_programs
from tests.support.township import KEY, Clock, Town, open_town, settings_for
from tests.sync import wire
from tests.sync.conftest import one_time_code
from tests.sync.wire import Wire


@pytest.fixture
async def node(town: Town) -> Wire:
    return await wire.enrol(town.client, await one_time_code(town))


async def pushed(node: Wire, cases: int) -> None:
    node.write(*(node.case() for _ in range(cases)))
    await node.push(len(node.sent) - cases)


async def safe(node: Wire) -> int:
    return (await node.push(len(node.sent))).push.safe


async def test_what_a_verified_backup_holds_is_promised_to_the_village(town: Town, node: Wire) -> None:
    backups = backups_of(town)
    await pushed(node, 2)
    node.write(node.case(item="SD-999"))
    await node.push(2)
    assert await safe(node) == 0
    made = await backups.make(at=town.clock())
    assert (made.records, made.tables["cases"]) == (
        3,
        (await db.rows("SELECT COUNT(*) AS n FROM cases"))[0]["n"],
    )
    await backups.promise(town.office.intake.vouch)
    await pushed(node, 1)
    assert await safe(node) == 3


async def test_a_damaged_record_makes_a_backup_that_nobody_trusts(town: Town, node: Wire) -> None:
    backups = backups_of(town)
    await pushed(node, 2)
    await db.rows("UPDATE node_record SET body = ? WHERE seq = 2", [b"nothing that opens"])
    with pytest.raises(Refused, match="不完整"):
        await backups.make(at=town.clock())
    await backups.promise(town.office.intake.vouch)
    assert await safe(node) == 0
    assert (await backups.cover(at=town.clock())).state == "failed"
    [failed] = await backups.all()
    assert not (town.office.settings.backups / failed.name / "township.db").exists()


async def test_only_what_every_kept_backup_holds_is_promised(town: Town, node: Wire) -> None:
    vouch = town.office.intake.vouch
    await pushed(node, 3)
    [stream] = await db.rows("SELECT id, chain FROM node_stream WHERE node_id = ?", [node.node])
    request = node.request(0, 2)
    older = Head(2, node.request(2).base_chain)
    newer = Head(3, bytes(stream["chain"]))
    assert request.base == 0
    await vouch([{stream["id"]: older}, {stream["id"]: newer}])
    assert await safe(node) == 2
    await vouch([{stream["id"]: newer}])
    assert await safe(node) == 3
    await vouch([{stream["id"]: newer}, {}])
    assert await safe(node) == 0


async def test_a_backup_with_another_copys_records_promises_nothing(town: Town, node: Wire) -> None:
    await pushed(node, 2)
    [stream] = await db.rows("SELECT id FROM node_stream WHERE node_id = ?", [node.node])
    await town.office.intake.vouch([{stream["id"]: Head(2, bytes(32))}])
    assert await safe(node) == 0
    await town.office.intake.vouch([{stream["id"]: Head(3, bytes(32))}])
    assert await safe(node) == 0


async def test_two_backups_do_not_run_at_once(town: Town) -> None:
    backups = backups_of(town)
    with backups._turn(), pytest.raises(Refused, match="正在进行"):
        await backups_of(town).make(at=town.clock())


@pytest.fixture
async def stopped(town_url: str, tmp_path: Path) -> tuple[Settings, Manifest]:
    """A township that was backed up and stopped."""
    async with open_town(town_url, tmp_path) as town:
        settings = with_programs(replace(town.office.settings, backup_secret="twelve letters"))
        blobs = settings.data / "blobs" / "ab"
        blobs.mkdir(parents=True)
        (blobs / "abcd").write_bytes(b"a photo")
        (blobs / "abce.part").write_bytes(b"half a pho")
        made = await at_rest(settings, town.clock).make(at=town.clock())
    return settings, made


async def test_a_stopped_township_is_put_back_with_photos_and_keys(
    stopped: tuple[Settings, Manifest], town_url: str, tmp_path: Path
) -> None:
    settings, made = stopped
    (settings.data / "blobs" / "ab" / "abcd").unlink()
    (settings.data / "vault.key").unlink(missing_ok=True)
    fresh = replace(settings, vault_key=b"")
    assert await restore(fresh, made.name, at=Clock().at)
    assert (settings.data / "vault.key").read_bytes() == KEY
    assert (settings.data / "blobs" / "ab" / "abcd").read_bytes() == b"a photo"
    assert not list((settings.backups / made.name).rglob("*.part"))
    async with open_town(town_url, tmp_path) as town:
        assert (await town.anyone.get("/v1/health")).json["status"] == "ok"


async def test_a_damaged_photo_is_replaced_by_the_backups(stopped: tuple[Settings, Manifest]) -> None:
    settings, made = stopped
    photo = settings.data / "blobs" / "ab" / "abcd"
    photo.unlink()
    photo.write_bytes(b"a phoxo")
    await restore(settings, made.name, at=Clock().at)
    assert photo.read_bytes() == b"a photo"
    assert photo.with_name("abcd.replaced").read_bytes() == b"a phoxo"


async def test_photos_that_cannot_be_put_back_leave_the_database_alone(
    stopped: tuple[Settings, Manifest], town_url: str, tmp_path: Path
) -> None:
    settings, made = stopped
    async with open_town(town_url, tmp_path) as town:
        [before] = await db.rows("SELECT COUNT(*) AS lines FROM session")
        await town.staff("director")
        [after] = await db.rows("SELECT COUNT(*) AS lines FROM session")
    assert after["lines"] > before["lines"]
    shutil.rmtree(settings.data / "blobs")
    (settings.data / "blobs").write_bytes(b"not a folder")
    with pytest.raises(Refused, match="数据库没有动"):
        await restore(settings, made.name, at=Clock().at)
    (settings.data / "blobs").unlink()
    async with open_town(town_url, tmp_path):
        assert await db.rows("SELECT COUNT(*) AS lines FROM session") == [after]


async def test_what_cannot_be_right_is_not_put_back(stopped: tuple[Settings, Manifest]) -> None:
    settings, made = stopped
    at = Clock().at
    place = settings.backups
    with pytest.raises(Refused, match="没有叫"):
        await restore(settings, "../elsewhere", at=at)
    with pytest.raises(Refused, match="另一把数据密钥"):
        await restore(replace(settings, vault_key=bytes(32)), made.name, at=at)
    with pytest.raises(Refused, match="恢复口令不对"):
        await restore(replace(settings, vault_key=b"", backup_secret="another secret"), made.name, at=at)
    newer = msgspec.structs.replace(made, migrations=(*made.migrations, "9999_from_the_future"))
    folder.write(place, newer)
    with pytest.raises(Refused, match="更新的程序"):
        await restore(settings, made.name, at=at)
    folder.write(place, msgspec.structs.replace(made, state=BackupState.FAILED.value, problem="坏了。"))
    with pytest.raises(Refused, match="没有验证成功"):
        await restore(settings, made.name, at=at)
    folder.write(place, made)
    [file] = (place / made.name).glob("township.*")
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(Refused, match="损坏"):
        await restore(settings, made.name, at=at)


async def test_a_running_township_is_not_overwritten(
    stopped: tuple[Settings, Manifest], town_url: str, tmp_path: Path
) -> None:
    settings, made = stopped
    async with open_town(town_url, tmp_path):
        with pytest.raises(Refused, match=r"正在运行|还有 \d+ 个连接"):
            await restore(settings, made.name, at=Clock().at)


def test_a_backup_broken_off_says_so_and_frees_its_room(tmp_path: Path) -> None:
    running = Manifest(
        name="20260410-020000", state=BackupState.RUNNING.value, made_ms=0, dialect="sqlite", app="1"
    )
    folder.write(tmp_path, running)
    (tmp_path / running.name / "township.db").write_bytes(b"half")
    folder.mark_broken_off(tmp_path)
    [told] = folder.read_all(tmp_path)
    assert (told.state, bool(told.problem)) == ("failed", True)
    assert not (tmp_path / running.name / "township.db").exists()


def test_a_key_opens_with_its_passphrase_only() -> None:
    sealed = sealing.seal_key(KEY, "twelve letters")
    assert KEY not in sealed
    assert sealing.open_key(sealed, "twelve letters") == KEY
    with pytest.raises(sealing.WrongPassphrase):
        sealing.open_key(sealed, "twelve letterz")


async def test_a_missing_database_is_said_plainly(tmp_path: Path) -> None:
    settings = settings_for(f"sqlite:///{tmp_path / 'nothing.db'}", tmp_path)
    clock = Clock()
    with pytest.raises(Refused, match="不存在"):
        await at_rest(settings, clock).make(at=clock.at)
    [failed] = await at_rest(settings, clock).all()
    assert "不存在" in failed.problem


def test_a_torn_copy_is_found(tmp_path: Path) -> None:
    from backend.backup import sqlite

    path = tmp_path / "township.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (a TEXT)")
    connection.executemany("INSERT INTO t VALUES (?)", [("x" * 500,)] * 200)
    connection.commit()
    connection.close()
    sqlite.check_file(path)
    torn = bytearray(path.read_bytes())
    torn[4096 * 3 : 4096 * 3 + 200] = bytes(200)
    path.write_bytes(bytes(torn))
    with pytest.raises(Refused):
        sqlite.check_file(path)


async def test_the_keeper_sees_on_the_page_and_in_health_how_backups_went(town: Town) -> None:
    director = await town.staff("director")
    assert "还没有一份验证过的备份" in (await director.page("/staff/backups")).text
    settings = town.office.settings
    good = Manifest(
        name="20260410-020000",
        state=BackupState.VERIFIED.value,
        made_ms=to_ms(town.clock() - timedelta(hours=10)),
        dialect="sqlite",
        app="1",
    )
    folder.write(settings.backups, good)
    assert "备份正常" in (await director.page("/staff/backups")).text
    failed = msgspec.structs.replace(
        good,
        name="20260410-110000",
        state=BackupState.FAILED.value,
        made_ms=to_ms(town.clock() - timedelta(hours=1)),
        problem="磁盘不让写：No space left on device。",
    )
    folder.write(settings.backups, failed)
    page = (await director.page("/staff/backups")).text
    assert "最近一次备份没有成功" in page
    assert "No space left" in page
    health = (await town.anyone.get("/v1/health")).json
    assert (health["backup"], health["status"]) == ("failed", "ok")
    assert health["backup_at"]


async def test_the_page_says_that_a_backup_is_being_made(town: Town) -> None:
    director = await town.staff("director")
    assert "正在做备份" not in (await director.page("/staff/backups")).text
    backups = town.office.backups
    backups.ask(town.office.intake.vouch)
    page = (await director.page("/staff/backups")).text
    assert "正在做备份" in page
    assert "现在备份" not in page
    await backups.close()


async def test_the_daily_work_makes_one_backup_and_says_so_only_once(town: Town, node: Wire) -> None:
    backups = backups_of(town)
    await pushed(node, 1)
    told: list[int] = []

    async def vouch(kept: Sequence[Mapping[str, Head]]) -> dict[str, int]:
        told.append(len(kept))
        return {}

    for _ in range(3):
        await backups.tend(vouch, at=town.clock())
    assert [each.state for each in await backups.all()] == ["verified"]
    assert told == [1]


@pytest.mark.slow
async def test_photos_are_in_the_backup_and_a_lost_one_is_said(town: Town, node: Wire) -> None:
    picture = Image.new("RGB", (40, 30), "green")
    buffer = BytesIO()
    picture.save(buffer, "JPEG")
    photo = buffer.getvalue()
    sha = hashlib.sha256(photo).hexdigest()
    found = await store_nodes.find(node.node)
    assert found
    await town.office.blobs.append(found.sender, sha, photo, offset=0, size=len(photo), at=town.clock())
    backups = backups_of(town)
    made = await backups.make(at=town.clock())
    assert (made.blobs, made.blobs_damaged) == (1, 0)
    [stored] = [
        path for path in (town.office.settings.data / "blobs" / "stored").rglob("*") if path.is_file()
    ]
    stored.unlink()
    town.clock.advance(timedelta(hours=1))
    made = await backups.make(at=town.clock())
    assert (made.is_verified, made.blobs, made.blobs_damaged) == (True, 0, 1)
    assert "1 张照片打不开" in (await backups.cover(at=town.clock())).sentence


async def test_a_new_backup_lets_the_oldest_go_and_raises_the_promise(town: Town, node: Wire) -> None:
    backups = backups_of(town)
    old = Manifest(
        name="20251201-020000",
        state=BackupState.VERIFIED.value,
        made_ms=to_ms(town.clock() - timedelta(days=130)),
        dialect="sqlite",
        app="1",
    )
    folder.write(town.office.settings.backups, old)
    await pushed(node, 1)
    await backups.promise(town.office.intake.vouch)
    assert await safe(node) == 0
    made = await backups.make(at=town.clock())
    await backups.promise(town.office.intake.vouch)
    assert [each.name for each in await backups.all()] == [made.name]
    assert await safe(node) == 1


@pytest.mark.slow
async def test_the_command_works_beside_a_running_township(town: Town, node: Wire) -> None:
    await pushed(node, 1)
    settings = with_programs(town.office.settings)
    environment = {
        **os.environ,
        "BMT_MODE": "test",
        "BMT_DATA": str(settings.data),
        "DATABASE_URL": town.url,
        "BMT_VAULT_KEY": base64.b64encode(KEY).decode(),
    }
    if settings.pg_bin != Path():
        environment["BMT_PG_BIN"] = str(settings.pg_bin)
    for command in ("backup", "backups"):
        ran = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "backend", command),
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, words = await ran.communicate()
        assert ran.returncode == 0, words.decode()
        assert "村里记录 1 条" in said.decode()
    await town.office.backups.promise(town.office.intake.vouch)
    assert await safe(node) == 1
