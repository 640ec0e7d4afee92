"""Tables as files: one xlsx workbook, or one CSV whose first column names the table. Knows cells, not items.

A cell that a spreadsheet would run as a formula is written with an apostrophe in front, read back without it.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from backend.catalogue.sheets import Table

MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 60
MAX_EMPTY_ROWS: Final = 1_000
"""After as many a sheet is over: formatting often reaches down to row 1,048,576, a broken file claims any number."""

MAX_UNPACKED_BYTES: Final = 64 * 1024 * 1024
_FORMULA: Final = ("=", "+", "-", "@", "\t", "'")
_ENCODINGS: Final = ("utf-8-sig", "gb18030")
"""What Excel in China saves CSV as: UTF-8 with a mark, or GB18030."""


class UnreadableFile(ValueError):
    """Not such a file, or larger than allowed; the message says what to do, in Chinese."""


def to_csv(tables: Mapping[str, Table]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for name, rows in tables.items():
        writer.writerows([name, *map(_inert, row)] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def by_table(rows: Iterable[Sequence[str]]) -> dict[str, list[list[str]]]:
    """Rows sorted into tables by their first cell."""
    tables: dict[str, list[list[str]]] = {}
    for name, *cells in rows:
        tables.setdefault(name.strip(), []).append([_active(cell) for cell in cells])
    return tables


def csv_rows(content: bytes) -> list[list[str]]:
    """The rows of a CSV file in whichever encoding Excel gave it, without empty ones.

    Raises:
        UnreadableFile: neither encoding, a broken quote, or too many rows.
    """
    text = _decoded(content)
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if any(row)]
    except csv.Error as fault:
        raise UnreadableFile("这个 CSV 文件的引号或分隔符坏了，请重新从表格软件导出。") from fault
    if len(rows) > MAX_ROWS:
        raise UnreadableFile(f"一个文件最多 {MAX_ROWS} 行，请分成几个文件。")
    return rows


def to_xlsx(tables: Mapping[str, Iterable[Sequence[str | float]]]) -> bytes:
    """One sheet a table; numbers stay numbers."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([_inert(cell) if isinstance(cell, str) else cell for cell in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def from_xlsx(content: bytes) -> dict[str, list[list[str]]]:
    """Raises UnreadableFile."""
    from openpyxl import load_workbook

    _refuse_bomb(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return {
            sheet.title: _sheet_rows(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS))
            for sheet in book.worksheets
        }
    except UnreadableFile:
        raise
    except Exception as fault:
        raise UnreadableFile("这不是能读的 xlsx 文件，请用表格软件另存为 xlsx 后再试。") from fault


def _sheet_rows(rows: Iterable[Sequence[object]]) -> list[list[str]]:
    read: list[list[str]] = []
    empty = 0
    for row in rows:
        if len(read) >= MAX_ROWS:
            raise UnreadableFile(f"一张表最多 {MAX_ROWS} 行，请分成几个文件。")
        cells = [_cell(value) for value in row]
        if any(cells):
            read.append(cells)
            empty = 0
        elif (empty := empty + 1) > MAX_EMPTY_ROWS:
            break
    return read


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _active(str(value))


def _decoded(content: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile("这个文件的编码认不出来，请另存为“CSV UTF-8”后再试。")


def _refuse_bomb(content: bytes) -> None:
    """A workbook is a zip file: a small one can unpack to gigabytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
    except zipfile.BadZipFile as fault:
        raise UnreadableFile("这不是 xlsx 文件，请用表格软件另存为 xlsx 后再试。") from fault
    if unpacked > MAX_UNPACKED_BYTES:
        raise UnreadableFile("这个表格太大了，请分成几个文件。")


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _active(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
