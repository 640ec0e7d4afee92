"""The case machine: every state, action and role; and the township's real paths, written down."""

from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest
from msgspec import structs

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
    TimerKind,
)
from backend.actors import Actor
from backend.cases.case import Case, EventFacts, Gap, Meeting, Seat, Terms, Visit, terms_of
from backend.cases.conditions import ASKS, WHENS, Ask, When
from backend.cases.history import applied, event, opened
from backend.cases.machine import EDGES, Command, can, step
from backend.faults import Fault
from tests.cases import office
from tests.cases.office import BACK, CENTRE, DIRECTOR, HEAD, LEADER, NOON, WINDOW, citizen, item, staff

A, S = CaseAction, CaseState
ALL_LATE = (TimerKind.NOTICE, TimerKind.SUPPLEMENT)
GAP = Gap(code="hukou", name="户口簿", status=MaterialStatus.MISSING, how_to_fix="请带户口簿首页和本人页")
EVERYTHING = EventFacts(
    materials={"id": MaterialStatus.PRESENT, "hukou": MaterialStatus.PRESENT},
    gaps=(GAP,),
    days=5,
    outcome=Outcome.GRANTED,
    reference="三政批〔2026〕7号",
    basis="检测",
    method=DeliveryMethod.VILLAGE,
    proof="签收单 12",
    visit=Visit(
        day=date(2026, 4, 9),
        place="三都镇演示村1组",
        seats=(
            Seat(department_id=office.SOCIAL, name="社会事务综合服务中心", inspectors=("张一",)),
            Seat(department_id=office.LAND, name="自然资源所", inspectors=("李二",)),
        ),
    ),
    meeting=Meeting(day=date(2026, 4, 7), attendees=("周三（镇长）",)),
    sent=("id", "hukou"),
    wanted=("hukou",),
    content="0" * 32,
)
SYSTEM = Actor(id="system", roles=frozenset({Role.SYSTEM}), tenant_id=office.TENANT)


def terms(**more: Any) -> Terms:
    return terms_of(item(**({"stop_grounds": ("检测",)} | more)), "")


def case(state: CaseState = S.SUBMITTED, **more: Any) -> Case:
    given: dict[str, Any] = {
        "id": "1" * 32,
        "tenant_id": office.TENANT,
        "department_id": office.SOCIAL,
        "village_id": office.VILLAGE,
        "owner_id": office.CITIZEN,
        "terms": terms(),
        "state": state,
        "version": 1,
    }
    return Case(**(given | more))


def person(role: Role) -> Actor:
    if role in {Role.CITIZEN, Role.AGENT}:
        return Actor(id=office.CITIZEN, roles=frozenset({role}), tenant_id=office.TENANT)
    return staff(role)


def suitable(state: CaseState, action: CaseAction) -> Case:
    """A case in `state` of which everything the edge wants is true."""
    whens = EDGES[state, action].when
    kind = ItemKind.PROMISED
    level = DecisionLevel.GROUP_LEADER
    if When.INSTANT in whens:
        kind = ItemKind.INSTANT
    if When.REPORTED in whens:
        kind = ItemKind.REPORTED
    if When.NEEDS_SIGNATURE in whens:
        level = DecisionLevel.LEGAL_SIGN
    if When.NEEDS_MEETING in whens:
        level = DecisionLevel.COLLECTIVE
    deliverable = When.NOTHING_TO_HAND_OVER not in whens
    proposed = When.EXTENSION_PROPOSED in whens
    invited = EDGES[state, action].invited or When.EVERY_OPINION in whens
    both = frozenset({office.SOCIAL, office.LAND})
    return case(
        state,
        receivers=frozenset({"somebody else"}) if When.RECEIVED in whens else frozenset(),
        owed=("hukou",) if When.OWES in whens else (),
        visit=EVERYTHING.visit if invited else None,
        opinions=both if When.EVERY_OPINION in whens else frozenset(),
        terms=terms(kind=kind, decision_level=level, deliverable=deliverable),
        extension_proposed=proposed,
        not_asked=("hukou",) if When.WANTED_ABOVE in whens else (),
        gaps=(GAP,) if When.ASKED_FOR in whens else (),
    )


