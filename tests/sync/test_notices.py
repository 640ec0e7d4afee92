"""What passes besides cases: a notice reaches the villages it is for and goes after its day; a visit can be read above."""

from datetime import date, timedelta

import pytest

from api_spec import feed, records
from api_spec.feed import NoticeRow
from api_spec.records import VisitBody, VisitRecord
from tests.support.township import Caller, Town
from tests.sync import wire
from tests.sync.conftest import one_time_code, village_id
from tests.sync.wire import LI, MADE, Wire
from village_node.web.home import _current

FORM = {"title": "周五下午停电", "text": "大厅不办公，请让群众改天来。", "until": "2026-04-20"}


@pytest.fixture
async def centre(town: Town) -> Caller:
    return await town.staff("centre")


async def told(node: Wire, town: Town) -> list[NoticeRow]:
    town.clock.advance(timedelta(seconds=31))  # feeds are brought level twice a minute
    page = (await node.push(len(node.sent))).pull
    assert page
    rows = [feed.find_row(bytes(entry.row)) for entry in page.rows]
    return [row for row in rows if isinstance(row, NoticeRow)]


async def test_a_notice_reaches_the_villages_it_is_for_and_later_computers_too(
    town: Town, centre: Caller
) -> None:
    here, there = [await wire.enrol(town.client, await one_time_code(town, place)) for place in range(2)]
    sent = await centre.send("/staff/village-notices", {**FORM, "village": await village_id(town, 0)})
    assert sent.status == 303, sent.text
    [row] = await told(here, town)
    assert (row.title, row.until) == ("周五下午停电", "2026-04-20")
    assert await told(there, town) == []
    later = await wire.enrol(town.client, await one_time_code(town, 0))
    assert [row.title for row in await told(later, town)] == ["周五下午停电"]
    assert len(await told(here, town)) == 1


async def test_a_notice_taken_back_ends_at_the_village(town: Town, centre: Caller) -> None:
    node = await wire.enrol(town.client, await one_time_code(town))
    await centre.send("/staff/village-notices", FORM)
    [row] = await told(node, town)
    ended = await centre.send(f"/staff/village-notices/{row.rid}/end", {})
    assert ended.status == 303
    again = (await told(node, town))[-1]
    assert (again.srev, again.until) == (2, "2026-04-09")
    assert (await centre.send(f"/staff/village-notices/{row.rid}/end", {})).status == 404
    assert "已结束" in (await centre.page("/staff/village-notices")).text


@pytest.mark.parametrize(
    "changed",
    [{"title": ""}, {"title": "长" * 61}, {"until": "2026-04-09"}, {"until": "2030-01-01"}, {"until": "x"}],
)
async def test_a_notice_that_is_not_in_order_comes_back_with_what_was_typed(
    town: Town, centre: Caller, changed: dict[str, str]
) -> None:
    answer = await centre.send("/staff/village-notices", {**FORM, **changed})
    assert answer.status == 422
    assert "大厅不办公" in answer.text
    assert await town.office.intake.notices.all(town.tenant_id, at=town.clock()) == []


def test_the_village_shows_current_notices_newest_first() -> None:
    rows = [
        NoticeRow(rid="1", srev=1, title="昨天为止", until="2026-04-09"),
        NoticeRow(rid="2", srev=1, title="今天为止", until="2026-04-10"),
        NoticeRow(rid="3", srev=1, title="没有期限"),
    ]
    assert [row.title for row in _current(rows, date(2026, 4, 10))] == ["没有期限", "今天为止"]


async def test_a_visit_can_be_read_at_the_township_once_with_its_case(town: Town, centre: Caller) -> None:
    node = await wire.enrol(town.client, await one_time_code(town))
    case = node.case()
    visits = [
        VisitRecord(
            rid=f"{place:032x}",
            rev=1,
            schema=records.SCHEMA,
            made=MADE,
            clerk=LI,
            body=VisitBody(case=case.rid if place else None, purpose="上门填表", note="老人不便出门"),
        )
        for place in range(2)
    ]
    node.write(case, *visits)
    assert (await node.push()).push.held == ()
    await node.push()
    text = (await centre.page("/staff/visits")).text
    assert text.count("上门填表") == 2
    assert text.count("看办件") == 1
    assert (await (await town.staff("social")).page("/staff/visits")).status == 403
