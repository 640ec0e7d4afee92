"""Whose turn it is: in which states a case waits for which post. Pure."""

from collections.abc import Collection, Mapping

from api_spec.vocabulary import CaseState as S
from api_spec.vocabulary import Role

NEXT: Mapping[Role, frozenset[S]] = {
    Role.WINDOW: frozenset({S.SUBMITTED, S.ACCEPTED, S.DECIDED, S.TO_COLLECT, S.DELIVERED}),
    Role.GROUP_LEADER: frozenset({S.REVIEWING, S.SPECIAL, S.RETURNED_UP}),
    Role.BACK_OFFICE: frozenset({S.REVIEWING, S.SPECIAL, S.RETURNED_UP}),
    Role.DEPARTMENT_HEAD: frozenset({S.LEGAL_SIGN}),
    Role.CENTRE_STAFF: frozenset({S.INSPECTING, S.COLLECTIVE}),
    Role.SUPERIOR: frozenset({S.REPORTED}),
    Role.VILLAGE_CLERK: frozenset({S.NEED_FIX, S.TO_COLLECT}),
}
"""What else one of these has to do about a case (an opinion, an extension, a refusal) is a `Task`."""
OVERSEERS = frozenset({Role.DIRECTOR, Role.SUPERVISOR})


def next_states(roles: Collection[Role]) -> tuple[S, ...]:
    """States whose cases wait for somebody with these posts; none named: they look at all of them."""
    if OVERSEERS & set(roles):
        return ()
    waiting = frozenset[S]().union(*(NEXT.get(role, frozenset()) for role in roles))
    return tuple(state for state in S if state in waiting)
