"""The rules about what was done: each finds its fault, and finds nothing in a case that was handled well."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api_spec.supervision_terms import RuleCode
from api_spec.vocabulary import CaseAction, DeliveryMethod, ItemKind, MaterialStatus, Outcome, Role
from backend.cases.case import EventFacts, Gap
from backend.supervision.conduct import CONDUCT, judge
from backend.supervision.rulebook import RULES, Choice, Rulebook
from tests.cases.office import CALENDAR
from tests.supervision.office import PAPERS, Story

A = CaseAction
GRANT = EventFacts(outcome=Outcome.GRANTED)
HUKOU = Gap(code="hukou", name="户口簿", status=MaterialStatus.MISSING, how_to_fix="请带来")
IDENTITY = Gap(code="id", name="身份证", status=MaterialStatus.MISSING, how_to_fix="请带来")
W, G, B = Role.WINDOW, Role.GROUP_LEADER, Role.BACK_OFFICE


def well() -> Story:
    return (
        Story()
        .accepted()
        .then(A.DECIDE, B, GRANT)
        .then(A.MAKE_READY, W)
        .then(A.DELIVER, W, EventFacts(method=DeliveryMethod.WINDOW, proof="签收单 1"))
        .then(A.FINISH, W)
    )


STORIES = {
    RuleCode.SECOND_NOTICE: Story()
    .then(A.REQUEST_FIX, W, EventFacts(gaps=(HUKOU,), days=5))
    .then(A.REQUEST_FIX, W, EventFacts(gaps=(IDENTITY,), days=5)),
    RuleCode.ACCEPTED_INCOMPLETE: Story().then(A.ACCEPT, W, EventFacts()),
    RuleCode.REFUSED_WITHOUT_GROUNDS: Story().then(A.REFUSE, G, EventFacts(basis="")),
    RuleCode.SAME_PERSON: Story()
    .then(A.ACCEPT, G, PAPERS, who="one")
    .then(A.FIRST_REVIEW, W)
    .then(A.DECIDE, G, GRANT, who="one"),
    RuleCode.NO_HALL_RECEIPT: Story().then(A.DECIDE, B, GRANT),
    RuleCode.RETURNED_TWICE: Story(ItemKind.REPORTED)
    .accepted()
    .then(A.REPORT_UP, G)
    .then(A.RETURN_FROM_ABOVE, G)
    .then(A.RETURN_FROM_ABOVE, G),
    RuleCode.OUT_OF_ORDER: Story().then(A.ACCEPT, W, PAPERS, wait=timedelta(hours=-3)),
    RuleCode.STOPPED_WITHOUT_GROUND: Story()
    .accepted()
    .then(A.START_SPECIAL, G, EventFacts(basis="领导出差", days=5)),
    RuleCode.EXTENDED_LATE: Story()
    .accepted()
    .then(A.EXTEND, Role.DEPARTMENT_HEAD, EventFacts(days=5), wait=timedelta(days=30)),
}


@pytest.mark.plan(36, 37, 4, 44, 38, 52)
@pytest.mark.parametrize("code", STORIES)
def test_a_fault_is_found_at_its_very_event(code: RuleCode) -> None:
    found = [each for each in STORIES[code].judged() if each.rule is code]
    assert [each.seq for each in found] == [STORIES[code].events[-1].seq]
    assert found[0].href.endswith(f"#event-{found[0].seq}")


FACTS_SAID = {
    RuleCode.SECOND_NOTICE: {"materials": "身份证"},
    RuleCode.ACCEPTED_INCOMPLETE: {"materials": "身份证、户口簿"},
    RuleCode.REFUSED_WITHOUT_GROUNDS: {"lacks": "依据"},
    RuleCode.SAME_PERSON: {"received_seq": "2"},
    RuleCode.RETURNED_TWICE: {"times": "2"},
    RuleCode.STOPPED_WITHOUT_GROUND: {"ground": "领导出差"},
    RuleCode.EXTENDED_LATE: {"due": "2026-04-21"},
}


@pytest.mark.parametrize("code", FACTS_SAID)
def test_a_finding_says_what_was_wrong_and_who_did_it(code: RuleCode) -> None:
    found = next(each for each in STORIES[code].judged() if each.rule is code)
    last = STORIES[code].events[-1]
    assert found.facts == FACTS_SAID[code]
    assert (found.staff_id, found.department_id) == (last.actor_id, STORIES[code].case.department_id)
    assert (found.subject_id, found.item_id) == (last.case_id, STORIES[code].case.terms.item_id)


def test_what_the_clock_did_is_nobodys_fault_in_person() -> None:
    late = Story().then(A.DECIDE, Role.SYSTEM, GRANT)
    assert {each.staff_id for each in late.judged()} == {""}


@pytest.mark.plan(44)
def test_whoever_first_reviewed_it_may_not_approve_it_either() -> None:
    story = (
        Story()
        .then(A.ACCEPT, W, PAPERS)
        .then(A.FIRST_REVIEW, G, who="one")
        .then(A.DECIDE, G, GRANT, who="one")
    )
    assert [each.rule for each in story.judged()] == [RuleCode.SAME_PERSON]


@pytest.mark.plan(4)
def test_a_leaders_or_the_clocks_acceptance_is_a_receipt_of_the_hall_and_nobody_elses_is() -> None:
    for action, role, found in (
        (A.ACCEPT, G, []),
        (A.DEEM_ACCEPTED, Role.SYSTEM, []),
        (A.ACCEPT, B, [RuleCode.NO_HALL_RECEIPT]),
    ):
        story = Story().then(action, role, PAPERS, who="somebody").then(A.DECIDE, B, GRANT)
        assert [each.rule for each in story.judged()] == found


def test_the_same_gap_told_twice_is_no_new_gap() -> None:
    notice = EventFacts(gaps=(HUKOU,), days=5)
    story = Story().then(A.REQUEST_FIX, W, notice).then(A.REQUEST_FIX, W, notice)
    assert [each.rule for each in story.judged()] == [RuleCode.MANY_SUPPLEMENTS]


def test_what_the_superior_wants_is_no_second_notice_of_the_office() -> None:
    story = (
        Story(ItemKind.REPORTED)
        .then(A.REQUEST_FIX, W, EventFacts(gaps=(HUKOU,), days=5))
        .then(A.SUPPLEMENT, W, PAPERS)
        .then(A.ACCEPT, W, PAPERS)
        .then(A.FIRST_REVIEW, W)
        .then(A.REPORT_UP, G)
        .then(A.RETURN_FROM_ABOVE, G, EventFacts(wanted=(IDENTITY.code,)))
        .then(A.REQUEST_FIX, W, EventFacts(gaps=(IDENTITY,), days=5))
    )
    assert story.judged() == []


def test_a_refusal_lacks_whatever_is_blank() -> None:
    for note, basis, lacks in (("", "", "理由、依据"), ("理由", " ", "依据"), (" ", "条例", "理由")):
        story = Story().then(A.REFUSE, G, EventFacts(basis=basis), note=note)
        assert [each.facts["lacks"] for each in story.judged()] == [lacks]
    granted = Story().accepted().then(A.DECIDE, B, GRANT, note="")
    assert granted.judged() == []


def test_every_rule_of_conduct_has_a_story() -> None:
    assert {*STORIES, RuleCode.MANY_SUPPLEMENTS} == set(CONDUCT)
    assert set(RULES) == set(RuleCode)


def test_a_case_handled_well_gives_no_card() -> None:
    assert well().judged() == []


def test_an_instant_item_is_received_and_decided_by_one_person() -> None:
    story = Story(ItemKind.INSTANT).then(A.ACCEPT, W, PAPERS, who="one").then(A.DECIDE, W, GRANT, who="one")
    assert story.judged() == []


def test_a_pledge_stands_for_the_missing_paper() -> None:
    assert Story().then(A.ACCEPT, W, EventFacts(pledge=True)).judged() == []


def test_a_gap_that_came_up_later_may_be_told_again() -> None:
    again = (
        Story()
        .then(A.REQUEST_FIX, W, EventFacts(gaps=(HUKOU,), materials={"id": MaterialStatus.PRESENT}, days=5))
        .then(A.REQUEST_FIX, W, EventFacts(gaps=(IDENTITY,), days=5))
    )
    assert [each.rule for each in again.judged()] == [RuleCode.MANY_SUPPLEMENTS]


@pytest.mark.plan(52)
def test_what_is_switched_off_or_set_higher_is_no_finding() -> None:
    off = Rulebook({RuleCode.NO_HALL_RECEIPT: Choice(is_on=False)})
    assert STORIES[RuleCode.NO_HALL_RECEIPT].judged(off) == []
    higher = Rulebook({RuleCode.RETURNED_TWICE: Choice(is_on=True, threshold=3)})
    assert STORIES[RuleCode.RETURNED_TWICE].judged(higher) == []


FACTS = st.builds(
    EventFacts,
    materials=st.sampled_from([{}, dict(PAPERS.materials)]),
    gaps=st.sampled_from([(), (HUKOU,), (IDENTITY,)]),
    days=st.integers(0, 5),
    outcome=st.sampled_from([None, *Outcome]),
    basis=st.sampled_from(["", "检测"]),
    pledge=st.booleans(),
)
MOVES = st.lists(
    st.tuples(
        st.sampled_from(A),
        st.sampled_from([W, G, B, Role.SYSTEM]),
        FACTS,
        st.sampled_from(["", "理由"]),
        st.integers(-2, 400),
        st.booleans(),
    ),
    max_size=14,
)


@given(moves=MOVES)
@settings(max_examples=80, deadline=None)
def test_judging_move_by_move_finds_the_same_as_judging_the_whole(
    moves: list[tuple[CaseAction, Role, EventFacts, str, int, bool]],
) -> None:
    story = Story()
    befores = [(story.empty, 0)]
    for action, role, facts, note, hours, cut in moves:
        if cut:
            befores.append((story.case, len(story.events)))
        story.then(action, role, facts, note=note, wait=timedelta(hours=hours))
    befores.append((story.case, len(story.events)))
    parts = [
        finding
        for (case, start), (_, end) in pairwise(befores)
        for finding in judge(
            case, story.events[:start], story.events[start:end], calendar=CALENDAR, book=Rulebook()
        )
    ]
    assert parts == story.judged()
    keys = [each.key for each in parts]
    assert len(keys) == len(set(keys))
