"""The catalogue on a database: imports that may be repeated, confirmation by name, publication as a whole."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from api_spec.catalogue import CataloguePack, Fee, Item, Limit
from api_spec.errors import ErrorCode
from api_spec.vocabulary import DivisionKind, Evidence, Role, WindowType
from backend import db as database
from backend.actors import Actor
from backend.catalogue import loader
from backend.catalogue.imports import write_file
from backend.catalogue.loader import Division
from backend.catalogue.service import Catalogue
from backend.catalogue.values import FileFormat, Imported, ListImported
from backend.db import OpenDatabase
from backend.faults import Fault
from tests.catalogue.examples import COUNTY_LIST, sound_item

NOON = datetime(2026, 4, 10, 4, 0, tzinfo=UTC)


@pytest.fixture
async def catalogue(db: OpenDatabase) -> Catalogue:  # noqa: ARG001 - the catalogue finds the open database itself
    return Catalogue(public_base_url="https://sandu.test", consent_version="1", consent_text="同意")


async def a_township(catalogue: Catalogue) -> str:
    """三都镇 with its windows and no item."""
    await catalogue.import_divisions(loader.divisions(), loader.division_codes(), as_of="2023-06-30")
    return await catalogue.import_township(
        loader.township(), loader.departments(), loader.windows(), loader.partners()
    )


def person(role: Role, tenant_id: str, *, department_id: str = "", name: str = "周主任") -> Actor:
    return Actor(
        id=role.value, roles=frozenset({role}), tenant_id=tenant_id, department_id=department_id, name=name
    )


async def take_in(catalogue: Catalogue, tenant_id: str, *items: Item) -> Imported:
    by = person(Role.CENTRE_STAFF, tenant_id)
    return await catalogue.import_items(tenant_id, items, by=by, at=NOON)


async def drafted(catalogue: Catalogue, tenant_id: str, item: Item) -> str:
    """Id of the item once it is stored as a draft."""
    await take_in(catalogue, tenant_id, item)
    return next(d.item.id for d in await catalogue.drafts(tenant_id) if d.item.code == item.code)


async def count(table: str) -> int:
    found = await database.row(f"SELECT COUNT(*) AS n FROM {table}")  # noqa: S608 - the tests' own names
    assert found
    return int(found["n"])


async def test_all_the_data_comes_in_and_a_second_time_changes_nothing(catalogue: Catalogue) -> None:
    director = person(Role.DIRECTOR, "")
    tenant_id = await catalogue.import_data(by=director, at=NOON)
    tables = ("division", "division_code", "division_name", "service_window", "item", "item_version")
    before = [await count(table) for table in tables]
    assert before[:2] + before[3:] == [411, 415, 11, 60, 60]
    assert await catalogue.import_data(by=director, at=NOON + timedelta(days=1)) == tenant_id
    assert [await count(table) for table in tables] == before


async def test_a_division_is_known_by_its_code_when_a_new_edition_renames_it(catalogue: Catalogue) -> None:
    tenant_id = await a_township(catalogue)
    await catalogue.load(tenant_id, at=NOON)
    before = {village.code: village for village in await catalogue.villages(tenant_id)}
    renamed = Division(
        code_system="nbs",
        code="430481104201",
        kind=DivisionKind.VILLAGE,
        name="新南庄村委会",
        parent_code="430481104000",
        valid_from="",
        valid_to="",
        earlier_names="",
        source="nbs2026",
    )
    assert await catalogue.import_divisions([renamed], (), as_of="2026-06-30") == 0
    await catalogue.load(tenant_id, at=NOON)
    after = await catalogue.village(before["430481104201"].id)
    assert (before["430481104201"].name, after.name) == ("南庄村委会", "新南庄村委会")
    assert len(await catalogue.villages(tenant_id)) == 17


async def test_the_windows_of_the_hall_name_their_department(catalogue: Catalogue) -> None:
    tenant_id = await a_township(catalogue)
    await catalogue.load(tenant_id, at=NOON)
    windows = await catalogue.windows(tenant_id)
    assert [window.number for window in windows] == list(range(1, 12))
    household = next(window for window in windows if window.type is WindowType.HOUSEHOLD)
    assert household.department == "派出所"
    assert catalogue.department_id(tenant_id, WindowType.HOUSEHOLD) == household.department_id


async def test_a_township_without_its_division_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(Fault) as refused:
        await catalogue.import_township(loader.township(), (), (), ())
    assert refused.value.code is ErrorCode.IMPORT_INVALID


async def test_an_import_says_what_is_new_what_changed_and_what_stayed(catalogue: Catalogue) -> None:
    tenant_id = await a_township(catalogue)
    one, two = sound_item(code="A"), sound_item(code="B")
    assert await take_in(catalogue, tenant_id, one, two) == Imported(added=("A", "B"))
    changed = msgspec.structs.replace(two, audience="所有人")
    assert await take_in(catalogue, tenant_id, one, changed) == Imported(changed=("B",), unchanged=("A",))
    assert [draft.item.version for draft in await catalogue.drafts(tenant_id)] == [1, 2]


async def test_an_import_with_one_code_twice_stores_nothing(catalogue: Catalogue) -> None:
    tenant_id = await a_township(catalogue)
    with pytest.raises(Fault) as refused:
        await take_in(catalogue, tenant_id, sound_item(code="A"), sound_item(code="B"), sound_item(code="A"))
    assert [each.field for each in refused.value.wrong] == ["A"]
    assert await catalogue.drafts(tenant_id) == []


async def test_two_imports_at_once_make_one_item(catalogue: Catalogue) -> None:
    tenant_id = await a_township(catalogue)
    results = await asyncio.gather(
        *(take_in(catalogue, tenant_id, sound_item()) for _ in range(4)), return_exceptions=True
    )
    assert all(
        isinstance(r, Imported) or (isinstance(r, Fault) and r.code is ErrorCode.BUSY) for r in results
    )
    assert len(await catalogue.drafts(tenant_id)) == 1


@pytest.mark.plan(60)
async def test_an_illustrative_limit_is_not_published_until_a_named_person_confirms_it(
    catalogue: Catalogue,
) -> None:
    tenant_id = await a_township(catalogue)
    director = person(Role.DIRECTOR, tenant_id)
    item_id = await drafted(catalogue, tenant_id, sound_item(promise=Limit(days=5)))
    with pytest.raises(Fault) as refused:
        await catalogue.publish(tenant_id, by=director, at=NOON)
    assert [(each.field, each.code) for each in refused.value.wrong] == [("T-1.promise", "unconfirmed_limit")]
    (draft,) = await catalogue.confirm(tenant_id, [item_id], by=director, at=NOON)
    assert (draft.item.promise.evidence, draft.confirmed_name) == (Evidence.LOCAL, "周主任")
    await catalogue.publish(tenant_id, by=director, at=NOON)
    assert catalogue.item_now(tenant_id, item_id).promise == Limit(days=5, evidence=Evidence.LOCAL)


async def test_an_illustrative_price_is_confirmed_with_the_limits(catalogue: Catalogue) -> None:
    tenant_id = await a_township(catalogue)
    fee = Fee(amount_fen=2000, basis="居民身份证法", evidence=Evidence.ILLUSTRATIVE)
    await confirmed_and_published(catalogue, tenant_id, sound_item(fee=fee), at=NOON)
    (item,) = await catalogue.items(tenant_id)
    assert (item.fee.evidence, item.illustrative) == (Evidence.LOCAL, False)


async def test_a_file_cannot_vouch_for_a_limit(catalogue: Catalogue) -> None:
    tenant_id = await a_township(catalogue)
    item_id = await drafted(catalogue, tenant_id, sound_item())
    assert (await catalogue.draft(tenant_id, item_id)).item.promise.evidence is Evidence.ILLUSTRATIVE


async def test_importing_a_confirmed_item_again_keeps_the_confirmation(catalogue: Catalogue) -> None:
    tenant_id = await a_township(catalogue)
    item_id = await drafted(catalogue, tenant_id, sound_item())
    (confirmed,) = await catalogue.confirm(tenant_id, [item_id], by=person(Role.DIRECTOR, tenant_id), at=NOON)
    assert await take_in(catalogue, tenant_id, confirmed.item) == Imported(unchanged=("T-1",))
    assert (await catalogue.draft(tenant_id, item_id)).confirmed_name == "周主任"


async def test_who_confirmed_first_stays_the_one_who_vouches(catalogue: Catalogue) -> None:
    tenant_id = await a_township(catalogue)
    item_id = await drafted(catalogue, tenant_id, sound_item())
    for name in ("周主任", "后来的人"):
        await catalogue.confirm(tenant_id, [item_id], by=person(Role.DIRECTOR, tenant_id, name=name), at=NOON)
    assert (await catalogue.draft(tenant_id, item_id)).confirmed_name == "周主任"


async def test_of_two_who_confirm_at_once_one_vouches(catalogue: Catalogue) -> None:
    tenant_id = await a_township(catalogue)
    item_id = await drafted(catalogue, tenant_id, sound_item())
    names = [f"主任{n}" for n in range(8)]
    results = await asyncio.gather(
        *(
            catalogue.confirm(tenant_id, [item_id], by=person(Role.DIRECTOR, tenant_id, name=name), at=NOON)
            for name in names
        ),
        return_exceptions=True,
    )
    vouched = {draft.confirmed_name for done in results if isinstance(done, list) for draft in done}
    assert vouched == {(await catalogue.draft(tenant_id, item_id)).confirmed_name}
    assert all(isinstance(r, list) or (isinstance(r, Fault) and r.code is ErrorCode.BUSY) for r in results)


@pytest.mark.parametrize("role", [Role.WINDOW, Role.CENTRE_STAFF, Role.GROUP_LEADER, Role.DEPARTMENT_HEAD])
async def test_nobody_vouches_for_another_departments_item(catalogue: Catalogue, role: Role) -> None:
    tenant_id = await a_township(catalogue)
    item_id = await drafted(catalogue, tenant_id, sound_item())
    with pytest.raises(Fault) as refused:
        await catalogue.confirm(
            tenant_id, [item_id], by=person(role, tenant_id, department_id="other"), at=NOON
        )
    assert refused.value.code is ErrorCode.NOT_ALLOWED


async def test_a_department_head_vouches_for_their_own_items_and_only_by_name(catalogue: Catalogue) -> None:
    tenant_id = await a_township(catalogue)
    await catalogue.load(tenant_id, at=NOON)
    own = catalogue.department_id(tenant_id, WindowType.AGRICULTURE)
    item_id = await drafted(catalogue, tenant_id, sound_item())
    nameless = person(Role.DEPARTMENT_HEAD, tenant_id, department_id=own, name="")
    with pytest.raises(Fault):
        await catalogue.confirm(tenant_id, [item_id], by=nameless, at=NOON)
    head = person(Role.DEPARTMENT_HEAD, tenant_id, department_id=own, name="李所长")
    (draft,) = await catalogue.confirm(tenant_id, [item_id], by=head, at=NOON)
    assert draft.confirmed_name == "李所长"


async def confirmed_and_published(catalogue: Catalogue, tenant_id: str, item: Item, *, at: datetime) -> str:
    director = person(Role.DIRECTOR, tenant_id)
    item_id = await drafted(catalogue, tenant_id, item)
    await catalogue.confirm(tenant_id, [item_id], by=director, at=at)
    await catalogue.publish(tenant_id, [item_id], by=director, at=at)
    return item_id


async def test_a_new_version_takes_over_and_the_old_pack_still_has_the_old_one(catalogue: Catalogue) -> None:
    tenant_id = await a_township(catalogue)
    item_id = await confirmed_and_published(catalogue, tenant_id, sound_item(audience="旧"), at=NOON)
    old = await catalogue.pack(tenant_id)
    later = NOON + timedelta(days=30)
    await confirmed_and_published(catalogue, tenant_id, sound_item(audience="新"), at=later)
    new = await catalogue.pack(tenant_id)
    assert old.sha != new.sha
    assert catalogue.item_now(tenant_id, item_id).audience == "新"
    assert (await catalogue.item_in(old.sha, item_id)).audience == "旧"
    assert (await catalogue.item_in(new.sha, item_id)).audience == "新"
    rows = await database.rows(
        "SELECT version, effective_from, effective_to FROM item_version ORDER BY version"
    )
    assert [tuple(row.values()) for row in rows] == [
        (1, "2026-04-10", "2026-05-10"),
        (2, "2026-05-10", None),
    ]


async def test_a_draft_nobody_published_is_not_offered(catalogue: Catalogue) -> None:
    tenant_id = await a_township(catalogue)
    item_id = await drafted(catalogue, tenant_id, sound_item())
    await catalogue.load(tenant_id, at=NOON)
    with pytest.raises(Fault) as refused:
        catalogue.item_now(tenant_id, item_id)
    assert refused.value.code is ErrorCode.ITEM_NOT_FOUND


async def test_publishing_is_whole_or_not_at_all(catalogue: Catalogue) -> None:
    tenant_id = await a_township(catalogue)
    await take_in(catalogue, tenant_id, sound_item(code="A"), sound_item(code="B", plain_words=""))
    good, bad = [draft.item.id for draft in await catalogue.drafts(tenant_id)]
    director = person(Role.DIRECTOR, tenant_id)
    await catalogue.confirm(tenant_id, [good], by=director, at=NOON)
    with pytest.raises(Fault) as refused:
        await catalogue.publish(tenant_id, [good, bad], by=director, at=NOON)
    assert {each.field for each in refused.value.wrong} == {"B.plain_words", "B.promise"}
    await catalogue.load(tenant_id, at=NOON)
    assert await catalogue.items(tenant_id) == ()


async def test_publications_at_once_lose_no_item(catalogue: Catalogue) -> None:
    tenant_id = await a_township(catalogue)
    await take_in(catalogue, tenant_id, *(sound_item(code=code) for code in "ABCD"))
    director = person(Role.DIRECTOR, tenant_id)
    ids = [draft.item.id for draft in await catalogue.drafts(tenant_id)]
    await catalogue.confirm(tenant_id, ids, by=director, at=NOON)
    await asyncio.gather(*(catalogue.publish(tenant_id, [each], by=director, at=NOON) for each in ids))
    await catalogue.refresh(at=NOON)
    assert [item.code for item in await catalogue.items(tenant_id)] == list("ABCD")


async def test_a_withdrawn_item_is_gone_but_its_cases_can_still_read_it(catalogue: Catalogue) -> None:
    tenant_id = await a_township(catalogue)
    item_id = await confirmed_and_published(catalogue, tenant_id, sound_item(), at=NOON)
    filed_with = await catalogue.pack(tenant_id)
    await catalogue.withdraw(tenant_id, item_id, at=NOON)
    with pytest.raises(Fault):
        catalogue.item_now(tenant_id, item_id)
    assert (await catalogue.item_in(filed_with.sha, item_id)).code == "T-1"
    with pytest.raises(Fault):
        await catalogue.withdraw(tenant_id, item_id, at=NOON)


async def test_publishing_again_leaves_the_first_publication_as_it_was(catalogue: Catalogue) -> None:
    tenant_id = await a_township(catalogue)
    await confirmed_and_published(catalogue, tenant_id, sound_item(), at=NOON)
    other = person(Role.SYSTEM, tenant_id)
    await catalogue.publish(tenant_id, by=other, at=NOON + timedelta(days=9))
    found = await database.row("SELECT published_by, effective_from FROM item_version")
    assert found == {"published_by": "director", "effective_from": "2026-04-10"}


async def test_an_item_offered_again_after_a_withdrawal_has_no_end(catalogue: Catalogue) -> None:
    tenant_id = await a_township(catalogue)
    item_id = await confirmed_and_published(catalogue, tenant_id, sound_item(), at=NOON)
    await catalogue.withdraw(tenant_id, item_id, at=NOON)
    await catalogue.publish(tenant_id, by=person(Role.DIRECTOR, tenant_id), at=NOON + timedelta(days=9))
    assert catalogue.item_now(tenant_id, item_id).code == "T-1"
    found = await database.row("SELECT effective_from, effective_to FROM item_version")
    assert found == {"effective_from": "2026-04-19", "effective_to": None}


async def test_another_process_takes_up_what_was_published(catalogue: Catalogue) -> None:
    tenant_id = await a_township(catalogue)
    other = Catalogue(public_base_url="https://sandu.test", consent_version="1", consent_text="同意")
    await other.load_all(at=NOON)
    item_id = await confirmed_and_published(catalogue, tenant_id, sound_item(), at=NOON)
    await other.refresh(at=NOON)
    assert other.item_now(tenant_id, item_id) == catalogue.item_now(tenant_id, item_id)
    assert (await other.pack(tenant_id)).sha == (await catalogue.pack(tenant_id)).sha


async def test_a_pack_carries_all_a_node_needs_under_its_hash(catalogue: Catalogue) -> None:
    tenant_id = await a_township(catalogue)
    await catalogue.import_synonyms({"砍柴": ("砍树",)})
    await confirmed_and_published(catalogue, tenant_id, sound_item(), at=NOON)
    packed = await catalogue.pack(tenant_id)
    kept = await catalogue.find_pack(packed.sha)
    assert kept == packed
    pack = msgspec.json.decode(packed.body, type=CataloguePack)
    assert (pack.case_prefix, pack.public_base_url, pack.consent_text) == ("SD", "https://sandu.test", "同意")
    assert (len(pack.windows), len(pack.departments), len(pack.partners)) == (11, 8, 6)
    assert pack.items[0].pinyin == ("kan shu",)
    assert [item.code for item in catalogue.search(tenant_id, "kanchai")] == ["T-1"]


async def test_an_unknown_pack_is_not_found(catalogue: Catalogue) -> None:
    with pytest.raises(Fault) as refused:
        await catalogue.pack_by_sha("0" * 64)
    assert refused.value.code is ErrorCode.NOT_FOUND


async def test_an_item_of_another_township_is_not_there(catalogue: Catalogue) -> None:
    tenant_id = await a_township(catalogue)
    item_id = await confirmed_and_published(catalogue, tenant_id, sound_item(), at=NOON)
    with pytest.raises(Fault) as refused:
        catalogue.item_now("0" * 32, item_id)
    assert refused.value.code is ErrorCode.ITEM_NOT_FOUND
    with pytest.raises(Fault):
        await catalogue.draft("0" * 32, item_id)


async def test_a_file_with_one_wrong_cell_stores_nothing(catalogue: Catalogue) -> None:
    tenant_id = await a_township(catalogue)
    content = write_file([sound_item(code="A"), sound_item(code="B")], FileFormat.CSV)
    broken = content.replace("事项,B,砍树,农业综合窗口".encode(), "事项,B,砍树,包子铺".encode())
    by = person(Role.CENTRE_STAFF, tenant_id)
    with pytest.raises(Fault) as refused:
        await catalogue.import_file(tenant_id, broken, name="", by=by, at=NOON)
    assert [each.field for each in refused.value.wrong] == ["事项.3.窗口"]
    assert await catalogue.drafts(tenant_id) == []


async def test_what_the_township_exports_it_can_import_again(catalogue: Catalogue) -> None:
    tenant_id = await a_township(catalogue)
    await take_in(catalogue, tenant_id, *loader.items())
    by = person(Role.CENTRE_STAFF, tenant_id)
    for file_format in FileFormat:
        content = await catalogue.export_file(tenant_id, file_format)
        done = await catalogue.import_file(tenant_id, content, name="", by=by, at=NOON)
        assert isinstance(done, Imported)
        assert (len(done.unchanged), done.added, done.changed) == (60, (), ())


@pytest.mark.plan(10)
async def test_the_real_county_list_is_kept_once_under_its_name(catalogue: Catalogue) -> None:
    tenant_id = await a_township(catalogue)
    by = person(Role.CENTRE_STAFF, tenant_id)
    content = COUNTY_LIST.read_bytes()
    first = await catalogue.import_file(tenant_id, content, name="广安区 2025-04", by=by, at=NOON)
    again = await catalogue.import_file(tenant_id, content, name="广安区 2025-04", by=by, at=NOON)
    assert isinstance(first, ListImported)
    assert isinstance(again, ListImported)
    assert (first.added, again.added, await count("item_list_entry")) == (797, 0, 797)
    shorter = b"".join(content.splitlines(keepends=True)[:5])
    with pytest.raises(Fault) as refused:
        await catalogue.import_file(tenant_id, shorter, name="广安区 2025-04", by=by, at=NOON)
    assert refused.value.code is ErrorCode.IMPORT_INVALID
    assert await count("item_list_entry") == 797


async def test_days_of_effect_are_days_in_china(catalogue: Catalogue) -> None:
    tenant_id = await a_township(catalogue)
    late_evening_utc = datetime(2026, 4, 10, 17, 0, tzinfo=UTC)
    await confirmed_and_published(catalogue, tenant_id, sound_item(), at=late_evening_utc)
    found = await database.row("SELECT effective_from FROM item_version")
    assert found
    assert found["effective_from"] == date(2026, 4, 11).isoformat()
