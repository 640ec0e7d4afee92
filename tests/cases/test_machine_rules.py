"""The machine's table as the township signed it, row by row; and every question a row asks, at its edges."""

import dataclasses
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from api_spec.errors import ErrorCode
from api_spec.vocabulary import (
    CaseAction,
    CaseState,
    DecisionLevel,
    DeliveryMethod,
    ItemKind,
    MaterialStatus,
    Outcome,
    Role,
    TaskKind,
    TimerKind,
)
from backend.actors import Actor
from backend.cases.case import OPEN_STATES, Case, EventFacts, Gap, Meeting, Seat, Visit, terms_of
from backend.cases.conditions import ASKS, WHENS, Ask, When
from backend.cases.machine import EDGES, Command, Edge, acting_role, can, step
from backend.cases.tasks import Task, late_pledge, tasks
from backend.cases.worklist import NEXT, next_states
from backend.faults import Fault
from tests.cases import office
from tests.cases.office import CENTRE, HEAD, LEADER, WINDOW, citizen, item, staff

A, S = CaseAction, CaseState
TABLE = Path(__file__).with_name("edges.txt")
PRESENT, MISSING, WRONG = MaterialStatus.PRESENT, MaterialStatus.MISSING, MaterialStatus.WRONG
DAY = date(2026, 4, 20)


def case(state: CaseState = S.REVIEWING, **more: Any) -> Case:
    given: dict[str, Any] = {
        "id": "1" * 32,
        "tenant_id": office.TENANT,
        "department_id": office.SOCIAL,
        "village_id": office.VILLAGE,
        "owner_id": office.CITIZEN,
        "terms": terms_of(item(stop_grounds=("检测",)), ""),
        "state": state,
        "version": 1,
    }
    return Case(**(given | more))


def of_kind(kind: ItemKind, level: DecisionLevel, **more: Any) -> Case:
    return case(terms=terms_of(item(kind, decision_level=level), ""), **more)


def rows() -> Iterator[str]:
    """The whole table, a line each."""
    for (state, action), edge in sorted(EDGES.items()):
        parts = [f"{state} {action} -> {edge.to}", "by " + " ".join(sorted(edge.by))]
        parts += ["note"] * edge.note + ["invited"] * edge.invited
        parts += ["when " + " ".join(edge.when)] * bool(edge.when)
        parts += ["asks " + " ".join(edge.asks)] * bool(edge.asks)
        yield " | ".join([*parts, f"clock {edge.clock}"])


def test_the_table_is_the_one_that_was_signed() -> None:
    assert list(rows()) == TABLE.read_text("utf-8").splitlines()


def wrong(ask: Ask, one: Case, facts: EventFacts, role: Role = Role.WINDOW) -> list[tuple[str, str]]:
    return [(each.field, each.code) for each in ASKS[ask](one, facts, role)]


def holds(when: When, one: Case, actor: Actor = WINDOW, *late: TimerKind) -> bool:
    return WHENS[when](one, actor, late)


