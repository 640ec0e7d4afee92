"""The guide validator: each rule finds its fault, and nothing is found where nothing is wrong."""

import pytest

from api_spec.catalogue import Basis, Fee, Limit, Material, Situation
from api_spec.vocabulary import (
    DecisionLevel,
    Evidence,
    ItemKind,
    LimitUnit,
    Partner,
    VillageAvailability,
    VillageMode,
)
from backend.catalogue.validator import Rule, Severity, blocking, check, check_all
from tests.catalogue.examples import sound_item


def limit(days: int, unit: LimitUnit = LimitUnit.WORKING_DAY) -> Limit:
    return Limit(days=days, unit=unit, evidence=Evidence.LOCAL)


def paper(name: str, hint: str = "", code: str = "a") -> tuple[Material, ...]:
    return (Material(code=code, name=name, hint=hint),)


def test_nothing_is_found_in_a_sound_item() -> None:
    assert check(sound_item()) == []


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        (Rule.UNCONFIRMED_LIMIT, {"promise": Limit(days=5)}),
        (Rule.UNCONFIRMED_LIMIT, {"statutory": Limit(days=20)}),
        (Rule.PROMISE_OVER_LIMIT, {"promise": limit(21)}),
        (Rule.PROMISE_OVER_LIMIT, {"promise": limit(31, LimitUnit.DAY)}),
        (Rule.FEE_WITHOUT_BASIS, {"fee": Fee(amount_fen=1000, note="工本费")}),
        (Rule.UNCONFIRMED_FEE, {"fee": Fee(amount_fen=1000, basis="身份证法")}),
        (Rule.FEE_MISSING, {"fee": Fee()}),
        (Rule.CATCH_ALL_MATERIAL, {"materials": paper("其他材料")}),
        (Rule.CATCH_ALL_MATERIAL, {"materials": paper("身份证等相关材料")}),
        (Rule.CATCH_ALL_MATERIAL, {"materials": paper("法律法规规定的其他证明材料")}),
        (Rule.CATCH_ALL_MATERIAL, {"materials": paper("相关材料")}),
        (Rule.CATCH_ALL_MATERIAL, {"materials": paper("证明", hint="以及其它需要的材料")}),
        (
            Rule.CATCH_ALL_MATERIAL,
            {
                "situations": (
                    Situation(code="a", name="甲", materials=paper("其他有关材料", code="b")),
                    Situation(code="b", name="乙"),
                )
            },
        ),
        (Rule.VILLAGE_MODE_MISSING, {"village_mode": None}),
        (Rule.ONLINE_FINISH, {"wet_ink": True}),
        (
            Rule.ONLINE_FINISH,
            {"in_person": True, "village": VillageAvailability.TAKES, "village_mode": VillageMode.DIRECT},
        ),
        (Rule.STOP_WITHOUT_GROUND, {"stop_grounds": ("联合勘察",)}),
        (Rule.STOP_WITHOUT_GROUND, {"stop_grounds": ("集体讨论",)}),
        (Rule.SITUATIONS, {"situations": (Situation(code="a", name="甲"),)}),
        (Rule.SITUATIONS, {"situations": (Situation(code="a", name="甲"), Situation(code="a", name="乙"))}),
        (Rule.LIMIT_MISSING, {"promise": limit(0)}),
        (Rule.MATERIALS_MISSING, {"materials": ()}),
        (Rule.CODE_REPEATED, {"materials": paper("甲") + paper("乙")}),
        (Rule.COLUMN_EMPTY, {"plain_words": ""}),
        (Rule.COLUMN_EMPTY, {"result_name": ""}),
        (Rule.BASIS_MISSING, {"basis": ()}),
        (Rule.KIND_CONTRADICTION, {"kind": ItemKind.INSTANT, "decision_level": DecisionLevel.WINDOW}),
        (Rule.KIND_CONTRADICTION, {"kind": ItemKind.REPORTED}),
        (Rule.KIND_CONTRADICTION, {"kind": ItemKind.PROXY, "partner": Partner.WATER}),
        (Rule.KIND_CONTRADICTION, {"intake_delegated": True}),
        (Rule.NOT_SOURCED, {"promise": Limit(days=5, evidence=Evidence.SOURCED)}),
    ],
)
@pytest.mark.plan(5, 39, 41, 62)
def test_each_fault_is_found_and_keeps_the_item_back(rule: Rule, changes: dict[str, object]) -> None:
    found = blocking(sound_item(**changes))
    assert rule in {each.rule for each in found}
    assert all(each.sentence.endswith("。") and each.field for each in found)


def test_a_basis_nobody_has_checked_is_only_a_warning() -> None:
    item = sound_item(basis=(Basis(title="某通知", evidence=Evidence.ILLUSTRATIVE),))
    assert [(each.rule, each.severity) for each in check(item)] == [(Rule.NOT_SOURCED, Severity.WARNING)]


@pytest.mark.parametrize(
    "name", ["村民会议讨论材料", "与案件有关的材料", "收入和财产声明", "用地材料", "经营场所使用材料"]
)
def test_a_named_paper_is_no_catch_all(name: str) -> None:
    assert blocking(sound_item(materials=paper(name))) == []


@pytest.mark.parametrize("ground", ["听证", "鉴定(行政许可法第四十五条)", "专家评审"])
def test_the_listed_grounds_may_stop_the_clock(ground: str) -> None:
    assert blocking(sound_item(stop_grounds=(ground,))) == []


def test_a_promise_as_long_as_the_limit_is_allowed_in_whichever_unit() -> None:
    assert blocking(sound_item(promise=limit(20))) == []
    assert blocking(sound_item(promise=limit(28, LimitUnit.DAY))) == []
    assert blocking(sound_item(promise=limit(48, LimitUnit.HOUR), statutory=limit(2))) == []


def test_a_code_two_items_share_is_found() -> None:
    found = check_all([sound_item(), sound_item(name="另一件")])
    assert [(each.rule, each.item_code) for each in found] == [(Rule.CODE_REPEATED, "T-1")]
