"""What the centre keeps on paper: delegations of partners, items in the hall, coverage of the published lists."""

from datetime import date, timedelta
from typing import Any

import pytest

from api_spec.supervision_terms import RuleCode
from api_spec.vocabulary import ItemType, Partner
from backend.actors import system
from backend.catalogue.county_list import Entry
from backend.organisation.rules import Delegation, HallEntry, covers
from backend.organisation.watching import EntryWatch
from tests.support.township import Town, identity

TODAY = date(2026, 4, 10)


def given(first: date, last: date | None, *items: str) -> Delegation:
    return Delegation(
        id="d", partner=Partner.WATER, item_ids=items, document="协议1号", valid_from=first, valid_to=last
    )


@pytest.mark.plan(27)
def test_a_delegation_covers_its_items_on_its_days_and_none_recorded_covers_all() -> None:
    some = [given(TODAY, TODAY + timedelta(days=1), "open")]
    assert covers(some, "open", day=TODAY + timedelta(days=1))
    assert not covers(some, "open", day=TODAY + timedelta(days=2))
    assert not covers(some, "transfer", day=TODAY)
    assert covers([given(TODAY, None)], "transfer", day=TODAY)
    assert covers([], "open", day=TODAY)


async def ask_for_water(town: Town, number: int) -> tuple[int, str]:
    """A citizen asks for an errand to the waterworks."""
    citizen = await town.citizen(number)
    item = town.item("SD-049")
    page = await citizen.page(f"/errands/new?item={item}")
    assert page.status == 200
    body: dict[str, Any] = {"rid": f"{number:032x}", "item_id": item, "situation": "", "answers": {}}
    answer = await citizen.post(
        "/v1/errands", body | {"phone": "13800000001", "address": identity(1)["name"]}
    )
    return answer.status, answer.code if answer.status >= 400 else ""


@pytest.mark.plan(27)
async def test_once_a_delegation_ended_new_errands_are_refused_and_open_ones_listed(town: Town) -> None:
    centre = await town.staff("centre")
    assert (await ask_for_water(town, 1))[1] != "delegation_ended"
    form = {"partner": "water", "document": "水司委〔2026〕1号", "valid_from": "2026-04-01"}
    made = await centre.post("/v1/staff/delegations", form)
    assert (made.status, made.json["holds"]) == (201, True)
    assert (await ask_for_water(town, 2))[1] != "delegation_ended"
    ended = await centre.post(f"/v1/staff/delegations/{made.json['id']}/end")
    assert (ended.status, ended.json["holds"]) == (200, False)
    assert await ask_for_water(town, 3) == (409, "delegation_ended")
    assert (await centre.post(f"/v1/staff/delegations/{made.json['id']}/end")).code == "not_found"
    shown = (await centre.page("/staff/delegations")).text
    assert ("委托已失效" in shown, "2026年4月1日到" in shown) == (True, True)
    again = await centre.send("/staff/delegations", {**form, "items": town.item("SD-050")})
    assert again.status == 303
    assert await ask_for_water(town, 4) == (409, "delegation_ended")  # another item was delegated
    leader = await town.staff("justice-leader")
    assert (await leader.post("/v1/staff/delegations", form)).code == "not_allowed"


@pytest.mark.plan(16)
def test_an_item_is_late_when_its_day_is_over_and_it_is_not_in() -> None:
    due = HallEntry(item_id="i", department_id="d", due_on=TODAY)
    assert not due.is_overdue(TODAY)
    assert due.is_overdue(TODAY + timedelta(days=1))
    come = HallEntry(item_id="i", department_id="d", due_on=TODAY, entered_on=TODAY, document="授权1号")
    assert not come.is_overdue(TODAY + timedelta(days=1))


