"""The words of complaints and enquiries. Values are added to, never renamed."""

from api_spec.vocabulary import Term


class ComplaintChannel(Term):
    """How a complaint came in (plan, clause 51)."""

    PHONE = "phone", "投诉电话"
    BOX = "box", "投诉举报箱"
    COUNTER = "counter", "窗口"
    WEB = "web", "手机网页"
    MINI_PROGRAM = "mini_program", "小程序"


class ComplaintAbout(Term):
    PERSON = "person", "工作人员"
    WINDOW = "window", "窗口服务"
    MATTER = "matter", "办事过程"
    FACILITY = "facility", "环境设施"
    OTHER = "other", "其他"


class ComplaintState(Term):
    RECEIVED = "received", "已收到"
    ACCEPTED = "accepted", "已受理"
    REFUSED = "refused", "不予受理"
    ASSIGNED = "assigned", "办理中"
    ANSWERED = "answered", "已答复待审核"
    REVIEWED = "reviewed", "已审核"
    CLOSED = "closed", "已办结"


class ComplaintAction(Term):
    RECEIVE = "receive", "登记"
    ACCEPT = "accept", "受理"
    REFUSE = "refuse", "不予受理"
    ASSIGN = "assign", "交办"
    RETURN = "return", "退回（不归本人办理）"
    EXTEND = "extend", "延长期限"
    ANSWER = "answer", "答复"
    SEND_BACK = "send_back", "退回重办"
    REVIEW = "review", "审核通过"
    CLOSE = "close", "办结"
    NAME = "name", "写明被投诉人"


class ComplaintRoute(Term):
    """Who handles a complaint: the nearest desk that is not its subject."""

    DESK = "desk", "客服"
    DIRECTOR = "director", "中心主任"
    SUPERVISOR = "supervisor", "监察"


class EnquiryChannel(Term):
    WINDOW = "window", "窗口"
    PHONE = "phone", "电话"
    WEB = "web", "手机网页"
    MINI_PROGRAM = "mini_program", "小程序"


class EnquiryState(Term):
    WAITING = "waiting", "等待接手"
    HELD = "held", "办理中"
    OFFERED = "offered", "移交待接"
    ANSWERED = "answered", "已答复"


class EnquiryAction(Term):
    ASK = "ask", "提问"
    TAKE = "take", "接手"
    OFFER = "offer", "移交"
    ACCEPT = "accept", "接收移交"
    DECLINE = "decline", "不接收"
    RECALL = "recall", "收回移交"
    ANSWER = "answer", "答复"
