"""Statistics: answers questions about what was done, where it gets stuck, and who did how much. Decides nothing."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from api_spec.catalogue import DepartmentCard
from api_spec.china_time import moment
from api_spec.messages.statistics import Dimension, Measure, Obstacle
from api_spec.vocabulary import CaseAction, CaseState, Channel, ErrandAction, ItemKind, WindowType
from backend.actors import Actor
from backend.catalogue.values import Village
from backend.people.accounts import Member
from backend.register.store_work import WorkLine
from backend.statistics import rules, store, store_behind
from backend.statistics.digest import Digest, Histories, WorkingCalendar
from backend.statistics.rules import Period, Question
from backend.statistics.store import LackSum, Lines, Sums
from backend.statistics.store_behind import Behind

__all__ = ["Behind", "HotSpots", "Period", "Question", "Statistics", "Table", "WorkSheet"]

MOST_LACKS = 30
AT_TOWNSHIP = "镇级（非村级收件）"
NO_NAME = "（已不在目录中）"


class CaseSource(Histories, Protocol):
    async def work(self, tenant_id: str, *, first: datetime, before: datetime) -> list[WorkLine]: ...


class ErrandSource(Protocol):
    async def work(self, tenant_id: str, *, first: datetime, before: datetime) -> list[WorkLine]: ...


class Places(Protocol):
    """The catalogue's names."""

    async def departments(self, tenant_id: str) -> Sequence[DepartmentCard]: ...
    async def villages(self, tenant_id: str) -> Sequence[Village]: ...


class Ratings(Protocol):
    """What bad ratings rest on."""

    async def bad_reasons(
        self, tenant_id: str, department_id: str, *, first: date, last: date, today: date
    ) -> dict[str, int]: ...


class Staff(Protocol):
    async def members(self, tenant_id: str, *, after: str, limit: int) -> list[Member]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One group of a table. `median`, `ninth`: hundredths of working days to the decision, at the middle and at 9 in 10."""

    key: str
    label: str
    counts: Mapping[Measure, int]
    median: int | None
    ninth: int | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of figures; no sum over outcomes is ever made, only over groups."""

    asked: Question
    lines: tuple[Line, ...]
    total: Line


@dataclass(frozen=True, slots=True)
class Cell:
    """One share and how hot it is; `heat` as `rules.heat`."""

    share: float
    part: int
    whole: int
    heat: int


@dataclass(frozen=True, slots=True)
class HotLine:
    key: str
    label: str
    cases: int
    cells: Mapping[Obstacle, Cell]


@dataclass(frozen=True, slots=True)
class Step:
    """Where the days go: hundredths of working days in a state, and its part of all."""

    state: CaseState
    cases: int
    hundredths: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HotSpots:
    """堵点: each group against the place's own average, the hottest first.

    `reasons`: what bad ratings rest on; empty while they are too few to be told apart from one person's.
    """

    asked: Question
    average: Mapping[Obstacle, float]
    lines: tuple[HotLine, ...]
    steps: tuple[Step, ...]
    lacks: tuple[LackSum, ...]
    reasons: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Worked:
    """What one person did in a time: counts only, no score (domain: no ranking)."""

    name: str
    posts: str
    done: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class WorkSheet:
    """Everybody's work; `actions` are the columns, in the office's words."""

    period: Period
    actions: tuple[str, ...]
    people: tuple[Worked, ...]


