"""Who is acting: the value every service receives. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

from api_spec.vocabulary import Partner, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A signed-in person, a village node or the system itself.

    Args:
        id: citizen id, staff id, node id as text, or "system".
        roles: every role the person holds now.
        tenant_id: the township of a staff member or node; for a citizen the township they visit.
        department_id, window_ids: of a window clerk, group leader, back office or department head; empty otherwise.
        village_id: of a village clerk or node.
        partner: of a utility's own clerk.
        session_id: the sign-in this request belongs to, for revocation and the audit log.
        name: a staff member's name as colleagues see it; empty for citizens.
        must_change_password: signed in with a first password, which only opens the door to changing it.
    """

    id: str
    roles: frozenset[Role]
    tenant_id: str
    department_id: str = ""
    window_ids: tuple[str, ...] = ()
    village_id: str = ""
    partner: Partner | None = None
    session_id: str = ""
    name: str = ""
    must_change_password: bool = False

    def has(self, roles: Collection[Role]) -> bool:
        return not self.roles.isdisjoint(roles)

    @property
    def is_citizen(self) -> bool:
        return Role.CITIZEN in self.roles


SYSTEM_ID = "system"


def system(tenant_id: str) -> Actor:
    """The clock and the sync service act under this name."""
    return Actor(id=SYSTEM_ID, roles=frozenset({Role.SYSTEM}), tenant_id=tenant_id)
