"""All queries of bundles brought in: written once, never changed."""

from typing import Final

import msgspec

from api_spec.sync import PushStatus
from backend import db
from backend.instants import from_ms
from backend.intake.bundle_values import Imported

_COLUMNS: Final = (
    "id",
    "tenant_id",
    "village_id",
    "node_number",
    "bundle",
    "part",
    "parts",
    "epoch",
    "first_seq",
    "last_seq",
    "digest",
    "size",
    "status",
    "records",
    "taken",
    "reasons",
    "photos",
    "photos_refused",
    "imported_at",
    "imported_by",
)
_SELECT: Final = f"SELECT {', '.join(_COLUMNS)} FROM node_bundle"  # noqa: S608
_reasons = msgspec.json.Decoder(dict[str, int])


async def add(imported: Imported) -> None:
    await db.insert_many(
        "node_bundle",
        _COLUMNS,
        [
            (
                imported.id,
                imported.tenant_id,
                imported.village_id,
                imported.node,
                imported.bundle,
                imported.part,
                imported.parts,
                imported.epoch,
                imported.first,
                imported.last,
                imported.digest,
                imported.size,
                imported.status,
                imported.records,
                imported.taken,
                msgspec.json.encode(imported.reasons).decode(),
                imported.photos,
                imported.photos_refused,
                imported.imported_at,
                imported.imported_by,
            )
        ],
    )


async def find(tenant_id: str, bundle_id: str) -> Imported | None:
    row = await db.row(f"{_SELECT} WHERE tenant_id = ? AND id = ?", [tenant_id, bundle_id])
    return _imported(row) if row else None


async def latest(tenant_id: str, *, limit: int) -> list[Imported]:
    """The newest first."""
    rows = await db.rows(f"{_SELECT} WHERE tenant_id = ? ORDER BY id DESC LIMIT ?", [tenant_id, limit])
    return [_imported(row) for row in rows]


def _imported(row: db.Row) -> Imported:
    return Imported(
        id=row["id"],
        tenant_id=row["tenant_id"],
        village_id=row["village_id"],
        node=row["node_number"],
        bundle=row["bundle"],
        part=row["part"],
        parts=row["parts"],
        epoch=row["epoch"],
        first=row["first_seq"],
        last=row["last_seq"],
        digest=bytes(row["digest"]),
        size=row["size"],
        status=PushStatus(row["status"]),
        records=row["records"],
        taken=row["taken"],
        reasons=_reasons.decode(row["reasons"]),
        photos=row["photos"],
        photos_refused=row["photos_refused"],
        imported_at=from_ms(row["imported_at"]),
        imported_by=row["imported_by"],
    )
