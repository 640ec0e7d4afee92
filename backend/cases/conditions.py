"""What an edge of the machine asks of the case and of the command, and how each is judged. Pure."""

from collections.abc import Callable, Collection, Iterator, Mapping
from enum import StrEnum

from api_spec.errors import ErrorCode
from api_spec.vocabulary import (
    DecisionLevel,
    DeliveryMethod,
    ItemKind,
    MaterialStatus,
    Outcome,
    Role,
    TimerKind,
)
from backend.actors import Actor
from backend.cases.case import Case, EventFacts
from backend.faults import Wrong

MAX_EXTENSION_DAYS = 10
"""行政许可法 42: the 20 working days may be lengthened by 10."""
MAX_SUPPLEMENT_DAYS = 60


class When(StrEnum):
    """What must be true of the case and the person."""

    FIRST_NOTICE = "first_notice"
    REFUSAL_NOT_PROPOSED = "refusal_not_proposed"
    NOTICE_LATE = "notice_late"
    SUPPLEMENT_LATE = "supplement_late"
    INSTANT = "instant"
    NOT_INSTANT = "not_instant"
    DECIDED_HERE = "decided_here"
    REPORTED = "reported"
    NEEDS_SIGNATURE = "needs_signature"
    NEEDS_MEETING = "needs_meeting"
    STOPPABLE = "stoppable"
    OTHER_PERSON = "other_person"
    TO_HAND_OVER = "to_hand_over"
    NOTHING_TO_HAND_OVER = "nothing_to_hand_over"
    NOT_EXTENDED = "not_extended"
    EXTENSION_NOT_PROPOSED = "extension_not_proposed"
    EXTENSION_PROPOSED = "extension_proposed"
    NOT_LATE = "not_late"
    RECEIVED = "received"
    NOT_RECEIVED = "not_received"
    NOT_VISITED = "not_visited"
    SILENT_SO_FAR = "silent_so_far"
    EVERY_OPINION = "every_opinion"
    OWES = "owes"
    NOTHING_OWED = "nothing_owed"
    PLEDGE_LATE = "pledge_late"
    WANTED_ABOVE = "wanted_above"
    ASKED_FOR = "asked_for"


class Ask(StrEnum):
    """What the command must bring."""

    MATERIALS = "materials"
    GAPS = "gaps"
    WANTED_GAPS = "wanted_gaps"
    DAYS = "days"
    EXTRA_DAYS = "extra_days"
    EVERY_GAP = "every_gap"
    BASIS = "basis"
    GROUND = "ground"
    OUTCOME = "outcome"
    REFERENCE = "reference"
    TRANSMITTAL = "transmittal"
    WANTED = "wanted"
    MEETING = "meeting"
    VISIT = "visit"
    OWED = "owed"
    HAND_OVER = "hand_over"
    WRITTEN_WISH = "written_wish"
    CONTENT = "content"


Judge = Callable[[Case, Actor, Collection[TimerKind]], bool]


def _goes_up(case: Case) -> bool:
    return case.terms.kind is ItemKind.REPORTED or case.terms.decision_level is DecisionLevel.SUPERIOR


def _decided_here(case: Case, _: Actor, __: Collection[TimerKind]) -> bool:
    if _goes_up(case):
        return False
    level = case.terms.decision_level
    return level in {DecisionLevel.WINDOW, DecisionLevel.GROUP_LEADER} or (
        level is DecisionLevel.COLLECTIVE and case.concluded
    )


def silent(case: Case) -> tuple[str, ...]:
    """Departments of a joint inspection that have given no opinion yet."""
    seats = case.visit.seats if case.visit else ()
    return tuple(seat.department_id for seat in seats if seat.department_id not in case.opinions)


