"""The append-only stream of records that go up: writing them down for good, and believing what the township confirms.

Knows sequence, chain and bytes; not what a record says.
"""

from dataclasses import dataclass
from typing import Final

from api_spec import chain
from village_node.storage.database import Database, Row, Writing
from village_node.sync import exchange
from village_node.sync.exchange import Advance, Stream

_KEPT_MS: Final = int(exchange.KEPT_AT_LEAST.total_seconds() * 1000)


@dataclass(frozen=True, slots=True)
class Written:
    """A record as it now lies in the outbox. `h` is the SHA-256 of `body`, its bytes as stored."""

    seq: int
    rid: str
    rev: int
    h: bytes
    body: bytes


class SameRevision(RuntimeError):
    """This revision of this record is written already; what is there stays."""


async def begin(tx: Writing, epoch: str, *, old_epoch: str = "") -> None:
    """Start the stream of a fresh database file.

    Args:
        epoch: 16 hex characters from the operating system's random source.
        old_epoch: what this file's stream was called before a fork was found.
    """
    await tx.run(
        "INSERT INTO stream (one, epoch, old_epoch, base_chain) VALUES (1, ?, ?, ?) ON CONFLICT DO NOTHING",
        epoch,
        old_epoch,
        chain.START,
    )


async def append(tx: Writing, *, rid: str, rev: int, kind: str, body: bytes, now_ms: int) -> Written:
    """Give a record its place. Part of the transaction that makes the case, its number and its slip.

    Raises:
        SameRevision: (rid, rev) exists.
    """
    row = await tx.row(
        "SELECT coalesce(max(seq), (SELECT base_seq FROM stream)) AS seq,"
        " coalesce((SELECT chain FROM outbox ORDER BY seq DESC LIMIT 1), (SELECT base_chain FROM stream)) AS chain"
        " FROM outbox"
    )
    assert row is not None, "an aggregate always has a row"  # noqa: S101
    h, seq = chain.record_hash(body), row["seq"] + 1
    added = await tx.row(
        "INSERT INTO outbox (seq, rid, rev, kind, h, chain, body, written_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (rid, rev) DO NOTHING RETURNING seq",
        seq,
        rid,
        rev,
        kind,
        h,
        chain.advance(row["chain"], seq, h),
        body,
        now_ms,
    )
    if added is None:
        raise SameRevision
    return Written(seq, rid, rev, h, body)


