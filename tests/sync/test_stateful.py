"""Computers that write, send, lose answers, are copied and restored, against the real intake: nothing lost or doubled.

The node's side is the rules of `village_node.exchange` over a list in memory, so that a thousand steps take seconds.
"""

import asyncio
import secrets
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

import hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from api_spec import chain, feed, records
from api_spec.feed import CaseRow, HeldRow
from api_spec.sync import ExchangeAnswer, PullAsk, PushStatus
from backend import db
from tests.support.township import Town
from tests.sync import wire
from tests.sync.conftest import one_time_code
from tests.sync.wire import Wire
from village_node import exchange
from village_node.exchange import Advance, Stream

T = TypeVar("T")


@dataclass
class Computer:
    """What one village computer has on its disk. `wire` holds its records in order."""

    wire: Wire
    acked: int = 0
    old_epoch: str = ""
    answers: list[ExchangeAnswer] = field(default_factory=list)

    def copy(self) -> "Computer":
        """The same disk once more: a backup, or a copied computer."""
        disk = Wire(
            self.wire.client, self.wire.key, self.wire.told, self.wire.epoch, sent=list(self.wire.sent)
        )
        return Computer(disk, self.acked, self.old_epoch)

    def head_at(self, seq: int) -> bytes | None:
        if seq > len(self.wire.sent):
            return None
        return [chain.START, *chain.heads(chain.START, list(enumerate(self.wire.sent, 1)))][seq]

    def believe(self, answer: ExchangeAnswer) -> None:
        stream = Stream(self.wire.epoch, 0, chain.START, len(self.wire.sent), self.acked, 0)
        verdict = exchange.judge(stream, answer.push, own_head=self.head_at(answer.push.upto))
        match verdict:
            case Advance():
                self.acked = verdict.acked
            case exchange.StartOver():
                self.old_epoch, self.wire.epoch, self.acked = self.wire.epoch, secrets.token_hex(8), 0


async def heal(computer: Computer) -> None:
    """Raises AssertionError: it never became quiet."""
    for _ in range(12):
        answer = await computer.wire.push(computer.acked, old_epoch=computer.old_epoch or None)
        computer.believe(answer)
        if computer.acked == len(computer.wire.sent) and answer.push.status is PushStatus.OK:
            return
    raise AssertionError("the computer is stuck")