WHENS: Mapping[When, Judge] = {
    When.FIRST_NOTICE: lambda case, _, __: case.notices == 0,
    When.REFUSAL_NOT_PROPOSED: lambda case, _, __: not case.refusal_proposed,
    When.NOTICE_LATE: lambda _, __, late: TimerKind.NOTICE in late,
    When.SUPPLEMENT_LATE: lambda _, __, late: TimerKind.SUPPLEMENT in late,
    When.INSTANT: lambda case, _, __: case.terms.kind is ItemKind.INSTANT,
    When.NOT_INSTANT: lambda case, _, __: case.terms.kind is not ItemKind.INSTANT,
    When.DECIDED_HERE: _decided_here,
    When.REPORTED: lambda case, _, __: _goes_up(case),
    When.NEEDS_SIGNATURE: lambda case, _, __: (
        case.terms.decision_level is DecisionLevel.LEGAL_SIGN and not _goes_up(case)
    ),
    When.NEEDS_MEETING: lambda case, _, __: (
        case.terms.decision_level is DecisionLevel.COLLECTIVE and not case.concluded
    ),
    When.STOPPABLE: lambda case, _, __: bool(case.terms.stop_grounds),
    When.OTHER_PERSON: lambda case, actor, _: actor.id not in case.receivers,
    When.TO_HAND_OVER: lambda case, _, __: case.must_hand_over,
    When.NOTHING_TO_HAND_OVER: lambda case, _, __: not case.must_hand_over,
    When.NOT_EXTENDED: lambda case, _, __: case.extended_days == 0,
    When.EXTENSION_NOT_PROPOSED: lambda case, _, __: not case.extension_proposed,
    When.EXTENSION_PROPOSED: lambda case, _, __: case.extension_proposed and case.extended_days == 0,
    When.NOT_LATE: lambda _, __, late: TimerKind.PROMISE not in late,
    When.RECEIVED: lambda case, _, __: bool(case.receivers),
    When.NOT_RECEIVED: lambda case, _, __: not case.receivers,
    When.NOT_VISITED: lambda case, _, __: case.visit is None,
    When.SILENT_SO_FAR: lambda case, actor, _: actor.department_id not in case.opinions,
    When.EVERY_OPINION: lambda case, _, __: not silent(case),
    When.OWES: lambda case, _, __: bool(case.owed),
    When.NOTHING_OWED: lambda case, _, __: not case.owed,
    When.PLEDGE_LATE: lambda _, __, late: TimerKind.PLEDGE in late,
    When.WANTED_ABOVE: lambda case, _, __: bool(case.not_asked),
    When.ASKED_FOR: lambda case, _, __: bool(case.gaps),
}

Check = Callable[[Case, EventFacts, Role], Iterator[Wrong]]


def _required(field: str, sentence: str) -> Wrong:
    return Wrong(field, "required", sentence)


def _materials(case: Case, facts: EventFacts, _: Role) -> Iterator[Wrong]:
    yield from _unknown_papers(case, facts.materials)
    if facts.pledge:
        yield from _pledge(case, facts)
        return
    names = {paper.code: paper.name for paper in case.terms.papers}
    for code in case.missing(facts.materials):
        yield Wrong(
            f"materials.{code}",
            ErrorCode.MATERIAL_MISSING,
            f"还缺“{names[code]}”。缺材料请一次性告知，或由申请人书面承诺后容缺受理。",
        )


def _pledge(case: Case, facts: EventFacts) -> Iterator[Wrong]:
    """容缺受理: which papers are still to come, and until when (domain 5.2)."""
    if not set(case.missing(facts.materials)) <= set(facts.promised):
        yield Wrong("promised", "required", "缺的材料都要写进承诺书，请全部勾上。")
    if facts.until is None:
        yield _required("until", "请填承诺补交的最后一天。")


def _unknown_papers(case: Case, found: Mapping[str, MaterialStatus]) -> Iterator[Wrong]:
    known = {paper.code for paper in case.terms.papers}
    for code in found:
        if code not in known:
            yield Wrong(f"materials.{code}", "not_a_choice", "这个事项没有这份材料，请刷新后重新勾选。")


def _gaps(case: Case, facts: EventFacts, _: Role) -> Iterator[Wrong]:
    if not facts.gaps:
        yield _required("gaps", "请列出全部需要补正的材料，一次告知清楚。")
    known = {paper.code for paper in case.terms.papers}
    seen: set[str] = set()
    for place, gap in enumerate(facts.gaps):
        if gap.code not in known or gap.code in seen:
            yield Wrong(f"gaps.{place}.code", "not_a_choice", "材料不在清单里或列了两次，请核对。")
        if gap.status is MaterialStatus.PRESENT:
            yield Wrong(f"gaps.{place}.status", "not_a_choice", "请选“缺少”或“不符合要求”。")
        if not gap.how_to_fix.strip():
            yield _required(f"gaps.{place}.how_to_fix", "请写明怎样补正，让群众一次办好。")
        seen.add(gap.code)
    for code in case.missing(facts.materials):
        if code not in seen:
            yield Wrong("gaps", "one_notice", "还有缺少的材料没有列进去；告知只有一次，请一并列出。")
            return


