"""One item as a form to fill in, and back: cells as the spreadsheet has them, so both read alike. Pure.

A cell's name in the form is "table.line.column": "materials.2.3"; the line counts from 0, the column as in
`sheet_columns`. Codes of new lines are given here; nobody has to invent one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from api_spec.catalogue import Item
from backend.catalogue import sheets
from backend.catalogue.publication import unconfirmed
from backend.catalogue.sheet_columns import (
    BASIS,
    FIELDS,
    ITEM_CODE,
    ITEMS,
    MATERIALS,
    SITUATION_CODE,
    SITUATIONS,
    Column,
)
from backend.catalogue.sheets import Reading
from backend.catalogue.validator import Finding
from backend.faults import Wrong

ITEM: Final = "item"
MOST_LINES: Final = 60
_SITUATION: Final = Column("哪种情形要", "")
PARTS: Final[Mapping[str, tuple[str, str, tuple[Column, ...]]]] = {
    "situations": ("情形", "s", SITUATIONS),
    "materials": ("材料", "m", (_SITUATION, *MATERIALS)),
    "basis": ("依据", "", BASIS),
    "fields": ("表单", "q", FIELDS),
}
"""The tables below an item: what a sheet calls each, what its codes begin with, and its columns."""
GROUPS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (
        "群众看的",
        (
            "name",
            "plain_words",
            "audience",
            "conditions",
            "steps",
            "deliverable",
            "result_name",
            "aliases",
            "needs_no_material",
        ),
    ),
    (
        "期限",
        (
            "promise.days",
            "promise.unit",
            "promise.basis",
            "promise.evidence",
            "statutory.days",
            "statutory.unit",
            "statutory.basis",
            "statutory.evidence",
            "stop_grounds",
        ),
    ),
    ("收费", ("fee.amount_fen", "fee.by_partner", "fee.note", "fee.basis", "fee.evidence")),
    (
        "谁来办、在哪办",
        (
            "window",
            "kind",
            "type",
            "decision_level",
            "joint_inspection",
            "village",
            "village_mode",
            "intake_delegated",
            "in_person",
            "wet_ink",
            "confidential",
        ),
    ),
    ("编码和代办", ("national_code", "evidence", "partner", "errand")),
)
_CODES: Final = {"situations": 0, "materials": 1, "fields": 0}
"""Which column of a table holds the code of its lines."""
_COLUMN_OF: Final = {column.path: place for place, column in enumerate(ITEMS)}
_FIRST_OF: Final = {"promise": "promise.days", "statutory": "statutory.days", "fee": "fee.amount_fen"}
_LINE_OF: Final = re.compile(r"^(\S+?)\.(\d+)\.(.+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One input.

    Args:
        words: what may be chosen, as it is sent and as it is read; empty for what is typed.
        lines: whether it takes several lines; `listed`: each of them is a thing of its own.
        hidden: a code nobody has to see.
        sentences: what is wrong with it.
    """

    name: str
    label: str
    value: str
    words: tuple[tuple[str, str], ...]
    lines: bool
    listed: bool
    required: bool
    hidden: bool
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """What one place says before and after; "" for what was not there or is not there any more."""

    place: str
    before: str
    after: str


Cells = Mapping[str, str]


def cells_of(item: Item) -> dict[str, str]:
    """Every cell of an item by its name."""
    tables = sheets.write([item])
    found = {f"{ITEM}.0.{place}": text for place, text in enumerate(tables["事项"][1])}
    for part, (table, _, _) in PARTS.items():
        for line, row in enumerate(tables[table][1:]):
            found |= {f"{part}.{line}.{place}": text for place, text in enumerate(row[1:])}
    return found


def lines_in(cells: Cells, part: str) -> int:
    """How many lines of a table there are, empty ones between others counted."""
    numbers = [
        int(number)
        for name, text in cells.items()
        if text.strip() and name.startswith(f"{part}.") and (number := name.split(".")[1]).isdecimal()
    ]
    return min(max(numbers, default=-1) + 1, MOST_LINES)


def read(cells: Cells, before: Item) -> Reading:
    """The item the cells say, with the code and the schema of the one before; or everything that is wrong."""
    coded = _with_codes(cells)
    header = [ITEM_CODE, *(column.header for column in ITEMS[1:])]
    item = [before.code, *(coded.get(f"{ITEM}.0.{place}", "") for place in range(1, len(ITEMS)))]
    tables: dict[str, sheets.Table] = {"事项": [header, item]}
    for part, (table, _, columns) in PARTS.items():
        rows = [
            [coded.get(f"{part}.{line}.{place}", "") for place in range(len(columns))]
            for line in range(lines_in(coded, part))
        ]
        tables[table] = [
            [ITEM_CODE, *(_header(column) for column in columns)],
            *([before.code if any(cell.strip() for cell in row) else "", *row] for row in rows),
        ]
    reading = sheets.read(tables)
    reading.items = [_kept(each, before) for each in reading.items]
    return reading


def wrong_by_cell(wrong: Sequence[Wrong]) -> dict[str, tuple[str, ...]]:
    """Sentences of a refused reading under the names of the cells; "" for what is about the whole."""
    found: dict[str, tuple[str, ...]] = {}
    for each in wrong:
        name = _cell_name(each.field)
        sentence = each.sentence.split(":", 1)[-1] if name else each.sentence
        found[name] = (*found.get(name, ()), sentence)
    return found


