"""The template environment: where templates lie and the few words they may use."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import jinja2

from api_spec import face

TEMPLATES = Path(__file__).parent / "templates"
CHINA = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"


def make_environment() -> jinja2.Environment:
    """Autoescaping, undefined names are errors, macros from `api_spec.face`."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([TEMPLATES, face.TEMPLATES]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["asset"] = face.asset_url
    environment.filters.update(moment=moment, day=day, yuan=yuan)
    return environment


def moment(at: datetime) -> str:
    """An instant as people in China say it: 2026年4月10日 09:30."""
    local = at.astimezone(CHINA)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def day(on: date) -> str:
    """4月10日(周五)"""
    return f"{on.month}月{on.day}日(周{WEEKDAYS[on.weekday()]})"


def yuan(fen: int) -> str:
    """Money in fen as yuan: 1234 -> 12.34."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"
