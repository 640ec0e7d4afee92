"""A village's record as an application the township can file, and what a refusal means for the village. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Final

from api_spec import case_number, tracking_code
from api_spec.catalogue import Item
from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.problems import BadInput
from api_spec.record_parts import Applicant as WrittenApplicant
from api_spec.record_parts import Clerk, Contact, MaterialLine, NodeTime
from api_spec.record_parts import Mandate as WrittenMandate
from api_spec.records import (
    RESULT_GIVEN,
    AmendBody,
    AmendRecord,
    CaseBody,
    CaseRecord,
    HeldReason,
    Record,
    RecordRefused,
    VisitRecord,
    decode_record,
)
from api_spec.vocabulary import CaseState, Channel, ConsentPurpose, DeliveryMethod, MaterialStatus
from backend.cases.case import NO_FACTS, EventFacts
from backend.cases.service import Applicant, Contents, Filing, Mandate
from backend.faults import Fault
from backend.intake.values import Node
from backend.proxy.service import ErrandRequest, MoneyTaken, Sharing
from backend.proxy.service import Mandate as ErrandMandate

_REASONS: Final[Mapping[ErrorCode, HeldReason]] = {
    ErrorCode.ITEM_NOT_OFFERED: HeldReason.NOT_ALLOWED,
    ErrorCode.DELEGATION_ENDED: HeldReason.NOT_ALLOWED,
    ErrorCode.ITEM_NOT_FOUND: HeldReason.UNKNOWN_ITEM,
    ErrorCode.CASE_NOT_FOUND: HeldReason.NO_SUCH_CASE,
    ErrorCode.ERRAND_NOT_FOUND: HeldReason.NO_SUCH_CASE,
    ErrorCode.ACTION_NOT_ALLOWED: HeldReason.CASE_CLOSED,
    ErrorCode.CASE_MOVED: HeldReason.CHANGED_BY_TOWNSHIP,
    ErrorCode.NOT_YOUR_ACTION: HeldReason.NOT_ALLOWED,
}
_VILLAGE_NUMBER: Final = re.compile(r"([A-Z]{2,4})-([0-9]{2})([0-9]{2})([0-9]{2})-([0-9]{3})([0-9]{4})-.")
CODE_TAKEN: Final = "code_taken"
FINAL: Final = frozenset(
    {
        CaseState.NOT_ACCEPTED,
        CaseState.FINISHED,
        CaseState.WITHDRAWN,
        CaseState.VOIDED,
        CaseState.ARCHIVED,
    }
)


def read(stored: bytes) -> Record | HeldReason:
    """The record these bytes are, or why they cannot be applied."""
    try:
        return decode_record(stored)
    except RecordRefused as refused:
        return refused.reason


def filing_of(
    record: CaseRecord,
    item: Item,
    *,
    node: Node,
    prefix: str,
    maker: int,
    receipt_key: bytes,
    at: datetime,
) -> Filing:
    """The application a case record is; what it says of the citizen is checked where it is filed.

    Args:
        item: as the catalogue the record names had it.
        prefix: of the township's case numbers.
        maker: the computer that is to have made the tracking code, and its receipt key.

    Raises:
        RecordRefused: CODE_NOT_GENUINE; INVALID: no case number of a village, or a day that is none.
    """
    body = record.body
    _refuse_foreign_code(body.code, maker, receipt_key)
    _refuse_foreign_number(body.number, prefix)
    return Filing(
        tenant_id=node.tenant_id,
        item=item,
        pack_sha=record.cat,
        situation=body.situation,
        applicant=applicant_of(body.applicant, body.contact),
        mandate=mandate_of(body.mandate) if body.mandate else None,
        answers=body.answers,
        materials=found(body.materials),
        promised=tuple(line.code for line in body.materials if line.promised),
        channel=Channel.VILLAGE,
        filed_by=node.actor,
        village_id=node.village_id,
        node_id=str(node.number),
        rid=record.rid,
        tracking_code=body.code,
        case_number=body.number,
        node_time=node_time(record.made),
        taken_by=taken_by(record.clerk),
        received_at=at,
    )


def errand_of(
    record: CaseRecord,
    item: Item,
    *,
    node: Node,
    prefix: str,
    maker: int,
    receipt_key: bytes,
    at: datetime,
) -> ErrandRequest:
    """The errand a case record of an item of that kind is; raises as `filing_of`."""
    body = record.body
    _refuse_foreign_code(body.code, maker, receipt_key)
    _refuse_foreign_number(body.number, prefix)
    return ErrandRequest(
        tenant_id=node.tenant_id,
        item=item,
        pack_sha=record.cat,
        situation=body.situation,
        applicant=applicant_of(body.applicant, body.contact),
        mandate=errand_mandate_of(body.mandate) if body.mandate else None,
        sharing=_sharing(body, item),
        money=tuple(
            MoneyTaken(move=line.move, amount_fen=line.amount_fen, paper_receipt=line.receipt, note=line.note)
            for line in body.money
        ),
        answers=body.answers,
        materials=found(body.materials),
        channel=Channel.VILLAGE,
        filed_by=node.actor,
        village_id=node.village_id,
        node_id=str(node.number),
        rid=record.rid,
        tracking_code=body.code,
        case_number=body.number,
        node_time=node_time(record.made),
        taken_by=taken_by(record.clerk),
        received_at=at,
    )


def _sharing(body: CaseBody, item: Item) -> Sharing | None:
    """The consent to tell the item's partner, and no other."""
    for consent in body.consents:
        partner = consent.partner or item.partner
        if consent.purpose is ConsentPurpose.PARTNER_SHARING and partner and partner is item.partner:
            return Sharing(partner, consent.version)
    return None


