"""What the township knows of its village computers: worst first, in words; and which villages a sum does not hold."""

import base64
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from api_spec.records import SCHEMA
from api_spec.sync import Machine
from tests.support.township import KEY, Town
from tests.sync import wire
from tests.sync.conftest import one_time_code
from tests.sync.wire import Wire


async def enrolled(town: Town, place: int) -> Wire:
    return await wire.enrol(town.client, await one_time_code(town, place))


async def renew(*nodes: Wire) -> None:
    """Nonces of the township's clock as it is now."""
    for node in nodes:
        refused = await node.exchange(node.request(len(node.sent)))
        if refused.status == 409:
            node.told = msgspec.structs.replace(node.told, nonce=refused.headers["Sync-Nonce"])


async def test_the_list_begins_with_the_computer_in_most_trouble(town: Town) -> None:
    good, bad, silent = [await enrolled(town, place) for place in range(3)]
    await silent.push()
    town.clock.advance(timedelta(days=4))
    town.forget_sign_ins()
    director = await town.staff("director")
    await renew(good, bad)
    town.clock.advance(timedelta(minutes=1))
    bad.write(bad.case(item="SD-999"))
    await good.push()
    told_of_itself = Machine(off_ms=900_000, disk_free_mb=100, waiting=(5, 2), oldest_s=90_000)
    await bad.push(machine=told_of_itself, schema=SCHEMA - 1)
    listed = (await director.get("/v1/staff/nodes")).json["items"]
    by_number = [each["number"] for each in listed]
    assert by_number.index(silent.node) < by_number.index(bad.node) < by_number.index(good.node)
    told = next(each for each in listed if each["number"] == bad.node)
    assert (told["held"], told["schema_behind"], told["photos_waiting"]) == (1, True, 2)
    said = "；".join(told["worries"])
    for words in (
        "1 条记录等镇里处理",
        "程序版本旧",
        "4 件没传上来",
        "2 张照片",
        "差 15 分钟",
        "只剩 100 MB",
    ):
        assert words in said
    page = (await director.page("/staff/villages")).text
    assert (
        page.index(f"{silent.node} 号机") < page.index(f"{bad.node} 号机") < page.index(f"{good.node} 号机")
    )


async def test_a_computer_that_says_impossible_things_of_itself_breaks_no_page(town: Town) -> None:
    node = await enrolled(town, 0)
    most = 2**53
    await node.push(machine=Machine(off_ms=-(2**63), disk_free_mb=most, waiting=(most, most), oldest_s=most))
    director = await town.staff("director")
    assert (await director.get("/v1/staff/nodes")).status == 200
    assert f"{node.node} 号机" in (await director.page("/staff/villages")).text
    assert (await director.page("/staff")).status == 200


async def test_every_sum_says_which_villages_it_may_not_hold(town: Town) -> None:
    node = await enrolled(town, 0)
    name = (await town.office.catalogue.villages(town.tenant_id))[0].name
    pages = {
        "social": ("/staff", "/staff/cases"),
        "centre": ("/staff/errands", "/staff/money", "/staff/dashboard"),
    }
    for who, paths in pages.items():
        for path in paths:
            text = (await (await town.staff(who)).page(path)).text
            assert "以下村尚未同步" in text, path
            assert name in text
    await node.push()
    for who, paths in pages.items():
        for path in paths:
            assert "以下村尚未同步" not in (await (await town.staff(who)).page(path)).text, path
    town.clock.advance(timedelta(minutes=1))
    await node.push(machine=Machine(waiting=(2, 0)))
    assert "还有 2 件没传" in (await (await town.staff("social")).page("/staff")).text


async def test_what_a_push_delivers_does_not_count_as_waiting_behind_it(town: Town) -> None:
    node = await enrolled(town, 0)
    await node.push(machine=Machine(waiting=(1, 0), oldest_s=60))
    town.clock.advance(timedelta(seconds=5))
    node.write(node.case())
    await node.push(machine=Machine(waiting=(1, 0), oldest_s=65))
    page = (await (await town.staff("director")).page("/staff/villages")).text
    assert "没传上来" not in page


@pytest.mark.slow
async def test_the_command_line_shows_the_same_while_the_township_runs(town: Town, tmp_path: Path) -> None:
    node = await enrolled(town, 0)
    node.write(node.case(item="SD-999"))
    await node.push()
    environment = {
        **os.environ,
        "BMT_MODE": "production",
        "BMT_DATA": str(tmp_path),
        "DATABASE_URL": town.url,
        "BMT_VAULT_KEY": base64.b64encode(KEY).decode(),
    }
    shown = subprocess.run(  # noqa: ASYNC221 - the township needs no loop meanwhile
        [sys.executable, "-m", "backend", "nodes"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    assert f"{node.node} 号机：联网正常" in shown.stdout or "天没有联系" in shown.stdout
    assert "搁置 1 条" in shown.stdout
    assert "搁置等处理的记录 1 条" in shown.stdout
