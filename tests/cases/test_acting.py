"""Moving cases: wholly or not at all, by those who may, with a history nobody can alter unseen."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from api_spec.errors import ErrorCode
from api_spec.messages.cases import CaseView
from api_spec.vocabulary import (
    CaseAction,
    CaseState,
    DeadlineColour,
    DeliveryMethod,
    ItemKind,
    MaterialStatus,
    Outcome,
    Role,
)
from backend import db as database
from backend.actors import Actor
from backend.cases import deadlines, store, trail
from backend.cases.case import OPEN_STATES, EventFacts, Gap
from backend.cases.records import dues
from backend.cases.service import CaseChange, Cases, Command
from backend.faults import Fault
from backend.register.event_chain import ChainBroken
from tests.cases import office
from tests.cases.office import (
    BACK,
    BOTH_PAPERS,
    CENTRE,
    CLERK,
    DIRECTOR,
    LEADER,
    NOON,
    WINDOW,
    Township,
    citizen,
    filing,
    item,
    staff,
)

A, S = CaseAction, CaseState
ACCEPT = Command(action=A.ACCEPT, facts=EventFacts(materials=dict(BOTH_PAPERS)))
REVIEW = Command(action=A.FIRST_REVIEW, note="材料属实，建议批准")
GRANT = Command(action=A.DECIDE, facts=EventFacts(outcome=Outcome.GRANTED))
READY = Command(action=A.MAKE_READY)
HAND_OVER = Command(action=A.DELIVER, facts=EventFacts(method=DeliveryMethod.WINDOW, proof="签收单 12"))
FINISH = Command(action=A.FINISH)
FIX = Command(
    action=A.REQUEST_FIX,
    facts=EventFacts(
        gaps=(Gap(code="hukou", name="", status=MaterialStatus.MISSING, how_to_fix="请带户口簿"),), days=10
    ),
)
BROUGHT = Command(action=A.SUPPLEMENT, facts=EventFacts(materials={"hukou": MaterialStatus.PRESENT}))


async def filed(cases: Cases, kind: ItemKind = ItemKind.PROMISED, **more: Any) -> str:
    what = item(kind, number=1 + list(ItemKind).index(kind))
    return (await cases.file(filing(what, **more), at=NOON)).case_id


async def walk(cases: Cases, case_id: str, moves: Sequence[tuple[Actor, Command]]) -> CaseView:
    for number, (actor, command) in enumerate(moves, 1):
        view = await cases.act(case_id, command, actor=actor, at=NOON + timedelta(minutes=number))
    return view


async def code_of(attempt: Any) -> ErrorCode:
    with pytest.raises(Fault) as refused:
        await attempt
    return refused.value.code


async def test_a_promised_case_goes_through_four_hands(cases: Cases) -> None:
    case_id = await filed(cases)
    done = await walk(
        cases,
        case_id,
        [
            (WINDOW, ACCEPT),
            (WINDOW, REVIEW),
            (BACK, GRANT),
            (WINDOW, READY),
            (WINDOW, HAND_OVER),
            (WINDOW, FINISH),
        ],
    )
    assert [event.state for event in done.events] == [
        S.SUBMITTED,
        S.ACCEPTED,
        S.REVIEWING,
        S.DECIDED,
        S.TO_COLLECT,
        S.DELIVERED,
        S.FINISHED,
    ]
    assert (done.outcome, done.due_on, done.colour) == (Outcome.GRANTED, None, DeadlineColour.NONE)


async def test_an_instant_case_is_settled_in_one_go_and_leaves_every_event(cases: Cases) -> None:
    case_id = await filed(cases, ItemKind.INSTANT)
    commands = [ACCEPT, GRANT, READY, HAND_OVER, FINISH]
    done = await cases.act_in_turn(case_id, commands, actor=WINDOW, at=NOON, version=1)
    assert (done.state, done.version) == (S.FINISHED, 6)
    assert len({event.action for event in done.events}) == 6


async def test_several_moves_at_once_happen_wholly_or_not_at_all(cases: Cases) -> None:
    case_id = await filed(cases)
    refused = cases.act_in_turn(case_id, [ACCEPT, GRANT], actor=WINDOW, at=NOON)
    assert await code_of(refused) is ErrorCode.ACTION_NOT_ALLOWED
    assert (await cases.show(case_id, actor=WINDOW, at=NOON)).version == 1


async def test_a_notice_names_what_is_missing_and_the_supplement_clears_it(cases: Cases) -> None:
    case_id = await filed(cases, materials={"id": MaterialStatus.PRESENT})
    told = await cases.act(case_id, FIX, actor=WINDOW, at=NOON)
    assert told.notice
    assert [(gap.name, gap.how_to_fix) for gap in told.notice.gaps] == [("户口簿", "请带户口簿")]
    assert told.notice.until
    assert told.notice.until.isoformat() == "2026-04-21"
    assert "户口簿" in told.next_step
    back = await cases.act(case_id, BROUGHT, actor=citizen(), at=NOON)
    assert (back.state, {paper.code: paper.status for paper in back.papers}["hukou"]) == (
        S.SUBMITTED,
        MaterialStatus.PRESENT,
    )
    assert (await cases.act(case_id, Command(action=A.ACCEPT), actor=WINDOW, at=NOON)).state is S.ACCEPTED


async def test_eight_at_once_on_one_case_and_one_wins(cases: Cases) -> None:
    case_id = await filed(cases)
    clerks = [staff(Role.WINDOW, name=f"clerk-{number}") for number in range(8)]
    attempts = [cases.act(case_id, ACCEPT, actor=clerk, at=NOON, version=1) for clerk in clerks]
    answers = await asyncio.gather(*attempts, return_exceptions=True)
    winners = [answer for answer in answers if isinstance(answer, CaseView)]
    losers = [answer.code for answer in answers if isinstance(answer, Fault)]
    assert len(winners) == 1
    assert set(losers) == {ErrorCode.CASE_MOVED}
    assert len(losers) == 7
    assert (await cases.show(case_id, actor=WINDOW, at=NOON)).version == 2


async def test_an_old_page_does_not_move_a_case_that_moved_on(cases: Cases) -> None:
    case_id = await filed(cases)
    await cases.act(case_id, ACCEPT, actor=WINDOW, at=NOON, version=1)
    assert await code_of(cases.act(case_id, REVIEW, actor=WINDOW, at=NOON, version=1)) is ErrorCode.CASE_MOVED


async def test_what_is_not_yours_looks_like_what_is_not_there(cases: Cases) -> None:
    case_id = await filed(cases)
    strangers = (
        citizen("e" * 32),
        staff(Role.WINDOW, department=office.LAND),
        staff(Role.DIRECTOR, tenant="9" * 32),
        replace(CLERK, village_id="e" * 32),
        staff(Role.PARTNER),
        staff(Role.SYSTEM_ADMIN),
        Actor(id="", roles=frozenset({Role.CITIZEN}), tenant_id=office.TENANT),
    )
    for stranger in strangers:
        assert await code_of(cases.show(case_id, actor=stranger, at=NOON)) is ErrorCode.CASE_NOT_FOUND
        assert await code_of(cases.act(case_id, ACCEPT, actor=stranger, at=NOON)) is ErrorCode.CASE_NOT_FOUND
    nowhere = cases.show("0" * 32, actor=WINDOW, at=NOON)
    assert await code_of(nowhere) is ErrorCode.CASE_NOT_FOUND


async def test_an_approval_outside_the_appointment_is_refused(cases: Cases, township: Township) -> None:
    case_id = await filed(cases)
    await walk(cases, case_id, [(WINDOW, ACCEPT), (WINDOW, REVIEW)])
    township.covered = False
    assert await code_of(cases.act(case_id, GRANT, actor=LEADER, at=NOON)) is ErrorCode.OUT_OF_SCOPE
    township.covered = True
    assert (await cases.act(case_id, GRANT, actor=LEADER, at=NOON)).state is S.DECIDED


async def test_screens_show_a_surname_and_masked_numbers_and_a_reason_opens_them(
    cases: Cases, township: Township
) -> None:
    township.items["2".zfill(32)] = item(number=2)
    case_id = await filed(cases, answers={"reason": "漏雨", "account": "6217000000001234"})
    view = await cases.show(case_id, actor=WINDOW, at=NOON)
    assert (view.applicant.name, view.applicant.document_number, view.applicant.phone) == (
        "欧阳**",
        "430***********0028",
        "138****0001",
    )
    assert {line.label: line.value for line in view.answers} == {"困难原因": "漏雨", "一卡通账号": "已填写"}
    full = await cases.reveal(case_id, reason="核对存折", actor=WINDOW, at=NOON)
    assert full.applicant == office.APPLICANT
    assert township.revealed == [(case_id, "核对存折")]


async def test_a_confidential_case_says_nothing_of_the_person_outside_its_department(cases: Cases) -> None:
    case_id = (await cases.file(filing(item(confidential=True)), at=NOON)).case_id
    for actor, name in ((CENTRE, "保密"), (DIRECTOR, "保密"), (WINDOW, "欧阳**"), (citizen(), "欧阳**")):
        view = await cases.show(case_id, actor=actor, at=NOON)
        assert view.applicant.name == name
        assert ("43048" in view.applicant.document_number) is False


async def test_a_second_application_for_the_same_thing_is_pointed_out(cases: Cases) -> None:
    first = await cases.file(filing(), at=NOON)
    second = await cases.file(filing(), at=NOON + timedelta(days=20))
    third = await cases.file(filing(item(number=2)), at=NOON + timedelta(days=20))
    later = NOON + timedelta(days=21)
    assert (await cases.show(second.case_id, actor=WINDOW, at=later)).same_item_before == [first.case_number]
    assert (await cases.show(first.case_id, actor=WINDOW, at=later)).same_item_before == []
    assert (await cases.show(third.case_id, actor=WINDOW, at=later)).same_item_before == []


async def test_until_acceptance_what_was_written_may_be_put_right(cases: Cases, township: Township) -> None:
    township.items["2".zfill(32)] = item(number=2)
    case_id = await filed(cases, answers={"reason": "漏雨"})
    moved_house = msgspec.structs.replace(office.APPLICANT, phone="13800000009")
    await cases.amend(case_id, actor=citizen(), at=NOON, applicant=moved_house, answers={"reason": "火灾"})
    view = await cases.show(case_id, actor=WINDOW, at=NOON)
    assert (view.applicant.phone, view.answers[0].value, view.version) == ("138****0009", "火灾", 2)
    await cases.act(case_id, ACCEPT, actor=WINDOW, at=NOON)
    late = cases.amend(case_id, actor=citizen(), at=NOON, answers={"reason": "水灾"})
    assert await code_of(late) is ErrorCode.ACTION_NOT_ALLOWED


async def test_the_clock_accepts_what_nobody_answered_and_withdraws_what_was_not_supplemented(
    cases: Cases,
) -> None:
    silent = await filed(cases)
    waiting = await filed(cases, materials={})
    no_id = Gap(code="id", name="", status=MaterialStatus.MISSING, how_to_fix="请带身份证")
    both = (*FIX.facts.gaps, no_id)
    await cases.act(
        waiting, msgspec.structs.replace(FIX, facts=EventFacts(gaps=both, days=1)), actor=WINDOW, at=NOON
    )
    last_day = NOON + timedelta(days=7)
    assert await cases.run_clock(office.TENANT, at=last_day) == 1
    assert (await cases.show(waiting, actor=WINDOW, at=last_day)).state is S.WITHDRAWN
    assert (await cases.show(silent, actor=WINDOW, at=last_day)).state is S.SUBMITTED
    assert await cases.run_clock(office.TENANT, at=last_day + timedelta(days=1)) == 1
    deemed = await cases.show(silent, actor=WINDOW, at=last_day + timedelta(days=1))
    assert (deemed.state, deemed.events[-1].role_label) == (S.ACCEPTED, "系统")
    assert await cases.run_clock(office.TENANT, at=last_day + timedelta(days=1)) == 0


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE case_events SET note = '改过' WHERE seq = 2",
        "UPDATE case_events SET actor_id = 'li' WHERE seq = 1",
        "UPDATE case_events SET at = at + 1 WHERE seq = 3",
        "UPDATE case_events SET facts = '{}' WHERE seq = 1",
        "UPDATE case_events SET after = 'decided' WHERE seq = 3",
        "DELETE FROM case_events WHERE seq = 2",
    ],
)
async def test_an_altered_history_is_noticed_where_it_was_altered(cases: Cases, damage: str) -> None:
    case_id = await filed(cases)
    await walk(cases, case_id, [(WINDOW, ACCEPT), (WINDOW, REVIEW)])
    await database.rows(damage)
    with pytest.raises(ChainBroken) as broken:
        await cases.show(case_id, actor=WINDOW, at=NOON)
    assert broken.value.seq == (3 if damage.startswith("DELETE") else int(damage[-1]))


async def test_events_are_refused_twice_in_one_place(cases: Cases) -> None:
    case_id = await filed(cases)
    record = await store.load(case_id, WINDOW)
    with pytest.raises(Exception, match=r"(?i)unique"):
        await database.insert_many(
            "case_events", store.EVENT_COLUMNS, [store.event_values(office.TENANT, record.events[0])]
        )


async def test_what_the_row_keeps_can_be_made_again_from_the_events(cases: Cases, township: Township) -> None:
    instant = await filed(cases, ItemKind.INSTANT)
    await cases.act_in_turn(instant, [ACCEPT, GRANT, READY], actor=WINDOW, at=NOON)
    promised = await filed(cases, materials={"id": MaterialStatus.PRESENT})
    await walk(cases, promised, [(WINDOW, FIX), (citizen(), BROUGHT), (WINDOW, ACCEPT), (WINDOW, REVIEW)])
    withdrawn = await filed(cases)
    await walk(cases, withdrawn, [(WINDOW, ACCEPT), (citizen(), Command(action=A.WITHDRAW))])
    for case_id in (instant, promised, withdrawn):
        await prove_row(case_id, township)


async def prove_row(case_id: str, township: Township) -> None:
    record = await store.load(case_id, DIRECTOR)
    row = await database.row("SELECT * FROM cases WHERE id = ?", [case_id])
    assert row
    timers = deadlines.timers(record.events, record.case.terms, township.calendar())
    days = dues(record.case.state, timers)
    assert (row["state"], row["version"]) == (record.case.state, record.case.version)
    assert row["is_open"] == int(record.case.state in OPEN_STATES)
    assert (row["due_on"], row["soon_on"]) == (days.due_on.isoformat(), days.soon_on.isoformat())
    assert row["promise_on"] == (days.promise_on.isoformat() if days.promise_on else None)
    assert trail.read(row["trail"]) == trail.trail(record.events, record.case.terms, surname="欧阳**")


async def test_a_watcher_that_fails_undoes_the_move(cases: Cases) -> None:
    case_id = await filed(cases)

    async def fail(_: Sequence[CaseChange]) -> None:
        raise ZeroDivisionError

    cases.on_change(fail)
    with pytest.raises(ZeroDivisionError):
        await cases.act(case_id, ACCEPT, actor=WINDOW, at=NOON)
    assert (await cases.show(case_id, actor=WINDOW, at=NOON)).version == 1
