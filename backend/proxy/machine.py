"""How an errand moves: the whole table of states and actions. No clock, no database, no framework.

requested -> consented (委托书 and, apart from it, consent to pass data on) -> taken -> submitted to the partner
-> done; suspended and resumed on the way; ended with a reason, papers and money returned.
Source: the plan's clauses 24 and 27; 帮代办 standards DB14/T 2233-2020 and DB3205/T 1077-2023 for suspending and ending.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain

from api_spec.errors import ErrorCode
from api_spec.vocabulary import ErrandAction as A
from api_spec.vocabulary import ErrandState as S
from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.faults import Fault
from backend.proxy.conditions import ASKS, OWNER, TOWNSHIP, WHENS, Ask, When
from backend.proxy.errand import NO_FACTS, OPEN_STATES, Errand, EventFacts

VILLAGE = frozenset({Role.VILLAGE_CLERK, Role.NODE})
CLERK = frozenset({Role.VILLAGE_CLERK})
PARTNER = frozenset({Role.PARTNER})
RUNNERS = TOWNSHIP | CLERK
"""Who runs errands: the centre, the window of public services, and village clerks for their own village."""
RECEIVERS = PARTNER | TOWNSHIP
"""Who may say that the partner has it or has done it; the window registers the partner's paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One permitted move.

    Args:
        to: None: back to where it stood before it was suspended.
        by: who may make it; each for their own errands, village, window, township or partner.
        note: a reason or result, shown to the applicant, must be written down.
    """

    to: S | None
    by: frozenset[Role]
    note: bool = False
    when: tuple[When, ...] = ()
    asks: tuple[Ask, ...] = ()


_CONSENT = (Ask.MANDATE, Ask.SHARING)
_BEFORE_PARTNER = (S.REQUESTED, S.CONSENTED, S.TAKEN)

EDGES: Mapping[tuple[S | None, A], Edge] = {
    (None, A.REQUEST): Edge(to=S.REQUESTED, by=OWNER | VILLAGE | TOWNSHIP),
    (S.REQUESTED, A.CONSENT): Edge(to=S.CONSENTED, by=OWNER | VILLAGE | TOWNSHIP, asks=_CONSENT),
    # A mandate that ended, or that may not be passed on, is given anew.
    (S.CONSENTED, A.CONSENT): Edge(to=S.CONSENTED, by=OWNER | VILLAGE | TOWNSHIP, asks=_CONSENT),
    (S.TAKEN, A.CONSENT): Edge(to=S.TAKEN, by=OWNER | VILLAGE | TOWNSHIP, asks=_CONSENT),
    **{(state, A.REGISTER_PAPER): Edge(to=state, by=RUNNERS, asks=(Ask.PAPER,)) for state in _BEFORE_PARTNER},
    (S.CONSENTED, A.TAKE): Edge(to=S.TAKEN, by=RUNNERS, when=(When.MANDATE_RUNS, When.REDELEGABLE)),
    (S.TAKEN, A.HAND_OVER): Edge(
        to=S.SUBMITTED_TO_PARTNER,
        by=TOWNSHIP,
        when=(When.MANDATE_RUNS, When.REDELEGABLE, When.PAPER_SIGNED),
        asks=(Ask.BATCH,),
    ),
    (S.SUBMITTED_TO_PARTNER, A.RECEIVE): Edge(
        to=S.SUBMITTED_TO_PARTNER, by=RECEIVERS, when=(When.NOT_RECEIVED,), asks=(Ask.REFERENCE,)
    ),
    (S.SUBMITTED_TO_PARTNER, A.COMPLETE): Edge(
        to=S.DONE, by=RECEIVERS, note=True, when=(When.PAPER_SIGNED, When.MONEY_SETTLED)
    ),
    (S.TAKEN, A.SUSPEND): Edge(to=S.SUSPENDED, by=RUNNERS, note=True),
    (S.SUBMITTED_TO_PARTNER, A.SUSPEND): Edge(to=S.SUSPENDED, by=TOWNSHIP | PARTNER, note=True),
    (S.SUSPENDED, A.RESUME): Edge(to=None, by=RUNNERS | PARTNER, when=(When.HANDED_OVER,)),
    # The principal may take the mandate back at any time (民法典 933); money and papers go back first.
    **{
        (state, A.END): Edge(
            to=S.ENDED,
            by=OWNER | RUNNERS | (PARTNER if state is S.SUBMITTED_TO_PARTNER else frozenset()),
            note=True,
            when=(When.MONEY_SETTLED,),
            asks=(Ask.PAPERS_BACK,),
        )
        for state in OPEN_STATES
    },
    **{
        (state, A.ADD_NOTE): Edge(
            to=state, by=RUNNERS | VILLAGE | PARTNER, note=True, when=(When.HANDED_OVER,)
        )
        for state in S
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What somebody wants done to an errand. `note` is shown to the applicant; blank counts as missing."""

    action: A
    note: str = ""
    facts: EventFacts = NO_FACTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One decided move, not yet written down."""

    action: A
    before: S | None
    after: S
    role: Role
    note: str
    facts: EventFacts


def step(errand: Errand, command: Command, actor: Actor, *, today: date) -> Step:
    """Decide one move.

    Args:
        today: the day in China, for mandates.

    Raises:
        Fault: ACTION_NOT_ALLOWED no such move from this state; NOT_YOUR_ACTION it is another's; NOTE_REQUIRED;
            MANDATE_REQUIRED none in force, or not one that may be passed on; WET_INK_REQUIRED; IN_PERSON_ONLY;
            MONEY_NOT_BALANCED money is still held; FORM_INVALID with everything the command lacks.
    """
    edge = EDGES.get((errand.state, command.action))
    if edge is None:
        raise Fault(ErrorCode.ACTION_NOT_ALLOWED, state=errand.state, action=command.action)
    role = acting_role(errand, edge, actor)
    if role is None:
        raise Fault(ErrorCode.NOT_YOUR_ACTION, action=command.action)
    for when in edge.when:
        if (refusal := WHENS[when](errand, role, today)) is not None:
            raise refusal
    note = command.note.strip()
    if edge.note and not note:
        raise Fault(ErrorCode.NOTE_REQUIRED, action=command.action)
    wrong = tuple(chain.from_iterable(ASKS[ask](errand, command.facts, role, today) for ask in edge.asks))
    if wrong:
        raise Fault(ErrorCode.FORM_INVALID, wrong=wrong, action=command.action)
    return Step(
        action=command.action,
        before=errand.state,
        after=_target(errand, edge),
        role=role,
        note=note,
        facts=command.facts,
    )


def can(errand: Errand, actor: Actor, *, today: date) -> tuple[A, ...]:
    """The buttons to show: what this actor may do to this errand now, in the order of `ErrandAction`."""
    return tuple(
        action
        for action in A
        if (edge := EDGES.get((errand.state, action)))
        and (role := acting_role(errand, edge, actor))
        and all(WHENS[when](errand, role, today) is None for when in edge.when)
    )


def refuse_others(actor: Actor, allowed: frozenset[Role], action: A) -> None:
    """Raises Fault(NOT_YOUR_ACTION): the actor holds none of the posts."""
    if not actor.has(allowed):
        raise Fault(ErrorCode.NOT_YOUR_ACTION, action=action)


def acting_role(errand: Errand, edge: Edge, actor: Actor) -> Role | None:
    """The post in which `actor` makes this move, or None: no such post, or not at this place."""
    return next(
        (role for role in Role if role in edge.by & actor.roles and at_home(errand, role, actor)), None
    )


def at_home(errand: Errand, role: Role, actor: Actor) -> bool:
    """Whether the errand lies where the role is exercised: own errand, village, window, partner or township."""
    match role:
        case Role.CITIZEN | Role.AGENT:
            return bool(actor.id) and actor.id == errand.owner_id
        case Role.VILLAGE_CLERK | Role.NODE:
            mine = bool(actor.village_id) and actor.village_id == errand.village_id
        case Role.WINDOW:
            mine = bool(actor.department_id) and actor.department_id == errand.department_id
        case Role.PARTNER:
            mine = actor.partner is errand.terms.partner
        case _:
            mine = True
    return mine and actor.tenant_id == errand.tenant_id


def _target(errand: Errand, edge: Edge) -> S:
    target = edge.to or errand.stood
    if target is None:
        raise Fault(ErrorCode.ACTION_NOT_ALLOWED, state=errand.state)
    return target
