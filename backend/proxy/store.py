"""Reading and moving errands: the one door by actor, the conditional write. Rows never leave this file."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from api_spec.errors import ErrorCode
from api_spec.vocabulary import Channel, ErrandAction, ErrandState, Role
from backend import db
from backend.actors import Actor
from backend.faults import Fault
from backend.instants import from_ms
from backend.proxy import history, trail
from backend.proxy.conditions import OWNER
from backend.proxy.deadlines import Dues
from backend.proxy.errand import OPEN_STATES, Errand, Event, EventFacts, Terms
from backend.proxy.machine import VILLAGE
from backend.proxy.records import Entry, ErrandRecord, Row
from backend.register.event_chain import facts_text

TOWNSHIP_WIDE = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR, Role.SUPERVISOR, Role.SYSTEM})

EVENT_COLUMNS = (
    "tenant_id",
    "errand_id",
    "seq",
    "at",
    "actor_id",
    "actor_role",
    "action",
    "before",
    "after",
    "note",
    "facts",
    "prev_hash",
    "hash",
)
_EVENTS = "SELECT * FROM errand_events WHERE errand_id = ? ORDER BY seq"
_MOVE = """
    UPDATE errands SET state = ?, version = ?, is_open = ?, due_on = ?, soon_on = ?, provisional = ?,
        trail = ?, paper = ?, batch = ?, changed_at = ?
    WHERE id = ? AND version = ? AND (? = 1 OR held_fen = 0) RETURNING id
"""

_facts = msgspec.json.Decoder(EventFacts)
_terms = msgspec.json.Decoder(Terms)


def reach(actor: Actor) -> tuple[str, list[Any]]:
    """The one door: what part of `errands` an actor may know of, as a condition and its values.

    The widest of a person's posts counts. A partner's clerk knows what was handed to that partner, nothing else.
    """
    if actor.has(TOWNSHIP_WIDE):
        return "tenant_id = ?", [actor.tenant_id]
    if actor.has({Role.WINDOW}) and actor.department_id:
        return "tenant_id = ? AND department_id = ?", [actor.tenant_id, actor.department_id]
    if actor.has(VILLAGE) and actor.village_id:
        return "tenant_id = ? AND village_id = ?", [actor.tenant_id, actor.village_id]
    if actor.has({Role.PARTNER}) and actor.partner:
        return "tenant_id = ? AND partner = ? AND batch <> ''", [actor.tenant_id, actor.partner]
    if actor.has(OWNER) and actor.id:
        return "owner_id = ?", [actor.id]
    return "1 = 0", []


async def load(errand_id: str, actor: Actor) -> ErrandRecord:
    """An errand with its history, rebuilt and proved.

    Raises:
        Fault: ERRAND_NOT_FOUND no such errand, or none this actor may know of; the two look alike.
        ChainBroken: its history was tampered with.
    """
    where, values = reach(actor)
    row = await db.row(f"SELECT * FROM errands WHERE id = ? AND {where}", [errand_id, *values])  # noqa: S608
    if row is None:
        raise Fault(ErrorCode.ERRAND_NOT_FOUND)
    return record_of(row, await db.rows(_EVENTS, [errand_id]))


async def load_by_code(tracking_code: str, actor: Actor) -> ErrandRecord:
    """As `load`, by the code on the slip."""
    row = await db.row("SELECT id FROM errands WHERE tracking_code = ?", [tracking_code])
    if row is None:
        raise Fault(ErrorCode.ERRAND_NOT_FOUND)
    return await load(row["id"], actor)


async def find_id(tenant_id: str, rid: str) -> str | None:
    """The errand filed under an idempotency id, for what a node sends about it later."""
    row = await db.row("SELECT id FROM errands WHERE tenant_id = ? AND rid = ?", [tenant_id, rid])
    return str(row["id"]) if row else None


async def record(before: ErrandRecord, after: Errand, events: Sequence[Event], *, dues: Dues) -> None:
    """Write `events` if nobody moved the errand since it was loaded; inside the caller's transaction.

    One UPDATE carries the test, because SQLite has no row locks; it also carries that a closed errand holds no money,
    which may have come in since.

    Raises:
        Fault: CASE_MOVED or MONEY_NOT_BALANCED; nothing was written.
    """
    last, open_now = events[-1], int(after.state in OPEN_STATES)
    moved = await db.row(
        _MOVE,
        [
            last.after,
            last.seq,
            open_now,
            dues.due_on,
            dues.soon_on,
            int(dues.provisional),
            trail.text(trail.trail([*before.events, *events])),
            int(bool(after.paper)),
            after.batch,
            last.at,
            after.id,
            before.errand.version,
            open_now,
        ],
    )
    if moved is None:
        await _refuse_move(before)
    await db.insert_many(
        "errand_events", EVENT_COLUMNS, [event_values(after.tenant_id, one) for one in events]
    )


async def _refuse_move(before: ErrandRecord) -> None:
    row = await db.row("SELECT version, held_fen FROM errands WHERE id = ?", [before.errand.id])
    if row is not None and row["version"] == before.errand.version:
        raise Fault(ErrorCode.MONEY_NOT_BALANCED, held_fen=row["held_fen"])
    raise Fault(ErrorCode.CASE_MOVED, version=before.errand.version)


async def reseal(errand_id: str, sealed: bytes) -> None:
    """Replace an errand's personal part; in the transaction that records why."""
    await db.row("UPDATE errands SET sealed = ? WHERE id = ? RETURNING id", [sealed, errand_id])


