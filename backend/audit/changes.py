"""The entry for a change that no feature writes down itself: who, on which page or operation, to what."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from backend.actors import Actor
from backend.audit.chain import AuditAction
from backend.audit.service import Audit
from backend.audit.veil import named

MOST_KIND: Final = 40
MOST_ID: Final = 64


class Changes:
    """Keeps account of what the edges were asked to change."""

    def __init__(self, audit: Audit, clock: Callable[[], datetime]) -> None:
        self._audit = audit
        self._clock = clock

    async def note(self, actor: Actor, kind: str, subject_id: str, how: str) -> None:
        """Add the entry. `how` is the path as the contract has it, never what was typed."""
        await self._audit.record(
            AuditAction.CHANGE,
            actor=actor,
            at=self._clock(),
            subject_kind=kind[:MOST_KIND],
            subject_id=named(kind, subject_id)[:MOST_ID],
            how=how,
        )
