"""How a complaint moves (domain: received -> accepted/refused -> assigned -> answered -> reviewed -> closed). Pure.

Who leads it depends on its route: the service desk, or the director or the supervisor where the nearer ones are its
subject. Whoever answers was assigned by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from api_spec.complaint_terms import ComplaintAbout, ComplaintRoute
from api_spec.complaint_terms import ComplaintAction as A
from api_spec.complaint_terms import ComplaintState as S
from api_spec.errors import ErrorCode
from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.faults import Fault
from backend.register import moves
from backend.register.moves import Edge, Step

LEADERS: Final = frozenset({Role.SERVICE_DESK, Role.DIRECTOR, Role.SUPERVISOR})
HANDLERS: Final = frozenset(
    {
        Role.SERVICE_DESK,
        Role.DIRECTOR,
        Role.SUPERVISOR,
        Role.CENTRE_STAFF,
        Role.DEPARTMENT_HEAD,
        Role.GROUP_LEADER,
        Role.WINDOW,
    }
)
RETURN_WITHIN: Final = timedelta(hours=24)
"""A complaint sent to the wrong place goes back within 24 hours (安阳市政务服务条例, 12345 model)."""

EDGES: Final[Mapping[tuple[S, A], Edge[S]]] = {
    (S.RECEIVED, A.ACCEPT): Edge(S.ACCEPTED, LEADERS),
    (S.RECEIVED, A.REFUSE): Edge(S.REFUSED, LEADERS, note=True),
    (S.RECEIVED, A.NAME): Edge(S.RECEIVED, LEADERS),
    (S.ACCEPTED, A.NAME): Edge(S.ACCEPTED, LEADERS),
    (S.ACCEPTED, A.ASSIGN): Edge(S.ASSIGNED, LEADERS),
    (S.ASSIGNED, A.ANSWER): Edge(S.ANSWERED, HANDLERS, note=True),
    (S.ASSIGNED, A.RETURN): Edge(S.ACCEPTED, HANDLERS, note=True),
    (S.ASSIGNED, A.EXTEND): Edge(S.ASSIGNED, LEADERS, note=True),
    (S.ANSWERED, A.REVIEW): Edge(S.REVIEWED, LEADERS),
    (S.ANSWERED, A.SEND_BACK): Edge(S.ASSIGNED, LEADERS, note=True),
    (S.REVIEWED, A.CLOSE): Edge(S.CLOSED, LEADERS, note=True),
}
OVER: Final = frozenset({S.REFUSED, S.CLOSED})
LEADING: Final = frozenset(A) - {A.ANSWER, A.RETURN, A.RECEIVE}
ROUTE_ROLE: Final = {
    ComplaintRoute.DESK: Role.SERVICE_DESK,
    ComplaintRoute.DIRECTOR: Role.DIRECTOR,
    ComplaintRoute.SUPERVISOR: Role.SUPERVISOR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a complaint stands.

    Args:
        subjects: ids of the staff it is about.
        assignee_id: who has to answer; "" before it is assigned.
    """

    state: S
    route: ComplaintRoute
    about: ComplaintAbout
    department_id: str = ""
    subjects: frozenset[str] = frozenset()
    assignee_id: str = ""
    assigned_at: datetime | None = None
    extended: bool = False
    due_on: date = date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member of staff as routing needs them."""

    id: str
    roles: frozenset[Role]
    department_id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One move with what belongs to it: `assignee` with ASSIGN, `subjects` with NAME."""

    action: A
    note: str = field(default="", repr=False)
    assignee: Person | None = None
    subjects: tuple[Person, ...] = ()


def route_of(subjects: tuple[Person, ...]) -> ComplaintRoute:
    """Who leads a complaint: nobody it is about, and nobody beside them at the same desk.

    The director leads where the service desk, the centre's staff or a supervisor is its subject, the supervisor where
    the director is.
    """
    roles = frozenset().union(*(person.roles for person in subjects))
    if Role.DIRECTOR in roles:
        return ComplaintRoute.SUPERVISOR
    if roles & {Role.SERVICE_DESK, Role.CENTRE_STAFF, Role.SUPERVISOR}:
        return ComplaintRoute.DIRECTOR
    return ComplaintRoute.DESK


def may_know(standing: Standing, actor: Actor) -> bool:
    """Whether a complaint exists for this person at all: never for its subject, nor, while it names nobody, for anybody
    of the window complained about; for the rest by their part in it.
    """
    if actor.id in standing.subjects or _is_meant(standing, actor):
        return False
    if actor.id == standing.assignee_id:
        return True
    if standing.route is ComplaintRoute.DESK:
        return actor.has(LEADERS)
    if standing.route is ComplaintRoute.DIRECTOR:
        return actor.has({Role.DIRECTOR, Role.SUPERVISOR})
    return actor.has({Role.SUPERVISOR})


