"""QR codes as SVG, PNG and terminal text. Knows nothing of what the text means.

Making a matrix takes about 10 ms of one core: in a server, do it in a thread.
"""

import io
from dataclasses import dataclass
from typing import Final

from api_spec.vocabulary import Term

QUIET: Final = 4  # modules of white on each side, ISO/IEC 18004


class Level(Term):
    """Error correction. Paper gets wet and folded: Q, a quarter of the symbol may be lost."""

    SCREEN = "M", "屏幕"
    PRINT = "Q", "打印"


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of modules, true is dark, without the quiet zone."""

    rows: tuple[tuple[bool, ...], ...]

    @property
    def size(self) -> int:
        """Modules on each side."""
        return len(self.rows)

    def dark(self, row: int, column: int) -> bool:
        """Whether a module is dark; everything outside is light."""
        return 0 <= row < self.size and 0 <= column < self.size and self.rows[row][column]


def matrix(text: str, level: Level = Level.PRINT) -> Matrix:
    """The smallest QR symbol that holds `text`.

    Raises:
        ValueError: the text is too long for any symbol.
    """
    import qrcode
    from qrcode.exceptions import DataOverflowError

    correction = {Level.SCREEN: qrcode.ERROR_CORRECT_M, Level.PRINT: qrcode.ERROR_CORRECT_Q}[level]
    code = qrcode.QRCode(error_correction=correction, border=0)
    code.add_data(text)
    try:
        code.make(fit=True)
    except (DataOverflowError, ValueError):
        raise ValueError("too long for a QR code") from None
    return Matrix(tuple(tuple(bool(module) for module in row) for row in code.get_matrix()))


def svg(symbol: Matrix, *, label: str, symbol_mm: float | None = None) -> str:
    """An inline SVG with its quiet zone, without style or script, so that a strict CSP lets it pass.

    Args:
        label: read out instead of the picture.
        symbol_mm: side of the symbol proper on paper; None leaves the size to the stylesheet.
    """
    side = symbol.size + 2 * QUIET
    path = "".join(
        f"M{start + QUIET} {row + QUIET}h{length}v1h-{length}z"
        for row, modules in enumerate(symbol.rows)
        for start, length in _runs(modules)
    )
    mm = f"{symbol_mm * side / symbol.size:.2f}mm" if symbol_mm else ""
    size = f' width="{mm}" height="{mm}"' if mm else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"{size} role="img" '
        f'aria-label="{_escaped(label)}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path}"/></svg>'
    )


def png(symbol: Matrix, *, dots: int = 8, quiet: int = QUIET) -> bytes:
    """A black-and-white PNG, `dots` pixels a module."""
    from PIL import Image

    side = symbol.size + 2 * quiet
    modules = Image.new("1", (side, side), 1)
    modules.putdata(
        [
            not symbol.dark(row, column)
            for row in range(-quiet, symbol.size + quiet)
            for column in range(-quiet, symbol.size + quiet)
        ]
    )
    out = io.BytesIO()
    modules.resize((side * dots, side * dots), Image.Resampling.NEAREST).save(out, "PNG", optimize=True)
    return out.getvalue()


def terminal(symbol: Matrix, *, quiet: int = 2) -> str:
    """Two rows of modules a line, black on white by ANSI colours whatever the terminal's own are."""
    lines = []
    for row in range(-quiet, symbol.size + quiet, 2):
        halves = (
            _HALVES[symbol.dark(row, column), symbol.dark(row + 1, column)]
            for column in range(-quiet, symbol.size + quiet)
        )
        lines.append(f"\x1b[38;5;16;48;5;231m{''.join(halves)}\x1b[0m")
    return "\n".join(lines)


_HALVES: Final = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def _runs(modules: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Where dark stretches of a row start and how long they are."""
    runs: list[tuple[int, int]] = []
    for place, dark in enumerate(modules):
        if not dark:
            continue
        if runs and sum(runs[-1]) == place:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((place, 1))
    return runs


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
