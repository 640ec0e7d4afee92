"""The data that comes with the product: complete, by its real codes, and honest about what it knows."""

from collections import Counter
from pathlib import Path

import pytest

from api_spec.forms import FieldKind
from api_spec.vocabulary import (
    DepartmentKind,
    DivisionKind,
    Evidence,
    ItemKind,
    Partner,
    VillageAvailability,
    WindowType,
)
from backend.catalogue import loader, validator
from backend.catalogue.loader import BadData, Library, read_item
from backend.catalogue.validator import Rule, Severity
from tests.catalogue.examples import by_code, ours

SANDU = "430481104000"


@pytest.mark.plan(61)
def test_sandu_has_its_seventeen_village_units() -> None:
    units = [each for each in loader.divisions() if each.parent_code == SANDU]
    assert Counter(each.kind for each in units) == {DivisionKind.COMMUNITY: 1, DivisionKind.VILLAGE: 16}
    assert {"430481104001": "三都居委会", "430481104209": "早禾田村委会"}.items() <= {
        each.code: each.name for each in units
    }.items()


def test_leiyang_has_its_thirty_townships_and_380_village_units() -> None:
    kinds = Counter(each.kind for each in loader.divisions())
    assert kinds[DivisionKind.COUNTY] == 1
    assert kinds[DivisionKind.TOWNSHIP] == 30
    assert kinds[DivisionKind.COMMUNITY] + kinds[DivisionKind.VILLAGE] == 380


def test_every_division_hangs_on_one_listed_before_it() -> None:
    seen: set[str] = set()
    for division in loader.divisions():
        assert not division.parent_code or division.parent_code in seen
        assert division.code not in seen
        seen.add(division.code)


def test_every_source_named_is_described() -> None:
    named = {each.source for each in loader.divisions()} | {each.source for each in loader.division_codes()}
    assert named | {loader.township().source} <= set(loader.sources())


def test_the_four_codes_of_leiyang_follow_each_other() -> None:
    codes = [(each.code, each.valid_from, each.valid_to) for each in loader.division_codes()]
    assert codes == [
        ("432830", "", "1983"),
        ("430427", "1983", "1986"),
        ("439003", "1986", "1989"),
        ("430481", "1989", ""),
    ]


@pytest.mark.plan(17, 18, 19, 20, 21, 22, 23, 24)
def test_the_hall_has_eleven_windows_of_eight_types_as_planned() -> None:
    windows = loader.windows()
    assert {each.type: len(each.numbers) for each in windows} == {
        WindowType.SOCIAL: 3,
        WindowType.AGRICULTURE: 2,
        WindowType.LAND: 1,
        WindowType.MARKET: 1,
        WindowType.FINANCE: 1,
        WindowType.HOUSEHOLD: 1,
        WindowType.JUSTICE: 1,
        WindowType.UTILITY: 1,
    }
    assert sorted(number for each in windows for number in each.numbers) == list(range(1, 12))


@pytest.mark.plan(63)
def test_a_dated_scope_word_stands_beside_todays() -> None:
    agriculture = next(each for each in loader.windows() if each.type is WindowType.AGRICULTURE)
    assert agriculture.scope[agriculture.scope.index("扶贫") + 1] == "防返贫"


@pytest.mark.plan(7, 8, 9)
def test_the_departments_and_partners_are_the_plans() -> None:
    kinds = Counter(each.kind for each in loader.departments())
    assert kinds == {DepartmentKind.INSTITUTION: 2, DepartmentKind.DISPATCHED: 5, DepartmentKind.CENTRE: 1}
    assert {each.partner for each in loader.partners()} == set(Partner)


def test_there_are_sixty_items_under_the_right_windows() -> None:
    assert [item.code for item in sorted(ours(), key=lambda item: item.code)] == [
        f"SD-{number:03}" for number in range(1, 61)
    ]
    assert Counter(item.window for item in ours()) == {
        WindowType.SOCIAL: 16,
        WindowType.AGRICULTURE: 7,
        WindowType.LAND: 5,
        WindowType.MARKET: 5,
        WindowType.FINANCE: 4,
        WindowType.HOUSEHOLD: 7,
        WindowType.JUSTICE: 4,
        WindowType.UTILITY: 12,
    }


