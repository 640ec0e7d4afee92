"""What happened, in our own words, as it waits to go upward: read into a platform's fields only when it is sent. Pure.

So a row refused for a wrong table or a missing code goes again, in the right words, once that was put right.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from api_spec.review_terms import ReviewLevel
from api_spec.vocabulary import (
    ApplicantKind,
    CaseAction,
    CaseState,
    Channel,
    DocumentType,
    ItemKind,
    MaterialStatus,
    Outcome,
    Term,
    TimerKind,
)
from backend.cases.case import Event
from backend.cases.changes import CaseMoved
from backend.cases.deadlines import NO_DAY
from backend.upward.profiles import Ending, Special


class Table(Term):
    """Rows of the national exchange, in the order a case sends them."""

    ACCEPT = "up_pro_accept", "受理信息"
    MATERIAL = "up_pro_material", "材料信息"
    PROCESS = "up_pro_process", "过程信息"
    SPECIAL = "up_pro_special_procedure", "特别程序"
    RESULT = "up_pro_result", "办结信息"
    REVIEW = "up_review", "评价信息"
    TASK = "up_task_general", "事项信息"


class Fact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row to be, with everything any platform may ask of it; what names people is sealed with the whole."""

    table: Table
    item_id: str
    item_name: str = ""
    item_kind: ItemKind = ItemKind.PROMISED
    item_version: int = 1
    case_id: str = ""
    case_number: str = ""
    at: datetime
    received_at: datetime | None = None
    promise_on: date | None = None
    channel: Channel = Channel.WINDOW
    department_id: str = ""
    handler_id: str = ""
    applicant_kind: ApplicantKind = ApplicantKind.PERSON
    applicant_name: str = ""
    document_type: DocumentType = DocumentType.ID_CARD
    document_number: str = ""
    phone: str = ""
    action: CaseAction | None = None
    state: CaseState | None = None
    began_at: datetime | None = None
    note: str = ""
    basis: str = ""
    reference: str = ""
    special: Special | None = None
    ends: bool = False
    days: int = 0
    material_code: str = ""
    material_name: str = ""
    material_status: MaterialStatus | None = None
    ending: Ending | None = None
    delivered: bool = False
    level: ReviewLevel | None = None
    review_id: str = ""

    def __repr__(self) -> str:
        return f"Fact({self.table.value}, {self.case_id})"


ACCEPTS: Final = frozenset({CaseAction.ACCEPT, CaseAction.DEEM_ACCEPTED})
DECISIONS: Final = frozenset({CaseAction.DECIDE, CaseAction.SIGN, CaseAction.DECIDE_ABOVE})
_ENDINGS: Final = {
    CaseAction.REFUSE: Ending.NOT_ACCEPTED,
    CaseAction.WITHDRAW: Ending.WITHDRAWN,
    CaseAction.DEEM_WITHDRAWN: Ending.LAPSED,
    CaseAction.VOID: Ending.VOIDED,
}
_SPECIALS: Final = {
    CaseAction.START_SPECIAL: (Special.OTHER, False),
    CaseAction.END_SPECIAL: (Special.OTHER, True),
    CaseAction.EXTEND: (Special.EXTENSION, True),
}


def facts_of(moved: CaseMoved) -> list[tuple[int, Fact]]:
    """The rows the new moves make, each with its place in the case's order: one hundred places an event."""
    rows: list[tuple[int, Fact]] = []
    known = any(_registers(event) for event in moved.events[: -len(moved.new)])
    for event in moved.new:
        made: list[Fact] = []
        if not known and _registers(event):
            made += [_fact(moved, event, Table.ACCEPT), *_materials(moved, event)]
            known = True
        if not known:
            continue
        made += _of_event(moved, event)
        rows += [(event.seq * 100 + number, fact) for number, fact in enumerate(made)]
    return rows


def _registers(event: Event) -> bool:
    """Whether the platform hears of the case by this event; a case that ends unaccepted is heard of with its end."""
    return event.action in ACCEPTS or event.action in _ENDINGS


def _of_event(moved: CaseMoved, event: Event) -> list[Fact]:
    made = []
    if event.before is not event.after:
        made.append(_fact(moved, event, Table.PROCESS))
    if event.action in _SPECIALS:
        special, ends = _SPECIALS[event.action]
        made.append(msgspec.structs.replace(_fact(moved, event, Table.SPECIAL), special=special, ends=ends))
    if ending := _ending(moved, event):
        made.append(msgspec.structs.replace(_fact(moved, event, Table.RESULT), ending=ending))
    return made


def _ending(moved: CaseMoved, event: Event) -> Ending | None:
    if event.action not in DECISIONS:
        return _ENDINGS.get(event.action)
    if event.facts.outcome is Outcome.REFUSED:
        return Ending.REFUSED
    if moved.case.terms.deliverable:
        return Ending.GRANTED
    return Ending.PASSED_ON if event.action is CaseAction.DECIDE_ABOVE else Ending.FINISHED


def _materials(moved: CaseMoved, event: Event) -> list[Fact]:
    return [
        msgspec.structs.replace(
            _fact(moved, event, Table.MATERIAL),
            material_code=paper.code,
            material_name=paper.name,
            material_status=moved.case.materials.get(paper.code, MaterialStatus.MISSING),
        )
        for paper in moved.case.terms.papers
    ]


def _fact(moved: CaseMoved, event: Event, table: Table) -> Fact:
    case, entry, applicant = moved.case, moved.entry, moved.contents.applicant
    promise = moved.timers.get(TimerKind.PROMISE)
    named = table is Table.ACCEPT
    return Fact(
        table=table,
        item_id=case.terms.item_id,
        item_name=case.terms.item_name,
        item_kind=case.terms.kind,
        case_id=case.id,
        case_number=entry.case_number,
        at=event.at,
        received_at=entry.received_at,
        promise_on=promise.due if promise and promise.due != NO_DAY else None,
        channel=entry.channel,
        department_id=case.department_id,
        handler_id=event.actor_id,
        applicant_kind=applicant.kind,
        applicant_name=applicant.name if named else "",
        document_type=applicant.document_type,
        document_number=applicant.document_number if named else "",
        phone=applicant.phone if named else "",
        action=event.action,
        state=event.after,
        began_at=_began(moved.events, event),
        note=event.note,
        basis=event.facts.basis,
        reference=event.facts.reference,
        days=event.facts.days,
    )


def _began(events: Sequence[Event], event: Event) -> datetime:
    """When the step this event ended had begun."""
    earlier = [each.at for each in events if each.seq < event.seq]
    return earlier[-1] if earlier else event.at


def write(fact: Fact) -> bytes:
    return msgspec.json.encode(fact)


def read(secret: bytes) -> Fact:
    """Raises msgspec.DecodeError."""
    return msgspec.json.decode(secret, type=Fact)
