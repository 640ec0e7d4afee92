"""What the hall and the villages tell supervision: windows with nobody, computers that are silent, records that wait."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from api_spec.catalogue import WindowCard
from api_spec.china_time import day_in_china, minute_in_china, period_of
from api_spec.supervision_terms import RuleCode, SubjectKind
from api_spec.vocabulary import DayPeriod
from backend.actors import Actor, system
from backend.hall.service import Gap
from backend.intake.held_desk import HeldPage
from backend.intake.values import NodeCard
from backend.supervision.rulebook import Rulebook
from backend.supervision.watching import Finding

HELD_READ = 200

Books = Callable[[str], Awaitable[Rulebook]]


class Rosters(Protocol):
    """What is asked of the hall."""

    async def gaps(self, actor: Actor, *, first: date, days: int) -> Sequence[Gap]: ...


class WindowBook(Protocol):
    """What is asked of the catalogue."""

    async def windows(self, tenant_id: str) -> Sequence[WindowCard]: ...


class HallWatch:
    """Open half days of today with nobody at the window (plan, clause 26)."""

    name = "hall"

    def __init__(self, hall: Rosters, windows: WindowBook) -> None:
        self._hall = hall
        self._windows = windows

    async def findings(self, tenant_id: str, at: datetime) -> Sequence[Finding]:
        today = day_in_china(at)
        begun = {DayPeriod.MORNING, period_of(minute_in_china(at))}
        gaps = await self._hall.gaps(system(tenant_id), first=today, days=1)
        cards = {card.id: card for card in await self._windows.windows(tenant_id)}
        return [
            Finding(
                rule=RuleCode.NOBODY_AT_WINDOW,
                subject_kind=SubjectKind.WINDOW,
                subject_id=gap.window_id,
                subject_number=cards[gap.window_id].name,
                occurrence=f"{gap.day.isoformat()} {gap.period}",
                on=gap.day,
                department_id=cards[gap.window_id].department_id,
                href="/staff/supervision",
                facts={"period": gap.period.zh},
            )
            for gap in gaps
            if gap.period in begun and gap.window_id in cards
        ]


class Nodes(Protocol):
    async def cards(self, tenant_id: str) -> list[NodeCard]: ...


class HeldRecords(Protocol):
    async def page(self, actor: Actor, *, settled: bool, before: str = "", limit: int = 20) -> HeldPage: ...


class VillageWatch:
    """Village computers nobody has heard of for days, and records of theirs that wait for a clerk."""

    name = "villages"

    def __init__(self, nodes: Nodes, held: HeldRecords, books: Books) -> None:
        self._nodes = nodes
        self._held = held
        self._books = books

    async def findings(self, tenant_id: str, at: datetime) -> Sequence[Finding]:
        book = await self._books(tenant_id)
        return [*await self._silent(tenant_id, at, book), *await self._waiting(tenant_id, at, book)]

    async def _silent(self, tenant_id: str, at: datetime, book: Rulebook) -> Sequence[Finding]:
        least = timedelta(days=book.threshold(RuleCode.NODE_SILENT))
        return [
            Finding(
                rule=RuleCode.NODE_SILENT,
                subject_kind=SubjectKind.VILLAGE,
                subject_id=card.node.village_id,
                subject_number=card.village_name,
                occurrence=f"node:{card.node.number}:{day_in_china(last).isoformat()}",
                on=day_in_china(at),
                href="/staff/villages",
                facts={"last_seen": day_in_china(last).isoformat()},
            )
            for card in await self._nodes.cards(tenant_id)
            for last in (card.last_seen or card.node.enrolled_at,)
            if card.node.revoked_at is None and at - last >= least
        ]

    async def _waiting(self, tenant_id: str, at: datetime, book: Rulebook) -> Sequence[Finding]:
        least = timedelta(days=book.threshold(RuleCode.HELD_WAITING))
        page = await self._held.page(system(tenant_id), settled=False, limit=HELD_READ)
        return [
            Finding(
                rule=RuleCode.HELD_WAITING,
                subject_kind=SubjectKind.VILLAGE,
                subject_id=held.village_id,
                occurrence=f"held:{held.id}",
                on=day_in_china(held.held_at),
                href="/staff/held",
                facts={"held_on": day_in_china(held.held_at).isoformat()},
            )
            for held in page.held
            if at - held.held_at >= least
        ]
