"""Cards as the office makes them: at the move itself, by the day's scan, once whoever finds them, told further up."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from api_spec.errors import ErrorCode
from api_spec.supervision_terms import CardAction as Act
from api_spec.supervision_terms import CardLevel, CardState, RuleCode, SubjectKind
from api_spec.vocabulary import CaseAction as A
from api_spec.vocabulary import CaseState, Outcome
from backend import db
from backend.audit.service import Audit
from backend.cases import store_watch
from backend.cases.case import EventFacts
from backend.cases.service import Cases, Command
from backend.faults import Fault
from backend.supervision.card import Card
from backend.supervision.service import Supervision
from backend.supervision.store_cards import CardFilter
from backend.supervision.store_chains import JOURNAL
from backend.supervision.watching import Finding
from tests.cases.office import BACK, CENTRE, HEAD, LEADER, NOON, TENANT, WINDOW, filing
from tests.supervision.office import OTHER_SUPERVISOR, PAPERS, SUPERVISOR, Watched

DAY = timedelta(days=1)
ACCEPT = Command(action=A.ACCEPT, facts=PAPERS)
REVIEW = Command(action=A.FIRST_REVIEW, note="属实")
GRANT = Command(action=A.DECIDE, facts=EventFacts(outcome=Outcome.GRANTED))


async def filed(cases: Cases, *moves: tuple[Any, Command]) -> str:
    case_id = (await cases.file(filing(), at=NOON)).case_id
    for number, (actor, command) in enumerate(moves, 1):
        await cases.act(case_id, command, actor=actor, at=NOON + timedelta(minutes=number))
    return case_id


async def all_cards(supervision: Supervision, **asked: Any) -> list[Card]:
    return await supervision.cards.page(SUPERVISOR, CardFilter(limit=100, **asked))


def rules(cards: list[Card]) -> list[RuleCode]:
    return sorted((card.rule for card in cards), key=list(RuleCode).index)


@pytest.mark.plan(38, 52, 56)
async def test_a_case_that_stays_late_is_warned_of_carded_and_told_further_up(
    cases: Cases, supervision: Supervision
) -> None:
    """Ten working days from Tuesday 7 April: the last is the 21st; the first of May is a holiday."""
    case_id = await filed(cases, (WINDOW, ACCEPT), (WINDOW, REVIEW))
    seen: dict[RuleCode, int] = {}
    for ahead in range(1, 21):
        await supervision.scan(TENANT, at=NOON + ahead * DAY)
        for card in await all_cards(supervision):
            seen.setdefault(card.rule, (NOON + ahead * DAY).date().day)
    assert seen == {RuleCode.SOON: 16, RuleCode.DUE_TODAY: 21, RuleCode.OVERDUE: 22}
    left = await all_cards(supervision)
    assert rules(left) == [RuleCode.OVERDUE]
    assert (left[0].stage, left[0].subject_id, left[0].on.day) == (1, case_id, 21)
    await supervision.scan(TENANT, at=NOON + 24 * DAY)
    file = await supervision.cards.show(left[0].id, actor=SUPERVISOR)
    assert [event.action for event in file.events] == [Act.RAISE, Act.ESCALATE, Act.ESCALATE]
    assert file.card.stage == 2
    lifted = await all_cards(supervision, state=CardState.LIFTED)
    assert rules(lifted) == [RuleCode.SOON, RuleCode.DUE_TODAY]
    counted = await supervision.count_by(
        TENANT, "level", "department_id", first=NOON.date(), last=(NOON + 30 * DAY).date()
    )
    assert {row["level"]: row["cards"] for row in counted} == {"red": 1, "yellow": 1, "warning": 1}


@pytest.mark.plan(38)
async def test_a_reminder_goes_when_the_step_is_done_in_time_and_a_late_decision_is_carded_at_once(
    cases: Cases, supervision: Supervision
) -> None:
    quick = await filed(cases, (WINDOW, ACCEPT), (WINDOW, REVIEW))
    slow = await filed(cases, (WINDOW, ACCEPT), (WINDOW, REVIEW))
    await supervision.scan(TENANT, at=NOON + 10 * DAY)
    assert rules(await all_cards(supervision)) == [RuleCode.SOON, RuleCode.SOON]
    await cases.act(quick, GRANT, actor=BACK, at=NOON + 11 * DAY)
    await cases.act(slow, GRANT, actor=BACK, at=NOON + 15 * DAY)
    cards = await all_cards(supervision)
    assert [(card.rule, card.subject_id) for card in cards] == [(RuleCode.OVERDUE, slow)]
    assert len(await all_cards(supervision, state=CardState.LIFTED)) == 2


async def test_a_reminder_that_outlived_its_reason_goes_with_the_next_day(
    cases: Cases, supervision: Supervision
) -> None:
    """The scanner had read the case before it was decided, and wrote its card after."""
    case_id = await filed(cases, (WINDOW, ACCEPT), (WINDOW, REVIEW), (BACK, GRANT))
    late_card = Finding(
        rule=RuleCode.SOON,
        subject_kind=SubjectKind.CASE,
        subject_id=case_id,
        occurrence="promise:2026-04-07:0:0",
        on=NOON.date(),
    )
    await supervision.cards.put(TENANT, [late_card], at=NOON)
    await supervision.scan(TENANT, at=NOON + DAY)
    assert await all_cards(supervision) == []


@pytest.mark.plan(52)
async def test_eight_scanners_at_once_make_each_card_once(cases: Cases, supervision: Supervision) -> None:
    for _ in range(3):
        await filed(cases, (WINDOW, ACCEPT), (WINDOW, REVIEW))
    at = NOON + 20 * DAY
    await asyncio.gather(*(supervision.scan(TENANT, at=at) for _ in range(8)))
    await supervision.scan(TENANT, at=at)
    assert rules(await all_cards(supervision)) == [RuleCode.OVERDUE] * 3


async def test_a_day_is_read_once_by_its_days_and_a_broken_history_is_a_card(
    cases: Cases, supervision: Supervision
) -> None:
    broken = await filed(cases, (WINDOW, ACCEPT))
    await filed(cases)
    await db.rows("UPDATE case_events SET note = 'x' WHERE case_id = ? AND seq = 2", [broken])
    at = NOON + 20 * DAY
    assert await supervision.scan(TENANT, at=at) > 0
    assert RuleCode.CHAIN_BROKEN in rules(await all_cards(supervision))
    await db.rows("DELETE FROM supervision_card_events")
    await db.rows("DELETE FROM supervision_cards")
    assert await supervision.scan(TENANT, at=at + timedelta(hours=1)) == 0
    plan = await db.rows(
        ("EXPLAIN QUERY PLAN " if db.current().dialect == "sqlite" else "EXPLAIN ") + store_watch.NEAR,
        [TENANT, at.date(), "", at.date(), at.date(), at.date(), 200],
    )
    if db.current().dialect == "sqlite":
        assert all("SCAN" not in row["detail"] for row in plan)


@pytest.mark.plan(38)
async def test_what_was_brought_in_after_the_day_was_read_is_found_at_the_next_start(
    cases: Cases, supervision: Supervision, township: Watched
) -> None:
    """A case known as nearly late only, whose day had passed before the office started again."""
    case_id = await filed(cases, (WINDOW, ACCEPT), (WINDOW, REVIEW))
    await supervision.scan(TENANT, at=NOON + 13 * DAY)
    at = NOON + 15 * DAY
    await db.rows("UPDATE cases SET tenant_id = 'elsewhere' WHERE id = ? RETURNING id", [case_id])
    await supervision.run(at)
    await db.rows("UPDATE cases SET tenant_id = ? WHERE id = ? RETURNING id", [TENANT, case_id])
    await supervision.run(at)
    assert rules(await all_cards(supervision)) == [RuleCode.SOON]
    started = Supervision(cases, township, township, Audit(), seeds=lambda count: bytes(count))
    for _ in range(2):
        await started.run(at)
        assert rules(await all_cards(supervision)) == [RuleCode.OVERDUE]
    await db.rows("DELETE FROM supervision_card_events")
    await db.rows("DELETE FROM supervision_cards")
    await started.run(at)
    assert await all_cards(supervision) == []


@pytest.mark.plan(52)
async def test_two_supervisors_decide_an_appeal_once(cases: Cases, supervision: Supervision) -> None:
    await filed(cases, (WINDOW, ACCEPT), (WINDOW, REVIEW))
    await supervision.scan(TENANT, at=NOON + 20 * DAY)
    (card,) = await all_cards(supervision)
    at = NOON + 21 * DAY
    appealed = await supervision.cards.act(
        card.id, Act.APPEAL, note="等上级复核", version=card.version, actor=LEADER, at=at
    )
    version = appealed.card.version
    done = await asyncio.gather(
        supervision.cards.act(
            card.id, Act.WITHDRAW, note="情况属实", version=version, actor=SUPERVISOR, at=at
        ),
        supervision.cards.act(
            card.id, Act.UPHOLD, note="理由不成立", version=version, actor=OTHER_SUPERVISOR, at=at
        ),
        return_exceptions=True,
    )
    lost = [each for each in done if isinstance(each, Fault)]
    assert [each.code for each in lost] == [ErrorCode.SUPERVISION_MOVED]
    file = await supervision.cards.show(card.id, actor=HEAD)
    assert len(file.events) == version + 1
    assert file.card.state in {CardState.WITHDRAWN, CardState.UPHELD}


@pytest.mark.plan(52)
async def test_a_card_is_raised_by_the_supervisors_hand_only_and_read_by_its_department_only(
    cases: Cases, supervision: Supervision
) -> None:
    case_id = await filed(cases, (WINDOW, ACCEPT))
    raising: dict[str, Any] = {"level": CardLevel.RED, "reason": "态度生硬", "rid": "a" * 32, "at": NOON}
    for stranger in (LEADER, CENTRE):
        with pytest.raises(Fault) as refused:
            await supervision.cards.raise_by_hand(case_id, actor=stranger, **raising)
        assert refused.value.code is ErrorCode.NOT_ALLOWED
    ids = [await supervision.cards.raise_by_hand(case_id, actor=SUPERVISOR, **raising) for _ in range(2)]
    assert ids[0] == ids[1]
    assert [card.level for card in await supervision.cards.about_case(case_id, actor=WINDOW)] == [
        CardLevel.RED
    ]
    elsewhere = type(WINDOW)(
        id="x", roles=WINDOW.roles, tenant_id=WINDOW.tenant_id, department_id="0" * 31 + "b"
    )
    with pytest.raises(Fault) as hidden:
        await supervision.cards.show(ids[0], actor=elsewhere)
    assert hidden.value.code is ErrorCode.NOT_FOUND


async def test_whom_a_complaint_or_a_rating_is_about_does_not_learn_of_it_from_a_card(
    supervision: Supervision,
) -> None:
    for kind, rule, who in (
        (SubjectKind.COMPLAINT, RuleCode.COMPLAINT_LATE, WINDOW),
        (SubjectKind.REVIEW, RuleCode.BAD_REVIEW_LATE, WINDOW),
        (SubjectKind.REVIEW, RuleCode.BAD_REVIEW_LATE, LEADER),
    ):
        found = Finding(
            rule=rule,
            subject_kind=kind,
            subject_id=who.id,
            occurrence="late",
            on=NOON.date(),
            department_id=WINDOW.department_id,
            staff_id=who.id,
        )
        await supervision.cards.put(TENANT, [found], at=NOON)
    seen = {
        actor.id: len(await supervision.cards.page(actor, CardFilter()))
        for actor in (WINDOW, LEADER, HEAD, SUPERVISOR)
    }
    assert seen == {WINDOW.id: 0, LEADER.id: 1, HEAD.id: 2, SUPERVISOR.id: 3}
    assert await supervision.cards.open_by_level(WINDOW) == {}


@pytest.mark.plan(52)
async def test_other_desks_findings_become_cards_and_one_in_trouble_silences_nobody(
    supervision: Supervision,
) -> None:
    class Desk:
        name = "enquiries"

        async def findings(self, tenant_id: str, at: Any) -> list[Finding]:
            assert tenant_id
            return [
                Finding(
                    rule=RuleCode.ENQUIRY_IDLE,
                    subject_kind=SubjectKind.ENQUIRY,
                    subject_id="e" * 32,
                    occurrence="idle",
                    on=at.date(),
                )
            ]

    class Trouble(Desk):
        async def findings(self, tenant_id: str, at: Any) -> list[Finding]:
            raise RuntimeError(tenant_id, at)

    supervision.watch(Trouble())
    supervision.watch(Desk())
    for _ in range(2):
        with pytest.raises(ExceptionGroup):
            await supervision.scan(TENANT, at=NOON)
    assert rules(await all_cards(supervision)) == [RuleCode.ENQUIRY_IDLE]
    await supervision.set_rule(RuleCode.ENQUIRY_IDLE, is_on=False, threshold=None, actor=SUPERVISOR, at=NOON)
    book = await supervision.cards.rulebook(TENANT)
    assert not book.is_on(RuleCode.ENQUIRY_IDLE)
    logged = await db.rows("SELECT action, subject_id FROM audit_log WHERE subject_kind = 'supervision_rule'")
    assert [(row["action"], row["subject_id"]) for row in logged] == [("change_setting", "JC402")]
    for code, is_on, threshold in (
        (RuleCode.BY_HAND, False, None),
        (RuleCode.OVERDUE, True, 3),
        (RuleCode.MANY_SUPPLEMENTS, True, 99),
    ):
        with pytest.raises(Fault) as refused:
            await supervision.set_rule(code, is_on=is_on, threshold=threshold, actor=SUPERVISOR, at=NOON)
        assert refused.value.code is ErrorCode.FORM_INVALID


async def test_a_case_refused_or_voided_leaves_the_list_of_the_finished_as_it_should(
    cases: Cases, supervision: Supervision
) -> None:
    case_id = await filed(cases)
    refuse = Command(action=A.REFUSE, note="不属于本镇范围", facts=EventFacts(basis="办法第三条"))
    await cases.act(case_id, refuse, actor=LEADER, at=NOON + DAY)
    (line,) = await supervision.published(TENANT, since=NOON.date())
    assert (line.state, line.surname, line.handlers) == (CaseState.NOT_ACCEPTED, "欧阳**", (LEADER.id,))
    assert await supervision.published(TENANT, since=(NOON + 5 * DAY).date()) == []


@pytest.mark.plan(52)
async def test_the_audit_finds_a_card_whose_history_or_standing_was_altered(
    cases: Cases, supervision: Supervision
) -> None:
    for _ in range(2):
        await filed(cases, (WINDOW, ACCEPT))
    await supervision.scan(TENANT, at=NOON + 20 * DAY)
    assert await JOURNAL.breaks(TENANT) == []
    altered, quashed = await all_cards(supervision)
    await db.rows("UPDATE supervision_card_events SET actor_id = 'x' WHERE card_id = ?", [altered.id])
    await db.rows("UPDATE supervision_cards SET state = 'withdrawn', is_open = 0 WHERE id = ?", [quashed.id])
    broken = {each.subject_id: each.seq for each in await JOURNAL.breaks(TENANT)}
    assert broken == {altered.id: 1, quashed.id: 2}