async def find_code(tenant_id: str, number: str) -> str | None:
    """The tracking code under a number of this township."""
    row = await db.row(
        "SELECT tracking_code FROM errands WHERE tenant_id = ? AND number = ?", [tenant_id, number]
    )
    return str(row["tracking_code"]) if row else None


async def find_public(tracking_code: str) -> Row | None:
    """What is kept for whoever holds a tracking code: one point read of what is committed."""
    row = await db.point_read("SELECT * FROM errands WHERE tracking_code = ?", [tracking_code])
    return None if row is None else as_row(row)


def event_values(tenant_id: str, one: Event) -> list[Any]:
    """An event as a row of `errand_events`."""
    return [
        tenant_id,
        one.errand_id,
        one.seq,
        one.at,
        one.actor_id,
        one.actor_role,
        one.action,
        one.before,
        one.after,
        one.note,
        facts_text(one.facts),
        one.prev_hash,
        one.hash,
    ]


def as_row(row: Mapping[str, Any]) -> Row:
    return Row(
        errand_id=row["id"],
        tenant_id=row["tenant_id"],
        rid=row["rid"],
        number=row["number"],
        tracking_code=row["tracking_code"],
        state=ErrandState(row["state"]),
        version=row["version"],
        terms=_terms.decode(row["terms"]),
        trail=trail.read(row["trail"]),
        paper=bool(row["paper"]),
        department_id=row["department_id"],
        village_id=row["village_id"],
        owner_id=row["owner_id"],
        channel=Channel(row["channel"]),
        sealed=bytes(row["sealed"]),
        dues=Dues(
            date.fromisoformat(row["due_on"]), date.fromisoformat(row["soon_on"]), bool(row["provisional"])
        ),
        held_fen=row["held_fen"],
        batch=row["batch"],
        received_at=from_ms(row["received_at"]),
        changed_at=from_ms(row["changed_at"]),
    )


def record_of(row: Mapping[str, Any], event_rows: Sequence[Mapping[str, Any]]) -> ErrandRecord:
    events = tuple(_event(each) for each in event_rows)
    unmoved = Errand(
        id=row["id"],
        tenant_id=row["tenant_id"],
        department_id=row["department_id"],
        village_id=row["village_id"],
        owner_id=row["owner_id"],
        terms=_terms.decode(row["terms"]),
        held_fen=row["held_fen"],
    )
    entry = Entry(
        errand_id=row["id"],
        tenant_id=row["tenant_id"],
        rid=row["rid"],
        number=row["number"],
        tracking_code=row["tracking_code"],
        channel=Channel(row["channel"]),
        node_id=row["node_id"],
        node_time=row["node_time"],
        pack_sha=row["pack_sha"],
        received_at=from_ms(row["received_at"]),
    )
    return ErrandRecord(
        entry=entry, errand=history.rebuild(unmoved, events), events=events, sealed=bytes(row["sealed"])
    )


def _event(row: Mapping[str, Any]) -> Event:
    return Event(
        errand_id=row["errand_id"],
        seq=row["seq"],
        at=from_ms(row["at"]),
        actor_id=row["actor_id"],
        actor_role=Role(row["actor_role"]),
        action=ErrandAction(row["action"]),
        before=ErrandState(row["before"]) if row["before"] else None,
        after=ErrandState(row["after"]),
        note=row["note"],
        facts=_facts.decode(row["facts"]),
        prev_hash=row["prev_hash"],
        hash=row["hash"],
    )
