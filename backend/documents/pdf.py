"""Draws a document as PDF on A4. It gets finished words and prints them; what they mean is not its business.

The font is embedded as a subset; where no Chinese font is found, the reader's own STSong-Light stands in. The same
document gives the same bytes on the same machine.
"""

import asyncio
import io
import threading
from collections.abc import Iterable
from functools import cache, partial
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from api_spec.document_terms import DocumentState
from api_spec.paper import qr
from backend.documents.breaking import broken
from backend.documents.document import Document, Entry, Line, Table, code_display, spoken
from backend.documents.wording import chinese_day, standing_words

USUAL_FONTS: Final = (
    Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"),
    Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"),
    Path("/usr/share/fonts/truetype/arphic/uming.ttc"),
    Path("C:/Windows/Fonts/simfang.ttf"),
    Path("C:/Windows/Fonts/simsun.ttc"),
    Path("/System/Library/Fonts/STHeiti Light.ttc"),
)
STAND_IN: Final = "STSong-Light"
MM: Final = 72 / 25.4
MARGINS_MM: Final = (22.0, 20.0, 27.0, 25.0)
"""Top, bottom, left, right."""
QR_MM: Final = 26.0
INK: Final = 12
LEADING: Final = 20
PADDING: Final = 6
"""Points left free on either side of a line, in the frame of the page as in a cell."""
STROKE: Final = 0.03
"""How much of its size a bold letter's outline is thickened by: the usual Chinese fonts have no bold of their own."""
SMALL: Final = 10.5
SMALL_LEADING: Final = 15
"""Sizes in points: body text, and what stands in tables."""


class Press:
    """Draws one document at a time, away from the event loop.

    Args:
        font: a TrueType font or collection with Chinese characters; None looks in the usual places.
    """

    def __init__(self, font: Path | None = None) -> None:
        self._wanted = font
        self._font = ""
        self._turn = threading.Lock()

    async def draw(self, document: Document, entry: Entry) -> bytes:
        return await asyncio.to_thread(self.draw_now, document, entry)

    def draw_now(self, document: Document, entry: Entry) -> bytes:
        """As `draw`, in the caller's own thread; some 0.1 s of one core, the first time 0.5 s."""
        with self._turn:
            if not self._font:
                self._font = _registered(self._wanted)
            return _drawn(document, entry, self._font)


