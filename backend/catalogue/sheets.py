"""Items as tables an office can edit, and back: what a row means. Pure; files are `sheet_files`' business.

Five tables, because an item has several papers, laws, situations and questions. Every cell is text; words of
the vocabulary stand in Chinese. What is written reads back as the same items.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import msgspec

from api_spec.catalogue import Item
from api_spec.forms import FieldKind
from api_spec.problems import BadInput
from api_spec.text import refuse_bad_characters
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
from backend.catalogue.loader import settled
from backend.faults import Wrong

Table = Sequence[Sequence[str]]
"""Rows of text; the first one is the header."""

MAX_CELL: Final = 4000
HEADER_FAULT: Final = "header"
"""Code of a fault in a header; with one, the rows below are not worth judging."""

ITEM_CODE: Final = "事项编码"
SITUATION_CODE: Final = "情形编码"


class Codec(NamedTuple):
    """How one kind of value is written in a cell; `read` raises ValueError with a sentence."""

    write: Callable[[Any], str]
    read: Callable[[str], Any]


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
        raise ValueError("选项请一行一个,写成 编码=名称")
    return [{"code": code, "label": label} for code, _, label in pairs]


def term(values: type[Term]) -> Codec:
    """A vocabulary value by its Chinese word."""
    by_word = {value.zh: value.value for value in values}

    def read(cell: str) -> Any:
        if cell not in by_word:
            raise ValueError(f"没有“{cell[:20]}”,可填:{'、'.join(by_word)}")
        return by_word[cell]

    return Codec(lambda value: str(value.zh), read)


TEXT = Codec(str, _text)
NUMBER = Codec(str, _number)
YES_NO = Codec(lambda value: "是" if value else "否", _yes)
LINES = Codec("\n".join, _lines)
CHOICES = Codec(lambda value: "\n".join(f"{each.code}={each.label}" for each in value), _choices)


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
    Column("收费金额(分)", "fee.amount_fen", NUMBER),
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


def write(items: Iterable[Item]) -> dict[str, list[list[str]]]:
    """The five tables of these items, by name."""
    tables = {name: [list(header)] for name, header in TABLES.items()}
    for item in items:
        tables["事项"].append(_cells(item, ITEMS))
        tables["依据"] += [[item.code, *_cells(each, BASIS)] for each in item.basis]
        tables["情形"] += [[item.code, *_cells(each, SITUATIONS)] for each in item.situations]
        tables["材料"] += [[item.code, "", *_cells(each, MATERIALS)] for each in item.materials]
        tables["材料"] += [
            [item.code, situation.code, *_cells(each, MATERIALS)]
            for situation in item.situations
            for each in situation.materials
        ]
        tables["表单"] += [[item.code, *_cells(each, FIELDS)] for each in item.form.fields]
    return tables


def _cells(value: Any, columns: Sequence[Column]) -> list[str]:
    return [_cell(value, column) for column in columns]


def _cell(value: Any, column: Column) -> str:
    for name in column.path.split("."):
        value = None if value is None else getattr(value, name)
    return "" if value is None else column.codec.write(value)


@dataclass(slots=True)
class Reading:
    """What tables say. `items` may be used only if `wrong` is empty."""

    items: list[Item] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)

    def refuse(self, table: str, line: int, header: str, sentence: str, *, code: str = "cell") -> None:
        self.wrong.append(
            Wrong(f"{table}.{line}.{header}", code, f"{table}第 {line} 行{header}:{sentence}。")
        )


class _Line(NamedTuple):
    """A row with its cells by header; those in `refused` were told already."""

    number: int
    cells: Mapping[str, str]
    refused: frozenset[str]


def read(tables: Mapping[str, Table]) -> Reading:
    """Items from tables as `write` makes them; every faulty cell at once, by table, line and column."""
    reading = Reading()
    if "事项" not in tables:
        reading.wrong.append(Wrong("事项", "table", "文件里没有“事项”表,请从系统导出的表上修改。"))
        return reading
    for name in sorted(tables.keys() - TABLES.keys()):
        reading.wrong.append(Wrong(name[:20], "table", f"不认识“{name[:20]}”这张表,请从系统导出的表上修改。"))
    lines = {name: list(_named(name, tables.get(name, ()), reading)) for name in TABLES}
    if any(each.code == HEADER_FAULT for each in reading.wrong):
        return reading
    raw: dict[str, dict[str, Any]] = {}
    for line in lines["事项"]:
        item = _values("事项", line, ITEMS, reading)
        item |= {"basis": [], "materials": [], "situations": [], "form": {"fields": []}}
        code = line.cells[ITEM_CODE]
        if code in raw:
            reading.refuse("事项", line.number, ITEM_CODE, f"“{code[:40]}”重复了")
        raw[code] = item
    for name, columns in (("依据", BASIS), ("情形", SITUATIONS), ("表单", FIELDS)):
        for line, item in _of_items(name, lines[name], raw, reading):
            parts = {"依据": item["basis"], "情形": item["situations"], "表单": item["form"]["fields"]}
            parts[name].append(_values(name, line, columns, reading))
    for line, item in _of_items("材料", lines["材料"], raw, reading):
        _place_material(line, item, reading)
    if not reading.wrong:
        _convert(raw, reading)
    return reading


def _named(table: str, rows: Table, reading: Reading) -> Iterator[_Line]:
    """The rows of a table with their cells by header; the header's own faults are told once."""
    if not rows:
        return
    header = [cell.strip() for cell in rows[0]]
    known = TABLES[table]
    for name in header:
        if name and name not in known:
            reading.refuse(table, 1, name[:20], "没有这一列", code=HEADER_FAULT)
    missing = [name for name in known if name not in header]
    if missing:
        reading.refuse(table, 1, missing[0], f"缺少这些列:{'、'.join(missing)}", code=HEADER_FAULT)
        return
    for number, row in enumerate(rows[1:], start=2):
        cells = dict.fromkeys(known, "") | dict(zip(header, (c.strip() for c in row), strict=False))
        if any(cells.values()):
            bad = {name: sentence for name, cell in cells.items() if (sentence := _unfit(cell))}
            for name, sentence in bad.items():
                reading.refuse(table, number, name, sentence)
            yield _Line(number, cells, frozenset(bad))


