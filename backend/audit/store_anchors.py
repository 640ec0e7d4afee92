"""All queries of anchors and of how far the log was proved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from backend import db
from backend.audit.anchors import Anchor
from backend.ids import new_id
from backend.instants import from_ms

_COLUMNS = (
    "id",
    "tenant_id",
    "number",
    "day",
    "log_number",
    "log_hash",
    "histories",
    "events",
    "digest",
    "prev_hash",
    "hash",
    "made_at",
)
_CHECKED = """
    INSERT INTO audit_checks (tenant_id, number, hash, at, whole_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (tenant_id) DO UPDATE SET number = excluded.number, hash = excluded.hash, at = excluded.at,
        whole_at = COALESCE(excluded.whole_at, audit_checks.whole_at)
    RETURNING tenant_id
"""


@dataclass(frozen=True, slots=True)
class Check:
    """Up to which entry the log was proved, with the hash found there, and when the whole of it was."""

    number: int
    hash: bytes
    at: datetime
    whole_at: datetime | None


async def find_check(tenant_id: str) -> Check | None:
    row = await db.row("SELECT * FROM audit_checks WHERE tenant_id = ?", [tenant_id])
    if row is None:
        return None
    whole_at = from_ms(row["whole_at"]) if row["whole_at"] else None
    return Check(row["number"], bytes(row["hash"]), from_ms(row["at"]), whole_at)


async def keep_check(tenant_id: str, check: Check) -> None:
    await db.row(_CHECKED, [tenant_id, check.number, check.hash, check.at, check.whole_at])


async def add(anchor: Anchor) -> bool:
    """False: another process made the anchor of this day first."""
    return bool(
        await db.add_new(
            "audit_anchors",
            _COLUMNS,
            [
                [
                    new_id(),
                    anchor.tenant_id,
                    anchor.number,
                    anchor.day,
                    anchor.log_number,
                    anchor.log_hash,
                    anchor.histories,
                    anchor.events,
                    anchor.digest,
                    anchor.prev_hash,
                    anchor.hash,
                    anchor.made_at,
                ]
            ],
        )
    )


async def all_of(tenant_id: str) -> list[Anchor]:
    """Oldest first."""
    found = await db.long_read("SELECT * FROM audit_anchors WHERE tenant_id = ? ORDER BY number", [tenant_id])
    return [_anchor(row) for row in found]


async def latest(tenant_id: str, *, before: int | None = None, limit: int = 1) -> list[Anchor]:
    """Newest first."""
    found = await db.rows(
        "SELECT * FROM audit_anchors WHERE tenant_id = ? AND number < ? ORDER BY number DESC LIMIT ?",
        [tenant_id, before or 2**31 - 1, limit],
    )
    return [_anchor(row) for row in found]


async def find(tenant_id: str, number: int) -> Anchor | None:
    row = await db.row("SELECT * FROM audit_anchors WHERE tenant_id = ? AND number = ?", [tenant_id, number])
    return _anchor(row) if row else None


def _anchor(row: Mapping[str, Any]) -> Anchor:
    return Anchor(
        tenant_id=row["tenant_id"],
        number=row["number"],
        day=date.fromisoformat(row["day"]),
        log_number=row["log_number"],
        log_hash=row["log_hash"],
        histories=row["histories"],
        events=row["events"],
        digest=row["digest"],
        prev_hash=row["prev_hash"],
        made_at=from_ms(row["made_at"]),
        hash=row["hash"],
    )
