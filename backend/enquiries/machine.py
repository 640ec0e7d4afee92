"""How an enquiry moves under 首问责任制 (plan, clause 37): whoever was asked first answers it, or hands it over to somebody
who accepts. There is no way to drop one. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from api_spec.complaint_terms import EnquiryAction as A
from api_spec.complaint_terms import EnquiryState as S
from api_spec.errors import ErrorCode
from api_spec.routes.enquiries import CLERKS
from backend.actors import Actor
from backend.faults import Fault
from backend.register import moves
from backend.register.moves import Edge, Step

EDGES: Final[Mapping[tuple[S, A], Edge[S]]] = {
    (S.WAITING, A.TAKE): Edge(S.HELD, CLERKS),
    (S.HELD, A.ANSWER): Edge(S.ANSWERED, CLERKS, note=True),
    (S.HELD, A.OFFER): Edge(S.OFFERED, CLERKS, note=True),
    (S.OFFERED, A.ACCEPT): Edge(S.HELD, CLERKS),
    (S.OFFERED, A.DECLINE): Edge(S.HELD, CLERKS, note=True),
    (S.OFFERED, A.RECALL): Edge(S.HELD, CLERKS),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an enquiry stands.

    Args:
        first_id: who was asked first; written once.
        holder_id: who has to answer now; while it is offered, still whoever offers it.
        offered_id: who is asked to take it over.
    """

    state: S
    first_id: str = ""
    holder_id: str = ""
    offered_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One move; `to_id` and `to_name` with OFFER."""

    action: A
    note: str = field(default="", repr=False)
    to_id: str = ""
    to_name: str = ""


def decide(standing: Standing, command: Command, *, actor: Actor) -> tuple[Step[S, A], Standing]:
    """Decide one move and where it leads.

    Raises:
        Fault: ACTION_NOT_ALLOWED, NOT_YOUR_ACTION (somebody else holds it or was asked), NOTE_REQUIRED, SAME_PERSON.
    """
    step = moves.decide(EDGES, standing.state, command.action, roles=actor.roles, note=command.note)
    after = replace(standing, state=step.after)
    match command.action:
        case A.TAKE:
            return step, replace(after, first_id=standing.first_id or actor.id, holder_id=actor.id)
        case A.ACCEPT:
            _only(actor, standing.offered_id)
            return step, replace(after, holder_id=actor.id, offered_id="")
        case A.DECLINE:
            _only(actor, standing.offered_id)
            return step, replace(after, offered_id="")
        case A.RECALL:
            _only(actor, standing.holder_id)
            return step, replace(after, offered_id="")
        case A.OFFER:
            _only(actor, standing.holder_id)
            if command.to_id == actor.id:
                raise Fault(ErrorCode.SAME_PERSON)
            return step, replace(after, offered_id=command.to_id)
        case _:
            _only(actor, standing.holder_id)
    return step, after


def can(standing: Standing, *, actor: Actor) -> tuple[A, ...]:
    """The buttons to show."""
    found = []
    for action in moves.can(EDGES, standing.state, roles=actor.roles):
        try:
            decide(standing, Command(action=action, note="-", to_id="-"), actor=actor)
        except Fault:
            continue
        found.append(action)
    return tuple(found)


def may_know(standing: Standing, actor: Actor, *, oversees: bool) -> bool:
    """Who holds it, is asked to, or was first; while nobody took it, everybody of the desk; and who oversees."""
    if oversees or standing.state is S.WAITING:
        return True
    return actor.id in (standing.first_id, standing.holder_id, standing.offered_id)


def _only(actor: Actor, person_id: str) -> None:
    if actor.id != person_id:
        raise Fault(ErrorCode.NOT_YOUR_ACTION)
