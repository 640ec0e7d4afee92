"""Errands as they come out of the store, and what other features are told: values only; rows never leave it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from api_spec.vocabulary import Channel, ErrandState, Partner
from backend.proxy.deadlines import NO_DAY, Dues
from backend.proxy.errand import OPEN_STATES, Errand, Event, Terms
from backend.proxy.trail import Stage, Trail, next_step, trail


class Raced(Exception):
    """Another process wrote the same thing at the same moment; nothing is lost by trying once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """How an errand entered: numbers, way and time; none of it changes."""

    errand_id: str
    tenant_id: str
    rid: str
    number: str
    tracking_code: str
    channel: Channel
    node_id: str
    node_time: str
    pack_sha: str
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandRecord:
    """An errand with its whole history. `sealed` opens only in the vault."""

    entry: Entry
    errand: Errand
    events: tuple[Event, ...]
    sealed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An errand as its one row has it: for lists and for the public."""

    errand_id: str
    tenant_id: str
    rid: str
    number: str
    tracking_code: str
    state: ErrandState
    version: int
    terms: Terms
    trail: Trail
    paper: bool
    department_id: str
    village_id: str
    owner_id: str
    channel: Channel
    sealed: bytes
    dues: Dues
    held_fen: int
    batch: str
    received_at: datetime
    changed_at: datetime

    @property
    def unsigned(self) -> bool:
        """Whether a paper signed by hand is still missing."""
        return not self.paper and (self.terms.needs_ink or self.terms.in_person)

    @property
    def next_step(self) -> str:
        return next_step(self.state, self.terms.partner, due_on=self.dues.due_on, unsigned=self.unsigned)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandChange:
    """An errand after a change: enough to tell a node or a phone.

    Args:
        rid: under which it was filed; a node knows it by that.
        version: rises by one with every event.
        applicant: full name, for the village that took the errand; never in a log.
        phone: as left with the request; "" while it is being filed.
        promise_on: the promised day; None while no clock runs.
    """

    tenant_id: str
    errand_id: str
    rid: str
    node_id: str
    village_id: str
    owner_id: str
    tracking_code: str
    case_number: str
    item_code: str
    item_name: str
    state: ErrandState
    version: int
    received_at: datetime
    promise_on: date | None
    next_step: str
    stages: tuple[Stage, ...]
    is_open: bool
    applicant: str = field(repr=False)
    phone: str = field(default="", repr=False)


def change_of(
    entry: Entry, errand: Errand, events: Sequence[Event], dues: Dues, *, applicant: str, phone: str = ""
) -> ErrandChange:
    """What to tell of an errand after `events`, all of them."""
    terms = errand.terms
    return ErrandChange(
        tenant_id=entry.tenant_id,
        errand_id=entry.errand_id,
        rid=entry.rid,
        node_id=entry.node_id,
        village_id=errand.village_id,
        owner_id=errand.owner_id,
        tracking_code=entry.tracking_code,
        case_number=entry.number,
        item_code=terms.item_code,
        item_name=terms.item_name,
        state=errand.reached,
        version=errand.version,
        received_at=entry.received_at,
        promise_on=None if dues.due_on == NO_DAY else dues.due_on,
        next_step=next_step(
            errand.reached,
            terms.partner,
            due_on=dues.due_on,
            unsigned=errand.unsigned,
        ),
        stages=trail(events).stages,
        is_open=errand.reached in OPEN_STATES,
        applicant=applicant,
        phone=phone,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """移交清单: what one partner was given together.

    Args:
        number: counts 1, 2, 3 … within a township.
        digest: SHA-256 over number, partner and the errands' numbers with their versions, in order.
        receipt: the partner's own number when it signed for the list, "" until then.
    """

    id: str
    tenant_id: str
    number: int
    partner: Partner
    count: int
    digest: str
    made_by: str
    made_at: datetime
    receipt: str = ""
    received_at: datetime | None = None

    @property
    def label(self) -> str:
        """As printed: YJ-0007."""
        return handover_label(self.number)


def handover_label(number: int) -> str:
    return f"YJ-{number:04}"
