"""All queries of recounting."""

from collections.abc import Sequence
from datetime import date, datetime

from backend import db
from backend.ids import new_id
from backend.instants import from_ms
from backend.recount.counting import DateMove, DueChange

_COLUMNS = (
    "id",
    "tenant_id",
    "subject_kind",
    "subject_id",
    "version",
    "due_before",
    "due_after",
    "provisional",
    "calendar",
    "at",
)
_APPLY = """
    INSERT INTO calendar_applied (tenant_id, version, at) VALUES (?, ?, ?)
    ON CONFLICT (tenant_id) DO UPDATE SET version = excluded.version, at = excluded.at
    RETURNING tenant_id
"""


async def applied(tenant_id: str) -> tuple[str, datetime] | None:
    """The version everything open was reckoned with last, and when."""
    row = await db.row("SELECT version, at FROM calendar_applied WHERE tenant_id = ?", [tenant_id])
    return (str(row["version"]), from_ms(row["at"])) if row else None


async def apply(tenant_id: str, version: str, *, at: datetime) -> None:
    await db.row(_APPLY, [tenant_id, version, at])


async def keep(tenant_id: str, kind: str, move: DateMove, *, calendar: str, at: datetime) -> None:
    """Keep what moved; the same move under the same calendar is kept once."""
    await db.insert_many(
        "due_changes",
        _COLUMNS,
        [
            [
                new_id(),
                tenant_id,
                kind,
                move.subject_id,
                move.version,
                move.due_before,
                move.due_after,
                int(move.provisional),
                calendar,
                at,
            ]
        ],
        conflict="ON CONFLICT (tenant_id, subject_kind, subject_id, version, calendar) DO NOTHING",
    )


async def changes_of(tenant_id: str, kind: str, subject_id: str) -> Sequence[DueChange]:
    """What moved of one case or errand, oldest first."""
    found = await db.rows(
        "SELECT * FROM due_changes WHERE tenant_id = ? AND subject_kind = ? AND subject_id = ? ORDER BY at, id",
        [tenant_id, kind, subject_id],
    )
    return [
        DueChange(
            at=from_ms(row["at"]),
            due_before=_day(row["due_before"]),
            due_after=_day(row["due_after"]),
            provisional=bool(row["provisional"]),
        )
        for row in found
    ]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
