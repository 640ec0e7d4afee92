"""A slip can be read by people, by telephones in bad light, and by the printer it is meant for."""

import io
import random
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageFilter

from api_spec import receipt_qr
from api_spec.paper import qr, thermal
from api_spec.paper.slip import Paper, PaperLine, Slip, page, stylesheet
from tests.protocol.samples import CODE, NODE_KEY

LINK = f"https://zw.leiyang.example.cn/c/{CODE}"
PROOF = receipt_qr.write(
    receipt_qr.Receipt(code=CODE, item="SD-049", record_head=bytes(8), node_at_s=1_775_800_000, serial=12),
    NODE_KEY,
)
SLIP = Slip(
    title="收件回执",
    statement="本回执证明材料已收到；是否受理，以三都镇政务服务中心的通知为准。",
    centre="耒阳市三都政务服务中心",
    place="南庄村便民服务中心",
    item="水：立户/报装",
    applicant="伍某某",
    number="SD-260410-0174826-K",
    code=CODE,
    link=LINK,
    taken_at="2026-04-10 09:30",
    by_node_clock=True,
    clerk="李某",
    materials=(PaperLine(name="户主身份证", status="已收 1 份"), PaperLine(name="房产证", status="待补")),
    money=("代收水费 50.50 元",),
    next_step="镇里收到后会电话通知您。",
    phone="0734-4331234",
    complaint_phone="0734-4335678",
    proof=PROOF,
)


