"""Errands whose next step is a partner's, or the township's."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from api_spec.china_time import day_in_china
from api_spec.routes.proxy import TOWNSHIP
from api_spec.vocabulary import ErrandState, Role
from backend.actors import Actor
from backend.proxy.service import ErrandFilter, Proxy
from backend.to_do import ToDo

SHOWN: Final = 20
OURS: Final = frozenset({ErrandState.REQUESTED, ErrandState.CONSENTED, ErrandState.TAKEN})
THEIRS: Final = frozenset({ErrandState.SUBMITTED_TO_PARTNER})


class ErrandToDo:
    """Errands, the nearest day first."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy

    async def waits_for(self, who: Actor, *, at: datetime) -> Sequence[ToDo]:
        if not who.has(TOWNSHIP | {Role.PARTNER}):
            return ()
        states = THEIRS if who.partner else OURS
        page = await self._proxy.queue(who, ErrandFilter(today=day_in_china(at), limit=SHOWN))
        return [
            ToDo(
                what=f"代办：{each.state_label}",
                about=f"{each.item_name} · {each.number}",
                href=f"/staff/errands/{each.id}",
                due=each.due_on,
                mine=bool(who.partner),
            )
            for each in page.errands
            if each.state in states
        ]
