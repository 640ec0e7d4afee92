"""Reading and moving cases: the one door by actor, the conditional write. Rows never leave this file."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from api_spec.errors import ErrorCode
from api_spec.vocabulary import CaseAction, CaseState, Channel, ClockEffect, Role, WindowType
from backend import db
from backend.actors import Actor
from backend.cases import history, trail
from backend.cases.case import OPEN_STATES, Event, EventFacts, Terms
from backend.cases.deadlines import NO_DAY
from backend.cases.records import Card, CaseRecord, Dues, Entry, Origin, PublicRow
from backend.cases.trail import Trail
from backend.faults import Fault
from backend.instants import from_ms
from backend.register.event_chain import facts_text

TOWNSHIP_WIDE = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR, Role.SUPERVISOR, Role.SYSTEM})
DEPARTMENTAL = frozenset({Role.WINDOW, Role.GROUP_LEADER, Role.BACK_OFFICE, Role.DEPARTMENT_HEAD})
ABOVE = frozenset({Role.SUPERIOR})
VILLAGE = frozenset({Role.VILLAGE_CLERK, Role.NODE})
OWNER = frozenset({Role.CITIZEN, Role.AGENT})

EVENT_COLUMNS = (
    "tenant_id",
    "case_id",
    "seq",
    "at",
    "actor_id",
    "actor_role",
    "action",
    "before",
    "after",
    "note",
    "facts",
    "clock",
    "prev_hash",
    "hash",
)
_EVENTS = "SELECT * FROM case_events WHERE case_id = ? ORDER BY seq"
_MOVE = """
    UPDATE cases SET state = ?, version = ?, is_open = ?, due_on = ?, soon_on = ?, promise_on = ?,
        provisional = ?, trail = ?, changed_at = ?
    WHERE id = ? AND version = ? RETURNING id
"""
_PUBLIC = """
    SELECT tenant_id, rid, village_id, case_number, state, trail, owner_id, due_on, soon_on, promise_on, provisional
    FROM cases WHERE tracking_code = ?
