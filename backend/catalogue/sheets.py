"""Items as tables an office can edit, and back: what a row means. Pure; files are `sheet_files`' business.

Five tables, because an item has several papers, laws, situations and questions. Every cell is text; words of
the vocabulary stand in Chinese. What is written reads back as the same items.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import msgspec

from api_spec.catalogue import Item
from api_spec.problems import BadInput
from api_spec.text import refuse_bad_characters
from backend.catalogue.loader import settled
from backend.catalogue.sheet_columns import (
    BASIS,
    FIELDS,
    ITEM_CODE,
    ITEMS,
    MATERIALS,
    SITUATION_CODE,
    SITUATIONS,
    TABLES,
    Column,
)
from backend.faults import Wrong

Table = Sequence[Sequence[str]]
"""Rows of text; the first one is the header."""

MAX_CELL: Final = 4000
HEADER_FAULT: Final = "header"
"""Code of a fault in a header; with one, the rows below are not worth judging."""


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
        reading.wrong.append(Wrong("事项", "table", "文件里没有“事项”表，请从系统导出的表上修改。"))
        return reading
    for name in sorted(tables.keys() - TABLES.keys()):
        reading.wrong.append(
            Wrong(name[:20], "table", f"不认识“{name[:20]}”这张表，请从系统导出的表上修改。")
        )
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
        reading.refuse(table, 1, missing[0], f"缺少这些列：{'、'.join(missing)}", code=HEADER_FAULT)
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
            reading.wrong.append(Wrong(code, "item", f"事项 {code} 前后矛盾：{fault}。"))
        else:
            reading.items.append(settled(item))
