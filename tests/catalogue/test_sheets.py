"""Items as CSV and xlsx: what is written reads back the same, and a wrong cell is told by its place."""

import io
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook

from api_spec.catalogue import Item
from backend.catalogue import sheet_files, sheets
from backend.catalogue.imports import read_file, write_file
from backend.catalogue.sheet_files import UnreadableFile
from backend.catalogue.values import FileFormat
from tests.catalogue.examples import by_code, ours, sound_item


def drafts() -> list[Item]:
    """The sixty items as a file can say them: without ids and pinyin."""
    from backend.catalogue import loader

    return list(loader.items())


@pytest.mark.parametrize("file_format", list(FileFormat))
def test_what_is_exported_imports_as_the_same_items(file_format: FileFormat) -> None:
    reading = read_file(write_file(drafts(), file_format))
    assert isinstance(reading, sheets.Reading)
    assert reading.wrong == []
    assert reading.items == drafts()


def test_ids_versions_and_pinyin_stay_at_home() -> None:
    reading = sheets.read(sheets.write([by_code("SD-001")]))
    assert (reading.items[0].id, reading.items[0].version, reading.items[0].pinyin) == ("", 0, ())
    assert ours()[0].pinyin


def test_a_csv_that_excel_in_china_saved_reads_too() -> None:
    content = write_file([sound_item()], FileFormat.CSV).decode("utf-8-sig").encode("gb18030")
    reading = read_file(content)
    assert isinstance(reading, sheets.Reading)
    assert [item.name for item in reading.items] == ["砍树"]


def test_a_number_a_spreadsheet_made_of_a_cell_reads_as_that_number() -> None:
    tables = sheets.write([sound_item()])
    book = Workbook()
    book.remove(book.worksheets[0])
    days = tables["事项"][0].index("承诺期限")
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([5.0 if row is not rows[0] and n == days else cell for n, cell in enumerate(row)])
    content = io.BytesIO()
    book.save(content)
    reading = read_file(content.getvalue())
    assert isinstance(reading, sheets.Reading)
    assert reading.items[0].promise.days == 5


@pytest.mark.parametrize("text", ["=1+1", "+86", "-5", "@x", "'quoted", "'=x"])
@pytest.mark.parametrize("file_format", list(FileFormat))
def test_a_text_that_looks_like_a_formula_stays_text(text: str, file_format: FileFormat) -> None:
    content = write_file([sound_item(plain_words=text)], file_format)
    reading = read_file(content)
    assert isinstance(reading, sheets.Reading)
    assert reading.items[0].plain_words == text
    if file_format is FileFormat.CSV:
        assert f"'{text}" in content.decode("utf-8-sig")


Change = Callable[[dict[str, list[list[str]]]], None]


def cell(table: str, header: str, value: str) -> Change:
    def change(tables: dict[str, list[list[str]]]) -> None:
        tables[table][1][tables[table][0].index(header)] = value

    return change


def drop_column(tables: dict[str, list[list[str]]]) -> None:
    for row in tables["事项"]:
        row.pop(1)


def add_table(tables: dict[str, list[list[str]]]) -> None:
    tables["工资表"] = [["姓名"]]


def add_column(tables: dict[str, list[list[str]]]) -> None:
    tables["事项"][0].append("备注")


def repeat_row(tables: dict[str, list[list[str]]]) -> None:
    tables["事项"].append(list(tables["事项"][1]))


def no_items(tables: dict[str, list[list[str]]]) -> None:
    del tables["事项"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (cell("事项", "窗口", "包子铺"), "事项.2.窗口"),
        (cell("事项", "承诺期限", "五天"), "事项.2.承诺期限"),
        (cell("事项", "名称", ""), "事项.2.名称"),
        (cell("事项", "名称", "a\x00b"), "事项.2.名称"),
        (cell("事项", "大白话说明", "长" * 5000), "事项.2.大白话说明"),
        (cell("事项", "须本人到场", "对"), "事项.2.须本人到场"),
        (cell("材料", "事项编码", "SD-999"), "材料.2.事项编码"),
        (cell("材料", "情形编码", "nowhere"), "材料.2.情形编码"),
        (cell("表单", "选项", "没有等号"), "表单.2.选项"),
        (cell("表单", "字段编码", "大写X"), "SD-012"),
        (drop_column, "事项.1.名称"),
        (add_column, "事项.1.备注"),
        (add_table, "工资表"),
        (repeat_row, "事项.3.事项编码"),
        (no_items, "事项"),
    ],
)
def test_a_wrong_cell_is_told_by_table_line_and_column(change: Change, place: str) -> None:
    tables = sheets.write([by_code("SD-012")])
    change(tables)
    wrong = sheets.read(tables).wrong
    assert [each.field for each in wrong] == [place]
    assert wrong[0].sentence.endswith("。")


def test_every_wrong_cell_is_told_at_once() -> None:
    tables = sheets.write([by_code("SD-012")])
    cell("事项", "窗口", "包子铺")(tables)
    cell("依据", "证据", "听说")(tables)
    cell("材料", "份数", "两份")(tables)
    assert {each.field for each in sheets.read(tables).wrong} == {"事项.2.窗口", "依据.2.证据", "材料.2.份数"}


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"PK\x03\x04 broken", b'"open quote', b"PK"])
def test_a_file_that_cannot_be_read_says_what_to_do(content: bytes) -> None:
    with pytest.raises(UnreadableFile, match=r"请"):
        read_file(content)


def test_a_workbook_that_unpacks_to_gigabytes_is_refused_unopened() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * (sheet_files.MAX_UNPACKED_BYTES + 1))
    with pytest.raises(UnreadableFile, match="太大"):
        read_file(content.getvalue())


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(UnreadableFile, match="最多"):
        read_file(b"a,b\n" * (sheet_files.MAX_ROWS + 1))
