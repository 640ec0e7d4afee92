"""The template environment: where templates lie and the few words they may use."""

from datetime import date, datetime
from functools import cache
from pathlib import Path

import jinja2

from api_spec import face
from api_spec.catalogue import Fee, Limit
from api_spec.china_time import CHINA, WEEKDAYS
from api_spec.vocabulary import LimitUnit
from backend.console.nav import OWN, staff_nav

TEMPLATES = Path(__file__).parent / "templates"


@cache
def pages_environment() -> jinja2.Environment:
    """The one environment of this process: autoescaping, undefined names are errors, macros from `api_spec.face`.

    Nothing in it belongs to one township, and a template is compiled once: 70 ms for a page with its frame.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([TEMPLATES, face.TEMPLATES]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(face.GLOBALS)
    environment.globals.update(staff_nav=staff_nav, staff_self=OWN)
    environment.filters.update(
        moment=moment,
        short=short,
        day=day,
        whole_day=whole_day,
        yuan=yuan,
        limit=limit_text,
        fee=fee_text,
        fee_word=fee_word,
    )
    return environment


def moment(at: datetime) -> str:
    """An instant as people in China say it: 2026年4月10日 09:30."""
    local = at.astimezone(CHINA)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def short(at: datetime) -> str:
    """An instant in a table, without the year: 4月10日 09:30."""
    local = at.astimezone(CHINA)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def day(on: date) -> str:
    """4月10日（周五）"""
    return f"{on.month}月{on.day}日（周{WEEKDAYS[on.weekday()]}）"


def whole_day(on: date) -> str:
    """A day that may lie in another year: 2026年4月10日."""
    return f"{on.year}年{on.month}月{on.day}日"


def yuan(fen: int) -> str:
    """Money in fen as yuan: 1234 -> 12.34."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def limit_text(limit: Limit) -> str:
    """How long it takes: 当场办结, 当天办结, 20 个工作日, 24 小时."""
    if limit.days == 0:
        return "当天办结" if limit.unit is LimitUnit.DAY else "当场办结"
    unit = "天" if limit.unit is LimitUnit.DAY else limit.unit.zh
    return f"{limit.days} {unit}"


def fee_text(fee: Fee) -> str:
    """What it costs. A partner's tariff is the partner's; the centre takes nothing."""
    if fee.amount_fen:
        return f"{yuan(fee.amount_fen)} 元"
    if fee.by_partner:
        return "按公用企业公布的标准收取，代办不收费"
    return "不收费"


def fee_word(fee: Fee) -> str:
    """What it costs, in a list: 不收费, 收费 5.00 元, 按标准收费."""
    if fee.amount_fen:
        return f"收费 {yuan(fee.amount_fen)} 元"
    return "按公用企业标准" if fee.by_partner else "不收费"
