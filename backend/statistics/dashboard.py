"""The director's dashboard: today from the figures as they stand, the year and its obstacles as of the last round."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from api_spec.china_time import day_in_china
from api_spec.messages.statistics import Dimension, Obstacle
from backend.actors import Actor
from backend.cache import Cache
from backend.statistics import rules, store_overview
from backend.statistics.overview import MONTHS, Names, Today, Year, year
from backend.statistics.rules import Question
from backend.statistics.service import HotLine, Statistics

LIFE_S = 900.0
"""Twelve months change little in a quarter of an hour, and cost some passes over all of them: a round makes the
township's anew before they are too old, so that nobody waits for them."""
MOST_KEPT = 200
HOTTEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class YearSeen:
    """The year and where it got stuck, the hottest items first."""

    asked: Question
    year: Year
    average: Mapping[Obstacle, float]
    hottest: tuple[HotLine, ...]


class Dashboard:
    """What somebody with a view of the figures sees first."""

    def __init__(self, statistics: Statistics, *, tenant_ids: Callable[[], Sequence[str]]) -> None:
        self._statistics = statistics
        self._tenant_ids = tenant_ids
        self._kept: Cache[tuple[str, str, date], YearSeen] = Cache(life_s=LIFE_S, size=MOST_KEPT)

    async def today(self, actor: Actor, day: date) -> Today:
        """Raises Fault: as `rules.question`."""
        asked = rules.question(actor, rules.months_back(day, MONTHS), by=Dimension.MONTH)
        await self._statistics.digest.catch_up()
        return await store_overview.today(asked, day)

    async def year(self, actor: Actor, day: date) -> YearSeen:
        """Raises Fault: as `rules.question`."""
        return await self._year(
            rules.question(actor, rules.months_back(day, MONTHS), by=Dimension.MONTH), day
        )

    async def run(self, at: datetime) -> None:
        """One round: the figures that are due, and every township's year anew."""
        await self._statistics.digest.catch_up()
        for tenant_id in self._tenant_ids():
            day = day_in_china(at)
            self._kept.drop((tenant_id, "", day))
            await self._year(
                Question(
                    tenant_id=tenant_id,
                    department_id="",
                    period=rules.months_back(day, MONTHS),
                    by=Dimension.MONTH,
                ),
                day,
            )

    async def _year(self, asked: Question, day: date) -> YearSeen:
        return await self._kept.get(
            (asked.tenant_id, asked.department_id, day), lambda: self._seen(asked, day)
        )

    async def _seen(self, asked: Question, day: date) -> YearSeen:
        async def labels(by: Dimension) -> Mapping[str, str]:
            return await self._statistics.labels(replace(asked, by=by))

        names = Names(
            await labels(Dimension.WINDOW), await labels(Dimension.VILLAGE), await labels(Dimension.CHANNEL)
        )
        blocks = await store_overview.blocks(asked, day)
        average, hot = await self._statistics.obstacles(replace(asked, by=Dimension.ITEM), today=day)
        return YearSeen(
            asked=asked,
            year=year(asked.period, blocks, names),
            average=average,
            hottest=tuple(line for line in hot if max(cell.heat for cell in line.cells.values()) > 0)[
                :HOTTEST
            ],
        )
