"""Every part of the pages in every state, for who designs or checks them. Not there in production; knows no data of anybody."""

from datetime import date
from typing import Final, NamedTuple

from aiohttp import web

from api_spec.errors import ErrorCode
from api_spec.forms import Choice, Field, FieldKind, Form, When
from api_spec.vocabulary import CaseState
from backend.edge import Page, render
from backend.faults import Fault, Wrong
from backend.keys import SETTINGS


class Step(NamedTuple):
    """One line of a step list as the macro reads it."""

    label: str
    at: str = ""
    done: bool = False
    now: bool = False
    note: str = ""


STEPS: Final = (
    Step("已提交", "4月7日 12:00", done=True, note="手机上提交"),
    Step("已受理", "4月8日 09:20", done=True),
    Step("审查中", "4月9日 10:00", now=True, note="最迟4月15日（周三）办完"),
    Step("已决定"),
    Step("待领取"),
)

FORM: Final = Form(
    fields=(
        Field(name="applicant", label="姓名", help="和身份证上一样"),
        Field(name="reason", label="申请理由", kind=FieldKind.LONG_TEXT, required=False),
        Field(name="area", label="面积", kind=FieldKind.NUMBER, unit="平方米"),
        Field(name="income", label="全家每月收入", kind=FieldKind.MONEY_FEN, help="工资、务工、种养都算上"),
        Field(name="born", label="出生日期", kind=FieldKind.DATE),
        Field(name="phone", label="联系电话", kind=FieldKind.PHONE),
        Field(
            name="kind",
            label="办哪一种",
            kind=FieldKind.CHOICE,
            choices=(Choice("first", "第一次办"), Choice("again", "补办"), Choice("change", "变更")),
        ),
        Field(
            name="hardship",
            label="主要困难",
            kind=FieldKind.MULTI_CHOICE,
            choices=(
                Choice("ill", "生病花费大"),
                Choice("school", "供孩子读书"),
                Choice("old", "年老无劳力"),
            ),
        ),
        Field(name="helped", label="由别人代办", kind=FieldKind.YES_NO),
        Field(name="helper", label="代办人姓名", when=When("helped", ("yes",))),
    )
)
FILLED: Final = {"applicant": "王某某", "kind": "again", "hardship": ["old"], "helped": True, "area": "86"}
ERRORS: Final = {
    "born": "请写出生日期，例如1958年3月2日。",
    "phone": "电话号码少了一位，请再看一看。",
}

MONTHS: Final = tuple(f"{month}月" for month in range(1, 13))
TREND: Final = (
    ("收件", (42, 38, 55, 61, 58, 66, 71, 64, 70, 82, 77, 80), ""),
    ("办结", (36, 40, 47, 58, 60, 61, 66, 68, 69, 74, 79, 75), "info"),
    ("超期", (3, 2, 4, 1, 2, 2, 0, 1, 3, 2, 1, 0), "bad"),
)
CHANNELS: Final = (
    ("窗口", (21, 19, 25, 30, 26, 27), ""),
    ("手机", (9, 11, 16, 18, 19, 25), "info"),
    ("村里", (12, 8, 14, 13, 13, 14), "warn"),
)
BARS: Final = (
    ("社会事务窗口", 128, "", "/gallery"),
    ("农业窗口", 74, "info", ""),
    ("户政窗口", 41, "warn", ""),
    ("司法窗口", 6, "bad", ""),
)
SHARES: Final = (("按时办结", 214, "", ""), ("临近期限", 18, "warn", ""), ("已超期", 5, "bad", "/gallery"))
HEAT: Final = (
    ("低保", (("12%", 1), ("35%", 3), ("4%", 0))),
    ("建房", (("48%", 4), ("22%", 2), ("9%", 0))),
    ("营业执照", (("3%", 0), ("6%", 0), ("16%", 1))),
)


async def show_gallery(request: web.Request) -> web.Response:
    """One page with all of it, in the size the visitor chose.

    Raises:
        Fault: NOT_FOUND in production.
    """
    if request.app[SETTINGS].is_production:
        raise Fault(ErrorCode.NOT_FOUND)
    return render(
        request,
        "gallery/gallery.html",
        steps_shown=STEPS,
        form=FORM,
        filled=FILLED,
        errors=ERRORS,
        wrong=tuple(Wrong(name, "format", sentence) for name, sentence in ERRORS.items()),
        states=tuple(CaseState),
        months=MONTHS,
        trend_series=TREND,
        channels=CHANNELS,
        bars=BARS,
        parts=SHARES,
        heat_rows=HEAT,
        due=date(2026, 4, 15),
    )


PAGES: tuple[Page, ...] = (Page(method="GET", path="/gallery", handler=show_gallery),)