"""
_RESEAL = "UPDATE cases SET sealed = ?, document_index = ?, phone_index = ? WHERE id = ? RETURNING id"

_REPORTED = "EXISTS (SELECT 1 FROM case_events e WHERE e.case_id = cases.id AND e.action = 'report_up')"
_INVITED = """EXISTS (
    SELECT 1 FROM case_tasks t WHERE t.case_id = cases.id AND t.kind = 'opinion' AND t.department_id = ?
)"""

_facts = msgspec.json.Decoder(EventFacts)
_terms = msgspec.json.Decoder(Terms)


def reach(actor: Actor) -> tuple[str, list[Any]]:
    """The one door: what part of `cases` an actor may know of, as a condition and its values.

    The widest of a person's posts counts. Nobody else may know of any case. A superior authority's post names the
    department it stands above, and knows of that one's cases from the day they were reported (plan, clause 48).
    """
    if actor.has(TOWNSHIP_WIDE):
        return "tenant_id = ?", [actor.tenant_id]
    if actor.has(DEPARTMENTAL) and actor.department_id:
        return "tenant_id = ? AND department_id = ?", [actor.tenant_id, actor.department_id]
    if actor.has(ABOVE) and actor.department_id:
        return f"tenant_id = ? AND department_id = ? AND {_REPORTED}", [actor.tenant_id, actor.department_id]
    if actor.has(VILLAGE) and actor.village_id:
        return "tenant_id = ? AND village_id = ?", [actor.tenant_id, actor.village_id]
    if actor.has(OWNER) and actor.id:
        return "owner_id = ?", [actor.id]
    return "1 = 0", []


def _door(actor: Actor) -> tuple[str, list[Any]]:
    """As `reach`, for one case: a department called to a joint inspection may also open what it is called to."""
    where, values = reach(actor)
    if not (actor.has(DEPARTMENTAL) and actor.department_id):
        return where, values
    return f"({where} OR (tenant_id = ? AND {_INVITED}))", [*values, actor.tenant_id, actor.department_id]


async def load(case_id: str, actor: Actor, *, called: bool = False) -> CaseRecord:
    """A case with its history, rebuilt and proved.

    Args:
        called: also for a department that was called to the case's inspection: to look at it and to say its opinion,
            not to read more of the applicant than a screen shows.

    Raises:
        Fault: CASE_NOT_FOUND no such case, or none this actor may know of; the two look alike.
        ChainBroken: its history was tampered with.
    """
    where, values = _door(actor) if called else reach(actor)
    row = await db.row(f"SELECT * FROM cases WHERE id = ? AND {where}", [case_id, *values])  # noqa: S608
    if row is None:
        raise Fault(ErrorCode.CASE_NOT_FOUND)
    return record_of(row, await db.rows(_EVENTS, [case_id]))


async def origin(case_id: str, actor: Actor) -> Origin:
    """Where a case was taken; raises as `load`."""
    where, values = _door(actor)
    row = await db.row(
        f"SELECT village_id, node_time, rid, department_id FROM cases WHERE id = ? AND {where}",  # noqa: S608
        [case_id, *values],
    )
    if row is None:
        raise Fault(ErrorCode.CASE_NOT_FOUND)
    return Origin(row["village_id"], row["node_time"], row["rid"], row["department_id"])


async def load_by_code(tracking_code: str, actor: Actor) -> CaseRecord:
    """As `load`, by the code on the slip."""
    row = await db.row("SELECT id FROM cases WHERE tracking_code = ?", [tracking_code])
    if row is None:
        raise Fault(ErrorCode.CASE_NOT_FOUND)
    return await load(row["id"], actor)


async def find_id(tenant_id: str, rid: str) -> str | None:
    """The case filed under an idempotency id, for what a node sends about it later."""
    row = await db.row("SELECT id FROM cases WHERE tenant_id = ? AND rid = ?", [tenant_id, rid])
    return str(row["id"]) if row else None


async def record(before: CaseRecord, events: Sequence[Event], dues: Dues, public: Trail) -> None:
    """Write `events` if nobody moved the case since it was loaded; inside the caller's transaction.

    One UPDATE carries the test, because SQLite has no row locks.

    Raises:
        Fault: CASE_MOVED; nothing was written.
    """
    last = events[-1]
    moved = await db.row(
        _MOVE,
        [
            last.after,
            last.seq,
            int(last.after in OPEN_STATES),
            dues.due_on,
            dues.soon_on,
            dues.promise_on,
            int(dues.provisional),
            trail.text(public),
            last.at,
            before.case.id,
            before.case.version,
        ],
    )
    if moved is None:
        raise Fault(ErrorCode.CASE_MOVED, version=before.case.version)
    await db.insert_many(
        "case_events", EVENT_COLUMNS, [event_values(before.case.tenant_id, one) for one in events]
    )


async def reseal(case_id: str, sealed: bytes, *, document_index: str, phone_index: str) -> None:
    """Replace a case's personal part; in the transaction that records why."""
    await db.row(_RESEAL, [sealed, document_index, phone_index, case_id])


async def late_cases(state: CaseState, tenant_id: str, *, before: date, limit: int) -> list[str]:
    """Ids of cases in a state whose shown timer ended before a day: work for the clock."""
    found = await db.rows(
        "SELECT id FROM cases WHERE tenant_id = ? AND state = ? AND due_on < ? ORDER BY due_on, id LIMIT ?",
        [tenant_id, state, before, limit],
    )
    return [row["id"] for row in found]


async def quiet_cases(
    states: Sequence[CaseState], tenant_id: str, *, before: datetime, limit: int
) -> list[str]:
    """Ids of cases in one of the states that have not moved since a moment."""
    marks = ", ".join("?" * len(states))
    found = await db.long_read(
        f"SELECT id FROM cases WHERE tenant_id = ? AND state IN ({marks})"  # noqa: S608
        " AND changed_at < ? ORDER BY id LIMIT ?",
        [tenant_id, *states, before, limit],
    )
    return [row["id"] for row in found]


async def same_person(tenant_id: str, document_index: str) -> list[Card]:
    """All cases of one applicant."""
    found = await db.rows(
        "SELECT * FROM cases WHERE tenant_id = ? AND document_index = ?", [tenant_id, document_index]
    )
    return [card(row) for row in found]


def event_values(tenant_id: str, one: Event) -> list[Any]:
    """An event as a row of `case_events`."""
    return [
        tenant_id,
        one.case_id,
        one.seq,
        one.at,
        one.actor_id,
        one.actor_role,
        one.action,
        one.before,
        one.after,
        one.note,
        facts_text(one.facts),
        one.clock,
        one.prev_hash,
        one.hash,
    ]


