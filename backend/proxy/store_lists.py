"""Lists of errands: the staff queue and a citizen's own. Reads only, away from the writing connection."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from api_spec.vocabulary import DeadlineColour, ErrandState, Partner
from backend import db
from backend.actors import Actor
from backend.proxy.errand import OPEN_STATES
from backend.proxy.records import Row
from backend.proxy.store import as_row, reach

AFTER_EVERY_ID = "g"
"""Ids are hexadecimal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandFilter:
    """What to show of the queue; everything open, nearest promise first, when nothing is said.

    Args:
        colour: as seen on `today`, the day in China.
        holding: only errands for which money is held.
        number, tracking_code, document_index: exactly this errand or person, open or closed.
        after: the place where the page before ended: (due day, errand id).
    """

    today: date
    state: ErrandState | None = None
    partner: Partner | None = None
    colour: DeadlineColour | None = None
    holding: bool = False
    number: str = ""
    tracking_code: str = ""
    document_index: str = ""
    after: tuple[date, str] | None = None
    limit: int = 20

    @property
    def is_search(self) -> bool:
        return bool(self.number or self.tracking_code or self.document_index)


@dataclass(frozen=True, slots=True)
class Count:
    """How many open errands are in a state, and how many of them are late."""

    state: ErrandState
    total: int
    overdue: int


_COLOURS = {
    DeadlineColour.OVERDUE: ("due_on < ?", 1),
    DeadlineColour.DUE: ("due_on = ?", 1),
    DeadlineColour.SOON: ("due_on > ? AND soon_on <= ?", 2),
    DeadlineColour.CALM: ("due_on > ? AND soon_on > ? AND due_on < '9999-12-31'", 2),
    DeadlineColour.NONE: ("due_on = '9999-12-31'", 0),
}


def queue_statement(actor: Actor, asked: ErrandFilter) -> tuple[str, list[Any]]:
    """The queue's SELECT and its values; apart, so that a test can look at its plan."""
    where, values = reach(actor)
    terms = [where]
    if not asked.is_search:
        terms.append(f"is_open = {int(asked.state is None or asked.state in OPEN_STATES)}")
    for condition, value in (
        ("state = ?", asked.state),
        ("partner = ?", asked.partner),
        ("number = ?", asked.number),
        ("tracking_code = ?", asked.tracking_code),
        ("document_index = ?", asked.document_index),
    ):
        if value:
            terms.append(condition)
            values.append(value)
    if asked.holding:
        terms.append("held_fen > 0")
    if asked.colour:
        condition, uses = _COLOURS[asked.colour]
        terms.append(condition)
        values += [asked.today] * uses
    if asked.after:
        terms.append("(due_on, id) > (?, ?)")
        values += asked.after
    sql = f"SELECT * FROM errands WHERE {' AND '.join(terms)} ORDER BY due_on, id LIMIT ?"  # noqa: S608
    return sql, [*values, asked.limit]


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