def decoded(picture: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def photographed(png: bytes, seed: int) -> Image.Image:
    """The print as a cheap telephone sees it: rough grey paper, turned, out of focus, a noisy sensor."""
    rng = random.Random(seed)
    with Image.open(io.BytesIO(png)) as plain:
        print_ = plain.convert("L")
    print_ = print_.rotate(
        rng.uniform(-12, 12), expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC
    )
    rough = grainy(print_.point([60 + value * 110 // 255 for value in range(256)]), 80, rng)
    return grainy(rough.filter(ImageFilter.GaussianBlur(1.6)), 12, rng)


def grainy(picture: Image.Image, strength: int, rng: random.Random) -> Image.Image:
    grain = Image.frombytes("L", picture.size, rng.randbytes(picture.width * picture.height))
    return ImageChops.add(picture, grain.point([value * strength // 255 for value in range(256)]))


def printed_symbol() -> bytes:
    """The slip's code as the 203 dpi printer draws it: 30 mm or a little more."""
    symbol = qr.matrix(LINK)
    dots = thermal.dots_per_module(symbol)
    assert dots >= 5
    assert 240 <= dots * symbol.size <= 300
    return qr.png(symbol, dots=dots)


@pytest.mark.parametrize("seed", range(4))
def test_a_blurred_turned_and_grainy_print_still_opens_the_page(seed: int) -> None:
    assert decoded(photographed(printed_symbol(), seed)) == [LINK]


@pytest.mark.zbar
@pytest.mark.skipif(
    not shutil.which("zbarimg"), reason="zbarimg is not installed (apt-get install zbar-tools)"
)
@pytest.mark.parametrize("seed", range(4))
def test_another_decoder_reads_the_same_print(seed: int, tmp_path: Path) -> None:
    picture = tmp_path / "print.png"
    photographed(printed_symbol(), seed).save(picture)
    out = subprocess.run(["zbarimg", "-q", "--raw", str(picture)], capture_output=True, check=True, text=True)
    assert out.stdout.strip() == LINK


def test_a_quarter_of_a_printed_code_may_be_lost() -> None:
    with Image.open(io.BytesIO(printed_symbol())) as plain:
        stained = plain.convert("L")
    stained.paste(
        255, (stained.width * 5 // 9, stained.height // 3, stained.width * 7 // 9, stained.height // 2)
    )
    assert decoded(stained) == [LINK]


def test_the_svg_draws_exactly_the_modules_and_asks_for_no_style() -> None:
    symbol = qr.matrix("三都", qr.Level.SCREEN)
    drawing = qr.svg(symbol, label='查看"进度"<1>', symbol_mm=30)
    picture = [[False] * symbol.size for _ in range(symbol.size)]
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1", drawing):
        for column in range(int(x), int(x) + int(length)):
            picture[int(y) - qr.QUIET][column - qr.QUIET] = True
    assert tuple(map(tuple, picture)) == symbol.rows
    assert "style" not in drawing
    assert 'aria-label="查看&quot;进度&quot;&lt;1>"' in drawing
    width = re.search(r'width="([\d.]+)mm"', drawing)
    assert width is not None
    assert float(width[1]) * symbol.size / (symbol.size + 2 * qr.QUIET) == pytest.approx(30, abs=0.01)


def test_the_terminal_code_has_every_module_and_its_quiet_zone() -> None:
    symbol = qr.matrix("http://127.0.0.1:8080", qr.Level.SCREEN)
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in qr.terminal(symbol).split("\n")]
    rows: list[list[bool]] = []
    for line in lines:
        rows += [[char in "▀█" for char in line], [char in "▄█" for char in line]]
    side = symbol.size
    assert [row[2 : 2 + side] for row in rows[2 : 2 + side]] == [list(row) for row in symbol.rows]
    assert not any(any(row) for row in rows[:2])


def test_a_text_no_symbol_can_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        qr.matrix("长" * 3000)


@pytest.mark.parametrize("paper", list(Paper))
def test_the_page_says_everything_and_carries_no_inline_style_or_script(paper: Paper) -> None:
    html = page(SLIP, paper=paper, stylesheet="/static/slip.css", script="/static/app.js")
    for words in (
        "收件回执",
        "水：立户/报装",
        SLIP.number,
        SLIP.code_display,
        "2026-04-10 09:30（村里电脑时间）",
        "待补",
        "50.50 元",
    ):
        assert words in html
    assert f"slip-{paper}" in html
    assert " style=" not in html
    assert "<style" not in html
    assert re.findall(r"<script[^>]*>", html) == ['<script src="/static/app.js" defer>']
    assert html.count("<svg") == 2


def test_what_was_typed_cannot_become_markup() -> None:
    html = page(replace(SLIP, applicant="<script>alert(1)</script>"), paper=Paper.A5, stylesheet="/s.css")
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_the_stylesheet_knows_both_papers() -> None:
    css = stylesheet()
    assert "size: 80mm" in css
    assert "size: A5" in css


def test_the_receipt_printer_gets_chinese_and_a_code_that_scans(capsys: pytest.CaptureFixture[str]) -> None:
    data = thermal.receipt(SLIP)
    assert capsys.readouterr().out == ""
    for words in (SLIP.item, SLIP.centre, SLIP.number, SLIP.code_display, "户主身份证", "代收水费"):
        assert words.encode("gb18030") in data
    assert data.startswith(b"\x1b@")
    assert b"\x1dV" in data[-8:]  # cut
    pictures = rasters(data)
    assert [decoded(picture) for picture in pictures] == [[LINK], [PROOF]]
    assert all(240 <= picture.width <= thermal.WIDTH_DOTS for picture in pictures)


def rasters(data: bytes) -> list[Image.Image]:
    """The pictures in the byte stream (GS v 0), as the printer would draw them on white paper."""
    pictures = []
    for found in re.finditer(rb"\x1dv0\x00(..)(..)", data, re.DOTALL):
        width, height = 8 * int.from_bytes(found[1], "little"), int.from_bytes(found[2], "little")
        bits = data[found.end() : found.end() + width // 8 * height]
        drawn = ImageChops.invert(Image.frombytes("1", (width, height), bits).convert("L"))
        paper = Image.new("L", (width + 80, height + 80), 255)
        paper.paste(drawn, (40, 40))
        pictures.append(paper)
    return pictures


def test_no_line_is_wider_than_the_paper() -> None:
    lines = thermal.wrapped("三都镇" * 20 + "abc" * 20)
    assert "".join(lines) == "三都镇" * 20 + "abc" * 20
    assert all(sum(2 if ord(char) > 127 else 1 for char in line) <= thermal.COLUMNS for line in lines)
    assert thermal.wrapped("") == [""]


def test_a_reprint_says_so_and_an_empty_list_takes_no_room() -> None:
    again = replace(SLIP, reprint=2, materials=(), money=(), proof="")
    assert "第 2 次补打" in page(again, paper=Paper.ROLL, stylesheet="/s.css")
    data = thermal.receipt(again)
    assert "第 2 次补打".encode("gb18030") in data
    assert "代收款项".encode("gb18030") not in data
    assert len(rasters(data)) == 1


def test_a_program_that_prints_nothing_loads_no_drawing_library() -> None:
    heavy = "import sys; from api_spec.paper import qr, slip, thermal; print({'PIL', 'escpos', 'qrcode'} & {*sys.modules})"
    out = subprocess.run([sys.executable, "-c", heavy], capture_output=True, check=True, text=True)
    assert out.stdout.strip() == "set()"