def _unfit(cell: str) -> str:
    """What is wrong with any text as such, "" if nothing is."""
    try:
        refuse_bad_characters(cell, lines=True)
    except BadInput as bad:
        return bad.sentence.rstrip("。")
    return f"最多 {MAX_CELL} 个字" if len(cell) > MAX_CELL else ""


def _of_items(
    table: str, lines: Iterable[_Line], raw: Mapping[str, dict[str, Any]], reading: Reading
) -> Iterator[tuple[_Line, dict[str, Any]]]:
    for line in lines:
        item = raw.get(line.cells[ITEM_CODE])
        if item is None:
            reading.refuse(table, line.number, ITEM_CODE, "“事项”表里没有这个编码")
        else:
            yield line, item


def _place_material(line: _Line, item: dict[str, Any], reading: Reading) -> None:
    material = _values("材料", line, MATERIALS, reading)
    code = line.cells[SITUATION_CODE]
    if not code:
        item["materials"].append(material)
        return
    for situation in item["situations"]:
        if situation.get("code") == code:
            situation.setdefault("materials", []).append(material)
            return
    reading.refuse("材料", line.number, SITUATION_CODE, "这个事项没有这种情形")


def _values(table: str, line: _Line, columns: Sequence[Column], reading: Reading) -> dict[str, Any]:
    """Nested values of one row; an empty cell leaves the value at its default."""
    values: dict[str, Any] = {}
    for column in columns:
        cell = line.cells[column.header]
        if column.header in line.refused:
            continue
        if not cell:
            if column.required:
                reading.refuse(table, line.number, column.header, "不能为空")
            continue
        try:
            value = column.codec.read(cell)
        except ValueError as fault:
            reading.refuse(table, line.number, column.header, str(fault))
            continue
        *outer, last = column.path.split(".")
        into = values
        for name in outer:
            into = into.setdefault(name, {})
        into[last] = value
    return values


def _convert(raw: Mapping[str, Mapping[str, Any]], reading: Reading) -> None:
    for code, values in raw.items():
        try:
            item = msgspec.convert({**values, "id": "", "version": 0}, Item)
        except (msgspec.ValidationError, ValueError) as fault:
            reading.wrong.append(Wrong(code, "item", f"事项 {code} 前后矛盾:{fault}。"))
        else:
            reading.items.append(settled(item))
