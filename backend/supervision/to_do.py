"""Cards to explain or to decide on, improvement tasks, and drawn cases nobody has looked at."""

from collections.abc import Sequence
from datetime import datetime

from api_spec.routes.supervision import CHECKERS, READERS, TASK_READERS
from api_spec.supervision_terms import CardAction, CardState
from backend.actors import Actor
from backend.supervision import card as cards
from backend.supervision import store_checks, task
from backend.supervision.service import Supervision
from backend.supervision.store_cards import CardFilter
from backend.to_do import ToDo


class SupervisionToDo:
    """电子监察, as far as somebody has to answer it."""

    def __init__(self, supervision: Supervision) -> None:
        self._supervision = supervision

    async def waits_for(self, who: Actor, *, at: datetime) -> Sequence[ToDo]:  # noqa: ARG002 - as `Waiting`
        return [*await self._cards(who), *await self._tasks(who), *await self._checks(who)]

    async def _cards(self, who: Actor) -> list[ToDo]:
        if not who.has(READERS):
            return []
        found = await self._supervision.cards.page(who, CardFilter())
        return [
            ToDo(
                what=f"{each.level.zh}：{action.zh}",
                about=" · ".join(filter(None, (each.rule.zh, each.subject_number))),
                href=f"/staff/supervision/cards/{each.id}",
                mine=each.staff_id == who.id,
            )
            for each in found
            if (action := _answer(each, who))
        ]

    async def _tasks(self, who: Actor) -> list[ToDo]:
        if not who.has(TASK_READERS):
            return []
        return [
            ToDo(
                what=f"整改任务：{may[0].zh}",
                about=each.title,
                href=f"/staff/improvements/{each.id}",
                due=each.due_on,
                mine=each.owner_id == who.id,
            )
            for each in await self._supervision.tasks.page(who)
            if (may := task.can(each, who))
        ]

    async def _checks(self, who: Actor) -> list[ToDo]:
        if not who.has(CHECKERS):
            return []
        return [
            ToDo(
                what=f"抽查 {lines} 件还没有看",
                about=f"{draw.first_day.isoformat()} 至 {draw.last_day.isoformat()} 办结件",
                href=f"/staff/spot-checks/{draw.id}",
            )
            for draw, lines in await store_checks.unfinished(who.tenant_id)
        ]


def _answer(card: cards.Card, who: Actor) -> CardAction | None:
    """What this person should do about a card; one that is explained already waits for the supervisor."""
    may = cards.can(card, who)
    if card.state is CardState.OPEN and CardAction.EXPLAIN in may:
        return CardAction.EXPLAIN
    wanted = {CardState.EXPLAINED: CardAction.CLOSE, CardState.APPEALED: CardAction.UPHOLD}
    action = wanted.get(card.state)
    return action if action in may else None
