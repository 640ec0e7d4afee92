"""Files an editor of the catalogue might hand in, by mistake or not: refused quickly, nothing written, nobody waits."""

import io
import time
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook

from tests.contract.running import Running

pytestmark = pytest.mark.usefixtures("nothing_is_written")

NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
QUICKLY_S = 5


def sheet(inside: str, *, before: str = "") -> str:
    return f"{before}<worksheet {NAMESPACE}>{inside}</worksheet>"


def workbook(first_sheet: str) -> bytes:
    """A workbook whose first sheet is this XML."""
    plain, bent = io.BytesIO(), io.BytesIO()
    book = Workbook(write_only=True)
    book.create_sheet().append(["x"])
    book.save(plain)
    with zipfile.ZipFile(plain) as parts, zipfile.ZipFile(bent, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in parts.namelist():
            copy.writestr(name, first_sheet if name.endswith("sheet1.xml") else parts.read(name))
    return bent.getvalue()


def one_row(number: int) -> str:
    return f'<sheetData><row r="{number}"><c r="A{number}"><v>1</v></c></row></sheetData>'


LAUGHS = "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
CELL = '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&{};</t></is></c></row></sheetData>'

FILES: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "one quote": lambda: b'"',
    "nul": lambda: b"items,\0\n",
    "no encoding": lambda: b"\x81\xff\xfe\xff,\xff",
    "a million commas": lambda: b"," * 1_000_000,
    "a million lines": lambda: b"items,x\n" * 1_000_000,
    "zip of nothing": lambda: b"PK\x05\x06" + bytes(18),
    "broken zip": lambda: workbook("x")[:-40],
    "a sheet that is no XML": lambda: workbook("x"),
    "a row at the end of the sheet": lambda: workbook(
        sheet('<dimension ref="A1:XFD1048576"/>' + one_row(1_048_576))
    ),
    "a row beyond every sheet": lambda: workbook(sheet(one_row(99_999_999_999))),
    "unpacks to 70 MB": lambda: workbook(sheet("<sheetData/>" + " " * 70_000_000)),
    "a billion laughs": lambda: workbook(
        sheet(CELL.format("j"), before=f'<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">{LAUGHS}]>')
    ),
    "a file of the machine": lambda: workbook(
        sheet(CELL.format("x"), before='<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>')
    ),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_no_catalogue_is_refused_quickly(running: Running, kind: str) -> None:
    async def tried() -> tuple[int, str]:
        director = await running.caller("director")
        answer = await director.call(
            "POST",
            "/v1/staff/items/import",
            data=io.BytesIO(FILES[kind]()),
            headers={"Content-Type": "application/octet-stream"},
        )
        return answer.status, answer.code

    started = time.process_time()
    assert running.ask(tried()) in {(422, "import_invalid"), (413, "body_too_large")}
    assert time.process_time() - started < QUICKLY_S
