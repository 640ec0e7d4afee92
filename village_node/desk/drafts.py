"""What a clerk has typed and not yet filed. A draft is exactly the pairs of its form, so that nothing typed is lost.

Drafts belong to the centre, not to a person: anybody there may go on with one. Only one browser tab may save at a
time; whoever takes over ends the other tab's right, and what that tab still sends is kept beside the draft and shown.

The `rid` is made with the form and becomes the case's; a save carries the version it started from.
"""

from dataclasses import dataclass

import msgspec

from village_node.storage.database import Database, Row, Writing

Pairs = list[tuple[str, str]]

_decode = msgspec.json.Decoder(Pairs).decode
_encode = msgspec.json.encode


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft as it stands.

    Args:
        clerk_name: who wrote in it last.
        tab: the one browser tab that may save; "" while nobody is writing.
        version: rises with every save; 0 is one that was never saved.
    """

    rid: str
    item_id: str
    clerk_id: str
    version: int
    saved_ms: int
    pairs: Pairs
    clerk_name: str = ""
    tab: str = ""

    def busy_for(self, tab: str) -> bool:
        """Whether another tab than this one has the turn."""
        return self.tab not in {"", tab}


@dataclass(frozen=True, slots=True)
class Aside:
    """What a tab had typed when somebody else went on with its draft."""

    clerk_name: str
    saved_ms: int
    pairs: Pairs


class DraftMoved(RuntimeError):
    """The same tab, open twice, saved another version meanwhile; or the draft is filed or dropped."""


class DraftTaken(RuntimeError):
    """Somebody else is writing; what this tab sent is kept beside the draft."""


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

    async def save(self, draft: Draft, *, put_down: bool = False) -> Draft:
        """Write what was typed over `draft.version`, as tab `draft.tab`.

        Args:
            put_down: nobody is writing afterwards: the next one who opens it goes on at once.

        Raises:
            DraftTaken: another tab has the turn; what this one sent lies beside the draft now.
            DraftMoved: the stored version is another one.
        """

        async def work(tx: Writing) -> Row | None:
            row = await _write(tx, draft, "" if put_down else draft.tab)
            if row is None:
                await _keep_aside(tx, draft)
            return row

        row = await self._database.write(work)
        if row is not None:
            return _draft(row)
        current = await self.find(draft.rid)
        raise DraftTaken if current and current.busy_for(draft.tab) else DraftMoved

    async def take_over(self, rid: str, *, tab: str, clerk_id: str, clerk_name: str) -> Draft | None:
        """Give the turn to `tab`; None if there is no such draft any more."""

        async def work(tx: Writing) -> Row | None:
            return await tx.row(
                "UPDATE draft SET tab = ?, clerk_id = ?, clerk_name = ?, version = version + 1"
                " WHERE rid = ? RETURNING *",
                tab,
                clerk_id,
                clerk_name,
                rid,
            )

        row = await self._database.write(work)
        return _draft(row) if row else None

    async def keep_beside_case(self, draft: Draft) -> None:
        """Keep what was typed into a draft that is filed already."""
        await self._database.write(lambda tx: keep_beside_case(tx, draft))

    async def asides(self, rid: str) -> list[Aside]:
        """Oldest first."""
        rows = await self._database.rows(
            "SELECT * FROM draft_aside WHERE rid = ? ORDER BY saved_ms, tab", rid
        )
        return [Aside(row["clerk_name"], row["saved_ms"], _decode(row["pairs"])) for row in rows]

    async def drop(self, rid: str) -> None:
        await self._database.write(lambda tx: forget(tx, rid))


async def may_file(tx: Writing, draft: Draft) -> bool:
    """Part of the transaction that files it: whether nobody wrote another version or took the turn meanwhile.

    If somebody has the turn, what this tab sent is kept beside the draft.
    """
    other = await tx.row(
        "SELECT 1 FROM draft WHERE rid = ? AND (version <> ? OR tab NOT IN ('', ?))",
        draft.rid,
        draft.version,
        draft.tab,
    )
    if other is not None:
        await _keep_aside(tx, draft)
    return other is None


async def keep_beside_case(tx: Writing, draft: Draft) -> None:
    """Keep what was typed into a draft that somebody else had filed already."""
    await tx.run(
        "INSERT INTO draft_aside (rid, tab, clerk_name, saved_ms, pairs) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (rid, tab) DO UPDATE SET saved_ms = excluded.saved_ms, pairs = excluded.pairs",
        draft.rid,
        draft.tab,
        draft.clerk_name,
        draft.saved_ms,
        _encode(draft.pairs),
    )


async def forget(tx: Writing, rid: str) -> None:
    """Part of the transaction that files or drops it."""
    await tx.run("DELETE FROM draft WHERE rid = ?", rid)
    await tx.run("DELETE FROM draft_aside WHERE rid = ?", rid)


async def _write(tx: Writing, draft: Draft, tab: str) -> Row | None:
    if draft.version == 0:
        return await tx.row(
            "INSERT INTO draft (rid, item_id, clerk_id, clerk_name, tab, version, saved_ms, pairs)"
            " VALUES (?, ?, ?, ?, ?, 1, ?, ?) ON CONFLICT DO NOTHING RETURNING *",
            draft.rid,
            draft.item_id,
            draft.clerk_id,
            draft.clerk_name,
            tab,
            draft.saved_ms,
            _encode(draft.pairs),
        )
    return await tx.row(
        "UPDATE draft SET version = version + 1, clerk_id = ?, clerk_name = ?, tab = ?, saved_ms = ?, pairs = ?"
        " WHERE rid = ? AND version = ? AND tab IN ('', ?) RETURNING *",
        draft.clerk_id,
        draft.clerk_name,
        tab,
        draft.saved_ms,
        _encode(draft.pairs),
        draft.rid,
        draft.version,
        draft.tab,
    )


async def _keep_aside(tx: Writing, draft: Draft) -> None:
    """The latest of each tab, where another one has the turn."""
    await tx.run(
        "INSERT INTO draft_aside (rid, tab, clerk_name, saved_ms, pairs)"
        " SELECT ?1, ?2, ?3, ?4, ?5 FROM draft WHERE rid = ?1 AND tab NOT IN ('', ?2)"
        " ON CONFLICT (rid, tab) DO UPDATE SET saved_ms = excluded.saved_ms, pairs = excluded.pairs",
        draft.rid,
        draft.tab,
        draft.clerk_name,
        draft.saved_ms,
        _encode(draft.pairs),
    )


def _draft(row: Row) -> Draft:
    return Draft(
        rid=row["rid"],
        item_id=row["item_id"],
        clerk_id=row["clerk_id"],
        version=row["version"],
        saved_ms=row["saved_ms"],
        pairs=_decode(row["pairs"]),
        clerk_name=row["clerk_name"],
        tab=row["tab"],
    )
