"""Who may change the hall's hours and rosters (domain: roles and permissions). Pure."""

from typing import Final

from api_spec.catalogue import WindowCard
from api_spec.errors import ErrorCode
from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.faults import Fault

WHOLE_CENTRE: Final = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR})
OWN_WINDOWS: Final = frozenset({Role.GROUP_LEADER, Role.DEPARTMENT_HEAD})
PLANNERS: Final = WHOLE_CENTRE | OWN_WINDOWS


def refuse_planning(actor: Actor, window: WindowCard | None) -> None:
    """The centre plans every window, a 组长 or department head those of their department, nobody else any.

    Args:
        window: None for the whole hall.

    Raises:
        Fault: NOT_ALLOWED (not a planner), OUT_OF_SCOPE (another department's window, or the whole hall).
    """
    if actor.has(WHOLE_CENTRE):
        return
    if not actor.has(OWN_WINDOWS):
        raise Fault(ErrorCode.NOT_ALLOWED)
    own = window is not None and (
        window.id in actor.window_ids or window.department_id == actor.department_id != ""
    )
    if not own:
        raise Fault(ErrorCode.OUT_OF_SCOPE, window_id=window.id if window else "whole_hall")
