"""How often each person took each action: the same question to the events of cases and of errands. Reads only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from backend import db
from backend.instants import to_ms


@dataclass(frozen=True, slots=True)
class WorkLine:
    """How often somebody took an action; `action` as stored."""

    actor_id: str
    action: str
    done: int


async def work(
    events: Literal["case_events", "errand_events"], tenant_id: str, *, first: datetime, before: datetime
) -> list[WorkLine]:
    """Everybody's actions in a time; the system and citizens among them."""
    found = await db.long_read(
        f"SELECT actor_id, action, COUNT(*) AS done FROM {events}"  # noqa: S608
        " WHERE tenant_id = ? AND at >= ? AND at < ? GROUP BY actor_id, action",
        [tenant_id, to_ms(first), to_ms(before)],
    )
    return [WorkLine(row["actor_id"], row["action"], row["done"]) for row in found]
