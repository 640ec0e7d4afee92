"""What a clerk has typed and not yet filed. A draft is exactly the pairs of its form, so that nothing typed is lost.

The `rid` is made with the first save and becomes the case's; a save carries the version it started from.
"""

from dataclasses import dataclass

import msgspec

from village_node.database import Database, Row, Writing

Pairs = list[tuple[str, str]]

_decode = msgspec.json.Decoder(Pairs).decode
_encode = msgspec.json.encode


@dataclass(frozen=True, slots=True)
class Draft:
    rid: str
    item_id: str
    clerk_id: str
    version: int
    saved_ms: int
    pairs: Pairs


class DraftMoved(RuntimeError):
    """Another tab or another clerk saved this draft, or filed it, since it was opened."""


class Drafts:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[Draft]:
        """Newest first."""
        rows = await self._database.rows("SELECT * FROM draft ORDER BY saved_ms DESC, rid LIMIT 100")
        return [_draft(row) for row in rows]

    async def find(self, rid: str) -> Draft | None:
        row = await self._database.row("SELECT * FROM draft WHERE rid = ?", rid)
        return _draft(row) if row else None

    async def save(self, draft: Draft) -> Draft:
        """Write what was typed over `draft.version`; 0 is a first save.

        Raises:
            DraftMoved: the stored version is another one.
        """

        async def work(tx: Writing) -> Row | None:
            if draft.version == 0:
                return await tx.row(
                    "INSERT INTO draft (rid, item_id, clerk_id, version, saved_ms, pairs) VALUES (?, ?, ?, 1, ?, ?)"
                    " ON CONFLICT DO NOTHING RETURNING *",
                    draft.rid,
                    draft.item_id,
                    draft.clerk_id,
                    draft.saved_ms,
                    _encode(draft.pairs),
                )
            return await tx.row(
                "UPDATE draft SET version = version + 1, clerk_id = ?, saved_ms = ?, pairs = ?"
                " WHERE rid = ? AND version = ? RETURNING *",
                draft.clerk_id,
                draft.saved_ms,
                _encode(draft.pairs),
                draft.rid,
                draft.version,
            )

        row = await self._database.write(work)
        if row is None:
            raise DraftMoved
        return _draft(row)

    async def drop(self, rid: str) -> None:
        async def work(tx: Writing) -> None:
            await tx.run("DELETE FROM draft WHERE rid = ?", rid)

        await self._database.write(work)


def _draft(row: Row) -> Draft:
    return Draft(
        rid=row["rid"],
        item_id=row["item_id"],
        clerk_id=row["clerk_id"],
        version=row["version"],
        saved_ms=row["saved_ms"],
        pairs=_decode(row["pairs"]),
    )
