"""Whatever row is altered or taken away, the proof finds it and says which."""

import asyncio
import base64
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from api_spec.catalogue import Item
from api_spec.vocabulary import CaseAction as A
from api_spec.vocabulary import MaterialStatus, Role
from backend import db
from backend.actors import system
from backend.audit.anchors import Trace, digest_of
from backend.audit.chain import AuditAction
from backend.audit.proving import Finding, Kept
from backend.cases.case import EventFacts
from backend.cases.service import Command
from tests.pages.sample import Bench
from tests.support.township import KEY, Town

NEXT_DAY = timedelta(days=1)


async def lived(town: Town) -> tuple[str, str]:
    """A case, an errand and a few entries of the log, and the anchor of their day."""
    bench = Bench(town.office, at=town.clock())
    item, filed = await bench.file("SD-019", "王小妹")
    present = {paper.code: MaterialStatus.PRESENT for paper in item.materials}
    accept = Command(action=A.ACCEPT, facts=EventFacts(materials=present))
    await town.office.cases.act(filed.case_id, accept, actor=bench.clerk(item, Role.WINDOW), at=town.clock())
    errand = await bench.errand("SD-049", "李国强")
    for number in range(3):
        await town.office.audit.record(
            AuditAction.EXPORT,
            actor=system(town.tenant_id),
            at=town.clock(),
            subject_kind="test",
            subject_id=str(number),
        )
    town.clock.advance(NEXT_DAY)
    assert await town.office.proving.anchor(town.tenant_id, at=town.clock())
    return filed.case_id, errand.errand_id


async def found(town: Town) -> list[Finding]:
    return await town.office.proving.findings(town.tenant_id, at=town.clock())


async def last_entry(town: Town) -> int:
    (entry,) = await town.office.audit.latest(town.tenant_id, limit=1)
    return entry.number


async def test_an_untouched_township_holds_and_is_anchored_once_a_day(town: Town) -> None:
    await lived(town)
    assert await found(town) == []
    assert await town.office.proving.anchor(town.tenant_id, at=town.clock()) is None
    town.clock.advance(3 * NEXT_DAY)
    second = await town.office.proving.anchor(town.tenant_id, at=town.clock())
    assert second
    first = await town.office.proving.find_anchor(town.tenant_id, 1)
    assert first
    assert (second.number, second.prev_hash, second.events) == (2, first.hash, 0)
    assert (second.day - first.day).days == 3
    assert first.histories == 2
    assert await found(town) == []


async def test_an_altered_entry_is_found_by_its_number(town: Town) -> None:
    await lived(town)
    await db.rows("UPDATE audit_log SET reason = 'x' WHERE number = 2")
    assert Finding(Kept.LOG, "", 2, "从这一条起被改动或缺了") in await found(town)


async def test_a_removed_entry_is_found_also_at_the_end(town: Town) -> None:
    await lived(town)
    last = await last_entry(town)
    await db.rows("DELETE FROM audit_log WHERE number = ?", [last])
    assert [(one.what, one.number) for one in await found(town)] == [(Kept.LOG, last)]
    await db.rows("DELETE FROM audit_log WHERE number = 1")
    assert (Kept.LOG, 1) in [(one.what, one.number) for one in await found(town)]


async def test_a_log_cut_short_together_with_its_head_does_not_fit_the_anchor(town: Town) -> None:
    await lived(town)
    row = await db.row("SELECT hash FROM audit_log WHERE number = 1")
    assert row
    await db.rows("DELETE FROM audit_log WHERE number > 1")
    await db.rows("UPDATE audit_head SET number = 1, hash = ?", [row["hash"]])
    assert [(one.what, one.number) for one in await found(town)] == [(Kept.ANCHOR, 1)]


@pytest.mark.parametrize("change", ["note = 'x'", "actor_id = 'nobody'", "hash = 'x'", "facts = '{'"])
async def test_an_altered_event_is_found_with_its_case(town: Town, change: str) -> None:
    case_id, _ = await lived(town)
    await db.rows(f"UPDATE case_events SET {change} WHERE case_id = ? AND seq = 2", [case_id])  # noqa: S608
    (broken, *_) = await found(town)
    assert (broken.what, broken.subject_id) == (Kept.CASE, case_id)
    assert broken.number == (0 if "facts" in change else 2)


async def test_a_removed_event_is_found_also_when_the_case_was_put_back_to_match(town: Town) -> None:
    case_id, _ = await lived(town)
    await db.rows("DELETE FROM case_events WHERE case_id = ? AND seq = 2", [case_id])
    assert [(one.what, one.subject_id, one.number) for one in await found(town)] == [
        (Kept.CASE, case_id, 2),
        (Kept.ANCHOR, "", 1),
    ]
    await db.rows("UPDATE cases SET version = 1, state = 'submitted' WHERE id = ?", [case_id])
    assert [(one.what, one.number) for one in await found(town)] == [(Kept.ANCHOR, 1)]


