"""What the last proof of all records found, for the auditor."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.audit.chain import AuditAction
from backend.audit.histories import Search
from backend.audit.service import Audit
from backend.to_do import ToDo

AUDITOR: Final = frozenset({Role.AUDITOR})


class AuditToDo:
    """Records that were tampered with, as of the last proof."""

    def __init__(self, audit: Audit) -> None:
        self._audit = audit

    async def waits_for(self, who: Actor, *, at: datetime) -> Sequence[ToDo]:  # noqa: ARG002 - as `Waiting`
        if not who.has(AUDITOR):
            return ()
        asked = Search(tenant_id=who.tenant_id, action=AuditAction.VERIFY.value, limit=1)
        found = sum(int(entry.facts["findings"]) for entry in await self._audit.search(asked))
        if not found:
            return ()
        return [ToDo(what=f"核验发现 {found} 处记录被改动或缺失，请查明", href="/staff/audit", mine=True)]
