"""Writing down applications, many in one transaction: each rid once, each number once. Rows never leave this file."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from msgspec.structs import replace
from tortoise.exceptions import IntegrityError

from api_spec.case_number import township_number
from api_spec.errors import ErrorCode
from api_spec.vocabulary import CaseState, WindowType
from backend import db
from backend.cases.case import Case, Event
from backend.cases.filing import FiledCase
from backend.cases.records import Dues, Entry
from backend.cases.store import EVENT_COLUMNS, event_values
from backend.cases.trail import Trail
from backend.cases.trail import text as trail_text
from backend.faults import Fault

COLUMNS = (
    "id",
    "tenant_id",
    "rid",
    "content_hash",
    "case_number",
    "tracking_code",
    "state",
    "opening",
    "version",
    "is_open",
    "due_on",
    "soon_on",
    "promise_on",
    "provisional",
    "item_id",
    "window",
    "department_id",
    "pack_sha",
    "terms",
    "trail",
    "sealed",
    "document_index",
    "phone_index",
    "channel",
    "owner_id",
    "village_id",
    "node_id",
    "node_time",
    "received_at",
    "changed_at",
)
_TAKE = """
    INSERT INTO case_serials (tenant_id, day, taken) VALUES (?, ?, ?)
    ON CONFLICT (tenant_id, day) DO UPDATE SET taken = case_serials.taken + excluded.taken
    RETURNING taken
"""


class NewCase(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One application, ready to be written: sealed, hashed, with its first event.

    Args:
        entry: `case_number` "" asks the township for one; `day` and `prefix` are what it is made of.
        case, trail: as it stands after that event, and what of it is public.
        applicant: the full name, for those who are told of the new case; never printed.
    """

    entry: Entry
    day: date
    prefix: str
    content_hash: str
    event: Event
    dues: Dues
    item_id: str
    window: WindowType
    department_id: str
    terms: str
    sealed: bytes
    document_index: str
    phone_index: str
    owner_id: str
    village_id: str
    case: Case
    trail: Trail
    applicant: str

    def __repr__(self) -> str:
        return f"NewCase({self.entry.case_id})"


class Raced(Exception):
    """Another process wrote one of these at the same moment; nothing is lost by trying once more."""


async def add_many(new: Sequence[NewCase]) -> list[FiledCase | Fault]:
    """File many applications inside the caller's transaction.

    The same rid with the same content answers with the case that is there already. A case number a node brings
    that is taken (a copied node picked it twice) gives way to one of the township's own.

    Returns:
        For each application, in order, its receipt, or a Fault IDEMPOTENCY_CONFLICT: the rid was used for other
        content, or (fact `reason` code_taken) its tracking code names another case.

    Raises:
        Raced: on PostgreSQL, two processes filed the same thing at once; roll back and try again.
    """
    by_tenant: dict[str, list[NewCase]] = {}
    for one in new:
        by_tenant.setdefault(one.entry.tenant_id, []).append(one)
    answers: dict[str, FiledCase | Fault] = {}
    for tenant_id, theirs in by_tenant.items():
        known = await _known(tenant_id, [one.entry.rid for one in theirs])
        fresh = await _fresh(theirs, known)
        numbered = await _numbered(tenant_id, fresh)
        await _insert(numbered)
        known.update({one.entry.rid: _as_known(one) for one in numbered})
        written = {one.entry.case_id for one in numbered}
        for one in theirs:
            answers[one.entry.case_id] = _answer(one, known.get(one.entry.rid), written)
    return [answers[one.entry.case_id] for one in new]


class _Known(msgspec.Struct, frozen=True, gc=False):
    case_id: str
    content_hash: str
    case_number: str
    tracking_code: str
    state: CaseState


async def _known(tenant_id: str, rids: Sequence[str]) -> dict[str, _Known]:
    found = await db.rows(
        "SELECT id, rid, content_hash, case_number, tracking_code, state FROM cases"  # noqa: S608
        f" WHERE tenant_id = ? AND rid IN ({_marks(rids)})",
        [tenant_id, *rids],
    )
    return {
        row["rid"]: _Known(
            row["id"],
            row["content_hash"],
            row["case_number"],
            row["tracking_code"],
            CaseState(row["state"]),
        )
        for row in found
    }


