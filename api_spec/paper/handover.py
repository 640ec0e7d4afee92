"""The hand-over slip (移交清单) of a bundle on a stick: what was handed over, how to know it again, who signed for it.

It gets finished words and prints them on 80 mm or A5, as `slip` does; it knows no file.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from api_spec.paper import qr
from api_spec.paper.slip import SYMBOL_MM, Paper

TITLE: Final = "U 盘数据移交清单"
STATEMENT: Final = (
    "数据已加密，只有镇里能打开。本清单只证明 U 盘已交出；镇里是否收到，以村里电脑显示“镇里已确认”为准。"
)
QR_PREFIX: Final = "GTB1:"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverPart:
    """One file on the stick: its name, length in words, digest to compare."""

    name: str
    size: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """Everything printed, as words. `digest`: of all parts together, hexadecimal; it stands in the QR code, nothing else does."""

    place: str
    to: str
    made_at: str
    clerk: str
    carried_by: str
    records: int
    photos: int
    first: int
    last: int
    parts: tuple[HandoverPart, ...]
    digest: str

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """Label and value of each line, in order."""
        numbers = f"第 {self.first} 到 {self.last} 条" if self.records else ""
        lines = (
            ("移交单位", self.place),
            ("接收单位", self.to),
            ("导出时间", f"{self.made_at}（村里电脑时间）"),
            ("记录", f"{self.records} 条"),
            ("编号", numbers),
            ("照片", f"{self.photos} 张"),
            ("经办人", self.clerk),
            ("带交人", self.carried_by),
        )
        return tuple((label, value) for label, value in lines if value)

    @property
    def roll_mm(self) -> int:
        """Length of 80 mm paper to ask the browser for, in steps of 20 mm."""
        lines = len(self.facts) + 4 * len(self.parts) + 10
        return min(max(20 * math.ceil((80 + 6 * lines) / 20), 140), 340)


def page(handover: Handover, *, paper: Paper, stylesheet: str, script: str = "") -> str:
    """A whole HTML page that prints one slip; no inline style or script. Arguments as for `slip.page`."""
    symbol = qr.matrix(QR_PREFIX + handover.digest.upper())
    return _template().render(
        slip=handover,
        title=TITLE,
        statement=STATEMENT,
        paper=paper,
        digest_qr=Markup(qr.svg(symbol, label="校验码", symbol_mm=SYMBOL_MM)),  # noqa: S704 - our own SVG
        stylesheet=stylesheet,
        script=script,
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("api_spec.paper"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("handover.html")
