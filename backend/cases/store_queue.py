"""Lists of cases: the staff queue, its counts, a citizen's own. Reads only, away from the writing connection."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from api_spec.vocabulary import CaseState, WindowType
from backend import db
from backend.actors import Actor
from backend.cases.case import OPEN_STATES
from backend.cases.records import Card
from backend.cases.store import card, reach
from backend.register.day_queue import AFTER_EVERY_ID, Asked, statement

_IN_HAND = "id IN (SELECT case_id FROM case_holds WHERE tenant_id = ? AND staff_id = ? AND current = 1)"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter(Asked):
    """What to show of the cases.

    Args:
        states: only cases in one of these.
        due_before: only cards whose day is before this one.
        ended: what has ended, instead of what is open, when no state is asked for.
        from_village: only what a village took.
        held_by: only what this person has in hand.
    """

    state: CaseState | None = None
    states: tuple[CaseState, ...] = ()
    window: WindowType | None = None
    item_id: str = ""
    due_before: date | None = None
    ended: bool = False
    from_village: bool = False
    held_by: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """How many open cases are in a state, how many of them are due today, nearly due or late, how many villages took."""

    state: CaseState
    total: int
    soon: int
    due: int
    overdue: int
    village: int = 0


def queue_statement(actor: Actor, asked: QueueFilter, *, columns: str = "*") -> tuple[str, list[Any]]:
    """The queue's SELECT and its values; apart, so that a test can look at its plan."""
    where, values = reach(actor)
    if asked.states:
        where = f"{where} AND state IN ({', '.join('?' * len(asked.states))})"
        values = [*values, *asked.states]
    if asked.from_village:
        where = f"{where} AND village_id <> ''"
    if asked.held_by:
        where = f"{where} AND {_IN_HAND}"
        values = [*values, actor.tenant_id, asked.held_by]
    return statement(
        "cases",
        (where, values),
        asked,
        columns=columns,
        shows_open=not asked.ended and OPEN_STATES.issuperset((*asked.states, *filter(None, [asked.state]))),
        narrowed=(
            ("state = ?", asked.state),
            ('"window" = ?', asked.window),
            ("item_id = ?", asked.item_id),
            ("due_on < ?", asked.due_before),
            ("case_number = ?", asked.number),
        ),
    )


async def queue(actor: Actor, asked: QueueFilter) -> list[Card]:
    """One page of what this actor may see."""
    sql, values = queue_statement(actor, asked)
    return [card(row) for row in await db.long_read(sql, values)]


async def cards(actor: Actor, case_ids: Sequence[str]) -> list[Card]:
    """Those of these cases this actor may see, open or closed."""
    if not case_ids:
        return []
    where, values = reach(actor)
    marks = ", ".join("?" * len(case_ids))
    # Materialized, or SQLite would rather read the whole township than a few rows by their ids.
    sql = (
        f"WITH chosen AS MATERIALIZED (SELECT * FROM cases WHERE id IN ({marks}))"  # noqa: S608
        f" SELECT * FROM chosen AS cases WHERE {where}"
    )
    return [card(row) for row in await db.long_read(sql, [*case_ids, *values])]


async def beside(actor: Actor, asked: QueueFilter) -> str | None:
    """The id of the first case of a page."""
    sql, values = queue_statement(actor, asked, columns="id")
    found = await db.long_read(sql, values)
    return found[0]["id"] if found else None


def counts_statement(actor: Actor, today: date) -> tuple[str, list[Any]]:
    """The SELECT of `counts` and its values; apart, so that a test can look at its plan."""
    where, values = reach(actor)
    sql = (
        "SELECT state, COUNT(*) AS total,"  # noqa: S608
        " SUM(CASE WHEN due_on > ? AND soon_on <= ? THEN 1 ELSE 0 END) AS soon,"
        " SUM(CASE WHEN due_on = ? THEN 1 ELSE 0 END) AS due,"
        " SUM(CASE WHEN due_on < ? THEN 1 ELSE 0 END) AS overdue,"
        " SUM(CASE WHEN village_id <> '' THEN 1 ELSE 0 END) AS village"
        f" FROM cases WHERE {where} AND is_open = 1 GROUP BY state"
    )
    return sql, [today, today, today, today, *values]


async def counts(actor: Actor, today: date) -> Sequence[Count]:
    """Open cases by state."""
    sql, values = counts_statement(actor, today)
    found = await db.long_read(sql, values)
    by_state = {CaseState(row["state"]): row for row in found}
    return [
        Count(state, row["total"], row["soon"], row["due"], row["overdue"], row["village"])
        for state in CaseState
        if (row := by_state.get(state))
    ]


async def held(actor: Actor) -> int:
    """How many cases somebody has in hand."""
    found = await db.long_read(
        "SELECT COUNT(*) AS found FROM case_holds WHERE tenant_id = ? AND staff_id = ? AND current = 1",
        [actor.tenant_id, actor.id],
    )
    return int(found[0]["found"])


async def owned(owner_id: str, *, before: str, limit: int) -> list[Card]:
    """A citizen's own cases, newest first; `before` is the last id of the page before."""
    found = await db.long_read(
        "SELECT * FROM cases WHERE owner_id = ? AND id < ? ORDER BY id DESC LIMIT ?",
        [owner_id, before or AFTER_EVERY_ID, limit],
    )
    return [card(row) for row in found]
