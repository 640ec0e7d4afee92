"""The clock on a case's pages: the ledger for staff, plain sentences for the applicant and for the public."""

from datetime import date, timedelta

import pytest

from api_spec.vocabulary import CaseAction as A
from api_spec.vocabulary import CaseState as S
from api_spec.vocabulary import Channel, MaterialStatus, Role
from backend.cases.case import EventFacts
from backend.cases.next_steps import next_step
from backend.cases.service import Command
from tests.pages.sample import Bench
from tests.support.township import Town


@pytest.mark.plan(38, 39)
async def test_a_stop_is_shown_with_ground_and_days_and_why_to_everybody(town: Town) -> None:
    bench = Bench(town.office, at=town.clock())
    citizen = await town.citizen()
    item, filed = await bench.file("SD-019", "王小妹", channel=Channel.WEB, owner=citizen.id)
    clerk, leader = bench.clerk(item, Role.WINDOW), bench.clerk(item, Role.GROUP_LEADER)
    present = {paper.code: MaterialStatus.PRESENT for paper in item.materials}
    cases, at = town.office.cases, town.clock()
    for who, action, facts in (
        (clerk, A.ACCEPT, EventFacts(materials=present)),
        (clerk, A.FIRST_REVIEW, EventFacts()),
        (leader, A.START_SPECIAL, EventFacts(basis=item.stop_grounds[0], days=4)),
    ):
        await cases.act(filed.case_id, Command(action=action, note="按规定", facts=facts), actor=who, at=at)
    own = await citizen.page(f"/cases/{filed.case_id}")
    assert f"4月10日起停止计时：{item.stop_grounds[0]}，预计需要 4 个工作日。" in own.text
    public = await town.anyone.page(f"/c/{filed.tracking_code}")
    assert "这段时间不计入办理期限" in public.text
    assert len(public.body) < 3 * 1024

    town.clock.advance(timedelta(days=4))
    end = Command(action=A.END_SPECIAL, note="办完了")
    await cases.act(filed.case_id, end, actor=leader, at=town.clock())
    own = await (await town.citizen()).page(f"/cases/{filed.case_id}")
    assert "4月10日至4月14日停止计时" in own.text
    staff = await (await town.staff("agriculture")).page(f"/staff/cases/{filed.case_id}")
    assert "办理用时" in staff.text
    assert "4月10日下午" in staff.text
    assert f"<td>{item.stop_grounds[0]}<br><small>行政许可法第四十五条</small>" in staff.text
    assert '<td class="num">2</td>' in staff.text  # Saturday and Sunday are no working days
    assert "停止计时" not in (await town.anyone.page(f"/c/{filed.tracking_code}")).text


@pytest.mark.plan(37, 40)
async def test_days_left_are_counted_down_and_a_day_that_is_past_is_no_promise(town: Town) -> None:
    bench = Bench(town.office, at=town.clock())
    citizen = await town.citizen()
    item, filed = await bench.file("SD-019", "王小妹", channel=Channel.WEB, owner=citizen.id)
    present = {paper.code: MaterialStatus.PRESENT for paper in item.materials}
    accept = Command(action=A.ACCEPT, facts=EventFacts(materials=present))
    await town.office.cases.act(filed.case_id, accept, actor=bench.clerk(item, Role.WINDOW), at=town.clock())
    path = f"/c/{filed.tracking_code}"
    left = (await town.anyone.get(f"/v1/progress/{filed.tracking_code}")).json["days_left"]
    large = await town.anyone.get(
        path, cookies={"bmt_elder": "1"}
    )  # the plain page is kept for half a minute
    assert f"还剩 {left} 个工作日" in large.text

    town.clock.advance(timedelta(days=90))
    public = await town.anyone.page(path)
    phone = (await town.office.catalogue.tenant(town.tenant_id)).complaint_phone
    own = await (await town.citizen()).page(f"/cases/{filed.case_id}")
    for page in (public, own):
        assert "个工作日，我们正在催办" in page.text
        assert f"可打 {phone} 询问" in page.text
        assert "现在不用您做什么" not in page.text
    assert '<p class="state late">' in public.text
    assert '<div class="say warn"><strong>已超过承诺期限' in own.text


def test_a_promise_passed_on_a_day_of_rest_is_late_by_no_working_day() -> None:
    said = next_step(S.REVIEWING, promise_on=date(2026, 4, 10), days_late=0, complaint_phone="0734-1")
    assert said == "已超过承诺期限，我们正在催办。可打 0734-1 询问。"
    assert "催办" not in next_step(S.TO_COLLECT, days_late=3)
