"""What was asked over HTTP, as the machine's commands, mandates and requests. Pure."""

from datetime import date

from api_spec import tracking_code
from api_spec.messages import proxy as m
from api_spec.messages.cases import ApplicantBody
from backend.cases.filing import Applicant
from backend.proxy.desk import ErrandDesk, Place
from backend.proxy.errand import EventFacts
from backend.proxy.machine import Command
from backend.proxy.moving import scope_of
from backend.proxy.request import FiledErrand, Mandate, Sharing
from backend.proxy.store_lists import ErrandFilter
from backend.register.day_queue import place
from backend.register.sought import Sought, sought

PlainCommand = m.RegisterPaper | m.TakeOn | m.CompleteErrand | m.StopErrand | m.NoteErrand


def command_of(sent: PlainCommand) -> Command:
    """One move other than consenting."""
    match sent:
        case m.RegisterPaper():
            facts = EventFacts(paper=sent.paper)
        case m.TakeOn():
            facts = EventFacts(materials=sent.materials)
        case m.CompleteErrand():
            facts = EventFacts(reference=sent.reference, papers_returned=sent.papers_returned)
        case m.StopErrand():
            facts = EventFacts(papers_returned=sent.papers_returned)
        case _:
            facts = EventFacts()
    return Command(action=sent.action, note=sent.note, facts=facts)


def mandate_of(
    sent: m.ErrandMandate, place: Place, *, item_name: str, situation: str, today: date
) -> Mandate:
    """委托书 as registered; what was left out is the centre, this errand, from today."""
    return Mandate(
        agent_name=sent.agent_name or place.centre_name,
        agent_document_type=sent.agent_document_type,
        agent_document_number=sent.agent_document_number,
        agent_phone=sent.agent_phone,
        relation=sent.relation,
        scope=sent.scope or scope_of(item_name, situation),
        valid_from=sent.valid_from or today,
        valid_until=sent.valid_until,
        redelegable=sent.redelegable,
        method=sent.method,
        witnesses=tuple(sent.witnesses),
    )


def sharing_of(sent: m.SharingBody) -> Sharing:
    return Sharing(sent.partner, str(sent.version))


def applicant_of(sent: ApplicantBody) -> Applicant:
    return Applicant(
        kind=sent.kind,
        name=sent.name,
        document_type=sent.document_type,
        document_number=sent.document_number,
        phone=sent.phone,
        address=sent.address,
    )


def queue_filter(desk: ErrandDesk, asked: m.ErrandQuery, *, today: date) -> ErrandFilter:
    """The query as a filter; what was typed is read as a code, a number or a document, in this order."""
    found = sought(asked.text, today=today) if asked.text else Sought()
    return ErrandFilter(
        today=today,
        state=asked.state,
        partner=asked.partner,
        colour=asked.colour,
        holding=asked.holding,
        number=found.number,
        tracking_code=found.code,
        document_index=desk.document_index(found.document) if found.document else "",
        after=place(asked.cursor) if asked.cursor else None,
        limit=asked.limit,
    )


def receipt(filed: FiledErrand) -> m.ErrandReceipt:
    """What the applicant keeps."""
    return m.ErrandReceipt(
        errand_id=filed.errand_id,
        number=filed.number,
        tracking_code=tracking_code.display(filed.tracking_code),
        state=filed.state,
        state_label=filed.state.zh,
        created=filed.created,
        progress_path=f"/c/{filed.tracking_code}",
        slip_path=f"/slips/{filed.tracking_code}",
    )
