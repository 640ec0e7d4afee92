"""What happens after a bad rating: contact, verdict, rectification, call back, closing; appeal and recheck."""

import asyncio
import re
from datetime import timedelta
from itertools import product

import pytest

from api_spec.errors import ErrorCode
from api_spec.review_terms import BadReviewAction as A
from api_spec.review_terms import BadReviewState as S
from api_spec.review_terms import CallBack, Verdict
from api_spec.vocabulary import Role, WindowType
from backend.actors import Actor
from backend.audit.chain import AuditAction
from backend.faults import Fault
from backend.reviews.machine import EDGES, Command, Standing, can, decide
from tests.reviews.office import act, bad_review, days
from tests.support.township import Town

SOCIAL = "a" * 32


def person(role: Role, *, department: str = "", name: str = "") -> Actor:
    return Actor(id=name or role.value, roles=frozenset({role}), tenant_id="t", department_id=department)


def standing(state: S, **more: object) -> Standing:
    return Standing(state=state, department_id=SOCIAL, window_type=WindowType.SOCIAL, **more)  # type: ignore[arg-type]


def full(action: A, **more: object) -> Command:
    return Command(action=action, note="写明", verdict=Verdict.TRUE, call_back=CallBack.SATISFIED, **more)  # type: ignore[arg-type]


def code(before: Standing, command: Command, actor: Actor) -> ErrorCode | None:
    try:
        decide(before, command, actor=actor)
    except Fault as fault:
        return fault.code
    return None


def test_every_state_but_the_last_can_move_and_no_path_skips_a_step() -> None:
    assert {before for before, _ in EDGES} == set(S) - {S.CLOSED}
    way = [S.CREATED, S.CONTACTED, S.CLASSIFIED, S.RECTIFYING, S.RECTIFIED, S.CALLED_BACK, S.CLOSED]
    ahead = {(a, b) for a, b in product(way, way) if way.index(b) > way.index(a) + 1}
    moves = {(before, edge.to) for (before, _), edge in EDGES.items()}
    assert ahead & moves == {(S.CLASSIFIED, S.CALLED_BACK)}


@pytest.mark.plan(58)
def test_none_closes_without_rectification_call_back_and_papers_or_reason() -> None:
    desk = person(Role.SERVICE_DESK)
    done = standing(S.CALLED_BACK, verdict=Verdict.TRUE, rectified=True, called_back=True)
    assert code(done, Command(action=A.CLOSE), desk) is ErrorCode.FORM_INVALID
    assert code(done, Command(action=A.CLOSE, attachment="督办卷1"), desk) is None
    assert code(done, Command(action=A.CLOSE, note="口头整改，没有材料"), desk) is None
    for gap in ({"rectified": False}, {"called_back": False}):
        lacking = standing(
            S.CALLED_BACK, **{"verdict": Verdict.TRUE, "rectified": True, "called_back": True, **gap}
        )
        assert code(lacking, full(A.CLOSE, attachment="督办卷1"), desk) is ErrorCode.ACTION_NOT_ALLOWED
    mistaken = standing(S.CALLED_BACK, verdict=Verdict.MISTAKEN, called_back=True)
    assert code(mistaken, Command(action=A.CLOSE, attachment="督办卷1"), desk) is ErrorCode.FORM_INVALID
    assert code(mistaken, Command(action=A.CLOSE, note="点错了，本人确认"), desk) is None


@pytest.mark.plan(57)
def test_an_appeal_is_rechecked_by_somebody_outside_the_rated_department() -> None:
    appealed = standing(S.APPEALED, verdict=Verdict.TRUE, classified_by="desk-1", appeals=1)
    assert code(appealed, full(A.RECHECK), person(Role.DIRECTOR)) is None
    assert (
        code(appealed, full(A.RECHECK), person(Role.CENTRE_STAFF, department=SOCIAL))
        is ErrorCode.OUT_OF_SCOPE
    )
    assert code(appealed, full(A.RECHECK), person(Role.SERVICE_DESK, name="desk-1")) is ErrorCode.SAME_PERSON
    assert (
        code(appealed, full(A.RECHECK), person(Role.GROUP_LEADER, department=SOCIAL))
        is ErrorCode.NOT_YOUR_ACTION
    )
    own = Standing(state=S.APPEALED, department_id="c" * 32, window_type=WindowType.UTILITY, appeals=1)
    assert code(own, full(A.RECHECK), person(Role.DIRECTOR)) is ErrorCode.OUT_OF_SCOPE
    assert code(own, full(A.RECHECK), person(Role.SUPERVISOR)) is None
    twice = standing(S.CLASSIFIED, verdict=Verdict.TRUE, appeals=1)
    assert (
        code(twice, full(A.APPEAL), person(Role.GROUP_LEADER, department=SOCIAL))
        is ErrorCode.ACTION_NOT_ALLOWED
    )


