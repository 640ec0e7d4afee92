"""Figures: what was done in a time, where people get stuck, who did how much."""

from datetime import date

from api_spec.messages.base import Answer, Message
from api_spec.messages.hall import CalendarDay
from api_spec.vocabulary import Term, WindowType


class End(Term):
    """What came of a case; kept apart and never added up to one figure (domain: result codes in practice)."""

    GRANTED = "granted", "准予"
    REFUSED = "refused", "不予"
    NOT_ACCEPTED = "not_accepted", "不予受理"
    WITHDRAWN = "withdrawn", "申请人撤回"
    DEEMED_WITHDRAWN = "deemed_withdrawn", "视为撤回"
    VOIDED = "voided", "作废"


class Dimension(Term):
    """By what figures are told."""

    ITEM = "item", "事项"
    WINDOW = "window", "窗口"
    DEPARTMENT = "department", "部门"
    VILLAGE = "village", "村（社区）"
    CHANNEL = "channel", "来源"
    KIND = "kind", "办件类型"
    MONTH = "month", "月份"


class Measure(Term):
    """What is counted. Received, accepted and ended go by the day of each; the rest says its own time."""

    RECEIVED = "received", "收件"
    ACCEPTED = "accepted", "受理"
    GRANTED = "granted", "准予"
    REFUSED = "refused", "不予"
    NOT_ACCEPTED = "not_accepted", "不予受理"
    WITHDRAWN = "withdrawn", "申请人撤回"
    DEEMED_WITHDRAWN = "deemed_withdrawn", "视为撤回"
    VOIDED = "voided", "作废"
    LATE = "late", "超承诺期限办结"
    STATUTORY_LATE = "statutory_late", "超法定期限办结"
    NOTICED = "noticed", "发过一次性告知"
    RETURNED = "returned", "上级退回"
    OPEN = "open", "未作决定"
    OPEN_LATE = "open_late", "未作决定且超期"


class Obstacle(Term):
    """What makes a 堵点 (plan, clause 59)."""

    NOTICE = "notice", "要补材料"
    LATE = "late", "超期"
    SLOW = "slow", "用时占承诺"
    REPEAT = "repeat", "多次来办"


class PeriodQuery(Message):
    """Both days count; without them the year up to today."""

    first: CalendarDay | None = None
    last: CalendarDay | None = None


class FiguresQuery(PeriodQuery):
    """By what to group, and which window type alone."""

    by: Dimension = Dimension.ITEM
    window: WindowType | None = None


class FigureLine(Answer, frozen=True, kw_only=True):
    """One group: how many by each measure; hundredths of working days to the decision at the middle and at 9 in 10."""

    key: str
    label: str
    counts: dict[str, int]
    median_hundredths: int | None
    ninth_hundredths: int | None


class UnsyncedVillage(Answer, frozen=True, kw_only=True):
    """A village whose cases the figures may not hold yet."""

    village: str
    waiting: int


class Figures(Answer, frozen=True, kw_only=True):
    """`measures`: what each count is called, in order; outcomes are apart and must not be added up."""

    first: date
    last: date
    by: Dimension
    measures: dict[str, str]
    lines: list[FigureLine]
    total: FigureLine
    unsynced: list[UnsyncedVillage]


class HotCell(Answer, frozen=True, kw_only=True):
    """`heat`: 0 below the place's own average, 1 about it, up to 4 far above; -1 too few cases to say."""

    share: float
    part: int
    whole: int
    heat: int


class HotLine(Answer, frozen=True, kw_only=True):
    key: str
    label: str
    cases: int
    cells: dict[str, HotCell]


class HotStep(Answer, frozen=True, kw_only=True):
    state: str
    label: str
    cases: int
    hundredths: int
    share: float


class HotMaterial(Answer, frozen=True, kw_only=True):
    item_id: str
    item_name: str
    code: str
    name: str
    cases: int


class HotSpots(Answer, frozen=True, kw_only=True):
    """堵点. `obstacles`: what each is called; `average` the place's own; `bad_ratings` by indicator, empty while few."""

    first: date
    last: date
    by: Dimension
    obstacles: dict[str, str]
    average: dict[str, float]
    lines: list[HotLine]
    steps: list[HotStep]
    materials: list[HotMaterial]
    bad_ratings: dict[str, int]
    unsynced: list[UnsyncedVillage]


class WorkLine(Answer, frozen=True, kw_only=True):
    """How often one person took each action. No score, no order of merit."""

    name: str
    posts: str
    done: dict[str, int]


class Work(Answer, frozen=True, kw_only=True):
    first: date
    last: date
    actions: list[str]
    people: list[WorkLine]
