"""What the clerk should be able to look up about this computer: when it last met the township, and what happened here.

Facts are ids, counts and codes, never names or papers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from village_node.storage.database import Database, Writing


@dataclass(frozen=True, slots=True)
class Contact:
    """The latest meeting.

    Args:
        met_ms: the last answer of the township, by this computer's clock; None: never.
        offset_ms: how far this clock was ahead of the township's then.
        trouble: why the latest try failed; "" if it did not.
    """

    met_ms: int | None
    offset_ms: int | None
    trouble: str

    @property
    def township_ms(self) -> int | None:
        """What the township's clock said at that meeting."""
        if self.met_ms is None or self.offset_ms is None:
            return None
        return self.met_ms - self.offset_ms


NEVER: Final = Contact(None, None, "")


async def note(
    tx: Writing, what: str, *, at_ms: int, clerk_id: str = "", facts: Mapping[str, str | int] | None = None
) -> None:
    """One line in the log, in the transaction of what it tells about."""
    await tx.run(
        "INSERT INTO log (at_ms, clerk_id, what, facts) VALUES (?, ?, ?, ?)",
        at_ms,
        clerk_id,
        what,
        msgspec.json.encode(facts or {}).decode(),
    )


class Journal:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, what: str, *, at_ms: int, clerk_id: str = "", **facts: str | int) -> None:
        await self._database.write(lambda tx: note(tx, what, at_ms=at_ms, clerk_id=clerk_id, facts=facts))

    async def latest(self, what: str) -> tuple[int, dict[str, str | int]] | None:
        """When something was last noted, by this computer's clock in milliseconds, and its facts."""
        row = await self._database.row(
            "SELECT at_ms, facts FROM log WHERE what = ? ORDER BY id DESC LIMIT 1", what
        )
        return (row["at_ms"], msgspec.json.decode(row["facts"])) if row else None

    async def contact(self) -> Contact:
        row = await self._database.row("SELECT met_ms, offset_ms, trouble FROM contact")
        return Contact(row["met_ms"], row["offset_ms"], row["trouble"]) if row else NEVER

    async def met(self, *, at_ms: int, township_ms: int) -> None:
        async def work(tx: Writing) -> None:
            await tx.run(
                "UPDATE contact SET met_ms = ?, offset_ms = ?, trouble = ''", at_ms, at_ms - township_ms
            )

        await self._database.write(work)

    async def missed(self, trouble: str) -> None:
        async def work(tx: Writing) -> None:
            await tx.run("UPDATE contact SET trouble = ?", trouble)

        await self._database.write(work)
