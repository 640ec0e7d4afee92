"""What the people of the demonstration say at each move of a case, and who of them says it. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from api_spec.catalogue import Item
from api_spec.vocabulary import CaseAction as A
from api_spec.vocabulary import DeliveryMethod, MaterialStatus, Outcome
from backend.cases.case import EventFacts, Gap, Meeting, Seat, Visit
from backend.cases.machine import Command
from backend.demo import samples

LEADERS: Final = frozenset(
    {
        A.DECIDE,
        A.REFUSE,
        A.START_SPECIAL,
        A.SUBMIT_COLLECTIVE,
        A.SEND_TO_SIGN,
        A.REPORT_UP,
        A.DECIDE_ABOVE,
        A.PROPOSE_EXTENSION,
    }
)
OF_THE_CENTRE: Final = {
    A.CONVENE_INSPECTION: "centre",
    A.RECORD_COLLECTIVE: "centre",
    A.VOID: "director",
    A.REOPEN: "director",
}
VISITORS: Final = frozenset({"自然资源所", "农业综合服务中心"})
"""Who goes to see where a house is to stand; nobody else is asked for an opinion."""
NOTES: Final = {
    A.FIRST_REVIEW: "材料齐全，情况属实，同意报审。",
    A.DECIDE: "已按规定审查。",
    A.PROPOSE_REFUSAL: "不属于本镇受理范围。",
    A.REFUSE: "不属于本镇受理范围，请到市级窗口办理。",
    A.CONVENE_INSPECTION: "请自然资源所、农业综合服务中心派员参加。",
    A.GIVE_OPINION: "现场与申请一致，同意。",
    A.START_SPECIAL: "需要鉴定，时间不计入办理期限。",
    A.SUBMIT_COLLECTIVE: "涉及两个村，需要集体研究。",
    A.RECORD_COLLECTIVE: "同意部门意见，按承包证认定。",
    A.SEND_TO_SIGN: "初审合格，请审签。",
    A.RETURN_FROM_ABOVE: "家庭收入情况请再核实。",
    A.PROPOSE_EXTENSION: "需要向原迁出地核实。",
    A.WITHDRAW: "申请人来窗口说不办了。",
    A.VOID: "同一申请登记了两次。",
    A.REOPEN: "发出的证照有误，收回重办。",
}
BASIS: Final = {
    A.PROPOSE_REFUSAL: "行政许可法第三十二条",
    A.REFUSE: "行政许可法第三十二条",
    A.REOPEN: "行政许可法第六十九条",
}
REFERENCES: Final = {
    A.DECIDE: "演示〔2026〕1号",
    A.RECORD_COLLECTIVE: "演示会纪〔2026〕1号",
    A.REPORT_UP: "演示报〔2026〕1号",
    A.RETURN_FROM_ABOVE: "演示退〔2026〕1号",
    A.DECIDE_ABOVE: "演示市批〔2026〕1号",
    A.WITHDRAW: "演示撤〔2026〕1号",
}


def login(item: Item, action: A) -> str:
    """Whose turn it is."""
    if action in OF_THE_CENTRE:
        return OF_THE_CENTRE[action]
    return item.window.value + ("-leader" if action in LEADERS else "")


def command(
    item: Item, action: A, *, departments: Mapping[str, str], today: date, outcome: Outcome
) -> Command:
    """The move with everything the machine asks for it.

    Args:
        departments: of the township, by id.
    """
    decides = action in {A.DECIDE, A.DECIDE_ABOVE}
    stop = item.stop_grounds[0] if item.stop_grounds and action is A.START_SPECIAL else ""
    refused = "审查结果不符合规定条件" if decides and outcome is Outcome.REFUSED else ""
    facts = EventFacts(
        materials=samples.materials(item, samples.situation(item)) if action is A.ACCEPT else {},
        gaps=(_gap(item),) if action is A.REQUEST_FIX else (),
        days=_days(action),
        outcome=outcome if decides else None,
        reference=REFERENCES.get(action, ""),
        basis=BASIS.get(action, "") or stop or refused,
        method=DeliveryMethod.WINDOW if action is A.DELIVER else None,
        proof="演示签收1号" if action is A.DELIVER else "",
        visit=_visit(departments, today) if action is A.CONVENE_INSPECTION else None,
        meeting=Meeting(day=today, attendees=("镇长（演示）", "副镇长（演示）"))
        if action is A.RECORD_COLLECTIVE
        else None,
    )
    return Command(action=action, note=NOTES.get(action, ""), facts=facts)


def pledge(*, until: date) -> Command:
    """容缺受理."""
    return Command(action=A.ACCEPT, facts=EventFacts(pledge=True, until=until))


def _gap(item: Item) -> Gap:
    missing = next(iter(samples.materials(item, samples.situation(item))))
    return Gap(code=missing, name="", status=MaterialStatus.MISSING, how_to_fix="请补上原件，核对后退还。")


def _days(action: A) -> int:
    return {A.REQUEST_FIX: 10, A.START_SPECIAL: 15, A.PROPOSE_EXTENSION: 5}.get(action, 0)


def _visit(departments: Mapping[str, str], today: date) -> Visit:
    seats = tuple(
        Seat(department_id=each, name="", inspectors=(f"勘察员{number}",))
        for number, each in enumerate((i for i, name in departments.items() if name in VISITORS), 1)
    )
    return Visit(day=today, place="三都镇南庄村", seats=seats)