def _wanted_gaps(case: Case, facts: EventFacts, _: Role) -> Iterator[Wrong]:
    """The papers of the superior's letter and no other: it is no second 一次性告知 (行政许可法 32, 35)."""
    if sorted(gap.code for gap in facts.gaps) != sorted(case.not_asked):
        yield Wrong("gaps", "not_a_choice", "只能列上级退回时要求补正的材料，一份不多，一份不少。")
    for place, gap in enumerate(facts.gaps):
        if gap.status is MaterialStatus.PRESENT:
            yield Wrong(f"gaps.{place}.status", "not_a_choice", "请选“缺少”或“不符合要求”。")
        if not gap.how_to_fix.strip():
            yield _required(f"gaps.{place}.how_to_fix", "请写明怎样补正，让群众一次办好。")


def _days(_: Case, facts: EventFacts, __: Role) -> Iterator[Wrong]:
    if not 1 <= facts.days <= MAX_SUPPLEMENT_DAYS:
        yield Wrong("days", "too_large", f"补正期限请填 1 到 {MAX_SUPPLEMENT_DAYS} 个工作日。")


def _extra_days(_: Case, facts: EventFacts, __: Role) -> Iterator[Wrong]:
    if not 1 <= facts.days <= MAX_EXTENSION_DAYS:
        yield Wrong("days", "too_large", f"延长期限请填 1 到 {MAX_EXTENSION_DAYS} 个工作日。")


def _every_gap(case: Case, facts: EventFacts, _: Role) -> Iterator[Wrong]:
    yield from _unknown_papers(case, facts.materials)
    for gap in case.gaps:
        if facts.materials.get(gap.code) is not MaterialStatus.PRESENT:
            yield Wrong(
                f"materials.{gap.code}",
                ErrorCode.MATERIAL_MISSING,
                f"还没有补“{gap.name}”，请按告知书一次补齐。",
            )


def _basis(_: Case, facts: EventFacts, __: Role) -> Iterator[Wrong]:
    if not facts.basis.strip():
        yield _required("basis", "请写明依据的名称和条款。")


def _ground(case: Case, facts: EventFacts, _: Role) -> Iterator[Wrong]:
    if facts.basis not in case.terms.stop_grounds:
        yield Wrong("basis", "not_a_choice", "请选这个事项规定的停止计时理由。")
    if not facts.days:
        yield _required("days", "请填预计需要的工作日，并书面告知申请人。")


def _outcome(_: Case, facts: EventFacts, __: Role) -> Iterator[Wrong]:
    if facts.outcome is None:
        yield _required("outcome", "请选择准予或不予。")
    elif facts.outcome is Outcome.REFUSED and not facts.basis.strip():
        yield _required("basis", "请写明不予的法律法规依据。")


def _reference(_: Case, facts: EventFacts, __: Role) -> Iterator[Wrong]:
    if not facts.reference.strip():
        yield _required("reference", "请填文书编号。")


def _transmittal(case: Case, facts: EventFacts, role: Role) -> Iterator[Wrong]:
    """The lower level hands up everything at once (行政许可法 35)."""
    yield from _reference(case, facts, role)
    known = {paper.code for paper in case.terms.papers}
    required = {paper.code for paper in case.terms.papers if paper.required}
    if not set(facts.sent) <= known:
        yield Wrong("sent", "not_a_choice", "这个事项没有这份材料，请刷新后重新勾选。")
    if not required <= set(facts.sent):
        yield Wrong("sent", ErrorCode.MATERIAL_MISSING, "必需的材料要一次报齐，请全部勾上。")


