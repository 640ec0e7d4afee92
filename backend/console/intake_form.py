"""Reads a filled-in intake form as an application. Pure; `Cases.check` judges it, field by field under the same names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from api_spec.catalogue import SITUATION, Item
from api_spec.china_time import typed_day
from api_spec.forms import from_pairs
from api_spec.vocabulary import ApplicantKind, Channel, DocumentType, Relation
from backend.actors import Actor
from backend.cases.service import Applicant, Filing, Mandate
from backend.console.commands import Fields, materials, value_of

Pairs = Sequence[tuple[str, str]]

ANSWERS: Final = "answers."
CHANNELS: Final = (Channel.WINDOW, Channel.PHONE)
LONG_AGO: Final = date.min


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where the form was filled in: by whom, with which catalogue, when."""

    clerk: Actor
    pack_sha: str
    at: datetime


def read_filing(item: Item, pairs: Pairs, desk: Desk, *, rid: str) -> Filing:
    """The application as typed; nothing is judged here, so that every mistake is told at once."""
    fields = dict(reversed(pairs))
    return Filing(
        tenant_id=desk.clerk.tenant_id,
        item=item,
        pack_sha=desk.pack_sha,
        situation=fields.get(SITUATION, ""),
        applicant=read_applicant(fields),
        mandate=_mandate(fields) if fields.get("by_agent") == "yes" else None,
        answers=read_answers(item, pairs, fields),
        materials=materials(fields),
        channel=value_of(Channel, fields.get("channel", "")) or Channel.WINDOW,
        filed_by=desk.clerk,
        rid=rid,
        paper_on=read_day(fields["paper_on"]) if fields.get("paper_on") else None,
        received_at=desk.at,
    )


def read_applicant(fields: Fields) -> Applicant:
    """Whose case it is. An organisation has its credit code and nothing else, so its form need not ask."""
    kind = value_of(ApplicantKind, fields.get("applicant.kind", "")) or ApplicantKind.PERSON
    document = value_of(DocumentType, fields.get("applicant.document_type", "")) or DocumentType.ID_CARD
    return Applicant(
        kind=kind,
        name=fields.get("applicant.name", ""),
        document_type=DocumentType.CREDIT_CODE if kind is ApplicantKind.ORGANISATION else document,
        document_number=fields.get("applicant.document_number", ""),
        phone=fields.get("applicant.phone", ""),
        address=fields.get("applicant.address", ""),
    )


def read_answers(item: Item, pairs: Pairs, fields: Fields) -> dict[str, object]:
    """What was answered; the chosen 情形 is put in where questions depend on it."""
    given = from_pairs(item.form, pairs, prefix=ANSWERS)
    if any(field.name == SITUATION for field in item.form.fields):
        given[SITUATION] = fields.get(SITUATION, "")
    return given


def _mandate(fields: Fields) -> Mandate:
    document = value_of(DocumentType, fields.get("mandate.agent_document_type", ""))
    return Mandate(
        agent_name=fields.get("mandate.agent_name", ""),
        agent_document_type=document or DocumentType.ID_CARD,
        agent_document_number=fields.get("mandate.agent_document_number", ""),
        relation=value_of(Relation, fields.get("mandate.relation", "")) or Relation.SELF,
        scope=fields.get("mandate.scope", ""),
        valid_until=read_day(fields.get("mandate.valid_until", "")),
        method=fields.get("mandate.method", ""),
    )


def read_day(text: str) -> date:
    """A day as typed; a day long past where it is none, which every check refuses."""
    try:
        return typed_day(text)
    except ValueError:
        return LONG_AGO