def may_take_down(standing: Standing, actor: Actor) -> bool:
    """Whether somebody may write a complaint down: not its subject, nor anybody of the window that may be meant, since
    whoever writes it down is told its code.
    """
    return actor.id not in standing.subjects and not _is_meant(standing, actor)


def decide(
    standing: Standing, command: Command, *, actor: Actor, at: datetime
) -> tuple[Step[S, A], Standing]:
    """Decide one move and where it leads; days are the caller's to set.

    Raises:
        Fault: ACTION_NOT_ALLOWED (not from here; a second extension; a return after 24 hours), NOT_YOUR_ACTION,
            NOTE_REQUIRED, OUT_OF_SCOPE (an assignee it may not reach), SAME_PERSON (reviewing one's own answer, or assigning
            to oneself, which would leave nobody to review it).
    """
    step = moves.decide(EDGES, standing.state, command.action, roles=actor.roles, note=command.note)
    if command.action in LEADING and not actor.has(_leading(standing)):
        raise Fault(ErrorCode.NOT_YOUR_ACTION, action=command.action)
    after = replace(standing, state=step.after)
    match command.action:
        case A.ANSWER | A.RETURN:
            if actor.id != standing.assignee_id:
                raise Fault(ErrorCode.NOT_YOUR_ACTION, action=command.action)
            if command.action is A.RETURN:
                return step, _returned(after, at=at)
        case A.ASSIGN:
            if command.assignee is not None and command.assignee.id == actor.id:
                raise Fault(ErrorCode.SAME_PERSON)
            return step, _assigned(after, command.assignee, at=at)
        case A.EXTEND:
            if standing.extended:
                raise Fault(ErrorCode.ACTION_NOT_ALLOWED, extended=True)
            return step, replace(after, extended=True)
        case A.NAME:
            return step, _named(after, command.subjects, actor)
        case A.REVIEW:
            if actor.id == standing.assignee_id:
                raise Fault(ErrorCode.SAME_PERSON)
    return step, after


def can(standing: Standing, *, actor: Actor, at: datetime) -> tuple[A, ...]:
    """The buttons to show."""
    return tuple(
        action
        for action in moves.can(EDGES, standing.state, roles=actor.roles)
        if _is_possible(standing, action, actor, at)
    )


def _is_possible(standing: Standing, action: A, actor: Actor, at: datetime) -> bool:
    somebody = Person(id="-", roles=frozenset())
    try:
        decide(standing, Command(action=action, note="-", assignee=somebody), actor=actor, at=at)
    except Fault:
        return False
    return True


def _leading(standing: Standing) -> frozenset[Role]:
    """The role of its route; the director may always step in for the service desk."""
    role = ROUTE_ROLE[standing.route]
    return frozenset({role, Role.DIRECTOR} if role is Role.SERVICE_DESK else {role})


def _is_meant(standing: Standing, actor: Actor) -> bool:
    """A complaint about somebody of a window, by no name: each of them may be meant."""
    unnamed = standing.about in (ComplaintAbout.PERSON, ComplaintAbout.WINDOW) and not standing.subjects
    return unnamed and bool(standing.department_id) and actor.department_id == standing.department_id


def _assigned(standing: Standing, assignee: Person | None, *, at: datetime) -> Standing:
    """Past everybody it is about, and past their department where its head or leader is among them."""
    if assignee is None or assignee.id in standing.subjects:
        raise Fault(ErrorCode.OUT_OF_SCOPE)
    unnamed = standing.about in (ComplaintAbout.PERSON, ComplaintAbout.WINDOW) and not standing.subjects
    if unnamed and standing.department_id and assignee.department_id == standing.department_id:
        raise Fault(ErrorCode.OUT_OF_SCOPE)
    return replace(standing, assignee_id=assignee.id, assigned_at=at)


def _returned(standing: Standing, *, at: datetime) -> Standing:
    if standing.assigned_at is None or at > standing.assigned_at + RETURN_WITHIN:
        raise Fault(ErrorCode.ACTION_NOT_ALLOWED, within_hours=24)
    return replace(standing, assignee_id="", assigned_at=None)


def _named(standing: Standing, subjects: tuple[Person, ...], actor: Actor) -> Standing:
    """Whom it turned out to be about; it may leave the desk of whoever writes this down."""
    if actor.id in {person.id for person in subjects}:
        raise Fault(ErrorCode.SAME_PERSON)
    return replace(standing, subjects=frozenset(person.id for person in subjects), route=route_of(subjects))
