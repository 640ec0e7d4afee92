"""What is told in which words, by which template, and when one may ring. Pure.

No sentence promises that anything arrived. A part of a sentence whose words are missing is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from string import Formatter
from typing import Final

from api_spec.china_time import day_in_china, minute_in_china, moment
from api_spec.messages.notices import NoticeKind as K
from api_spec.messages.notices import TemplatePurpose as P
from backend.notices.fields import is_over


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How one kind is told.

    Args:
        parts: of the sentence; each is said if all its words are known.
        must: the law wants it told (行政许可法 32, 38, 42, 44, 45): without consent to messages, a person rings.
        urgent: an answer to what somebody just did; not held back at night.
    """

    parts: tuple[str, ...]
    purpose: P = P.PROGRESS
    must: bool = False
    urgent: bool = False


_LOOK: Final = "进度可查 {link} 。"

RULES: Final[Mapping[K, Rule]] = {
    K.CASE_ACCEPTED: Rule(parts=("您申请的“{item}”（{number}）已受理", "，承诺{until}前办结", "。", _LOOK)),
    K.CASE_FIX: Rule(
        parts=(
            "您申请的“{item}”（{number}）还缺材料：{what}。",
            "可以到窗口或村服务点补交",
            "，请不要晚于{until}",
            "。",
            _LOOK,
        ),
        purpose=P.SUPPLEMENT,
        must=True,
    ),
    K.CASE_REFUSED: Rule(
        parts=("您申请的“{item}”（{number}）不予受理，理由和救济途径见书面通知。", _LOOK), must=True
    ),
    K.CASE_SPECIAL: Rule(
        parts=("您申请的“{item}”（{number}）进入特别程序", "（{what}）", "，这段时间不计入办理期限。", _LOOK),
        must=True,
    ),
    K.CASE_EXTENDED: Rule(
        parts=("您申请的“{item}”（{number}）延长了办理期限", "，最迟{until}办结", "。", _LOOK), must=True
    ),
    K.CASE_REPORTED: Rule(parts=("您申请的“{item}”（{number}）已上报上级部门审批。", _LOOK)),
    K.CASE_DECIDED: Rule(parts=("您申请的“{item}”（{number}）已有决定，结果准备好后再通知您。", _LOOK)),
    K.CASE_READY: Rule(
        parts=("您申请的“{item}”（{number}）办好了，请带身份证到{place}领取。", _LOOK),
        purpose=P.PICKUP,
        must=True,
    ),
    K.CASE_REFUSAL_READY: Rule(
        parts=(
            "您申请的“{item}”（{number}）没有批准，决定书已出，请带身份证到{place}领取。",
            "不服的，可以按决定书写明的途径和期限申请行政复议或者提起行政诉讼。",
            _LOOK,
        ),
        purpose=P.PICKUP,
        must=True,
    ),
    K.CASE_FINISHED: Rule(parts=("您申请的“{item}”（{number}）已办结。", _LOOK)),
    K.CASE_WITHDRAWN: Rule(
        parts=("您申请的“{item}”（{number}）逾期没有补齐材料，按规定视为撤回，可以重新申请。", _LOOK),
        must=True,
    ),
    K.ERRAND_TAKEN: Rule(parts=("您托办的“{item}”（{number}）已接办。", _LOOK)),
    K.ERRAND_SUSPENDED: Rule(parts=("您托办的“{item}”（{number}）暂时中止。", _LOOK)),
    K.ERRAND_DONE: Rule(parts=("您托办的“{item}”（{number}）已办完。", _LOOK)),
    K.ERRAND_ENDED: Rule(parts=("您托办的“{item}”（{number}）已终止，材料可以取回。", _LOOK)),
    K.APPOINTMENT_BOOKED: Rule(
        parts=("您约了{when}到{window}办“{item}”，预约号{number}。", "不来请提前取消。"),
        purpose=P.APPOINTMENT,
        urgent=True,
    ),
    K.APPOINTMENT_MOVED: Rule(
        parts=("您的预约改到{when}，{window}，“{item}”，预约号{number}。",),
        purpose=P.APPOINTMENT,
        urgent=True,
    ),
    K.APPOINTMENT_CANCELLED: Rule(
        parts=("您{when}的预约（“{item}”，预约号{number}）已取消；不预约也可以到窗口取号。",),
        purpose=P.APPOINTMENT,
        urgent=True,
    ),
    K.APPOINTMENT_TOMORROW: Rule(
        parts=("提醒您{when}到{window}办“{item}”，预约号{number}，请带好材料。",), purpose=P.APPOINTMENT
    ),
    K.REVIEW_INVITED: Rule(
        parts=(
            "您的“{item}”办完了，请您评一评，不评也可以：{link} 。",
            "也可以回复数字，1 非常满意，2 满意，3 基本满意，4 不满意，5 非常不满意。",
        )
    ),
    K.COMPLAINT_ANSWERED: Rule(parts=("您反映的问题（{number}）有了答复。", "凭查询码查看：{link} 。")),
    K.COMPLAINT_EXTENDED: Rule(
        parts=("您反映的问题（{number}）还要多用几天", "，最迟{until}答复", "。", "凭查询码查看：{link} 。")
    ),
}


def sentence(kind: K, words: Mapping[str, str]) -> str:
    """What is said, without the sender's name."""
    return "".join(part.format_map(words) for part in RULES[kind].parts if all(map(words.get, _names(part))))


def timely(words: Mapping[str, str], *, today: date) -> dict[str, str]:
    """The words without a day that is over: nobody is promised, or asked for, something of yesterday."""
    return {name: word for name, word in words.items() if name != "until" or not is_over(word, today=today)}


def for_staff(kind: K, words: Mapping[str, str]) -> str:
    """The same for whoever reads over the person's shoulder: a link is a key, to the case or to the one rating of it."""
    return sentence(kind, {**words, "link": "（网址只发给本人）"} if "link" in words else words)


def _names(part: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(part) if name]


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When nobody is woken: from `start` until `end`, hours of China time; the same hour twice means never."""

    start: int
    end: int

    def over_at(self, at: datetime) -> datetime | None:
        """When they are over; None outside of them."""
        minute, start, end = minute_in_china(at), self.start * 60, self.end * 60
        overnight = start > end
        quiet = minute >= start or minute < end if overnight else start <= minute < end
        if not quiet:
            return None
        tomorrow = overnight and minute >= start
        return moment(day_in_china(at) + timedelta(days=int(tomorrow)), end)
