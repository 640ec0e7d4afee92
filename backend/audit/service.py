"""Writes down what must be accounted for, and reads it back for the auditor."""

from collections.abc import Collection
from datetime import datetime

from backend.actors import Actor
from backend.audit import store
from backend.audit.chain import LONGEST_REASON, AuditAction, Entry
from backend.audit.histories import Search


class Audit:
    """The township's audit log."""

    async def record(
        self,
        action: AuditAction,
        *,
        actor: Actor,
        at: datetime,
        subject_kind: str,
        subject_id: str,
        reason: str = "",
        **facts: object,
    ) -> None:
        """Add an entry, within the current transaction if there is one.

        Args:
            reason: why, in the actor's words, of which the log keeps the first 400 characters; needed for reading an identity number in full.
            facts: ids, states and counts; never a name, number or address.
        """
        await store.add(
            Entry(
                tenant_id=actor.tenant_id,
                number=0,
                at=at,
                actor_id=actor.id,
                actor_roles=",".join(sorted(actor.roles)),
                action=action,
                subject_kind=subject_kind,
                subject_id=subject_id,
                reason=reason[:LONGEST_REASON],
                facts={name: str(value) for name, value in facts.items()},
            )
        )

    async def latest(
        self,
        tenant_id: str,
        *,
        before: int | None = None,
        limit: int = 50,
        only: Collection[AuditAction] = (),
    ) -> list[Entry]:
        """A page of the log, newest first; `before` is the last number of the page before, `only`: all when empty."""
        return await store.latest(tenant_id, before=before, limit=limit, only=only)

    async def about(self, tenant_id: str, subject_kind: str, subject_id: str) -> list[Entry]:
        """What was done with one subject, oldest first."""
        return await store.about(tenant_id, subject_kind, subject_id)

    async def search(self, asked: Search) -> list[Entry]:
        """Entries found, newest first."""
        return await store.search(asked)
