"""All queries of the outbox; sealed bytes in, sealed bytes out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from backend.db import Row, insert_many, long_read, row, rows
from backend.ids import new_id
from backend.instants import from_ms
from backend.outbox.parcel import Line, Outcome, Parcel, ParcelState, Stored

COLUMNS: Final = (
    "id",
    "tenant_id",
    "line",
    "kind",
    "key",
    "stream",
    "place",
    "about_kind",
    "about_id",
    "facts",
    "sealed",
    "to_index",
    "owner_id",
    "village_id",
    "state",
    "channel",
    "tried",
    "tries",
    "due_at",
    "lease",
    "reason",
    "receipt",
    "made_at",
    "changed_at",
)
_ALL: Final = ", ".join(COLUMNS)
_facts = msgspec.json.Decoder(dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many parcels of one kind and way stand in one state, and since when the oldest."""

    kind: str
    channel: str
    state: ParcelState
    total: int
    oldest: datetime


async def add(parcels: Sequence[tuple[str, Parcel, bytes | None]]) -> set[str]:
    """Write parcels with the ids and sealed parts made for them; the ids of those whose keys were free."""
    added = await insert_many(
        "outbox",
        COLUMNS,
        [_line(parcel_id, parcel, sealed) for parcel_id, parcel, sealed in parcels],
        conflict="ON CONFLICT DO NOTHING",
        returning="id",
    )
    return {found["id"] for found in added}


def _line(parcel_id: str, parcel: Parcel, sealed: bytes | None) -> list[object]:
    return [
        parcel_id,
        parcel.tenant_id,
        parcel.line,
        parcel.kind,
        parcel.key,
        parcel.stream,
        parcel.place,
        parcel.about_kind,
        parcel.about_id,
        msgspec.json.encode(dict(parcel.facts)).decode(),
        sealed,
        parcel.to_index,
        parcel.owner_id,
        parcel.village_id,
        ParcelState.WAITING,
        "",
        "",
        0,
        parcel.due_at,
        "",
        "",
        "",
        parcel.made_at,
        parcel.made_at,
    ]


_EARLIER: Final = (
    "NOT EXISTS (SELECT 1 FROM outbox e WHERE e.line = o.line AND e.stream = o.stream AND o.stream <> ''"
    " AND e.place < o.place AND e.tenant_id = o.tenant_id AND e.state NOT IN ('sent', 'cancelled'))"
)


async def take(line: Line, *, at: datetime, until: datetime, limit: int) -> list[tuple[Stored, bytes | None]]:
    """Up to `limit` parcels that are due, the longest waiting first, for this caller alone until `until`.

    The UPDATE carries the test once more: of two takers at once the second finds the row moved on.
    """
    lease = new_id()
    taken = await rows(
        "UPDATE outbox SET lease = ?, due_at = ? WHERE id IN (SELECT o.id FROM outbox o WHERE o.line = ?"  # noqa: S608
        f" AND o.state = 'waiting' AND o.due_at <= ? AND {_EARLIER} ORDER BY o.due_at, o.id LIMIT ?)"
        f" AND state = 'waiting' AND due_at <= ? RETURNING {_ALL}",
        [lease, until, line, at, limit, at],
    )
    return [(_stored(found), found["sealed"]) for found in sorted(taken, key=lambda each: each["id"])]


async def settle(stored: Stored, outcome: Outcome, *, at: datetime) -> bool:
    """Write down what a try came to; False if somebody else has the parcel by now."""
    written = await row(
        "UPDATE outbox SET state = ?, channel = ?, tried = ?, tries = ?, due_at = ?, reason = ?, receipt = ?,"
        " changed_at = ?, lease = '' WHERE id = ? AND lease = ? AND state = ? RETURNING id",
        [*_outcome(stored, outcome), at, stored.id, stored.lease, stored.state],
    )
    return written is not None


def _outcome(stored: Stored, outcome: Outcome) -> list[object]:
    return [
        outcome.state,
        outcome.channel,
        ",".join(outcome.tried),
        outcome.tries,
        outcome.due_at or stored.due_at,
        outcome.reason,
        outcome.receipt,
    ]


async def find(tenant_id: str, line: Line, parcel_id: str) -> tuple[Stored, bytes | None] | None:
    found = await row(
        f"SELECT {_ALL} FROM outbox WHERE id = ? AND tenant_id = ? AND line = ?",  # noqa: S608
        [parcel_id, tenant_id, line],
    )
    return (_stored(found), found["sealed"]) if found else None


