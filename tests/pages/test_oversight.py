"""Who only watches: the auditor's log, the security officer's sign-ins, the service desk's look-up."""

import pytest

from backend import db
from tests.pages.sample import Sample, fill
from tests.support.township import Town


@pytest.fixture
async def made(town: Town) -> Sample:
    return await fill(town.office, at=town.clock())


async def test_the_auditor_sees_the_log_and_that_it_holds(town: Town) -> None:
    director = await town.staff("director")
    village = town.office.catalogue.shelf(town.tenant_id).villages[0]
    await director.send(f"/staff/villages/{village.id}/code", {})
    log = await (await town.staff("auditor")).page("/staff/audit")
    assert "完整" in log.text
    assert "登记村级服务点设备" in log.text
    assert "周主任" in log.text
    assert "工作人员" in log.text
    assert "<small>staff" not in log.text


async def test_a_changed_entry_shows_from_where_on(town: Town) -> None:
    auditor = await town.staff("auditor")
    await db.rows("UPDATE audit_log SET reason = 'x' WHERE number = 1")
    assert "第 1 条起被改动" in (await auditor.page("/staff/audit")).text


async def test_the_log_goes_on_by_pages(town: Town) -> None:
    auditor = await town.staff("auditor")
    for number in range(60):
        await town.anyone.post("/v1/staff/session", {"login_name": f"nobody-{number}", "password": "x" * 12})
    first = await auditor.page("/staff/audit")
    assert 'rel="next"' in first.text
    last = await auditor.page("/staff/audit?cursor=2")
    assert "逐条核对过" not in last.text
    assert (await auditor.page("/staff/audit?cursor=x")).status >= 400


async def test_the_security_officer_sees_sign_ins_only(town: Town) -> None:
    director = await town.staff("director")
    village = town.office.catalogue.shelf(town.tenant_id).villages[0]
    await director.send(f"/staff/villages/{village.id}/code", {})
    log = await (await town.staff("security")).page("/staff/audit")
    assert "登录" in log.text
    assert "登记村级服务点设备" not in log.text


async def test_the_service_desk_tells_a_caller_what_anyone_may_know(town: Town, made: Sample) -> None:
    service = await town.staff("service")
    for typed in (made.fresh.case_number.lower(), made.fresh.tracking_code):
        shown = await service.send("/staff/lookup", {"text": typed})
        assert shown.status == 200
        assert made.fresh.case_number in shown.text
        assert "申请人" not in shown.text
    lost = await service.send("/staff/lookup", {"text": "SD-260410-9999-9"})
    assert lost.status == 422
    assert "没有" in lost.text


async def test_a_superiors_clerk_is_told_who_registers_the_answer(town: Town) -> None:
    page = await (await town.staff("superior")).page("/staff")
    assert "由镇政务服务中心窗口登记" in page.text
    assert "/staff/cases" not in page.text


async def test_oversight_is_closed_to_the_windows(town: Town) -> None:
    clerk = await town.staff("social")
    for path in ("/staff/audit", "/staff/lookup"):
        assert (await clerk.page(path)).status == 403
