"""The log tells of every reading of a case and of every change, and the auditor finds them again."""

from datetime import timedelta
from urllib.parse import quote

import pytest

from api_spec.vocabulary import Role
from backend.audit.chain import AuditAction, Entry
from tests.pages.sample import Bench
from tests.support.township import Town


async def entries(town: Town, action: AuditAction) -> list[Entry]:
    return await town.office.audit.latest(town.tenant_id, only=(action,))


@pytest.mark.plan(52)
async def test_opening_a_case_or_errand_is_written_down_once_an_hour(town: Town) -> None:
    bench = Bench(town.office, at=town.clock())
    citizen = await town.citizen()
    _, filed = await bench.file("SD-019", "王小妹", owner=citizen.id)
    errand = await bench.errand("SD-049", "李国强")
    clerk, utility = await town.staff("agriculture"), await town.staff("utility")
    for _ in range(2):
        await clerk.page(f"/staff/cases/{filed.case_id}")
        await clerk.get(f"/v1/staff/cases/{filed.case_id}")
        await utility.page(f"/staff/errands/{errand.errand_id}")
        await citizen.page(f"/cases/{filed.case_id}")
    read = await entries(town, AuditAction.READ_CASE)
    assert {(entry.actor_id, entry.subject_kind, entry.subject_id) for entry in read} == {
        (clerk.id, "case", filed.case_id),
        (utility.id, "errand", errand.errand_id),
    }
    assert len(read) == 2
    town.clock.advance(timedelta(hours=1))
    town.forget_sign_ins()
    clerk = await town.staff("agriculture")
    await clerk.page(f"/staff/cases/{filed.case_id}")
    assert len(await entries(town, AuditAction.READ_CASE)) == 3


async def test_a_case_nobody_may_see_is_no_reading(town: Town) -> None:
    _, filed = await Bench(town.office, at=town.clock()).file("SD-019", "王小妹")
    stranger = await town.staff("justice")
    assert (await stranger.page(f"/staff/cases/{filed.case_id}")).status == 404
    assert await entries(town, AuditAction.READ_CASE) == []


async def test_a_change_is_written_down_wherever_it_is_made_and_a_refused_one_is_not(town: Town) -> None:
    director = await town.staff("director")
    window = (await town.anyone.get("/v1/hall/windows")).json[0]["id"]
    closed = {"window_id": window, "day": "2026-04-20", "reason": "停电"}
    assert (await director.put("/v1/staff/hall/exceptions", closed)).status == 200
    assert (await director.put("/v1/staff/hall/exceptions", {**closed, "window_id": "f" * 32})).status == 404
    (entry,) = await entries(town, AuditAction.CHANGE)
    assert (entry.actor_id, entry.subject_kind) == (director.id, "hall")
    assert entry.facts == {"how": "PUT /v1/staff/hall/exceptions"}


async def test_the_auditor_finds_by_person_number_action_and_day(town: Town) -> None:
    bench = Bench(town.office, at=town.clock())
    item, filed = await bench.file("SD-019", "王小妹")
    clerk, auditor = await town.staff("agriculture"), await town.staff("auditor")
    await clerk.page(f"/staff/cases/{filed.case_id}")

    async def search(**asked: str) -> str:
        said = "&".join(f"{name}={quote(value)}" for name, value in asked.items())
        return (await auditor.page(f"/staff/audit?{said}")).text

    assert filed.case_id in await search(who="agriculture", action="read_case")
    found = await search(who="农业窗口甲", about=filed.case_number, day="2026-04-10")
    assert f'about={filed.case_id}">{filed.case_number}</a>' in found, "by the number people use"
    assert "查看办件" in found
    assert filed.case_id not in await search(who="director")
    assert filed.case_id not in await search(day="2026-04-09")
    assert filed.case_id not in await search(action="export")
    events = await search(source="case", about=filed.case_number)
    assert "提交" in events
    assert filed.case_id in events
    assert "提交" not in await search(source="errand", about=filed.case_number)
    assert "没有这个人" in await search(who="没有的人")
    assert "日期请写成" in await search(day="昨天")
    assert bench.clerk(item, Role.WINDOW).id not in events


async def test_the_auditor_proves_everything_and_prints_the_anchor(town: Town) -> None:
    await Bench(town.office, at=town.clock()).file("SD-019", "王小妹")
    town.clock.advance(timedelta(days=1))
    await town.office.proving.run(town.clock())
    auditor = await town.staff("auditor")
    proved = await auditor.send("/staff/audit/prove", {"whole": "yes"})
    assert "全部完整" in proved.text
    assert (await entries(town, AuditAction.VERIFY))[0].actor_id == auditor.id
    anchor = await town.office.proving.find_anchor(town.tenant_id, 1)
    assert anchor
    assert "/staff/audit/anchors/1" in (await auditor.page("/staff/audit/anchors")).text
    sheet = (await auditor.page("/staff/audit/anchors/1")).text
    assert all(group in sheet for group in anchor.groups)
    assert "<svg" in sheet
    assert (await auditor.page("/staff/audit/anchors/9")).status == 404
    director = await town.staff("director")
    assert (await director.page("/staff/audit/anchors")).status == 403
