"""What has to be done about a case besides the next step of its own department: read off the case itself. Pure."""

from datetime import date

import msgspec

from api_spec.vocabulary import CaseState as S
from api_spec.vocabulary import TaskKind, TimerKind
from backend.cases.case import Case
from backend.cases.conditions import silent
from backend.cases.machine import PLEDGING, RUNNING


class Task(msgspec.Struct, frozen=True, gc=False, order=True):
    """One of them; `department_id` "" is the centre."""

    kind: TaskKind
    department_id: str
    day: date | None


def tasks(case: Case) -> frozenset[Task]:
    """Everything that is open now."""
    found: set[Task] = set()
    if case.state is S.INSPECTING and case.visit:
        found |= {Task(TaskKind.OPINION, each, case.visit.day) for each in silent(case)}
    if case.state is S.COLLECTIVE:
        found.add(Task(TaskKind.AGENDA, "", None))
    if case.state is S.SUBMITTED and case.refusal_proposed:
        found.add(Task(TaskKind.REFUSAL, case.department_id, None))
    if case.state in RUNNING and case.extension_proposed and not case.extended_days:
        found.add(Task(TaskKind.EXTENSION, case.department_id, None))
    if case.state in PLEDGING and case.owed:
        found.add(Task(TaskKind.PLEDGE, case.department_id, case.owed_until))
    return frozenset(found)


def late_pledge(case: Case, today: date) -> frozenset[TimerKind]:
    """PLEDGE once the last day of a pledge is over and a paper is still owed."""
    missed = bool(case.owed) and case.owed_until is not None and today > case.owed_until
    return frozenset({TimerKind.PLEDGE}) if missed else frozenset()
