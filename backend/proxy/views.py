"""An errand as one person may see it: masked, labelled, with the moves open to them. Values in, answers out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from api_spec import identity_number, phones
from api_spec.catalogue import Item
from api_spec.forms import Field, FieldKind
from api_spec.messages import proxy as m
from api_spec.messages.cases import AnswerLine, MaskedApplicant, PaperLine
from api_spec.vocabulary import DeadlineColour, MoneyMove, Role
from backend.actors import Actor
from backend.cases.deadlines import colour, days_left
from backend.cases.views import masked, masked_name
from backend.faults import Fault
from backend.hall.calendar import Calendar
from backend.people.identity import mask_name
from backend.proxy import custody, deadlines, machine
from backend.proxy.custody import Entry, Move
from backend.proxy.deadlines import NO_DAY, Dues
from backend.proxy.errand import OPEN_STATES, TRADES, Event
from backend.proxy.records import ErrandRecord, Handover, Row
from backend.proxy.request import Contents, Mandate
from backend.proxy.trail import next_step

LONG_ENOUGH = 6
"""Characters an answer must have before its last three may be shown."""
PROBE = "0" * 32
FEN = 1
"""The smallest move, to ask whether one is open at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Onlooker:
    """Who looks, and on which day in China."""

    actor: Actor
    today: date
    calendar: Calendar

    @property
    def is_partner(self) -> bool:
        """A partner's clerk and nothing more."""
        return self.actor.roles == {Role.PARTNER}


def errand_view(
    record: ErrandRecord,
    contents: Contents,
    *,
    item: Item | None,
    money: Sequence[Entry],
    onlooker: Onlooker,
) -> m.ErrandView:
    """One errand.

    A partner's clerk reads what its people need to do the work (who to call, where, which account) in full while
    the errand is with them, masked afterwards, and nothing of the money or of other papers' whereabouts.

    Args:
        item: as it stood in the pack the errand was asked with, for the questions' words; None if that is gone.
    """
    errand, entry, terms = record.errand, record.entry, record.errand.terms
    state = errand.reached
    dues = deadlines.dues(record.events, terms.promise, onlooker.calendar)
    due_on, left, shade = _when(dues, onlooker)
    working = onlooker.is_partner and state in OPEN_STATES
    return m.ErrandView(
        id=errand.id,
        number=entry.number,
        tracking_code=entry.tracking_code,
        version=errand.version,
        item_id=terms.item_id,
        item_code=terms.item_code,
        item_name=terms.item_name,
        situation=terms.situation,
        partner=terms.partner,
        partner_label=TRADES[terms.partner],
        state=state,
        state_label=state.zh,
        channel=entry.channel,
        channel_label=entry.channel.zh,
        received_at=entry.received_at,
        applicant=_applicant(contents, working=working),
        answers=list(_answers(item, contents, working=working)),
        papers=[
            PaperLine(
                code=paper.code,
                name=paper.name,
                required=paper.required,
                hint=paper.hint,
                status=(status := errand.materials.get(paper.code)),
                status_label=status.zh if status else "待核对",
            )
            for paper in terms.papers
        ],
        papers_held=errand.holds_papers,
        mandate=_mandate(contents.mandate, onlooker) if errand.mandate else None,
        sharing_given=errand.sharing is terms.partner,
        paper=errand.paper,
        paper_missing=errand.unsigned,
        batch=errand.batch,
        due_on=due_on,
        days_left=left,
        provisional=dues.provisional,
        colour=shade,
        colour_label=shade.zh,
        result_name=terms.result_name,
        next_step=next_step(state, terms.partner, due_on=dues.due_on, unsigned=errand.unsigned),
        events=[_event(event, onlooker.actor) for event in record.events],
        actions=list(_actions(record, onlooker)),
        money=[] if onlooker.is_partner else [receipt(line, onlooker.actor) for line in money],
        held_fen=0 if onlooker.is_partner else errand.held_fen,
        money_moves=list(_moves(record, onlooker.actor)),
    )


def errand_card(row: Row, contents: Contents, onlooker: Onlooker) -> m.ErrandCard:
    """A line of a list."""
    due_on, left, shade = _when(row.dues, onlooker)
    return m.ErrandCard(
        id=row.errand_id,
        number=row.number,
        tracking_code=row.tracking_code,
        version=row.version,
        item_name=row.terms.item_name,
        partner=row.terms.partner,
        partner_label=TRADES[row.terms.partner],
        state=row.state,
        state_label=row.state.zh,
        applicant=masked_name(contents.applicant),
        channel=row.channel,
        channel_label=row.channel.zh,
        batch=row.batch,
        held_fen=0 if onlooker.is_partner else row.held_fen,
        next_step=row.next_step,
        received_at=row.received_at,
        changed_at=row.changed_at,
        due_on=due_on,
        days_left=left,
        provisional=row.dues.provisional,
        colour=shade,
        colour_label=shade.zh,
    )


