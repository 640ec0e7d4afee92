"""Figures over HTTP: what the centre sees of what people did, and what a department sees of its own."""

import io
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest

from api_spec.vocabulary import CaseAction as A
from api_spec.vocabulary import Outcome
from backend.cases.case import EventFacts
from backend.cases.machine import Command
from backend.cases.service import FiledCase
from tests.pages.sample import Sample, fill
from tests.support.township import Town

YEAR = "first=2026-01-01&last=2026-12-31"


@pytest.fixture
async def made(town: Town) -> Sample:
    owner = await town.citizen()
    return await fill(town.office, at=town.clock(), owner=owner.id)


@pytest.mark.plan(59, 35)
async def test_outcomes_are_counted_apart_and_follow_what_happens(town: Town, made: Sample) -> None:
    director = await town.staff("director")
    before = (await director.get(f"/v1/staff/statistics?{YEAR}&by=window")).json
    assert before["total"]["counts"]["received"] == sum(
        line["counts"]["received"] for line in before["lines"]
    )
    await _move(town, made.fresh, Command(action=A.WITHDRAW, facts=EventFacts(reference="撤回1号")), "social")
    await _move(
        town, made.reviewing, Command(action=A.DECIDE, note="不符合条件。", facts=_refusal()), "social-leader"
    )
    after = (await director.get(f"/v1/staff/statistics?{YEAR}&by=window")).json
    gained = {
        name: after["total"]["counts"][name] - count
        for name, count in before["total"]["counts"].items()
        if after["total"]["counts"][name] != count
    }
    assert gained.pop("open_late", -1) <= 0
    assert gained == {"withdrawn": 1, "refused": 1, "open": -2}
    social = next(line for line in after["lines"] if line["key"] == "social")
    assert social["label"] == "社会事务综合窗口"
    assert social["counts"]["withdrawn"] == 1


@pytest.mark.usefixtures("made")
async def test_figures_made_move_by_move_are_those_made_from_nothing(town: Town) -> None:
    director = await town.staff("director")
    question = f"/v1/staff/statistics?{YEAR}&by=item"
    kept = (await director.get(question)).json
    await town.office.statistics.digest.rebuild()
    assert (await director.get(question)).json == kept


@pytest.mark.plan(59)
async def test_the_materials_people_lack_and_the_steps_that_take_long_are_told(
    town: Town, made: Sample
) -> None:
    town.clock.advance(timedelta(days=6))
    await _move(
        town, made.reviewing, Command(action=A.DECIDE, note="同意。", facts=_grant()), "social-leader"
    )
    centre = await town.staff("centre")
    hot = (await centre.get(f"/v1/staff/statistics/hot-spots?{YEAR}&by=item")).json
    assert hot["materials"][0]["cases"] >= 1
    reviewing = next(step for step in hot["steps"] if step["state"] == "reviewing")
    assert reviewing["hundredths"] >= 300
    counts = (await centre.get(f"/v1/staff/statistics?{YEAR}&by=item")).json["total"]["counts"]
    late = sum(line["cells"]["late"]["part"] for line in hot["lines"])
    assert late == counts["late"] + counts["open_late"] > counts["late"]
    page = (await centre.page(f"/staff/statistics?{YEAR}")).text
    assert "现在在办" not in page
    assert "未作决定" in page
    assert all(
        cell["heat"] == -1 for line in hot["lines"] if line["cases"] < 5 for cell in line["cells"].values()
    )


@pytest.mark.plan(35)
async def test_everybodys_work_is_counted_without_a_score(town: Town, made: Sample) -> None:
    await _move(
        town, made.reviewing, Command(action=A.DECIDE, note="同意。", facts=_grant()), "social-leader"
    )
    sheet = (await (await town.staff("director")).get(f"/v1/staff/statistics/work?{YEAR}")).json
    leader = next(one for one in sheet["people"] if one["name"] == "社会组长")
    assert leader["done"]["作出决定"] >= 1
    page = (await (await town.staff("director")).page(f"/staff/statistics/work?{YEAR}")).text
    assert ('class="num">作出决定</th>' in page, "“其他”是" in page) == (True, False)
    assert set(leader) == {"name", "posts", "done"}
    names = [
        one["name"]
        for one in (await (await town.staff("justice-head")).get(f"/v1/staff/statistics/work?{YEAR}")).json[
            "people"
        ]
    ]
    assert "司法组长" in names
    assert "社会组长" not in names


@pytest.mark.usefixtures("made")
async def test_a_department_sees_its_own_figures_and_a_clerk_none(town: Town) -> None:
    head = (await (await town.staff("social-head")).get(f"/v1/staff/statistics?{YEAR}&by=window")).json
    assert [line["key"] for line in head["lines"]] == ["social"]
    assert (await (await town.staff("social")).get("/v1/staff/statistics")).status == 403
    refused = await (await town.staff("director")).get(
        "/v1/staff/statistics?first=2026-05-01&last=2026-04-01"
    )
    assert refused.code == "form_invalid"


@pytest.mark.usefixtures("made")
async def test_the_workbook_holds_every_table_and_its_taking_is_written_down(town: Town) -> None:
    director = await town.staff("director")
    answer = await director.send("/staff/statistics/export", {"first": "2026-01-01", "last": "2026-12-31"})
    name = answer.headers["Content-Disposition"].removeprefix("attachment; filename*=UTF-8''")
    assert unquote(name) == "办件统计（2026年1月1日至2026年12月31日）.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(answer.body))
    assert {"说明", "按事项", "按村（社区）", "堵点", "缺什么材料", "每人工作量"} <= set(book.sheetnames)
    rows: list[Any] = list(book["按窗口"].values)
    assert rows[-1][0] == "合计"
    assert rows[-1][1] == sum(row[1] for row in rows[1:-1])
    entries = await town.office.audit.latest(town.tenant_id, limit=1)
    assert entries[0].action == "export"
    assert entries[0].subject_kind == "statistics"


async def _move(town: Town, case: FiledCase, command: Command, login: str) -> None:
    caller = await town.staff(login)
    actor = town.office.people.authenticate(caller.token, town.clock())
    await town.office.cases.act(case.case_id, command, actor=actor, at=town.clock())


def _grant() -> EventFacts:
    return EventFacts(outcome=Outcome.GRANTED, reference="准〔2026〕9号")


def _refusal() -> EventFacts:
    return EventFacts(outcome=Outcome.REFUSED, reference="不准〔2026〕1号", basis="社会救助暂行办法第十一条")
