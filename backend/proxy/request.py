"""What is handed in: one errand somebody wants run, with mandate, consent and money. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import msgspec

from api_spec.catalogue import Item
from api_spec.record_parts import SigningMethod
from api_spec.vocabulary import (
    Channel,
    DocumentType,
    ErrandState,
    MaterialStatus,
    MoneyMove,
    Partner,
    Relation,
)
from backend.actors import Actor
from backend.cases.filing import Applicant
from backend.proxy.errand import EventFacts, MandateTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """委托书: who runs the errand for the applicant, for what and how long (民法典 165).

    Args:
        agent_name: the centre, a village clerk, or whoever the applicant chose.
        agent_document_number: "" for the centre and for clerks, whom the office knows.
        scope: the matters entrusted, in the words of the 委托书.
        redelegable: the agent may pass the errand on to the township (民法典 169).
        witnesses: two names where a fingerprint stands for the signature.
    """

    agent_name: str
    agent_document_type: DocumentType = DocumentType.ID_CARD
    agent_document_number: str = ""
    agent_phone: str = ""
    relation: Relation = Relation.ENTRUSTED
    scope: str
    valid_from: date
    valid_until: date
    redelegable: bool = False
    method: SigningMethod
    witnesses: tuple[str, ...] = ()

    @property
    def terms(self) -> MandateTerms:
        return MandateTerms(
            relation=self.relation,
            method=self.method,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            redelegable=self.redelegable,
        )


@dataclass(frozen=True, slots=True)
class Sharing:
    """Consent to pass what the errand needs to this one partner, to the words of `version` (个人信息保护法 23)."""

    partner: Partner
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyTaken:
    """Cash a village clerk took or gave back before the errand reached the township, in fen.

    `paper_receipt`: number of the slip written in the village.
    """

    move: MoneyMove
    amount_fen: int
    paper_receipt: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandRequest:
    """One errand as it reaches the township, by whichever channel; the fields are those of a case's `Filing`.

    Args:
        mandate, sharing: both, and the errand is consented to at once; None of them, and they are still to come.
        paper: number under which the signed 委托书 was filed; for a village its own number serves.
        rid: idempotency id, 32 hex: the same rid with the same content is the same errand.
        owner_citizen_id: the account that may follow the errand; "" when there is none.
        tracking_code, case_number: already printed by a village node; None lets the township make them.
        node_time: by the village computer's clock; shown, never compared.
        taken_by: who at the village took it, as words for the history; "" at any other desk.
        received_at: when the township got it, by the township's clock, aware UTC.
    """

    tenant_id: str
    item: Item
    pack_sha: str
    situation: str = ""
    applicant: Applicant
    mandate: Mandate | None = None
    sharing: Sharing | None = None
    paper: str = ""
    money: tuple[MoneyTaken, ...] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)
    materials: Mapping[str, MaterialStatus] = field(default_factory=dict)
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
    received_at: datetime


@dataclass(frozen=True, slots=True)
class FiledErrand:
    """The receipt. `created` is False when the same request had already been filed."""

    errand_id: str
    number: str
    tracking_code: str
    state: ErrandState
    created: bool


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """The personal part of an errand, as it is sealed: never stored or logged in the clear."""

    applicant: Applicant
    mandate: Mandate | None
    answers: dict[str, Any]


def contents(request: ErrandRequest) -> Contents:
    return Contents(applicant=request.applicant, mandate=request.mandate, answers=dict(request.answers))


def consent_facts(request: ErrandRequest) -> EventFacts:
    """What mandate and consent establish; a village's signed paper is filed under the errand's own number."""
    mandate, sharing, paper = request.mandate, request.sharing, request.paper
    if request.channel is Channel.VILLAGE and mandate and mandate.method is not SigningMethod.ELECTRONIC:
        paper = paper or request.case_number or request.rid
    return EventFacts(
        mandate=mandate.terms if mandate else None,
        sharing=sharing.partner if sharing else None,
        sharing_version=sharing.version if sharing else "",
        paper=paper,
    )


def write_contents(plain: Contents) -> bytes:
    return _encoder.encode(plain)


def read_contents(plain: bytes) -> Contents:
    return _contents.decode(plain)


def substance(request: ErrandRequest) -> bytes:
    """What makes two requests under one rid the same: everything a person decided, nothing a machine added."""
    return _encoder.encode(
        [
            contents(request),
            request.sharing,
            request.paper,
            request.money,
            request.item.id,
            request.situation,
            dict(request.materials),
            request.channel,
            request.owner_citizen_id,
            request.village_id,
            request.tracking_code,
            request.case_number,
        ]
    )


_encoder = msgspec.json.Encoder(order="deterministic")
_contents = msgspec.json.Decoder(Contents)
