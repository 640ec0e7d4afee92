"""All queries about drafts; each names the citizen, so that nobody opens another's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from backend import db
from backend.instants import from_ms

_COLUMNS: Final = ("id", "tenant_id", "citizen_id", "item_id", "sealed", "saved_at", "keep_until")
_SELECT: Final = "SELECT id, tenant_id, item_id, sealed, saved_at, keep_until FROM case_draft"
MOST: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A draft as it lies in the database."""

    id: str
    tenant_id: str
    item_id: str
    saved_at: datetime
    keep_until: datetime
    sealed: bytes = field(repr=False)


async def find(citizen_id: str, draft_id: str) -> Sealed | None:
    row = await db.row(f"{_SELECT} WHERE citizen_id = ? AND id = ?", [citizen_id, draft_id])
    return _sealed(row) if row else None


async def find_of(citizen_id: str, tenant_id: str, item_id: str) -> Sealed | None:
    row = await db.row(
        f"{_SELECT} WHERE citizen_id = ? AND tenant_id = ? AND item_id = ?", [citizen_id, tenant_id, item_id]
    )
    return _sealed(row) if row else None


async def of_citizen(citizen_id: str) -> list[Sealed]:
    """The latest first."""
    found = await db.rows(
        f"{_SELECT} WHERE citizen_id = ? ORDER BY saved_at DESC, id LIMIT ?", [citizen_id, MOST]
    )
    return [_sealed(row) for row in found]


async def begin(
    tenant_id: str,
    citizen_id: str,
    item_id: str,
    *,
    draft_id: str,
    sealed: bytes,
    at: datetime,
    until: datetime,
) -> bool:
    """A new draft; False if there is one for this matter."""
    added = await db.insert_many(
        "case_draft",
        _COLUMNS,
        [(draft_id, tenant_id, citizen_id, item_id, sealed, at, until)],
        conflict="ON CONFLICT DO NOTHING",
        returning="id",
    )
    return bool(added)


async def replace(old: Sealed, sealed: bytes, *, at: datetime, until: datetime) -> bool:
    """Write it anew if it still is what was read; False if somebody wrote in between."""
    row = await db.row(
        "UPDATE case_draft SET sealed = ?, saved_at = ?, keep_until = ? WHERE id = ? AND sealed = ? RETURNING id",
        [sealed, at, until, old.id, old.sealed],
    )
    return row is not None


async def drop(citizen_id: str, draft_id: str) -> bool:
    row = await db.row(
        "DELETE FROM case_draft WHERE citizen_id = ? AND id = ? RETURNING id", [citizen_id, draft_id]
    )
    return row is not None


async def drop_before(at: datetime) -> int:
    """Throw away what nobody went on with; how many."""
    return len(await db.rows("DELETE FROM case_draft WHERE keep_until < ? RETURNING id", [at]))


def _sealed(row: Mapping[str, Any]) -> Sealed:
    return Sealed(
        id=row["id"],
        tenant_id=row["tenant_id"],
        item_id=row["item_id"],
        saved_at=from_ms(row["saved_at"]),
        keep_until=from_ms(row["keep_until"]),
        sealed=bytes(row["sealed"]),
    )