def receipt(line: Entry, actor: Actor) -> m.MoneyReceipt:
    """One line of the ledger."""
    return m.MoneyReceipt(
        id=line.id,
        errand_id=line.errand_id,
        receipt=line.receipt,
        move=line.move,
        move_label=line.move.zh,
        amount_fen=line.amount_fen,
        balance_fen=line.balance_fen,
        day=line.day,
        at=line.at,
        by="" if actor.is_citizen else line.by,
        partner_receipt=line.partner_receipt,
        paper_receipt=line.paper_receipt,
        note=line.note,
    )


def handover_card(one: Handover) -> m.HandoverCard:
    return m.HandoverCard(
        id=one.id,
        number=one.label,
        partner=one.partner,
        partner_label=TRADES[one.partner],
        count=one.count,
        digest=one.digest,
        made_at=one.made_at,
        receipt=one.receipt,
        received_at=one.received_at,
    )


def _when(dues: Dues, onlooker: Onlooker) -> tuple[date | None, int | None, DeadlineColour]:
    shade = colour(dues.due_on, dues.soon_on, onlooker.today)
    if dues.due_on == NO_DAY:
        return None, None, shade
    return dues.due_on, days_left(dues.due_on, onlooker.today, onlooker.calendar), shade


def _applicant(contents: Contents, *, working: bool) -> MaskedApplicant:
    """Name and phone in full for the partner at work; the document number never."""
    shown = masked(contents.applicant)
    if not working:
        return shown
    applicant = contents.applicant
    return MaskedApplicant(
        kind=shown.kind,
        name=applicant.name,
        document_type=shown.document_type,
        document_label=shown.document_label,
        document_number=shown.document_number,
        phone=applicant.phone,
    )


def _answers(item: Item | None, contents: Contents, *, working: bool) -> Iterable[AnswerLine]:
    for field in item.form.fields if item else ():
        if field.name in contents.answers:
            value = contents.answers[field.name]
            masks = field.is_personal and not working
            shown = _masked(field, str(value)) if masks else field.label_of(value)
            yield AnswerLine(name=field.name, label=field.label, value=shown)


def _masked(field: Field, value: str) -> str:
    """A personal answer on a screen; of an account number the end stays, so that people can compare it with a bill."""
    match field.kind:
        case FieldKind.PHONE:
            return phones.mask(value)
        case FieldKind.ID_NUMBER:
            return identity_number.mask(value)
        case FieldKind.ADDRESS:
            return f"{value[:6]}****"
        case _:
            return f"****{value[-3:]}" if len(value) > LONG_ENOUGH else "已填写"


def _mandate(mandate: Mandate | None, onlooker: Onlooker) -> m.MandateView | None:
    if mandate is None:
        return None
    person = bool(mandate.agent_document_number)
    return m.MandateView(
        agent_name=mask_name(mandate.agent_name) if person else mandate.agent_name,
        agent_document_number=identity_number.mask(mandate.agent_document_number) if person else "",
        relation_label=mandate.relation.zh,
        scope=mandate.scope,
        valid_from=mandate.valid_from,
        valid_until=mandate.valid_until,
        redelegable=mandate.redelegable,
        method_label=mandate.method.zh,
        in_force=mandate.terms.runs(onlooker.today),
    )


def _event(event: Event, actor: Actor) -> m.ErrandEventLine:
    facts = event.facts
    return m.ErrandEventLine(
        seq=event.seq,
        at=event.at,
        role_label=event.actor_role.zh,
        actor_id="" if actor.is_citizen else event.actor_id,
        action=event.action,
        action_label=event.action.zh,
        state=event.after,
        state_label=event.after.zh,
        note=event.note,
        reference=facts.reference or facts.batch or facts.paper,
    )


def _actions(record: ErrandRecord, onlooker: Onlooker) -> Iterable[m.ErrandActionLine]:
    for action in machine.can(record.errand, onlooker.actor, today=onlooker.today):
        edge = machine.EDGES[record.errand.state, action]
        yield m.ErrandActionLine(
            action=action, label=action.zh, note_required=edge.note, asks=[ask.value for ask in edge.asks]
        )


def _moves(record: ErrandRecord, actor: Actor) -> Iterable[MoneyMove]:
    """What this person may enter in the ledger now."""
    for move in MoneyMove:
        if move is not MoneyMove.TAKEN and not record.errand.held_fen:
            continue
        probe = Move(rid=PROBE, move=move, amount_fen=FEN, partner_receipt="-")
        try:
            custody.role_for(record.errand, probe, actor)
        except Fault:
            continue
        yield move
