"""A township put back to any of its backups: what it has forgotten comes from the villages again, once each."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from backend import db
from backend.backup.restoring import restore
from tests.backup.office import backups_of, with_programs
from tests.support.township import Town, open_town
from tests.sync.conftest import VillagePc, one_time_code, open_pc
from village_node.sync.line import Reply, Send, over_http


class Switched:
    """A line whose other end may be another township process each time."""

    def __init__(self) -> None:
        self.send: Send | None = None

    async def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        assert self.send is not None
        return await self.send(method, path, headers, body)

    def to(self, session: aiohttp.ClientSession, town: Town) -> None:
        self.send = over_http(session, str(town.client.make_url("/")))


async def filed(pc: VillagePc, count: int) -> list[str]:
    rids = [(await pc.file()).rid for _ in range(count)]
    await pc.keep_trying()
    return rids


@pytest.mark.slow
@pytest.mark.parametrize("which", [0, 1, 2])
async def test_a_township_put_back_to_any_backup_loses_nothing(
    town_url: str, tmp_path: Path, which: int
) -> None:
    line, names, rids = Switched(), [], []
    async with aiohttp.ClientSession() as session:
        async with open_town(town_url, tmp_path) as town:
            line.to(session, town)
            (tmp_path / "pc").mkdir()
            pc = await open_pc(tmp_path / "pc", line, token=await one_time_code(town))
            await pc.keep_trying()
            backups = backups_of(town)
            for _ in range(3):
                rids += await filed(pc, 2)
                names.append((await backups.make(at=town.clock())).name)
                await backups.promise(town.office.intake.vouch)
                town.clock.advance(timedelta(days=1))
            rids += await filed(pc, 2)
            # Long afterwards the computer forgets what it may.
            town.clock.advance(timedelta(days=31))
            await pc.sync.until_quiet()
            stream = await pc.outbox.stream()
            assert (stream.acked, stream.safe, stream.base_seq) == (8, 2, 2)
            settings, at = with_programs(town.office.settings), town.clock()
        await restore(settings, names[which], at=at)
        async with open_town(town_url, tmp_path) as town:
            town.clock.at = at
            line.to(session, town)
            await pc.keep_trying()
            found = await db.rows("SELECT rid FROM cases WHERE node_id = ?", [str(pc.number)])
            assert sorted(row["rid"] for row in found) == sorted(rids)
            assert len(await pc.shadow.cases()) >= len(rids)
        await pc.database.close()
