"""Items the tests of the catalogue share: the product's own, spelled out, and one without a fault."""

from functools import cache
from pathlib import Path

import msgspec

from api_spec.catalogue import Basis, Fee, Item, Limit, Material, Synonym
from api_spec.forms import Form
from api_spec.vocabulary import (
    DecisionLevel,
    Evidence,
    ItemKind,
    LimitUnit,
    VillageAvailability,
    VillageMode,
    WindowType,
)
from backend.catalogue import loader
from backend.catalogue.pinyin import spelled, with_pinyin

COUNTY_LIST = Path(__file__).parent / "data" / "guangan_county_items_2025-04.csv"
"""广安区's published list of 797 items as of April 2025, exactly as its portal gave it, dirt included."""


@cache
def ours() -> tuple[Item, ...]:
    """The sixty items as the township spells them."""
    return tuple(with_pinyin(item) for item in loader.items())


@cache
def everyday_words() -> tuple[Synonym, ...]:
    return spelled(loader.synonyms())


def by_code(code: str) -> Item:
    return next(item for item in ours() if item.code == code)


def sound_item(**changes: object) -> Item:
    """An item the validator finds nothing wrong with, changed as the test wants it."""
    item = Item(
        id="",
        code="T-1",
        version=0,
        name="砍树",
        window=WindowType.AGRICULTURE,
        kind=ItemKind.PROMISED,
        promise=Limit(days=5, unit=LimitUnit.WORKING_DAY, evidence=Evidence.LOCAL),
        statutory=Limit(days=20, evidence=Evidence.SOURCED, basis="行政许可法第四十二条"),
        plain_words="砍自己山上的树，先来办个证。",
        audience="农户",
        basis=(Basis(title="森林法", article="第五十六条", evidence=Evidence.SOURCED),),
        materials=(Material(code="form", name="林木采伐申请表"),),
        steps=("收件", "审查", "发证"),
        result_name="林木采伐许可证",
        fee=Fee(note="不收费"),
        form=Form(),
        decision_level=DecisionLevel.GROUP_LEADER,
        village=VillageAvailability.HELPS,
        village_mode=VillageMode.ASSIST,
    )
    return msgspec.structs.replace(item, **changes)
