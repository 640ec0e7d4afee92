"""All queries of improvement tasks and of what was done about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from api_spec.supervision_terms import TaskAction, TaskOrigin, TaskState
from backend import db
from backend.actors import Actor
from backend.instants import from_ms
from backend.supervision.task import SETTERS, Task

COLUMNS = (
    "id",
    "tenant_id",
    "title",
    "origin",
    "origin_id",
    "href",
    "department_id",
    "owner_id",
    "due_on",
    "measures",
    "result",
    "state",
    "version",
    "set_by",
    "set_at",
    "reported_by",
    "closed_by",
    "closed_at",
)
_MOVE = """
    UPDATE supervision_tasks SET state = ?, version = ?, result = ?, reported_by = ?, closed_by = ?, closed_at = ?
    WHERE id = ? AND version = ? RETURNING id
"""
_EVENT = ("tenant_id", "task_id", "seq", "at", "actor_id", "action", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEvent:
    """One thing done about a task."""

    seq: int
    at: datetime
    actor_id: str
    action: TaskAction
    note: str


def reach(actor: Actor) -> tuple[str, list[Any]]:
    """The one door: the centre and the supervisor see every task, others those of their department or their own."""
    if actor.has(SETTERS):
        return "tenant_id = ?", [actor.tenant_id]
    if actor.department_id:
        return "tenant_id = ? AND (department_id = ? OR owner_id = ?)", [
            actor.tenant_id,
            actor.department_id,
            actor.id,
        ]
    return "tenant_id = ? AND owner_id = ?", [actor.tenant_id, actor.id]


async def add(task: Task, event: TaskEvent) -> None:
    await db.insert_many("supervision_tasks", COLUMNS, [[getattr(task, name) for name in COLUMNS]])
    await _add_event(task, event)


async def record(task: Task, event: TaskEvent) -> bool:
    """Write a move down if nobody else moved the task meanwhile; inside the caller's transaction."""
    moved = await db.row(
        _MOVE,
        [
            task.state,
            task.version,
            task.result,
            task.reported_by,
            task.closed_by,
            task.closed_at,
            task.id,
            task.version - 1,
        ],
    )
    if moved is None:
        return False
    await _add_event(task, event)
    return True


async def find(task_id: str, actor: Actor) -> Task | None:
    """A task this actor may know of."""
    where, values = reach(actor)
    row = await db.row(
        f"SELECT * FROM supervision_tasks WHERE id = ? AND {where}",  # noqa: S608
        [task_id, *values],
    )
    return _task(row) if row else None


async def page(actor: Actor, *, state: TaskState | None, limit: int) -> list[Task]:
    """Tasks this actor may know of, the nearest day first; all that are not closed when no state is asked for."""
    where, values = reach(actor)
    chosen = "state = ?" if state else "state <> 'closed'"
    found = await db.long_read(
        f"SELECT * FROM supervision_tasks WHERE {where} AND {chosen} ORDER BY due_on, id LIMIT ?",  # noqa: S608
        [*values, *([state] if state else []), limit],
    )
    return [_task(row) for row in found]


async def events(task_id: str) -> list[TaskEvent]:
    """What was done about a task, oldest first."""
    found = await db.rows("SELECT * FROM supervision_task_events WHERE task_id = ? ORDER BY seq", [task_id])
    return [
        TaskEvent(
            seq=row["seq"],
            at=from_ms(row["at"]),
            actor_id=row["actor_id"],
            action=TaskAction(row["action"]),
            note=row["note"],
        )
        for row in found
    ]


async def _add_event(task: Task, event: TaskEvent) -> None:
    values = [task.tenant_id, task.id, event.seq, event.at, event.actor_id, event.action, event.note]
    await db.insert_many("supervision_task_events", _EVENT, [values])


def _task(row: Mapping[str, Any]) -> Task:
    return Task(
        id=row["id"],
        tenant_id=row["tenant_id"],
        title=row["title"],
        origin=TaskOrigin(row["origin"]),
        origin_id=row["origin_id"],
        href=row["href"],
        department_id=row["department_id"],
        owner_id=row["owner_id"],
        due_on=date.fromisoformat(row["due_on"]),
        measures=row["measures"],
        result=row["result"],
        state=TaskState(row["state"]),
        version=row["version"],
        set_by=row["set_by"],
        set_at=from_ms(row["set_at"]),
        reported_by=row["reported_by"],
        closed_by=row["closed_by"],
        closed_at=from_ms(row["closed_at"]) if row["closed_at"] is not None else None,
    )
