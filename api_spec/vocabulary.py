"""Every word the office and the protocol use, once, with its Chinese term beside it.

Values are stored in databases and sync records: they are added to, never renamed.
"""

from enum import StrEnum
from typing import Self


class Term(StrEnum):
    """A stored value with the office's own word for it: `CaseState.ACCEPTED.zh == "已受理"`."""

    zh: str

    def __new__(cls, value: str, zh: str = "") -> Self:
        term = str.__new__(cls, value)
        term._value_ = value
        term.zh = zh
        return term


class Role(Term):
    """Who acts (domain: roles and permissions). A person may hold several posts; an event records the one used."""

    CITIZEN = "citizen", "群众"
    AGENT = "agent", "代理人"
    VILLAGE_CLERK = "village_clerk", "村代办员"
    WINDOW = "window", "窗口人员"
    GROUP_LEADER = "group_leader", "窗口组长"
    BACK_OFFICE = "back_office", "后台审批人员"
    DEPARTMENT_HEAD = "department_head", "部门负责人"
    CENTRE_STAFF = "centre_staff", "中心工作人员"
    DIRECTOR = "director", "中心主任"
    SERVICE_DESK = "service_desk", "客服"
    SUPERVISOR = "supervisor", "监察人员"
    PARTNER = "partner", "公用企业经办人"
    SUPERIOR = "superior", "上级部门经办人"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_OFFICER = "security_officer", "安全管理员"
    AUDITOR = "auditor", "安全审计员"
    NODE = "node", "村级服务点"
    SYSTEM = "system", "系统"


class ItemKind(Term):
    """How an item is handled (plan, clauses 46-48). 上报件 and 代办 are local kinds; the national code is mapped on export."""

    INSTANT = "instant", "即办件"
    PROMISED = "promised", "承诺件"
    REPORTED = "reported", "上报件"
    PROXY = "proxy", "代办件"


class ItemType(Term):
    """事项类型 by its two-digit code (GB/T 39046)."""

    PERMIT = "01", "行政许可"
    PENALTY = "02", "行政处罚"
    COERCION = "03", "行政强制"
    LEVY = "04", "行政征收"
    PAYMENT = "05", "行政给付"
    INSPECTION = "06", "行政检查"
    CONFIRMATION = "07", "行政确认"
    REWARD = "08", "行政奖励"
    RULING = "09", "行政裁决"
    OTHER = "10", "其他行政权力"
    PUBLIC_SERVICE = "20", "公共服务"


class Evidence(Term):
    """How well a fact of the catalogue is founded."""

    SOURCED = "sourced", "有依据"
    LOCAL = "local", "本地确认"
    ILLUSTRATIVE = "illustrative", "示例"


class VillageAvailability(Term):
    """Whether a village service point may take an item."""

    TAKES = "takes", "村级可办"
    HELPS = "helps", "村级协助"
    NO = "no", "须到镇级"


class VillageMode(Term):
    DIRECT = "direct", "直办"
    PROXY = "proxy", "代办"
    ASSIST = "assist", "协办"
    INFORM = "inform", "公开告知"


class DecisionLevel(Term):
    """Who decides (plan, clauses 30 and 31)."""

    WINDOW = "window", "窗口即办"
    GROUP_LEADER = "group_leader", "组长审批"
    LEGAL_SIGN = "legal_sign", "法人审签"
    COLLECTIVE = "collective", "集体讨论"
    SUPERIOR = "superior", "上级审批"


class WindowType(Term):
    """The eight window types of the plan (clauses 17-24)."""

    SOCIAL = "social", "社会事务综合窗口"
    AGRICULTURE = "agriculture", "农业综合窗口"
    LAND = "land", "自然资源窗口"
    MARKET = "market", "市场监管窗口"
    FINANCE = "finance", "财税窗口"
    HOUSEHOLD = "household", "户政窗口"
    JUSTICE = "justice", "司法窗口"
    UTILITY = "utility", "公共服务综合窗口"


class DepartmentKind(Term):
    INSTITUTION = "institution", "事业单位"
    DISPATCHED = "dispatched", "派驻机构"
    CENTRE = "centre", "政务服务中心"