def findings_by_cell(findings: Sequence[Finding], item: Item) -> dict[str, tuple[str, ...]]:
    """Sentences of the validator under the names of the cells they are about, "" for what stands in no cell."""
    material_lines = [material.code for material in item.materials] + [
        material.code for situation in item.situations for material in situation.materials
    ]
    found: dict[str, tuple[str, ...]] = {}
    for each in findings:
        head, _, rest = each.field.partition(".")
        if head == "materials" and rest in material_lines:
            name = f"materials.{material_lines.index(rest)}.2"
        elif head in PARTS:
            name = f"{head}.0.0"
        else:
            place = _COLUMN_OF.get(_FIRST_OF.get(each.field, each.field))
            name = "" if place is None else f"{ITEM}.0.{place}"
        found[name] = (*found.get(name, ()), each.sentence)
    return found


def groups(cells: Cells, said: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, list[Cell]]]:
    """The item's own inputs under their headings."""
    for title, paths in GROUPS:
        yield title, [_cell(ITEM, 0, _COLUMN_OF[path], ITEMS, (cells, said)) for path in paths]


def part_lines(
    part: str, cells: Cells, said: Mapping[str, tuple[str, ...]], *, more: int
) -> list[list[Cell]]:
    """The inputs of a table line by line, `more` empty ones at its end."""
    _, _, columns = PARTS[part]
    count = min(lines_in(cells, part) + more, MOST_LINES)
    return [
        [_cell(part, line, place, columns, (cells, said)) for place in range(len(columns))]
        for line in range(count)
    ]


def differences(before: Item | None, after: Item) -> list[Difference]:
    """What a version says otherwise than the one before, place by place."""
    old, new = _by_place(before) if before else {}, _by_place(after)
    places = [*new, *(place for place in old if place not in new)]
    return [
        Difference(place, old.get(place, ""), new.get(place, ""))
        for place in places
        if old.get(place, "") != new.get(place, "")
    ]


def _by_place(item: Item) -> dict[str, str]:
    """What is said, by words a person finds the place with."""
    tables = sheets.write([item])
    found = {column.header: text for column, text in zip(ITEMS[1:], tables["事项"][1][1:], strict=True)}
    situations = {row[1]: row[2] for row in tables["情形"][1:]}
    for row in tables["情形"][1:]:
        found[f"情形“{row[2]}”"] = "有"
    for row in tables["材料"][1:]:
        where = f"（{situations[row[1]]}）" if row[1] else ""
        found[f"材料“{row[3]}”{where}"] = _said(MATERIALS[2:], row[4:])
    for row in tables["依据"][1:]:
        found[f"依据“{row[1]}”"] = _said(BASIS[1:], row[2:]) or "有"
    for row in tables["表单"][1:]:
        found[f"申请表“{row[2]}”"] = _said(FIELDS[2:], row[3:])
    return found


def _said(columns: Sequence[Column], row: Sequence[str]) -> str:
    said = [f"{column.header}：{text}" for column, text in zip(columns, row, strict=True) if text]
    return "；".join(said).replace("\n", "、")


def _cell(
    part: str,
    line: int,
    place: int,
    columns: Sequence[Column],
    known: tuple[Cells, Mapping[str, tuple[str, ...]]],
) -> Cell:
    column, name, (cells, said) = columns[place], f"{part}.{line}.{place}", known
    return Cell(
        name=name,
        label=column.header,
        value=cells.get(name, ""),
        words=_situations(cells)
        if column is _SITUATION
        else tuple((word, word) for word in column.codec.words),
        hidden=_CODES.get(part) == place,
        lines=column.codec.lines or column.path in {"plain_words", "hint"},
        listed=column.codec.lines,
        required=column.required,
        sentences=said.get(name, ()),
    )


def _situations(cells: Cells) -> tuple[tuple[str, str], ...]:
    """The 情形 a material may belong to, by code and name."""
    lines = range(lines_in(cells, "situations"))
    named = ((cells.get(f"situations.{line}.0", ""), cells.get(f"situations.{line}.1", "")) for line in lines)
    return tuple((code, name) for code, name in named if code and name)


def _with_codes(cells: Cells) -> dict[str, str]:
    """The cells with a code for every new line."""
    found = dict(cells)
    for part, place in _CODES.items():
        _, letter, columns = PARTS[part]
        taken = {text for name, text in cells.items() if re.fullmatch(rf"{part}\.\d+\.{place}", name)}
        number = 1
        for line in range(lines_in(cells, part)):
            name = f"{part}.{line}.{place}"
            filled = any(
                cells.get(f"{part}.{line}.{other}", "").strip()
                for other in range(len(columns))
                if other != place and not columns[other].codec.words
            )
            if not filled:
                found |= {f"{part}.{line}.{other}": "" for other in range(len(columns))}
            elif not cells.get(name, "").strip():
                while f"{letter}{number}" in taken:
                    number += 1
                taken.add(f"{letter}{number}")
                found[name] = f"{letter}{number}"
    return found


def _kept(item: Item, before: Item) -> Item:
    """As a draft: what was vouched for stays vouched for while it says the same."""
    draft = unconfirmed(item)
    return msgspec.structs.replace(
        draft,
        record_schema=before.record_schema,
        promise=before.promise if item.promise == before.promise else draft.promise,
        statutory=before.statutory if item.statutory == before.statutory else draft.statutory,
        fee=before.fee if item.fee == before.fee else draft.fee,
    )


def _header(column: Column) -> str:
    return SITUATION_CODE if column is _SITUATION else column.header


def _cell_name(field: str) -> str:
    found = _LINE_OF.match(field)
    if found is None:
        return ""
    table, line, header = found[1], int(found[2]) - 2, found[3]
    if table == "事项":
        return next(
            (f"{ITEM}.0.{place}" for place, column in enumerate(ITEMS) if column.header == header), ""
        )
    for part, (name, _, columns) in PARTS.items():
        if name == table:
            return next(
                (f"{part}.{line}.{place}" for place, column in enumerate(columns) if column.header == header),
                "",
            )
    return ""
