"""Who has a case in hand: one person for each role, decided by a unique key. Rows never leave this file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api_spec.vocabulary import HoldEnd, Role
from backend import db
from backend.actors import Actor
from backend.ids import new_id
from backend.instants import from_ms

_TAKE = """
    INSERT INTO case_holds (id, tenant_id, case_id, staff_id, name, role, current, since, note)
    VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?) ON CONFLICT (case_id, role, current) DO NOTHING RETURNING id
"""
_END = """
    UPDATE case_holds SET current = NULL, until = ?, ended = ?
    WHERE case_id = ? AND role = ? AND staff_id = ? AND current = 1 RETURNING id
"""
_END_ALL = "UPDATE case_holds SET current = NULL, until = ?, ended = ? WHERE case_id = ? AND current = 1 RETURNING id"
_NOW = (
    "SELECT staff_id, name, role, since FROM case_holds WHERE case_id = ? AND current = 1 ORDER BY since, id"
)


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who has a case in hand."""

    staff_id: str
    name: str
    role: Role
    since: datetime


async def holders(case_id: str) -> list[Holder]:
    """Who has a case in hand now, each in their role."""
    return [
        Holder(row["staff_id"], row["name"], Role(row["role"]), from_ms(row["since"]))
        for row in await db.rows(_NOW, [case_id])
    ]


async def names(case_ids: Sequence[str]) -> dict[str, str]:
    """By case, the names of those who have it in hand; what nobody holds is left out."""
    if not case_ids:
        return {}
    marks = ", ".join("?" * len(case_ids))
    found: dict[str, str] = {}
    for row in await db.long_read(
        f"SELECT case_id, name FROM case_holds WHERE case_id IN ({marks}) AND current = 1 ORDER BY since, id",  # noqa: S608
        case_ids,
    ):
        found[row["case_id"]] = "、".join(filter(None, (found.get(row["case_id"]), row["name"])))
    return found


async def take(case_id: str, role: Role, *, by: Actor, note: str, at: datetime) -> bool:
    """False: somebody of this role has it already."""
    values = [new_id(), by.tenant_id, case_id, by.id, by.name[:100], role, at, note]
    return await db.row(_TAKE, values) is not None


async def end(case_id: str, role: Role, *, staff_id: str, how: HoldEnd, at: datetime) -> bool:
    """False: that person does not hold it."""
    return await db.row(_END, [at, how, case_id, role, staff_id]) is not None


async def end_all(case_ids: Sequence[str], *, at: datetime) -> None:
    """Cases that have ended are in nobody's hand; in the transaction that ends them."""
    for case_id in case_ids:
        await db.rows(_END_ALL, [at, HoldEnd.CLOSED, case_id])