@pytest.mark.parametrize(
    ("when", "one", "expected"),
    [
        (When.FIRST_NOTICE, case(), True),
        (When.FIRST_NOTICE, case(notices=1), False),
        (When.REFUSAL_NOT_PROPOSED, case(refusal_proposed=True), False),
        (When.NOT_EXTENDED, case(extended_days=1), False),
        (When.EXTENSION_NOT_PROPOSED, case(extension_proposed=True), False),
        (When.EXTENSION_PROPOSED, case(extension_proposed=True), True),
        (When.EXTENSION_PROPOSED, case(extension_proposed=True, extended_days=1), False),
        (When.EXTENSION_PROPOSED, case(), False),
        (When.RECEIVED, case(), False),
        (When.RECEIVED, case(receivers=frozenset({"x"})), True),
        (When.NOT_RECEIVED, case(receivers=frozenset({"x"})), False),
        (When.OTHER_PERSON, case(receivers=frozenset({WINDOW.id})), False),
        (When.OTHER_PERSON, case(receivers=frozenset({"x"})), True),
        (When.OWES, case(owed=("id",)), True),
        (When.OWES, case(), False),
        (When.NOTHING_OWED, case(owed=("id",)), False),
        (When.STOPPABLE, case(), True),
        (When.STOPPABLE, case(terms=terms_of(item(), "")), False),
        (When.INSTANT, of_kind(ItemKind.INSTANT, DecisionLevel.WINDOW), True),
        (When.NOT_INSTANT, of_kind(ItemKind.INSTANT, DecisionLevel.WINDOW), False),
        (When.DECIDED_HERE, of_kind(ItemKind.PROMISED, DecisionLevel.WINDOW), True),
        (When.DECIDED_HERE, of_kind(ItemKind.PROMISED, DecisionLevel.GROUP_LEADER), True),
        (When.DECIDED_HERE, of_kind(ItemKind.PROMISED, DecisionLevel.LEGAL_SIGN), False),
        (When.DECIDED_HERE, of_kind(ItemKind.PROMISED, DecisionLevel.SUPERIOR), False),
        (When.DECIDED_HERE, of_kind(ItemKind.PROMISED, DecisionLevel.COLLECTIVE), False),
        (When.DECIDED_HERE, of_kind(ItemKind.PROMISED, DecisionLevel.COLLECTIVE, concluded=True), True),
        (When.DECIDED_HERE, of_kind(ItemKind.PROMISED, DecisionLevel.LEGAL_SIGN, concluded=True), False),
        (When.DECIDED_HERE, of_kind(ItemKind.REPORTED, DecisionLevel.GROUP_LEADER), False),
        (When.REPORTED, of_kind(ItemKind.REPORTED, DecisionLevel.GROUP_LEADER), True),
        (When.REPORTED, of_kind(ItemKind.PROMISED, DecisionLevel.SUPERIOR), True),
        (When.REPORTED, case(), False),
        (When.NEEDS_SIGNATURE, of_kind(ItemKind.PROMISED, DecisionLevel.LEGAL_SIGN), True),
        (When.NEEDS_SIGNATURE, of_kind(ItemKind.REPORTED, DecisionLevel.LEGAL_SIGN), False),
        (When.NEEDS_SIGNATURE, case(), False),
        (When.NEEDS_MEETING, of_kind(ItemKind.PROMISED, DecisionLevel.COLLECTIVE), True),
        (When.NEEDS_MEETING, of_kind(ItemKind.PROMISED, DecisionLevel.COLLECTIVE, concluded=True), False),
        (When.NEEDS_MEETING, case(), False),
        (When.TO_HAND_OVER, case(), True),
        (When.NOTHING_TO_HAND_OVER, case(), False),
    ],
)
def test_a_condition_holds_exactly_there(when: When, one: Case, expected: bool) -> None:  # noqa: FBT001
    assert holds(when, one) is expected


def test_the_clock_s_conditions_want_their_own_timer_late() -> None:
    mine = {
        When.NOTICE_LATE: TimerKind.NOTICE,
        When.SUPPLEMENT_LATE: TimerKind.SUPPLEMENT,
        When.PLEDGE_LATE: TimerKind.PLEDGE,
    }
    for when, kind in mine.items():
        for other in TimerKind:
            assert holds(when, case(), WINDOW, other) is (other is kind)
    assert not holds(When.NOT_LATE, case(), WINDOW, TimerKind.PROMISE)
    assert holds(When.NOT_LATE, case(), WINDOW, TimerKind.NOTICE)


SEATS = (
    Seat(department_id=office.SOCIAL, name="", inspectors=("张一",)),
    Seat(department_id=office.LAND, name="", inspectors=("李二",)),
)
VISIT = Visit(day=DAY, place="三都镇演示村", seats=SEATS)


