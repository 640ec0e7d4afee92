"""One township and the computers of one village as a small world: what happens to them, and what must hold in the end.

The rules of sync/1, 2.2 to 2.9 are the product's own code; the properties are those of sync/1, 2.15.
"""

import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from api_spec import chain, feed, tracking_code
from api_spec.feed import CaseRow, HeldRow
from backend import db
from tests.faults.town import DATABASE, MONTH, Front, Town
from tests.faults.village import Disk, Slip, Village

MONTHS_AT_MOST = 4
"""The calendar of working days ends with the year."""


@dataclass(frozen=True, slots=True)
class Template:
    """What every world begins with: a township's file, the folder of a computer enrolled with it, an item to file."""

    town: Path
    village: Path
    item: str
    others: tuple[Path, ...] = ()


@dataclass
class World:
    """Open with `World.open`, close with `close`."""

    folder: Path
    town: Town
    front: Front
    villages: list[Village] = field(default_factory=list)
    burned: list[Slip] = field(default_factory=list)
    backup: Path = Path()
    months: int = 0

    @classmethod
    async def open(cls, folder: Path, template: Template, front: Callable[[Town], Front]) -> "World":
        place_copy(template, folder)
        town = Town(folder / "town")
        await town.open()
        world = cls(folder, town, front(town))
        world.backup = town.back_up(world.fresh())
        await world.switch_on(folder / "first", [])
        return world

    @property
    def node(self) -> int:
        return self.villages[0].pc.number

    def fresh(self) -> Path:
        return self.folder / secrets.token_hex(4)

    async def switch_on(self, folder: Path, slips: list[Slip]) -> Village:
        village = await Village.open(folder, self.front)
        village.slips += slips
        self.villages.append(village)
        return village

    async def start_copy(self, disk: Disk) -> Village:
        """A restored or a cloned computer; the original may still run."""
        folder = self.fresh()
        shutil.copytree(disk.folder, folder)
        return await self.switch_on(folder, disk.slips)

    async def burn(self, village: Village) -> None:
        """The disk is gone with everything that was never sent; at least one computer goes on."""
        await village.close()
        self.villages.remove(village)
        self.burned += village.slips

    async def restart(self, village: Village) -> Village:
        """The power goes in the middle of whatever it does, and comes back."""
        await village.close()
        self.villages.remove(village)
        return await self.switch_on(village.folder, village.slips)

    async def verify_backup(self) -> None:
        """A backup of the township is restored and opened elsewhere."""
        await self.town.vouch()
        self.backup = self.town.back_up(self.fresh())

    def pass_a_month(self) -> None:
        """By the township's clock; nodes may forget what is old enough."""
        if self.months < MONTHS_AT_MOST:
            self.months += 1
            self.town.clock.advance(MONTH)

    async def close(self) -> None:
        for village in self.villages:
            await village.close()
        await self.town.close()
        shutil.rmtree(self.folder)

    async def heal(self) -> None:
        """A good line from now on. Property 8: everything that waits goes up in bounded exchanges."""
        for _ in range(3):  # copies push each other into new epochs; that must end
            for village in self.villages:
                await self._empty(village)

    async def _empty(self, village: Village) -> None:
        for _ in range(60):
            await village.meet()
            if village.failed is None and await village.pc.waiting() == 0:
                return
        raise AssertionError(f"a computer is stuck: {village.failed}")

    async def check(self) -> None:
        """After `heal`: properties 1, 2, 4, 6, 7, 9 and 11."""
        await self._nothing_is_lost()
        await self._nothing_is_double()
        await self._streams_are_whole()
        await self._everybody_knows_the_same()

    async def stored(self) -> set[bytes]:
        """Hashes of the records whose bytes the township holds: applied, or set aside for a clerk."""
        applied = await db.rows(
            "SELECT r.h FROM node_record r JOIN node_stream s ON s.id = r.stream_id"
            " WHERE s.node_id = ? AND r.body IS NOT NULL",
            [self.node],
        )
        held = await db.rows("SELECT h FROM held_record WHERE node_number = ?", [self.node])
        return {bytes(row["h"]) for row in [*applied, *held]}

    async def confirmed_is_durable(self, village: Village) -> None:
        """Property 3: at every instant what a node believes confirmed is here, until the township goes back."""
        if self.town.restored:
            return
        stream = await village.pc.outbox.stream()
        upto = await db.row(
            "SELECT upto FROM node_stream WHERE node_id = ? AND epoch = ?", [self.node, stream.epoch]
        )
        assert stream.acked <= (upto["upto"] if upto else 0), "confirmed, but not here"

    async def nothing_is_forgotten(self) -> None:
        """Property 5, at every instant: a slip's record is in the township, in its backup's promise, or still here."""
        stored = await self.stored()
        for village in self.villages:
            kept = {record.h for record in await village.pc.outbox.batch(0, limit=999, max_bytes=10**9)}
            for slip in village.slips:
                assert slip.h in stored or slip.h in kept, "a record is nowhere"

    async def _nothing_is_lost(self) -> None:
        stored = await self.stored()
        for village in self.villages:
            for slip in village.slips:
                assert slip.h in stored, "a record got lost"
        for slip in self.burned:
            if slip.h not in stored and slip.code:
                code = tracking_code.parse(slip.code)
                assert await self.town.running.intake.genuine(code), "an orphan's paper proves nothing"

    async def _nothing_is_double(self) -> None:
        cases = await db.rows("SELECT rid, tracking_code FROM cases WHERE node_id = ?", [str(self.node)])
        assert len({case["rid"] for case in cases}) == len(cases)
        assert len({case["tracking_code"] for case in cases}) == len(cases)
        printed = {(slip.code, slip.rid) for village in self.villages for slip in village.slips if slip.code}
        assert len({code for code, _ in printed}) == len(printed), "one tracking code for two cases"
        owned = await db.rows("SELECT rid, rev FROM node_record WHERE rid IS NOT NULL ORDER BY id")
        assert len({(row["rid"], row["rev"]) for row in owned}) == len(owned)
        latest: dict[str, int] = {}
        for row in owned:
            assert row["rev"] > latest.get(row["rid"], 0), "revisions out of order"
            latest[row["rid"]] = row["rev"]

    async def _streams_are_whole(self) -> None:
        """Every stream is there from 1 on without a gap, its chain recomputes, and its computer ends where it does."""
        heads: dict[str, tuple[int, bytes]] = {}
        for stream in await db.rows(
            "SELECT id, epoch, upto, chain FROM node_stream WHERE node_id = ?", [self.node]
        ):
            lines = await db.rows(
                "SELECT seq, h FROM node_record WHERE stream_id = ? ORDER BY seq", [stream["id"]]
            )
            assert [line["seq"] for line in lines] == list(range(1, stream["upto"] + 1))
            head = chain.START
            for line in lines:
                head = chain.advance(head, line["seq"], bytes(line["h"]))
            assert head == bytes(stream["chain"])
            heads[stream["epoch"]] = (stream["upto"], head)
        for village in self.villages:
            own = await village.pc.outbox.stream()
            if own.last_seq:
                assert heads[own.epoch] == (own.last_seq, await village.pc.outbox.chain_at(own.last_seq))

    async def _everybody_knows_the_same(self) -> None:
        """What each computer shows is the township's feed, and all that is held is shown."""
        latest: dict[str, CaseRow] = {}
        sealed = await db.rows(
            'SELECT pos, "row" FROM node_feed WHERE node_number = ? ORDER BY pos', [self.node]
        )
        vault = self.town.running.vault
        told = [vault.open(bytes(row["row"]), context=f"feed/{self.node}/{row['pos']}") for row in sealed]
        for stored in told:
            row = feed.find_row(stored)
            if isinstance(row, CaseRow) and row.srev > (latest[row.rid].srev if row.rid in latest else 0):
                latest[row.rid] = row
        held = await db.rows(
            "SELECT reason FROM held_record WHERE node_number = ? AND resolved_at IS NULL", [self.node]
        )
        for village in self.villages:
            assert await village.pc.shadow.cases() == latest, "a view that differs for ever"
            shown = [row for row in await village.pc.shadow.of_kind(HeldRow) if not row.settled]
            assert len(shown) == len(held), "held in silence"


def place_copy(template: Template, folder: Path) -> None:
    folder.mkdir()
    (folder / "town").mkdir()
    shutil.copyfile(template.town, folder / "town" / DATABASE)
    shutil.copytree(template.village, folder / "first")
