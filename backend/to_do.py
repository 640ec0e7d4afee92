"""What waits for one person: the shape every feature tells it in, and the order it is shown in. Knows no feature. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from backend.actors import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDo:
    """One thing to do.

    Args:
        what: what to do, as a clerk would say it; `about`: of which matter, nothing personal.
        due: the last day in China; None: no day is set.
        mine: this person is named for it; else anybody of the department or desk may do it.
    """

    what: str
    href: str
    about: str = ""
    due: date | None = None
    mine: bool = False


class Waiting(Protocol):
    """A feature that knows what waits for whom."""

    async def waits_for(self, who: Actor, *, at: datetime) -> Sequence[ToDo]:
        """What this person may do something about now; nothing for a post the feature has no work for."""
        ...


def nearest_first(found: Iterable[ToDo]) -> list[ToDo]:
    """One's own before the department's, each by the nearest day; what has no day comes last."""
    return sorted(found, key=lambda each: (not each.mine, each.due or date.max))


async def all_that_waits(desks: Iterable[Waiting], who: Actor, *, at: datetime) -> list[ToDo]:
    """Of every feature, in the order to show."""
    return nearest_first([each for desk in desks for each in await desk.waits_for(who, at=at)])
