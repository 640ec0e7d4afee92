"""订阅消息: templates, who has accepted them, what was sent. Knows no HTTP."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from backend.wechat.standin.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Template:
    """A message template.

    Attributes:
        fields: the Chinese label of each field by its name; the letters of the name are its type.
    """

    id: str
    title: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SentMessage:
    at: datetime
    openid: str
    template_id: str
    page: str
    build: str
    fields: Mapping[str, str]


# WeChat's limits for each field type; Chinese characters count as one.
_CLOCK = r"\d{1,2}:\d{2}(:\d{2})?"
_DATE = r"\d{4}(年\d{1,2}月\d{1,2}日|[-/.]\d{1,2}[-/.]\d{1,2})"
FIELD_TYPES: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        "thing": re.compile(r".{1,20}", re.DOTALL),
        "number": re.compile(r"(?=.{1,32}$)\d+(\.\d+)?"),
        "letter": re.compile(r"[A-Za-z]{1,32}"),
        "symbol": re.compile(r"[^\w\s]{1,5}"),
        "character_string": re.compile(r"[\x21-\x7e]{1,32}"),
        "time": re.compile(rf"({_DATE} ?)?{_CLOCK}(~{_CLOCK})?"),
        "date": re.compile(rf"{_DATE}( ?{_CLOCK})?"),
        "amount": re.compile(r"[¥$€£]?\d{1,10}(\.\d{1,2})?元?"),
        "phone_number": re.compile(r"[0-9+\-() ]{1,17}"),
        "car_number": re.compile(r"[\u4e00-\u9fff]?[0-9A-Z\u4e00-\u9fff]{1,7}"),
        "name": re.compile(r"[\u4e00-\u9fff·]{1,10}|[A-Za-z .]{1,20}"),
        "phrase": re.compile(r"[\u4e00-\u9fff]{1,5}"),
    }
)

DEMO_TEMPLATES: Final[Sequence[Template]] = (
    Template(
        "demo-appointment",
        "预约成功提醒",
        {"thing1": "预约事项", "thing2": "办理窗口", "time3": "预约时间", "character_string4": "预约号"},
    ),
    Template(
        "demo-progress",
        "办件进度提醒",
        {"thing1": "事项名称", "character_string2": "办件编号", "phrase3": "当前状态", "time4": "更新时间"},
    ),
    Template(
        "demo-supplement",
        "补正材料提醒",
        {"thing1": "事项名称", "character_string2": "办件编号", "thing3": "需补内容", "date4": "截止日期"},
    ),
    Template(
        "demo-pickup",
        "结果领取提醒",
        {"thing1": "事项名称", "character_string2": "办件编号", "thing3": "领取地点"},
    ),
)


class Mailbox:
    """Accepted subscriptions and sent messages.

    Args:
        pages: the pages the released mini-program has.
    """

    def __init__(self, templates: Collection[Template], pages: Collection[str]) -> None:
        self.templates = {template.id: template for template in templates}
        self.pages = frozenset(pages)
        self.sent: list[SentMessage] = []
        self._accepted: dict[tuple[str, str], int] = {}

    def accept(self, openid: str, template_id: str, *, times: int = 1) -> int:
        """The person taps 允许; returns how many messages may now be sent.

        Raises:
            Refusal: 40037, no such template.
        """
        if template_id not in self.templates:
            raise Refusal(40037)
        key = (openid, template_id)
        self._accepted[key] = self._accepted.get(key, 0) + times
        return self._accepted[key]

    def send(self, message: SentMessage) -> None:
        """Deliver to the outbox, using up one acceptance; a refused message uses up none.

        Raises:
            Refusal: 40037 template, 41030 page, 47003 field, 43101 nothing accepted.
        """
        template = self.templates.get(message.template_id)
        if template is None:
            raise Refusal(40037)
        if message.page and message.page.split("?")[0] not in self.pages:
            raise Refusal(41030)
        _check_fields(template, message.fields)
        key = (message.openid, message.template_id)
        if self._accepted.get(key, 0) < 1:
            raise Refusal(43101)
        self._accepted[key] -= 1
        self.sent.append(message)


def _check_fields(template: Template, fields: Mapping[str, str]) -> None:
    for name in template.fields:
        value = fields.get(name, "")
        if not value:
            raise Refusal(47003, f"data.{name}.value is empty")
        if not FIELD_TYPES[name.rstrip("0123456789")].fullmatch(value):
            raise Refusal(47003, f"data.{name}.value invalid")
    # WeChat's text does not say what it does with a field the template lacks; refusing finds typing slips.
    for name in fields:
        if name not in template.fields:
            raise Refusal(47003, f"data.{name}.value invalid")