def _wanted(case: Case, facts: EventFacts, role: Role) -> Iterator[Wrong]:
    """The superior does not ask for one paper twice (行政许可法 35; plan, clause 48)."""
    yield from _reference(case, facts, role)
    known = {paper.code for paper in case.terms.papers}
    if not set(facts.wanted) <= known:
        yield Wrong("wanted", "not_a_choice", "这个事项没有这份材料，请刷新后重新勾选。")
    if case.wanted_above & set(facts.wanted):
        yield Wrong("wanted", "asked_before", "这份材料上级已经退过一次，不能再要第二次。")


def _meeting(case: Case, facts: EventFacts, role: Role) -> Iterator[Wrong]:
    yield from _reference(case, facts, role)
    if facts.meeting is None:
        yield _required("meeting_day", "请填会议日期。")
    elif not facts.meeting.attendees:
        yield _required("attendees", "请填参加会议的人员和职务，一行一位。")


def _visit(_: Case, facts: EventFacts, __: Role) -> Iterator[Wrong]:
    """Two departments and two inspectors at least (plan, clause 49; 行政许可法 34)."""
    visit = facts.visit
    if visit is None:
        yield _required("visit_day", "请填勘察日期。")
        return
    if not visit.place.strip():
        yield _required("place", "请填勘察地点。")
    if len({seat.department_id for seat in visit.seats}) < 2:
        yield Wrong("departments", "too_small", "联合勘察至少要有两个部门。")
    if len(visit.seats) != len({seat.department_id for seat in visit.seats}):
        yield Wrong("departments", "twice", "一个部门只列一次。")
    if any(not seat.inspectors for seat in visit.seats):
        yield _required("inspectors", "每个部门都要写明派谁去。")
    if sum(len(seat.inspectors) for seat in visit.seats) < 2:
        yield Wrong("inspectors", "too_small", "现场勘察至少要有两名工作人员。")


def _owed(case: Case, facts: EventFacts, _: Role) -> Iterator[Wrong]:
    if not facts.materials:
        yield _required("materials", "请勾选补交了哪份材料。")
    for code, status in facts.materials.items():
        if code not in case.owed or status is not MaterialStatus.PRESENT:
            yield Wrong(f"materials.{code}", "not_a_choice", "请只勾选承诺补交并且已经交来的材料。")


def _hand_over(case: Case, facts: EventFacts, role: Role) -> Iterator[Wrong]:
    if facts.method is None:
        yield _required("method", "请选择送达方式。")
    elif facts.method is DeliveryMethod.ELECTRONIC and case.terms.bound_to_paper:
        yield Wrong("method", "not_a_choice", "这个事项要本人到场或签纸质件，不能电子送达。")
    elif role in {Role.VILLAGE_CLERK, Role.NODE} and facts.method is not DeliveryMethod.VILLAGE:
        yield Wrong("method", "not_a_choice", "村里只能登记村级服务点转交。")
    if not facts.proof.strip():
        yield _required("proof", "请登记签收凭证：签收单号、取件码或邮单号。")


def _written_wish(_: Case, facts: EventFacts, role: Role) -> Iterator[Wrong]:
    if role is Role.WINDOW and not facts.reference.strip():
        yield _required("reference", "窗口代为登记撤回，请填申请人签字的撤回申请编号。")


def _content(_: Case, facts: EventFacts, __: Role) -> Iterator[Wrong]:
    if not facts.content:
        yield _required("answers", "请填写更正后的内容。")


ASKS: Mapping[Ask, Check] = {
    Ask.MATERIALS: _materials,
    Ask.GAPS: _gaps,
    Ask.WANTED_GAPS: _wanted_gaps,
    Ask.DAYS: _days,
    Ask.EXTRA_DAYS: _extra_days,
    Ask.EVERY_GAP: _every_gap,
    Ask.BASIS: _basis,
    Ask.GROUND: _ground,
    Ask.OUTCOME: _outcome,
    Ask.REFERENCE: _reference,
    Ask.TRANSMITTAL: _transmittal,
    Ask.WANTED: _wanted,
    Ask.MEETING: _meeting,
    Ask.VISIT: _visit,
    Ask.OWED: _owed,
    Ask.HAND_OVER: _hand_over,
    Ask.WRITTEN_WISH: _written_wish,
    Ask.CONTENT: _content,
}
