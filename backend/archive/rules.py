"""Who may have the 案卷 of a case made, and of which cases. Pure.

A 案卷 holds everything, the applicant's papers too: the centre's staff, the director and the auditor may have it made,
for a reason that is written down. A confidential matter stays with the department it belongs to.
"""

from typing import Final

from api_spec.vocabulary import CaseState, Role
from backend.actors import Actor

CENTRE: Final = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR, Role.AUDITOR, Role.SYSTEM})
OWNERS: Final = frozenset({Role.DEPARTMENT_HEAD, Role.GROUP_LEADER})
CLOSED: Final = frozenset(
    {
        CaseState.FINISHED,
        CaseState.WITHDRAWN,
        CaseState.NOT_ACCEPTED,
        CaseState.VOIDED,
        CaseState.ARCHIVED,
    }
)
"""States after which nothing more is decided."""


def may_have(actor: Actor, *, tenant_id: str, department_id: str, confidential: bool) -> bool:
    if actor.tenant_id != tenant_id:
        return False
    if actor.has(OWNERS) and actor.department_id == department_id:
        return True
    return actor.has(CENTRE) and not confidential
