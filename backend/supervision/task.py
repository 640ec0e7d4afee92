"""An improvement task (整改任务): who puts what right by when, and who says that it is done. Pure (plan, clause 59)."""

from collections.abc import Mapping
from datetime import date, datetime

import msgspec

from api_spec.errors import ErrorCode
from api_spec.routes.supervision import CHECKERS
from api_spec.supervision_terms import TaskAction as A
from api_spec.supervision_terms import TaskOrigin
from api_spec.supervision_terms import TaskState as S
from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.faults import Fault

SETTERS = CHECKERS
DOERS = frozenset({Role.GROUP_LEADER, Role.DEPARTMENT_HEAD, Role.CENTRE_STAFF})
CLOSERS = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR})

EDGES: Mapping[tuple[S, A], tuple[S, frozenset[Role]]] = {
    (S.OPEN, A.REPORT): (S.REPORTED, DOERS),
    (S.REPORTED, A.RETURN): (S.OPEN, CLOSERS),
    (S.REPORTED, A.CLOSE): (S.CLOSED, CLOSERS),
}


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """A task as it stands.

    Args:
        department_id: who puts it right; "" for the centre itself. `owner_id`: the person who answers for it.
        measures: what is to be done; `result`: what was, in the owner's words.
        reported_by: who said that it is done; somebody else has to agree.
    """

    id: str
    tenant_id: str
    title: str
    origin: TaskOrigin
    origin_id: str
    href: str
    department_id: str
    owner_id: str
    due_on: date
    measures: str
    set_by: str
    set_at: datetime
    state: S = S.OPEN
    result: str = ""
    reported_by: str = ""
    closed_by: str = ""
    closed_at: datetime | None = None
    version: int = 1

    def is_late(self, today: date) -> bool:
        return self.state is S.OPEN and today > self.due_on


def step(task: Task, action: A, actor: Actor, *, note: str, at: datetime) -> Task:
    """The task after a move.

    Raises:
        Fault: SUPERVISION_STATE; NOT_YOUR_ACTION another post or department, or whoever reported it would close it;
            REASON_REQUIRED.
    """
    edge = EDGES.get((task.state, action))
    if edge is None:
        raise Fault(ErrorCode.SUPERVISION_STATE, state=task.state, action=action)
    if not _may(task, action, actor):
        raise Fault(ErrorCode.NOT_YOUR_ACTION, action=action)
    if not note.strip():
        raise Fault(ErrorCode.REASON_REQUIRED, action=action)
    after = msgspec.structs.replace(task, state=edge[0], version=task.version + 1)
    match action:
        case A.REPORT:
            return msgspec.structs.replace(after, result=note.strip(), reported_by=actor.id)
        case A.CLOSE:
            return msgspec.structs.replace(after, closed_by=actor.id, closed_at=at)
        case _:
            return after


def can(task: Task, actor: Actor) -> tuple[A, ...]:
    return tuple(action for action in A if (task.state, action) in EDGES and _may(task, action, actor))


def _may(task: Task, action: A, actor: Actor) -> bool:
    roles = EDGES[task.state, action][1] & actor.roles
    if not roles or actor.tenant_id != task.tenant_id:
        return False
    if action is not A.REPORT:
        return actor.id != task.reported_by
    if actor.id == task.owner_id:
        return True
    return actor.department_id == task.department_id if task.department_id else Role.CENTRE_STAFF in roles
