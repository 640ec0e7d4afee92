"""All queries of seals: what rows of other tables said, kept so that the proof can hold them against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from backend import db
from backend.audit.anchors import Trace

_COLUMNS: Final = ("tenant_id", "kind", "row_id", "stamp", "digest", "moves", "at")


@dataclass(frozen=True, slots=True)
class Seal:
    """A row at one stamp: digests of what it said, and of its moves up to then ("" for none)."""

    kind: str
    row_id: str
    stamp: int
    digest: str
    moves: str


async def add(tenant_id: str, seals: Sequence[Seal], *, at: datetime) -> None:
    """Keep seals; one that is there already stays as it is."""
    values = [[tenant_id, one.kind, one.row_id, one.stamp, one.digest, one.moves, at] for one in seals]
    await db.add_new("audit_seals", _COLUMNS, values)


async def newest(kind: str, row_ids: Sequence[str]) -> dict[str, Seal]:
    """The last seal of each row that has one."""
    marks = ", ".join("?" * len(row_ids))
    found = await db.long_read(
        f"SELECT kind, row_id, stamp, digest, moves FROM audit_seals WHERE kind = ? AND row_id IN ({marks})"  # noqa: S608
        " ORDER BY row_id, stamp",
        [kind, *row_ids],
    )
    return {row["row_id"]: Seal(**row) for row in found}


async def without_row(tenant_id: str, kind: str, table: str) -> list[str]:
    """Ids that were sealed and are in the table no more."""
    found = await db.long_read(
        "SELECT DISTINCT row_id FROM audit_seals AS one WHERE tenant_id = ? AND kind = ?"  # noqa: S608
        f" AND NOT EXISTS (SELECT 1 FROM {table} AS kept WHERE kept.id = one.row_id)",
        [tenant_id, kind],
    )
    return [row["row_id"] for row in found]


async def traces(tenant_id: str, since: datetime, until: datetime) -> list[Trace]:
    """Every seal of a time, as an anchor covers it."""
    found = await db.long_read(
        "SELECT kind, row_id, stamp, digest, moves FROM audit_seals WHERE tenant_id = ? AND at >= ? AND at < ?",
        [tenant_id, since, until],
    )
    return [
        Trace(f"seal:{row['kind']}", row["row_id"], row["stamp"], row["digest"] + row["moves"])
        for row in found
    ]
