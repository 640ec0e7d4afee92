"""Improvement tasks in the console: the list, one task with its history, setting a new one from a finding or a figure."""

from typing import Any

from aiohttp import web

from api_spec.china_time import day_in_china
from api_spec.errors import STATUS
from api_spec.messages.base import HexId, Message, OptionalLine, Paragraph, Version
from api_spec.route import Door
from api_spec.routes.supervision import TASK_READERS
from api_spec.supervision_terms import TaskAction, TaskOrigin, TaskState
from backend.console.frame import show
from backend.edge import Page, actor, form, now, path_id, query, redirect
from backend.faults import Fault
from backend.keys import PEOPLE, SUPERVISION
from backend.supervision.pages_cards import SAID, departments, sent_day
from backend.supervision.task import SETTERS
from backend.supervision.tasks import NewTask
from backend.wording import SENTENCES

ORIGIN_PAGES = {TaskOrigin.CARD: "/staff/supervision/cards/{}", TaskOrigin.CHECK: "/staff/spot-checks/{}"}


class TasksQuery(Message):
    """What to show, and what a new task would come from."""

    state: TaskState | None = None
    origin: TaskOrigin = TaskOrigin.OTHER
    origin_id: HexId | None = None
    department: HexId | None = None
    title: OptionalLine = ""


class TaskForm(Message):
    """A new task."""

    title: OptionalLine = ""
    measures: Paragraph = ""
    due_on: OptionalLine = ""
    department: HexId | None = None
    origin: TaskOrigin = TaskOrigin.OTHER
    origin_id: HexId | None = None


class TaskMove(Message):
    action: TaskAction
    version: Version
    note: Paragraph = ""


async def show_tasks(request: web.Request) -> web.Response:
    asked = query(request, TasksQuery)
    typed = TaskForm(
        title=asked.title, department=asked.department, origin=asked.origin, origin_id=asked.origin_id
    )
    return await _tasks(request, asked, typed)


async def set_task(request: web.Request) -> web.Response:
    sent = await form(request, TaskForm)
    try:
        made = await request.app[SUPERVISION].tasks.set(
            NewTask(
                title=sent.title,
                measures=sent.measures,
                due_on=sent_day("due_on", sent.due_on),
                department_id=sent.department or "",
                origin=sent.origin,
                origin_id=sent.origin_id or "",
                href=ORIGIN_PAGES.get(sent.origin, "").format(sent.origin_id) if sent.origin_id else "",
            ),
            actor=actor(request),
            at=now(request),
        )
    except Fault as fault:
        if fault.code not in SAID:
            raise
        return await _tasks(request, TasksQuery(), sent, refused=fault)
    return redirect(f"/staff/improvements/{made}")


async def _tasks(
    request: web.Request, asked: TasksQuery, typed: TaskForm, *, refused: Fault | None = None
) -> web.Response:
    who = actor(request)
    return await show(
        request,
        "supervision/tasks.html",
        status=STATUS[refused.code] if refused else 200,
        tasks=await request.app[SUPERVISION].tasks.page(who, state=asked.state),
        asked=asked,
        typed=typed,
        states=tuple(TaskState),
        departments=await departments(request),
        today=day_in_china(now(request)),
        may_set=who.has(SETTERS),
        errors={each.field: each.sentence for each in refused.wrong} if refused else {},
        sentence=SENTENCES[refused.code] if refused else "",
        open_form=bool(refused or typed.origin_id or typed.title),
    )


async def show_task(request: web.Request) -> web.Response:
    return await _task(request)


async def act(request: web.Request) -> web.Response:
    task_id, sent = path_id(request, "task_id"), await form(request, TaskMove)
    try:
        await request.app[SUPERVISION].tasks.act(
            task_id, sent.action, note=sent.note, version=sent.version, actor=actor(request), at=now(request)
        )
    except Fault as fault:
        if fault.code not in SAID:
            raise
        return await _task(request, sentence=SENTENCES[fault.code], status=STATUS[fault.code])
    return redirect(f"/staff/improvements/{task_id}")


async def _task(request: web.Request, **more: Any) -> web.Response:
    who = actor(request)
    file = await request.app[SUPERVISION].tasks.show(path_id(request, "task_id"), actor=who)
    people = [file.task.owner_id, *(event.actor_id for event in file.events)]
    return await show(
        request,
        "supervision/task.html",
        **{"sentence": "", "status": 200, **more},
        file=file,
        task=file.task,
        names=await request.app[PEOPLE].staff_names(who.tenant_id, people),
        departments=await departments(request),
        today=day_in_china(now(request)),
    )


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/staff/improvements", handler=show_tasks, door=Door.TOKEN, who=TASK_READERS),
    Page(method="POST", path="/staff/improvements", handler=set_task, door=Door.TOKEN, who=SETTERS),
    Page(
        method="GET",
        path="/staff/improvements/{task_id}",
        handler=show_task,
        door=Door.TOKEN,
        who=TASK_READERS,
    ),
    Page(
        method="POST",
        path="/staff/improvements/{task_id}/act",
        handler=act,
        door=Door.TOKEN,
        who=TASK_READERS,
    ),
)
