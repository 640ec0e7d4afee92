"""Judges a guide before people see it: what is missing, what contradicts the law or itself. Pure.

The rules answer what national inspections found in published guides: catch-all materials, no limit, no fee,
empty columns. Errors stop publication; a warning is for the editor to weigh.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from api_spec.catalogue import Fee, Item, Limit, Material
from api_spec.vocabulary import (
    DecisionLevel,
    Evidence,
    ItemKind,
    LimitUnit,
    Term,
    VillageAvailability,
    VillageMode,
)
from backend.catalogue.loader import is_guessed


class Severity(Term):
    ERROR = "error", "必须改正"
    WARNING = "warning", "建议核对"


class Rule(Term):
    """Stable names of the rules; the letter is the rule's in the domain's catalogue rules."""

    UNCONFIRMED_LIMIT = "unconfirmed_limit", "(a) 示例期限须由具名人员确认"
    UNCONFIRMED_FEE = "unconfirmed_fee", "(a) 示例收费须由具名人员确认"
    PROMISE_OVER_LIMIT = "promise_over_limit", "(b) 承诺期限不得长于法定期限"
    FEE_WITHOUT_BASIS = "fee_without_basis", "(c) 收费须有依据"
    CATCH_ALL_MATERIAL = "catch_all_material", "(d) 不得有兜底材料"
    VILLAGE_MODE_MISSING = "village_mode_missing", "(e) 村级可办须写明方式"
    ONLINE_FINISH = "online_finish", "(f) 须到场或亲笔签名的不得全程网办"
    STOP_WITHOUT_GROUND = "stop_without_ground", "(g) 停止计时须有法定理由"
    SITUATIONS = "situations", "(h) 情形须可选择、有区别"
    LIMIT_MISSING = "limit_missing", "期限不能为空"
    FEE_MISSING = "fee_missing", "收费情况不能为空"
    MATERIALS_MISSING = "materials_missing", "材料不能为空"
    COLUMN_EMPTY = "column_empty", "栏目不能为空"
    BASIS_MISSING = "basis_missing", "依据不能为空"
    CODE_REPEATED = "code_repeated", "编码不得重复"
    KIND_CONTRADICTION = "kind_contradiction", "办件类型与内容矛盾"
    NOT_SOURCED = "not_sourced", "依据尚未核实"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about one item: `sentence` tells the editor what to do. `field` is the place in the item."""

    item_code: str
    rule: Rule
    severity: Severity
    field: str
    sentence: str


Note = tuple[Rule, Severity, str, str]
E, W = Severity.ERROR, Severity.WARNING

CATCH_ALL: Final = re.compile(
    r"其[他它](需要|必要|有关|相关)?的?(证明)?(材料|资料|文件|证件)|等(相关|有关)?(证明)?(材料|资料)$"
    r"|^(相关|有关)(证明)?(材料|资料|文件)$|(规定|要求|需要)的其[他它]"
)

LEGAL_STOPS: Final = ("听证", "招标", "拍卖", "检验", "检测", "检疫", "鉴定", "专家评审")
"""What is not counted (行政许可法 45). 联合勘察 and 集体讨论 are not on the list."""

_WORKING_DAYS_IN_WEEK, _DAYS_IN_WEEK, _HOURS_IN_DAY = 5, 7, 24


def check(item: Item) -> list[Finding]:
    """All findings about one item, errors first."""
    notes = [note for rule in _RULES for note in rule(item)]
    findings = [Finding(item.code, *note) for note in notes]
    return sorted(findings, key=lambda finding: finding.severity is not E)


def check_all(items: Sequence[Item]) -> list[Finding]:
    """Findings about each item, and about codes two items share."""
    findings = [finding for item in items for finding in check(item)]
    for code, count in Counter(item.code for item in items).items():
        if count > 1:
            sentence = f"编码 {code} 用在了 {count} 个事项上，请改成各自不同的编码。"
            findings.append(Finding(code, Rule.CODE_REPEATED, E, "code", sentence))
    return findings


def blocking(item: Item) -> list[Finding]:
    """What keeps an item from being published."""
    return [finding for finding in check(item) if finding.severity is E]


