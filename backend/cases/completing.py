"""Fills in what a command leaves to the office: papers' names, what a pledge covers, what is sent up. Pure."""

from collections.abc import Mapping
from datetime import date

from msgspec.structs import replace

from api_spec.errors import ErrorCode
from api_spec.vocabulary import CaseAction, MaterialStatus
from backend.cases.case import Case, EventFacts, Visit
from backend.cases.machine import Command
from backend.faults import Fault, Wrong


def completed(command: Command, case: Case, *, departments: Mapping[str, str], today: date) -> Command:
    """The command as the machine judges it.

    Args:
        departments: names of the township's departments by id, for those called to an inspection.

    Raises:
        Fault: FORM_INVALID a department the township does not have, or a day that cannot be.
    """
    facts = command.facts
    if facts.gaps:
        facts = replace(facts, gaps=tuple(replace(gap, name=_name(case, gap.code)) for gap in facts.gaps))
    if facts.pledge:
        facts = _pledged(facts, case, today)
    if command.action is CaseAction.REPORT_UP and not facts.sent:
        facts = replace(facts, sent=_everything(case))
    if facts.visit:
        facts = replace(facts, visit=_visit(facts.visit, departments, today))
    if facts.meeting and facts.meeting.day > today:
        raise _wrong("meeting_day", "date_too_late", "会还没有开，开过会再登记结论。")
    return command if facts is command.facts else replace(command, facts=facts)


def _name(case: Case, code: str) -> str:
    return next((paper.name for paper in case.terms.papers if paper.code == code), "")


def _pledged(facts: EventFacts, case: Case, today: date) -> EventFacts:
    """All that is missing is pledged when nothing is named, and stands as missing from then on."""
    if facts.until is not None and facts.until <= today:
        raise _wrong("until", "date_too_early", "承诺补交的日子要在今天以后。")
    missing = case.missing(facts.materials)
    found = {**dict.fromkeys(missing, MaterialStatus.MISSING), **facts.materials}
    return replace(facts, promised=facts.promised or missing, materials=found)


def _everything(case: Case) -> tuple[str, ...]:
    """Every paper that is in, the required ones always."""
    return tuple(
        paper.code
        for paper in case.terms.papers
        if paper.required or case.materials.get(paper.code) is MaterialStatus.PRESENT
    )


def _visit(visit: Visit, departments: Mapping[str, str], today: date) -> Visit:
    if visit.day < today:
        raise _wrong("visit_day", "date_too_early", "勘察日期不能早于今天。")
    if any(seat.department_id not in departments for seat in visit.seats):
        raise _wrong("departments", "not_a_choice", "没有这个部门，请重新选择。")
    seats = tuple(
        replace(
            seat,
            name=departments[seat.department_id],
            inspectors=tuple(name.strip() for name in seat.inspectors if name.strip()),
        )
        for seat in visit.seats
    )
    return replace(visit, place=visit.place.strip(), seats=seats)


def _wrong(field: str, code: str, sentence: str) -> Fault:
    return Fault(ErrorCode.FORM_INVALID, wrong=[Wrong(field, code, sentence)])
