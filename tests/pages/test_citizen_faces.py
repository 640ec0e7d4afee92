"""What a citizen meets on the way to the hall and home again: guide, times, errands, telephones, and all of it large."""

import re
from typing import Any

import pytest

from api_spec.vocabulary import ItemKind, Partner
from tests.pages.markup import problems
from tests.pages.sample import fill
from tests.support.township import Answer, Town

ELDER = {"bmt_elder": "1"}


async def large(town: Town, path: str, **more: Any) -> Answer:
    return await town.anyone.call("GET", path, cookies=ELDER, **more)


@pytest.mark.plan(39, 41)
async def test_the_guide_is_a_checklist_with_the_last_day_a_telephone_and_three_ways_on(town: Town) -> None:
    item = town.office.catalogue.item_now(town.tenant_id, town.item("SD-001"))
    guide = (await town.anyone.page(f"/items/{item.id}")).text
    assert re.findall(r'data-tick="(\w+)"', guide) == [material.code for material in item.materials]
    for words in (
        "5月19日（周二）办好",
        "容缺受理",
        "谁能替我办",
        "今天 08:00–12:00、14:00–17:30",
        'href="tel:12345"',
    ):
        assert words in guide
    ways = (f"/items/{item.id}/guide", f"/appointments/new/{item.id}", f"/cases/new?item={item.id}")
    assert all(f'href="{way}"' in guide for way in ways)


async def test_what_asks_for_the_person_offers_no_way_around_them(town: Town) -> None:
    items = await town.office.catalogue.items(town.tenant_id)
    for item in items:
        if item.in_person and item.kind is not ItemKind.PROXY:
            guide = (await town.anyone.page(f"/items/{item.id}")).text
            assert "要您本人来" in guide, item.code
            assert "/cases/new?" not in guide, item.code


@pytest.mark.plan(9, 24)
@pytest.mark.parametrize("partner", Partner)
async def test_each_of_the_six_trades_leads_to_its_errands(town: Town, partner: Partner) -> None:
    kinds = (await town.anyone.page("/errands/kinds")).text
    assert f'href="/items?partner={partner.value}"' in kinds
    offered = await town.anyone.page("/items", params={"partner": partner.value})
    items = await town.office.catalogue.items(town.tenant_id)
    linked = set(re.findall(r'href="/items/(\w{32})"', offered.text))
    assert linked == {item.id for item in items if item.partner is partner} != set()
    assert ("闻到漏气" in offered.text) is (partner is Partner.GAS)


async def test_large_print_shows_few_things_at_a_time(town: Town) -> None:
    home = await large(town, "/")
    doors = re.findall(r'<li><a href="([^"]+)">', home.text)
    assert doors == ["/items", "/hall/queues", "/c", "/errands/kinds", "tel:12345"]
    assert ("大家常办" in home.text, 'href="/call"' in home.text, problems(home.text)) == (False, True, [])
    assert re.search(r'href="/items/\w{32}"', (await large(town, "/items")).text) is None
    assert re.search(r'href="/items/\w{32}"', (await large(town, "/items?window=social")).text)

    item = town.item("SD-001")
    days = (await large(town, f"/appointments/new/{item}")).text
    assert (len(re.findall(r"<small>余\d+", days)), 'name="start"' in days) == (11, False)
    times = (await large(town, f"/appointments/new/{item}/2026-04-13")).text
    assert (re.search(r"<small>余\d", times), times.count('name="start"')) == (None, 15)


@pytest.mark.plan(51)
async def test_one_page_says_whom_to_call(town: Town) -> None:
    calls = await town.anyone.page("/call")
    numbers = re.findall(r'href="tel:(\w+)"', calls.text)
    assert (calls.status, {"12345", "110", "119", "120"} <= set(numbers), problems(calls.text)) == (
        200,
        True,
        [],
    )


async def test_nothing_pops_up_before_a_booking_or_an_errand_is_given_up(town: Town) -> None:
    owner = await town.citizen()
    made = await fill(town.office, at=town.clock(), owner=owner.id)
    for path in (f"/appointments/{made.coming.booked}", f"/errands/{made.coming.errand}"):
        page = (await owner.page(path)).text
        assert ("data-confirm" in page, "<details" in page) == (False, True)
    booked = (await owner.page(f"/appointments/{made.coming.booked}")).text
    for words in ("预约好了", "记得带", "户口簿", "来不了", "改时间", "确定取消"):
        assert words in booked
    errand = (await owner.page(f"/errands/{made.coming.errand}")).text
    assert '<li class="did" aria-current="step">申请</li>' in errand
    assert re.search(
        r'data-screens>.*name="rid"', (await owner.page(f"/errands/new?item={town.item('SD-049')}")).text
    )
