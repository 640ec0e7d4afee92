"""What ratings add up to: for everybody, for the rated side, and what looks wrong. It shows no single customer."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from api_spec.catalogue import WindowCard
from api_spec.china_time import DAY_MINUTES, day_in_china, minute_in_china, moment
from api_spec.review_terms import ReviewLevel
from api_spec.routes.reviews import OVERSEERS
from api_spec.vocabulary import WindowType
from backend.actors import Actor
from backend.cache import Cache
from backend.hall.hours import Opening
from backend.reviews import rules, store
from backend.reviews.review import Shown
from backend.reviews.rules import FEWEST_SHOWN, Mark, Outlier
from backend.vault import Vault

PERIOD: Final = timedelta(days=365)
MONTH: Final = timedelta(days=30)
RATED_BY: Final = timedelta(days=3)
"""An occasion this old that nobody rated counts as unrated."""
SHOWN: Final = 100
KEPT_S: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """Ratings of one window type over the last twelve months; `counts` in the order of `ReviewLevel`.

    `is_shown`: enough of them that no single one can be told. `ticketless`: how many were given at the clerk's asking with
    no ticket or case behind them; they are in neither of the other numbers.
    """

    window_type: WindowType
    counts: dict[ReviewLevel, int] = field(default_factory=dict)
    unrated: int = 0
    ticketless: int = 0

    @property
    def rated(self) -> int:
        return sum(self.counts.values())

    @property
    def is_shown(self) -> bool:
        return self.rated >= FEWEST_SHOWN


class Windows(Protocol):
    async def windows(self, tenant_id: str) -> Sequence[WindowCard]: ...


class Hours(Protocol):
    def opening(self, tenant_id: str, window_id: str, *, day: date) -> Opening: ...


class Figures:
    """Reads ratings in numbers."""

    def __init__(self, windows: Windows, hall: Hours, vault: Vault) -> None:
        self._windows = windows
        self._hall = hall
        self._vault = vault
        self._kept: Cache[str, list[Distribution]] = Cache(life_s=KEPT_S, size=64)

    async def results(self, tenant_id: str, *, at: datetime) -> list[Distribution]:
        """The published results, in the order of the window types: no ranking. At most a minute old."""
        return await self._kept.get(tenant_id, lambda: self._results(tenant_id, at, department_id=None))

    async def own(self, actor: Actor, *, at: datetime) -> list[Distribution]:
        """The results of a department for its own people, of all for those who oversee."""
        return await self._results(actor.tenant_id, at, department_id=_department(actor))

    async def released(self, actor: Actor, *, at: datetime) -> list[Shown]:
        """What the rated side may read by now: from the next working day on, and shuffled."""
        found = await store.released(
            actor.tenant_id, department_id=_department(actor), today=day_in_china(at), limit=SHOWN
        )
        return [
            replace(shown, words=self._vault.open(line["words"], context=f"review:{shown.id}").decode())
            if line["words"]
            else shown
            for line, shown in found
        ]

    async def bad_reasons(
        self, tenant_id: str, department_id: str, *, first: date, last: date, today: date
    ) -> dict[str, int]:
        """How many bad ratings of a time rest on which indicator, the most frequent first; none while one could be told.

        Args:
            department_id: "" for all departments.
        """
        found = await store.bad_reasons(
            tenant_id,
            first=moment(first, 0),
            before=moment(last, DAY_MINUTES),
            today=today,
            department_id=department_id or None,
        )
        if len(found) < FEWEST_SHOWN:
            return {}
        return dict(Counter(reason for reasons in found for reason in reasons).most_common())

    async def outliers(self, tenant_id: str, *, at: datetime) -> list[Outlier]:
        """What somebody should look into: praise without exception, bursts, ratings while closed, sudden change."""
        marks = await store.marks(tenant_id, since=at - 4 * MONTH)
        recent = [self._with_hours(tenant_id, mark) for mark in marks if mark.at > at - MONTH]
        earlier = [mark for mark in marks if mark.at <= at - MONTH]
        return [
            *rules.streaks(recent),
            *rules.bursts(recent),
            *rules.after_hours(recent),
            *rules.drifts(recent, earlier, on=day_in_china(at).replace(day=1)),
        ]

    def _with_hours(self, tenant_id: str, mark: Mark) -> Mark:
        if not mark.terminal_id:
            return mark
        opening = self._hall.opening(tenant_id, mark.window_id, day=day_in_china(mark.at))
        return replace(mark, during_hours=opening.is_open_at(minute_in_china(mark.at)))

    async def _results(
        self, tenant_id: str, at: datetime, *, department_id: str | None
    ) -> list[Distribution]:
        since, today = at - PERIOD, day_in_china(at)
        levels = await store.levels(tenant_id, since=since, today=today, department_id=department_id)
        unrated = await store.unrated(
            tenant_id, since=since, before=at - RATED_BY, department_id=department_id
        )
        missing = {line["window_type"]: int(line["number"]) for line in unrated}
        there = {
            card.type
            for card in await self._windows.windows(tenant_id)
            if department_id in (None, card.department_id)
        }
        counted: Counter[tuple[str, str]] = Counter()
        apart: Counter[str] = Counter()
        for line in levels:
            if line["ticketless"]:
                apart[line["window_type"]] += int(line["number"])
            else:
                counted[line["window_type"], line["level"]] += int(line["number"])
        return [
            Distribution(
                window_type=kind,
                counts={level: counted[kind.value, level.value] for level in ReviewLevel},
                unrated=missing.get(kind.value, 0),
                ticketless=apart[kind.value],
            )
            for kind in WindowType
            if kind in there
        ]


def _department(actor: Actor) -> str | None:
    return None if actor.has(OVERSEERS) else actor.department_id or "-"
