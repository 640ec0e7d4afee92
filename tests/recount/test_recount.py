"""A holiday notice taken over moves the last days of what is open, and says so."""

import asyncio
import io
from datetime import date, timedelta

import pytest
from aiohttp import FormData

from api_spec.vocabulary import CaseAction as A
from api_spec.vocabulary import Channel, MaterialStatus, Role
from backend import db
from backend.audit.chain import AuditAction
from backend.cases.case import EventFacts
from backend.cases.service import Command
from backend.hall.calendar import DayKind, SpecialDay
from tests.pages.sample import Bench
from tests.support.township import Town

OFF = [SpecialDay(date(2026, 4, 13) + timedelta(days=ahead), DayKind.OFF, "试验节") for ahead in range(2)]
"""A supplement: the Monday and Tuesday after the Friday on which the town stands."""


async def accepted(town: Town, *, owner: str) -> str:
    """A case accepted now, with the applicant's account."""
    bench = Bench(town.office, at=town.clock())
    item, filed = await bench.file("SD-019", "王小妹", channel=Channel.WEB, owner=owner)
    present = {paper.code: MaterialStatus.PRESENT for paper in item.materials}
    accept = Command(action=A.ACCEPT, facts=EventFacts(materials=present))
    await town.office.cases.act(filed.case_id, accept, actor=bench.clerk(item, Role.WINDOW), at=town.clock())
    return filed.case_id


async def due_of(case_id: str) -> str:
    row = await db.row("SELECT due_on FROM cases WHERE id = ?", [case_id])
    assert row
    return str(row["due_on"])


@pytest.mark.plan(38)
async def test_a_new_holiday_moves_open_cases_once_and_the_case_says_why(town: Town) -> None:
    citizen = await town.citizen()
    case_id = await accepted(town, owner=citizen.id)
    before = await due_of(case_id)
    office, director = town.office, (await town.staff("director")).id
    actor = Bench(office, at=town.clock()).clerk(
        office.catalogue.shelf(town.tenant_id).pack.items[0], Role.DIRECTOR
    )
    preview = await office.recount.preview(OFF, actor=actor)
    assert {one.kind: one.moved for one in preview.counted} == {"case": 1, "errand": 0}
    assert await due_of(case_id) == before
    ((kind, move),) = preview.moves
    assert (kind, move.subject_id, move.due_before) == ("case", case_id, date.fromisoformat(before))
    text = "\n".join(["日期,类别,节日", *(f"{one.day},放假,{one.holiday}" for one in OFF)])
    table = FormData()
    table.add_field("file", io.BytesIO(text.encode()), filename="off.csv")
    listed = await (await town.staff("director")).send("/staff/calendar/preview", table)
    assert move.number in listed.text
    assert "到期日会变的件" in listed.text

    _, counted = await office.recount.take_over(OFF, actor=actor, at=town.clock())
    assert {one.kind: one.moved for one in counted} == {"case": 1, "errand": 0}
    after = await due_of(case_id)
    calendar = office.hall.calendar()
    assert calendar.working_days_between(date.fromisoformat(before), date.fromisoformat(after)) == 2
    (change,) = await office.recount.changes_of(town.tenant_id, "case", case_id)
    assert (change.due_before, change.due_after) == (date.fromisoformat(before), date.fromisoformat(after))
    assert change.sentence in (await citizen.page(f"/cases/{case_id}")).text
    assert change.sentence in (await (await town.staff("director")).page(f"/staff/cases/{case_id}")).text

    assert all(one.moved == 0 for one in await office.recount.recount(town.tenant_id, at=town.clock()))
    log = await office.audit.latest(town.tenant_id, only=(AuditAction.RECOUNT, AuditAction.CHANGE_CALENDAR))
    assert [entry.action for entry in log] == [AuditAction.RECOUNT, AuditAction.CHANGE_CALENDAR]
    assert log[0].facts["case_moved"] == "1"
    assert director


async def test_a_round_catches_up_with_what_another_process_took_over(town: Town) -> None:
    case_id = await accepted(town, owner="")
    await town.office.recount.run(town.clock())
    before = await due_of(case_id)
    await town.office.hall.import_calendar(OFF, at=town.clock())
    await town.office.recount.run(town.clock())
    assert await due_of(case_id) > before


async def test_a_stale_row_is_put_right_within_a_day_and_a_broken_history_is_left_alone(town: Town) -> None:
    case_id, broken = await accepted(town, owner=""), await accepted(town, owner="")
    await town.office.recount.run(town.clock())
    right = await due_of(case_id)
    await db.rows("UPDATE cases SET due_on = '2026-12-01', soon_on = '2026-12-01' WHERE 1 = 1")
    await db.rows("UPDATE case_events SET note = 'x' WHERE case_id = ? AND seq = 2", [broken])
    await town.office.recount.run(town.clock())
    assert await due_of(case_id) == "2026-12-01"
    await town.office.recount.run(town.clock() + timedelta(days=1))
    assert (await due_of(case_id), await due_of(broken)) == (right, "2026-12-01")


async def test_an_errands_day_moves_too_and_its_pages_say_so(town: Town) -> None:
    bench = Bench(town.office, at=town.clock())
    errand = await bench.errand("SD-050", "李国强")
    await bench.hand_over(errand)
    before = await db.row("SELECT due_on FROM errands WHERE id = ?", [errand.errand_id])
    await town.office.hall.import_calendar(OFF, at=town.clock())
    await town.office.recount.run(town.clock())
    after = await db.row("SELECT due_on FROM errands WHERE id = ?", [errand.errand_id])
    assert before
    assert after
    assert after["due_on"] > before["due_on"]
    page = await (await town.staff("utility")).page(f"/staff/errands/{errand.errand_id}")
    assert "因节假日安排公布，到期日由" in page.text


async def test_cases_moved_while_everything_is_reckoned_end_up_right(town: Town) -> None:
    office, bench = town.office, Bench(town.office, at=town.clock())
    cases = []
    for channel in (Channel.VILLAGE, Channel.WINDOW, Channel.VILLAGE):
        item, filed = await bench.file("SD-001", "王小妹", channel=channel)
        cases.append((item, filed))
    note = Command(action=A.ADD_NOTE, note="电话核实过")
    director = bench.clerk(cases[0][0], Role.DIRECTOR)
    await asyncio.gather(
        office.recount.take_over(OFF, actor=director, at=town.clock()),
        office.recount.recount(town.tenant_id, at=town.clock()),
        *(
            office.cases.act(filed.case_id, note, actor=bench.clerk(item, Role.WINDOW), at=town.clock())
            for item, filed in cases
        ),
    )
    await office.recount.recount(town.tenant_id, at=town.clock())
    again = await office.recount.recount(town.tenant_id, at=town.clock())
    assert [one.moved for one in again] == [0, 0]
    assert await office.proving.findings(town.tenant_id, at=town.clock()) == []
