"""An item edited on the screen: a draft, its faults beside the fields, a preview, the differences, in force with why."""

import html
import re
from datetime import timedelta

import pytest

from api_spec.vocabulary import Role
from backend.catalogue import editing
from backend.catalogue.validator import check
from tests.catalogue.examples import sound_item
from tests.pages.sample import Bench
from tests.support.township import Caller, Town

INPUT = re.compile(r'<input(?: type="hidden")?(?: id="[^"]*")? name="([^"]+)" value="([^"]*)"')
AREA = re.compile(r'<textarea id="[^"]*" name="([^"]+)"[^>]*>\n(.*?)</textarea>', re.DOTALL)
CHOICE = re.compile(r'<select id="[^"]*" name="([^"]+)"[^>]*>(.*?)</select>', re.DOTALL)


async def shown(caller: Caller, path: str) -> dict[str, str]:
    """What the form holds, as a browser would send it."""
    page = (await caller.page(path)).text
    form = page[page.index('<form method="post" action="/staff/catalogue/') :]
    fields = {name: html.unescape(value) for name, value in (*INPUT.findall(form), *AREA.findall(form))}
    for name, options in CHOICE.findall(form):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[name] = html.unescape(chosen[1]) if chosen else ""
    return fields


def place(fields: dict[str, str], value: str) -> str:
    return next(name for name, text in fields.items() if text == value)


@pytest.mark.plan(10, 13, 39, 41)
async def test_an_item_is_edited_seen_compared_put_in_force_and_taken_off(town: Town) -> None:
    bench = Bench(town.office, at=town.clock())
    item, filed = await bench.file("SD-029", "王小妹")
    director, edit = await town.staff("director"), f"/staff/catalogue/{item.id}/edit"
    fields = await shown(director, edit)
    assert fields[place(fields, item.name)] == item.name
    assert (await director.send(edit, fields)).status == 303
    (only,) = await town.office.catalogue.versions(town.tenant_id, item.id)
    assert only.item.version == 1

    days = "item.0.5"
    wrong = await director.send(edit, {**fields, days: "三天", "materials.0.4": "两份"})
    assert wrong.status == 422
    assert wrong.text.count("请填整数") == 2
    assert 'id="e-item.0.5"' in wrong.text
    more = await director.send(edit, {**fields, "more": "materials"})
    assert more.text.count("新的一行") == 3 + len(editing.PARTS) - 1

    changed = {
        **fields,
        place(fields, item.name): "个体户开业登记",
        "materials.0.2": "",
        "materials.9.2": "店面照片",
    }
    for cell in range(3, 9):
        changed[f"materials.0.{cell}"] = ""
    assert (await director.send(edit, changed)).status == 303
    assert (await director.send(edit, changed)).status == 409, "somebody edited it meanwhile"
    draft = (await town.office.catalogue.draft(town.tenant_id, item.id)).item
    assert (draft.version, draft.name, draft.promise) == (2, "个体户开业登记", item.promise)
    assert [m.name for m in draft.materials] == [*(m.name for m in item.materials[1:]), "店面照片"]

    assert item.name in (await town.anyone.page(f"/items/{item.id}")).text
    preview = (await director.page(f"/staff/catalogue/{item.id}/preview")).text
    assert "店面照片" in preview
    page = (await director.page(f"/staff/catalogue/{item.id}")).text
    assert "材料“店面照片”" in page
    assert f"材料“{item.materials[0].name}”" in page

    publish = f"/staff/catalogue/{item.id}/publish"
    assert (await director.send(publish, {"why": ""})).status == 422
    assert (await director.send(publish, {"why": "上级简化了材料"})).status == 303
    assert "店面照片" in (await town.anyone.page(f"/items/{item.id}")).text
    assert "上级简化了材料" in (await director.page(f"/staff/catalogue/{item.id}")).text
    kept = await town.office.cases.show(filed.case_id, actor=bench.clerk(item, Role.WINDOW), at=town.clock())
    assert kept.item_name == item.name

    assert (await director.send(f"/staff/catalogue/{item.id}/withdraw", {"why": "停办"})).status == 303
    assert (await town.anyone.page(f"/items/{item.id}")).status == 404
    assert [
        v.effective_to is None for v in await town.office.catalogue.versions(town.tenant_id, item.id)
    ] == [
        False,
        False,
    ]


@pytest.mark.plan(28, 30)
async def test_a_department_edits_its_own_items_only_and_publishes_none(town: Town) -> None:
    leader = await town.staff("justice-leader")
    foreign = town.item("SD-029")
    edit = f"/staff/catalogue/{foreign}/edit"
    fields = await shown(leader, edit)
    assert (await leader.send(edit, {**fields, "item.0.1": "x"})).status == 403
    assert (await leader.send(f"/staff/catalogue/{foreign}/publish", {"why": "x"})).status == 403
    own = next(
        i for i in town.office.catalogue.shelf(town.tenant_id).pack.items if i.window.value == "justice"
    )
    edit = f"/staff/catalogue/{own.id}/edit"
    fields = await shown(leader, edit)
    assert (await leader.send(edit, {**fields, "item.0.1": "新的名称"})).status == 303
    town.clock.advance(timedelta(minutes=1))
    assert "改了还没发布" in (await leader.page(f"/staff/catalogue/{own.id}")).text


def test_cells_read_back_as_the_same_item_and_what_was_vouched_for_stays_so_while_unchanged() -> None:
    item = sound_item()
    reading = editing.read(editing.cells_of(item), item)
    assert reading.wrong == []
    (again,) = reading.items
    assert editing.differences(item, again) == []
    assert again.promise == item.promise


def test_what_the_validator_finds_stands_beside_the_cell_it_is_about() -> None:
    item = sound_item()
    cells = editing.cells_of(item)
    name = next(name for name, text in cells.items() if text == item.materials[0].name)
    (broken,) = editing.read({**cells, name: "其他材料"}, item).items
    assert any("兜底" in sentence for sentence in editing.findings_by_cell(check(broken), broken)[name])