def _registered(wanted: Path | None) -> str:
    """The name under which reportlab knows the font."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.ttfonts import TTFError, TTFont

    for path in (wanted,) if wanted else USUAL_FONTS:
        if not path.is_file():
            continue
        try:
            pdfmetrics.registerFont(TTFont(path.stem, path))
        except TTFError:  # outlines of another kind
            continue
        return path.stem
    pdfmetrics.registerFont(UnicodeCIDFont(STAND_IN))
    return STAND_IN


def _drawn(document: Document, entry: Entry, font: str) -> bytes:
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    out = io.BytesIO()
    top, bottom, left, right = (side * MM for side in MARGINS_MM)
    paper = SimpleDocTemplate(
        out,
        pagesize=A4,
        topMargin=top,
        bottomMargin=bottom,
        leftMargin=left,
        rightMargin=right,
        title=f"{document.title} {document.number}",
        author=document.organ,
        invariant=1,
    )
    foot = partial(_foot, words=f"{document.title} {document.number}", font=font)
    paper.build(_Sheet(document, entry, font, paper.width).parts(), onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _foot(canvas: Any, paper: Any, *, words: str, font: str) -> None:
    """Which document a loose sheet belongs to."""
    canvas.setFont(font, 8)
    canvas.drawCentredString(paper.pagesize[0] / 2, 12 * MM, f"{words} 第 {canvas.getPageNumber()} 页")


class _Sheet:
    """The parts of one document, from the organ's name down to the signature lines."""

    def __init__(self, document: Document, entry: Entry, font: str, width: float) -> None:
        self.document, self.entry, self.font, self.width = document, entry, font, width

    def parts(self) -> list[Any]:
        said = self.document
        parts = [
            self._text(said.organ, size=16, align=1, after=4),
            _bold()(self._text(said.title, size=22, align=1, after=8), 22 * STROKE),
            self._text(said.number, align=1, after=10),
            *self._standing(),
            self._lines(said.facts),
            self._text(f"{said.addressee}：", before=8),
            *(self._text(each, indent=2 * INK) for each in said.paragraphs),
            *(part for table in said.tables for part in self._table(table)),
            *(self._text(each, indent=2 * INK) for each in said.closing),
        ]
        if said.basis:
            parts.append(self._text(f"依据：{'；'.join(said.basis)}。", indent=2 * INK))
        if said.remedy:
            parts.append(self._text(said.remedy, indent=2 * INK))
        parts.append(self._lines(said.contact))
        parts.append(self._end())
        return parts

    def _standing(self) -> Iterable[Any]:
        if self.entry.standing.state is not DocumentState.VALID:
            yield self._text(standing_words(self.entry.standing), align=1, after=6)

    def _text(
        self,
        words: str,
        *,
        size: float = INK,
        align: int = 0,
        indent: float = 0,
        before: float = 0,
        after: float = 0,
        room: float | None = None,
    ) -> Any:
        """A paragraph in a place `room` points wide, the width of the page if None."""
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.pdfbase.pdfmetrics import stringWidth
        from reportlab.platypus import Paragraph

        style = ParagraphStyle(
            "said",
            fontName=self.font,
            fontSize=size,
            leading=SMALL_LEADING if size <= SMALL else size * LEADING / INK,
            alignment=align,
            firstLineIndent=indent,
            spaceBefore=before,
            spaceAfter=after,
            wordWrap="CJK",
        )
        lines = broken(
            words,
            lambda piece: float(stringWidth(piece, self.font, size)),
            room=(room or self.width) - 2 * PADDING,
            indent=indent,
        )
        return Paragraph("<br/>".join(escape(line) for line in lines), style)

    def _cells(self, words: Iterable[str], widths: list[float]) -> list[Any]:
        return [self._text(each, size=SMALL, room=room) for each, room in zip(words, widths, strict=True)]

    def _lines(self, lines: tuple[Line, ...]) -> Any:
        widths = [self.width * 0.2, self.width * 0.8]
        return self._grid([self._cells((line.label, line.text), widths) for line in lines], widths)

    def _table(self, table: Table) -> Iterable[Any]:
        narrow = 12 * MM
        wide = (self.width - narrow) / (len(table.columns) - 1)
        widths = [narrow] + [wide] * (len(table.columns) - 1)
        rows = [self._cells(row, widths) for row in (table.columns, *table.rows)]
        yield self._text(table.title, before=6, after=2)
        yield self._grid(rows, widths, repeat=1)

    def _grid(self, rows: list[list[Any]], widths: list[float], *, repeat: int = 0) -> Any:
        from reportlab.lib.colors import black
        from reportlab.platypus import Table as Grid

        rule = [
            ("GRID", (0, 0), (-1, -1), 0.5, black),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ]
        return Grid(
            rows or [[""]],
            colWidths=widths,
            repeatRows=repeat,
            splitInRow=1,  # a row may be longer than a page
            style=rule,
            spaceBefore=4,
            spaceAfter=4,
        )

    def _end(self) -> Any:
        """The code to verify beside organ, seal and date, with the lines to sign below; never parted."""
        from reportlab.platypus import KeepTogether, Spacer
        from reportlab.platypus import Table as Grid

        said, half = self.document, self.width * 0.5
        seal = ("（盖章）",) if said.has_seal else ()
        beside = (said.organ, *seal, chinese_day(said.issued_on))
        below = (
            "扫码核验真伪",
            f"验证码 {code_display(said.code)}",
            f"校验值 {spoken(self.entry.fingerprint)}",
        )
        right = [self._text(each, align=1, room=half) for each in beside]
        left = [_symbol(said.link), *(self._text(each, size=8.5, room=half) for each in below)]
        both = Grid(
            [[left, right]],
            colWidths=[half] * 2,
            style=[("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("LEFTPADDING", (0, 0), (0, 0), 0)],
        )
        signed = [
            self._text(f"{line}：＿＿＿＿＿＿＿＿＿　　日期：＿＿＿＿年＿＿月＿＿日")
            for line in said.signatures
        ]
        return KeepTogether([Spacer(1, 10), both, Spacer(1, 8), *signed])


@cache
def _bold() -> Any:
    """The kind of part that prints another with thicker letters."""
    from reportlab.platypus.flowables import Flowable

    class Bold(Flowable):  # type: ignore[misc]  # reportlab carries no types
        def __init__(self, inner: Any, stroke: float) -> None:
            super().__init__()
            self.inner, self.stroke = inner, stroke

        def wrap(self, width: float, height: float) -> Any:
            return self.inner.wrapOn(self.canv, width, height)

        def getSpaceAfter(self) -> Any:  # noqa: N802
            return self.inner.getSpaceAfter()

        def draw(self) -> None:
            pen = self.canv.beginText()
            pen.setTextRenderMode(2)
            self.canv.saveState()
            self.canv.setLineWidth(self.stroke)
            self.canv.drawText(pen)
            self.inner.drawOn(self.canv, 0, 0)
            self.canv.restoreState()

    return Bold


def _symbol(link: str) -> Any:
    """The QR code as vectors, with its quiet zone."""
    from reportlab.graphics.shapes import Drawing, Rect
    from reportlab.lib.colors import black

    matrix = qr.matrix(link)
    modules = matrix.size + 2 * qr.QUIET
    dot = QR_MM * MM / modules
    drawing = Drawing(QR_MM * MM, QR_MM * MM)
    for row in range(matrix.size):
        for column in range(matrix.size):
            if matrix.dark(row, column):
                x, y = (column + qr.QUIET) * dot, (modules - 1 - row - qr.QUIET) * dot
                # a hair wider than a module, so that no white lines show between two
                drawing.add(
                    Rect(x, y, dot * 1.02, dot * 1.02, strokeWidth=0, strokeColor=None, fillColor=black)
                )
    return drawing