class Partner(Term):
    """The six utilities (plan, clause 9)."""

    WATER = "water", "水"
    POWER = "power", "电"
    GAS = "gas", "气"
    CABLE = "cable", "有线"
    NETWORK = "network", "网络"
    POST = "post", "邮政"


class DivisionKind(Term):
    COUNTY = "county", "县级"
    TOWNSHIP = "township", "乡镇（街道）"
    COMMUNITY = "community", "居委会"
    VILLAGE = "village", "村委会"


class LimitUnit(Term):
    WORKING_DAY = "working_day", "个工作日"
    DAY = "day", "日"
    HOUR = "hour", "小时"


class MaterialForm(Term):
    ORIGINAL = "original", "原件"
    COPY = "copy", "复印件"
    ORIGINAL_AND_COPY = "original_and_copy", "原件和复印件"
    ELECTRONIC = "electronic", "电子件"


class MaterialStatus(Term):
    """What the receiver found of a material (一次性告知书)."""

    PRESENT = "present", "已交"
    MISSING = "missing", "缺少"
    WRONG = "wrong", "不符合要求"


class Channel(Term):
    """Where a case entered. All enter one register (plan, clause 14)."""

    WINDOW = "window", "窗口"
    PHONE = "phone", "电话"
    VILLAGE = "village", "村级服务点"
    MINI_PROGRAM = "mini_program", "小程序"
    WEB = "web", "手机网页"


class ApplicantKind(Term):
    PERSON = "person", "个人"
    ORGANISATION = "organisation", "单位"


class DocumentType(Term):
    ID_CARD = "id_card", "居民身份证"
    HUKOU = "hukou", "户口簿"
    RESIDENCE_PERMIT_HMT = "residence_permit_hmt", "港澳台居民居住证"
    HM_PERMIT = "hm_permit", "港澳居民来往内地通行证"
    TW_PERMIT = "tw_permit", "台湾居民来往大陆通行证"
    PASSPORT = "passport", "护照"
    FOREIGN_RESIDENT = "foreign_resident", "外国人永久居留身份证"
    CREDIT_CODE = "credit_code", "统一社会信用代码"


class Relation(Term):
    """Why an agent may act for the applicant (民法典 161-165, 23, 34)."""

    SELF = "self", "本人"
    GUARDIAN = "guardian", "监护人"
    RELATIVE = "relative", "近亲属"
    VILLAGE_CLERK = "village_clerk", "村代办员"
    ENTRUSTED = "entrusted", "受托人"
    LEGAL_REPRESENTATIVE = "legal_representative", "法定代表人"


class ConsentPurpose(Term):
    """What a citizen agreed to; each purpose separately (个人信息保护法 13, 14, 23, 29)."""

    SERVICE = "service", "办理政务服务"
    SENSITIVE = "sensitive", "处理身份证件等敏感个人信息"
    PARTNER_SHARING = "partner_sharing", "向公用企业提供办理所需信息"
    NOTICES = "notices", "接收办件进度提醒"


class CaseState(Term):
    QUEUED = "queued", "待上传"
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已提交"
    NEED_FIX = "need_fix", "待补正"
    NOT_ACCEPTED = "not_accepted", "不予受理"
    ACCEPTED = "accepted", "已受理"
    REVIEWING = "reviewing", "审查中"
    INSPECTING = "inspecting", "联合勘察"
    SPECIAL = "special", "特别程序"
    COLLECTIVE = "collective", "集体讨论"
    LEGAL_SIGN = "legal_sign", "法人审签"
    REPORTED = "reported", "已上报"
    RETURNED_UP = "returned_up", "上级退回"
    DECIDED = "decided", "已决定"
    TO_COLLECT = "to_collect", "待领取"
    DELIVERED = "delivered", "已送达"
    FINISHED = "finished", "已办结"
    WITHDRAWN = "withdrawn", "已撤回"
    VOIDED = "voided", "已作废"
    ARCHIVED = "archived", "已归档"


