"""Whatever anybody tries in whatever order: the history explains the state, and the law's limits hold."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec import structs

from api_spec.china_time import day_in_china
from api_spec.vocabulary import (
    CaseAction,
    CaseState,
    DecisionLevel,
    DeliveryMethod,
    ItemKind,
    MaterialStatus,
    Outcome,
    Role,
    TimerKind,
)
from backend.actors import Actor
from backend.cases import deadlines
from backend.cases.case import OPEN_STATES, Case, Event, EventFacts, Gap, Meeting, Seat, Visit, terms_of
from backend.cases.history import applied, event, opened, rebuild
from backend.cases.machine import Command, can, step
from backend.cases.records import dues
from backend.cases.tasks import late_pledge, tasks
from backend.faults import Fault
from backend.register.event_chain import ChainBroken
from tests.cases import office
from tests.cases.office import CALENDAR, NOON, citizen, item, staff

A, S = CaseAction, CaseState
ACTORS: list[Actor] = [
    citizen(),
    *(staff(role, name=f"{role}-{number}") for role in Role for number in (1, 2) if role is not Role.CITIZEN),
    staff(Role.WINDOW, name="land", department=office.LAND),
]
GAP = Gap(code="hukou", name="户口簿", status=MaterialStatus.MISSING, how_to_fix="请带来")
VISIT = Visit(
    day=date(2026, 4, 9),
    place="三都镇演示村",
    seats=tuple(
        Seat(department_id=each, name="", inspectors=("张一", "李二"))
        for each in (office.SOCIAL, office.LAND)
    ),
)
FACTS = st.builds(
    EventFacts,
    materials=st.sampled_from([{}, dict(office.BOTH_PAPERS), {"id": MaterialStatus.PRESENT}]),
    gaps=st.sampled_from([(), (GAP,)]),
    days=st.integers(0, 20),
    outcome=st.sampled_from([None, *Outcome]),
    reference=st.sampled_from(["", "三政批〔2026〕7号"]),
    basis=st.sampled_from(["", "检测", "随便"]),
    method=st.sampled_from([None, *DeliveryMethod]),
    proof=st.sampled_from(["", "签收单 1"]),
    visit=st.sampled_from([None, VISIT]),
    meeting=st.sampled_from([None, Meeting(day=date(2026, 4, 7), attendees=("周三（镇长）",))]),
    sent=st.sampled_from([(), ("id", "hukou")]),
    wanted=st.sampled_from([(), ("hukou",)]),
    pledge=st.booleans(),
    promised=st.sampled_from([(), ("hukou",), ("id", "hukou")]),
    until=st.sampled_from([None, date(2026, 4, 20)]),
    content=st.just("0" * 32),
)


class CaseWalk(RuleBasedStateMachine):
    """One case, any command by anybody, time going on."""

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = NOON
        self.events: list[Event] = []

    @initialize(kind=st.sampled_from(ItemKind), level=st.sampled_from(DecisionLevel), paper=st.booleans())
    def file(self, kind: ItemKind, level: DecisionLevel, *, paper: bool) -> None:
        what = item(kind, decision_level=level, deliverable=paper, stop_grounds=("检测",))
        self.empty: Case = opened(
            case_id="1" * 32,
            tenant_id=office.TENANT,
            department_id=office.SOCIAL,
            village_id=office.VILLAGE,
            owner_id=office.CITIZEN,
            terms=terms_of(what, ""),
        )
        self.case = self.empty
        self.write(
            Command(action=A.SUBMIT, facts=EventFacts(materials={"id": MaterialStatus.PRESENT})), citizen()
        )

    @rule(hours=st.integers(0, 90))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(
        actor=st.sampled_from(ACTORS),
        action=st.sampled_from(A),
        note=st.sampled_from(["", "理由"]),
        facts=FACTS,
    )
    def anything(self, actor: Actor, action: CaseAction, note: str, facts: EventFacts) -> None:
        self.write(Command(action=action, note=note, facts=facts), actor)

    @rule(data=st.data(), actor=st.sampled_from(ACTORS), facts=FACTS)
    def something_offered(self, data: st.DataObject, actor: Actor, facts: EventFacts) -> None:
        offered = can(self.case, actor, late=self.late())
        if offered:
            self.write(Command(action=data.draw(st.sampled_from(offered)), note="理由", facts=facts), actor)

    def late(self) -> frozenset[TimerKind]:
        found = deadlines.timers(self.events, self.empty.terms, CALENDAR)
        today = day_in_china(self.now)
        return deadlines.late(found, today) | late_pledge(self.case, today)

    def write(self, command: Command, actor: Actor) -> None:
        try:
            moved = step(self.case, command, actor, late=self.late())
        except Fault:
            return
        one = event(self.case, moved, actor_id=actor.id, at=self.now)
        self.case = applied(self.case, one)
        self.events.append(one)

    @invariant()
    def the_history_explains_the_state(self) -> None:
        if self.events:
            assert rebuild(self.empty, self.events) == self.case

    @invariant()
    def a_history_without_one_of_its_events_explains_nothing(self) -> None:
        if len(self.events) > 1:
            with pytest.raises(ChainBroken) as missing:
                rebuild(self.empty, self.events[1:])
            forged = [structs.replace(self.events[0], note="改过"), *self.events[1:]]
            with pytest.raises(ChainBroken) as altered:
                rebuild(self.empty, forged)
            assert (missing.value.seq, altered.value.seq) == (2, 1)

    @invariant()
    def the_law_holds(self) -> None:
        actions = [one.action for one in self.events]
        assert actions.count(A.REQUEST_FIX) <= 1
        assert actions.count(A.CONVENE_INSPECTION) <= 1 + actions.count(A.REOPEN)
        assert actions.count(A.EXTEND) <= 1
        for place, one in enumerate(self.events):
            earlier = actions[:place]
            if one.action in {A.DECIDE, A.SIGN, A.DECIDE_ABOVE}:
                assert A.ACCEPT in earlier or A.DEEM_ACCEPTED in earlier
            if one.action in {A.DECIDE, A.SIGN} and one.before is not S.ACCEPTED:
                received = {e.actor_id for e in self.events[:place] if e.action in {A.ACCEPT, A.FIRST_REVIEW}}
                assert one.actor_id not in received
                assert received
            if one.action is A.CLOSE_INSPECTION:
                said = {e.facts.department for e in self.events[:place] if e.action is A.GIVE_OPINION}
                assert said == {office.SOCIAL, office.LAND}
            if one.facts.outcome is Outcome.REFUSED:
                assert one.note

    @invariant()
    def what_is_still_to_be_done_is_done_before_the_end(self) -> None:
        if self.events and self.case.state not in OPEN_STATES:
            assert tasks(self.case) == frozenset()

    @invariant()
    def a_card_shows_a_day_only_while_something_is_to_be_done(self) -> None:
        if not self.events:
            return
        timers = deadlines.timers(self.events, self.empty.terms, CALENDAR)
        kept = dues(self.case.state, timers)
        assert kept.soon_on <= kept.due_on
        if self.case.state not in OPEN_STATES:
            assert kept.due_on == deadlines.NO_DAY
        if self.case.state in {S.SUBMITTED, S.NEED_FIX, S.ACCEPTED, S.REVIEWING}:
            assert kept.due_on != deadlines.NO_DAY


CaseWalk.TestCase.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestCaseWalk = CaseWalk.TestCase
