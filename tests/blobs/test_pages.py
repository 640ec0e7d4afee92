"""What staff see of photos: only who decides on the case, one at a time, upright, and every look is in the audit log."""

import hashlib
from dataclasses import dataclass

import msgspec
import pytest

from api_spec.record_parts import Photo
from backend.audit.chain import AuditAction
from backend.db import rows
from tests.blobs.pictures import photo, scan, sha_of
from tests.blobs.test_over_http import case_rows, paper, piece
from tests.pages.markup import problems
from tests.support.township import Caller, Town
from tests.sync.conftest import one_time_code
from tests.sync.test_errands import MANDATE, repair
from tests.sync.wire import enrol

FIRST, SECOND, MISSING = photo(serial=20), scan(pages=2), photo(serial=21)


@dataclass
class Filed:
    """A case from a village with two photos here and one on its way; `clerk` is of the window that decides on it."""

    id: str
    clerk: Caller

    @property
    def path(self) -> str:
        return f"/staff/cases/{self.id}"


@pytest.fixture
async def filed(town: Town) -> Filed:
    node = await enrol(town.client, await one_time_code(town))
    case = node.case(materials=(paper("contract", FIRST, MISSING), paper("both_ids", SECOND)))
    node.write(case)
    assert (await node.push()).push.held == ()
    for each in (FIRST, SECOND):
        assert (await piece(node, each)).status == 204
    [row] = await rows("SELECT id FROM cases WHERE rid = ?", [case.rid])
    return Filed(row["id"], await town.staff("agriculture"))


async def looks(town: Town, filed: Filed) -> list[tuple[str, str]]:
    entries = await town.office.audit.about(town.tenant_id, "case", filed.id)
    return [
        (entry.actor_id, f"{entry.facts['what']} {entry.facts['page']}")
        for entry in entries
        if entry.action is AuditAction.READ_PAPERS
    ]


async def test_the_case_page_says_how_many_photos_are_here(filed: Filed) -> None:
    page = await filed.clerk.page(filed.path)
    assert "材料照片已到 2 张，共 3 张，其余还在上传。" in page.text
    assert f'href="{filed.path}/photos"' in page.text


async def test_the_photos_stand_beside_the_form_and_are_looked_at_only_when_opened(
    town: Town, filed: Filed
) -> None:
    page = (await filed.clerk.page(filed.path)).text
    assert page.count('<details name="leaf">') == 4
    assert page.count('<img loading="lazy"') == 3
    assert await looks(town, filed) == []
    onlooker = await town.staff("supervisor")
    assert '<details name="leaf">' not in (await onlooker.page(filed.path)).text


async def test_photos_are_leafed_through_material_by_material_without_a_script(
    town: Town, filed: Filed
) -> None:
    seen = []
    address = f"{filed.path}/photos"
    while address:
        page = await filed.clerk.page(address)
        assert page.status == 200
        assert not problems(page.text)
        heading = page.text.split("<h2>")[1].split("</h2>")[0].strip()
        seen.append(heading)
        after = page.text.split('rel="next" href="')
        address = after[1].split('"')[0].replace("&amp;", "&") if len(after) > 1 else ""
    names = [heading.split("．")[0] for heading in seen]
    assert names == ["1", "2", "3", "3"]
    assert "第 2 页，共 2 页" in seen[-1]
    assert await looks(town, filed) == []


async def test_every_look_is_written_down(town: Town, filed: Filed) -> None:
    page = await filed.clerk.page(f"{filed.path}/photos")
    source = page.text.split('<img src="')[1].split('"')[0]
    for _ in range(2):
        picture = await filed.clerk.page(source)
        assert (picture.status, picture.headers["Content-Type"]) == (200, "image/jpeg")
        assert picture.headers["Cache-Control"] == "no-store"
    original = await filed.clerk.page(source.split("/view")[0] + "/original")
    assert hashlib.sha256(original.body).hexdigest() == sha_of(FIRST)
    assert original.headers["Content-Disposition"].startswith("attachment; ")
    assert original.headers["X-Content-Type-Options"] == "nosniff"
    who = filed.clerk.id
    assert await looks(town, filed) == [(who, "preview 1"), (who, "preview 1"), (who, "original 0")]


