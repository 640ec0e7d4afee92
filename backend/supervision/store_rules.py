"""All queries of the rules as a township set them, and of how far a day's scan has come."""

from dataclasses import dataclass
from datetime import date, datetime

from api_spec.supervision_terms import RuleCode
from backend import db
from backend.ids import new_id
from backend.supervision.rulebook import Choice, Rulebook


async def rulebook(tenant_id: str) -> Rulebook:
    """The rules as they are set now."""
    found = await db.rows("SELECT * FROM supervision_rule_settings WHERE tenant_id = ?", [tenant_id])
    return Rulebook(
        {RuleCode(row["rule"]): Choice(is_on=bool(row["is_on"]), threshold=row["threshold"]) for row in found}
    )


async def set_rule(tenant_id: str, code: RuleCode, choice: Choice, *, by: str, at: datetime) -> None:
    """Set one rule; the last word counts."""
    await db.rows(
        "INSERT INTO supervision_rule_settings (id, tenant_id, rule, is_on, threshold, set_by, set_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant_id, rule) DO UPDATE SET"
        " is_on = excluded.is_on, threshold = excluded.threshold, set_by = excluded.set_by,"
        " set_at = excluded.set_at RETURNING id",
        [new_id(), tenant_id, code, int(choice.is_on), choice.threshold, by, at],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """How far the reading of a day's limits has come; `since`: the last day that was read to its end."""

    day: date
    since: date
    place: str = ""
    is_done: bool = False


async def find_scan(tenant_id: str) -> Scan | None:
    row = await db.row("SELECT * FROM supervision_scans WHERE tenant_id = ?", [tenant_id])
    if row is None:
        return None
    return Scan(
        day=date.fromisoformat(row["day"]),
        since=date.fromisoformat(row["since"]),
        place=row["place"],
        is_done=bool(row["is_done"]),
    )


async def put_scan(tenant_id: str, scan: Scan) -> None:
    await db.rows(
        "INSERT INTO supervision_scans (tenant_id, day, since, place, is_done) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (tenant_id) DO UPDATE SET day = excluded.day, since = excluded.since,"
        " place = excluded.place, is_done = excluded.is_done RETURNING tenant_id",
        [tenant_id, scan.day, scan.since, scan.place, int(scan.is_done)],
    )
