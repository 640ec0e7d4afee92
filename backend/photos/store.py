"""All queries about citizens' own photos; whoever asks names the citizen, so that nobody reaches another's."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from backend import db
from backend.ids import new_id
from backend.instants import from_ms
from backend.photos.rules import OwnPhoto

_COLUMNS: Final = ("id", "tenant_id", "citizen_id", "sha", "size", "sent_at")
_SELECT: Final = "SELECT id, tenant_id, citizen_id, sha, size, sent_at FROM own_photo"


async def add(tenant_id: str, citizen_id: str, sha: str, *, size: int, at: datetime) -> OwnPhoto:
    """Note whose a photo is; sent again it is the same one, sent now."""
    await db.insert_many(
        "own_photo",
        _COLUMNS,
        [(new_id(), tenant_id, citizen_id, sha, size, at)],
        conflict="ON CONFLICT (tenant_id, citizen_id, sha) DO UPDATE SET sent_at = excluded.sent_at",
    )
    found = await db.row(
        f"{_SELECT} WHERE tenant_id = ? AND citizen_id = ? AND sha = ?", [tenant_id, citizen_id, sha]
    )
    if found is None:
        raise LookupError(sha)
    return _photo(found)


async def find(tenant_id: str, citizen_id: str, ids: Sequence[str]) -> dict[str, OwnPhoto]:
    """Those of these photos that are this citizen's, by id."""
    if not ids:
        return {}
    marks = ", ".join("?" * len(ids))
    found = await db.rows(
        f"{_SELECT} WHERE tenant_id = ? AND citizen_id = ? AND id IN ({marks})", [tenant_id, citizen_id, *ids]
    )
    return {row["id"]: _photo(row) for row in found}


async def of_citizen(citizen_id: str, *, limit: int) -> list[OwnPhoto]:
    """The latest first."""
    found = await db.rows(
        f"{_SELECT} WHERE citizen_id = ? ORDER BY sent_at DESC, id LIMIT ?", [citizen_id, limit]
    )
    return [_photo(row) for row in found]


async def count_since(citizen_id: str, since: datetime) -> int:
    row = await db.row(
        "SELECT COUNT(*) AS sent FROM own_photo WHERE citizen_id = ? AND sent_at > ?", [citizen_id, since]
    )
    return int(row["sent"]) if row else 0


async def drop(tenant_id: str, citizen_id: str, photo_id: str) -> bool:
    gone = await db.row(
        "DELETE FROM own_photo WHERE tenant_id = ? AND citizen_id = ? AND id = ? RETURNING id",
        [tenant_id, citizen_id, photo_id],
    )
    return gone is not None


async def drop_before(before: datetime) -> int:
    """Forget whose old photos are; how many."""
    return len(await db.rows("DELETE FROM own_photo WHERE sent_at < ? RETURNING id", [before]))


def _photo(row: Mapping[str, Any]) -> OwnPhoto:
    return OwnPhoto(
        id=row["id"],
        tenant_id=row["tenant_id"],
        citizen_id=row["citizen_id"],
        sha=row["sha"],
        size=row["size"],
        sent_at=from_ms(row["sent_at"]),
    )
