"""The hall's ticket on 80 mm paper: a number to hear, where to go, and a code to look at the line from outside.

It gets finished words and prints them; whose turn it is, is not its business. Nothing on it is personal.
"""

from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from api_spec.paper import qr
from api_spec.paper.slip import SYMBOL_MM


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPaper:
    """Everything printed, as words.

    Args:
        label: "A012"; queue: the type of window; windows: "1号、2号、3号窗口".
        lane: "优先", "预约 09:30" or "" for an ordinary walk-in.
        ahead: "前面还有 3 人，约 10–20 分钟".
        issued_at: time in China as words; link: `https://<host>/q/<code>`.
    """

    centre: str
    label: str
    queue: str
    windows: str
    lane: str
    ahead: str
    issued_at: str
    link: str
    advice: str


def page(paper: TicketPaper, *, stylesheet: str, script: str) -> str:
    """A whole HTML page that prints one ticket; no inline style or script.

    Args:
        stylesheet: URL under which the host serves the slips' stylesheet.
        script: URL of a script that makes `[data-print]` print.
    """
    link = qr.svg(qr.matrix(paper.link), label="扫码看还要等几位", symbol_mm=SYMBOL_MM)
    return _template().render(
        paper=paper,
        link_qr=Markup(link),  # noqa: S704 - our own SVG, its label escaped
        stylesheet=stylesheet,
        script=script,
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("api_spec.paper"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("ticket.html")
