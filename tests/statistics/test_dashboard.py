"""The dashboard says what the statistics say, and every figure leads to the very cases it counts."""

import re
from datetime import date

import pytest

from api_spec.messages.statistics import End
from backend.statistics.overview import Block, Names, year
from backend.statistics.rules import months_back
from tests.pages.sample import Sample, fill
from tests.support.township import Caller, Town

YEAR = "first=2025-05-01&last=2026-04-10"


@pytest.fixture
async def made(town: Town) -> Sample:
    return await fill(town.office, at=town.clock(), owner=(await town.citizen()).id)


def tile(page: str, label: str) -> tuple[str, int]:
    """Address and figure of a tile."""
    found = re.search(
        rf'<a href="([^"]+)" class="tile"><span[^>]*>{label}</span><span class="figure">(\d+)', page
    )
    assert found, label
    return found[1].replace("&amp;", "&"), int(found[2])


async def listed(caller: Caller, address: str) -> int:
    return (await caller.page(address)).text.count("<tr data-row>")


@pytest.mark.plan(52, 59)
@pytest.mark.usefixtures("made")
async def test_every_figure_leads_to_the_cases_it_counts(town: Town) -> None:
    director = await town.staff("director")
    page = (await director.page("/staff/dashboard")).text
    for label in ("收件", "准予", "超期还没办"):
        address, figure = tile(page, label)
        assert figure >= 1
        assert await listed(director, address) == figure
    table = (await director.get(f"/v1/staff/statistics?{YEAR}&by=window")).json
    social = next(line for line in table["lines"] if line["key"] == "social")["counts"]
    for measure in ("received", "granted", "open", "noticed"):
        address = f"/staff/statistics/cases?{YEAR}&by=window&key=social&measure={measure}"
        assert await listed(director, address) == social[measure]
    at_township = f"/staff/statistics/cases?{YEAR}&by=village&key=-&measure=received"
    everywhere = f"/staff/statistics/cases?{YEAR}&by=village&measure=received"
    by_village = (await director.get(f"/v1/staff/statistics?{YEAR}&by=village")).json
    assert await listed(director, everywhere) == by_village["total"]["counts"]["received"]
    assert 0 < await listed(director, at_township) < by_village["total"]["counts"]["received"]
    by_month = f"/staff/statistics/cases?{YEAR}&by=month&key=2026-04&measure=open"
    month = (await director.get(f"/v1/staff/statistics?{YEAR}&by=month")).json["lines"][-1]
    assert await listed(director, by_month) == month["counts"]["open"]


@pytest.mark.usefixtures("made")
async def test_a_department_sees_its_own_and_a_clerk_no_dashboard(town: Town) -> None:
    head = await town.staff("justice-head")
    page = (await head.page("/staff/dashboard")).text
    assert tile(page, "收件")[1] == 0
    assert "社会事务综合窗口" not in page.split("按窗口")[1]
    assert await listed(head, f"/staff/statistics/cases?{YEAR}&by=window&key=social&measure=received") == 0
    assert (await (await town.staff("social")).page("/staff/dashboard")).status == 403


def block(month: str, **changed: object) -> Block:
    plain: dict[str, object] = {
        "month": month,
        "window": "social",
        "village_id": "",
        "channel": "window",
        "received": 4,
        "ended": {**dict.fromkeys(End, 0), End.GRANTED: 2},
        "judged": 3,
        "late": 1,
    }
    return Block(**{**plain, **changed})  # type: ignore[arg-type]  # a few columns at a time


def test_the_year_holds_twelve_months_and_adds_up_each_group_with_its_share_on_time() -> None:
    period = months_back(date(2026, 4, 10), 12)
    blocks = [
        block("2026-04"),
        block("2026-04", village_id="v", judged=1, late=1),
        block("2025-12", judged=0, late=0),
    ]
    made = year(
        period, blocks, Names({"social": "社会窗口"}, {"": "镇级", "v": "三都居委会"}, {"window": "窗口"})
    )
    assert (len(made.months), made.months[0], made.months[-1]) == (12, "2025-05", "2026-04")
    assert (made.received[-1], made.ended[End.GRANTED][-1], made.still_open[-1]) == (8, 4, 4)
    assert (made.on_time[-1], made.on_time[7], made.on_time[0]) == (50, None, None)
    assert [(group.label, group.received, group.on_time) for group in made.villages] == [
        ("镇级", 8, 67),
        ("三都居委会", 4, 0),
    ]