@pytest.mark.plan(49)
@pytest.mark.parametrize(
    ("visit", "told"),
    [
        (VISIT, []),
        (None, [("visit_day", "required")]),
        (replace(VISIT, place="  "), [("place", "required")]),
        (replace(VISIT, seats=SEATS[:1]), [("departments", "too_small"), ("inspectors", "too_small")]),
        (
            replace(VISIT, seats=(SEATS[0], SEATS[0])),
            [("departments", "too_small"), ("departments", "twice")],
        ),
        (replace(VISIT, seats=(*SEATS, SEATS[0])), [("departments", "twice")]),
        (
            replace(VISIT, seats=(SEATS[0], replace(SEATS[1], inspectors=()))),
            [("inspectors", "required"), ("inspectors", "too_small")],
        ),
        (
            replace(
                VISIT,
                seats=(replace(SEATS[0], inspectors=("张一", "王三")), replace(SEATS[1], inspectors=())),
            ),
            [("inspectors", "required")],
        ),
    ],
)
def test_a_visit_has_two_departments_and_two_named_inspectors(
    visit: Visit | None, told: list[tuple[str, str]]
) -> None:
    assert wrong(Ask.VISIT, case(), EventFacts(visit=visit)) == told


@pytest.mark.plan(49)
def test_an_opinion_is_for_the_departments_called_and_each_gives_one() -> None:
    one = case(S.INSPECTING, visit=VISIT)
    land = staff(Role.BACK_OFFICE, department=office.LAND)
    said = step(one, Command(action=A.GIVE_OPINION, note="同意"), land)
    assert (said.role, said.facts.department, said.after) == (Role.BACK_OFFICE, office.LAND, S.INSPECTING)
    edge = EDGES[S.INSPECTING, A.GIVE_OPINION]
    for stranger in (
        staff(Role.WINDOW, department="9" * 32),
        staff(Role.WINDOW, department=office.LAND, tenant="9" * 32),
        staff(Role.SUPERIOR, department=office.LAND),
    ):
        assert acting_role(one, edge, stranger) is None
    assert acting_role(case(S.INSPECTING), edge, land) is None
    noted = Command(action=A.ADD_NOTE, note="已电话联系")
    assert step(one, noted, staff(Role.WINDOW, department=office.SOCIAL)).facts.department == ""
    assert A.GIVE_OPINION not in can(replace(one, opinions=frozenset({office.LAND})), land)
    assert A.CLOSE_INSPECTION not in can(replace(one, opinions=frozenset({office.LAND})), CENTRE)
    both = replace(one, opinions=frozenset({office.LAND, office.SOCIAL}))
    assert A.CLOSE_INSPECTION in can(both, CENTRE)
    assert A.CONVENE_INSPECTION not in can(replace(both, state=S.REVIEWING), CENTRE)


@pytest.mark.plan(48)
def test_a_report_names_its_number_and_every_required_paper_and_none_is_wanted_twice() -> None:
    sent = EventFacts(reference="三政报1号", sent=("id", "hukou"))
    assert wrong(Ask.TRANSMITTAL, case(), sent) == []
    assert wrong(Ask.TRANSMITTAL, case(), replace(sent, sent=("id", "hukou", "photo"))) == []
    assert wrong(Ask.TRANSMITTAL, case(), replace(sent, sent=("id",))) == [
        ("sent", ErrorCode.MATERIAL_MISSING)
    ]
    assert wrong(Ask.TRANSMITTAL, case(), replace(sent, sent=("id", "hukou", "else"), reference=" ")) == [
        ("reference", "required"),
        ("sent", "not_a_choice"),
    ]
    back = EventFacts(reference="耒退1号", wanted=("id",))
    assert wrong(Ask.WANTED, case(), back) == []
    assert wrong(Ask.WANTED, case(), replace(back, wanted=())) == []
    assert (
        wrong(Ask.WANTED, case(), replace(back, wanted=tuple(paper.code for paper in case().terms.papers)))
        == []
    )
    assert wrong(Ask.WANTED, case(wanted_above=frozenset({"hukou"})), back) == []
    assert wrong(Ask.WANTED, case(wanted_above=frozenset({"id"})), back) == [("wanted", "asked_before")]
    assert wrong(Ask.WANTED, case(), EventFacts(wanted=("else",))) == [
        ("reference", "required"),
        ("wanted", "not_a_choice"),
    ]


