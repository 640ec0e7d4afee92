"""The columns of the five tables: which cell is which fact of an item, and how it is written. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from api_spec.forms import FieldKind
from api_spec.vocabulary import (
    DecisionLevel,
    Evidence,
    ItemKind,
    ItemType,
    LimitUnit,
    MaterialForm,
    Partner,
    Term,
    VillageAvailability,
    VillageMode,
    WindowType,
)

ITEM_CODE: Final = "事项编码"
SITUATION_CODE: Final = "情形编码"


class Codec(NamedTuple):
    """How one kind of value is written in a cell; `read` raises ValueError with a sentence.

    Args:
        words: all a cell may say, where that is a choice; `lines`: whether it holds several lines.
    """

    write: Callable[[Any], str]
    read: Callable[[str], Any]
    words: tuple[str, ...] = ()
    lines: bool = False


def _text(cell: str) -> str:
    return cell


def _number(cell: str) -> int:
    try:
        return int(cell)
    except ValueError:
        raise ValueError("请填整数") from None


def _yes(cell: str) -> bool:
    if cell not in ("是", "否"):
        raise ValueError("请填“是”或“否”")
    return cell == "是"


def _lines(cell: str) -> list[str]:
    return [line.strip() for line in cell.splitlines() if line.strip()]


def _choices(cell: str) -> list[dict[str, str]]:
    pairs = [line.partition("=") for line in _lines(cell)]
    if not all(code and sign and label for code, sign, label in pairs):
        raise ValueError("选项请一行一个，写成 编码=名称")
    return [{"code": code, "label": label} for code, _, label in pairs]


def term(values: type[Term]) -> Codec:
    """A vocabulary value by its Chinese word."""
    by_word = {value.zh: value.value for value in values}

    def read(cell: str) -> Any:
        if cell not in by_word:
            raise ValueError(f"没有“{cell[:20]}”，可填：{'、'.join(by_word)}")
        return by_word[cell]

    return Codec(lambda value: str(value.zh), read, tuple(by_word))


TEXT = Codec(str, _text)
NUMBER = Codec(str, _number)
YES_NO = Codec(lambda value: "是" if value else "否", _yes, ("是", "否"))
LINES = Codec("\n".join, _lines, lines=True)
CHOICES = Codec(lambda value: "\n".join(f"{each.code}={each.label}" for each in value), _choices, lines=True)


class Column(NamedTuple):
    """`path` is the place in the item, material …: "promise.days"."""

    header: str
    path: str
    codec: Codec = TEXT
    required: bool = False


ITEMS: Final = (
    Column(ITEM_CODE, "code", required=True),
    Column("名称", "name", required=True),
    Column("窗口", "window", term(WindowType), required=True),
    Column("办件类型", "kind", term(ItemKind), required=True),
    Column("事项类型", "type", term(ItemType)),
    Column("承诺期限", "promise.days", NUMBER, required=True),
    Column("承诺期限单位", "promise.unit", term(LimitUnit)),
    Column("承诺期限依据", "promise.basis"),
    Column("承诺期限证据", "promise.evidence", term(Evidence)),
    Column("法定期限", "statutory.days", NUMBER),
    Column("法定期限单位", "statutory.unit", term(LimitUnit)),
    Column("法定期限依据", "statutory.basis"),
    Column("法定期限证据", "statutory.evidence", term(Evidence)),
    Column("大白话说明", "plain_words"),
    Column("办理对象", "audience"),
    Column("办理条件", "conditions", LINES),
    Column("办理流程", "steps", LINES),
    Column("结果名称", "result_name"),
    Column("结果可送达", "deliverable", YES_NO),
    Column("收费金额（分）", "fee.amount_fen", NUMBER),
    Column("公用企业收费", "fee.by_partner", YES_NO),
    Column("收费说明", "fee.note"),
    Column("收费依据", "fee.basis"),
    Column("收费证据", "fee.evidence", term(Evidence)),
    Column("别名", "aliases", LINES),
    Column("决定层级", "decision_level", term(DecisionLevel)),
    Column("村级办理", "village", term(VillageAvailability)),
    Column("村级方式", "village_mode", term(VillageMode)),
    Column("委托村受理", "intake_delegated", YES_NO),
    Column("须本人到场", "in_person", YES_NO),
    Column("须亲笔签名", "wet_ink", YES_NO),
    Column("不公开进度", "confidential", YES_NO),
    Column("联合勘察", "joint_inspection", YES_NO),
    Column("停止计时理由", "stop_grounds", LINES),
    Column("无需材料", "needs_no_material", YES_NO),
    Column("公用企业", "partner", term(Partner)),
    Column("代办类型", "errand"),
    Column("国家实施编码", "national_code"),
    Column("事项证据", "evidence", term(Evidence)),
)
BASIS: Final = (
    Column("依据名称", "title", required=True),
    Column("条文", "article"),
    Column("证据", "evidence", term(Evidence), required=True),
)
SITUATIONS: Final = (
    Column(SITUATION_CODE, "code", required=True),
    Column("情形名称", "name", required=True),
)
MATERIALS: Final = (
    Column("材料编码", "code", required=True),
    Column("材料名称", "name", required=True),
    Column("形式", "form", term(MaterialForm)),
    Column("份数", "copies", NUMBER),
    Column("必须提交", "required", YES_NO),
    Column("说明", "hint"),
    Column("出具单位", "issued_by"),
    Column("证据", "evidence", term(Evidence)),
)
FIELDS: Final = (
    Column("字段编码", "name", required=True),
    Column("问题", "label", required=True),
    Column("答案类型", "kind", term(FieldKind)),
    Column("必填", "required", YES_NO),
    Column("填写说明", "help"),
    Column("选项", "choices", CHOICES),
    Column("最小", "min", NUMBER),
    Column("最大", "max", NUMBER),
    Column("格式", "pattern"),
    Column("单位", "unit"),
    Column("取决于字段", "when.field"),
    Column("取决于答案", "when.any_of", LINES),
    Column("个人信息", "personal", YES_NO),
)

TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "事项": tuple(column.header for column in ITEMS),
    "依据": (ITEM_CODE, *(column.header for column in BASIS)),
    "情形": (ITEM_CODE, *(column.header for column in SITUATIONS)),
    "材料": (ITEM_CODE, SITUATION_CODE, *(column.header for column in MATERIALS)),
    "表单": (ITEM_CODE, *(column.header for column in FIELDS)),
}