def late_for(state: CaseState, action: CaseAction) -> tuple[TimerKind, ...]:
    wanted = {
        When.NOTICE_LATE: TimerKind.NOTICE,
        When.SUPPLEMENT_LATE: TimerKind.SUPPLEMENT,
        When.PLEDGE_LATE: TimerKind.PLEDGE,
    }
    return tuple(wanted[when] for when in EDGES[state, action].when if when in wanted)


@pytest.mark.parametrize("state", S)
def test_every_state_action_and_role_is_decided(state: CaseState) -> None:
    for action, role in product(A, Role):
        actor = person(role)
        edge = EDGES.get((state, action))
        if edge is None:
            with pytest.raises(Fault) as refused:
                step(case(state), Command(action=action, note="理由", facts=EVERYTHING), actor)
            assert refused.value.code is ErrorCode.ACTION_NOT_ALLOWED
            continue
        late = late_for(state, action)
        one = suitable(state, action)
        facts = EVERYTHING
        if role is Role.WINDOW and action is A.DELIVER:
            facts = replace_method(facts)
        if action is A.HAND_IN_PLEDGED:
            facts = EventFacts(materials={"hukou": MaterialStatus.PRESENT})
        if role in edge.by:
            moved = step(one, Command(action=action, note="理由", facts=facts), actor, late=late)
            assert (moved.before, moved.after, moved.role) == (state, edge.to, role)
            assert action in can(one, actor, late=late)
        else:
            with pytest.raises(Fault) as refused:
                step(one, Command(action=action, note="理由", facts=facts), actor, late=late)
            assert refused.value.code is ErrorCode.NOT_YOUR_ACTION
            assert action not in can(one, actor, late=late)


def replace_method(facts: EventFacts) -> EventFacts:
    return EventFacts(method=DeliveryMethod.WINDOW, proof=facts.proof)


def test_every_condition_and_every_question_is_used_and_judged() -> None:
    assert {when for edge in EDGES.values() for when in edge.when} == set(When) == set(WHENS)
    assert {ask for edge in EDGES.values() for ask in edge.asks} == set(Ask) == set(ASKS)


def test_every_state_but_the_last_can_move_and_every_action_is_used() -> None:
    assert {state for state, _ in EDGES} == set(S) - {S.ARCHIVED}
    assert {action for _, action in EDGES} == set(A)
    assert {edge.to for edge in EDGES.values()} == set(S) - {S.QUEUED, S.DRAFT}


def test_a_closed_case_can_only_be_noted_voided_archived_or_reopened() -> None:
    for state in (S.FINISHED, S.WITHDRAWN, S.NOT_ACCEPTED):
        assert {action for origin, action in EDGES if origin is state} == {
            A.ADD_NOTE,
            A.VOID,
            A.ARCHIVE,
            A.REOPEN,
        }


Move = tuple[Actor, CaseAction, EventFacts]
PRESENT = EventFacts(materials=dict(office.BOTH_PAPERS))
NOTHING = EventFacts()
GRANT = EventFacts(outcome=Outcome.GRANTED)
HANDED = EventFacts(method=DeliveryMethod.WINDOW, proof="签收单 12")
FIX = EventFacts(gaps=(GAP,), days=15, materials={"id": MaterialStatus.PRESENT})
NUMBERED = EventFacts(reference="三政报〔2026〕3号")
SENT_UP = EventFacts(reference="三政报〔2026〕3号", sent=("id", "hukou"))
SENT_BACK = EventFacts(reference="耒民退〔2026〕1号", wanted=("hukou",))
MINUTES = EventFacts(reference="三政纪〔2026〕4号", meeting=EVERYTHING.meeting)
ABOVE = EventFacts(outcome=Outcome.GRANTED, reference="耒民字〔2026〕9号")
REFUSAL = EventFacts(basis="行政许可法第三十二条")

