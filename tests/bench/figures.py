"""How long the statistics take over the cases that are stored: made from nothing once, then asked."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date

from api_spec.china_time import day_in_china
from api_spec.messages.statistics import Dimension
from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.office import open_office
from backend.settings import Settings
from backend.statistics import rules
from backend.statistics.rules import Period
from tests.bench.prepare import HASHING, utc_now

GOAL_MS = 1_000
"""A report a person waits for; the lists they work with have their own, much shorter goal."""


@dataclass(frozen=True, slots=True)
class StatisticsTimes:
    """Cases a second while figures are made from nothing; the slowest report in milliseconds."""

    cases: int
    made_a_second: float
    slowest_ms: float
    slowest: str

    def __str__(self) -> str:
        return (
            f"Statistics of {self.cases:,} cases: {self.made_a_second:,.0f} figures/s from nothing,"
            f" slowest report {self.slowest} {self.slowest_ms:.0f} ms (goal {GOAL_MS}):"
            f" {'ok' if self.slowest_ms <= GOAL_MS else 'missed'}"
        )


async def measure_statistics(settings: Settings) -> StatisticsTimes:
    """In this process, on the township that `prepare` filled."""
    async with open_office(settings, clock=utc_now, hashing=HASHING) as office:
        statistics, today = office.statistics, day_in_china(utc_now())
        began = time.perf_counter()
        made = await statistics.digest.rebuild()
        spent = time.perf_counter() - began
        director = Actor(
            id="bench", roles=frozenset({Role.DIRECTOR}), tenant_id=office.catalogue.tenant_ids[0]
        )
        period = Period(date(today.year - 1, 1, 1), today)

        def asked(by: Dimension) -> rules.Question:
            return rules.question(director, period, by=by)

        reports: list[tuple[str, Callable[[], Awaitable[object]]]] = [
            *((f"by {by.value}", lambda by=by: statistics.table(asked(by), today=today)) for by in Dimension),
            ("hot spots", lambda: statistics.hot_spots(asked(Dimension.ITEM), today=today)),
            ("work", lambda: statistics.work(director, period)),
        ]
        timed = [(await _ms(report), name) for name, report in reports]
    slowest_ms, slowest = max(timed)
    return StatisticsTimes(made, made / spent, slowest_ms, slowest)


async def _ms(report: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await report()
    return (time.perf_counter() - began) * 1e3
