"""A case as one person may see it: masked, labelled, with the moves open to them. Values in, answers out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from api_spec import identity_number, phones
from api_spec.catalogue import Item
from api_spec.forms import Field, FieldKind
from api_spec.messages import cases as m
from api_spec.vocabulary import CaseAction, CaseState, DeliveryMethod, TimerKind
from backend.actors import Actor
from backend.cases import deadlines, machine
from backend.cases.case import Case, Event
from backend.cases.clock import clock_view
from backend.cases.deadlines import NO_DAY, Calendar, Timer
from backend.cases.filing import Applicant, Contents
from backend.cases.masking import masked_name
from backend.cases.next_steps import gap_words, next_step
from backend.cases.papers import BROUGHT, brought_later, only_said, paper_word, promised
from backend.cases.recorded import meeting_view, paper_on, pledge_view, reports, visit_view
from backend.cases.records import Card, CaseRecord, dues
from backend.people.identity import mask_name

__all__ = ["Onlooker", "case_card", "case_view", "masked", "masked_name"]

HIDDEN = "保密"
HANDED_OUT = "村级服务点已发放结果"
BETWEEN_STAFF = frozenset(
    {
        CaseAction.ADD_NOTE,
        CaseAction.PROPOSE_REFUSAL,
        CaseAction.PROPOSE_EXTENSION,
        CaseAction.AMEND,
        CaseAction.GIVE_OPINION,
        CaseAction.RECEIVE_AT_HALL,
    }
)
"""Events an applicant is not shown: nothing has been decided by them."""
WORDS_BETWEEN_STAFF = frozenset(
    {
        CaseAction.FIRST_REVIEW,
        CaseAction.CONVENE_INSPECTION,
        CaseAction.CLOSE_INSPECTION,
        CaseAction.SUBMIT_COLLECTIVE,
        CaseAction.RECORD_COLLECTIVE,
        CaseAction.SEND_TO_SIGN,
        CaseAction.RESUME_REVIEW,
    }
)
"""Events an applicant is shown without the opinion written down at them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Onlooker:
    """Who looks, and on which day in China; `at`: the moment, where the clock of one case is shown."""

    actor: Actor
    today: date
    calendar: Calendar
    at: datetime | None = None


def case_view(
    record: CaseRecord,
    contents: Contents,
    *,
    item: Item | None,
    onlooker: Onlooker,
    same_item_before: Sequence[str] = (),
    complaint_phone: str = "",
) -> m.CaseView:
    """One case.

    Args:
        item: as it stood in the pack the case was filed with, for the questions' words; None if that is gone.
        same_item_before: numbers of recent cases of the same person and item.
        complaint_phone: where the applicant asks about what is late.
    """
    case, entry, terms = record.case, record.entry, record.case.terms
    today, calendar = onlooker.today, onlooker.calendar
    timers = deadlines.timers(record.events, terms, calendar)
    days = dues(case.state, timers)
    colour = deadlines.colour(days.due_on, days.soon_on, today)
    hidden = terms.confidential and not _belongs(record, onlooker.actor)
    agent = contents.mandate
    written_on, late_days = paper_on(record.events)
    said = only_said(record.events)
    return m.CaseView(
        id=case.id,
        case_number=entry.case_number,
        tracking_code=entry.tracking_code,
        version=case.version,
        item_id=terms.item_id,
        item_code=terms.item_code,
        item_name=terms.item_name,
        situation=terms.situation,
        window=terms.window,
        window_label=terms.window.zh,
        state=case.state,
        state_label=case.state.zh,
        channel=entry.channel,
        channel_label=entry.channel.zh,
        received_at=entry.received_at,
        applicant=_hidden(contents.applicant) if hidden else masked(contents.applicant),
        agent="" if hidden or agent is None else mask_name(agent.agent_name),
        relation_label=agent.relation.zh if agent else "",
        answers=[] if hidden else list(_answers(item, contents)),
        papers=list(_papers(case, record.events, said)),
        notice=_notice(record.events, timers),
        timers=[_timer(timer, today, calendar) for timer in timers.values()],
        clock=_clock(record, timers, onlooker),
        due_on=None if days.due_on == NO_DAY else days.due_on,
        days_left=_left(days.due_on, today, calendar),
        provisional=days.provisional,
        colour=colour,
        colour_label=colour.zh,
        outcome=case.outcome,
        outcome_label=case.outcome.zh if case.outcome else "",
        result_name=terms.result_name,
        handed_out="" if onlooker.actor.is_citizen else _handed_out(case, record.events),
        next_step=next_step(
            case.state,
            due_on=days.due_on,
            promise_on=days.promise_on,
            missing=tuple(gap_words(gap) for gap in case.gaps),
            outcome=case.outcome,
            only_said=bool(said),
            has_account=bool(case.owner_id),
            visit_on=case.visit.day if case.visit else None,
            owed=tuple(paper.name for paper in case.terms.papers if paper.code in case.owed),
            owed_until=case.owed_until,
            days_late=deadlines.days_late(days.promise_on, today, calendar),
            complaint_phone=complaint_phone,
        ),
        events=list(_events(record.events, onlooker.actor)),
        actions=list(_actions(record, onlooker.actor, deadlines.late(timers, today))),
        stop_grounds=list(terms.stop_grounds),
        same_item_before=list(same_item_before),
        visit=None if onlooker.actor.is_citizen else visit_view(case, record.events),
        meeting=None if onlooker.actor.is_citizen else meeting_view(record.events),
        reports=[] if onlooker.actor.is_citizen else reports(case, record.events),
        pledge=pledge_view(case, today),
        reopened=case.reopened,
        paper_on=written_on,
        paper_late_days=late_days,
        holders=[],
        links=[],
    )


