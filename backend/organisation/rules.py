"""What the organisation behind the windows has to be: attested people, delegations in force, items in the hall, lists covered. Pure.

Nothing here asks why somebody was not fit: one yes or no of the department is all that is kept (plan, clause 34;
个人信息保护法 6, 28).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from api_spec.catalogue import Item
from api_spec.errors import ErrorCode
from api_spec.vocabulary import ItemKind, ItemType, Partner, Role, Term, WindowType
from backend.actors import Actor
from backend.faults import Fault, Wrong

NOTICE_VERSION: Final = 1
PORTRAIT_NOTICE: Final = (
    "照片只用在大厅阳光台、窗口公示和工作证上，让群众知道找谁办事；不作考勤、不作人脸识别。"
    "您可以随时撤回，撤回后照片马上删除，不影响您的岗位。"
)
SOON: Final = timedelta(days=30)
"""An appointment or delegation that ends within this time is pointed out."""

WHOLE_CENTRE: Final = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR})
OWN_DEPARTMENT: Final = frozenset({Role.GROUP_LEADER, Role.DEPARTMENT_HEAD})
ATTESTED: Final = frozenset({Role.WINDOW, Role.GROUP_LEADER})
"""Posts a department sends somebody to with its word for them (plan, clause 33)."""

NOT_BY_APPLICATION: Final = frozenset(
    {ItemType.PENALTY, ItemType.COERCION, ItemType.LEVY, ItemType.INSPECTION}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """选派表: what a department says of whom it sends (plan, clause 33), and that nothing speaks against it (34).

    Args:
        under_45: the age is asked for in principle only, so a no is pointed out and stops nothing.
        nothing_against: one word on everything clause 34 names.
        attested_by: who said so for the department.
    """

    keeps_rules: bool
    knows_process: bool
    uses_computer: bool
    speaks_mandarin: bool
    under_45: bool
    nothing_against: bool
    attested_by: str
    attested_on: date


def check_assignment(form: Assignment, *, today: date) -> None:
    """Raises Fault(FORM_INVALID): something asked for was not attested."""
    asked = {
        "keeps_rules": form.keeps_rules,
        "knows_process": form.knows_process,
        "uses_computer": form.uses_computer,
        "speaks_mandarin": form.speaks_mandarin,
    }
    wrong = [
        Wrong(name, "not_attested", "部门没有证明这一条，不能选派到窗口。")
        for name, said in asked.items()
        if not said
    ]
    if not form.nothing_against:
        wrong.append(Wrong("nothing_against", "not_attested", "部门没有确认“没有不得选派的情形”，不能选派。"))
    if not form.attested_by.strip():
        wrong.append(Wrong("attested_by", "required", "请填部门出具意见的人。"))
    if form.attested_on > today:
        wrong.append(Wrong("attested_on", "future", "出具意见的日期不能晚于今天。"))
    if wrong:
        raise Fault(ErrorCode.FORM_INVALID, wrong=wrong)


def advice(form: Assignment) -> tuple[str, ...]:
    """What is pointed out and stops nothing (“原则上”)."""
    return (
        () if form.under_45 else ("部门说明此人已满 45 周岁：原则上应选 45 周岁以下的，确需选派的可以继续。",)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """A partner lets the centre take its business (plan, clause 27).

    Args:
        item_ids: what it covers; empty for all the partner offers here.
        valid_to: the last day; None until it is ended.
    """

    id: str
    partner: Partner
    item_ids: tuple[str, ...]
    document: str
    valid_from: date
    valid_to: date | None
    ended_at: datetime | None = None

    def holds(self, day: date) -> bool:
        return (
            self.ended_at is None
            and self.valid_from <= day
            and (self.valid_to is None or day <= self.valid_to)
        )

    def ends_soon(self, day: date) -> bool:
        return self.holds(day) and self.valid_to is not None and self.valid_to - day <= SOON


def covers(known: Sequence[Delegation], item_id: str, *, day: date) -> bool:
    """Whether the centre may take a new errand of this item from the partner the delegations are of.

    A township that has recorded none of a partner yet goes on as before: the record is what can end.
    """
    return not known or any(
        each.holds(day) and (not each.item_ids or item_id in each.item_ids) for each in known
    )


def check_delegation(delegation: Delegation) -> None:
    """Raises Fault(FORM_INVALID)."""
    wrong: list[Wrong] = []
    if not delegation.document.strip():
        wrong.append(Wrong("document", "required", "请填委托书或协议的文号。"))
    if delegation.valid_to is not None and delegation.valid_to < delegation.valid_from:
        wrong.append(Wrong("valid_to", "before_start", "截止日期不能早于开始日期。"))
    if wrong:
        raise Fault(ErrorCode.FORM_INVALID, wrong=wrong)


@dataclass(frozen=True, slots=True, kw_only=True)
class HallEntry:
    """进驻: by when an item has to be in the hall, and since when it is, on which authorisation (plan, clause 16)."""

    item_id: str
    department_id: str
    due_on: date
    entered_on: date | None = None
    document: str = ""

    def is_overdue(self, day: date) -> bool:
        return self.entered_on is None and self.due_on < day


def check_entry(entry: HallEntry, *, today: date) -> None:
    """Raises Fault(FORM_INVALID): it came in without a document, or will come tomorrow."""
    wrong: list[Wrong] = []
    if entry.entered_on is not None and not entry.document.strip():
        wrong.append(Wrong("document", "required", "进驻要有授权文件，请填文号。"))
    if entry.entered_on is not None and entry.entered_on > today:
        wrong.append(Wrong("entered_on", "future", "进驻日期不能晚于今天。"))
    if wrong:
        raise Fault(ErrorCode.FORM_INVALID, wrong=wrong)


class Lack(Term):
    """What a line of a list still needs (plan, clause 11)."""

    NO_ITEM = "no_item", "没有对应的事项"
    NOT_OFFERED = "not_offered", "事项没有发布"
    NO_WINDOW = "no_window", "没有窗口办"
    NO_GUIDE = "no_guide", "办事指南没写材料"
    NO_LEADER = "no_leader", "没有能审批的组长"


class Listed(Protocol):
    """One line of a published list."""

    @property
    def name(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def type(self) -> ItemType: ...


def by_application(line: Listed) -> bool:
    """依申请类: somebody asks for it; penalties and inspections come by themselves."""
    return line.type not in NOT_BY_APPLICATION


def match(line: Listed, items: Iterable[Item]) -> Item | None:
    """The item that is evidently this line: the same national code, else the same name."""
    known = list(items)
    plain = "".join(ch for ch in line.code if ch.isalnum()).upper()
    by_code = (item for item in known if item.national_code and item.national_code.upper() == plain)
    by_name = (item for item in known if line.name in (item.name, *item.aliases))
    return next(by_code, None) or next(by_name, None)


def lacks(
    item: Item, *, windows: Mapping[WindowType, str], leaders: Mapping[str, frozenset[str]]
) -> tuple[Lack, ...]:
    """What an item needs before it is in the hall in full.

    Args:
        windows: the department behind the windows of each type.
        leaders: by department the items its 组长 may decide today; an empty set for all of them.
    """
    found: list[Lack] = []
    department = windows.get(item.window)
    if department is None:
        found.append(Lack.NO_WINDOW)
    if not (item.materials or item.situations or item.needs_no_material):
        found.append(Lack.NO_GUIDE)
    scope = leaders.get(department) if department else None
    if item.kind is not ItemKind.PROXY and (scope is None or (scope and item.id not in scope)):
        found.append(Lack.NO_LEADER)
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffCard:
    """What the public board says of a person; `photo_basis` is what the portrait rests on, "" without one."""

    staff_id: str
    title: str = ""
    phone: str = ""
    handles: str = ""
    badge: str = ""
    photo_basis: str = ""

    @property
    def has_photo(self) -> bool:
        return bool(self.photo_basis)


def refuse_card(actor: Actor, staff_id: str, department_id: str) -> None:
    """Everybody keeps their own card; the centre keeps all, a 组长 or head those of their department.

    Raises:
        Fault: NOT_ALLOWED, OUT_OF_SCOPE.
    """
    if actor.id == staff_id or actor.has(WHOLE_CENTRE):
        return
    if not actor.has(OWN_DEPARTMENT):
        raise Fault(ErrorCode.NOT_ALLOWED)
    if not department_id or department_id != actor.department_id:
        raise Fault(ErrorCode.OUT_OF_SCOPE)


def portrait_basis(actor: Actor, staff_id: str, *, agreed: bool, paper: str) -> str:
    """On what a portrait may be shown: the person's own tick, or the number of the notice they signed on paper.

    Raises:
        Fault: CONSENT_MISSING.
    """
    if actor.id == staff_id and agreed:
        return f"本人同意（告知第 {NOTICE_VERSION} 版）"
    if actor.id != staff_id and paper.strip():
        return f"纸质同意书 {paper.strip()}"
    raise Fault(ErrorCode.CONSENT_MISSING)