def errand_mandate_of(written: WrittenMandate) -> ErrandMandate:
    """Raises RecordRefused: INVALID, a day that is none."""
    return ErrandMandate(
        agent_name=written.agent_name,
        agent_document_type=written.agent_document,
        agent_document_number=written.agent_number,
        agent_phone=written.agent_phone,
        relation=written.relation,
        scope=written.scope,
        valid_from=_day(written.valid_from),
        valid_until=_day(written.valid_to),
        redelegable=written.redelegable,
        method=written.method,
        witnesses=written.witnesses,
    )


def applicant_of(written: WrittenApplicant, contact: Contact | None) -> Applicant:
    """The applicant; one without a telephone is reached through the contact."""
    return Applicant(
        kind=written.kind,
        name=written.name,
        document_type=written.document,
        document_number=written.number,
        phone=written.phone or (contact.phone if contact else ""),
        address=written.address,
    )


def said_by(records: Iterable[Record]) -> Contents | None:
    """What a case says after its own records, oldest first; None if the first of them is not there."""
    said: Contents | None = None
    for record in records:
        body = record.body
        if isinstance(body, CaseBody):
            said = Contents(
                applicant=applicant_of(body.applicant, body.contact),
                mandate=mandate_of(body.mandate) if body.mandate else None,
                answers=dict(body.answers),
            )
        elif isinstance(body, AmendBody) and said is not None:
            answers = {name: value for name, value in said.answers.items() if name not in body.dropped}
            said = Contents(
                applicant=applicant_of(body.applicant, body.contact) if body.applicant else said.applicant,
                mandate=mandate_of(body.mandate) if body.mandate else said.mandate,
                answers={**answers, **body.answers},
            )
    return said


def mandate_of(written: WrittenMandate) -> Mandate:
    """Raises RecordRefused: INVALID, a last day that is no day."""
    return Mandate(
        agent_name=written.agent_name,
        agent_document_type=written.agent_document,
        agent_document_number=written.agent_number,
        relation=written.relation,
        scope=written.scope,
        valid_until=_day(written.valid_to),
        method=written.method.zh,
    )


def handing_out(record: VisitRecord) -> EventFacts:
    """What a visit establishes of a result given out in the village: by whom, when and where it is written down."""
    if record.body.purpose != RESULT_GIVEN:
        return NO_FACTS
    at = _moment(record.made)
    on = day_in_china(at) if at else None
    day = f"{on.year}年{on.month}月{on.day}日" if on else "日期不明"
    proof = f"村级服务点发放登记：{day}，{record.clerk.name} 经手"
    return EventFacts(method=DeliveryMethod.VILLAGE, proof=proof[:200])


def changed_by(record: Record, labels: Mapping[str, str]) -> tuple[str, ...]:
    """What a correction touches, in words and never with its values; nothing for another record.

    Args:
        labels: what the answers are called, by name.
    """
    if not isinstance(record, AmendRecord):
        return ()
    body = record.body
    answers = dict.fromkeys(labels.get(name, "其他填写内容") for name in (*body.answers, *body.dropped))
    parts = (
        ("申请人", body.applicant),
        ("联系方式", body.contact),
        ("材料", body.materials),
        ("委托", body.mandate),
    )
    return (*answers, *(word for word, part in parts if part is not None))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RecordRefused(HeldReason.INVALID) from None


def found(lines: tuple[MaterialLine, ...]) -> dict[str, MaterialStatus]:
    """What the village clerk found of each paper."""
    return {line.code: line.status for line in lines}


def node_time(made: NodeTime) -> str:
    """The village computer's clock as written down; shown, never compared."""
    at = _moment(made)
    return at.isoformat(timespec="seconds") if at else f"{made.at_ms} ms"


def _moment(made: NodeTime) -> datetime | None:
    """In UTC; None where a calendar has no such moment."""
    try:
        return datetime.fromtimestamp(made.at_ms / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def taken_by(clerk: Clerk) -> str:
    """Who at the village answers for the record, in the words of the history."""
    return f"由村级服务点 {clerk.name} 代收"


def reason_of(fault: Fault) -> HeldReason:
    """Why a record is set aside when the township refused it."""
    if fault.code is ErrorCode.IDEMPOTENCY_CONFLICT:
        taken = fault.facts.get("reason") == CODE_TAKEN
        return HeldReason.CODE_TAKEN if taken else HeldReason.SAME_REV_OTHER_CONTENT
    return _REASONS.get(fault.code, HeldReason.INVALID)


def wrong_of(fault: Fault) -> tuple[str, ...]:
    """What was wrong, as field and code; never a value."""
    return tuple(f"{wrong.field}: {wrong.code}" for wrong in fault.wrong)[:50]


def _refuse_foreign_code(text: str, maker: int, receipt_key: bytes) -> None:
    try:
        code = tracking_code.parse(text)
    except BadInput:
        raise RecordRefused(HeldReason.CODE_NOT_GENUINE) from None
    if code.node != maker or code.text != text or not tracking_code.verify(code, receipt_key):
        raise RecordRefused(HeldReason.CODE_NOT_GENUINE)


def _refuse_foreign_number(text: str, prefix: str) -> None:
    """A village's number has its block; whether it is taken, the database says."""
    shape = _VILLAGE_NUMBER.fullmatch(text)
    try:
        if shape is None or shape[1] != prefix:
            raise RecordRefused(HeldReason.INVALID)
        day = date(2000 + int(shape[2]), int(shape[3]), int(shape[4]))
        written = case_number.village_number(prefix, day, block=int(shape[5]), pick=int(shape[6]))
    except ValueError:
        raise RecordRefused(HeldReason.INVALID) from None
    if written != text:
        raise RecordRefused(HeldReason.INVALID)
