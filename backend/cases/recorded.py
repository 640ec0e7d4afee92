"""What a case's history says of its inspection, meeting, reports and pledge, as a page shows it. Values in, answers out."""

from collections.abc import Sequence
from datetime import date

from api_spec.china_time import day_in_china
from api_spec.messages import cases as m
from api_spec.vocabulary import CaseAction
from backend.cases.case import Case, Event


def visit_view(case: Case, events: Sequence[Event]) -> m.VisitView | None:
    """联合勘察记录."""
    if case.visit is None:
        return None
    given = {e.facts.department: e for e in events if e.action is CaseAction.GIVE_OPINION}
    closed = _last(events, CaseAction.CLOSE_INSPECTION)
    return m.VisitView(
        day=case.visit.day,
        place=case.visit.place,
        conclusion=closed.note if closed else "",
        seats=[
            m.SeatLine(
                department_id=seat.department_id,
                department=seat.name,
                inspectors=list(seat.inspectors),
                opinion=said.note if (said := given.get(seat.department_id)) else "",
                given_at=said.at if said else None,
            )
            for seat in case.visit.seats
        ],
    )


def meeting_view(events: Sequence[Event]) -> m.MeetingView | None:
    """集体讨论记录."""
    said = _last(events, CaseAction.RECORD_COLLECTIVE)
    if said is None or said.facts.meeting is None:
        return None
    return m.MeetingView(
        day=said.facts.meeting.day,
        attendees=list(said.facts.meeting.attendees),
        conclusion=said.note,
        minutes=said.facts.reference,
    )


def reports(case: Case, events: Sequence[Event]) -> list[m.ReportView]:
    """Every time it went up, and what came back."""
    names = {paper.code: paper.name for paper in case.terms.papers}
    found: list[m.ReportView] = []
    for place, event in enumerate(events):
        if event.action is not CaseAction.REPORT_UP:
            continue
        after = (e for e in events[place:] if e.action is CaseAction.RETURN_FROM_ABOVE)
        back = next(after, None)
        found.append(
            m.ReportView(
                number=event.facts.reference,
                sent_at=event.at,
                papers=[names.get(code, code) for code in event.facts.sent],
                returned_at=back.at if back else None,
                letter=back.facts.reference if back else "",
                wanted=[names.get(code, code) for code in back.facts.wanted] if back else [],
                reason=back.note if back else "",
            )
        )
    return found


def pledge_view(case: Case, today: date) -> m.PledgeView | None:
    """容缺: what is still to come."""
    if not case.owed or case.owed_until is None:
        return None
    names = {paper.code: paper.name for paper in case.terms.papers}
    return m.PledgeView(
        papers=[names.get(code, code) for code in case.owed],
        until=case.owed_until,
        late=today > case.owed_until,
    )


def paper_on(events: Sequence[Event]) -> tuple[date | None, int]:
    """The day a paper application came in, and how many days later it was typed in (plan, clause 14)."""
    filed = events[0]
    if filed.facts.paper_on is None:
        return None, 0
    return filed.facts.paper_on, (day_in_china(filed.at) - filed.facts.paper_on).days


def _last(events: Sequence[Event], action: CaseAction) -> Event | None:
    """The last of its kind since the case was taken up again."""
    for event in reversed(events):
        if event.action is CaseAction.REOPEN:
            return None
        if event.action is action:
            return event
    return None