class Outbox:
    """Reading the stream, and what answers do to it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def oldest_ms(self) -> int | None:
        """When the oldest record not confirmed was written, by this computer's clock; None while all are."""
        row = await self._database.row(
            "SELECT min(written_ms) AS oldest FROM outbox WHERE seq > (SELECT acked FROM stream)"
        )
        return row["oldest"] if row else None

    async def stream(self) -> Stream:
        row = await self._database.row(
            "SELECT *, coalesce((SELECT max(seq) FROM outbox), base_seq) AS last_seq FROM stream"
        )
        if row is None:
            raise LookupError("the stream has not begun: the node is not enrolled")
        return _stream(row)

    async def old_epoch(self) -> str:
        row = await self._database.row("SELECT old_epoch FROM stream")
        return row["old_epoch"] if row else ""

    async def chain_at(self, seq: int) -> bytes | None:
        """This node's own chain value at `seq`; None where it was never written or is pruned."""
        row = await self._database.row(
            "SELECT chain FROM outbox WHERE seq = ? UNION ALL SELECT base_chain FROM stream WHERE base_seq = ?",
            seq,
            seq,
        )
        return row["chain"] if row else None

    async def has_confirmed_since(self, township_ms: int, *, above: int) -> bool:
        """Whether the township, by its own clock, then or later confirmed more than `above`."""
        row = await self._database.row(
            "SELECT 1 FROM confirmed WHERE upto > ? AND township_ms >= ?", above, township_ms
        )
        return row is not None

    async def batch(self, after: int, *, limit: int, max_bytes: int) -> list[Written]:
        """The next records in order: at least one if there is any, as many as fit."""
        rows = await self._database.rows(
            "SELECT seq, rid, rev, h, body FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?", after, limit
        )
        fitting: list[Written] = []
        size = 0
        for row in rows:
            size += len(row["body"])
            if fitting and size > max_bytes:
                break
            fitting.append(Written(row["seq"], row["rid"], row["rev"], row["h"], row["body"]))
        return fitting

    async def waiting(self) -> tuple[int, int | None]:
        """How many records the township has not confirmed, and when by this computer's clock the oldest was written."""
        row = await self._database.row(
            "SELECT count(*) AS records, min(written_ms) AS oldest_ms FROM outbox WHERE seq > (SELECT acked FROM stream)"
        )
        return (row["records"], row["oldest_ms"]) if row else (0, None)

    async def advance(self, step: Advance, *, epoch: str, township_ms: int) -> None:
        """Record what is confirmed, and forget what may be forgotten, in one commit.

        Args:
            epoch: the stream this was decided about; another one is left alone.
            township_ms: the township's clock in its answer.
        """

        async def work(tx: Writing) -> None:
            row = await tx.row(
                "UPDATE stream SET acked = ?, safe = ? WHERE epoch = ?"
                " RETURNING *, coalesce((SELECT max(seq) FROM outbox), base_seq) AS last_seq",
                step.acked,
                step.safe,
                epoch,
            )
            if row is None:
                return
            if step.rewound:
                await tx.run("DELETE FROM confirmed WHERE upto > ?", step.acked)
            await tx.run(
                "INSERT INTO confirmed VALUES (?, ?) ON CONFLICT DO NOTHING", step.acked, township_ms
            )
            await _prune(tx, _stream(row), township_ms)

        await self._database.write(work)

    async def start_over(self, new_epoch: str, *, old_epoch: str) -> bool:
        """Everything retained gets a new place in a new epoch; False when another exchange has done it already."""

        async def work(tx: Writing) -> bool:
            changed = await tx.row(
                "UPDATE stream SET epoch = ?, old_epoch = ? WHERE epoch = ? RETURNING epoch",
                new_epoch,
                old_epoch,
                old_epoch,
            )
            if changed is not None:
                await _renumber(tx)
            return changed is not None

        return await self._database.write(work)


async def begin_as_another(tx: Writing, epoch: str) -> None:
    """Everything retained goes up again, by the number this computer has from now on."""
    await tx.run("UPDATE stream SET epoch = ?, old_epoch = ''", epoch)
    await _renumber(tx)


async def _renumber(tx: Writing) -> None:
    await tx.run("UPDATE stream SET base_seq = 0, base_chain = ?, acked = 0, safe = 0", chain.START)
    head, renumbered = chain.START, []
    for seq, row in enumerate(await tx.rows("SELECT seq, h FROM outbox ORDER BY seq"), 1):
        head = chain.advance(head, seq, row["h"])
        renumbered.append((seq, head, row["seq"]))
    # Upwards: a place is always free, because the record that had it has moved down before.
    await tx.run_many("UPDATE outbox SET seq = ?, chain = ? WHERE seq = ?", renumbered)
    await tx.run("DELETE FROM confirmed")


async def _prune(tx: Writing, stream: Stream, township_ms: int) -> None:
    row = await tx.row(
        "SELECT max(upto) AS upto FROM confirmed WHERE township_ms <= ?", township_ms - _KEPT_MS
    )
    limit = exchange.prune_limit(stream, old_enough=(row and row["upto"]) or 0)
    if limit <= stream.base_seq:
        return
    await tx.run(
        "UPDATE stream SET base_seq = ?, base_chain = (SELECT chain FROM outbox WHERE seq = ?)", limit, limit
    )
    await tx.run("DELETE FROM outbox WHERE seq <= ?", limit)
    await tx.run("DELETE FROM confirmed WHERE upto < ?", limit)


def _stream(row: Row) -> Stream:
    return Stream(
        epoch=row["epoch"],
        base_seq=row["base_seq"],
        base_chain=row["base_chain"],
        last_seq=row["last_seq"],
        acked=row["acked"],
        safe=row["safe"],
    )