@pytest.mark.plan(50)
def test_a_meeting_has_a_day_people_and_a_number() -> None:
    there = Meeting(day=DAY, attendees=("周三（镇长）",))
    assert wrong(Ask.MEETING, case(), EventFacts(reference="纪要1号", meeting=there)) == []
    assert wrong(Ask.MEETING, case(), EventFacts()) == [
        ("reference", "required"),
        ("meeting_day", "required"),
    ]
    nobody = replace(there, attendees=())
    assert wrong(Ask.MEETING, case(), EventFacts(reference="纪要1号", meeting=nobody)) == [
        ("attendees", "required")
    ]


def test_papers_are_all_there_or_all_pledged_with_a_day() -> None:
    found = {"id": PRESENT, "hukou": WRONG}
    assert wrong(Ask.MATERIALS, case(), EventFacts(materials=found)) == [
        ("materials.hukou", ErrorCode.MATERIAL_MISSING)
    ]
    assert wrong(Ask.MATERIALS, case(), EventFacts(materials={"id": PRESENT, "hukou": PRESENT})) == []
    assert (
        wrong(Ask.MATERIALS, case(materials={"hukou": PRESENT}), EventFacts(materials={"id": PRESENT})) == []
    )
    pledge = EventFacts(materials=found, pledge=True, promised=("hukou",), until=DAY)
    assert wrong(Ask.MATERIALS, case(), pledge) == []
    assert wrong(Ask.MATERIALS, case(), replace(pledge, until=None)) == [("until", "required")]
    assert wrong(Ask.MATERIALS, case(), replace(pledge, promised=("id",))) == [("promised", "required")]
    assert wrong(Ask.MATERIALS, case(), replace(pledge, materials={**found, "else": PRESENT})) == [
        ("materials.else", "not_a_choice")
    ]
    owing = case(owed=("hukou",))
    assert wrong(Ask.OWED, owing, EventFacts(materials={"hukou": PRESENT})) == []
    assert wrong(Ask.OWED, owing, EventFacts()) == [("materials", "required")]
    for bad in ({"id": PRESENT}, {"hukou": MISSING}):
        assert wrong(Ask.OWED, owing, EventFacts(materials=bad)) == [
            (f"materials.{next(iter(bad))}", "not_a_choice")
        ]


GAP = Gap(code="hukou", name="户口簿", status=MISSING, how_to_fix="请带来")


def test_a_notice_lists_each_gap_once_and_every_missing_paper() -> None:
    found = {"id": PRESENT}
    assert wrong(Ask.GAPS, case(), EventFacts(gaps=(GAP,), materials=found)) == []
    assert wrong(Ask.GAPS, case(), EventFacts(materials=found)) == [
        ("gaps", "required"),
        ("gaps", "one_notice"),
    ]
    bad = replace(GAP, code="else", status=PRESENT, how_to_fix=" ")
    assert wrong(Ask.GAPS, case(), EventFacts(gaps=(GAP, GAP, bad), materials=found)) == [
        ("gaps.1.code", "not_a_choice"),
        ("gaps.2.code", "not_a_choice"),
        ("gaps.2.status", "not_a_choice"),
        ("gaps.2.how_to_fix", "required"),
    ]
    assert wrong(Ask.GAPS, case(), EventFacts(gaps=(GAP,))) == [("gaps", "one_notice")]
    assert wrong(Ask.GAPS, case(), EventFacts(gaps=(replace(GAP, code="photo"),))) == [("gaps", "one_notice")]
    told = case(gaps=(GAP,))
    assert wrong(Ask.EVERY_GAP, told, EventFacts(materials={"hukou": PRESENT})) == []
    assert wrong(Ask.EVERY_GAP, told, EventFacts(materials={"hukou": WRONG, "else": PRESENT})) == [
        ("materials.else", "not_a_choice"),
        ("materials.hukou", ErrorCode.MATERIAL_MISSING),
    ]