class CaseAction(Term):
    SUBMIT = "submit", "提交"
    ACCEPT = "accept", "受理"
    REQUEST_FIX = "request_fix", "一次性告知"
    SUPPLEMENT = "supplement", "补正材料"
    AMEND = "amend", "更正填写内容"
    PROPOSE_REFUSAL = "propose_refusal", "提请不予受理"
    REFUSE = "refuse", "不予受理"
    DEEM_ACCEPTED = "deem_accepted", "逾期未告知视为受理"
    DEEM_WITHDRAWN = "deem_withdrawn", "逾期未补正视为撤回"
    RECEIVE_AT_HALL = "receive_at_hall", "大厅补登收件"
    HAND_IN_PLEDGED = "hand_in_pledged", "补交容缺材料"
    FIRST_REVIEW = "first_review", "初审"
    DECIDE = "decide", "作出决定"
    CONVENE_INSPECTION = "convene_inspection", "组织联合勘察"
    GIVE_OPINION = "give_opinion", "登记勘察意见"
    CLOSE_INSPECTION = "close_inspection", "勘察结束"
    START_SPECIAL = "start_special", "启动特别程序"
    END_SPECIAL = "end_special", "特别程序结束"
    SUBMIT_COLLECTIVE = "submit_collective", "提交集体讨论"
    RECORD_COLLECTIVE = "record_collective", "登记会议结论"
    SEND_TO_SIGN = "send_to_sign", "送法人审签"
    SIGN = "sign", "审签"
    REPORT_UP = "report_up", "上报"
    RETURN_FROM_ABOVE = "return_from_above", "上级退回"
    RESUME_REVIEW = "resume_review", "恢复审查"
    DECIDE_ABOVE = "decide_above", "登记上级决定"
    PROPOSE_EXTENSION = "propose_extension", "提请延长期限"
    EXTEND = "extend", "延长期限"
    MAKE_READY = "make_ready", "通知领取"
    DELIVER = "deliver", "送达"
    FINISH = "finish", "办结"
    WITHDRAW = "withdraw", "撤回"
    VOID = "void", "作废"
    REOPEN = "reopen", "重新办理"
    ARCHIVE = "archive", "归档"
    ADD_NOTE = "add_note", "登记说明"


class TaskKind(Term):
    """What somebody besides the case's own next hand still has to do about it."""

    OPINION = "opinion", "参加联合勘察"
    AGENDA = "agenda", "上会讨论"
    REFUSAL = "refusal", "审定不予受理"
    EXTENSION = "extension", "审批延期"
    PLEDGE = "pledge", "等容缺材料"


class LinkKind(Term):
    """How two cases belong together; seen from the first of them."""

    PART = "part", "主办件"
    PARALLEL = "parallel", "并联办理"
    FOLLOW_UP = "follow_up", "后续事项"


class HoldEnd(Term):
    """Why a clerk has a case in hand no longer."""

    GIVEN_BACK = "given_back", "交回"
    TAKEN_OVER = "taken_over", "由他人接手"
    HANDED_ON = "handed_on", "转交"
    CLOSED = "closed", "办件已结束"


class Outcome(Term):
    """What was decided."""

    GRANTED = "granted", "准予"
    REFUSED = "refused", "不予"


class DeliveryMethod(Term):
    WINDOW = "window", "窗口领取"
    VILLAGE = "village", "村级服务点转交"
    POST = "post", "邮寄"
    ELECTRONIC = "electronic", "电子送达"


class TimerKind(Term):
    NOTICE = "notice", "一次性告知期限"
    SUPPLEMENT = "supplement", "补正期限"
    PROMISE = "promise", "承诺期限"
    STATUTORY = "statutory", "法定期限"
    SUPERIOR = "superior", "上级办理期限"
    DELIVERY = "delivery", "送达期限"
    PLEDGE = "pledge", "容缺补交期限"


class ClockEffect(Term):
    NONE = "none", "不影响计时"
    START = "start", "开始计时"
    STOP = "stop", "停止计时"
    RESUME = "resume", "恢复计时"
    EXTEND = "extend", "延长期限"
    END = "end", "计时结束"


class DeadlineColour(Term):
    """How near the promise is (plan, clause 38)."""

    NONE = "none", "不计时"
    CALM = "calm", "期限内"
    SOON = "soon", "临近期限"
    DUE = "due", "今日到期"
    OVERDUE = "overdue", "已超期"


class AppointmentState(Term):
    HELD = "held", "已占号"
    BOOKED = "booked", "已预约"
    CHECKED_IN = "checked_in", "已签到"
    CALLED = "called", "已叫号"
    SERVED = "served", "已服务"
    MISSED = "missed", "过号"
    PARKED = "parked", "暂离"
    CANCELLED = "cancelled", "已取消"
    NO_SHOW = "no_show", "未到"
    EXPIRED = "expired", "已失效"


