"""Complaints whose next step is this person's; of others they learn nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from api_spec.complaint_terms import ComplaintAction
from api_spec.routes.complaints import TAKERS
from backend.actors import Actor
from backend.complaints import machine
from backend.complaints.service import Complaints
from backend.to_do import ToDo

STEPS: Final = (
    ComplaintAction.ACCEPT,
    ComplaintAction.ASSIGN,
    ComplaintAction.ANSWER,
    ComplaintAction.REVIEW,
    ComplaintAction.CLOSE,
)
"""What brings a complaint on."""


class ComplaintToDo:
    """Complaints, the nearest day first."""

    def __init__(self, complaints: Complaints) -> None:
        self._complaints = complaints

    async def waits_for(self, who: Actor, *, at: datetime) -> Sequence[ToDo]:
        if not who.has(TAKERS):
            return ()
        found = []
        for each in await self._complaints.listed(who):
            may = machine.can(each.standing, actor=who, at=at)
            step = next((step for step in STEPS if step in may), None)
            if step:
                found.append(
                    ToDo(
                        what=f"投诉：{step.zh}",
                        about=each.number,
                        href=f"/staff/complaints/{each.id}",
                        due=each.due_on,
                        mine=each.standing.assignee_id == who.id,
                    )
                )
        return found
