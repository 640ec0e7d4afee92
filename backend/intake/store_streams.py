"""All queries of streams and their records: each place once, each revision once, the head moved only from where it was."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from api_spec import chain
from api_spec.case_number import BLOCK_MAX
from backend import db
from backend.ids import new_id
from backend.intake.rules import Head
from backend.intake.tables import Outcome
from backend.intake.values import Stream

_STREAM = "id, node_id, epoch, upto, chain, safe, block"
_FIND = f"SELECT {_STREAM} FROM node_stream WHERE node_id = ? AND epoch = ?"  # noqa: S608
_MOVE = "UPDATE node_stream SET upto = ?, chain = ? WHERE id = ? AND upto = ? AND chain = ? RETURNING id"
_NO_REVISION = 2**62
_RECORD = ("stream_id", "seq", "h", "outcome", "received_at", "kind", "rid", "rev", "body")


class Raced(Exception):
    """Another process moved this stream at the same moment; nothing is lost by trying once more."""


class Line(NamedTuple):
    """One record at its place, in the order of its columns; `rid` and `rev` None where these bytes do not own them."""

    stream_id: str
    seq: int
    h: bytes
    outcome: Outcome
    received_at: datetime
    kind: str = ""
    rid: str | None = None
    rev: int | None = None
    body: bytes | None = None


async def find(node: int, epoch: str) -> Stream | None:
    """The stream as committed."""
    found = await db.point_read(_FIND, [node, epoch])
    return _stream(found) if found else None


async def load_many(ids: Sequence[str]) -> dict[str, Stream]:
    """Streams as the current transaction sees them."""
    marks = ", ".join("?" * len(ids))
    found = await db.rows(
        f"SELECT {_STREAM} FROM node_stream WHERE id IN ({marks})",  # noqa: S608
        list(ids),
    )
    return {row["id"]: _stream(row) for row in found}


async def begin(
    node: int,
    epoch: str,
    *,
    tenant_id: str,
    old_epoch: str,
    at: datetime,
    pick: Callable[[Sequence[int]], int],
) -> Stream:
    """Open a stream with a number block of its own, or find it open already.

    Args:
        pick: chooses among the blocks never granted; by chance, so that a township restored from a backup hardly
            grants one again that it has forgotten.
    """
    while True:
        used = {
            row["block"]
            for row in await db.rows("SELECT block FROM node_stream WHERE tenant_id = ?", [tenant_id])
        }
        free = [block for block in range(1, BLOCK_MAX + 1) if block not in used]
        await db.insert_many(
            "node_stream",
            (
                "id",
                "node_id",
                "tenant_id",
                "epoch",
                "old_epoch",
                "upto",
                "chain",
                "safe",
                "block",
                "started_at",
            ),
            [
                (
                    new_id(),
                    node,
                    tenant_id,
                    epoch,
                    old_epoch,
                    0,
                    chain.START,
                    0,
                    pick(free) if free else None,
                    at,
                )
            ],
            conflict="ON CONFLICT DO NOTHING",
        )
        found = await db.row(_FIND, [node, epoch])
        if found is not None:
            return _stream(found)


async def move(stream: Stream, head: Head) -> None:
    """Put the head where the new records end.

    Raises:
        Raced: it is no longer where `stream` says.
    """
    moved = await db.row(_MOVE, [head.upto, head.chain, stream.id, stream.head.upto, stream.head.chain])
    if moved is None:
        raise Raced


async def add(lines: Sequence[Line]) -> set[tuple[str, int]]:
    """Write records down; gives (stream, seq) of those whose place or revision was not taken."""
    places = {(line.stream_id, line.seq) for line in lines}
    if await db.add_new("node_record", _RECORD, lines) == len(lines):
        return places
    marks = ", ".join("?" * len({stream_id for stream_id, _ in places}))
    here = await db.rows(
        f"SELECT stream_id, seq FROM node_record WHERE stream_id IN ({marks}) AND seq >= ?",  # noqa: S608
        [*sorted({stream_id for stream_id, _ in places}), min(seq for _, seq in places)],
    )
    return places & {(row["stream_id"], row["seq"]) for row in here}


async def set_held(places: Iterable[tuple[str, int]]) -> None:
    """Records that were written and then refused; their bytes stand in `held_record`."""
    await db.execute_many(
        "UPDATE node_record SET outcome = ?, body = NULL WHERE stream_id = ? AND seq = ?",
        [(Outcome.HELD, stream_id, seq) for stream_id, seq in places],
    )


async def release(node: int, h: bytes, *, kind: str, rid: str, rev: int, body: bytes) -> None:
    """Put a record that was set aside into force, at the first place its bytes came to."""
    await db.rows(
        "UPDATE node_record SET outcome = ?, kind = ?, rid = ?, rev = ?, body = ? WHERE id = ("
        "SELECT MIN(r.id) FROM node_record r JOIN node_stream s ON s.id = r.stream_id"
        " WHERE s.node_id = ? AND r.h = ? AND r.outcome = ?)",
        [Outcome.APPLIED, kind, rid, rev, body, node, h, Outcome.HELD],
    )


async def owners(rids: Sequence[str]) -> dict[tuple[str, int], bytes]:
    """The hash that owns each revision of these records."""
    marks = ", ".join("?" * len(rids))
    found = await db.rows(
        f"SELECT rid, rev, h FROM node_record WHERE rid IN ({marks})",  # noqa: S608
        list(rids),
    )
    return {(row["rid"], row["rev"]): bytes(row["h"]) for row in found}


async def last_applied(rid: str, *, before: int | None = None) -> tuple[int, bytes] | None:
    """Revision and hash of the newest record of a case that took effect; `before`: of those below a revision."""
    row = await db.row(
        "SELECT rev, h FROM node_record WHERE rid = ? AND outcome = ? AND rev < ? ORDER BY rev DESC LIMIT 1",
        [rid, Outcome.APPLIED, before or _NO_REVISION],
    )
    return (row["rev"], bytes(row["h"])) if row else None


async def applied(rid: str, *, before: int) -> list[tuple[bytes, bytes]]:
    """Hash and sealed bytes of a case's own records that took effect, oldest first, below a revision."""
    found = await db.rows(
        "SELECT h, body FROM node_record WHERE rid = ? AND outcome = ? AND rev < ? ORDER BY rev",
        [rid, Outcome.APPLIED, before],
    )
    return [(bytes(row["h"]), bytes(row["body"])) for row in found if row["body"] is not None]


async def traces(rids: Sequence[str]) -> set[str]:
    """Which of these records are here, in force or set aside."""
    marks = ", ".join("?" * len(rids))
    found = await db.long_read(
        f"SELECT rid FROM node_record WHERE rid IN ({marks}) UNION SELECT rid FROM held_record WHERE rid IN ({marks})",  # noqa: S608
        [*rids, *rids],
    )
    return {row["rid"] for row in found}


def _stream(row: db.Row) -> Stream:
    return Stream(
        id=row["id"],
        node=row["node_id"],
        epoch=row["epoch"],
        head=Head(row["upto"], bytes(row["chain"])),
        safe=row["safe"],
        block=row["block"] or 0,
    )
