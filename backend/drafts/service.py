"""Drafts of applications: one for each citizen and matter, sealed, kept 30 days after they were last touched."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from api_spec.errors import ErrorCode
from backend.actors import Actor
from backend.drafts import draft, store
from backend.drafts.draft import Draft, Filled
from backend.faults import Fault
from backend.ids import new_id
from backend.vault import Vault

__all__ = ["Draft", "Drafts", "Filled"]

TRIES: Final = 8


class Drafts:
    """What citizens have begun and not yet sent."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def save(
        self, item_id: str, change: Callable[[Filled], Filled], *, actor: Actor, at: datetime
    ) -> Draft:
        """Change the draft of a matter, beginning it if there is none; two changes at once both hold.

        Args:
            change: given what is filled in so far; may be called again.

        Raises:
            Fault: BUSY.
        """
        until = at + draft.KEPT
        for _ in range(TRIES):
            old = await store.find_of(actor.id, actor.tenant_id, item_id)
            filled = change(self._opened(old) if old else Filled())
            draft_id = old.id if old else new_id()
            sealed = self._vault.seal(draft.write(filled), context=_context(draft_id))
            if old is None:
                written = await store.begin(
                    actor.tenant_id,
                    actor.id,
                    item_id,
                    draft_id=draft_id,
                    sealed=sealed,
                    at=at,
                    until=until,
                )
            else:
                written = await store.replace(old, sealed, at=at, until=until)
            if written:
                return Draft(
                    id=draft_id,
                    tenant_id=actor.tenant_id,
                    item_id=item_id,
                    saved_at=at,
                    keep_until=until,
                    filled=filled,
                )
        raise Fault(ErrorCode.BUSY, retry_after_s=1)

    async def load(self, draft_id: str, *, actor: Actor) -> Draft:
        """One of one's own. Raises Fault(NOT_FOUND)."""
        found = await store.find(actor.id, draft_id)
        if found is None:
            raise Fault(ErrorCode.NOT_FOUND)
        return self._draft(found)

    async def find(self, item_id: str, *, actor: Actor) -> Draft | None:
        """The one of a matter."""
        found = await store.find_of(actor.id, actor.tenant_id, item_id)
        return self._draft(found) if found else None

    async def mine(self, citizen_id: str) -> list[Draft]:
        """A citizen's own, the latest first."""
        return [self._draft(found) for found in await store.of_citizen(citizen_id)]

    async def drop(self, draft_id: str, *, actor: Actor) -> None:
        """Throw one away; done twice it is done once."""
        await store.drop(actor.id, draft_id)

    async def forget(self, at: datetime) -> int:
        """Throw away those whose day has come."""
        return await store.drop_before(at)

    def _draft(self, found: store.Sealed) -> Draft:
        return Draft(
            id=found.id,
            tenant_id=found.tenant_id,
            item_id=found.item_id,
            saved_at=found.saved_at,
            keep_until=found.keep_until,
            filled=self._opened(found),
        )

    def _opened(self, found: store.Sealed) -> Filled:
        return draft.read(self._vault.open(found.sealed, context=_context(found.id)))


def _context(draft_id: str) -> str:
    return f"draft:{draft_id}"
