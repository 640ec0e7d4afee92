"""The clock on a case's pages: the ledger for staff, plain sentences for the applicant and for the public."""

from datetime import timedelta

import pytest

from api_spec.vocabulary import CaseAction as A
from api_spec.vocabulary import Channel, MaterialStatus, Role
from backend.cases.case import EventFacts
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
    assert '<td class="num">2</td>' in staff.text  # Saturday and Sunday are no working days
    assert "停止计时" not in (await town.anyone.page(f"/c/{filed.tracking_code}")).text
