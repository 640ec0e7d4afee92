"""All queries of what passes between township and villages besides cases: notices down, 帮办 visits up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from backend import db
from backend.instants import from_ms

_ids = msgspec.json.Decoder(tuple[str, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageNotice:
    """A notice to village computers. `villages` empty: to all; `until`: the last day it is shown."""

    id: str
    title: str
    text: str
    until: date
    villages: tuple[str, ...]
    made_at: datetime

    def is_for(self, village_id: str) -> bool:
        return not self.villages or village_id in self.villages


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A visit, its words sealed. `about`: the case's record, if it had one."""

    id: str
    village_id: str
    node: int
    about: str | None
    body: bytes
    received_at: datetime


async def add_notice(notice: VillageNotice, *, tenant_id: str, by: str) -> None:
    await db.insert_many(
        "village_notice",
        ("id", "tenant_id", "title", "text", "until", "villages", "made_at", "made_by"),
        [
            (
                notice.id,
                tenant_id,
                notice.title,
                notice.text,
                notice.until,
                msgspec.json.encode(notice.villages).decode(),
                notice.made_at,
                by,
            )
        ],
    )


async def end_notice(tenant_id: str, notice_id: str, *, until: date) -> bool:
    """False: no such notice, or it ends no later by itself."""
    ended = await db.row(
        "UPDATE village_notice SET until = ? WHERE id = ? AND tenant_id = ? AND until > ? RETURNING id",
        [until, notice_id, tenant_id, until],
    )
    return ended is not None


async def notices(tenant_id: str, *, since: date) -> list[VillageNotice]:
    """Those that ended on `since` or later, or have not ended, the newest first."""
    found = await db.rows(
        "SELECT id, title, text, until, villages, made_at FROM village_notice"
        " WHERE tenant_id = ? AND until >= ? ORDER BY made_at DESC, id DESC",
        [tenant_id, since],
    )
    return [
        VillageNotice(
            id=row["id"],
            title=row["title"],
            text=row["text"],
            until=date.fromisoformat(row["until"]),
            villages=_ids.decode(row["villages"]),
            made_at=from_ms(row["made_at"]),
        )
        for row in found
    ]


async def add_visit(visit: Stored, *, tenant_id: str) -> None:
    """Once for each record, however often it comes."""
    await db.insert_many(
        "village_visit",
        ("id", "tenant_id", "village_id", "node_number", "about", "body", "received_at"),
        [(visit.id, tenant_id, visit.village_id, visit.node, visit.about, visit.body, visit.received_at)],
        conflict="ON CONFLICT DO NOTHING",
    )


async def visits(tenant_id: str, *, before_ms: int, limit: int) -> Sequence[Stored]:
    """Visits received before a moment, the newest first."""
    found = await db.long_read(
        "SELECT id, village_id, node_number, about, body, received_at FROM village_visit"
        " WHERE tenant_id = ? AND received_at < ? ORDER BY received_at DESC, id DESC LIMIT ?",
        [tenant_id, before_ms, limit],
    )
    return [
        Stored(
            id=row["id"],
            village_id=row["village_id"],
            node=row["node_number"],
            about=row["about"],
            body=bytes(row["body"]),
            received_at=from_ms(row["received_at"]),
        )
        for row in found
    ]
