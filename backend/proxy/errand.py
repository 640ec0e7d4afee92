"""What an errand is: the terms it was asked under, its events, and where it stands. Values only; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import msgspec

from api_spec.catalogue import Item, Limit
from api_spec.record_parts import SigningMethod
from api_spec.vocabulary import ErrandAction, ErrandState, MaterialStatus, Partner, Relation, Role

TRADES: Mapping[Partner, str] = {
    Partner.WATER: "供水",
    Partner.POWER: "供电",
    Partner.GAS: "燃气",
    Partner.CABLE: "有线电视",
    Partner.NETWORK: "宽带网络",
    Partner.POST: "邮政",
}
"""How a partner is spoken of: 供水企业. The plan (clause 9) names trades and no companies."""

OPEN_STATES = frozenset(ErrandState) - {ErrandState.DONE, ErrandState.ENDED}
"""States in which somebody still has to do something."""

NO_INK_NEEDED: Mapping[str, frozenset[str]] = {
    "water.stop": frozenset({"resume"}),
    "gas.stop": frozenset({"inspect"}),
}
"""By errand: 情形 in which nothing is stopped. 电子签名法 3 shuts out electronic signatures for stopping supply only."""


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """One material the applicant is asked for."""

    code: str
    name: str
    required: bool = True
    hint: str = ""


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """The item as it stood when the errand was asked for: a later change of the catalogue does not reach back.

    Args:
        errand: key of the errand form, "water.open".
        needs_ink: a paper signed by hand must be registered before anything goes to the partner.
    """

    item_id: str
    item_code: str
    item_name: str
    errand: str
    partner: Partner
    situation_code: str = ""
    situation: str = ""
    promise: Limit
    papers: tuple[Paper, ...] = ()
    result_name: str = ""
    needs_ink: bool = False
    in_person: bool = False


def terms_of(item: Item, situation: str) -> Terms:
    """The terms of one errand.

    Raises:
        ValueError: the item is no errand. KeyError: it has no such situation.
    """
    if item.partner is None:
        raise ValueError(f"{item.code} names no partner")
    return Terms(
        item_id=item.id,
        item_code=item.code,
        item_name=item.name,
        errand=item.errand,
        partner=item.partner,
        situation_code=situation,
        situation=next((s.name for s in item.situations if s.code == situation), ""),
        promise=item.promise,
        papers=tuple(
            Paper(code=m.code, name=m.name, required=m.required, hint=m.hint)
            for m in item.materials_for(situation)
        ),
        result_name=item.result_name,
        needs_ink=needs_ink(item, situation),
        in_person=item.in_person,
    )


def needs_ink(item: Item, situation: str) -> bool:
    """Whether a paper signed by hand must be there before anything goes to the partner."""
    return item.wet_ink and situation not in NO_INK_NEEDED.get(item.errand, frozenset())


class MandateTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What a 委托书 allows, without the people it names (民法典 165, 169).

    Args:
        redelegable: the clause that lets a village clerk pass the errand on to the township.
    """

    relation: Relation
    method: SigningMethod
    valid_from: date
    valid_until: date
    redelegable: bool = False

    def runs(self, day: date) -> bool:
        return self.valid_from <= day <= self.valid_until


class EventFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an event establishes besides the move itself. Ids, numbers and words of the office; no personal data.

    Args:
        materials: which papers were received.
        mandate: the 委托 as far as rules ask.
        sharing, sharing_version: the partner the applicant agreed to pass data to, and the words agreed to.
        paper: number under which a paper signed by hand was filed.
        reference: the partner's number: its receipt, acceptance or result.
        batch: number of the 移交清单.
        papers_returned: the papers are back with the applicant.
        content: keyed fingerprint of the sealed request, so that altering it breaks the chain.
    """

    materials: dict[str, MaterialStatus] = {}
    mandate: MandateTerms | None = None
    sharing: Partner | None = None
    sharing_version: str = ""
    paper: str = ""
    reference: str = ""
    batch: str = ""
    papers_returned: bool = False
    content: str = ""


NO_FACTS = EventFacts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One row of an errand's history, chained to the one before it; the first one has no state before."""

    errand_id: str
    seq: int
    at: datetime
    actor_id: str
    actor_role: Role
    action: ErrandAction
    before: ErrandState | None
    after: ErrandState
    note: str
    facts: EventFacts
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """Where an errand stands after its events so far; everything from `state` down is derived from them.

    Args:
        department_id: of the window that runs errands.
        paper: number of the registered paper signed by hand, "" while there is none.
        stood: the state it was suspended in.
        received: the partner has signed for it.
        held_fen: money in custody for it; from the ledger, not from the events.
    """

    id: str
    tenant_id: str
    department_id: str
    village_id: str
    owner_id: str
    terms: Terms
    state: ErrandState | None = None
    version: int = 0
    materials: Mapping[str, MaterialStatus] = field(default_factory=dict)
    mandate: MandateTerms | None = None
    sharing: Partner | None = None
    paper: str = ""
    stood: ErrandState | None = None
    batch: str = ""
    received: bool = False
    papers_returned: bool = False
    prev_hash: str = ""
    held_fen: int = 0

    @property
    def reached(self) -> ErrandState:
        """The state after at least one event.

        Raises:
            ValueError: it has none.
        """
        if self.state is None:
            raise ValueError("an errand without events")
        return self.state

    @property
    def unsigned(self) -> bool:
        """Whether a paper signed by hand is still missing."""
        return not self.paper and (self.terms.needs_ink or self.terms.in_person)

    @property
    def holds_papers(self) -> bool:
        """Whether originals or copies of the applicant's lie with us or the partner."""
        return not self.papers_returned and MaterialStatus.PRESENT in self.materials.values()
