"""What cases ask of somebody beside the next step of their own: an opinion, an extension, a refusal, a meeting."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from api_spec.vocabulary import Role, TaskKind
from backend.actors import Actor
from backend.cases.service import Cases
from backend.to_do import ToDo

NAMED: Final = {
    TaskKind.REFUSAL: frozenset({Role.GROUP_LEADER, Role.DEPARTMENT_HEAD}),
    TaskKind.EXTENSION: frozenset({Role.GROUP_LEADER, Role.DEPARTMENT_HEAD}),
    TaskKind.AGENDA: frozenset({Role.CENTRE_STAFF, Role.DIRECTOR}),
}
"""Whose signature it takes; the rest is for anybody of the department."""


class CaseToDo:
    """The work list beside the cases."""

    def __init__(self, cases: Cases) -> None:
        self._cases = cases

    async def waits_for(self, who: Actor, *, at: datetime) -> Sequence[ToDo]:  # noqa: ARG002 - as `Waiting`
        return [
            ToDo(
                what=each.kind.zh,
                about=f"{each.item_name} · {each.case_number}",
                href=f"/staff/cases/{each.case_id}",
                due=each.day,
                mine=each.kind in NAMED and who.has(NAMED[each.kind]),
            )
            for each in await self._cases.open_tasks(who)
        ]
