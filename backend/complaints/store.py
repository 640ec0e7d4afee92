"""Reads and writes complaints. `_reach` is the one door: what is about somebody does not exist for them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from api_spec.complaint_terms import ComplaintAbout, ComplaintChannel, ComplaintRoute, ComplaintState
from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.complaints.complaint import BoxOpening, Complaint
from backend.complaints.machine import OVER, Standing
from backend.db import Row, insert_many, row, rows
from backend.ids import new_id
from backend.instants import from_ms
from backend.register.store_moves import Book

BOOK: Final = Book("complaint", "complaint_event")
_COLUMNS: Final = (
    "id",
    "tenant_id",
    "rid",
    "number",
    "code_mark",
    "channel",
    "about",
    "route",
    "state",
    "version",
    "is_open",
    "due_on",
    "extended",
    "department_id",
    "assignee_id",
    "citizen_id",
    "anonymous",
    "box_opening_id",
    "sealed",
    "received_at",
    "received_by",
    "changed_at",
)
_READ: Final = (
    "SELECT c.id, c.tenant_id, c.number, c.version, c.channel, c.about, c.route, c.state, c.due_on, c.extended,"
    " c.department_id, c.assignee_id, c.assigned_at, c.citizen_id, c.received_at, c.sealed, c.answer FROM complaint c"
)
_NAMED: Final = "EXISTS (SELECT 1 FROM complaint_subject s WHERE s.complaint_id = c.id"


async def next_number(tenant_id: str, day: date) -> str:
    """TS20260410-0001: counts within a township and day."""
    given = await rows(
        "INSERT INTO complaint_number (id, number) VALUES (?, 1)"
        " ON CONFLICT (id) DO UPDATE SET number = complaint_number.number + 1 RETURNING number",
        [f"{tenant_id}:{day.isoformat()}"],
    )
    return f"TS{day:%Y%m%d}-{int(given[0]['number']):04d}"


async def add(
    complaint: Complaint, *, rid: str, code_mark: str, box_opening_id: str, received_by: str, anonymous: bool
) -> bool:
    """Add a complaint with whom it is about; False when this `rid` is there already."""
    standing = complaint.standing
    line = (
        complaint.id,
        complaint.tenant_id,
        rid,
        complaint.number,
        code_mark,
        complaint.channel,
        standing.about,
        standing.route,
        standing.state,
        complaint.version,
        1,
        standing.due_on,
        0,
        standing.department_id,
        "",
        complaint.citizen_id,
        int(anonymous),
        box_opening_id,
        complaint.sealed,
        complaint.received_at,
        received_by,
        complaint.received_at,
    )
    added = await insert_many(
        "complaint", _COLUMNS, [line], conflict="ON CONFLICT (rid) DO NOTHING", returning="id"
    )
    if added:
        await name(complaint.tenant_id, complaint.id, standing.subjects)
    return bool(added)


async def name(tenant_id: str, complaint_id: str, subjects: Collection[str]) -> None:
    """Write down whom a complaint is about, in place of what was there."""
    await rows(
        "DELETE FROM complaint_subject WHERE complaint_id = ? RETURNING id",
        [complaint_id],
    )
    lines = [(new_id(), tenant_id, complaint_id, staff_id) for staff_id in sorted(subjects)]
    await insert_many("complaint_subject", ("id", "tenant_id", "complaint_id", "staff_id"), lines)


def _reach(actor: Actor) -> tuple[str, list[Any]]:
    """The door as SQL; `machine.may_know` says the same of one complaint."""
    routes = [
        route.value
        for route, roles in (
            (ComplaintRoute.DESK, {Role.SERVICE_DESK, Role.DIRECTOR, Role.SUPERVISOR}),
            (ComplaintRoute.DIRECTOR, {Role.DIRECTOR, Role.SUPERVISOR}),
            (ComplaintRoute.SUPERVISOR, {Role.SUPERVISOR}),
        )
        if actor.has(roles)
    ]
    led = f" OR c.route IN ({', '.join('?' * len(routes))})" if routes else ""
    return (
        f"c.tenant_id = ? AND NOT {_NAMED} AND s.staff_id = ?)"
        " AND NOT (c.about IN ('person', 'window') AND c.department_id <> '' AND c.department_id = ?"
        f" AND NOT {_NAMED})) AND (c.assignee_id = ?{led})",
        [actor.tenant_id, actor.id, actor.department_id, actor.id, *routes],
    )


async def find(actor: Actor, complaint_id: str) -> Complaint | None:
    where, args = _reach(actor)
    found = await row(f"{_READ} WHERE {where} AND c.id = ?", [*args, complaint_id])
    return (await _with_subjects([found]))[0] if found else None


async def listed(actor: Actor, *, is_open: bool, number: str = "", limit: int) -> list[Complaint]:
    """Those that exist for this person, the nearest day first; `number`: only that one, open or closed."""
    where, args = _reach(actor)
    more, wanted = ("c.number = ?", number) if number else ("c.is_open = ?", int(is_open))
    order = "c.due_on, c.id" if is_open else "c.received_at DESC, c.id"
    found = await rows(f"{_READ} WHERE {where} AND {more} ORDER BY {order} LIMIT ?", [*args, wanted, limit])
    return await _with_subjects(found)


async def count(actor: Actor, *, today: date) -> tuple[int, int]:
    """How many open ones exist for this person, and how many of them are overdue."""
    where, args = _reach(actor)
    found = await rows(
        "SELECT COUNT(*) AS number, SUM(CASE WHEN c.due_on < ? THEN 1 ELSE 0 END) AS late"  # noqa: S608
        f" FROM complaint c WHERE {where} AND c.is_open = 1",
        [today.isoformat(), *args],
    )
    return int(found[0]["number"]), int(found[0]["late"] or 0)


async def find_by_mark(code_mark: str) -> Complaint | None:
    found = await row(f"{_READ} WHERE c.code_mark = ?", [code_mark])
    return _complaint(found, frozenset()) if found else None


async def find_by_rid(rid: str) -> Complaint | None:
    found = await row(f"{_READ} WHERE c.rid = ?", [rid])
    return _complaint(found, frozenset()) if found else None


async def of_citizen(citizen_id: str, *, limit: int) -> list[Complaint]:
    found = await rows(
        f"{_READ} WHERE c.citizen_id = ? ORDER BY c.received_at DESC, c.id LIMIT ?", [citizen_id, limit]
    )
    return [_complaint(line, frozenset()) for line in found]


async def overdue(tenant_id: str, *, today: date, limit: int) -> list[Complaint]:
    """Late ones about nobody in particular: what is about a person goes on no card that others read."""
    found = await rows(
        f"{_READ} WHERE c.tenant_id = ? AND c.is_open = 1 AND c.due_on < ? AND c.route = 'desk'"
        f" AND c.about NOT IN ('person', 'window') AND NOT {_NAMED}) ORDER BY c.due_on, c.id LIMIT ?",
        [tenant_id, today.isoformat(), limit],
    )
    return [_complaint(line, frozenset()) for line in found]


async def add_opening(opening: BoxOpening, *, tenant_id: str) -> None:
    columns = ("id", "tenant_id", "day", "opened_by", "witness_id", "letters", "note", "at")
    line = (
        opening.id,
        tenant_id,
        opening.day,
        opening.opened_by,
        opening.witness_id,
        opening.letters,
        opening.note,
        opening.at,
    )
    await insert_many("complaint_box_opening", columns, [line])


async def openings(tenant_id: str, *, limit: int) -> list[BoxOpening]:
    """The latest first."""
    found = await rows(
        "SELECT id, day, opened_by, witness_id, letters, note, at FROM complaint_box_opening WHERE tenant_id = ?"
        " ORDER BY at DESC, id DESC LIMIT ?",
        [tenant_id, limit],
    )
    return [
        BoxOpening(
            id=line["id"],
            day=date.fromisoformat(line["day"]),
            opened_by=line["opened_by"],
            witness_id=line["witness_id"],
            letters=line["letters"],
            note=line["note"],
            at=from_ms(line["at"]),
        )
        for line in found
    ]


def changes_of(standing: Standing) -> Mapping[str, Any]:
    """The columns a move writes beside state and version."""
    return {
        "is_open": int(standing.state not in OVER),
        "route": standing.route,
        "due_on": standing.due_on,
        "extended": int(standing.extended),
        "assignee_id": standing.assignee_id,
        "assigned_at": standing.assigned_at,
    }


async def _with_subjects(found: Sequence[Row]) -> list[Complaint]:
    named: dict[str, set[str]] = {line["id"]: set() for line in found}
    if named:
        marks = ", ".join("?" * len(named))
        for line in await rows(
            f"SELECT complaint_id, staff_id FROM complaint_subject WHERE complaint_id IN ({marks})",  # noqa: S608
            list(named),
        ):
            named[line["complaint_id"]].add(line["staff_id"])
    return [_complaint(line, frozenset(named[line["id"]])) for line in found]


def _complaint(line: Row, subjects: frozenset[str]) -> Complaint:
    assigned_at: datetime | None = None if line["assigned_at"] is None else from_ms(line["assigned_at"])
    return Complaint(
        id=line["id"],
        tenant_id=line["tenant_id"],
        number=line["number"],
        version=line["version"],
        channel=ComplaintChannel(line["channel"]),
        standing=Standing(
            state=ComplaintState(line["state"]),
            route=ComplaintRoute(line["route"]),
            about=ComplaintAbout(line["about"]),
            department_id=line["department_id"],
            subjects=subjects,
            assignee_id=line["assignee_id"],
            assigned_at=assigned_at,
            extended=bool(line["extended"]),
            due_on=date.fromisoformat(line["due_on"]),
        ),
        citizen_id=line["citizen_id"],
        received_at=from_ms(line["received_at"]),
        sealed=line["sealed"],
        answer=line["answer"],
    )
