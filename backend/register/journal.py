"""Chained histories read for the audit: what an anchor covers, which no longer hold, who did what.

It knows tables and how a history is rebuilt by what it is told, no feature by name. Reads only.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from backend import db
from backend.audit.anchors import Trace
from backend.audit.histories import Break, Line, Search
from backend.instants import from_ms
from backend.register.event_chain import ChainBroken
from backend.register.walking import walk

BATCH: Final = 25
"""Histories rebuilt at a time: some milliseconds, for nobody else is served meanwhile."""
LOOKS: Final = 5
"""How often a history that does not hold is read again while its owner goes on moving."""

Row = Mapping[str, Any]
Rebuilt = Callable[[Row, Sequence[Row]], tuple[int, str]]
"""How many events a history has and in which state it ends, proved; raises ChainBroken, or ValueError if unreadable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """The histories of one register.

    Args:
        events, owners: tables of the events and of what they belong to.
        owner_id: the column of `events` that names the owner.
        number: the column of `owners` that people use.
        labels: what an action is called, by its word.
    """

    kind: str
    events: str
    owners: str
    owner_id: str
    number: str
    labels: Mapping[str, str]
    rebuilt: Rebuilt

    async def traces(self, tenant_id: str, since: datetime, until: datetime) -> Sequence[Trace]:
        """Place and hash of every event of a time, as stored."""
        rows = await db.long_read(
            f"SELECT {self.owner_id} AS owner, seq, hash FROM {self.events}"  # noqa: S608
            " WHERE tenant_id = ? AND at >= ? AND at < ?",
            [tenant_id, since, until],
        )
        return [Trace(self.kind, row["owner"], row["seq"], row["hash"]) for row in rows]

    async def breaks(self, tenant_id: str) -> Sequence[Break]:
        """Every history that was altered or cut short, and events whose owner is gone.

        The office may go on working meanwhile: a history that moved between two reads is not called broken.
        """
        found = [Break(each, 0) for each in await self._orphans(tenant_id)]
        async for ids in walk(self.owners, tenant_id, batch=BATCH):
            marks = ", ".join("?" * len(ids))
            rows = await db.long_read(f"SELECT * FROM {self.owners} WHERE id IN ({marks}) ORDER BY id", ids)  # noqa: S608
            events = await self._events_of(ids)
            doubtful = [row for row in rows if self._break(row, events.get(row["id"], []))]
            found += [one for row in doubtful if (one := await self._still_broken(row))]
        return found

    async def search(self, asked: Search) -> Sequence[Line]:
        """Events found, newest first; nothing of what was written at them."""
        conditions: list[tuple[str, Any]] = [
            ("tenant_id = ?", asked.tenant_id),
            ("actor_id = ?", asked.actor_id),
            (f"{self.owner_id} = ?", asked.subject_id),
            ("action = ?", asked.action),
            ("at >= ?", asked.since),
            ("at < ?", asked.until),
            ("id < ?", asked.before),
        ]
        said = [(text, value) for text, value in conditions if value]
        rows = await db.long_read(
            f"SELECT id, {self.owner_id} AS owner, at, actor_id, action FROM {self.events}"  # noqa: S608
            f" WHERE {' AND '.join(text for text, _ in said)} ORDER BY id DESC LIMIT ?",
            [*(value for _, value in said), asked.limit],
        )
        return [
            Line(
                number=row["id"],
                at=from_ms(row["at"]),
                actor_id=row["actor_id"],
                action_label=self.labels.get(row["action"], row["action"]),
                subject_kind=self.kind,
                subject_id=row["owner"],
            )
            for row in rows
        ]

    async def find_subject(self, tenant_id: str, number: str) -> str:
        """The id under a number people use; "" when there is none."""
        row = await db.row(
            f"SELECT id FROM {self.owners} WHERE tenant_id = ? AND {self.number} = ?",  # noqa: S608
            [tenant_id, number],
        )
        return str(row["id"]) if row else ""

    async def numbers(self, tenant_id: str, ids: Sequence[str]) -> dict[str, str]:
        """The numbers people use, by id; of those that are there."""
        if not ids:
            return {}
        found = await db.long_read(
            # Asked for the township, too, SQLite would rather read all of it than a few rows by their ids.
            f"SELECT id, tenant_id, {self.number} AS number FROM {self.owners}"  # noqa: S608
            f" WHERE id IN ({', '.join('?' * len(ids))})",
            ids,
        )
        return {row["id"]: str(row["number"]) for row in found if row["tenant_id"] == tenant_id}

    async def _still_broken(self, row: Row) -> Break | None:
        """Whether it does not hold either when its owner stands still from before its events are read to after."""
        now: Row | None = row
        found = None
        for _ in range(LOOKS):
            before = now
            events = (await self._events_of([row["id"]])).get(row["id"], [])
            now = await self._owner(row["id"])
            found = self._break(before, events) if before else Break(row["id"], 0)
            if found is None or before == now:
                return found
        return found

    async def _owner(self, owner_id: str) -> Row | None:
        found = await db.long_read(f"SELECT * FROM {self.owners} WHERE id = ?", [owner_id])  # noqa: S608
        return next(iter(found), None)

    async def _orphans(self, tenant_id: str) -> Sequence[str]:
        found = await db.long_read(
            f"SELECT DISTINCT {self.owner_id} AS owner FROM {self.events} AS one WHERE tenant_id = ?"  # noqa: S608
            f" AND NOT EXISTS (SELECT 1 FROM {self.owners} AS kept WHERE kept.id = one.{self.owner_id})",
            [tenant_id],
        )
        return [row["owner"] for row in found]

    async def _events_of(self, ids: Sequence[str]) -> Mapping[str, list[Row]]:
        marks = ", ".join("?" * len(ids))
        events: dict[str, list[Row]] = {}
        for event in await db.long_read(
            f"SELECT * FROM {self.events} WHERE {self.owner_id} IN ({marks})"  # noqa: S608
            f" ORDER BY {self.owner_id}, seq",
            ids,
        ):
            events.setdefault(event[self.owner_id], []).append(event)
        return events

    def _break(self, row: Row, events: Sequence[Row]) -> Break | None:
        """A history must follow event by event, be as long and end as its owner says."""
        try:
            version, state = self.rebuilt(row, events)
        except ChainBroken as broken:
            return Break(row["id"], broken.seq)
        except ValueError:
            return Break(row["id"], 0)
        return None if (version, state) == (row["version"], row["state"]) else Break(row["id"], version + 1)
