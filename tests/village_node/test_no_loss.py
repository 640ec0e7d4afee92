"""The protocol's promise against the real node: whatever is cut, restored or cloned, no receipt loses its case.

The ledger is the citizen's: every slip that was handed out. After healing each is exactly one case or a held record.
"""

import asyncio
import copy
import secrets
import shutil
import tempfile
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    rule,
    run_state_machine_as_test,
)

from api_spec import feed, records
from api_spec.feed import CaseRow
from api_spec.records import CaseRecord
from tests.village_node.conftest import Node, Time, start
from tests.village_node.filing import file
from tests.village_node.packs import pack
from tests.village_node.township import Stream, Township
from village_node.sync.line import LineDown, Reply
from village_node.sync.township import Failed

T = TypeVar("T")
CUTS = st.sampled_from(["none", "none", "before", "after"])


@dataclass
class Pc:
    """One computer: its folder, the node running in it, and the slips handed out by it."""

    folder: Path
    node: Node
    slips: dict[str, str] = field(default_factory=dict)


@dataclass
class Copy:
    """A copy of a PC's disk and the slips it knows of."""

    folder: Path
    slips: dict[str, str]


class VillageAndTownship(RuleBasedStateMachine):
    pcs = Bundle("pcs")
    copies = Bundle("copies")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        self.township = Township(page=3)
        self.township.publish(pack())
        self.backup = copy.deepcopy(self._stored())
        self.cut = "none"
        self.alive: list[Pc] = []

    def run(self, work: Awaitable[T]) -> T:
        async def whole() -> T:
            return await work

        return self.runner.run(whole())

    async def line(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if self.cut == "before":
            raise LineDown("before")
        reply = await self.township(method, path, headers, body)
        if self.cut == "after":
            raise LineDown("after")
        return reply

    @initialize(target=pcs)
    def enrol(self) -> Pc:
        return self._open(self.folder / "first", {})

    @rule(pc=pcs)
    def file_a_case(self, pc: Pc) -> None:
        entry = self.run(file(pc.node))
        [written] = [
            each
            for each in self.run(pc.node.outbox.batch(0, limit=999, max_bytes=10**9))
            if each.rid == entry.rid
        ]
        pc.slips[entry.tracking_code] = sha256(written.body).hexdigest()

    @rule(pc=pcs, cut=CUTS)
    def meet(self, pc: Pc, cut: str) -> None:
        self.cut = cut
        try:
            self.run(pc.node.sync.until_quiet())
            self.make_progress()
            self.run(pc.node.sync.until_quiet())
        except Failed:
            if cut == "none":
                raise
        finally:
            self.cut = "none"

    @rule(target=copies, pc=pcs)
    def copy_the_disk(self, pc: Pc) -> Copy:
        folder = self._fresh()
        self.run(pc.node.database.copy_to(folder / "node.db"))
        shutil.copytree(pc.folder / "keys", folder / "keys")
        return Copy(folder, dict(pc.slips))

    @rule(target=pcs, source=copies)
    def switch_a_clone_on(self, source: Copy) -> Pc:
        return self._open_copy(source)

    @rule(target=pcs, pc=consumes(pcs), source=copies)
    def burn_a_disk_and_restore_its_copy(self, pc: Pc, source: Copy) -> Pc:
        self.run(pc.node.close())
        self.alive.remove(pc)
        return self._open_copy(source)

    @rule()
    def back_the_township_up_and_verify(self) -> None:
        """A verified backup replaces the one before; then a month passes, so that nodes may prune."""
        for stream in self.township.streams.values():
            stream.safe = stream.upto
        self.backup = copy.deepcopy(self._stored())
        later = datetime.fromisoformat(self.township.time) + timedelta(days=31)
        self.township.time = later.isoformat()

    @rule()
    def restore_the_township(self) -> None:
        streams, stored, held, rows = copy.deepcopy(self.backup)
        self.township.streams, self.township.records = streams, stored
        self.township.held, self.township.rows = held, rows

    @rule()
    def make_progress(self) -> None:
        for stored in list(self.township.records.values())[-2:]:
            record = records.decode_record(stored)
            assert isinstance(record, CaseRecord)
            self.township.tell(_progress(record, srev=len(self.township.rows)))

    def teardown(self) -> None:
        try:
            self._heal_and_check()
        finally:
            for pc in self.alive:
                self.run(pc.node.close())
            self.runner.close()
            shutil.rmtree(self.folder)

    def _heal_and_check(self) -> None:
        for _ in range(3):  # clones push each other into new epochs; that must end
            for pc in self.alive:
                self.run(pc.node.sync.until_quiet())
        stored = [sha256(each).hexdigest() for each in self.township.records.values()]
        held = [sha256(body).hexdigest() for body, _ in self.township.held]
        for pc in self.alive:
            assert self.run(pc.node.outbox.stream()).waiting == 0
            for code, h in pc.slips.items():
                assert stored.count(h) == 1 or h in held, code
            cases = self.run(pc.node.shadow.cases())
            assert cases == self._view(), "the node's view is the township's"
        codes = [
            record.body.code
            for record in map(records.decode_record, self.township.records.values())
            if isinstance(record, CaseRecord)
        ]
        assert len(codes) == len(set(codes))

    def _view(self) -> dict[str, CaseRow]:
        latest: dict[str, CaseRow] = {}
        for stored in self.township.rows:
            row = feed.find_row(stored)
            if isinstance(row, CaseRow) and (row.rid not in latest or row.srev > latest[row.rid].srev):
                latest[row.rid] = row
        return latest

    def _stored(
        self,
    ) -> tuple[dict[str, Stream], dict[tuple[str, int], bytes], list[tuple[bytes, str]], list[bytes]]:
        town = self.township
        return town.streams, town.records, town.held, town.rows

    def _open(self, folder: Path, slips: dict[str, str]) -> Pc:
        pc = Pc(folder, self.run(start(folder, self.line, Time())), dict(slips))
        self.alive.append(pc)
        return pc

    def _open_copy(self, source: Copy) -> Pc:
        folder = self._fresh()
        shutil.copytree(source.folder, folder, dirs_exist_ok=True)
        return self._open(folder, source.slips)

    def _fresh(self) -> Path:
        folder = self.folder / secrets.token_hex(4)
        folder.mkdir()
        return folder


def _progress(record: CaseRecord, *, srev: int) -> CaseRow:
    return CaseRow(
        rid=record.rid,
        srev=srev,
        code=record.body.code,
        number=record.body.number,
        item=record.body.item,
        item_name="临时救助",
        state="accepted",
        label="已受理",
        received_ms=0,
    )


@pytest.mark.slow
def test_no_slip_loses_its_case() -> None:
    run_state_machine_as_test(
        VillageAndTownship,
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            deadline=None,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