PATHS: dict[str, tuple[dict[str, Any], list[Move], CaseState]] = {
    "即办": (
        {"kind": ItemKind.INSTANT},
        [
            (WINDOW, A.ACCEPT, PRESENT),
            (WINDOW, A.DECIDE, GRANT),
            (WINDOW, A.MAKE_READY, NOTHING),
            (WINDOW, A.DELIVER, HANDED),
            (WINDOW, A.FINISH, NOTHING),
        ],
        S.FINISHED,
    ),
    "即办，无需发件": (
        {"kind": ItemKind.INSTANT, "deliverable": False},
        [(WINDOW, A.ACCEPT, PRESENT), (WINDOW, A.DECIDE, GRANT), (WINDOW, A.FINISH, NOTHING)],
        S.FINISHED,
    ),
    "承诺": (
        {},
        [
            (WINDOW, A.ACCEPT, PRESENT),
            (WINDOW, A.FIRST_REVIEW, NOTHING),
            (BACK, A.DECIDE, GRANT),
            (WINDOW, A.MAKE_READY, NOTHING),
            (office.CLERK, A.DELIVER, EventFacts(method=DeliveryMethod.VILLAGE, proof="签收单 12")),
            (SYSTEM, A.FINISH, NOTHING),
        ],
        S.FINISHED,
    ),
    "补正": (
        {},
        [
            (WINDOW, A.REQUEST_FIX, FIX),
            (citizen(), A.SUPPLEMENT, EventFacts(materials={"hukou": MaterialStatus.PRESENT})),
            (WINDOW, A.ACCEPT, NOTHING),
        ],
        S.ACCEPTED,
    ),
    "不予受理": (
        {},
        [(WINDOW, A.PROPOSE_REFUSAL, REFUSAL), (LEADER, A.REFUSE, REFUSAL), (SYSTEM, A.ARCHIVE, NOTHING)],
        S.ARCHIVED,
    ),
    "撤回": ({}, [(WINDOW, A.ACCEPT, PRESENT), (citizen(), A.WITHDRAW, NOTHING)], S.WITHDRAWN),
    "上报，退回后再报": (
        {"kind": ItemKind.REPORTED},
        [
            (WINDOW, A.ACCEPT, PRESENT),
            (WINDOW, A.FIRST_REVIEW, NOTHING),
            (LEADER, A.REPORT_UP, SENT_UP),
            (WINDOW, A.RETURN_FROM_ABOVE, SENT_BACK),
            (BACK, A.RESUME_REVIEW, NOTHING),
            (LEADER, A.REPORT_UP, SENT_UP),
            (LEADER, A.DECIDE_ABOVE, ABOVE),
        ],
        S.DECIDED,
    ),
    "联合勘察、特别程序、延期": (
        {"stop_grounds": ("检测",)},
        [
            (WINDOW, A.ACCEPT, PRESENT),
            (WINDOW, A.FIRST_REVIEW, NOTHING),
            (CENTRE, A.CONVENE_INSPECTION, EventFacts(visit=EVERYTHING.visit)),
            (WINDOW, A.GIVE_OPINION, NOTHING),
            (staff(Role.BACK_OFFICE, department=office.LAND), A.GIVE_OPINION, NOTHING),
            (CENTRE, A.CLOSE_INSPECTION, NOTHING),
            (LEADER, A.START_SPECIAL, EventFacts(basis="检测", days=5)),
            (LEADER, A.END_SPECIAL, NOTHING),
            (LEADER, A.PROPOSE_EXTENSION, EventFacts(days=5)),
            (HEAD, A.EXTEND, EventFacts(days=5)),
            (BACK, A.DECIDE, GRANT),
        ],
        S.DECIDED,
    ),
    "集体讨论": (
        {"decision_level": DecisionLevel.COLLECTIVE},
        [
            (WINDOW, A.ACCEPT, PRESENT),
            (WINDOW, A.FIRST_REVIEW, NOTHING),
            (LEADER, A.SUBMIT_COLLECTIVE, NOTHING),
            (CENTRE, A.RECORD_COLLECTIVE, MINUTES),
            (LEADER, A.DECIDE, GRANT),
        ],
        S.DECIDED,
    ),
    "法人审签": (
        {"decision_level": DecisionLevel.LEGAL_SIGN},
        [
            (WINDOW, A.ACCEPT, PRESENT),
            (WINDOW, A.FIRST_REVIEW, NOTHING),
            (LEADER, A.SEND_TO_SIGN, NOTHING),
            (HEAD, A.SIGN, GRANT),
        ],
        S.DECIDED,
    ),
    "作废": ({}, [(DIRECTOR, A.VOID, NOTHING)], S.VOIDED),
}


