"""Who may do what with a card, and that its history cannot be altered unseen; how cases are drawn; how a task moves."""

import hashlib
from itertools import product

import msgspec
import pytest

from api_spec.errors import ErrorCode
from api_spec.supervision_terms import CardAction as A
from api_spec.supervision_terms import CardLevel, RuleCode, SubjectKind
from api_spec.supervision_terms import CardState as S
from api_spec.vocabulary import Role
from backend.actors import system
from backend.faults import Fault
from backend.register.event_chain import ChainBroken
from backend.supervision import drawing
from backend.supervision.card import EDGES, Card, Step, can, moved, prove, raised, step
from tests.cases.office import NOON, SOCIAL, TENANT, staff

CARD = Card(
    id="5" * 32,
    tenant_id=TENANT,
    rule=RuleCode.OVERDUE,
    level=CardLevel.RED,
    subject_kind=SubjectKind.CASE,
    subject_id="1" * 32,
    subject_number="SD-260410-0007-K",
    occurrence="promise:2026-04-07:0",
    on=NOON.date(),
    seq=2,
    department_id=SOCIAL,
    staff_id="window",
    item_id="",
    href="",
    facts={},
    opened_at=NOON,
)
PEOPLE = {role: staff(role) for role in Role if role is not Role.SYSTEM} | {Role.SYSTEM: system(TENANT)}


@pytest.mark.parametrize("action", A)
def test_every_move_is_decided_for_every_state_and_post(action: A) -> None:
    for state, role in product(S, Role):
        card = msgspec.structs.replace(CARD, state=state)
        edge = EDGES.get((state, action))
        may = (
            edge is not None
            and role in edge.by
            and role not in {Role.CENTRE_STAFF, Role.DIRECTOR, Role.SERVICE_DESK}
        )
        assert (action in can(card, PEOPLE[role])) == may
        if may and edge:
            assert step(card, action, PEOPLE[role], note="理由").after is edge.to
            continue
        with pytest.raises(Fault) as refused:
            step(card, action, PEOPLE[role], note="理由")
        assert refused.value.code is (ErrorCode.NOT_YOUR_ACTION if edge else ErrorCode.SUPERVISION_STATE)


DEPARTMENT = (Role.WINDOW, Role.BACK_OFFICE)
LEADERS = (Role.GROUP_LEADER, Role.DEPARTMENT_HEAD)
BY_HAND = {
    S.OPEN: ({A.EXPLAIN}, {A.EXPLAIN, A.APPEAL}, {A.WITHDRAW, A.CLOSE}, {A.ESCALATE, A.LIFT}),
    S.EXPLAINED: (set(), {A.APPEAL}, {A.WITHDRAW, A.CLOSE}, {A.ESCALATE, A.LIFT}),
    S.APPEALED: (set(), set(), {A.UPHOLD, A.REFER, A.WITHDRAW}, set()),
    S.REFERRED: (set(), set(), {A.UPHOLD, A.WITHDRAW}, set()),
    S.UPHELD: ({A.EXPLAIN}, {A.EXPLAIN}, {A.WITHDRAW, A.CLOSE}, {A.ESCALATE}),
    S.WITHDRAWN: (set(), set(), set(), set()),
    S.LIFTED: (set(), set(), set(), set()),
    S.CLOSED: (set(), set(), set(), set()),
}
"""What windows and back office, leaders and heads, the supervisor, and the clock may do with a department's card."""


@pytest.mark.plan(52)
@pytest.mark.parametrize("state", S)
def test_the_written_list_of_who_may_what(state: S) -> None:
    card = msgspec.structs.replace(CARD, state=state)
    window, leader, supervisor, clock = BY_HAND[state]
    may = {role: set(can(card, PEOPLE[role])) for role in Role}
    assert [may[role] for role in DEPARTMENT] == [window] * 2
    assert [may[role] for role in LEADERS] == [leader] * 2
    assert (may[Role.SUPERVISOR], may[Role.SYSTEM]) == (supervisor, clock)
    others = set(Role) - {*DEPARTMENT, *LEADERS, Role.SUPERVISOR, Role.SYSTEM}
    assert all(may[role] == set() for role in others)
    nobodys = msgspec.structs.replace(card, department_id="")
    for role in (Role.CENTRE_STAFF, Role.DIRECTOR):
        assert set(can(nobodys, PEOPLE[role])) == leader
    assert can(nobodys, PEOPLE[Role.GROUP_LEADER]) == can(nobodys, PEOPLE[Role.SERVICE_DESK]) == ()
    rating = msgspec.structs.replace(nobodys, subject_kind=SubjectKind.REVIEW)
    assert set(can(rating, PEOPLE[Role.SERVICE_DESK])) == leader & {A.EXPLAIN}
    foreign = msgspec.structs.replace(card, tenant_id="9" * 32)
    assert all(can(foreign, actor) == () for actor in PEOPLE.values())
    assert card.is_open == bool(supervisor)


@pytest.mark.plan(52)
def test_only_the_supervisor_takes_a_card_back_and_never_one_about_themselves() -> None:
    by = {role for (_, action), edge in EDGES.items() if action is A.WITHDRAW for role in edge.by}
    assert by == {Role.SUPERVISOR}
    own = msgspec.structs.replace(CARD, staff_id="supervisor")
    assert A.WITHDRAW not in can(own, PEOPLE[Role.SUPERVISOR])
    elsewhere = staff(Role.GROUP_LEADER, department="0" * 31 + "b")
    assert can(CARD, elsewhere) == ()


def test_an_appeal_is_decided_once() -> None:
    assert {action for state, action in EDGES if state is S.APPEALED} == {A.UPHOLD, A.REFER, A.WITHDRAW}
    assert (S.UPHELD, A.APPEAL) not in EDGES


def test_nothing_is_decided_without_a_reason() -> None:
    with pytest.raises(Fault) as refused:
        step(CARD, A.WITHDRAW, PEOPLE[Role.SUPERVISOR], note="  ")
    assert refused.value.code is ErrorCode.REASON_REQUIRED


def test_an_altered_history_is_noticed() -> None:
    card, first = raised(CARD, actor_id="system", role=Role.SYSTEM, at=NOON)
    appeal = Step(action=A.APPEAL, before=S.OPEN, after=S.APPEALED, role=Role.GROUP_LEADER, note="有误")
    _, second = moved(card, appeal, actor_id="leader", at=NOON)
    prove(CARD.id, [first, second])
    for forged in (
        [second],
        [first, msgspec.structs.replace(second, note="没有误")],
        [msgspec.structs.replace(first, at=NOON.replace(hour=5)), second],
    ):
        with pytest.raises(ChainBroken):
            prove(CARD.id, forged)


@pytest.mark.plan(52)
def test_anybody_can_repeat_a_draw_with_a_pencil_and_sha256() -> None:
    numbers = [f"SD-260410-{serial:04}-K" for serial in range(200)]
    drawn = drawing.draw(numbers, "seed", count=5)
    by_hand = sorted(numbers, key=lambda one: hashlib.sha256(f"seed:{one}".encode()).hexdigest())[:5]
    assert drawn == by_hand == drawing.draw([*reversed(numbers), *numbers], "seed", count=5)
    assert drawing.draw(numbers, "other", count=5) != drawn
    assert drawing.fingerprint(numbers) == drawing.fingerprint([*reversed(numbers)])
    assert drawing.fingerprint(numbers[1:]) != drawing.fingerprint(numbers)