@pytest.mark.parametrize(
    ("ask", "days", "fine"),
    [
        (Ask.DAYS, 0, False),
        (Ask.DAYS, 1, True),
        (Ask.DAYS, 60, True),
        (Ask.DAYS, 61, False),
        (Ask.EXTRA_DAYS, 0, False),
        (Ask.EXTRA_DAYS, 1, True),
        (Ask.EXTRA_DAYS, 10, True),
        (Ask.EXTRA_DAYS, 11, False),
    ],
)
def test_days_stay_within_the_law(ask: Ask, days: int, fine: bool) -> None:  # noqa: FBT001
    assert (wrong(ask, case(), EventFacts(days=days)) == []) is fine


def test_the_other_questions() -> None:
    assert wrong(Ask.BASIS, case(), EventFacts(basis=" ")) == [("basis", "required")]
    assert wrong(Ask.BASIS, case(), EventFacts(basis="法")) == []
    assert wrong(Ask.GROUND, case(), EventFacts(basis="检测", days=3)) == []
    assert wrong(Ask.GROUND, case(), EventFacts(basis="别的")) == [
        ("basis", "not_a_choice"),
        ("days", "required"),
    ]
    assert wrong(Ask.OUTCOME, case(), EventFacts()) == [("outcome", "required")]
    assert wrong(Ask.OUTCOME, case(), EventFacts(outcome=Outcome.GRANTED)) == []
    assert wrong(Ask.OUTCOME, case(), EventFacts(outcome=Outcome.REFUSED)) == [("basis", "required")]
    assert wrong(Ask.OUTCOME, case(), EventFacts(outcome=Outcome.REFUSED, basis="法")) == []
    assert wrong(Ask.REFERENCE, case(), EventFacts(reference=" ")) == [("reference", "required")]
    assert wrong(Ask.CONTENT, case(), EventFacts()) == [("answers", "required")]
    assert wrong(Ask.CONTENT, case(), EventFacts(content="x")) == []
    assert wrong(Ask.WRITTEN_WISH, case(), EventFacts(), Role.WINDOW) == [("reference", "required")]
    assert wrong(Ask.WRITTEN_WISH, case(), EventFacts(reference="撤1号"), Role.WINDOW) == []
    assert wrong(Ask.WRITTEN_WISH, case(), EventFacts(), Role.CITIZEN) == []


@pytest.mark.plan(45)
def test_a_hand_over_is_proved_and_a_village_hands_over_only_its_own_way() -> None:
    window = EventFacts(method=DeliveryMethod.WINDOW, proof="签收1号")
    assert wrong(Ask.HAND_OVER, case(), window) == []
    assert wrong(Ask.HAND_OVER, case(), EventFacts()) == [("method", "required"), ("proof", "required")]
    sent = replace(window, method=DeliveryMethod.ELECTRONIC)
    assert wrong(Ask.HAND_OVER, case(), sent) == []
    bound = case(terms=terms_of(item(wet_ink=True), ""))
    assert wrong(Ask.HAND_OVER, bound, sent) == [("method", "not_a_choice")]
    assert wrong(Ask.HAND_OVER, bound, window) == []
    for role in (Role.VILLAGE_CLERK, Role.NODE):
        assert wrong(Ask.HAND_OVER, case(), window, role) == [("method", "not_a_choice")]
        there = replace(window, method=DeliveryMethod.VILLAGE)
        assert wrong(Ask.HAND_OVER, case(), there, role) == []


@pytest.mark.plan(30, 44)
@pytest.mark.parametrize(
    "role", [Role.WINDOW, Role.GROUP_LEADER, Role.BACK_OFFICE, Role.DEPARTMENT_HEAD, Role.SUPERIOR]
)
def test_a_post_acts_in_its_own_department_of_its_own_township(role: Role) -> None:
    edge = replace_by(role)
    assert acting_role(case(), edge, staff(role)) is role
    for stranger in (
        staff(role, department=office.LAND),
        staff(role, tenant="9" * 32),
        staff(role, department=""),
        staff(role, department=office.LAND, tenant="9" * 32),
    ):
        assert acting_role(case(), edge, stranger) is None
    assert acting_role(case(department_id=""), edge, staff(role, department="")) is None