class Statistics:
    """Figures of the townships."""

    def __init__(
        self,
        cases: CaseSource,
        errands: ErrandSource,
        hall: WorkingCalendar,
        *,
        places: Places,
        staff: Staff,
        ratings: Ratings,
    ) -> None:
        self.digest = Digest(cases, hall)
        self._cases = cases
        self._errands = errands
        self._places = places
        self._staff = staff
        self._ratings = ratings

    async def table(self, asked: Question, *, today: date) -> Table:
        """Figures by group, the largest first; months in their order."""
        await self.digest.catch_up()
        found = await store.sums(asked, today=today)
        days: dict[str, list[int]] = defaultdict(list)
        for key, used in await store.used(asked):
            days[key].append(used)
        labels = await self.labels(asked)
        lines = [_line(each, _label(asked.by, each.key, each.name, labels), days[each.key]) for each in found]
        if asked.by is not Dimension.MONTH:
            lines.sort(key=lambda line: (-line.counts[Measure.RECEIVED], line.label))
        everything = sorted(used for group in days.values() for used in group)
        total = Counter[Measure]()
        for each in found:
            total.update(each.counts)
        return Table(asked, tuple(lines), _line(Sums("", "", dict(total)), "合计", everything))

    async def received(self, asked: Question, *, today: date) -> list[tuple[str, int]]:
        """How many cases each group received, without reckoning anybody's days."""
        await self.digest.catch_up()
        labels = await self.labels(asked)
        return [
            (_label(asked.by, each.key, each.name, labels), each.counts[Measure.RECEIVED])
            for each in await store.sums(asked, today=today)
        ]

    async def hot_spots(self, asked: Question, *, today: date) -> HotSpots:
        """Where people get stuck, by the share of cases that met each obstacle."""
        average, lines = await self.obstacles(asked, today=today)
        steps = await store.steps(asked)
        spent = sum(step.hundredths for step in steps)
        return HotSpots(
            asked=asked,
            average=average,
            lines=lines,
            steps=tuple(
                Step(step.state, step.cases, step.hundredths, rules.share(step.hundredths, spent))
                for step in steps
                if step.hundredths
            ),
            lacks=tuple(await store.lacks(asked, limit=MOST_LACKS)),
            reasons=await self._ratings.bad_reasons(
                asked.tenant_id,
                asked.department_id,
                first=asked.period.first,
                last=asked.period.last,
                today=today,
            ),
        )

    async def obstacles(
        self, asked: Question, *, today: date
    ) -> tuple[Mapping[Obstacle, float], tuple[HotLine, ...]]:
        """The average share of each obstacle, and every group beside it, the hottest first."""
        await self.digest.catch_up()
        found = await store.obstacles(asked, today=today)
        labels = await self.labels(asked)
        average = {
            obstacle: rules.share(part, all_) for obstacle, (part, all_) in _shares(_added(found)).items()
        }
        lines = [
            HotLine(
                each.key, _label(asked.by, each.key, each.name, labels), each.cases, _cells(each, average)
            )
            for each in found
        ]
        lines.sort(
            key=lambda line: (-max(cell.heat for cell in line.cells.values()), -line.cases, line.label)
        )
        return average, tuple(lines)

    async def behind(self, asked: Behind, *, today: date, after: str, limit: int) -> list[str]:
        """Ids of the cases a figure counts, the newest first."""
        await self.digest.catch_up()
        return await store_behind.case_ids(asked, today=today, after=after, limit=limit)

    async def work(self, actor: Actor, period: Period) -> WorkSheet:
        """Everybody's work in a period, by name (plan, clause 35: yearly, without scoring or ranking).

        Raises:
            Fault: as `rules.question`; a department sees its own people.
        """
        asked = rules.question(actor, period, by=Dimension.DEPARTMENT)
        first, before = moment(period.first, 0), moment(period.last, 24 * 60)
        done: dict[str, Counter[str]] = defaultdict(Counter)
        for line in await self._cases.work(asked.tenant_id, first=first, before=before):
            done[line.actor_id][CaseAction(line.action).zh] += line.done
        for line in await self._errands.work(asked.tenant_id, first=first, before=before):
            done[line.actor_id]["代办·" + ErrandAction(line.action).zh] += line.done
        people = [
            Worked(member.account.name, _posts(member), done[member.account.id])
            for member in await self._members(asked)
        ]
        used = {action for worked in people for action, times in worked.done.items() if times}
        columns = (*(a.zh for a in CaseAction), *("代办·" + a.zh for a in ErrandAction))
        return WorkSheet(period, tuple(a for a in columns if a in used), tuple(people))

    async def _members(self, asked: Question) -> list[Member]:
        found: list[Member] = []
        after = ""
        while page := await self._staff.members(asked.tenant_id, after=after, limit=200):
            found += page
            after = page[-1].account.login_name
        return [
            member
            for member in found
            if not asked.department_id
            or any(post.department_id == asked.department_id for post in member.posts)
        ]

    async def labels(self, asked: Question) -> Mapping[str, str]:
        """What the groups of a question are called, by their keys; those of items and months name themselves."""
        match asked.by:
            case Dimension.DEPARTMENT:
                return {card.id: card.name for card in await self._places.departments(asked.tenant_id)}
            case Dimension.VILLAGE:
                names = {each.id: each.name for each in await self._places.villages(asked.tenant_id)}
                return {**names, "": AT_TOWNSHIP}
            case Dimension.WINDOW:
                return {each.value: each.zh for each in WindowType}
            case Dimension.CHANNEL:
                return {each.value: each.zh for each in Channel}
            case Dimension.KIND:
                return {each.value: each.zh for each in ItemKind}
        return {}


def _label(by: Dimension, key: str, name: str, labels: Mapping[str, str]) -> str:
    if by is Dimension.ITEM:
        return name
    return key if by is Dimension.MONTH else labels.get(key, NO_NAME)


def _line(sums: Sums, label: str, used: Sequence[int]) -> Line:
    return Line(
        key=sums.key,
        label=label,
        counts={measure: sums.counts.get(measure, 0) for measure in Measure},
        median=rules.middle(used),
        ninth=rules.middle(used, 0.9),
    )


def _shares(one: Lines) -> dict[Obstacle, tuple[int, int]]:
    return {
        Obstacle.NOTICE: (one.noticed, one.cases),
        Obstacle.LATE: (one.late, one.judged),
        Obstacle.SLOW: (one.used, one.promised),
        Obstacle.REPEAT: (one.repeated, one.cases),
    }


def _counted(one: Lines) -> dict[Obstacle, int]:
    """Of how many cases each share is."""
    return {
        Obstacle.NOTICE: one.cases,
        Obstacle.LATE: one.judged,
        Obstacle.SLOW: one.ended,
        Obstacle.REPEAT: one.cases,
    }


def _cells(one: Lines, average: Mapping[Obstacle, float]) -> dict[Obstacle, Cell]:
    counted, cells = _counted(one), {}
    for obstacle, (part, whole) in _shares(one).items():
        share = rules.share(part, whole)
        met = counted[obstacle] if obstacle is Obstacle.SLOW else part
        heat = rules.heat(share, average[obstacle], cases=counted[obstacle], met=met)
        cells[obstacle] = Cell(share, part, whole, heat)
    return cells


def _added(lines: Sequence[Lines]) -> Lines:
    total = Lines("", "", *(0 for _ in Lines.__slots__[2:]))
    for one in lines:
        total = replace(
            total, **{name: getattr(total, name) + getattr(one, name) for name in Lines.__slots__[2:]}
        )
    return total


def _posts(member: Member) -> str:
    return "、".join(dict.fromkeys(post.role.zh for post in member.posts if post.ended_at is None))