def case_card(card: Card, contents: Contents, onlooker: Onlooker) -> m.CaseCard:
    """A line of a list."""
    today = onlooker.today
    colour = deadlines.colour(card.due_on, card.soon_on, today)
    actor = onlooker.actor
    hidden = card.terms.confidential and not actor.is_citizen and actor.department_id != card.department_id
    return m.CaseCard(
        id=card.case_id,
        case_number=card.case_number,
        tracking_code=card.tracking_code,
        version=card.version,
        item_name=card.terms.item_name,
        state=card.state,
        state_label=card.state.zh,
        applicant=HIDDEN if hidden else masked_name(contents.applicant),
        channel=card.channel,
        channel_label=card.channel.zh,
        window=card.window,
        received_at=card.received_at,
        changed_at=card.changed_at,
        due_on=None if card.due_on == NO_DAY else card.due_on,
        days_left=_left(card.due_on, today, onlooker.calendar),
        provisional=card.provisional,
        colour=colour,
        colour_label=colour.zh,
    )


def masked(applicant: Applicant) -> m.MaskedApplicant:
    """The applicant for screens."""
    return m.MaskedApplicant(
        kind=applicant.kind,
        name=masked_name(applicant),
        document_type=applicant.document_type,
        document_label=applicant.document_type.zh,
        document_number=identity_number.mask(applicant.document_number),
        phone=phones.mask(applicant.phone),
    )


def _hidden(applicant: Applicant) -> m.MaskedApplicant:
    return m.MaskedApplicant(
        kind=applicant.kind,
        name=HIDDEN,
        document_type=applicant.document_type,
        document_label=applicant.document_type.zh,
        document_number=HIDDEN,
        phone=HIDDEN,
    )


def _belongs(record: CaseRecord, actor: Actor) -> bool:
    """Whether a confidential case is this person's business: the owning department's, or their own."""
    case = record.case
    return actor.id == case.owner_id or (
        actor.department_id == case.department_id and actor.tenant_id == case.tenant_id
    )


def _answers(item: Item | None, contents: Contents) -> Iterable[m.AnswerLine]:
    fields = item.form.fields if item else ()
    for field in fields:
        if field.name in contents.answers:
            value = contents.answers[field.name]
            shown = _mask(field, str(value)) if field.is_personal else field.label_of(value)
            yield m.AnswerLine(name=field.name, label=field.label, value=shown)


def _mask(field: Field, value: str) -> str:
    match field.kind:
        case FieldKind.PHONE:
            return phones.mask(value)
        case FieldKind.ID_NUMBER:
            return identity_number.mask(value)
        case FieldKind.ADDRESS:
            return f"{value[:6]}****"
        case _:
            return "已填写"


