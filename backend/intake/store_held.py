"""All queries of held records: written once, settled once, never deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from api_spec.records import HeldReason
from backend import db
from backend.instants import from_ms
from backend.intake.values import Held, Resolution

_HELD = (
    "id, tenant_id, village_id, node_number, seq, rid, kind, h, reason, wrong, held_at,"
    " resolved_at, resolution, note"
)
_COLUMNS = (
    "id",
    "tenant_id",
    "village_id",
    "node_number",
    "seq",
    "rid",
    "kind",
    "h",
    "reason",
    "wrong",
    "body",
    "held_at",
    "resolved_by",
    "note",
)
_OVERTAKEN = "village_id = ? AND rid = ? AND kind IN ('case', 'amend') AND resolved_at IS NULL"
_words = msgspec.json.Decoder(list[str])


@dataclass(frozen=True, slots=True)
class NewHeld:
    """A record to set aside; `body` is sealed under its hash."""

    held: Held
    body: bytes


async def add(records: Sequence[NewHeld]) -> set[str]:
    """Set records aside; gives the ids of those not set aside before (the same bytes of the same node)."""
    written = await db.insert_many(
        "held_record",
        _COLUMNS,
        [
            (
                one.held.id,
                one.held.tenant_id,
                one.held.village_id,
                one.held.node,
                one.held.seq,
                one.held.rid,
                one.held.kind,
                one.held.h,
                one.held.reason,
                msgspec.json.encode(one.held.wrong).decode(),
                one.body,
                one.held.held_at,
                "",
                "",
            )
            for one in records
        ],
        conflict="ON CONFLICT DO NOTHING",
        returning="id",
    )
    return {row["id"] for row in written}


async def page(tenant_id: str, *, settled: bool, before: str, limit: int) -> list[Held]:
    """Held records of a township, newest first, from the one before `before`."""
    state = "IS NOT NULL" if settled else "IS NULL"
    found = await db.rows(
        f"SELECT {_HELD} FROM held_record WHERE tenant_id = ? AND resolved_at {state}"  # noqa: S608
        " AND id < ? ORDER BY id DESC LIMIT ?",
        [tenant_id, before or "g", limit],
    )
    return [_held(row) for row in found]


async def find(tenant_id: str, held_id: str) -> tuple[Held, bytes] | None:
    """A held record with its sealed bytes."""
    row = await db.row(
        f"SELECT {_HELD}, body FROM held_record WHERE id = ? AND tenant_id = ?",  # noqa: S608
        [held_id, tenant_id],
    )
    return (_held(row), bytes(row["body"])) if row else None


async def sealed(ids: Sequence[str]) -> dict[str, bytes]:
    """The sealed bytes of these records, by id."""
    if not ids:
        return {}
    marks = ", ".join("?" * len(ids))
    found = await db.rows(f"SELECT id, body FROM held_record WHERE id IN ({marks})", list(ids))  # noqa: S608
    return {row["id"]: bytes(row["body"]) for row in found}


async def bodies(tenant_id: str, *, after: str, limit: int) -> list[tuple[str, bytes, bytes]]:
    """Id, hash and sealed bytes of records nobody has settled, by id from the one after `after`."""
    found = await db.rows(
        "SELECT id, h, body FROM held_record WHERE tenant_id = ? AND resolved_at IS NULL AND id > ?"
        " ORDER BY id LIMIT ?",
        [tenant_id, after, limit],
    )
    return [(row["id"], bytes(row["h"]), bytes(row["body"])) for row in found]


async def settle(held_id: str, resolution: Resolution, *, by: str, note: str, at: datetime) -> bool:
    """False: settled already."""
    settled = await db.row(
        "UPDATE held_record SET resolved_at = ?, resolved_by = ?, resolution = ?, note = ?"
        " WHERE id = ? AND resolved_at IS NULL RETURNING id",
        [at, by, resolution, note, held_id],
    )
    return settled is not None


async def waiting_cases(tenant_id: str, rid: str) -> list[str]:
    """Ids of the applications set aside under `rid` and not dealt with yet."""
    found = await db.rows(
        "SELECT id FROM held_record WHERE tenant_id = ? AND rid = ? AND kind = ? AND resolved_at IS NULL",
        [tenant_id, rid, "case"],
    )
    return [row["id"] for row in found]


async def overtake(village_id: str, rid: str, resolution: Resolution, *, by: int, at: datetime) -> list[Held]:
    """Settle what is set aside of this record: a later one of the same village has taken its place.

    Args:
        by: the node that sent it.
    """
    found = await db.rows(
        f"UPDATE held_record SET resolved_at = ?, resolved_by = ?, resolution = ? WHERE {_OVERTAKEN}"  # noqa: S608
        f" RETURNING {_HELD}",
        [at, str(by), resolution, village_id, rid],
    )
    return [_held(row) for row in found]


async def awaiting(reasons: Sequence[HeldReason], *, after: str, limit: int) -> list[tuple[Held, bytes]]:
    """Unsettled records of any township set aside for one of these reasons, with sealed bytes, in the order they came."""
    marks = ", ".join("?" * len(reasons))
    found = await db.long_read(
        f"SELECT {_HELD}, body FROM held_record WHERE resolved_at IS NULL AND reason IN ({marks}) AND id > ?"  # noqa: S608
        " ORDER BY id LIMIT ?",
        [*reasons, after, limit],
    )
    return [(_held(row), bytes(row["body"])) for row in found]


async def set_reason(held: Held, reason: HeldReason, wrong: Sequence[str]) -> bool:
    """Say anew why an unsettled record is set aside; False: settled meanwhile."""
    changed = await db.row(
        "UPDATE held_record SET reason = ?, wrong = ?, rid = ?, kind = ? WHERE id = ? AND resolved_at IS NULL RETURNING id",
        [reason, msgspec.json.encode(list(wrong)).decode(), held.rid, held.kind, held.id],
    )
    return changed is not None


def _held(row: db.Row) -> Held:
    return Held(
        id=row["id"],
        tenant_id=row["tenant_id"],
        village_id=row["village_id"],
        node=row["node_number"],
        seq=row["seq"],
        rid=row["rid"],
        kind=row["kind"],
        h=bytes(row["h"]),
        reason=HeldReason(row["reason"]),
        wrong=tuple(_words.decode(row["wrong"])),
        held_at=from_ms(row["held_at"]),
        resolved_at=from_ms(row["resolved_at"]) if row["resolved_at"] is not None else None,
        resolution=Resolution(row["resolution"]) if row["resolution"] else None,
        note=row["note"],
    )