def _limits(item: Item) -> Iterator[Note]:
    for field, limit in (("promise", item.promise), ("statutory", item.statutory)):
        if limit is None:
            continue
        if limit.days < 0:
            yield Rule.LIMIT_MISSING, E, field, "期限不能是负数，当场办结请填 0。"
        if limit.evidence is Evidence.ILLUSTRATIVE:
            yield (
                Rule.UNCONFIRMED_LIMIT,
                E,
                field,
                "期限只是示例，还没有人确认；请核对后由负责人署名确认，再发布。",
            )
        if limit.evidence is Evidence.SOURCED and not limit.basis:
            yield Rule.NOT_SOURCED, E, field, "期限标为“有依据”，请写明是哪部法规或哪份文件。"
    if item.kind is not ItemKind.INSTANT and item.promise.days == 0 and item.kind is not ItemKind.PROXY:
        yield Rule.LIMIT_MISSING, E, "promise", f"{item.kind.zh}要写明承诺几天办结。"
    if item.kind is ItemKind.INSTANT and item.promise.days > 0:
        yield Rule.KIND_CONTRADICTION, E, "promise", "即办件当场办结，承诺期限应为 0；否则请改为承诺件。"


def _promise_within_limit(item: Item) -> Iterator[Note]:
    if item.statutory is not None and longest_days(item.promise) > longest_days(item.statutory):
        yield (
            Rule.PROMISE_OVER_LIMIT,
            E,
            "promise",
            f"承诺 {item.promise.days}{item.promise.unit.zh}长于法定 "
            f"{item.statutory.days}{item.statutory.unit.zh}，请缩短承诺期限。",
        )


def longest_days(limit: Limit) -> float:
    """A limit in days by the calendar, so that different units compare. Holidays are left out."""
    if limit.unit is LimitUnit.WORKING_DAY:
        return limit.days * _DAYS_IN_WEEK / _WORKING_DAYS_IN_WEEK
    return limit.days / _HOURS_IN_DAY if limit.unit is LimitUnit.HOUR else float(limit.days)


def _fee(item: Item) -> Iterator[Note]:
    fee = item.fee
    if (fee.amount_fen or 0) > 0 and not fee.basis:
        yield (
            Rule.FEE_WITHOUT_BASIS,
            E,
            "fee",
            "收费必须写明法律、法规依据（行政许可法第五十八条、第五十九条）。",
        )
    if (fee.amount_fen or 0) < 0:
        yield Rule.FEE_WITHOUT_BASIS, E, "fee", "收费金额不能是负数。"
    if is_guessed(fee):
        yield Rule.UNCONFIRMED_FEE, E, "fee", "收费金额只是示例；请核对后由负责人署名确认，再发布。"
    if fee == Fee():
        yield Rule.FEE_MISSING, E, "fee", "请写明收费情况；不收费就写“不收费”。"
    if fee.by_partner and item.partner is None:
        yield Rule.KIND_CONTRADICTION, E, "fee", "写了由公用企业收费，但没有写是哪一家。"


def _materials(item: Item) -> Iterator[Note]:
    everything = all_materials(item)
    if not everything and not item.needs_no_material:
        yield Rule.MATERIALS_MISSING, E, "materials", "请列出材料；确实不用材料的，注明“无需材料”。"
    if everything and item.needs_no_material:
        yield Rule.KIND_CONTRADICTION, E, "materials", "注明了“无需材料”，却又列了材料。"
    for material in everything:
        if CATCH_ALL.search(material.name) or CATCH_ALL.search(material.hint):
            yield (
                Rule.CATCH_ALL_MATERIAL,
                E,
                f"materials.{material.code}",
                f"“{material.name}”是兜底的说法，请写清楚具体是哪一份材料。",
            )
        if material.copies < 1:
            yield Rule.COLUMN_EMPTY, E, f"materials.{material.code}", "材料份数至少是 1。"
    for situation in ("", *(each.code for each in item.situations)):
        codes = Counter(material.code for material in item.materials_for(situation))
        for code in (code for code, count in codes.items() if count > 1):
            yield Rule.CODE_REPEATED, E, f"materials.{code}", f"材料编码 {code} 重复了，请改成不同的编码。"


def all_materials(item: Item) -> tuple[Material, ...]:
    """Those everybody brings and those of each 情形."""
    return item.materials + tuple(m for situation in item.situations for m in situation.materials)


