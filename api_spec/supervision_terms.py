"""Every word of supervision (电子监察): its rules by number, its cards, spot checks and improvement tasks.

Values are stored: they are added to, never renamed.
"""

from api_spec.vocabulary import Term


class CardLevel(Term):
    """How grave a finding is (plan, clause 38)."""

    WARNING = "warning", "预警"
    YELLOW = "yellow", "黄牌"
    RED = "red", "红牌"


class RuleCode(Term):
    """监察规则编号: 1xx time limits, 2xx conduct, 3xx fees, 4xx what other desks found, 5xx by hand."""

    SOON = "JC101", "临近承诺期限"
    DUE_TODAY = "JC102", "承诺期限今日到期"
    OVERDUE = "JC103", "超过承诺期限"
    STATUTORY_OVERDUE = "JC104", "超过法定期限"
    NOTICE_LATE = "JC105", "逾期未作一次性告知"
    SUPERIOR_LATE = "JC106", "上级逾期未回复"
    DELIVERY_LATE = "JC107", "决定后逾期未送达"
    SPECIAL_LATE = "JC108", "特别程序超过告知时限"
    EXTENDED_LATE = "JC109", "期满后才延长期限"
    NOTICE_SOON = "JC110", "临近一次性告知期限"
    SECOND_NOTICE = "JC201", "对原有缺漏再次告知补正"
    MANY_SUPPLEMENTS = "JC202", "反复要求补正"
    ACCEPTED_INCOMPLETE = "JC203", "材料不齐受理且无容缺承诺"
    REFUSED_WITHOUT_GROUNDS = "JC204", "不予决定未写明理由或依据"
    SAME_PERSON = "JC205", "受理和审批为同一人"
    NO_HALL_RECEIPT = "JC206", "未经大厅受理即作决定"
    RETURNED_TWICE = "JC207", "上级两次以上退回"
    OUT_OF_ORDER = "JC208", "办理时间先后颠倒"
    STOPPED_WITHOUT_GROUND = "JC209", "停止计时没有法定事由"
    CHAIN_BROKEN = "JC210", "办理记录校验不通过"
    UNLAWFUL_FEE = "JC301", "收费无依据或超过标准"
    FEE_OUTSIDE = "JC302", "在办件之外收费"
    NOBODY_AT_WINDOW = "JC401", "开放时间窗口无人在岗"
    ENQUIRY_IDLE = "JC402", "咨询逾期未答复"
    BAD_REVIEW_LATE = "JC403", "差评逾期未整改"
    COMPLAINT_LATE = "JC404", "投诉逾期未答复"
    NODE_SILENT = "JC405", "村级电脑多日未联系"
    HELD_WAITING = "JC406", "村级搁置记录多日未处理"
    LONG_WAIT = "JC407", "群众候办时间过长"
    ENTRY_LATE = "JC408", "应进驻事项逾期未进驻"
    NOTICES_STUCK = "JC409", "办件通知多日未送出"
    REVIEWS_ODD = "JC410", "评价数据异常"
    BY_HAND = "JC501", "监察人员发牌"
    SPOT_CHECK = "JC502", "抽查发现问题"


class SubjectKind(Term):
    """What a finding is about."""

    CASE = "case", "办件"
    ERRAND = "errand", "代办件"
    WINDOW = "window", "窗口"
    VILLAGE = "village", "村级服务点"
    ENQUIRY = "enquiry", "咨询"
    REVIEW = "review", "评价"
    COMPLAINT = "complaint", "投诉"
    APPOINTMENT = "appointment", "排队号"
    ITEM = "item", "事项"
    NOTICE = "notice", "通知"
    DEPARTMENT = "department", "部门"
    STAFF = "staff", "工作人员"


class CardState(Term):
    OPEN = "open", "待处理"
    EXPLAINED = "explained", "已说明"
    APPEALED = "appealed", "申诉中"
    REFERRED = "referred", "已上报研究"
    UPHELD = "upheld", "申诉打回"
    WITHDRAWN = "withdrawn", "已撤销"
    LIFTED = "lifted", "已解除"
    CLOSED = "closed", "已整改"


class CardAction(Term):
    RAISE = "raise", "发牌"
    ESCALATE = "escalate", "升级督办"
    EXPLAIN = "explain", "说明情况"
    APPEAL = "appeal", "申诉"
    UPHOLD = "uphold", "打回申诉"
    REFER = "refer", "上报研究"
    WITHDRAW = "withdraw", "撤销"
    LIFT = "lift", "自动解除"
    CLOSE = "close", "登记整改并办结"


class TaskState(Term):
    OPEN = "open", "整改中"
    REPORTED = "reported", "已报结果"
    CLOSED = "closed", "已销号"


class TaskAction(Term):
    SET = "set", "下达"
    REPORT = "report", "上报整改结果"
    RETURN = "return", "退回再改"
    CLOSE = "close", "销号"


class TaskOrigin(Term):
    """Where an improvement task comes from (plan, clause 59)."""

    CARD = "card", "监察牌"
    CHECK = "check", "抽查"
    FIGURE = "figure", "统计数据"
    REVIEW = "review", "群众评价"
    COMPLAINT = "complaint", "投诉"
    OTHER = "other", "其他"


class CheckPoint(Term):
    """What a spot check of a closed case looks at."""

    MATERIALS = "materials", "材料与告知一致，没有多要材料"
    NOTICES = "notices", "该出的文书齐全，理由和依据写明"
    TIME = "time", "各环节在期限内，停止计时有法定事由"
    CONDUCT = "conduct", "受理与审批分开，决定在权限之内"
    FEE = "fee", "没有收费，或按公布标准收费并开票据"
    DELIVERY = "delivery", "结果按时送到申请人手里并有凭据"


class CheckResult(Term):
    PASSED = "passed", "合格"
    FAULTY = "faulty", "有问题"