def test_only_the_rated_department_rectifies_and_only_what_is_founded() -> None:
    rectifying = standing(S.RECTIFYING, verdict=Verdict.TRUE)
    assert can(rectifying, actor=person(Role.GROUP_LEADER, department=SOCIAL)) == (A.RECTIFY, A.APPEAL)
    assert can(rectifying, actor=person(Role.GROUP_LEADER, department="b" * 32)) == ()
    assert can(rectifying, actor=person(Role.WINDOW, department=SOCIAL)) == ()
    mistaken = standing(S.CLASSIFIED, verdict=Verdict.MISTAKEN)
    assert can(mistaken, actor=person(Role.SERVICE_DESK)) == (A.CALL_BACK,)
    founded = standing(S.CLASSIFIED, verdict=Verdict.PARTLY)
    assert can(founded, actor=person(Role.SERVICE_DESK)) == (A.ORDER,)


@pytest.mark.plan(56, 57, 58)
async def test_from_the_bad_rating_to_the_closed_matter(town: Town) -> None:
    place = await bad_review(town, callback="13800000008")
    desk, leader = await town.staff("service"), await town.staff("social-leader")
    director, market = await town.staff("director"), await town.staff("market-leader")
    shown = (await desk.page(place)).text
    assert ("13800000008" in shown, "等了两个小时" in shown) == (True, True)
    reads = await town.office.audit.latest(town.tenant_id, only=(AuditAction.READ_CONTACTS,))
    assert [(entry.actor_id, entry.subject_id) for entry in reads] == [(desk.id, place.rsplit("/", 1)[1])]
    assert "4月13日（周一） 前完成" in shown
    assert "13800000008" not in (await director.page(place)).text
    assert (await leader.page(place)).status == 404
    town.clock.advance(timedelta(minutes=1))
    await act(desk, place, "contact", note="电话联系了，说等了两个小时。")
    await act(desk, place, "classify", verdict="true", note="监控属实。")
    assert (await market.page(place)).status == 404
    seen = (await leader.page(place)).text
    assert ("等了两个小时" in seen, "13800000008" in seen, "谢春花" in seen) == (True, False, False)
    assert ("4月10日 12:00" in seen, "电话联系了" in seen, "收到差评" in seen) == (False, False, False)
    assert (await act(leader, place, "appeal", note="当天停电。")).status == 303
    assert (await act(desk, place, "recheck", verdict="partly", note="有停电。")).status == 409
    assert (
        await act(director, place, "recheck", verdict="partly", note="停电半小时，其余属实。")
    ).status == 303
    assert (await act(desk, place, "order")).status == 303
    assert "4月17日" in (await leader.page(place)).text
    assert (await act(director, place, "remind", note="请抓紧。")).status == 303
    assert (await act(leader, place, "rectify", note=" ")).status == 422
    assert (await act(leader, place, "rectify", note="增开一个窗口。")).status == 303
    assert (await act(desk, place, "call_back", call_back="unsatisfied", note="还在等。")).status == 303
    await act(desk, place, "send_back", note="请再整改。")
    await act(leader, place, "rectify", note="再增一人。", attachment="督办卷3页")
    await act(desk, place, "call_back", call_back="satisfied", note="满意了。")
    assert (await act(desk, place, "close")).status == 422
    assert (await act(desk, place, "close", attachment="督办卷5页")).status == 303
    closed = (await (await town.staff("supervisor")).page(place)).text
    assert ("已办结" in closed, "不满意" in closed, "督办卷5页" in closed) == (True, True, True)
    assert place in (await desk.page("/staff/reviews/bad?closed=true")).text


async def test_of_two_moves_at_once_one_is_made_and_lateness_is_found(town: Town) -> None:
    place = await bad_review(town)
    desk = await town.staff("service")
    moves = [{"action": "contact", "version": "1", "note": f"第{n}次"} for n in range(6)]
    answers = await asyncio.gather(*(desk.send(place, form) for form in moves))
    assert sorted(answer.status for answer in answers) == [303] + [409] * 5
    assert len(re.findall("第.次", (await desk.page(place)).text)) == 1
    town.clock.advance(days(10))
    town.forget_sign_ins()
    listed = (await (await town.staff("director")).page("/staff/reviews/bad")).text
    assert "已超期" in listed
    bad = await town.office.reviews.bad.overdue(town.tenant_id, at=town.clock())
    assert [each.state for each in bad] == [S.CONTACTED]