def walk(moves: list[Move], **terms_more: Any) -> Case:
    """The case after `moves`, each decided by the machine and written into the history."""
    one = opened(
        case_id="1" * 32,
        tenant_id=office.TENANT,
        department_id=office.SOCIAL,
        village_id=office.VILLAGE,
        owner_id=office.CITIZEN,
        terms=terms(**terms_more),
    )
    for actor, action, facts in [(citizen(), A.SUBMIT, NOTHING), *moves]:
        moved = step(one, Command(action=action, note="理由写在这里", facts=facts), actor)
        one = applied(one, event(one, moved, actor_id=actor.id, at=NOON))
    return one


@pytest.mark.parametrize("name", PATHS)
def test_the_townships_real_paths_lead_where_they_should(name: str) -> None:
    terms_more, moves, end = PATHS[name]
    assert walk(moves, **terms_more).state is end


def refusal(one: Case, actor: Actor, action: CaseAction, facts: EventFacts = NOTHING, **more: Any) -> Fault:
    with pytest.raises(Fault) as refused:
        step(one, Command(action=action, note="理由", facts=facts), actor, **more)
    return refused.value


def test_whoever_received_a_case_may_not_approve_it() -> None:
    both = Actor(
        id="zhang",
        roles=frozenset({Role.WINDOW, Role.GROUP_LEADER}),
        tenant_id=office.TENANT,
        department_id=office.SOCIAL,
    )
    one = walk([(both, A.ACCEPT, PRESENT), (both, A.FIRST_REVIEW, NOTHING)])
    assert refusal(one, both, A.DECIDE, GRANT).code is ErrorCode.SAME_PERSON
    assert A.DECIDE not in can(one, both)
    assert A.DECIDE in can(one, LEADER)


def test_whoever_received_a_case_neither_reports_it_up_nor_writes_down_what_was_decided_above() -> None:
    leader = replace(LEADER, id="li")
    received = [(leader, A.ACCEPT, PRESENT), (leader, A.FIRST_REVIEW, NOTHING)]
    one = walk(received, kind=ItemKind.REPORTED)
    assert refusal(one, leader, A.REPORT_UP, SENT_UP).code is ErrorCode.SAME_PERSON
    above = walk([*received, (LEADER, A.REPORT_UP, SENT_UP)], kind=ItemKind.REPORTED)
    assert refusal(above, leader, A.DECIDE_ABOVE, ABOVE).code is ErrorCode.SAME_PERSON
    assert A.DECIDE_ABOVE in can(above, LEADER)


def test_there_is_one_notice_and_it_lists_every_missing_paper() -> None:
    nothing_handed_in = case()
    told = refusal(nothing_handed_in, WINDOW, A.REQUEST_FIX, EventFacts(gaps=(GAP,), days=15))
    assert [wrong.code for wrong in told.wrong] == ["one_notice"]
    again = walk(
        [
            (WINDOW, A.REQUEST_FIX, FIX),
            (citizen(), A.SUPPLEMENT, EventFacts(materials={"hukou": MaterialStatus.PRESENT})),
        ]
    )
    assert refusal(again, WINDOW, A.REQUEST_FIX, FIX).facts["needs"] == "first_notice"


def test_acceptance_wants_every_paper_or_a_pledge() -> None:
    bare = refusal(case(), WINDOW, A.ACCEPT)
    assert bare.code is ErrorCode.MATERIAL_MISSING
    assert [wrong.field for wrong in bare.wrong] == ["materials.id", "materials.hukou"]
    bare_pledge = refusal(case(), WINDOW, A.ACCEPT, EventFacts(pledge=True))
    assert [wrong.field for wrong in bare_pledge.wrong] == ["promised", "until"]
    promise = EventFacts(pledge=True, promised=("id", "hukou"), until=date(2026, 4, 20))
    assert step(case(), Command(action=A.ACCEPT, facts=promise), WINDOW).after is S.ACCEPTED


def test_a_supplement_answers_every_line_of_the_notice() -> None:
    one = walk([(WINDOW, A.REQUEST_FIX, FIX)])
    short = refusal(one, citizen(), A.SUPPLEMENT, EventFacts(materials={"photo": MaterialStatus.PRESENT}))
    assert [wrong.field for wrong in short.wrong] == ["materials.hukou"]


