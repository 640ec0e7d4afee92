"""What a case is: the terms it was filed under, its events, and where it stands. Values only; pure."""

from collections.abc import Mapping
from datetime import date, datetime

import msgspec

from api_spec.catalogue import Item, Limit
from api_spec.vocabulary import (
    CaseAction,
    CaseState,
    ClockEffect,
    DecisionLevel,
    DeliveryMethod,
    ItemKind,
    MaterialStatus,
    Outcome,
    Role,
    WindowType,
)

OPEN_STATES = frozenset(CaseState) - {
    CaseState.QUEUED,
    CaseState.DRAFT,
    CaseState.NOT_ACCEPTED,
    CaseState.FINISHED,
    CaseState.WITHDRAWN,
    CaseState.VOIDED,
    CaseState.ARCHIVED,
}
"""States in which somebody still has to do something."""
ENDED = tuple(state for state in CaseState if state not in OPEN_STATES | {CaseState.QUEUED, CaseState.DRAFT})
"""States nothing follows any more, unless the director takes the case up again."""


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """One material the applicant was asked for."""

    code: str
    name: str
    required: bool = True
    hint: str = ""


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """The item as it stood when the case was filed: a later change of the catalogue does not reach back."""

    item_id: str
    item_code: str
    item_name: str
    situation: str = ""
    window: WindowType
    kind: ItemKind
    decision_level: DecisionLevel
    promise: Limit
    statutory: Limit | None = None
    papers: tuple[Paper, ...] = ()
    result_name: str = ""
    deliverable: bool = True
    bound_to_paper: bool = False
    joint_inspection: bool = False
    stop_grounds: tuple[str, ...] = ()
    confidential: bool = False


def terms_of(item: Item, situation: str) -> Terms:
    """The terms of one filing; raises KeyError for a situation the item does not have."""
    return Terms(
        item_id=item.id,
        item_code=item.code,
        item_name=item.name,
        situation=next((s.name for s in item.situations if s.code == situation), ""),
        window=item.window,
        kind=item.kind,
        decision_level=item.decision_level,
        promise=item.promise,
        statutory=item.statutory,
        papers=tuple(
            Paper(code=m.code, name=m.name, required=m.required, hint=m.hint)
            for m in item.materials_for(situation)
        ),
        result_name=item.result_name,
        deliverable=item.deliverable,
        bound_to_paper=item.in_person or item.wet_ink,
        joint_inspection=item.joint_inspection,
        stop_grounds=item.stop_grounds,
        confidential=item.confidential,
    )


class Gap(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One line of the 一次性告知书: what is missing or wrong, and how to put it right."""

    code: str
    name: str
    status: MaterialStatus
    how_to_fix: str


class Seat(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A department at a joint inspection, and whom it sends; names as the office writes them down."""

    department_id: str
    name: str
    inspectors: tuple[str, ...]


class Visit(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A joint inspection (plan, clause 49): one day, one place, several departments."""

    day: date
    place: str
    seats: tuple[Seat, ...]

    def has(self, department_id: str) -> bool:
        return any(seat.department_id == department_id for seat in self.seats)


class Meeting(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A meeting of the leadership (plan, clause 50); who was there by name and post."""

    day: date
    attendees: tuple[str, ...]


class EventFacts(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What an event establishes besides the move itself. Ids, numbers and words of the office; no personal data.

    Args:
        materials: what the receiver found of each paper.
        promised: codes of papers the applicant promised in writing to hand in later.
        until: the last day for those.
        paper_on: the day a paper application was handed in that was typed in later (plan, clause 14).
        brought: codes of papers brought to the village later, which nobody of the office has looked at yet.
        gaps: the lines of a 一次性告知书.
        days: working days given: to supplement, or by an extension.
        reference: number of a document: decision, transmittal, minutes, withdrawal paper.
        basis: the legal basis of a refusal, or the ground of a stop (行政许可法 45).
        proof: how the hand-over is proved: signature, collection code, post number.
        pledge: accepted with papers outstanding against a written pledge (容缺).
        wish: what a village clerk passes on as the applicant's wish; the township decides.
        departments, inspectors: how many took part in an inspection; before 0.3.0 that was all there was.
        visit: where and when a joint inspection takes place, and who goes.
        department: whose opinion an event is.
        meeting: when a leadership meeting was, and who was there.
        sent: codes of the papers sent to the superior.
        wanted: codes of the papers the superior wants put right.
        content: keyed fingerprint of the sealed application, so that altering it breaks the chain.
    """

    materials: dict[str, MaterialStatus] = {}
    promised: tuple[str, ...] = ()
    until: date | None = None
    paper_on: date | None = None
    brought: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    days: int = 0
    outcome: Outcome | None = None
    reference: str = ""
    basis: str = ""
    method: DeliveryMethod | None = None
    proof: str = ""
    pledge: bool = False
    departments: int = 0
    inspectors: int = 0
    visit: Visit | None = None
    department: str = ""
    meeting: Meeting | None = None
    sent: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    wish: CaseAction | None = None
    content: str = ""


NO_FACTS = EventFacts()


class Event(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One row of a case's history, chained to the one before it."""

    case_id: str
    seq: int
    at: datetime
    actor_id: str
    actor_role: Role
    action: CaseAction
    before: CaseState
    after: CaseState
    note: str
    facts: EventFacts
    clock: ClockEffect
    prev_hash: str
    hash: str


class Case(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Where a case stands after its events so far; everything below `version` is derived from them.

    Args:
        version: the number of events.
        receivers: staff who accepted or first reviewed it; none of them may approve it.
        first_receiver: the first member of staff who took it up (首问责任).
        notices: 一次性告知书 issued; the law allows one.
        extended_days: working days granted by an extension, 0 = not extended.
        concluded: a meeting's conclusion is on record.
        visit: the joint inspection, if one was convened; `opinions` are the departments that gave theirs.
        owed: codes of the papers the applicant pledged to hand in until `owed_until`, and has not yet.
        wanted_above: codes of the papers the superior has sent back once; `not_asked` are those of its last letter
            that the applicant has not been asked for yet.
        reopened: how often it was taken up again after it had ended.
    """

    id: str
    tenant_id: str
    department_id: str
    village_id: str
    owner_id: str
    terms: Terms
    state: CaseState
    version: int = 0
    materials: Mapping[str, MaterialStatus] = msgspec.field(default_factory=dict)
    receivers: frozenset[str] = frozenset()
    first_receiver: str = ""
    notices: int = 0
    gaps: tuple[Gap, ...] = ()
    supplemented: bool = False
    refusal_proposed: bool = False
    extension_proposed: bool = False
    extended_days: int = 0
    concluded: bool = False
    pledged: bool = False
    owed: tuple[str, ...] = ()
    owed_until: date | None = None
    visit: Visit | None = None
    opinions: frozenset[str] = frozenset()
    wanted_above: frozenset[str] = frozenset()
    not_asked: tuple[str, ...] = ()
    reopened: int = 0
    outcome: Outcome | None = None
    prev_hash: str = ""

    @property
    def must_hand_over(self) -> bool:
        """Whether a paper has to reach the applicant; a refusal always is one (行政许可法 38, 44)."""
        return self.terms.deliverable or self.outcome is Outcome.REFUSED

    def missing(self, found: Mapping[str, MaterialStatus]) -> tuple[str, ...]:
        """Codes of required papers not present when `found` is added to what was known."""
        known = {**self.materials, **found}
        return tuple(
            paper.code
            for paper in self.terms.papers
            if paper.required and known.get(paper.code) is not MaterialStatus.PRESENT
        )
