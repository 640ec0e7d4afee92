"""A township under supervision for tests: histories as anybody might have made them, and the real service on a database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from api_spec.catalogue import Item
from api_spec.vocabulary import CaseAction, CaseState, ClockEffect, ItemKind, MaterialStatus, Role
from backend.cases.case import NO_FACTS, Case, Event, EventFacts, terms_of
from backend.cases.history import applied, event, opened
from backend.cases.machine import EDGES, Step
from backend.supervision.conduct import judge
from backend.supervision.rulebook import Rulebook
from backend.supervision.watching import Finding
from tests.cases import office as cases_office
from tests.cases.office import CALENDAR, NOON, Township, item, staff

A, S = CaseAction, CaseState
SUPERVISOR = staff(Role.SUPERVISOR, department="")
OTHER_SUPERVISOR = staff(Role.SUPERVISOR, name="supervisor-2", department="")
BROUGHT = dict.fromkeys(("id", "hukou"), MaterialStatus.PRESENT)
PAPERS = EventFacts(materials=BROUGHT)


@dataclass
class Watched(Township):
    """The other features, as supervision sees them."""

    tenant_ids: tuple[str, ...] = (cases_office.TENANT,)

    async def item(self, tenant_id: str, item_id: str) -> Item:
        assert tenant_id in self.tenant_ids
        return await self.item_in("", item_id)


@dataclass
class Story:
    """A case's history, written by hand: also what the machine would never let happen."""

    kind: ItemKind = ItemKind.PROMISED
    stop_grounds: tuple[str, ...] = ("检测",)
    at: datetime = NOON
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.empty: Case = opened(
            case_id="1" * 32,
            tenant_id=cases_office.TENANT,
            department_id=cases_office.SOCIAL,
            village_id="",
            owner_id=cases_office.CITIZEN,
            terms=terms_of(item(self.kind, stop_grounds=self.stop_grounds), ""),
        )
        self.case = self.empty
        self.then(A.SUBMIT, Role.CITIZEN)

    def then(
        self,
        action: CaseAction,
        role: Role,
        facts: EventFacts = NO_FACTS,
        *,
        note: str = "理由",
        who: str = "",
        wait: timedelta = timedelta(hours=1),
    ) -> "Story":
        self.at += wait
        edge = EDGES.get((self.case.state, action))
        done = Step(
            action=action,
            before=self.case.state,
            after=edge.to if edge else self.case.state,
            role=role,
            note=note,
            facts=facts,
            clock=edge.clock if edge else ClockEffect.NONE,
        )
        one = event(self.case, done, actor_id=who or role.value, at=self.at)
        self.case = applied(self.case, one)
        self.events.append(one)
        return self

    def accepted(self) -> "Story":
        return self.then(A.ACCEPT, Role.WINDOW, PAPERS).then(A.FIRST_REVIEW, Role.WINDOW)

    def judged(self, book: Rulebook | None = None) -> list[Finding]:
        return judge_all(self.empty, self.events, book)


def judge_all(empty: Case, events: Sequence[Event], book: Rulebook | None = None) -> list[Finding]:
    return list(judge(empty, (), events, calendar=CALENDAR, book=book or Rulebook()))