@pytest.mark.plan(16)
async def test_items_come_into_the_hall_by_their_day_with_an_authorisation(town: Town) -> None:
    centre, item = await town.staff("centre"), town.item("SD-029")
    late = {"item_id": item, "due_on": "2026-04-01"}
    assert (await centre.put("/v1/staff/hall-entries", late)).json["is_overdue"]
    earlier = {"item_id": town.item("SD-008"), "due_on": "2026-03-01", "entered_on": "2026-03-02"}
    await centre.put("/v1/staff/hall-entries", {**earlier, "document": "三政授〔2026〕1号"})
    page = (await centre.page("/staff/hall-entries")).text
    assert "有 1 个事项过了期限还没进驻" in page
    assert page.index("2026年4月1日") < page.index("逾期未进驻") < page.index("2026年3月2日")
    assert '<td class="keep">2026-' not in page
    watch = EntryWatch(town.office.organisation)
    [finding] = await watch.findings(town.tenant_id, town.clock())
    assert (finding.rule, finding.item_id, finding.occurrence) == (RuleCode.ENTRY_LATE, item, "2026-04-01")
    bare = await centre.put("/v1/staff/hall-entries", {**late, "entered_on": "2026-04-09"})
    assert (bare.status, bare.json["errors"][0]["field"]) == (422, "document")
    come = await centre.send(
        "/staff/hall-entries", {**late, "entered_on": "2026-04-09", "document": "三政授〔2026〕2号"}
    )
    assert come.status == 303
    entries = (await centre.get("/v1/staff/hall-entries")).json
    assert [(each["is_overdue"], each["document"]) for each in entries] == [
        (False, "三政授〔2026〕1号"),
        (False, "三政授〔2026〕2号"),
    ]
    assert await watch.findings(town.tenant_id, town.clock()) == []


def line(number: int, name: str, kind: ItemType) -> Entry:
    return Entry(
        line=number, department="某局", name=name, area_code="430481104", code=f"X-{number}", type=kind
    )


@pytest.mark.plan(10, 11, 15)
async def test_every_line_that_is_applied_for_has_item_window_guide_and_leader(town: Town) -> None:
    centre, catalogue = await town.staff("centre"), town.office.catalogue
    name = catalogue.item_now(town.tenant_id, town.item("SD-029")).name
    edition = [line(2, name, ItemType.PERMIT), line(3, "月球土地登记", ItemType.PERMIT)]
    fines = line(4, "对某行为的处罚", ItemType.PENALTY)
    for title in ("乡镇权责清单 2025 年版", "乡镇权责清单 2026 年版"):
        await catalogue.import_list(title, [*edition, fines], by=system(town.tenant_id), at=town.clock())
        town.clock.advance(timedelta(minutes=1))

    found = (await centre.get("/v1/staff/coverage")).json
    assert [each["list_name"][-7:] for each in found] == ["2026 年版"] * 2 + ["2025 年版"] * 2
    assert [(each["line"], [lack["code"] for lack in each["lacks"]]) for each in found[:2]] == [
        (2, []),
        (3, ["no_item"]),
    ]
    placed = {"item_id": town.item("SD-024")}
    assert (await centre.put(f"/v1/staff/coverage/{found[1]['entry_id']}", placed)).status == 204
    assert (await centre.put(f"/v1/staff/coverage/{'f' * 32}", placed)).code == "not_found"
    assert (await centre.get("/v1/staff/coverage")).json[1]["lacks"] == []

    admin = await town.staff("admin")
    leader = await town.staff("land-leader")
    posts = (await leader.get("/v1/staff/me")).json["posts"]
    assert (await admin.post(f"/v1/staff/posts/{posts[0]['id']}/end")).status == 204
    lacks = (await centre.get("/v1/staff/coverage")).json[1]["lacks"]
    assert [lack["label"] for lack in lacks] == ["没有能审批的组长"]
    assert "没有能审批的组长" in (await centre.page("/staff/coverage?missing=1")).text


@pytest.mark.plan(15)
async def test_every_item_on_offer_has_a_window_of_its_kind(town: Town) -> None:
    windows = {card.type for card in await town.office.catalogue.windows(town.tenant_id)}
    items = await town.office.catalogue.items(town.tenant_id)
    assert items
    assert {item.window for item in items} <= windows
