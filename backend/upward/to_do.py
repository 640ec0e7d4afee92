"""Rows the upward platform refused, or that wait for too long."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.outbox.service import ParcelState
from backend.to_do import ToDo
from backend.upward.service import Upward

KEEPERS: Final = frozenset({Role.DIRECTOR, Role.SYSTEM_ADMIN, Role.CENTRE_STAFF})


class UpwardToDo:
    """One line for what was refused, one for a way that stands still."""

    def __init__(self, upward: Upward) -> None:
        self._upward = upward

    async def waits_for(self, who: Actor, *, at: datetime) -> Sequence[ToDo]:
        if not who.has(KEEPERS):
            return ()
        report = await self._upward.report(who.tenant_id, at=at)
        found = []
        if refused := report.total(ParcelState.DEAD):
            found.append(ToDo(what=f"{refused} 条上报数据被退回", href="/staff/upward?show=refused"))
        if report.is_stuck:
            found.append(ToDo(what="上报数据积压，请检查平台连接", href="/staff/upward?show=waiting"))
        return found