def _papers(case: Case, events: Sequence[Event], said: Collection[str]) -> Iterable[m.PaperLine]:
    brought, owed = brought_later(events), promised(events)
    for paper in case.terms.papers:
        status = case.materials.get(paper.code)
        word = paper_word(
            status, said=paper.code in said, brought=paper.code in brought, promised=paper.code in owed
        )
        yield m.PaperLine(
            code=paper.code,
            name=paper.name,
            required=paper.required,
            hint=paper.hint,
            status=None if word == BROUGHT else status,
            status_label=word,
            promised=paper.code in owed,
        )


def _notice(events: Sequence[Event], timers: Mapping[TimerKind, Timer]) -> m.FixNotice | None:
    told = next((event for event in reversed(events) if event.action is CaseAction.REQUEST_FIX), None)
    if told is None:
        return None
    timer = timers.get(TimerKind.SUPPLEMENT)
    return m.FixNotice(
        issued_at=told.at,
        until=timer.due if timer else None,
        note=told.note,
        gaps=[
            m.GapLine(
                code=gap.code,
                name=gap.name,
                status=gap.status,
                status_label=gap.status.zh,
                how_to_fix=gap.how_to_fix,
            )
            for gap in told.facts.gaps
        ],
    )


def _timer(timer: Timer, today: date, calendar: Calendar) -> m.TimerLine:
    colour = timer.colour(today)
    running = timer.ended is None and timer.due is not None
    return m.TimerLine(
        kind=timer.kind,
        label=timer.kind.zh,
        started=timer.started,
        due=timer.due,
        ended=timer.ended,
        days_left=_left(timer.due or NO_DAY, today, calendar) if running else None,
        provisional=timer.provisional,
        colour=colour,
        colour_label=colour.zh,
        stops=[m.StopLine(since=s.since, until=s.until, ground=s.ground) for s in timer.stops],
    )


def _clock(record: CaseRecord, timers: Mapping[TimerKind, Timer], onlooker: Onlooker) -> m.ClockView | None:
    if onlooker.at is None:
        return None
    return clock_view(
        record.events,
        timers,
        onlooker.calendar,
        at=onlooker.at,
        names_staff=not onlooker.actor.is_citizen,
    )


def _events(events: Iterable[Event], actor: Actor) -> Iterable[m.EventLine]:
    for event in events:
        if actor.is_citizen and event.action in BETWEEN_STAFF:
            continue
        hushed = actor.is_citizen and event.action in WORDS_BETWEEN_STAFF
        from_village = event.action is CaseAction.ADD_NOTE
        yield m.EventLine(
            seq=event.seq,
            at=event.at,
            role_label=event.actor_role.zh,
            actor_id="" if actor.is_citizen else event.actor_id,
            action=event.action,
            action_label=_event_word(event),
            state=event.after,
            state_label=event.after.zh,
            note="" if hushed else event.note,
            basis="" if hushed else event.facts.basis,
            reference="" if hushed or from_village else event.facts.reference or event.facts.proof,
        )


def _event_word(event: Event) -> str:
    """What happened; a note by which a village says that it did something is called after that."""
    if event.facts.brought:
        return "补交材料"
    return HANDED_OUT if _at_village(event) else event.action.zh


def _at_village(event: Event) -> bool:
    return event.action is CaseAction.ADD_NOTE and event.facts.method is DeliveryMethod.VILLAGE


def _handed_out(case: Case, events: Sequence[Event]) -> str:
    """What proves that the village gave the result out, for the window to confirm; "" if it did not, or is confirmed."""
    if case.state is not CaseState.TO_COLLECT:
        return ""
    return next((event.facts.proof for event in reversed(events) if _at_village(event)), "")


def _actions(record: CaseRecord, actor: Actor, late: frozenset[TimerKind]) -> Iterable[m.ActionLine]:
    for action in machine.can(record.case, actor, late=late):
        if action is CaseAction.AMEND:
            continue  # a corrected application is handed in, not ordered by a button
        edge = machine.EDGES[record.case.state, action]
        yield m.ActionLine(
            action=action, label=action.zh, note_required=edge.note, asks=[ask.value for ask in edge.asks]
        )


def _left(due: date, today: date, calendar: Calendar) -> int | None:
    return None if due == NO_DAY else deadlines.days_left(due, today, calendar)
