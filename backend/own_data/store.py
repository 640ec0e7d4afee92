"""All queries about wishes concerning one's own data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from api_spec.own_data_terms import DataWish, WishOutcome, WishState
from backend import db
from backend.instants import from_ms
from backend.own_data.rules import Wish

_COLUMNS: Final = (
    "id",
    "tenant_id",
    "citizen_id",
    "rid",
    "wish",
    "state",
    "sealed",
    "asked_at",
    "due_on",
    "answered_by",
)
_SELECT: Final = (
    "SELECT id, tenant_id, citizen_id, wish, state, outcome, sealed, answer, asked_at, due_on, answered_at"
    " FROM data_wish"
)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A wish without its words; `text` and `answer` are sealed."""

    wish: Wish
    text: bytes = field(repr=False)
    answer: bytes | None = field(repr=False)


async def add(wish: Wish, *, rid: str, sealed: bytes) -> bool:
    """False if this very request came before."""
    added = await db.insert_many(
        "data_wish",
        _COLUMNS,
        [
            (
                wish.id,
                wish.tenant_id,
                wish.citizen_id,
                rid,
                wish.wish,
                wish.state,
                sealed,
                wish.asked_at,
                wish.due_on,
                "",
            )
        ],
        conflict="ON CONFLICT DO NOTHING",
        returning="id",
    )
    return bool(added)


async def count_waiting(citizen_id: str) -> int:
    row = await db.row(
        "SELECT COUNT(*) AS waiting FROM data_wish WHERE citizen_id = ? AND state = ?",
        [citizen_id, WishState.WAITING],
    )
    return int(row["waiting"]) if row else 0


async def of_citizen(citizen_id: str, *, limit: int) -> list[Sealed]:
    """The latest first."""
    found = await db.rows(
        f"{_SELECT} WHERE citizen_id = ? ORDER BY asked_at DESC, id LIMIT ?", [citizen_id, limit]
    )
    return [_sealed(row) for row in found]


async def listed(tenant_id: str, state: WishState, *, limit: int) -> list[Sealed]:
    """Those of a township, the nearest day first."""
    found = await db.rows(
        f"{_SELECT} WHERE tenant_id = ? AND state = ? ORDER BY due_on, asked_at, id LIMIT ?",
        [tenant_id, state, limit],
    )
    return [_sealed(row) for row in found]


async def find(tenant_id: str, wish_id: str) -> Sealed | None:
    row = await db.row(f"{_SELECT} WHERE tenant_id = ? AND id = ?", [tenant_id, wish_id])
    return _sealed(row) if row else None


async def answer(wish_id: str, outcome: WishOutcome, sealed: bytes, *, by: str, at: datetime) -> bool:
    """False if somebody answered it meanwhile."""
    row = await db.row(
        "UPDATE data_wish SET state = ?, outcome = ?, answer = ?, answered_at = ?, answered_by = ?"
        " WHERE id = ? AND state = ? RETURNING id",
        [WishState.ANSWERED, outcome, sealed, at, by, wish_id, WishState.WAITING],
    )
    return row is not None


def _sealed(row: Mapping[str, Any]) -> Sealed:
    wish = Wish(
        id=row["id"],
        tenant_id=row["tenant_id"],
        citizen_id=row["citizen_id"],
        wish=DataWish(row["wish"]),
        state=WishState(row["state"]),
        outcome=WishOutcome(row["outcome"]) if row["outcome"] else None,
        asked_at=from_ms(row["asked_at"]),
        due_on=date.fromisoformat(row["due_on"]),
        answered_at=from_ms(row["answered_at"]) if row["answered_at"] is not None else None,
    )
    return Sealed(wish, bytes(row["sealed"]), bytes(row["answer"]) if row["answer"] else None)