async def test_an_altered_errand_is_found(town: Town) -> None:
    _, errand_id = await lived(town)
    await db.rows("UPDATE errand_events SET note = 'x' WHERE errand_id = ? AND seq = 1", [errand_id])
    assert (Kept.ERRAND, errand_id, 1) in [
        (one.what, one.subject_id, one.number) for one in await found(town)
    ]


@pytest.mark.parametrize("change", ["digest = 'x'", "day = '2026-04-01'", "hash = 'x'", "events = 1"])
async def test_an_altered_anchor_is_found(town: Town, change: str) -> None:
    await lived(town)
    await db.rows(f"UPDATE audit_anchors SET {change} WHERE number = 1")  # noqa: S608
    assert (Kept.ANCHOR, 1) in [(one.what, one.number) for one in await found(town)]


async def test_a_removed_anchor_is_found_because_the_log_tells_of_it(town: Town) -> None:
    await lived(town)
    await db.rows("DELETE FROM audit_anchors WHERE number = 1")
    (broken,) = await found(town)
    assert (broken.what, broken.number) == (Kept.ANCHOR, 1)


async def test_the_log_is_proved_on_from_where_it_was_proved_and_whole_on_demand(town: Town) -> None:
    await lived(town)
    proving, tenant = town.office.proving, town.tenant_id
    before = await proving.log_state(tenant, at=town.clock())
    await db.rows("UPDATE audit_log SET reason = 'x' WHERE number = 1")
    again = await proving.log_state(tenant, at=town.clock())
    assert (before.broken, again.broken) == (None, None)
    assert again.whole_at == before.whole_at
    assert (await proving.log_state(tenant, at=town.clock(), whole=True)).broken == 1
    await db.rows("UPDATE audit_log SET hash = prev_hash WHERE number = ?", [before.up_to])
    assert (await proving.log_state(tenant, at=town.clock())).broken == before.up_to


async def test_entries_added_while_the_log_is_proved_break_nothing(town: Town) -> None:
    audit, proving = town.office.audit, town.office.proving

    async def add(number: int) -> None:
        await audit.record(
            AuditAction.EXPORT,
            actor=system(town.tenant_id),
            at=town.clock(),
            subject_kind="test",
            subject_id=str(number),
        )

    states = await asyncio.gather(
        *(add(number) for number in range(20)),
        *(proving.log_state(town.tenant_id, at=town.clock(), whole=whole) for whole in (True, False) * 5),
    )
    assert all(state.broken is None for state in states if state is not None)


def test_a_digest_does_not_depend_on_the_order_and_covers_everything() -> None:
    one, other = Trace("case", "a", 1, "x"), Trace("errand", "a", 1, "x")
    assert digest_of([one, other]) == digest_of([other, one])
    assert len({digest_of(traces) for traces in ([], [one], [other], [one, other])}) == 4


@pytest.mark.slow
async def test_the_command_line_says_what_does_not_hold_while_the_township_runs(
    town: Town, tmp_path: Path
) -> None:
    case_id, _ = await lived(town)
    environment = {
        **os.environ,
        "BMT_MODE": "production",
        "BMT_DATA": str(tmp_path),
        "DATABASE_URL": town.url,
        "BMT_VAULT_KEY": base64.b64encode(KEY).decode(),
    }

    def verify() -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "backend", "verify"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    code, said = verify()
    assert (code, "没有被改动" in said) == (0, True), said
    assert "这次核对不包括" in said
    await db.rows("UPDATE case_events SET note = 'x' WHERE case_id = ? AND seq = 2", [case_id])
    code, said = verify()
    assert code == 1
    assert f"办件经过  {case_id} 第 2 条" in said


async def test_an_entry_added_behind_the_head_is_found(town: Town) -> None:
    await lived(town)
    last = await last_entry(town)
    await db.rows(
        "UPDATE audit_head SET number = ?, hash = prev FROM (SELECT prev_hash AS prev FROM audit_log"
        " WHERE number = ?) AS taken",
        [last - 1, last],
    )
    assert (Kept.LOG, last + 1) in [(one.what, one.number) for one in await found(town)]


@pytest.mark.plan(26)
async def test_nothing_is_called_broken_while_the_office_works(town: Town) -> None:
    bench = Bench(town.office, at=town.clock())
    filed = [await bench.file("SD-029", "谢春花") for _ in range(30)]
    clerk = bench.clerk(filed[0][0], Role.WINDOW)
    cases = town.office.proving.histories[0]
    working = True

    async def work() -> None:
        nonlocal working
        for _, one in reversed(filed):
            accept = Command(action=A.ACCEPT, facts=EventFacts(materials=_present(filed[0][0])))
            await town.office.cases.act(one.case_id, accept, actor=clerk, at=town.clock())
        working = False

    async def look() -> list[object]:
        said: list[object] = []
        while working:
            said += await cases.breaks(town.tenant_id)
        return said

    said, _ = await asyncio.gather(look(), work())
    assert said == []


def _present(item: Item) -> dict[str, MaterialStatus]:
    return {paper.code: MaterialStatus.PRESENT for paper in item.materials}
