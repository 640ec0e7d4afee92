"""Writing down errands, many in one transaction: each rid once, each number once. Rows never leave this file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import msgspec

from api_spec.case_number import township_number
from api_spec.errors import ErrorCode
from api_spec.vocabulary import ErrandState
from backend import db
from backend.faults import Fault
from backend.proxy import store_money, trail
from backend.proxy.custody import Move
from backend.proxy.deadlines import NO_DAY
from backend.proxy.errand import Errand, Event
from backend.proxy.records import Entry, Raced
from backend.proxy.request import FiledErrand
from backend.proxy.store import EVENT_COLUMNS, event_values

PREFIX_END = "D"
"""Errands count apart from cases, so their numbers lead with SDD where cases lead with SD."""
_TAKE = """
    INSERT INTO errand_serials (tenant_id, day, taken) VALUES (?, ?, 1)
    ON CONFLICT (tenant_id, day) DO UPDATE SET taken = errand_serials.taken + 1
    RETURNING taken
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewErrand:
    """One request, ready to be written: sealed, hashed, with its first events.

    Args:
        entry: `number` "" asks the township for one; `day` and `prefix` are what it is made of.
        errand: as it stands after the events.
        money: what a village took; booked by `by`.
        applicant: the full name, for those who are told of the errand; never printed.
    """

    entry: Entry
    day: date
    prefix: str
    content_hash: str
    events: tuple[Event, ...]
    errand: Errand
    sealed: bytes
    document_index: str
    phone_index: str
    money: tuple[Move, ...]
    by: str
    applicant: str = field(repr=False)


async def add_many(new: Sequence[NewErrand]) -> list[FiledErrand | Fault]:
    """File many errands inside the caller's transaction.

    The same rid with the same content answers with the errand that is there already. A number a node brings that
    is taken (a copied node picked it twice) gives way to one of the township's own.

    Returns:
        For each request its receipt, or a Fault IDEMPOTENCY_CONFLICT: the rid was used for other content, or (fact
        `reason` code_taken) its tracking code names another errand.

    Raises:
        Raced: on PostgreSQL, two processes filed the same thing at once; roll back and try again.
    """
    if not new:
        return []
    known = await _known(new)
    codes = await _taken("tracking_code", [one.entry.tracking_code for one in new])
    numbers = await _taken("number", [one.entry.number for one in new if one.entry.number])
    answers: list[FiledErrand | Fault] = []
    for one in new:
        key = (one.entry.tenant_id, one.entry.rid)
        if key not in known:
            if one.entry.tracking_code in codes:
                answers.append(Fault(ErrorCode.IDEMPOTENCY_CONFLICT, rid=one.entry.rid, reason="code_taken"))
                continue
            written = await _write(one, numbers)
            known[key] = (one.content_hash, written)
            codes.add(one.entry.tracking_code)
            numbers.add(written.number)
            answers.append(written)
            continue
        content_hash, there = known[key]
        same = content_hash == one.content_hash
        answers.append(
            replace(there, created=False)
            if same
            else Fault(ErrorCode.IDEMPOTENCY_CONFLICT, rid=one.entry.rid)
        )
    return answers


Known = dict[tuple[str, str], tuple[str, FiledErrand]]


async def _known(new: Sequence[NewErrand]) -> Known:
    found = await db.rows(
        "SELECT tenant_id, id, rid, content_hash, number, tracking_code, state FROM errands"  # noqa: S608
        f" WHERE rid IN ({_marks(new)})",
        [one.entry.rid for one in new],
    )
    return {(row["tenant_id"], row["rid"]): (row["content_hash"], _filed(row)) for row in found}


def _filed(row: Mapping[str, Any]) -> FiledErrand:
    return FiledErrand(
        row["id"], row["number"], row["tracking_code"], ErrandState(row["state"]), created=False
    )


async def _taken(column: str, values: Sequence[str]) -> set[str]:
    if not values:
        return set()
    found = await db.rows(
        f"SELECT {column} AS taken FROM errands WHERE {column} IN ({_marks(values)})",  # noqa: S608
        list(values),
    )
    return {row["taken"] for row in found}


async def _write(one: NewErrand, numbers: set[str]) -> FiledErrand:
    number = one.entry.number
    if not number or number in numbers:
        number = await _own_number(one)
    one = replace(one, entry=replace(one.entry, number=number))
    values = _values(one)
    written = await db.insert_many(
        "errands", list(values), [list(values.values())], conflict="ON CONFLICT DO NOTHING", returning="id"
    )
    if not written:
        raise Raced
    await db.insert_many(
        "errand_events", EVENT_COLUMNS, [event_values(one.entry.tenant_id, event) for event in one.events]
    )
    for move in one.money:
        await store_money.enter(one.errand, move, by=one.by, at=one.entry.received_at, prefix=one.prefix)
    return FiledErrand(
        one.entry.errand_id, number, one.entry.tracking_code, one.events[-1].after, created=True
    )


async def _own_number(one: NewErrand) -> str:
    row = await db.row(_TAKE, [one.entry.tenant_id, one.day])
    if row is None:
        raise RuntimeError("the upsert of the serials gave no row")
    return township_number(one.prefix[:3] + PREFIX_END, one.day, serial=row["taken"])


def _values(one: NewErrand) -> dict[str, Any]:
    entry, errand = one.entry, one.errand
    return {
        "id": entry.errand_id,
        "tenant_id": entry.tenant_id,
        "rid": entry.rid,
        "content_hash": one.content_hash,
        "number": entry.number,
        "tracking_code": entry.tracking_code,
        "state": errand.state,
        "version": errand.version,
        "is_open": 1,
        "due_on": NO_DAY,
        "soon_on": NO_DAY,
        "provisional": 0,
        "item_id": errand.terms.item_id,
        "partner": errand.terms.partner,
        "department_id": errand.department_id,
        "pack_sha": entry.pack_sha,
        "terms": _terms.encode(errand.terms).decode(),
        "trail": trail.text(trail.trail(one.events)),
        "paper": int(bool(errand.paper)),
        "batch": "",
        "held_fen": 0,
        "lines": 0,
        "sealed": one.sealed,
        "document_index": one.document_index,
        "phone_index": one.phone_index,
        "channel": entry.channel,
        "owner_id": errand.owner_id,
        "village_id": errand.village_id,
        "node_id": entry.node_id,
        "node_time": entry.node_time,
        "received_at": entry.received_at,
        "changed_at": one.events[-1].at,
    }


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


_terms = msgspec.json.Encoder()