def _village(item: Item) -> Iterator[Note]:
    takes = item.village is not VillageAvailability.NO
    if takes and item.village_mode is None:
        yield (
            Rule.VILLAGE_MODE_MISSING,
            E,
            "village_mode",
            "村里可以办的事项，要写明方式：直办、代办、协办或公开告知。",
        )
    if not takes and item.village_mode is not None:
        yield Rule.KIND_CONTRADICTION, E, "village_mode", "须到镇级办理的事项不能写村级办理方式。"
    if item.intake_delegated and item.village is not VillageAvailability.TAKES:
        yield Rule.KIND_CONTRADICTION, E, "intake_delegated", "委托村里受理的事项，村级应为“村级可办”。"


def _presence(item: Item) -> Iterator[Note]:
    """Fingerprints and handwriting cannot be done from afar (电子签名法 3, 居民身份证法 3)."""
    alone = item.village is VillageAvailability.TAKES and item.village_mode is VillageMode.DIRECT
    if item.in_person and alone:
        yield Rule.ONLINE_FINISH, E, "in_person", "须本人到镇里办的事项，村里不能直办。"
    if (item.in_person or item.wet_ink) and item.kind is ItemKind.INSTANT and not item.materials:
        yield Rule.ONLINE_FINISH, W, "in_person", "须到场或亲笔签名，请在材料里写明要带什么。"
    if item.wet_ink and not any("签" in m.name + m.hint or "书面" in m.name for m in all_materials(item)):
        yield Rule.ONLINE_FINISH, E, "wet_ink", "须亲笔签名的事项，要在材料里写明哪一份要签名。"


def _stops(item: Item) -> Iterator[Note]:
    for ground in item.stop_grounds:
        if not any(word in ground for word in LEGAL_STOPS):
            yield (
                Rule.STOP_WITHOUT_GROUND,
                E,
                "stop_grounds",
                f"“{ground}”不是法定的停止计时理由（行政许可法第四十五条），请删去。",
            )


def _situations(item: Item) -> Iterator[Note]:
    if len(item.situations) == 1:
        yield Rule.SITUATIONS, E, "situations", "只有一种情形就不用分情形，请把材料并到事项里。"
    for what, values in (
        ("编码", [each.code for each in item.situations]),
        ("名称", [each.name for each in item.situations]),
    ):
        for value in (value for value, count in Counter(values).items() if count > 1):
            yield Rule.SITUATIONS, E, "situations", f"情形{what}“{value}”重复了。"


def _columns(item: Item) -> Iterator[Note]:
    columns = (
        ("name", item.name, "事项名称"),
        ("plain_words", item.plain_words, "大白话说明"),
        ("audience", item.audience, "办理对象"),
        ("steps", item.steps, "办理流程"),
        ("result_name", item.result_name or not item.deliverable, "办理结果名称"),
    )
    for field, value, label in columns:
        if not value:
            yield Rule.COLUMN_EMPTY, E, field, f"“{label}”是空的，请填写。"
    if not item.basis:
        yield Rule.BASIS_MISSING, E, "basis", "请写明办理依据。"
    elif all(basis.evidence is Evidence.ILLUSTRATIVE for basis in item.basis):
        yield Rule.NOT_SOURCED, W, "basis", "依据还没有核实到具体条文，请尽快核对。"


def _kind(item: Item) -> Iterator[Note]:
    proxy = item.kind is ItemKind.PROXY
    if proxy and (item.partner is None or not item.errand):
        yield Rule.KIND_CONTRADICTION, E, "partner", "代办件要写明公用企业和代办类型。"
    if not proxy and (item.partner is not None or item.errand):
        yield Rule.KIND_CONTRADICTION, E, "partner", "不是代办件，不能写公用企业。"
    if item.kind is ItemKind.INSTANT and item.decision_level is not DecisionLevel.WINDOW:
        yield Rule.KIND_CONTRADICTION, E, "decision_level", "即办件由窗口当场决定。"
    if item.kind is ItemKind.REPORTED and item.decision_level is not DecisionLevel.SUPERIOR:
        yield Rule.KIND_CONTRADICTION, E, "decision_level", "上报件由上级决定。"


_RULES: tuple[Callable[[Item], Iterable[Note]], ...] = (
    _columns,
    _limits,
    _promise_within_limit,
    _fee,
    _materials,
    _village,
    _presence,
    _stops,
    _situations,
    _kind,
)