def _as_known(one: NewCase) -> _Known:
    return _Known(
        one.entry.case_id,
        one.content_hash,
        one.entry.case_number,
        one.entry.tracking_code,
        one.event.after,
    )


async def _fresh(theirs: Sequence[NewCase], known: Mapping[str, _Known]) -> list[NewCase]:
    """The first of each rid nobody has filed yet, whose tracking code is free."""
    firsts: dict[str, NewCase] = {}
    for one in theirs:
        if one.entry.rid not in known:
            firsts.setdefault(one.entry.rid, one)
    brought = [one.entry.tracking_code for one in firsts.values() if one.entry.node_id]
    taken = await _taken("tracking_code", brought)
    fresh = []
    for one in firsts.values():
        if one.entry.tracking_code not in taken:
            taken.add(one.entry.tracking_code)
            fresh.append(one)
    return fresh


async def _numbered(tenant_id: str, fresh: Sequence[NewCase]) -> list[NewCase]:
    """Give the township's own numbers to those that brought none, or one that is taken."""
    brought = [one.entry.case_number for one in fresh if one.entry.case_number]
    taken = await _taken("case_number", brought, tenant_id)
    kept: list[NewCase] = []
    for one in fresh:
        number = one.entry.case_number
        kept.append(_renumbered(one, "") if number in taken else one)
        if number:
            taken.add(number)
    wanted = Counter(one.day for one in kept if not one.entry.case_number)
    serials = {day: await _take(tenant_id, day, count) for day, count in sorted(wanted.items())}
    numbered = []
    for one in kept:
        if not one.entry.case_number:
            serial = serials[one.day]
            serials[one.day] += 1
            one = _renumbered(one, township_number(one.prefix, one.day, serial=serial))
        numbered.append(one)
    return numbered


def _renumbered(one: NewCase, number: str) -> NewCase:
    return replace(one, entry=replace(one.entry, case_number=number))


async def _take(tenant_id: str, day: date, count: int) -> int:
    """The first of `count` serials of a day, kept from everybody else until the commit."""
    row = await db.row(_TAKE, [tenant_id, day, count])
    if row is None:
        raise RuntimeError("the upsert of the serials gave no row")
    return int(row["taken"]) - count + 1


async def _taken(column: str, values: Sequence[str], tenant_id: str = "") -> set[str]:
    if not values:
        return set()
    within = "tenant_id = ? AND " if tenant_id else ""
    found = await db.rows(
        f"SELECT {column} AS taken FROM cases WHERE {within}{column} IN ({_marks(values)})",  # noqa: S608
        [*([tenant_id] if tenant_id else []), *values],
    )
    return {row["taken"] for row in found}


async def _insert(cases: Sequence[NewCase]) -> None:
    if not cases:
        return
    try:
        await db.add_many("cases", COLUMNS, map(_values, cases))
    except IntegrityError as taken:
        raise Raced from taken
    await db.add_many(
        "case_events", EVENT_COLUMNS, [event_values(one.entry.tenant_id, one.event) for one in cases]
    )


def _values(one: NewCase) -> list[Any]:
    entry, event = one.entry, one.event
    return [
        entry.case_id,
        entry.tenant_id,
        entry.rid,
        one.content_hash,
        entry.case_number,
        entry.tracking_code,
        event.after,
        event.before,
        event.seq,
        1,
        one.dues.due_on,
        one.dues.soon_on,
        one.dues.promise_on,
        int(one.dues.provisional),
        one.item_id,
        one.window,
        one.department_id,
        entry.pack_sha,
        one.terms,
        trail_text(one.trail),
        one.sealed,
        one.document_index,
        one.phone_index,
        entry.channel,
        one.owner_id,
        one.village_id,
        entry.node_id,
        entry.node_time,
        entry.received_at,
        event.at,
    ]


def _answer(one: NewCase, known: _Known | None, written: set[str]) -> FiledCase | Fault:
    if known is None:
        return Fault(ErrorCode.IDEMPOTENCY_CONFLICT, rid=one.entry.rid, reason="code_taken")
    if known.content_hash != one.content_hash:
        return Fault(ErrorCode.IDEMPOTENCY_CONFLICT, rid=one.entry.rid)
    return FiledCase(
        known.case_id,
        known.case_number,
        known.tracking_code,
        known.state,
        created=known.case_id == one.entry.case_id and known.case_id in written,
    )


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))
