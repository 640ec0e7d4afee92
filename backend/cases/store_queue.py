"""Lists of cases: the staff queue, its counts, a citizen's own. Reads only, away from the writing connection."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from api_spec.vocabulary import CaseState, DeadlineColour, WindowType
from backend import db
from backend.actors import Actor
from backend.cases.case import OPEN_STATES
from backend.cases.records import Card
from backend.cases.store import card, reach


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """What to show of the queue; everything open, nearest deadline first, when nothing is said.

    Args:
        colour: as seen on `today`, the day in China.
        due_before: only cards whose day is before this one.
        number, tracking_code, document_index: exactly this case or person, open or closed.
        after: the place where the page before ended: (due day, case id).
    """

    today: date
    state: CaseState | None = None
    window: WindowType | None = None
    item_id: str = ""
    colour: DeadlineColour | None = None
    due_before: date | None = None
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
    """How many open cases are in a state, and how many of them are due today, nearly due or late."""

    state: CaseState
    total: int
    soon: int
    due: int
    overdue: int


_COLOURS = {
    DeadlineColour.OVERDUE: ("due_on < ?", 1),
    DeadlineColour.DUE: ("due_on = ?", 1),
    DeadlineColour.SOON: ("due_on > ? AND soon_on <= ?", 2),
    DeadlineColour.CALM: ("due_on > ? AND soon_on > ? AND due_on < '9999-12-31'", 2),
    DeadlineColour.NONE: ("due_on = '9999-12-31'", 0),
}


def queue_statement(actor: Actor, asked: QueueFilter) -> tuple[str, list[Any]]:
    """The queue's SELECT and its values; apart, so that a test can look at its plan."""
    where, values = reach(actor)
    terms = [where]
    if not asked.is_search:
        terms.append(f"is_open = {int(asked.state is None or asked.state in OPEN_STATES)}")
    for condition, value in (
        ("state = ?", asked.state),
        ('"window" = ?', asked.window),
        ("item_id = ?", asked.item_id),
        ("due_on < ?", asked.due_before),
        ("case_number = ?", asked.number),
        ("tracking_code = ?", asked.tracking_code),
        ("document_index = ?", asked.document_index),
    ):
        if value:
            terms.append(condition)
            values.append(value)
    if asked.colour:
        condition, uses = _COLOURS[asked.colour]
        terms.append(condition)
        values += [asked.today] * uses
    if asked.after:
        terms.append("(due_on, id) > (?, ?)")
        values += asked.after
    sql = f"SELECT * FROM cases WHERE {' AND '.join(terms)} ORDER BY due_on, id LIMIT ?"  # noqa: S608
    return sql, [*values, asked.limit]


async def queue(actor: Actor, asked: QueueFilter) -> list[Card]:
    """One page of what this actor may see."""
    sql, values = queue_statement(actor, asked)
    return [card(row) for row in await db.long_read(sql, values)]


async def counts(actor: Actor, today: date) -> Sequence[Count]:
    """Open cases by state."""
    where, values = reach(actor)
    found = await db.long_read(
        "SELECT state, COUNT(*) AS total,"  # noqa: S608
        " SUM(CASE WHEN due_on > ? AND soon_on <= ? THEN 1 ELSE 0 END) AS soon,"
        " SUM(CASE WHEN due_on = ? THEN 1 ELSE 0 END) AS due,"
        " SUM(CASE WHEN due_on < ? THEN 1 ELSE 0 END) AS overdue"
        f" FROM cases WHERE {where} AND is_open = 1 GROUP BY state",
        [today, today, today, today, *values],
    )
    by_state = {CaseState(row["state"]): row for row in found}
    return [
        Count(state, row["total"], row["soon"], row["due"], row["overdue"])
        for state in CaseState
        if (row := by_state.get(state))
    ]


async def owned(owner_id: str, *, before: str, limit: int) -> list[Card]:
    """A citizen's own cases, newest first; `before` is the last id of the page before."""
    newest = before or "g"  # after every hex id
    found = await db.long_read(
        "SELECT * FROM cases WHERE owner_id = ? AND id < ? ORDER BY id DESC LIMIT ?",
        [owner_id, newest, limit],
    )
    return [card(row) for row in found]
