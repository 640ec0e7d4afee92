"""All queries of feeds and announced catalogues. Rows are numbered by one writer at a time for each node."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from api_spec import chain
from backend import db
from backend.ids import new_id
from backend.instants import from_ms
from backend.intake.values import OrphanReceipt

_LOCK = 0x67746266
"""First half of the advisory lock's key; the second is the node."""

_LAST = "SELECT pos, dig FROM node_feed WHERE node_number = ? ORDER BY pos DESC LIMIT 1"
_AT = "SELECT dig FROM node_feed WHERE node_number = ? AND pos = ?"
_PAGE = "SELECT pos, row, dig FROM node_feed WHERE node_number = ? AND pos > ? ORDER BY pos LIMIT ?"
_COLUMNS = ("node_number", "pos", "kind", "rid", "srev", "row", "dig")


@dataclass(frozen=True, slots=True)
class End:
    """Where a feed ends."""

    pos: int = 0
    dig: bytes = chain.FEED_START


class Stored(NamedTuple):
    """One feed row, sealed; in the order of its columns."""

    node: int
    pos: int
    kind: str
    rid: str
    srev: int
    row: bytes
    dig: bytes


async def hold(node: int) -> End:
    """Keep other writers from this feed until the transaction ends; gives its end.

    On SQLite the transaction is the only writer. On PostgreSQL a bare sequence would let a reader pass a row that
    is not committed yet.
    """
    if db.current().dialect == "postgres":
        await db.rows("SELECT pg_advisory_xact_lock(?::int, ?::int)", [_LOCK, node])
    row = await db.row(_LAST, [node])
    return End(row["pos"], bytes(row["dig"])) if row else End()


async def add(rows: Sequence[Stored]) -> None:
    await db.add_many("node_feed", _COLUMNS, rows)


async def knows(node: int, pos: int, dig: bytes) -> bool:
    """Whether a node's idea of its feed is ours."""
    if pos == 0:
        return dig == chain.FEED_START
    row = await db.point_read(_AT, [node, pos])
    return row is not None and bytes(row["dig"]) == dig


async def page(node: int, after: int, *, limit: int) -> list[tuple[int, bytes, bytes]]:
    """Sealed rows behind a position, as (pos, row, dig)."""
    found = await db.long_read(_PAGE, [node, after, limit])
    return [(row["pos"], bytes(row["row"]), bytes(row["dig"])) for row in found]


async def latest(node: int, kind: str) -> list[Stored]:
    """The newest row of each id of one kind, as the current transaction sees it."""
    found = await db.rows(
        "SELECT pos, rid, srev, row, dig FROM node_feed WHERE node_number = ? AND kind = ? ORDER BY pos",
        [node, kind],
    )
    newest = {row["rid"]: row for row in found}
    return [_stored(node, kind, row) for row in newest.values()]


async def newest(node: int, kind: str, *, upto: int) -> list[int]:
    """Positions of the newest row of each id of one kind, as a reader at `upto` has them."""
    found = await db.long_read(
        "SELECT MAX(pos) AS pos FROM node_feed WHERE node_number = ? AND kind = ? AND pos <= ? GROUP BY rid",
        [node, kind, upto],
    )
    return sorted(row["pos"] for row in found)


async def at(node: int, places: Sequence[int]) -> list[tuple[int, int, bytes]]:
    """Sealed rows at some positions, as (node, pos, row)."""
    marks = ", ".join("?" * len(places))
    found = await db.long_read(
        f"SELECT pos, row FROM node_feed WHERE node_number = ? AND pos IN ({marks})",  # noqa: S608
        [node, *places],
    )
    return [(node, row["pos"], bytes(row["row"])) for row in found]


@dataclass(frozen=True, slots=True)
class Announced:
    """A catalogue as announced; `manifest` is what the county signed."""

    version: int
    pack: str
    manifest: bytes


async def announced(tenant_id: str) -> Announced | None:
    """The catalogue announced last."""
    row = await db.row(
        "SELECT version, pack, manifest FROM catalogue_manifest WHERE tenant_id = ?"
        " ORDER BY version DESC LIMIT 1",
        [tenant_id],
    )
    return Announced(row["version"], row["pack"], bytes(row["manifest"])) if row else None


async def announce(tenant_id: str, one: Announced) -> bool:
    """False: another process announced this version first."""
    added = await db.row(
        "INSERT INTO catalogue_manifest (id, tenant_id, version, pack, manifest) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING RETURNING id",
        [new_id(), tenant_id, one.version, one.pack, one.manifest],
    )
    return added is not None


async def ask_orphan(tracking_code: str, *, tenant_id: str, node: int, at: datetime) -> None:
    """Note that somebody asked for a receipt whose case is not here."""
    await db.rows(
        "INSERT INTO orphan_receipt (tracking_code, tenant_id, node_number, first_asked_at, last_asked_at, times)"
        " VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT (tracking_code) DO UPDATE SET"
        " last_asked_at = excluded.last_asked_at, times = orphan_receipt.times + 1",
        [tracking_code, tenant_id, node, at, at],
    )


async def orphans(tenant_id: str, *, limit: int) -> list[OrphanReceipt]:
    """Receipts asked for, the latest first."""
    found = await db.long_read(
        "SELECT tracking_code, node_number, first_asked_at, last_asked_at, times FROM orphan_receipt"
        " WHERE tenant_id = ? ORDER BY last_asked_at DESC LIMIT ?",
        [tenant_id, limit],
    )
    return [
        OrphanReceipt(
            tracking_code=row["tracking_code"],
            node=row["node_number"],
            first_asked_at=from_ms(row["first_asked_at"]),
            last_asked_at=from_ms(row["last_asked_at"]),
            times=row["times"],
        )
        for row in found
    ]


def _stored(node: int, kind: str, row: db.Row) -> Stored:
    return Stored(node, row["pos"], kind, row["rid"], row["srev"], bytes(row["row"]), bytes(row["dig"]))
