"""What is handed in: one application with its applicant, answers and papers. Values only; pure."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from api_spec.catalogue import Item
from api_spec.vocabulary import (
    ApplicantKind,
    CaseState,
    Channel,
    DocumentType,
    MaterialStatus,
    Relation,
)
from backend.actors import Actor


class Applicant(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Whose case it is: a person, or an organisation with its credit code."""

    kind: ApplicantKind = ApplicantKind.PERSON
    name: str
    document_type: DocumentType
    document_number: str
    phone: str
    address: str = ""


class Mandate(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Who acts for the applicant, and how far (民法典 161-165).

    Args:
        scope: the matters entrusted, in the words of the 委托书.
        method: how it was signed, for instance "手写签名".
    """

    agent_name: str
    agent_document_type: DocumentType
    agent_document_number: str
    relation: Relation
    scope: str
    valid_until: date
    method: str


class Filing(msgspec.Struct, frozen=True, kw_only=True):
    """One application as it reaches the township, by whichever channel.

    Args:
        pack_sha: the catalogue pack `item` was taken from.
        rid: idempotency id, 32 hex: the same rid with the same content is the same case.
        promised: codes of the missing papers promised in writing for later (容缺).
        owner_citizen_id: the account that may follow the case; "" when there is none.
        tracking_code, case_number: already printed by a village node; None lets the township make them.
        node_time: by the village computer's clock; shown, never compared.
        taken_by: who at the village took it, as words for the history; "" at any other desk.
        paper_on: the day it was handed in on paper, where it is typed in later (plan, clause 14).
        received_at: when the township got it, by the township's clock, aware UTC.
    """

    tenant_id: str
    item: Item
    pack_sha: str
    situation: str = ""
    applicant: Applicant
    mandate: Mandate | None = None
    answers: Mapping[str, Any] = msgspec.field(default_factory=dict)
    materials: Mapping[str, MaterialStatus] = msgspec.field(default_factory=dict)
    promised: tuple[str, ...] = ()
    channel: Channel
    filed_by: Actor
    owner_citizen_id: str = ""
    village_id: str = ""
    node_id: str = ""
    rid: str
    tracking_code: str | None = None
    case_number: str | None = None
    node_time: str = ""
    taken_by: str = ""
    paper_on: date | None = None
    received_at: datetime


class FiledCase(msgspec.Struct, frozen=True, gc=False):
    """The receipt. `created` is False when the same application had already been filed."""

    case_id: str
    case_number: str
    tracking_code: str
    state: CaseState
    created: bool


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """The personal part of an application, as it is sealed: never stored or logged in the clear."""

    applicant: Applicant
    mandate: Mandate | None
    answers: dict[str, Any]


def write_contents(plain: Contents) -> bytes:
    return _encoder.encode(plain)


def read_contents(plain: bytes) -> Contents:
    return _contents.decode(plain)


def substance(filing: Filing, contents: bytes) -> bytes:
    """What makes two filings under one rid the same: everything a person decided, nothing a machine added.

    Args:
        contents: the personal part as `write_contents` gives it.
    """
    return contents + _encoder.encode(
        [
            filing.item.id,
            filing.situation,
            filing.materials,
            filing.channel,
            filing.owner_citizen_id,
            filing.village_id,
            filing.tracking_code,
            filing.case_number,
        ]
    )


_encoder = msgspec.json.Encoder(order="deterministic")
_contents = msgspec.json.Decoder(Contents)
