"""Reads a filled-in intake form as an application. Pure; `Cases.check` judges it, field by field under the same names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, TypeVar

from api_spec.catalogue import SITUATION, Item
from api_spec.forms import from_pairs
from api_spec.vocabulary import ApplicantKind, Channel, DocumentType, Relation
from backend.actors import Actor
from backend.cases.service import Applicant, Filing, Mandate
from backend.console.commands import materials

Pairs = Sequence[tuple[str, str]]
Value = TypeVar("Value", bound=StrEnum)

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
    answers = from_pairs(item.form, pairs, prefix=ANSWERS)
    situation = fields.get(SITUATION, "")
    if any(field.name == SITUATION for field in item.form.fields):
        answers[SITUATION] = situation
    kind = _value(ApplicantKind, fields.get("applicant.kind", ""), ApplicantKind.PERSON)
    return Filing(
        tenant_id=desk.clerk.tenant_id,
        item=item,
        pack_sha=desk.pack_sha,
        situation=situation,
        applicant=Applicant(
            kind=kind,
            name=fields.get("applicant.name", ""),
            document_type=_document_type(fields, "applicant.document_type", kind),
            document_number=fields.get("applicant.document_number", ""),
            phone=fields.get("applicant.phone", ""),
            address=fields.get("applicant.address", ""),
        ),
        mandate=_mandate(fields) if fields.get("by_agent") == "yes" else None,
        answers=answers,
        materials=materials(fields),
        channel=_value(Channel, fields.get("channel", ""), Channel.WINDOW),
        filed_by=desk.clerk,
        rid=rid,
        received_at=desk.at,
    )


def _mandate(fields: Mapping[str, str]) -> Mandate:
    return Mandate(
        agent_name=fields.get("mandate.agent_name", ""),
        agent_document_type=_value(
            DocumentType, fields.get("mandate.agent_document_type", ""), DocumentType.ID_CARD
        ),
        agent_document_number=fields.get("mandate.agent_document_number", ""),
        relation=_value(Relation, fields.get("mandate.relation", ""), Relation.SELF),
        scope=fields.get("mandate.scope", ""),
        valid_until=_day(fields.get("mandate.valid_until", "")),
        method=fields.get("mandate.method", ""),
    )


def _document_type(fields: Mapping[str, str], name: str, kind: ApplicantKind) -> DocumentType:
    """An organisation has its credit code and nothing else, so its form need not ask."""
    if kind is ApplicantKind.ORGANISATION:
        return DocumentType.CREDIT_CODE
    return _value(DocumentType, fields.get(name, ""), DocumentType.ID_CARD)


def _value(kind: type[Value], text: str, otherwise: Value) -> Value:
    return next((value for value in kind if value == text), otherwise)


def _day(text: str) -> date:
    """A day as typed; a day long past where it is none, which the check refuses."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return LONG_AGO
