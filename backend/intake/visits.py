"""帮办 visits: whom a village clerk helped with what, kept sealed as they came, for the township to read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api_spec.records import VisitRecord
from backend.actors import Actor
from backend.instants import from_ms, to_ms
from backend.intake import store_villages
from backend.intake.store_villages import Stored
from backend.intake.values import Node
from backend.vault import Vault

_LAST_MS: Final = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One line of a village's log. `made_at` is by the village computer's clock."""

    village_id: str
    node: int
    about: str | None
    clerk: str
    purpose: str
    note: str
    made_at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class VisitPage:
    """Visits, the newest first; `next` continues the list, "" at its end."""

    visits: list[Visit]
    next: str


class Visits:
    """Written by the intake when a record takes effect, read by the centre."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def note(self, node: Node, record: VisitRecord, *, at: datetime) -> None:
        """Inside the pusher's transaction."""
        words = {
            "clerk": record.clerk.name,
            "purpose": record.body.purpose,
            "note": record.body.note,
            "made_ms": record.made.at_ms,
        }
        await store_villages.add_visit(
            Stored(
                id=record.rid,
                village_id=node.village_id,
                node=node.number,
                about=record.body.case,
                body=self._vault.seal_json(words, context=_context(record.rid)),
                received_at=at,
            ),
            tenant_id=node.tenant_id,
        )

    async def page(self, actor: Actor, *, before_ms: int | None = None, limit: int = 50) -> VisitPage:
        """The log of the actor's township."""
        found = await store_villages.visits(
            actor.tenant_id, before_ms=_LAST_MS if before_ms is None else before_ms, limit=limit + 1
        )
        shown = found[:limit]
        more = str(to_ms(shown[-1].received_at)) if len(found) > limit else ""
        return VisitPage([self._opened(each) for each in shown], more)

    def _opened(self, stored: Stored) -> Visit:
        words = self._vault.open_json(stored.body, context=_context(stored.id))
        return Visit(
            village_id=stored.village_id,
            node=stored.node,
            about=stored.about,
            clerk=words["clerk"],
            purpose=words["purpose"],
            note=words["note"],
            made_at=from_ms(words["made_ms"]),
            received_at=stored.received_at,
        )


def _context(rid: str) -> str:
    return f"visit/{rid}"