def test_refusing_needs_a_reason_even_where_granting_does_not() -> None:
    one = walk([(WINDOW, A.ACCEPT, PRESENT)], kind=ItemKind.INSTANT)
    silent = Command(
        action=A.DECIDE, note="  ", facts=EventFacts(outcome=Outcome.REFUSED, basis="实施办法第三条")
    )
    with pytest.raises(Fault) as refused:
        step(one, silent, WINDOW)
    assert refused.value.code is ErrorCode.NOTE_REQUIRED
    groundless = refusal(one, WINDOW, A.DECIDE, EventFacts(outcome=Outcome.REFUSED, basis=" "))
    assert [wrong.field for wrong in groundless.wrong] == ["basis"]
    assert step(one, Command(action=A.DECIDE, facts=GRANT), WINDOW).after is S.DECIDED


def test_a_written_refusal_must_reach_the_applicant_even_if_a_grant_had_no_paper() -> None:
    one = walk(
        [
            (WINDOW, A.ACCEPT, PRESENT),
            (WINDOW, A.DECIDE, EventFacts(outcome=Outcome.REFUSED, basis="实施办法第三条")),
        ],
        kind=ItemKind.INSTANT,
        deliverable=False,
    )
    assert A.MAKE_READY in can(one, WINDOW)
    assert A.FINISH not in can(one, WINDOW)


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        (ItemKind.REPORTED, DecisionLevel.GROUP_LEADER),
        (ItemKind.PROMISED, DecisionLevel.SUPERIOR),
        (ItemKind.PROMISED, DecisionLevel.LEGAL_SIGN),
        (ItemKind.PROMISED, DecisionLevel.COLLECTIVE),
    ],
)
def test_what_others_must_decide_the_leader_cannot(kind: ItemKind, level: DecisionLevel) -> None:
    one = case(S.REVIEWING, terms=terms(kind=kind, decision_level=level))
    assert A.DECIDE not in can(one, LEADER)
    assert refusal(one, LEADER, A.DECIDE, GRANT).code is ErrorCode.ACTION_NOT_ALLOWED


def test_the_clock_stops_only_on_the_items_own_grounds() -> None:
    one = case(S.REVIEWING)
    assert (
        refusal(one, LEADER, A.START_SPECIAL, EventFacts(basis="领导出差", days=3)).wrong[0].field == "basis"
    )
    no_grounds = case(S.REVIEWING, terms=terms(stop_grounds=()))
    assert A.START_SPECIAL not in can(no_grounds, LEADER)


def test_an_extension_is_proposed_granted_once_and_in_time() -> None:
    one = case(S.REVIEWING)
    assert A.EXTEND not in can(one, HEAD)
    proposed = structs.replace(one, extension_proposed=True)
    assert A.EXTEND in can(proposed, HEAD)
    assert A.EXTEND not in can(proposed, HEAD, late=(TimerKind.PROMISE,))
    assert A.PROPOSE_EXTENSION not in can(structs.replace(proposed, extended_days=5), LEADER)


def test_the_system_deems_only_when_the_day_is_over() -> None:
    assert refusal(case(), SYSTEM, A.DEEM_ACCEPTED).code is ErrorCode.ACTION_NOT_ALLOWED
    deemed = step(case(), Command(action=A.DEEM_ACCEPTED), SYSTEM, late=ALL_LATE)
    assert deemed.after is S.ACCEPTED


def test_other_departments_villages_and_people_have_no_buttons() -> None:
    strangers = (
        staff(Role.WINDOW, department=office.LAND),
        staff(Role.WINDOW, tenant="9" * 32),
        citizen("e" * 32),
        replace(office.CLERK, village_id="e" * 32),
        replace(office.CLERK, village_id=""),
    )
    for state in S:
        for stranger in strangers:
            assert can(case(state), stranger) == ()


def test_a_paper_bound_item_is_never_delivered_electronically() -> None:
    one = case(S.TO_COLLECT, terms=terms(in_person=True))
    sent = EventFacts(method=DeliveryMethod.ELECTRONIC, proof="已推送")
    assert refusal(one, WINDOW, A.DELIVER, sent).wrong[0].field == "method"