def test_every_item_is_sound_or_only_waits_for_confirmation() -> None:
    errors = [each for each in validator.check_all(ours()) if each.severity is Severity.ERROR]
    assert {each.rule for each in errors} == {Rule.UNCONFIRMED_LIMIT, Rule.UNCONFIRMED_FEE}
    assert {each.item_code for each in errors} == {item.code for item in ours() if item.illustrative}


def test_what_may_be_published_at_once_names_the_source_of_its_limits() -> None:
    ready = {item.code for item in ours() if not item.illustrative}
    assert ready == {f"SD-{number:03}" for number in (7, 10, 11, 19, 29, 30, 31, 43, 45, 60)}
    for item in ours():
        for limit in loader.limits(item):
            assert (limit.evidence is Evidence.SOURCED) == bool(limit.basis)


def test_only_what_the_law_forbids_to_show_is_confidential() -> None:
    assert {item.code for item in ours() if item.confidential} == {"SD-045", "SD-047"}


def test_homestead_land_is_inspected_jointly_and_fingerprints_need_the_person() -> None:
    assert by_code("SD-024").joint_inspection
    assert by_code("SD-042").in_person
    assert {item.code for item in ours() if item.wet_ink} == {"SD-051", "SD-056"}


def test_every_errand_has_a_form_of_its_own() -> None:
    errands = [item for item in ours() if item.kind is ItemKind.PROXY]
    assert Counter(item.partner for item in errands) == {
        Partner.WATER: 3,
        Partner.POWER: 3,
        Partner.GAS: 2,
        Partner.CABLE: 1,
        Partner.NETWORK: 1,
        Partner.POST: 2,
    }
    assert len({item.errand for item in errands}) == len(errands)
    assert all(any(field.kind is FieldKind.PHONE for field in item.form.fields) for item in errands)


def test_money_is_entrusted_only_where_the_partner_bills() -> None:
    entrusted = {item.code for item in ours() if any(f.name == "entrusted_fen" for f in item.form.fields)}
    assert entrusted == {"SD-049", "SD-051", "SD-052", "SD-053", "SD-055", "SD-057", "SD-058", "SD-059"}


def test_a_question_that_depends_on_the_situation_offers_exactly_its_codes() -> None:
    for item in ours():
        asked = next((field for field in item.form.fields if field.name == "situation"), None)
        if asked is not None:
            assert [choice.code for choice in asked.choices] == [each.code for each in item.situations]


def test_only_items_a_village_takes_name_no_other_place() -> None:
    assert {item.code for item in ours() if item.village is VillageAvailability.NO} == {
        "SD-019",
        "SD-031",
        "SD-042",
        "SD-047",
        "SD-056",
    }


def test_everyday_words_are_not_given_to_two_items() -> None:
    words = Counter(alias for item in ours() for alias in item.aliases)
    assert [word for word, count in words.items() if count > 1] == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"promisse": {"days": 3}}, "promisse"),
        ({"promise": {"days": 3, "unitt": "day"}}, "promise.unitt"),
        ({"materials": [{"code": "a", "name": "甲", "copys": 2}]}, "materials.0.copys"),
        ({"promise": {"days": "3"}}, "days"),
        ({"window": "bakery"}, "bakery"),
        ({"basis": [{"title": "森林法"}]}, "evidence"),
        ({"materials": ["no_such_paper"]}, "no_such_paper"),
        ({"fields": [{"name": "a", "label": "甲", "kidn": "text"}]}, "kidn"),
    ],
)
def test_a_slip_in_a_data_file_is_refused(change: dict[str, object], complaint: str) -> None:
    written = {
        "code": "T",
        "name": "试",
        "window": "land",
        "kind": "instant",
        "promise": {"days": 0},
        **change,
    }
    with pytest.raises((ValueError, KeyError), match=complaint):
        read_item(written, Library(materials={}, fields={}))


def test_all_slips_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "items").mkdir()
    for name in ("materials.toml", "fields.toml"):
        (tmp_path / name).write_text("", encoding="utf-8")
    item = '[[item]]\ncode = "{}"\nname = "试"\nkind = "{}"\npromise = {{ days = 0 }}\n'
    text = 'window = "land"\n' + item.format("A", "no") + item.format("B", "instant") + item.format("C", "no")
    (tmp_path / "items" / "land.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadData) as refused:
        loader.items(tmp_path)
    assert [fault.split(":")[0] for fault in refused.value.faults] == ["land.toml A", "land.toml C"]
