"""Bad ratings whose next step is this person's."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from api_spec.review_terms import BadReviewAction
from api_spec.routes.reviews import DEALERS
from backend.actors import Actor
from backend.reviews import machine
from backend.reviews.service import Reviews
from backend.to_do import ToDo

OPTIONAL: Final = frozenset({BadReviewAction.REMIND, BadReviewAction.APPEAL, BadReviewAction.SEND_BACK})
"""Moves nobody has to make."""


class ReviewToDo:
    """差评 to contact, verify, put right, recheck or close."""

    def __init__(self, reviews: Reviews) -> None:
        self._reviews = reviews

    async def waits_for(self, who: Actor, *, at: datetime) -> Sequence[ToDo]:  # noqa: ARG002 - as `Waiting`
        if not who.has(DEALERS):
            return ()
        found = []
        for each in await self._reviews.bad.listed(who):
            may = [move for move in machine.can(each.standing, actor=who) if move not in OPTIONAL]
            if may:
                found.append(
                    ToDo(
                        what=f"差评：{may[0].zh}",
                        about=each.item_name or each.standing.window_type.zh,
                        href=f"/staff/reviews/bad/{each.id}",
                        due=each.due_on,
                        mine=True,
                    )
                )
        return found
