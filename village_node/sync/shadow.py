"""The township's view of this village's cases, as its feed tells it. Rows are applied, never judged or changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from api_spec import chain, feed
from api_spec.feed import CaseRow, FeedRow
from api_spec.sync import FeedEntry, PullAnswer, PullStatus
from village_node.storage.database import Database, Writing


@dataclass(frozen=True, slots=True)
class Position:
    """How far the feed is known. `fetching`: a fresh snapshot is being built beside the old view."""

    pos: int
    dig: bytes
    fetching: bool = False


START: Final = Position(0, chain.FEED_START)


class _Outline(msgspec.Struct):
    """What every row has, also one of a kind this version does not know."""

    kind: str
    rid: str
    srev: int
    code: object = ""


_outline = msgspec.json.Decoder(_Outline).decode


class Shadow:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def position(self) -> Position:
        """What to ask the township to continue from."""
        row = await self._database.row("SELECT * FROM pull")
        if row is None:
            return START
        if row["coming_pos"] is not None:
            return Position(row["coming_pos"], row["coming_dig"], fetching=True)
        return Position(row["pos"], row["dig"])

    async def apply(self, page: PullAnswer, *, asked: Position) -> None:
        """Take in one page together with its cursor, in one commit.

        A snapshot becomes visible only when its last page is in, so that a reader never meets an empty or mixed list.

        Args:
            asked: the position the page answers; if we stand elsewhere by now, nothing is changed.
        """

        async def work(tx: Writing) -> None:
            if not await _stands_at(tx, asked):
                return
            if page.status is PullStatus.REFETCH:
                await tx.run("DELETE FROM shadow_coming")
            fetching = asked.fetching or page.status is PullStatus.REFETCH
            await _upsert(tx, "shadow_coming" if fetching else "shadow", page.rows)
            if not fetching:
                await tx.run("UPDATE pull SET pos = ?, dig = ?", page.pos, page.dig)
            elif page.more:
                await tx.run("UPDATE pull SET coming_pos = ?, coming_dig = ?", page.pos, page.dig)
            else:
                await _swap(tx, page)

        await self._database.write(work)

    async def forget_position(self) -> None:
        """Ask for a whole snapshot next time: a position no township knows. What is shown stays until it is complete."""

        await self._database.write(forget_position)

    async def case(self, rid: str) -> CaseRow | None:
        row = await self._database.row("SELECT row FROM shadow WHERE kind = 'case' AND rid = ?", rid)
        return _as_case(row["row"]) if row else None

    async def cases(self) -> dict[str, CaseRow]:
        """Every case of this village the township told of, by `rid`."""
        rows = await self._database.rows("SELECT rid, row FROM shadow WHERE kind = 'case'")
        return {row["rid"]: case for row in rows if (case := _as_case(row["row"])) is not None}

    async def of_kind(self, kind: type[FeedRow]) -> list[Any]:
        """The rows of one kind that this version knows."""
        tag = str(kind.__struct_config__.tag)
        rows = await self._database.rows("SELECT row FROM shadow WHERE kind = ? ORDER BY rid", tag)
        return [row for stored in rows if isinstance(row := feed.find_row(stored["row"]), kind)]


async def forget_position(tx: Writing) -> None:
    """See `Shadow.forget_position`."""
    await tx.run("UPDATE pull SET dig = ?, coming_pos = NULL, coming_dig = NULL", b"\xff" * 16)


async def _stands_at(tx: Writing, asked: Position) -> bool:
    if asked.fetching:
        where = "coming_pos = ? AND coming_dig = ?"
    else:
        where = "coming_pos IS NULL AND pos = ? AND dig = ?"
    return await tx.row(f"SELECT 1 FROM pull WHERE {where}", asked.pos, asked.dig) is not None  # noqa: S608 - two literals


async def _upsert(tx: Writing, table: str, entries: Iterable[FeedEntry]) -> None:
    """The latest row of each (kind, rid); an older `srev` than the one we have changes nothing."""
    values = []
    for entry in entries:
        stored = bytes(entry.row)
        try:
            outline = _outline(stored)
        except msgspec.MsgspecError:
            continue  # not even an outline: there is nothing it could be shown as
        code = outline.code if isinstance(outline.code, str) else ""
        values.append((outline.kind, outline.rid, outline.srev, code, stored))
    await tx.run_many(
        f"INSERT INTO {table} (kind, rid, srev, code, row) VALUES (?, ?, ?, ?, ?)"  # noqa: S608 - one of our two tables
        " ON CONFLICT (kind, rid) DO UPDATE SET srev = excluded.srev, code = excluded.code, row = excluded.row"
        " WHERE excluded.srev > srev",
        values,
    )


async def _swap(tx: Writing, page: PullAnswer) -> None:
    await tx.run("DELETE FROM shadow")
    await tx.run("INSERT INTO shadow SELECT * FROM shadow_coming")
    await tx.run("DELETE FROM shadow_coming")
    await tx.run("UPDATE pull SET pos = ?, dig = ?, coming_pos = NULL, coming_dig = NULL", page.pos, page.dig)


def _as_case(stored: bytes) -> CaseRow | None:
    row = feed.find_row(stored)
    return row if isinstance(row, CaseRow) else None
