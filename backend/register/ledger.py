"""Rows of one table held against seals: a digest of what a row says, taken once for every state it was lawfully in.

A row that changes has a stamp which only grows, its version say; without one it never changes. A seal covers the row at
one stamp, and all moves up to it. It knows tables by what it is told, no feature by name, and writes nothing.
"""

import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from backend import db
from backend.audit import store_seals
from backend.audit.histories import Break
from backend.audit.store_seals import Seal
from backend.register.walking import walk

BATCH: Final = 200
"""Rows digested at a time: some milliseconds, for nobody else is served meanwhile."""
LOOKS: Final = 5
"""How often a row that does not hold is read again while it goes on moving."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Moves:
    """The table in which every move of a row is written down, numbered 1, 2, 3 … up to the row's stamp.

    Args:
        owner: the column that names the row.
        number: the column with the stamp the row had after it.
        columns: what is digested of a move.
        after: the column with the state it led to, "" if it keeps none.
        in_tenant: whether it names the township, so that moves without a row can be looked for.
    """

    table: str
    owner: str
    number: str
    columns: tuple[str, ...]
    after: str = "after"
    in_tenant: bool = True


MOVED: Final = ("version", "at", "action", "before", "after", "actor_id", "actor_role", "sealed")
"""What a move of `backend.register.store_moves` says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """One table of a register.

    Args:
        kind: the word its seals are kept under.
        columns: what a seal covers; never what may be forgotten in time or reckoned anew.
        stamp: the number that grows with each lawful change, as SQL; "0" for rows that never change.
        moves: where its changes are written down; None: not in a table of its own, or elsewhere proved.
    """

    kind: str
    table: str
    columns: tuple[str, ...]
    stamp: str = "0"
    moves: Moves | None = None

    async def unsealed(self, tenant_id: str) -> AsyncIterator[list[Seal]]:
        """A seal for every row that has none at its present stamp, batch by batch."""
        bare = (
            f"NOT EXISTS (SELECT 1 FROM audit_seals AS kept WHERE kept.kind = ? AND kept.row_id = {self.table}.id"  # noqa: S608
            f" AND kept.stamp = {self.stamp})"
        )
        async for ids in walk(self.table, tenant_id, batch=BATCH, also=bare, values=[self.kind]):
            rows = await self._rows(ids)
            moves = await self._moves_of(ids)
            yield [self._seal(row, moves.get(row["id"], []), row["stamp"]) for row in rows]

    async def breaks(self, tenant_id: str) -> Sequence[Break]:
        """Every row that is not what its seal or its moves say, and every sealed or moved one that is gone.

        The office may go on working meanwhile: a row that moves between two reads is not called broken.
        """
        gone = {
            *await store_seals.without_row(tenant_id, self.kind, self.table),
            *await self._orphans(tenant_id),
        }
        found = [Break(each, 0) for each in sorted(gone)]
        async for ids in walk(self.table, tenant_id, batch=BATCH):
            doubtful = [row for row, holds in await self._judged(await self._rows(ids)) if not holds]
            found += [
                Break(row["id"], row["stamp"]) for row in doubtful if not await self._holds_after_all(row)
            ]
        return found

    @property
    def _select(self) -> str:
        state = ", state AS _state" if self.moves and self.moves.after else ""
        return f"SELECT id, {self.stamp} AS stamp{state}, {_names(self.columns)} FROM {self.table}"  # noqa: S608

    async def _rows(self, ids: Sequence[str]) -> list[Row]:
        return await db.long_read(
            f"{self._select} WHERE id IN ({', '.join('?' * len(ids))}) ORDER BY id", ids
        )

    async def _judged(self, rows: Sequence[Row]) -> list[tuple[Row, bool]]:
        ids = [row["id"] for row in rows]
        seals = await store_seals.newest(self.kind, ids)
        moves = await self._moves_of(ids)
        return [(row, self._holds(row, moves.get(row["id"], []), seals.get(row["id"]))) for row in rows]

    async def _holds_after_all(self, row: Row) -> bool:
        """Whether it holds when the row stands still from before its moves and its seal are read to after."""
        now: Row | None = row
        for _ in range(LOOKS):
            before = now
            if before is None:
                return False
            ((_, holds),) = await self._judged([before])
            now = next(iter(await db.long_read(f"{self._select} WHERE id = ?", [row["id"]])), None)
            if holds or before == now:
                return holds
        return False

    def _holds(self, row: Row, moves: Sequence[Row], seal: Seal | None) -> bool:
        if not self._follows(row, moves):
            return False
        if seal is None:
            return True
        again = self._seal(row, moves, seal.stamp)
        if row["stamp"] == seal.stamp:
            return again == seal
        return bool(row["stamp"] > seal.stamp and self.stamp != "0" and again.moves == seal.moves)

    def _follows(self, row: Row, moves: Sequence[Row]) -> bool:
        """One move for each number up to the stamp, the last of which led to the row's state."""
        if self.moves is None:
            return True
        numbers = [move[self.moves.number] for move in moves]
        if numbers != list(range(1, row["stamp"] + 1)):
            return False
        return not self.moves.after or moves[-1][self.moves.after] == row["_state"]

    def _seal(self, row: Row, moves: Sequence[Row], stamp: int) -> Seal:
        """The seal as it is for the row as it stands, with its moves up to a stamp."""
        said = [row[name] for name in self.columns]
        done = (
            [
                [move[name] for name in self.moves.columns]
                for move in moves
                if move[self.moves.number] <= stamp
            ]
            if self.moves
            else []
        )
        return Seal(self.kind, row["id"], stamp, digest(said), digest(done) if done else "")

    async def _moves_of(self, ids: Sequence[str]) -> Mapping[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        if self.moves is None:
            return found
        kept = self.moves
        columns = dict.fromkeys((kept.owner, kept.number, *kept.columns))
        for move in await db.long_read(
            f"SELECT {_names(columns)} FROM {kept.table}"  # noqa: S608
            f" WHERE {kept.owner} IN ({', '.join('?' * len(ids))}) ORDER BY {kept.owner}, {kept.number}",
            ids,
        ):
            found.setdefault(move[kept.owner], []).append(move)
        return found

    async def _orphans(self, tenant_id: str) -> Sequence[str]:
        if self.moves is None or not self.moves.in_tenant:
            return []
        found = await db.long_read(
            f"SELECT DISTINCT {self.moves.owner} AS owner FROM {self.moves.table} AS one WHERE tenant_id = ?"  # noqa: S608
            f" AND NOT EXISTS (SELECT 1 FROM {self.table} AS kept WHERE kept.id = one.{self.moves.owner})",
            [tenant_id],
        )
        return [row["owner"] for row in found]


def _names(columns: Iterable[str]) -> str:
    """Quoted: a column may be called as a word of SQL is."""
    return ", ".join(f'"{name}"' for name in columns)


def digest(said: Sequence[Any]) -> str:
    """SHA-256 over values as they are stored, the same on both databases; 64 hex characters."""
    return hashlib.sha256(msgspec.json.encode(_plain(said))).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, bytes | bytearray | memoryview):
        return hashlib.sha256(value).hexdigest()
    return value
