"""Lists of errands: the staff queue and a citizen's own. Reads only, away from the writing connection."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from api_spec.vocabulary import ErrandState, Partner
from backend import db
from backend.actors import Actor
from backend.proxy.errand import OPEN_STATES
from backend.proxy.records import Row
from backend.proxy.store import as_row, reach
from backend.register.day_queue import AFTER_EVERY_ID, Asked, statement


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandFilter(Asked):
    """What to show of the errands.

    Args:
        holding: only errands for which money is held.
    """

    state: ErrandState | None = None
    partner: Partner | None = None
    holding: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How many open errands are in a state, and how many of them are late."""

    state: ErrandState
    total: int
    overdue: int


def queue_statement(actor: Actor, asked: ErrandFilter) -> tuple[str, list[Any]]:
    """The queue's SELECT and its values; apart, so that a test can look at its plan."""
    where, values = reach(actor)
    return statement(
        "errands",
        (f"{where} AND held_fen > 0" if asked.holding else where, values),
        asked,
        shows_open=asked.state is None or asked.state in OPEN_STATES,
        narrowed=(
            ("state = ?", asked.state),
            ("partner = ?", asked.partner),
            ("number = ?", asked.number),
        ),
    )


async def queue(actor: Actor, asked: ErrandFilter) -> list[Row]:
    """One page of what this actor may see."""
    sql, values = queue_statement(actor, asked)
    return [as_row(row) for row in await db.long_read(sql, values)]


async def counts(actor: Actor, today: date) -> list[Count]:
    """Open errands by state."""
    where, values = reach(actor)
    found = await db.long_read(
        "SELECT state, COUNT(*) AS total, SUM(CASE WHEN due_on < ? THEN 1 ELSE 0 END) AS overdue"  # noqa: S608
        f" FROM errands WHERE {where} AND is_open = 1 GROUP BY state",
        [today, *values],
    )
    by_state = {ErrandState(row["state"]): row for row in found}
    return [
        Count(state, row["total"], row["overdue"]) for state in ErrandState if (row := by_state.get(state))
    ]


async def owned(owner_id: str, *, before: str, limit: int) -> list[Row]:
    """A citizen's own errands, newest first; `before` is the last id of the page before."""
    found = await db.long_read(
        "SELECT * FROM errands WHERE owner_id = ? AND id < ? ORDER BY id DESC LIMIT ?",
        [owner_id, before or AFTER_EVERY_ID, limit],
    )
    return [as_row(row) for row in found]
