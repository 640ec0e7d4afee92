"""The slip and the queue ticket as ESC/POS bytes for an 80 mm receipt printer (203 dpi, 576 dots, 48 columns), Chinese as GB18030.

It makes bytes; sending them to a printer is the caller's business. The QR code goes as a raster picture, because
printers differ in what their own QR command makes of size and level.
"""

import io
import math
import unicodedata
from typing import TYPE_CHECKING, Final

from api_spec.paper import qr
from api_spec.paper.slip import SYMBOL_MM, Slip
from api_spec.paper.ticket import TicketPaper

if TYPE_CHECKING:
    from escpos.printer import Dummy

COLUMNS: Final = 48
WIDTH_DOTS: Final = 576
DOTS_PER_MM: Final = 8
LEAST_DOTS: Final = 5
_CHINESE_ON: Final = b"\x1c&"  # FS &: two-byte characters
_PROFILE: Final = "TM-T20II"  # any 576-dot model; without a width the library prints a warning on stdout
_RULE: Final = "-" * COLUMNS


def receipt(slip: Slip) -> bytes:
    """The bytes of one slip, cut at the end."""
    from escpos.printer import Dummy

    printer = Dummy(profile=_PROFILE)
    printer.hw("INIT")
    printer._raw(_CHINESE_ON)
    printer.set(align="center")
    _write(printer, slip.centre)
    printer.set(align="center", bold=True, double_height=True, double_width=True)
    _write(printer, slip.title)
    printer.set(align="left", bold=False, normal_textsize=True)
    if slip.reprint:
        _write(printer, f"第 {slip.reprint} 次补打")
    _write(printer, _RULE)
    for label, value in slip.facts:
        _write(printer, f"{label}：{value}")
    _list(printer, "材料", [_spread(line.name, line.status) for line in slip.materials])
    _list(printer, "代收款项", list(slip.money))
    _link(printer, slip)
    for line in (*slip.advice, slip.statement):
        _write(printer, line)
    if slip.proof:
        _proof(printer, slip.proof)
    printer.cut()
    output: bytes = printer.output
    return output


def ticket(paper: TicketPaper) -> bytes:
    """The bytes of one queue ticket, cut at the end."""
    from escpos.printer import Dummy

    printer = Dummy(profile=_PROFILE)
    printer.hw("INIT")
    printer._raw(_CHINESE_ON)
    printer.set(align="center")
    _write(printer, paper.centre)
    printer.set(align="center", bold=True, custom_size=True, width=4, height=4)
    _write(printer, paper.label)
    printer.set(align="center", bold=False, normal_textsize=True)
    _write(printer, f"{paper.queue} {paper.lane}".rstrip())
    printer.set(align="left")
    _write(printer, _RULE)
    for line in (f"叫号窗口：{paper.windows}", f"排队：{paper.ahead}", f"取号时间：{paper.issued_at}"):
        _write(printer, line)
    _write(printer, _RULE)
    printer.set(align="center")
    _picture(printer, paper.link)
    _write(printer, "微信扫一扫，看还要等几位")
    printer.set(align="left")
    _write(printer, paper.advice)
    printer.cut()
    output: bytes = printer.output
    return output


def dots_per_module(symbol: qr.Matrix) -> int:
    """Printer dots a module: five or more (measured: fewer fail on phone cameras), and 30 mm or more in all."""
    return max(LEAST_DOTS, math.ceil(SYMBOL_MM * DOTS_PER_MM / symbol.size))


def _link(printer: "Dummy", slip: Slip) -> None:
    _write(printer, _RULE)
    printer.set(align="center")
    _picture(printer, slip.link)
    _write(printer, "微信扫一扫，看办到哪一步")
    _write(printer, "查询码")
    printer.set(align="center", bold=True, double_height=True)
    _write(printer, slip.code_display)
    printer.set(align="left", bold=False, normal_textsize=True)
    _write(printer, _RULE)


def _proof(printer: "Dummy", text: str) -> None:
    """Last and by itself, so that a telephone aimed at the link does not catch it."""
    _write(printer, _RULE)
    printer.set(align="center")
    _picture(printer, text)
    _write(printer, "防伪码，窗口核验用")


def _picture(printer: "Dummy", text: str) -> None:
    from PIL import Image

    symbol = qr.matrix(text)
    dots = dots_per_module(symbol)
    quiet = min(qr.QUIET, (WIDTH_DOTS // dots - symbol.size) // 2)
    with Image.open(io.BytesIO(qr.png(symbol, dots=dots, quiet=quiet))) as picture:
        printer.image(picture, impl="bitImageRaster")


def _list(printer: "Dummy", title: str, lines: list[str]) -> None:
    if lines:
        _write(printer, _RULE)
        _write(printer, f"{title}：")
        for line in lines:
            _write(printer, line)


def _write(printer: "Dummy", text: str) -> None:
    for line in wrapped(text):
        printer._raw(line.encode("gb18030") + b"\n")


def wrapped(text: str, columns: int = COLUMNS) -> list[str]:
    """`text` in lines of at most `columns`, a Chinese character taking two."""
    lines, line, used = [], "", 0
    for char in text:
        taken = _columns(char)
        if used + taken > columns:
            lines.append(line)
            line, used = "", 0
        line, used = line + char, used + taken
    return [*lines, line]


def _spread(left: str, right: str) -> str:
    """Both on one line with the gap between them, or one behind the other if they are too long for that."""
    gap = COLUMNS - sum(map(_columns, left + right))
    return f"{left}{' ' * gap}{right}" if gap > 0 else f"{left} {right}"


def _columns(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in "WFA" else 1
