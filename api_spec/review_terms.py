"""The words of 好差评: what is rated, how well, why, and what becomes of a bad rating. Values are added to, never renamed."""

from typing import Final

from api_spec.vocabulary import Term


class ReviewLevel(Term):
    """The five levels (国办发〔2019〕51号); the last two are 差评. Numbers of other platforms are those adapters' own."""

    VERY_GOOD = "very_good", "非常满意"
    GOOD = "good", "满意"
    FAIR = "fair", "基本满意"
    BAD = "bad", "不满意"
    VERY_BAD = "very_bad", "非常不满意"

    @property
    def is_bad(self) -> bool:
        return self in (ReviewLevel.BAD, ReviewLevel.VERY_BAD)


class Occasion(Term):
    """What a rating is about: one service at a window (一次一评), or one finished matter (一事一评)."""

    CONTACT = "contact", "现场服务"
    CASE = "case", "办件"
    ERRAND = "errand", "代办件"


class ReviewChannel(Term):
    TERMINAL = "terminal", "窗口评价器"
    LINK = "link", "扫码"
    MINI_PROGRAM = "mini_program", "小程序"
    WEB = "web", "手机网页"
    SMS = "sms", "短信"


class ReviewReason(Term):
    """What a rating rests on: the indicators of on-line and of on-site service."""

    OVERALL = "overall", "整体感受"
    EFFICIENCY = "efficiency", "办事效率"
    GUIDE = "guide", "指南准确"
    CONVENIENCE = "convenience", "办事方便"
    OPERATION = "operation", "操作好用"
    SKILL = "skill", "业务能力"
    ATTITUDE = "attitude", "服务态度"


REASONS: Final = {
    Occasion.CONTACT: (ReviewReason.EFFICIENCY, ReviewReason.SKILL, ReviewReason.ATTITUDE),
    Occasion.CASE: (
        ReviewReason.OVERALL,
        ReviewReason.EFFICIENCY,
        ReviewReason.GUIDE,
        ReviewReason.CONVENIENCE,
        ReviewReason.OPERATION,
    ),
    Occasion.ERRAND: (
        ReviewReason.OVERALL,
        ReviewReason.EFFICIENCY,
        ReviewReason.GUIDE,
        ReviewReason.CONVENIENCE,
        ReviewReason.OPERATION,
    ),
}
"""Which indicators are asked about what."""


class BadReviewState(Term):
    CREATED = "created", "待联系"
    CONTACTED = "contacted", "已联系"
    CLASSIFIED = "classified", "已核实"
    APPEALED = "appealed", "申诉复核中"
    RECTIFYING = "rectifying", "整改中"
    RECTIFIED = "rectified", "待回访"
    CALLED_BACK = "called_back", "已回访"
    CLOSED = "closed", "已办结"


class BadReviewAction(Term):
    OPEN = "open", "收到差评"
    CONTACT = "contact", "登记联系"
    CLASSIFY = "classify", "核实定性"
    ORDER = "order", "交办整改"
    RECTIFY = "rectify", "报送整改情况"
    CALL_BACK = "call_back", "登记回访"
    SEND_BACK = "send_back", "退回重新整改"
    CLOSE = "close", "办结"
    APPEAL = "appeal", "申诉"
    RECHECK = "recheck", "复核"
    REMIND = "remind", "督办"


class Verdict(Term):
    """What the verification of a bad rating found."""

    TRUE = "true", "属实"
    PARTLY = "partly", "部分属实"
    MISTAKEN = "mistaken", "误评"
    MALICIOUS = "malicious", "恶意评价"
    NOT_OURS = "not_ours", "非本部门职责"

    @property
    def is_founded(self) -> bool:
        return self in (Verdict.TRUE, Verdict.PARTLY)


class CallBack(Term):
    """How a call back ended."""

    SATISFIED = "satisfied", "回访满意"
    UNSATISFIED = "unsatisfied", "回访不满意"
    NOT_REACHED = "not_reached", "多次联系不上"
    NO_CONTACT = "no_contact", "没有留联系方式"
