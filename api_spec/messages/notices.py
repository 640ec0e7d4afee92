"""What is said about notices: which ones there are, what somebody was sent, what WeChat and the gateway report."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api_spec.messages.base import Answer, Message, Paragraph
from api_spec.vocabulary import Term

MOST_RESULTS = 20

TemplateId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,64}$")]


class NoticeKind(Term):
    """What people are told. The Chinese term has at most five characters: it goes into a WeChat field as it is."""

    CASE_ACCEPTED = "case_accepted", "已受理"
    CASE_FIX = "case_fix", "待补正"
    CASE_REFUSED = "case_refused", "不予受理"
    CASE_SPECIAL = "case_special", "特别程序"
    CASE_EXTENDED = "case_extended", "期限延长"
    CASE_REPORTED = "case_reported", "已上报"
    CASE_DECIDED = "case_decided", "已决定"
    CASE_READY = "case_ready", "待领取"
    CASE_REFUSAL_READY = "case_refusal_ready", "领决定书"
    CASE_FINISHED = "case_finished", "已办结"
    CASE_WITHDRAWN = "case_withdrawn", "视为撤回"
    ERRAND_TAKEN = "errand_taken", "已接办"
    ERRAND_SUSPENDED = "errand_suspended", "已中止"
    ERRAND_DONE = "errand_done", "代办完成"
    ERRAND_ENDED = "errand_ended", "已终止"
    APPOINTMENT_BOOKED = "appointment_booked", "预约成功"
    APPOINTMENT_MOVED = "appointment_moved", "预约改期"
    APPOINTMENT_CANCELLED = "appointment_cancelled", "预约取消"
    APPOINTMENT_TOMORROW = "appointment_tomorrow", "明天办事"
    REVIEW_INVITED = "review_invited", "请您评价"
    COMPLAINT_ANSWERED = "complaint_answered", "投诉答复"
    COMPLAINT_EXTENDED = "complaint_extended", "投诉延期"


class TemplatePurpose(Term):
    """The WeChat templates a township has to apply for; several kinds share one."""

    PROGRESS = "progress", "办件进度提醒"
    SUPPLEMENT = "supplement", "补正材料提醒"
    PICKUP = "pickup", "结果领取提醒"
    APPOINTMENT = "appointment", "预约提醒"


class SubscribeResult(Message):
    """What the mini-program's subscribe call said of one template."""

    template_id: TemplateId
    result: Literal[
        "accept", "acceptWithAlert", "acceptWithAudio", "acceptWithForcePush", "reject", "ban", "filter"
    ]


class SubscribeResults(Message):
    results: Annotated[list[SubscribeResult], Field(min_length=1, max_length=MOST_RESULTS)]


class Grant(Answer, frozen=True, kw_only=True):
    """How many messages of a template may still be sent to this person. `label`: the purpose in words."""

    template_id: str
    purpose: TemplatePurpose
    label: str
    left: int


class Grants(Answer, frozen=True, kw_only=True):
    """Every template this township uses: which to ask for next, at most three at a time."""

    items: list[Grant]


class OwnNotice(Answer, frozen=True, kw_only=True):
    """One thing the township told this person. `state` never says that it arrived: nobody can know."""

    kind: NoticeKind
    label: str
    text: str
    about_kind: str
    about_id: str
    state: str
    state_label: str
    made_at: datetime


class OwnNotices(Answer, frozen=True, kw_only=True):
    items: list[OwnNotice]


class SmsReply(Message):
    """A short message the gateway passes on; `id` is the gateway's own, so that none counts twice."""

    id: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,64}$")]
    phone: Annotated[str, StringConstraints(pattern=r"^\+?[0-9]{5,20}$")]
    text: Paragraph
