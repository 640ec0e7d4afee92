"""Villages whose computers were not heard of, as one line for whoever looks after them."""

from collections.abc import Sequence
from datetime import datetime

from api_spec.routes.intake import SETTLERS
from backend.actors import Actor
from backend.intake.service import Intake
from backend.to_do import ToDo


class VillageToDo:
    """Villages that may hold cases the township has not got."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    async def waits_for(self, who: Actor, *, at: datetime) -> Sequence[ToDo]:
        if not who.has(SETTLERS):
            return ()
        behind = await self._intake.behind(who.tenant_id, at=at)
        if not behind:
            return ()
        names = "、".join(each.village_name for each in behind)
        return [ToDo(what=f"{len(behind)} 个村没有同步", about=names, href="/staff/villages")]
