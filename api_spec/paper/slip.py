"""The slip (收件回执) a villager takes home: what stands on it, and the page that prints it on 80 mm or A5.

It gets finished words and prints them; whether a case exists, was accepted or may be shown is not its business.
"""

import math
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from api_spec import tracking_code
from api_spec.paper import qr
from api_spec.vocabulary import Term

SYMBOL_MM: Final = 30
STYLESHEET: Final = "slip.css"


class Paper(Term):
    """What the printer holds."""

    ROLL = "80", "80 毫米小票纸"
    A5 = "a5", "A5 纸"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    """One material on the slip and what became of it: "身份证", "已收 原件 1 份"."""

    name: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """Everything printed, as words.

    Args:
        title: 收件回执, 受理通知书 …; statement: what this paper proves and what it does not.
        centre: the hall's name; place: where the case was taken.
        applicant: as it may stand on paper the applicant takes home.
        number: human case number; code: tracking code, 20 symbols; link: `https://<host>/c/<code>`.
        taken_at: time in China as words; by_node_clock: it is the village computer's own, unverified.
        money: one line for each sum taken in custody.
        proof: text of the signed receipt (`receipt_qr.write`), "" for none.
        reprint: 0 for the first print.
    """

    title: str
    statement: str
    centre: str
    place: str
    item: str
    situation: str = ""
    applicant: str
    number: str
    code: str
    link: str
    taken_at: str
    by_node_clock: bool = False
    clerk: str
    materials: tuple[PaperLine, ...] = ()
    money: tuple[str, ...] = ()
    next_step: str = ""
    phone: str = ""
    complaint_phone: str = ""
    proof: str = ""
    reprint: int = 0

    @property
    def code_display(self) -> str:
        """The code in groups, for reading aloud."""
        return tracking_code.display(self.code)

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """Label and value of each line, in the order of every paper size."""
        time = f"{self.taken_at}（村里电脑时间）" if self.by_node_clock else self.taken_at
        lines = (
            ("办理事项", self.item),
            ("具体情形", self.situation),
            ("申请人", self.applicant),
            ("办件编号", self.number),
            ("收件时间", time),
            ("收件地点", self.place),
            ("经办人", self.clerk),
        )
        return tuple((label, value) for label, value in lines if value)

    @property
    def roll_mm(self) -> int:
        """Length of 80 mm paper to ask the browser for, in steps of 20 mm: enough for every line.

        CSS has no page "as long as it needs". A line is 5.6 mm high and holds 14 characters beside its label.
        """
        texts = [value for _, value in self.facts]
        texts += [line.name + line.status for line in self.materials]
        texts += [*self.money, *self.advice, self.statement]
        lines = sum(1 + len(text) // 14 for text in texts)
        headings = bool(self.materials) + bool(self.money)
        length = 80 + 5.6 * lines + 8 * headings + (48 if self.proof else 0)
        return min(max(20 * math.ceil(length / 20), 140), 340)

    @property
    def advice(self) -> tuple[str, ...]:
        """What to do next, whom to ring, and where to complain."""
        lines = [self.next_step] if self.next_step else []
        if self.phone:
            lines.append(f"咨询电话：{self.phone}")
        if self.complaint_phone:
            lines.append(f"投诉电话：{self.complaint_phone}")
        return tuple(lines)


def page(slip: Slip, *, paper: Paper, stylesheet: str, script: str = "") -> str:
    """A whole HTML page that prints one slip; no inline style or script.

    Args:
        stylesheet: URL under which the host serves `stylesheet()`.
        script: URL of a script that makes `[data-print]` print; without it the page says which keys to press.
    """
    link = qr.svg(qr.matrix(slip.link), label="扫码查看办理进度", symbol_mm=SYMBOL_MM)
    proof = qr.svg(qr.matrix(slip.proof), label="回执防伪码", symbol_mm=SYMBOL_MM) if slip.proof else ""
    return _template().render(
        slip=slip,
        paper=paper,
        link_qr=Markup(link),  # noqa: S704 - our own SVG, its label escaped
        proof_qr=Markup(proof),  # noqa: S704
        stylesheet=stylesheet,
        script=script,
    )


def stylesheet() -> str:
    """The print stylesheet of `page`."""
    return resources.files("api_spec.paper").joinpath("static", STYLESHEET).read_text("utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("api_spec.paper"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("slip.html")
