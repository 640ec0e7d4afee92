"""Bundles that come at once, or where there is no room: each is answered, none is half there."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api_spec.errors import ErrorCode
from backend.faults import Fault
from backend.intake.spool import AT_ONCE, KEPT, Spool
from tests.bundles.desk import Desk, bring, bring_all, state
from tests.support.township import Town
from tests.sync.conftest import LI, Opener


async def test_eight_who_bring_the_same_stick_make_one_case(desk: Desk, town: Town) -> None:
    await desk.pc.file()
    [part] = await desk.parts()
    answers = await asyncio.gather(*(bring(town, part) for _ in range(8)))
    assert {answer.status for answer in answers} <= {200, 503}
    assert any(answer.status == 200 for answer in answers)
    assert all(answer.code == "busy" for answer in answers if answer.status == 503)
    assert len((await state(town.office.vault))["cases"]) == 1


async def test_villages_bring_their_sticks_while_others_send(
    town: Town, computers: Opener, tmp_path: Path
) -> None:
    desks = [Desk(await computers(f"pc{place}", place=place), tmp_path) for place in range(4)]
    for desk in desks:
        for area in range(1, 6):
            await desk.pc.file(area_mu=str(area))
    parts = [(await desk.parts())[0] for desk in desks[:2]]
    await asyncio.gather(*(desk.pc.keep_trying() for desk in desks), *(bring(town, part) for part in parts))
    await bring_all(town, parts)
    assert len((await state(town.office.vault))["cases"]) == 20


async def test_a_case_filed_while_a_stick_is_written_waits_for_the_next(desk: Desk, town: Town) -> None:
    for area in range(1, 9):
        await desk.pc.file(area_mu=str(area))
    over, _ = await asyncio.gather(desk.export(), desk.pc.file(area_mu="9"))
    parts = [(desk.last_stick / part.name).read_bytes() for part in over.parts]
    for reply in await bring_all(town, parts):
        await desk.take_reply(reply)
    assert await desk.pc.waiting() == 9 - over.records
    assert over.last == over.records


async def test_two_exports_at_once_are_two_whole_bundles(desk: Desk, town: Town) -> None:
    await desk.pc.file()
    bundles, stick = desk.bundles(), desk.stick()
    first, second = await asyncio.gather(
        bundles.export(stick, handed_to="欧阳会计", clerk=LI),
        bundles.export(stick, handed_to="李支书", clerk=LI),
    )
    names = {first.parts[0].name, second.parts[0].name}
    assert len(names) == 2
    await bring_all(town, [(stick / name).read_bytes() for name in names])
    assert len((await state(town.office.vault))["cases"]) == 1


async def test_a_disk_that_records_need_takes_no_bundle(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", lambda: 1024)
    with pytest.raises(Fault) as refused:
        async with spool.receiving() as incoming:
            await incoming.write(b"x" * 100)
    assert refused.value.code is ErrorCode.BUSY
    assert list((tmp_path / "spool").iterdir()) == []


async def test_only_so_many_come_at_once(tmp_path: Path) -> None:
    spool = Spool(tmp_path, lambda: 2**40)
    async with asyncio.TaskGroup() as tasks:
        ready = asyncio.Event()

        async def hold() -> None:
            async with spool.receiving():
                await ready.wait()

        for _ in range(AT_ONCE):
            tasks.create_task(hold())
        await asyncio.sleep(0)
        with pytest.raises(Fault) as refused:
            async with spool.receiving():
                pass
        assert refused.value.code is ErrorCode.BUSY
        ready.set()
    async with spool.receiving() as incoming:
        await incoming.write(b"there is room again")


async def test_replies_nobody_fetched_are_tidied_away_and_made_again(desk: Desk, town: Town) -> None:
    await desk.pc.file()
    parts = await desk.parts()
    await bring_all(town, parts)
    folder = town.office.settings.data / "bundles"
    [reply] = folder.iterdir()
    town.office.bundles.spool.tidy(datetime.now(UTC) + KEPT - timedelta(days=1))
    assert reply.exists()
    town.office.bundles.spool.tidy(datetime.now(UTC) + KEPT + timedelta(days=1))
    assert not reply.exists()
    [again] = await bring_all(town, parts)
    assert (await desk.take_reply(again)).new
