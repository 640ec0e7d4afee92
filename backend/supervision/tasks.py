"""Improvement tasks: set from any finding or figure, reported by who answers for them, closed by the centre."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.supervision_terms import TaskAction, TaskOrigin, TaskState
from backend.actors import Actor
from backend.db import in_transaction
from backend.faults import Fault, Wrong
from backend.ids import new_id
from backend.instants import whole_ms
from backend.supervision import store_tasks, task
from backend.supervision.store_tasks import TaskEvent
from backend.supervision.task import Task

LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """What is to be put right.

    Args:
        href: the staff page of what it comes from; "" for none.
        department_id: "" for the centre itself.
    """

    title: str
    measures: str
    due_on: date
    department_id: str = ""
    owner_id: str = ""
    origin: TaskOrigin = TaskOrigin.OTHER
    origin_id: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFile:
    """A task with its history and what this person may do now."""

    task: Task
    events: tuple[TaskEvent, ...]
    actions: tuple[TaskAction, ...]


class Tasks:
    """Everybody's way to the improvement tasks."""

    async def set(self, new: NewTask, *, actor: Actor, at: datetime) -> str:
        """Set a task; gives its id.

        Raises:
            Fault: NOT_ALLOWED, FORM_INVALID a day that is over already, or nothing to do.
        """
        if not actor.has(task.SETTERS):
            raise Fault(ErrorCode.NOT_ALLOWED)
        if wrong := _wrong(new, day_in_china(at)):
            raise Fault(ErrorCode.FORM_INVALID, wrong=wrong)
        at = whole_ms(at)
        made = Task(
            id=new_id(),
            tenant_id=actor.tenant_id,
            title=new.title.strip(),
            origin=new.origin,
            origin_id=new.origin_id,
            href=new.href,
            department_id=new.department_id,
            owner_id=new.owner_id,
            due_on=new.due_on,
            measures=new.measures.strip(),
            set_by=actor.id,
            set_at=at,
        )
        first = TaskEvent(seq=1, at=at, actor_id=actor.id, action=TaskAction.SET, note=made.measures)
        async with in_transaction():
            await store_tasks.add(made, first)
        return made.id

    async def page(self, actor: Actor, *, state: TaskState | None = None) -> list[Task]:
        """What this person may see, the nearest day first."""
        return await store_tasks.page(actor, state=state, limit=LISTED)

    async def show(self, task_id: str, *, actor: Actor) -> TaskFile:
        """One task whole.

        Raises:
            Fault: NOT_FOUND.
        """
        found = await self._load(task_id, actor)
        events = tuple(await store_tasks.events(task_id))
        return TaskFile(task=found, events=events, actions=task.can(found, actor))

    async def act(
        self, task_id: str, action: TaskAction, *, note: str, version: int, actor: Actor, at: datetime
    ) -> TaskFile:
        """Make one move.

        Raises:
            Fault: NOT_FOUND, SUPERVISION_MOVED, and what `task.step` raises.
        """
        found = await self._load(task_id, actor)
        if found.version != version:
            raise Fault(ErrorCode.SUPERVISION_MOVED, version=found.version)
        at = whole_ms(at)
        after = task.step(found, action, actor, note=note, at=at)
        event = TaskEvent(seq=after.version, at=at, actor_id=actor.id, action=action, note=note.strip())
        async with in_transaction():
            if not await store_tasks.record(after, event):
                raise Fault(ErrorCode.SUPERVISION_MOVED, version=found.version)
        return await self.show(task_id, actor=actor)

    async def _load(self, task_id: str, actor: Actor) -> Task:
        found = await store_tasks.find(task_id, actor)
        if found is None:
            raise Fault(ErrorCode.NOT_FOUND)
        return found


def _wrong(new: NewTask, today: date) -> Sequence[Wrong]:
    wrong: list[Wrong] = []
    if not new.title.strip():
        wrong.append(Wrong("title", "required", "请写明要整改什么。"))
    if not new.measures.strip():
        wrong.append(Wrong("measures", "required", "请写明整改措施。"))
    if new.due_on < today:
        wrong.append(Wrong("due_on", "date_too_early", "完成期限不能早于今天。"))
    return wrong