def machine_of(town: Town, loop: asyncio.AbstractEventLoop) -> type[RuleBasedStateMachine]:
    """The state machine over one running township; every run enrols a computer of its own."""

    def wait(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    class Villages(RuleBasedStateMachine):
        computers: Bundle[Computer] = Bundle("computers")
        backups: Bundle[Computer] = Bundle("backups")

        def __init__(self) -> None:
            super().__init__()
            self.alive: list[Computer] = []
            self.node = 0

        @initialize(target=computers)
        def enrol(self) -> Computer:
            async def enrolled() -> Wire:
                return await wire.enrol(town.client, await one_time_code(town))

            computer = Computer(wait(enrolled()))
            self.node = computer.wire.node
            self.alive.append(computer)
            return computer

        @rule(computer=computers)
        def write_a_case(self, computer: Computer) -> None:
            computer.wire.write(computer.wire.case())

        @rule(computer=computers)
        def write_what_will_be_held(self, computer: Computer) -> None:
            computer.wire.write(computer.wire.case(item="SD-999"))

        @rule(computer=computers, data=st.data())
        def change_a_case(self, computer: Computer, data: st.DataObject) -> None:
            """Two copies may write different second revisions of one case."""
            cases = [
                record
                for stored in computer.wire.sent
                if isinstance(record := records.decode_record(stored), records.CaseRecord)
            ]
            if not cases:
                return
            case = data.draw(st.sampled_from(cases))
            revs = [records.decode_record(stored) for stored in computer.wire.sent]
            mine = [record for record in revs if record.rid == case.rid]
            parent = records.encode_record(mine[-1])
            computer.wire.write(
                records.AmendRecord(
                    rid=case.rid,
                    rev=len(mine) + 1,
                    schema=records.SCHEMA,
                    parent=chain.record_hash(parent),
                    made=wire.MADE,
                    clerk=wire.LI,
                    body=records.AmendBody(answers={"area_mu": data.draw(st.integers(1, 99))}),
                )
            )

        @rule(computer=computers, size=st.integers(1, 4), lost=st.booleans(), times=st.integers(1, 2))
        def send(self, computer: Computer, size: int, *, lost: bool, times: int) -> None:
            """The next records; the answer comes, or not; the request arrives once or twice."""
            old = computer.old_epoch or None
            base = computer.acked
            for _ in range(times):
                answer = wait(computer.wire.push(base, base + size, old_epoch=old))
            if lost:
                computer.answers.append(answer)
            else:
                computer.believe(answer)

        @rule(computer=computers)
        def an_old_answer_comes_after_all(self, computer: Computer) -> None:
            if computer.answers:
                computer.believe(computer.answers.pop())

        @rule(computer=computers, target=backups)
        def back_up(self, computer: Computer) -> Computer:
            return computer.copy()

        @rule(backup=backups, target=computers)
        def restore_or_copy(self, backup: Computer) -> Computer:
            """The backup is started while the original may still run."""
            copy = backup.copy()
            self.alive.append(copy)
            return copy

        @invariant()
        def nothing_is_confirmed_that_is_not_here(self) -> None:
            for computer in self.alive:
                stored = wait(stored_hashes(self.node))
                for record in computer.wire.sent[: computer.acked]:
                    assert chain.record_hash(record) in stored

        def teardown(self) -> None:
            if self.node:
                wait(check_healed(self.alive, self.node))

    return Villages


async def stored_hashes(node: int) -> set[bytes]:
    """Hashes of the records whose bytes the township holds: applied, or set aside for a clerk."""
    applied = await db.rows(
        "SELECT r.h FROM node_record r JOIN node_stream s ON s.id = r.stream_id"
        " WHERE s.node_id = ? AND r.body IS NOT NULL",
        [node],
    )
    held = await db.rows("SELECT h FROM held_record WHERE node_number = ?", [node])
    return {bytes(row["h"]) for row in [*applied, *held]}


async def check_healed(computers: list[Computer], node: int) -> None:
    for _ in range(2):  # copies may push each other into new epochs once
        for computer in computers:
            await heal(computer)
    stored = await stored_hashes(node)
    for computer in computers:
        for record in computer.wire.sent:
            assert chain.record_hash(record) in stored, "a record got lost"
    await check_streams(node)
    await check_cases(computers, node)


async def check_streams(node: int) -> None:
    """Every stream is there from 1 on without a gap, and its chain recomputes."""
    streams = await db.rows("SELECT id, upto, chain FROM node_stream WHERE node_id = ?", [node])
    for stream in streams:
        lines = await db.rows(
            "SELECT seq, h FROM node_record WHERE stream_id = ? ORDER BY seq", [stream["id"]]
        )
        assert [line["seq"] for line in lines] == list(range(1, stream["upto"] + 1))
        head = chain.START
        for line in lines:
            head = chain.advance(head, line["seq"], bytes(line["h"]))
        assert head == bytes(stream["chain"])


async def check_cases(computers: list[Computer], node: int) -> None:
    """One case a rid; the node's feed names exactly its cases and everything held."""
    cases = await db.rows("SELECT rid, tracking_code, version FROM cases WHERE node_id = ?", [str(node)])
    assert (
        len({case["rid"] for case in cases}) == len({case["tracking_code"] for case in cases}) == len(cases)
    )
    held = await db.rows("SELECT h FROM held_record WHERE node_number = ?", [node])
    own = computers[0].wire
    rows: list[feed.FeedRow] = []
    asked, more = PullAsk(), True
    while more:
        answer = await own.push(computers[0].acked, pull=asked)
        assert answer.pull
        rows += [row for entry in answer.pull.rows if (row := feed.find_row(bytes(entry.row)))]
        asked, more = PullAsk(pos=answer.pull.pos, dig=answer.pull.dig), answer.pull.more
    told = {row.rid: row.srev for row in rows if isinstance(row, CaseRow)}
    # The village's computers of earlier runs have left cases that this one is told of, too.
    assert {case["rid"]: told.get(case["rid"]) for case in cases} == {
        case["rid"]: case["version"] for case in cases
    }
    assert len([row for row in rows if isinstance(row, HeldRow)]) == len(held)


async def test_whatever_computers_and_lines_do_nothing_is_lost_or_doubled(town: Town) -> None:
    quick = hypothesis.settings(
        max_examples=12, stateful_step_count=25, deadline=None, print_blob=True, database=None
    )
    machine = machine_of(town, asyncio.get_running_loop())
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=quick)