class _Named(msgspec.Struct):
    item_name: str


_named = msgspec.json.Decoder(_Named)


def item_name(row: Mapping[str, Any]) -> str:
    """Of a row with the case's terms, without reading all of them."""
    return _named.decode(row["terms"]).item_name


def card(row: Mapping[str, Any]) -> Card:
    return Card(
        case_id=row["id"],
        tenant_id=row["tenant_id"],
        case_number=row["case_number"],
        tracking_code=row["tracking_code"],
        state=CaseState(row["state"]),
        version=row["version"],
        terms=_terms.decode(row["terms"]),
        window=WindowType(row["window"]),
        department_id=row["department_id"],
        village_id=row["village_id"],
        channel=Channel(row["channel"]),
        sealed=bytes(row["sealed"]),
        due_on=_day(row["due_on"]),
        soon_on=_day(row["soon_on"]),
        provisional=bool(row["provisional"]),
        received_at=from_ms(row["received_at"]),
        changed_at=from_ms(row["changed_at"]),
    )


def kept_dues(row: Mapping[str, Any]) -> Dues:
    """The days a case's row keeps."""
    return Dues(
        due_on=_day(row["due_on"]),
        soon_on=_day(row["soon_on"]),
        promise_on=date.fromisoformat(row["promise_on"]) if row["promise_on"] else None,
        provisional=bool(row["provisional"]),
    )


def record_of(row: Mapping[str, Any], event_rows: Sequence[Mapping[str, Any]]) -> CaseRecord:
    """A case from its row and its events in order, proved; raises ChainBroken."""
    events = tuple(_event(each) for each in event_rows)
    opened = history.opened(
        case_id=row["id"],
        tenant_id=row["tenant_id"],
        department_id=row["department_id"],
        village_id=row["village_id"],
        owner_id=row["owner_id"],
        terms=_terms.decode(row["terms"]),
        state=CaseState(row["opening"]),
    )
    entry = Entry(
        case_id=row["id"],
        tenant_id=row["tenant_id"],
        rid=row["rid"],
        case_number=row["case_number"],
        tracking_code=row["tracking_code"],
        channel=Channel(row["channel"]),
        node_id=row["node_id"],
        node_time=row["node_time"],
        pack_sha=row["pack_sha"],
        received_at=from_ms(row["received_at"]),
    )
    case = history.rebuild(opened, events)
    return CaseRecord(entry=entry, case=case, events=events, sealed=bytes(row["sealed"]))


def _event(row: Mapping[str, Any]) -> Event:
    return Event(
        case_id=row["case_id"],
        seq=row["seq"],
        at=from_ms(row["at"]),
        actor_id=row["actor_id"],
        actor_role=Role(row["actor_role"]),
        action=CaseAction(row["action"]),
        before=CaseState(row["before"]),
        after=CaseState(row["after"]),
        note=row["note"],
        facts=_facts.decode(row["facts"]),
        clock=ClockEffect(row["clock"]),
        prev_hash=row["prev_hash"],
        hash=row["hash"],
    )


def _day(text: str) -> date:
    return NO_DAY if text == "9999-12-31" else date.fromisoformat(text)


async def find_code(tenant_id: str, number: str) -> str | None:
    """The tracking code under a number of this township."""
    row = await db.row(
        "SELECT tracking_code FROM cases WHERE tenant_id = ? AND case_number = ?", [tenant_id, number]
    )
    return str(row["tracking_code"]) if row else None


async def find_public(tracking_code: str) -> PublicRow | None:
    """What is kept for whoever holds a tracking code: one point read of what is committed."""
    row = await db.point_read(_PUBLIC, [tracking_code])
    if row is None:
        return None
    return PublicRow(
        tenant_id=row["tenant_id"],
        rid=row["rid"],
        village_id=row["village_id"],
        case_number=row["case_number"],
        tracking_code=tracking_code,
        state=CaseState(row["state"]),
        trail=trail.read(row["trail"]),
        has_account=bool(row["owner_id"]),
        due_on=_day(row["due_on"]),
        soon_on=_day(row["soon_on"]),
        promise_on=date.fromisoformat(row["promise_on"]) if row["promise_on"] else None,
        provisional=bool(row["provisional"]),
    )
