"""The work list beside the cases: kept in the transaction of each move, read by department. Rows never leave this file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

from api_spec.vocabulary import CaseState, TaskKind
from backend import db
from backend.cases.case import Case, EventFacts, Meeting
from backend.cases.store import item_name
from backend.cases.tasks import Task, tasks
from backend.ids import new_id
from backend.instants import from_ms

_COLUMNS = (
    "id",
    "tenant_id",
    "case_id",
    "kind",
    "department_id",
    "day",
    "opened_seq",
    "opened_at",
    "done_seq",
)
_DONE = """
    UPDATE case_tasks SET done_seq = ?, done_at = ?
    WHERE case_id = ? AND kind = ? AND department_id = ? AND done_seq = 0 RETURNING id
"""
_OPEN = """
    SELECT t.kind, t.day, t.opened_at, t.case_id, c.case_number, c.state, c.terms, c.department_id
    FROM case_tasks t JOIN cases c ON c.id = t.case_id
    WHERE t.tenant_id = ? AND t.department_id = ? AND t.done_seq = 0
    ORDER BY t.day, t.id LIMIT ?
"""
_AGENDA = """
    SELECT t.case_id, t.opened_at, t.done_seq, c.case_number, c.terms, c.department_id,
        asked.note AS reason, said.note AS conclusion, said.facts AS facts
    FROM case_tasks t JOIN cases c ON c.id = t.case_id
    JOIN case_events asked ON asked.case_id = t.case_id AND asked.seq = t.opened_seq
    LEFT JOIN case_events said ON said.case_id = t.case_id AND said.seq = t.done_seq
        AND said.action = 'record_collective'
    WHERE t.tenant_id = ? AND t.kind = 'agenda' ORDER BY t.done_seq > 0, t.id DESC LIMIT ?
"""
_MISSED = """
    SELECT case_id FROM case_tasks
    WHERE tenant_id = ? AND kind = 'pledge' AND done_seq = 0 AND day < ? ORDER BY day, id LIMIT ?
"""

_facts = msgspec.json.Decoder(EventFacts)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTask:
    """A line of a department's work list; `department_id` is the one the case belongs to."""

    kind: TaskKind
    day: date | None
    since: datetime
    case_id: str
    case_number: str
    item_name: str
    state: CaseState
    department_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """One matter for the leadership meeting (plan, clause 50), and what came of it."""

    case_id: str
    case_number: str
    item_name: str
    department_id: str
    since: datetime
    reason: str
    meeting: Meeting | None
    minutes: str
    conclusion: str


async def follow(before: Case, after: Case, *, at: datetime) -> None:
    """Open what the move left to be done, close what it did; inside the transaction of the move."""
    was, now = tasks(before), tasks(after)
    for task in sorted(was - now):
        await db.row(_DONE, [after.version, at, after.id, task.kind, task.department_id])
    await db.insert_many("case_tasks", _COLUMNS, [_values(after, task, at) for task in sorted(now - was)])


def _values(case: Case, task: Task, at: datetime) -> list[Any]:
    return [
        new_id(),
        case.tenant_id,
        case.id,
        task.kind,
        task.department_id,
        task.day,
        case.version,
        at,
        0,
    ]


async def open_tasks(tenant_id: str, department_id: str, *, limit: int) -> list[OpenTask]:
    """What a department still has to do about any case; "" is the centre."""
    return [_open(row) for row in await db.long_read(_OPEN, [tenant_id, department_id, limit])]


async def agenda(tenant_id: str, *, limit: int) -> list[AgendaItem]:
    """What waits for the leadership meeting, then what was before it, newest first."""
    return [_item(row) for row in await db.long_read(_AGENDA, [tenant_id, limit])]


async def missed_pledges(tenant_id: str, *, today: date, limit: int) -> list[str]:
    """Cases whose applicant did not hand in what was pledged."""
    return [row["case_id"] for row in await db.rows(_MISSED, [tenant_id, today, limit])]


def _open(row: Mapping[str, Any]) -> OpenTask:
    return OpenTask(
        kind=TaskKind(row["kind"]),
        day=date.fromisoformat(row["day"]) if row["day"] else None,
        since=from_ms(row["opened_at"]),
        case_id=row["case_id"],
        case_number=row["case_number"],
        item_name=item_name(row),
        state=CaseState(row["state"]),
        department_id=row["department_id"],
    )


def _item(row: Mapping[str, Any]) -> AgendaItem:
    facts = _facts.decode(row["facts"]) if row["facts"] else EventFacts()
    return AgendaItem(
        case_id=row["case_id"],
        case_number=row["case_number"],
        item_name=item_name(row),
        department_id=row["department_id"],
        since=from_ms(row["opened_at"]),
        reason=row["reason"],
        meeting=facts.meeting,
        minutes=facts.reference,
        conclusion=row["conclusion"] or "",
    )
