"""Wishes about one's own data that wait for an answer."""

from collections.abc import Sequence
from datetime import datetime

from backend.actors import Actor
from backend.own_data.rules import ANSWERERS
from backend.own_data.service import OwnData
from backend.to_do import ToDo


class WishToDo:
    """个人信息请求: the centre answers within its day."""

    def __init__(self, own_data: OwnData) -> None:
        self._own_data = own_data

    async def waits_for(self, who: Actor, *, at: datetime) -> Sequence[ToDo]:  # noqa: ARG002 - what a waiting list is asked
        if not who.has(ANSWERERS):
            return ()
        return [
            ToDo(
                what=f"个人信息请求：{each.wish.zh}",
                about="",
                href=f"/staff/data-wishes/{each.id}",
                due=each.due_on,
            )
            for each in await self._own_data.listed(who)
        ]
