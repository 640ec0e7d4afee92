"""Notices no machine could deliver: somebody has to ring."""

from collections.abc import Sequence
from datetime import datetime

from api_spec.routes.notices import DESK
from backend.actors import Actor
from backend.notices.service import Notices
from backend.outbox.service import ParcelState
from backend.to_do import ToDo


class NoticeToDo:
    """One line for all of them."""

    def __init__(self, notices: Notices) -> None:
        self._notices = notices

    async def waits_for(self, who: Actor, *, at: datetime) -> Sequence[ToDo]:
        if not who.has(DESK):
            return ()
        stuck = sum(
            each.total
            for each in await self._notices.counts(who.tenant_id, at=at)
            if each.state in (ParcelState.BY_HAND, ParcelState.DEAD)
        )
        return [ToDo(what=f"{stuck} 条通知没有发出，请电话告知", href="/staff/notices")] if stuck else ()