async def test_a_photo_is_turned_by_the_stylesheet(filed: Filed) -> None:
    page = await filed.clerk.page(f"{filed.path}/photos?n=1&turn=3")
    assert 'class="sheet turn-3"' in page.text
    assert "?n=1&amp;turn=2" in page.text
    assert 'href="' + f"{filed.path}/photos?n=1" + '">向右转' in page.text


async def test_a_photo_that_is_on_its_way_says_so(filed: Filed) -> None:
    page = await filed.clerk.page(f"{filed.path}/photos?n=2")
    assert "这张照片还没有传到" in page.text
    assert "<img src" not in page.text.split("<main", 1)[1]


@pytest.mark.parametrize(("login", "status"), [("social", 404), ("director", 403), ("admin", 403)])
async def test_who_does_not_decide_on_the_case_sees_no_photo(
    town: Town, filed: Filed, login: str, status: int
) -> None:
    [row, *_] = await rows("SELECT id FROM blob_link")
    other = await town.staff(login)
    for tail in ("/photos", f"/photos/{row['id']}/view", f"/photos/{row['id']}/original"):
        assert (await other.page(filed.path + tail)).status == status
    assert await looks(town, filed) == []


async def test_a_photo_of_another_case_is_not_there(town: Town, filed: Filed) -> None:
    node = await enrol(town.client, await one_time_code(town))
    case = node.case(materials=(paper("contract"), paper("both_ids")))
    node.write(case)
    await node.push()
    [other] = await rows("SELECT id FROM cases WHERE rid = ?", [case.rid])
    [link, *_] = await rows("SELECT id FROM blob_link ORDER BY id")
    assert (await filed.clerk.page(f"/staff/cases/{other['id']}/photos/{link['id']}/view")).status == 404
    assert (await filed.clerk.page(f"/staff/cases/{other['id']}/photos")).status == 404
    assert (await filed.clerk.page(f"{filed.path}/photos/{'f' * 32}/view")).status == 404
    assert (await filed.clerk.page(f"{filed.path}/photos/{link['id']}/view?page=99")).status == 404


async def test_the_signed_mandate_of_an_errand_is_looked_at_like_a_paper_of_a_case(town: Town) -> None:
    node = await enrol(town.client, await one_time_code(town))
    signed = Photo(sha=sha_of(FIRST), size=len(FIRST), label="委托人签名")
    errand = repair(node, town, mandate=msgspec.structs.replace(MANDATE, photos=(signed,)))
    node.write(errand)
    assert (await node.push()).push.held == ()
    assert (await piece(node, FIRST)).status == 204
    told = case_rows(await node.push(1))[-1]
    assert (told.photos, told.photos_here) == (1, 1)
    assert "材料照片已到 1 张，共 1 张。" in (await town.anyone.page(f"/c/{errand.body.code}")).text
    [row] = await rows("SELECT id FROM errands WHERE rid = ?", [errand.rid])
    clerk, path = await town.staff("utility"), f"/staff/errands/{row['id']}"
    assert "材料照片已到 1 张，共 1 张。" in (await clerk.page(path)).text
    page = await clerk.page(f"{path}/photos")
    assert "1．委托书" in page.text
    picture = await clerk.page(page.text.split('<img src="')[1].split('"')[0])
    assert picture.headers["Content-Type"] == "image/jpeg"
    entries = await town.office.audit.about(town.tenant_id, "errand", row["id"])
    opened = [entry.action for entry in entries]
    assert opened.count(AuditAction.READ_PAPERS) == 1
    assert (await (await town.staff("water-partner")).page(f"{path}/photos")).status == 404
