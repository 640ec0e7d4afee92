"""A card (预警、黄牌、红牌): how it moves, and its chained history. No clock, no database: values in, values out.

The department explains or appeals; only the supervisor withdraws, upholds, refers upward or closes (domain 5.4).
A card is never deleted: what it was given for and what became of it stay.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

from api_spec.errors import ErrorCode
from api_spec.supervision_terms import CardAction as A
from api_spec.supervision_terms import CardLevel, RuleCode, SubjectKind
from api_spec.supervision_terms import CardState as S
from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.faults import Fault
from backend.register import event_chain
from backend.register.event_chain import ChainBroken

SUPERVISOR = frozenset({Role.SUPERVISOR})
DEPARTMENT = frozenset({Role.WINDOW, Role.BACK_OFFICE, Role.GROUP_LEADER, Role.DEPARTMENT_HEAD})
HEADS = frozenset({Role.GROUP_LEADER, Role.DEPARTMENT_HEAD})
CENTRE = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR})
ANSWERING = DEPARTMENT | CENTRE | {Role.SERVICE_DESK}
SYSTEM = frozenset({Role.SYSTEM})
ROLES = tuple(Role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One permitted move; `note`: reasons, measures or an explanation must be written down."""

    to: S
    by: frozenset[Role]
    note: bool = True


EDGES: Mapping[tuple[S, A], Edge] = {
    (S.OPEN, A.EXPLAIN): Edge(to=S.EXPLAINED, by=ANSWERING),
    (S.UPHELD, A.EXPLAIN): Edge(to=S.UPHELD, by=ANSWERING),
    # An appeal is the leader's or the head's, once: what was upheld is not argued again.
    **{(state, A.APPEAL): Edge(to=S.APPEALED, by=HEADS | CENTRE) for state in (S.OPEN, S.EXPLAINED)},
    # 撤销, 打回, 上报: the three answers to an appeal.
    **{(state, A.UPHOLD): Edge(to=S.UPHELD, by=SUPERVISOR) for state in (S.APPEALED, S.REFERRED)},
    (S.APPEALED, A.REFER): Edge(to=S.REFERRED, by=SUPERVISOR),
    **{
        (state, A.WITHDRAW): Edge(to=S.WITHDRAWN, by=SUPERVISOR)
        for state in (S.OPEN, S.EXPLAINED, S.APPEALED, S.REFERRED, S.UPHELD)
    },
    **{(state, A.CLOSE): Edge(to=S.CLOSED, by=SUPERVISOR) for state in (S.OPEN, S.EXPLAINED, S.UPHELD)},
    **{(state, A.LIFT): Edge(to=S.LIFTED, by=SYSTEM) for state in (S.OPEN, S.EXPLAINED)},
    **{
        (state, A.ESCALATE): Edge(to=state, by=SYSTEM, note=False)
        for state in (S.OPEN, S.EXPLAINED, S.UPHELD)
    },
}
OPEN_STATES = frozenset({S.OPEN, S.EXPLAINED, S.APPEALED, S.REFERRED, S.UPHELD})
LIFTABLE = tuple(state for state in S if (state, A.LIFT) in EDGES)
ESCALATED = tuple(state for state in S if (state, A.ESCALATE) in EDGES)


