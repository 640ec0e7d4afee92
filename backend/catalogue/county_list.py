"""Reads a county's published list of items and says what is wrong with each code. Pure.

A list is taken in as printed: a dirty code is kept and marked, because the county's other systems know the
item by it. Only rows without a name, a code or a known type are refused, and then nothing of the file is taken.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from api_spec.credit_code import parse as parse_credit_code
from api_spec.problems import BadInput, Problem
from api_spec.vocabulary import ItemType, Term
from backend.catalogue.sheets import Table
from backend.faults import Wrong

HEADER: Final = ("department", "item_name", "area_code12", "item_code", "task_type")
MAX_NAME: Final = 200
MAX_CODE: Final = 80

_BASIC: Final = re.compile(r"\d{3}[A-Z]?\d{8,11}")
_AREA: Final = re.compile(r"\d{12}")
_OLD_BODY: Final = re.compile(r"\d{8}-?[0-9X]")
_PARTS: Final = 6


class Dirt(Term):
    """What is wrong with a code: it cannot be brought into the national form without being cleaned."""

    PARTS_MISSING = "parts_missing", "编码缺少组成部分"
    EXTRA_DASH = "extra_dash", "编码中多了连接号"
    BASIC_CODE = "basic_code", "基本编码不是国家规定的样式"
    AREA_DIFFERS = "area_differs", "编码里的区划与所属区划不一致"
    BODY_LENGTH = "body_length", "主体代码不是 18 位"
    OLD_BODY = "old_body", "主体代码是旧的组织机构代码"
    BODY_LOWER_CASE = "body_lower_case", "主体代码里有小写字母"
    BODY_CHARACTER = "body_character", "主体代码里有不允许的字符"
    BODY_CHECK = "body_check", "主体代码校验不通过"
    PLACEHOLDER = "placeholder", "编码是占位的数字"
    REPEATED_CODE = "repeated_code", "编码重复"
    REPEATED_NAME = "repeated_name", "同一部门的事项名称重复"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the list. `line` counts from 1 with the header, as a spreadsheet shows it."""

    line: int
    department: str
    name: str
    area_code: str
    code: str
    type: ItemType
    warnings: tuple[Dirt, ...] = ()


@dataclass(frozen=True, slots=True)
class ListReading:
    """`entries` may be used only if `wrong` is empty."""

    entries: tuple[Entry, ...]
    wrong: tuple[Wrong, ...]


def is_county_list(rows: Table) -> bool:
    return bool(rows) and tuple(cell.strip() for cell in rows[0]) == HEADER


def read(rows: Table) -> ListReading:
    """Every line of a list, with its warnings, or every line that cannot be taken.

    Args:
        rows: header first, as in `HEADER`.
    """
    entries: list[Entry] = []
    wrong: list[Wrong] = []
    for line, row in enumerate(rows[1:], start=2):
        faults = _faults(line, row)
        wrong += faults
        if not faults:
            department, name, area, code, kind = (cell.strip() for cell in row)
            entries.append(
                Entry(
                    line=line,
                    department=department,
                    name=name,
                    area_code=area,
                    code=code,
                    type=type_of(kind),
                    warnings=judge(code, area),
                )
            )
    return ListReading(_with_repeats(entries), tuple(wrong))


def type_of(code: str) -> ItemType:
    """事项类型 of GB/T 39046 from its number with or without the leading zero.

    Raises:
        ValueError: no such type.
    """
    return ItemType(code.zfill(2))


def judge(code: str, area: str) -> tuple[Dirt, ...]:
    """What is wrong with one 实施编码 of the form basic-area-branch-body-1-00.

    Args:
        area: the twelve-digit division the line says it belongs to.
    """
    parts = code.split("-")
    areas = [place for place, part in enumerate(parts) if _AREA.fullmatch(part)]
    if len(parts) < _PARTS or not areas:
        placeholder = (Dirt.PLACEHOLDER,) if _is_placeholder(parts[-1]) else ()
        return (Dirt.PARTS_MISSING, *placeholder)
    found: list[Dirt] = [Dirt.EXTRA_DASH] if len(parts) > _PARTS else []
    at = areas[-1]  # a basic code of twelve digits looks like one too
    if not _BASIC.fullmatch("-".join(parts[:at])):
        found.append(Dirt.BASIC_CODE)
    if parts[at] != area:
        found.append(Dirt.AREA_DIFFERS)
    found += _body_dirt("-".join(parts[at + 2 : -2]))
    return tuple(found)


def _body_dirt(body: str) -> list[Dirt]:
    """The deciding body: 统一社会信用代码 (GB 32100), or an organisation code of nine from before 2015."""
    if _OLD_BODY.fullmatch(body):
        return [Dirt.OLD_BODY]
    if _is_placeholder(body):
        return [Dirt.PLACEHOLDER]
    found = [Dirt.BODY_LOWER_CASE] if body != body.upper() else []
    try:
        parse_credit_code(body)
    except BadInput as bad:
        found.append(_BODY_DIRT[bad.problem])
    return found


_BODY_DIRT: Final = {
    Problem.CREDIT_LENGTH: Dirt.BODY_LENGTH,
    Problem.CREDIT_CHARACTER: Dirt.BODY_CHARACTER,
    Problem.CREDIT_CHECK: Dirt.BODY_CHECK,
}


def _is_placeholder(text: str) -> bool:
    return len(text) >= 8 and len(set(text)) == 1


def _with_repeats(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    codes = Counter(entry.code for entry in entries)
    names = Counter((entry.department, entry.name) for entry in entries)
    return tuple(
        replace(
            entry,
            warnings=entry.warnings
            + ((Dirt.REPEATED_CODE,) if codes[entry.code] > 1 else ())
            + ((Dirt.REPEATED_NAME,) if names[entry.department, entry.name] > 1 else ()),
        )
        for entry in entries
    )


def _faults(line: int, row: Sequence[str]) -> list[Wrong]:
    if len(row) != len(HEADER):
        return [_fault(line, "row", f"应有 {len(HEADER)} 列，这一行有 {len(row)} 列")]
    _, name, _, code, kind = (cell.strip() for cell in row)
    faults = []
    if not 1 <= len(name) <= MAX_NAME:
        faults.append(_fault(line, "item_name", f"事项名称应有 1 到 {MAX_NAME} 个字"))
    if not 1 <= len(code) <= MAX_CODE:
        faults.append(_fault(line, "item_code", f"编码应有 1 到 {MAX_CODE} 个字符"))
    try:
        type_of(kind)
    except ValueError:
        faults.append(_fault(line, "task_type", "事项类型不在国家标准的编码里"))
    return faults


def _fault(line: int, field: str, sentence: str) -> Wrong:
    return Wrong(f"{line}.{field}", "list_row", f"第 {line} 行：{sentence}。")