async def page(
    tenant_id: str, line: Line, states: Collection[ParcelState], *, before: str, limit: int
) -> list[tuple[Stored, bytes | None]]:
    """Those in the given states, newest first; `before` is the last id of the page before."""
    marks = ", ".join("?" * len(states))
    found = await rows(
        f"SELECT {_ALL} FROM outbox WHERE tenant_id = ? AND line = ? AND state IN ({marks})"  # noqa: S608
        " AND id < ? ORDER BY id DESC LIMIT ?",
        [tenant_id, line, *states, before or "g", limit],
    )
    return [(_stored(each), each["sealed"]) for each in found]


async def between(
    tenant_id: str,
    line: Line,
    *,
    states: Collection[ParcelState],
    since: datetime,
    until: datetime,
    limit: int,
) -> list[tuple[Stored, bytes | None]]:
    """Those made from `since` up to, not including, `until`, oldest first."""
    marks = ", ".join("?" * len(states))
    found = await rows(
        f"SELECT {_ALL} FROM outbox WHERE tenant_id = ? AND line = ? AND state IN ({marks})"  # noqa: S608
        " AND made_at >= ? AND made_at < ? ORDER BY made_at, stream, place, id LIMIT ?",
        [tenant_id, line, *states, since, until, limit],
    )
    return [(_stored(each), each["sealed"]) for each in found]


async def of_owner(owner_id: str, line: Line, *, limit: int) -> list[tuple[Stored, bytes | None]]:
    """What was written for one account, newest first."""
    found = await rows(
        f"SELECT {_ALL} FROM outbox WHERE owner_id = ? AND line = ? ORDER BY id DESC LIMIT ?",  # noqa: S608
        [owner_id, line, limit],
    )
    return [(_stored(each), each["sealed"]) for each in found]


async def last_to(to_index: str, line: Line) -> Stored | None:
    """What was last handed over to the owner of a telephone number."""
    found = await row(
        f"SELECT {_ALL} FROM outbox WHERE to_index = ? AND line = ? AND state = 'sent'"  # noqa: S608
        " ORDER BY id DESC LIMIT 1",
        [to_index, line],
    )
    return _stored(found) if found else None


async def count(tenant_id: str, line: Line, *, since: datetime) -> list[Counted]:
    """How everything made since then stands, and whatever still waits, however old."""
    found = await long_read(
        "SELECT kind, channel, state, COUNT(*) AS total, MIN(made_at) AS oldest FROM outbox"
        " WHERE tenant_id = ? AND line = ? AND (made_at >= ? OR state IN ('waiting', 'by_hand', 'dead'))"
        " GROUP BY kind, channel, state",
        [tenant_id, line, since],
    )
    return [
        Counted(
            kind=each["kind"],
            channel=each["channel"],
            state=ParcelState(each["state"]),
            total=each["total"],
            oldest=from_ms(each["oldest"]),
        )
        for each in found
    ]


async def reopen(
    tenant_id: str, line: Line, *, since: datetime, until: datetime, at: datetime, forgotten_before: datetime
) -> int:
    """Send again what was made in a period and is settled; how many that are."""
    found = await rows(
        "UPDATE outbox SET state = 'waiting', tries = 0, due_at = ?, reason = '', changed_at = ?"
        " WHERE tenant_id = ? AND line = ? AND made_at >= ? AND made_at < ? AND made_at >= ?"
        " AND state IN ('sent', 'dead') RETURNING id",
        [at, at, tenant_id, line, since, until, forgotten_before],
    )
    return len(found)


async def forget(line: Line, *, before: datetime) -> int:
    """Drop the sealed part of what was settled, or left to a person, before then; how many that were."""
    found = await rows(
        "UPDATE outbox SET sealed = NULL WHERE line = ? AND sealed IS NOT NULL AND changed_at < ?"
        " AND state <> 'waiting' RETURNING id",
        [line, before],
    )
    return len(found)


def _stored(found: Mapping[str, object] | Row) -> Stored:
    one: Row = dict(found)
    return Stored(
        id=one["id"],
        parcel=Parcel(
            tenant_id=one["tenant_id"],
            line=Line(one["line"]),
            kind=one["kind"],
            key=one["key"],
            made_at=from_ms(one["made_at"]),
            due_at=from_ms(one["due_at"]),
            stream=one["stream"],
            place=one["place"],
            about_kind=one["about_kind"],
            about_id=one["about_id"],
            facts=_facts.decode(one["facts"]),
            to_index=one["to_index"],
            owner_id=one["owner_id"],
            village_id=one["village_id"],
        ),
        state=ParcelState(one["state"]),
        channel=one["channel"],
        tried=tuple(filter(None, one["tried"].split(","))),
        tries=one["tries"],
        due_at=from_ms(one["due_at"]),
        reason=one["reason"],
        receipt=one["receipt"],
        lease=one["lease"],
        changed_at=from_ms(one["changed_at"]),
    )