class CardEvent(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One row of a card's history, chained to the one before it."""

    subject_id: str
    seq: int
    at: datetime
    actor_id: str
    actor_role: Role
    action: A
    before: S
    after: S
    note: str
    facts: dict[str, str]
    prev_hash: str
    hash: str = ""


class Card(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A card as it stands.

    Args:
        on: the day in China it happened; `seq`: the event of the case's history, 0 for none.
        stage: how far up it was told: 0 the post that answers, 1 the department's head, 2 the director.
    """

    id: str
    tenant_id: str
    rule: RuleCode
    level: CardLevel
    subject_kind: SubjectKind
    subject_id: str
    subject_number: str
    occurrence: str
    on: date
    seq: int
    department_id: str
    staff_id: str
    item_id: str
    href: str
    facts: dict[str, str]
    opened_at: datetime
    state: S = S.OPEN
    stage: int = 0
    version: int = 0
    prev_hash: str = ""

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One decided move, not yet written down."""

    action: A
    before: S
    after: S
    role: Role
    note: str


def step(card: Card, action: A, actor: Actor, *, note: str = "") -> Step:
    """Decide one move.

    Raises:
        Fault: SUPERVISION_STATE no such move from this state; NOT_YOUR_ACTION for another post or department, or
            the card is about this very person and they would decide on it; REASON_REQUIRED.
    """
    edge = EDGES.get((card.state, action))
    if edge is None:
        raise Fault(ErrorCode.SUPERVISION_STATE, state=card.state, action=action)
    role = _acting_role(card, edge, actor)
    if role is None:
        raise Fault(ErrorCode.NOT_YOUR_ACTION, action=action)
    if edge.note and not note.strip():
        raise Fault(ErrorCode.REASON_REQUIRED, action=action)
    return Step(action=action, before=card.state, after=edge.to, role=role, note=note.strip())


def can(card: Card, actor: Actor) -> tuple[A, ...]:
    """The buttons to show, in the order of `CardAction`."""
    return tuple(
        action
        for action in A
        if (edge := EDGES.get((card.state, action))) and _acting_role(card, edge, actor)
    )


def _acting_role(card: Card, edge: Edge, actor: Actor) -> Role | None:
    fitting = sorted(edge.by & actor.roles, key=ROLES.index)
    return next((role for role in fitting if _at_home(card, role, actor)), None)


def _at_home(card: Card, role: Role, actor: Actor) -> bool:
    """A department answers for its own cards, the centre for those no department answers for; nobody judges themselves.

    The service desk answers for ratings nobody else's step is late on.
    """
    if actor.tenant_id != card.tenant_id:
        return False
    match role:
        case Role.SUPERVISOR:
            return actor.id != card.staff_id
        case Role.CENTRE_STAFF | Role.DIRECTOR:
            return not card.department_id
        case Role.SERVICE_DESK:
            return not card.department_id and card.subject_kind is SubjectKind.REVIEW
        case Role.SYSTEM:
            return True
        case _:
            return bool(card.department_id) and actor.department_id == card.department_id


def raised(card: Card, *, actor_id: str, role: Role, at: datetime, note: str = "") -> tuple[Card, CardEvent]:
    """A new card with its first event."""
    first = Step(action=A.RAISE, before=S.OPEN, after=S.OPEN, role=role, note=note)
    return moved(
        card, first, actor_id=actor_id, at=at, facts={"rule": card.rule, "occurrence": card.occurrence}
    )


def moved(
    card: Card, done: Step, *, actor_id: str, at: datetime, facts: Mapping[str, str] | None = None
) -> tuple[Card, CardEvent]:
    """The card after a step, and the event that says so.

    Args:
        at: when the township decided, aware UTC with whole milliseconds.
    """
    one = CardEvent(
        subject_id=card.id,
        seq=card.version + 1,
        at=at,
        actor_id=actor_id,
        actor_role=done.role,
        action=done.action,
        before=done.before,
        after=done.after,
        note=done.note,
        facts=dict(facts or {}),
        prev_hash=card.prev_hash,
    )
    sealed = msgspec.structs.replace(one, hash=digest(one))
    return (
        msgspec.structs.replace(card, state=done.after, version=sealed.seq, prev_hash=sealed.hash),
        sealed,
    )


def digest(one: CardEvent) -> str:
    """SHA-256 over everything the event says and over the event before it."""
    said: list[Any] = [
        one.prev_hash,
        one.subject_id,
        one.seq,
        event_chain.instant_text(one.at),
        one.actor_id,
        one.actor_role,
        one.action,
        one.before,
        one.after,
        one.note,
        event_chain.facts_text(one.facts),
    ]
    return event_chain.digest(said)


def prove(card_id: str, events: Sequence[CardEvent]) -> None:
    """Raises ChainBroken: an event was altered, removed or put in another place."""
    before, state = "", S.OPEN
    for number, one in enumerate(events, start=1):
        holds = (one.subject_id, one.seq, one.prev_hash, one.before) == (card_id, number, before, state)
        if not holds or one.hash != digest(one):
            raise ChainBroken(f"card {card_id}", number)
        before, state = one.hash, one.after