def replace_by(role: Role) -> Edge:
    return dataclasses.replace(EDGES[S.REVIEWING, A.ADD_NOTE], by=frozenset({role}))


def test_of_several_posts_the_first_that_fits_acts() -> None:
    both = Actor(
        id="x",
        roles=frozenset({Role.VILLAGE_CLERK, Role.GROUP_LEADER, Role.DIRECTOR}),
        tenant_id=office.TENANT,
        department_id=office.LAND,
        village_id=office.VILLAGE,
    )
    assert acting_role(case(), EDGES[S.REVIEWING, A.ADD_NOTE], both) is Role.VILLAGE_CLERK
    elsewhere = case(village_id="e" * 32)
    assert acting_role(elsewhere, EDGES[S.REVIEWING, A.ADD_NOTE], both) is Role.DIRECTOR
    assert acting_role(case(), EDGES[S.SUBMITTED, A.WITHDRAW], citizen()) is Role.CITIZEN


def test_everything_a_command_lacks_is_told_at_once_and_missing_papers_have_their_own_code() -> None:
    received = case(S.SUBMITTED)
    for facts, code in (
        (EventFacts(), ErrorCode.MATERIAL_MISSING),
        (EventFacts(materials={"id": PRESENT, "hukou": PRESENT, "else": PRESENT}), ErrorCode.FORM_INVALID),
    ):
        with pytest.raises(Fault) as refused:
            step(received, Command(action=A.ACCEPT, facts=facts), WINDOW)
        assert refused.value.code is code
    with pytest.raises(Fault) as refused:
        step(received, Command(action=A.REFUSE, note=" ", facts=EventFacts(basis="法")), LEADER)
    assert refused.value.code is ErrorCode.NOTE_REQUIRED
    moved = step(received, Command(action=A.REFUSE, note=" 理由 ", facts=EventFacts(basis="法")), LEADER)
    assert moved.note == "理由"


def test_what_else_is_to_be_done_follows_from_the_case() -> None:
    assert tasks(case(S.INSPECTING, visit=VISIT, opinions=frozenset({office.LAND}))) == {
        Task(TaskKind.OPINION, office.SOCIAL, DAY)
    }
    assert tasks(case(S.COLLECTIVE)) == {Task(TaskKind.AGENDA, "", None)}
    assert tasks(case(S.SUBMITTED, refusal_proposed=True)) == {Task(TaskKind.REFUSAL, office.SOCIAL, None)}
    assert tasks(case(extension_proposed=True)) == {Task(TaskKind.EXTENSION, office.SOCIAL, None)}
    owing = case(owed=("id",), owed_until=DAY)
    assert tasks(owing) == {Task(TaskKind.PLEDGE, office.SOCIAL, DAY)}
    for done in (
        case(visit=VISIT),
        case(S.REVIEWING, refusal_proposed=True),
        case(extension_proposed=True, extended_days=3),
        case(S.DECIDED, extension_proposed=True),
        case(S.WITHDRAWN, owed=("id",), owed_until=DAY),
    ):
        assert tasks(done) == frozenset()
    assert late_pledge(owing, DAY) == frozenset()
    assert late_pledge(owing, date(2026, 4, 21)) == {TimerKind.PLEDGE}
    assert late_pledge(case(owed_until=DAY), date(2026, 4, 21)) == frozenset()


def test_every_open_case_waits_for_somebody_and_whoever_it_waits_for_can_move_it() -> None:
    waiting = frozenset[CaseState]().union(*NEXT.values())
    assert waiting == OPEN_STATES
    for role, states in NEXT.items():
        for state in states:
            assert any(
                edge.to is not state and role in edge.by for (s, _), edge in EDGES.items() if s is state
            )
    assert next_states({Role.DEPARTMENT_HEAD}) == (S.LEGAL_SIGN,)
    assert next_states({Role.DEPARTMENT_HEAD, Role.DIRECTOR}) == ()
    assert next_states(HEAD.roles | LEADER.roles) == (S.REVIEWING, S.SPECIAL, S.LEGAL_SIGN, S.RETURNED_UP)
