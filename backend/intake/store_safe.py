"""All queries that prove the villages' records and keep what is promised about them: read in order, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend import db
from backend.intake.rules import Head
from backend.intake.tables import Outcome


@dataclass(frozen=True, slots=True)
class Kept:
    """One stream with its node; `head` is how far it says it is."""

    id: str
    node: int
    epoch: str
    head: Head
    safe: int


@dataclass(frozen=True, slots=True)
class Bytes:
    """One record at its place. `body` is sealed; None where these bytes stand elsewhere (`held`: in `held_record`)."""

    seq: int
    h: bytes
    outcome: Outcome
    body: bytes | None


async def streams() -> list[Kept]:
    """Every stream of the deployment as committed."""
    found = await db.long_read("SELECT id, node_id, epoch, upto, chain, safe FROM node_stream ORDER BY id")
    return [
        Kept(row["id"], row["node_id"], row["epoch"], Head(row["upto"], bytes(row["chain"])), row["safe"])
        for row in found
    ]


async def hashes(stream_id: str, after: int, *, limit: int) -> list[tuple[int, bytes]]:
    """(seq, h) of the records behind a place, in order."""
    found = await db.long_read(
        "SELECT seq, h FROM node_record WHERE stream_id = ? AND seq > ? ORDER BY seq LIMIT ?",
        [stream_id, after, limit],
    )
    return [(row["seq"], bytes(row["h"])) for row in found]


async def records(stream_id: str, after: int, *, node: int, limit: int) -> list[Bytes]:
    """The records behind a place with their sealed bytes, those set aside from where they were put."""
    found = await db.long_read(
        "SELECT r.seq, r.h, r.outcome, COALESCE(r.body, h.body) AS body FROM node_record r"
        " LEFT JOIN held_record h ON h.node_number = ? AND h.h = r.h AND r.outcome = ?"
        " WHERE r.stream_id = ? AND r.seq > ? ORDER BY r.seq LIMIT ?",
        [node, Outcome.HELD, stream_id, after, limit],
    )
    return [
        Bytes(
            row["seq"],
            bytes(row["h"]),
            Outcome(row["outcome"]),
            bytes(row["body"]) if row["body"] is not None else None,
        )
        for row in found
    ]


async def set_safe(promised: Sequence[tuple[str, int]]) -> None:
    """Say how far each stream is safe; never beyond what is here."""
    await db.execute_many(
        "UPDATE node_stream SET safe = CASE WHEN upto < ? THEN upto ELSE ? END WHERE id = ?",
        [(safe, safe, stream_id) for stream_id, safe in promised],
    )