class AppointmentAction(Term):
    HOLD = "hold", "占号"
    BOOK = "book", "预约"
    WALK_IN = "walk_in", "现场取号"
    CONFIRM = "confirm", "确认预约"
    RESCHEDULE = "reschedule", "改期"
    CANCEL = "cancel", "取消"
    CHECK_IN = "check_in", "签到"
    CALL = "call", "叫号"
    RECALL = "recall", "再次呼叫"
    SERVE = "serve", "完成服务"
    MISS = "miss", "过号"
    REJOIN = "rejoin", "重新排队"
    PARK = "park", "暂离"
    RESUME = "resume", "回来排队"
    TRANSFER = "transfer", "转窗口"
    PRIORITISE = "prioritise", "改为优先"
    MARK_NO_SHOW = "mark_no_show", "登记未到"
    EXPIRE = "expire", "释放占号"
    END_DAY = "end_day", "当天收号"


class Lane(Term):
    """Which line of a queue a ticket stands in."""

    BOOKED = "booked", "预约"
    PRIORITY = "priority", "优先"
    WALK_IN = "walk_in", "现场"


class Priority(Term):
    """Why somebody is called before others; stated at the hall, never asked for on paper."""

    ELDERLY = "elderly", "70 岁以上老人"
    DISABLED = "disabled", "残疾人"
    PREGNANT = "pregnant", "孕妇或带婴幼儿"
    SOLDIER = "soldier", "现役军人"
    VETERAN = "veteran", "退役军人"


class ParkReason(Term):
    """Why a ticket waits beside the line and keeps its place."""

    PAPERS = "papers", "回去取材料"
    COPY = "copy", "去复印或拍照"
    FORM = "form", "去填表"
    PAYMENT = "payment", "去缴费"
    ON_THE_WAY = "on_the_way", "手机取号，还没到"
    OTHER = "other", "其他原因"


class DeviceKind(Term):
    """What stands in the hall without a person signed in."""

    SCREEN = "screen", "大厅叫号屏"
    KIOSK = "kiosk", "自助取号机"


class DayPeriod(Term):
    MORNING = "morning", "上午"
    AFTERNOON = "afternoon", "下午"


class DutyPlace(Term):
    """Who sits at a window (plan, clause 26: AB岗)."""

    A = "a", "A岗"
    B = "b", "B岗"
    NOBODY = "nobody", "无人在岗"


class LeaveReason(Term):
    """Why somebody is off duty, as anybody may read it: never health or discipline (个人信息保护法 6, 28)."""

    MEETING = "meeting", "开会培训"
    FIELD = "field", "下村办事"
    LEAVE = "leave", "请假休假"
    DUTY = "duty", "其他公务"


class ErrandState(Term):
    """Proxy errands (代办)."""

    REQUESTED = "requested", "已申请"
    CONSENTED = "consented", "已授权"
    TAKEN = "taken", "已接办"
    SUBMITTED_TO_PARTNER = "submitted_to_partner", "已递交"
    SUSPENDED = "suspended", "已中止"
    DONE = "done", "已办结"
    ENDED = "ended", "已终止"


class ErrandAction(Term):
    REQUEST = "request", "申请代办"
    CONSENT = "consent", "签署委托"
    REGISTER_PAPER = "register_paper", "登记纸质签字件"
    TAKE = "take", "接办"
    HAND_OVER = "hand_over", "递交公用企业"
    RECEIVE = "receive", "企业签收"
    SUSPEND = "suspend", "中止"
    RESUME = "resume", "续办"
    COMPLETE = "complete", "办结"
    END = "end", "终止"
    ADD_NOTE = "add_note", "登记进展"


class MoneyMove(Term):
    """Entries of the custody ledger; amounts in fen."""

    TAKEN = "taken", "代收"
    PAID = "paid", "代缴"
    RETURNED = "returned", "退还"


class SyncState(Term):
    """What a village clerk is told about a record."""

    WAITING = "waiting", "待上传"
    SENT = "sent", "已上传"
    HELD = "held", "待镇里处理"
    ACCEPTED = "accepted", "镇里已受理"
    RETURNED = "returned", "已退回"
