"""Which limits are near or over on a day, each once by its own name; how an improvement task moves."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from api_spec.errors import ErrorCode
from api_spec.supervision_terms import RuleCode, TaskAction, TaskOrigin, TaskState
from api_spec.vocabulary import CaseAction, Role, TimerKind
from backend.actors import Actor
from backend.cases.case import EventFacts
from backend.cases.deadlines import timers
from backend.faults import Fault
from backend.supervision.limits import Watch, is_spent, judge, last_reminded
from backend.supervision.rulebook import Choice, Rulebook
from backend.supervision.task import Task, can, step
from backend.supervision.watching import Finding
from tests.cases.office import CALENDAR, NOON, SOCIAL, TENANT, staff
from tests.supervision.office import PAPERS, Story

A, R, T = CaseAction, RuleCode, TaskAction
W, G = Role.WINDOW, Role.GROUP_LEADER
LEADER, CENTRE, DIRECTOR = (
    staff(G),
    staff(Role.CENTRE_STAFF, department=""),
    staff(Role.DIRECTOR, department=""),
)


def on(day: str, story: Story, book: Rulebook | None = None) -> list[Finding]:
    watch = Watch(
        case=story.case,
        events=story.events,
        timers=timers(story.events, story.case.terms, CALENDAR),
    )
    return list(judge(watch, date.fromisoformat(day), calendar=CALENDAR, book=book or Rulebook()))


def rules(day: str, story: Story) -> list[RuleCode]:
    return [each.rule for each in on(day, story)]


@pytest.mark.plan(38)
def test_the_notice_is_due_in_five_working_days_and_late_on_the_sixth() -> None:
    """Filed on Tuesday 7 April: the 14th is the last day (行政许可法 32)."""
    days = ("2026-04-08", "2026-04-13", "2026-04-14", "2026-04-15")
    assert [rules(day, Story()) for day in days] == [[], [R.NOTICE_SOON], [R.NOTICE_SOON], [R.NOTICE_LATE]]


def test_a_finding_names_its_day_its_step_and_who_answers() -> None:
    (soon,), (late,) = on("2026-04-13", Story()), on("2026-04-15", Story())
    assert (soon.on, soon.staff_id, soon.stage) == (date(2026, 4, 13), Story().case.first_receiver, 0)
    assert (late.on, late.staff_id, late.stage) == (date(2026, 4, 14), Story().case.first_receiver, 0)
    assert (soon.seq, late.facts["timer"]) == (1, "一次性告知期限")
    given_again = Story().then(A.REQUEST_FIX, W, EventFacts(days=5)).then(A.SUPPLEMENT, Role.CITIZEN)
    assert [each.seq for each in on("2026-04-13", given_again)] == [3]
    deemed = Story().then(A.DEEM_ACCEPTED, Role.SYSTEM, wait=timedelta(days=8))
    assert next((each.rule, each.seq) for each in on("2026-04-15", deemed)) == (R.NOTICE_LATE, 1)
    assert [(each.rule, each.seq, each.staff_id) for each in on("2026-04-20", deemed)][1:] == [
        (R.SOON, 2, "")
    ]
    superior = Story().accepted().then(A.REPORT_UP, G)
    delivery = Story().accepted().then(A.DECIDE, Role.BACK_OFFICE)
    assert [each.seq for each in on("2026-06-30", superior)] == [4]
    assert [each.seq for each in on("2026-06-30", delivery)] == [4]


def test_a_special_procedure_counts_from_its_own_start_and_to_its_own_end() -> None:
    """Two one after the other: the first over in time, the second not; a step inside is no end."""
    first = (
        Story()
        .accepted()
        .then(A.START_SPECIAL, G, EventFacts(basis="检测", days=3))
        .then(A.ADD_NOTE, G, EventFacts(days=1))
        .then(A.END_SPECIAL, G, wait=timedelta(days=2))
    )
    assert rules("2026-04-20", first) == [R.SOON]
    second = first.then(A.START_SPECIAL, G, EventFacts(basis="检测", days=2))
    (late,) = on("2026-04-20", second)
    assert (late.rule, late.seq, late.occurrence) == (R.SPECIAL_LATE, 7, "special:7")
    assert late.facts == {"days": "2", "due": "2026-04-13"}
    assert late.stage == 0
    nothing_told = Story().accepted().then(A.START_SPECIAL, G, EventFacts(basis="检测"))
    assert rules("2026-06-20", nothing_told) == []


def test_who_took_a_case_in_answers_for_its_notice_and_nobody_by_name_for_its_promise() -> None:
    story = Story().then(A.ACCEPT, W, PAPERS, who="one", wait=timedelta(days=8))
    found = {each.rule: each.staff_id for each in on("2026-05-08", story)}
    assert found == {R.NOTICE_LATE: story.case.first_receiver, R.OVERDUE: ""}
    assert story.case.first_receiver
    (again,) = {each.occurrence for each in on("2026-05-08", story) if each.rule is R.OVERDUE}
    assert again == "promise:2026-04-15:0"


def test_what_comes_and_is_due_on_one_day_is_not_reminded_of() -> None:
    story = Story()
    due = timers(story.events, story.case.terms, CALENDAR)[TimerKind.NOTICE]
    same = replace(due, due=due.started, soon_on=due.started)
    watch = Watch(case=story.case, events=story.events, timers={TimerKind.NOTICE: same})
    assert list(judge(watch, due.started, calendar=CALENDAR, book=Rulebook())) == []


def test_reminders_are_given_on_working_days_and_none_is_lost_over_a_holiday() -> None:
    """Ten working days from Tuesday 7 April; Saturday 18 and Sunday 19 are at rest, so are 1 to 5 May."""
    days = ("2026-04-17", "2026-04-18", "2026-04-19", "2026-04-20")
    found = [rules(day, Story().accepted()) for day in days]
    assert found == [[R.SOON], [], [], [R.SOON]]
    assert rules("2026-05-02", Story().accepted()) == [R.OVERDUE]
    assert last_reminded(date(2026, 4, 20), CALENDAR) == date(2026, 4, 17)
    assert last_reminded(date(2026, 4, 17), CALENDAR) == date(2026, 4, 16)
    assert last_reminded(date(2026, 5, 6), CALENDAR) == date(2026, 4, 30)


@pytest.mark.plan(38)
def test_promise_and_statutory_limit_are_carded_apart() -> None:
    story = Story().accepted()
    assert rules("2026-04-15", story) == []
    assert rules("2026-04-21", story) == [R.DUE_TODAY]
    assert rules("2026-05-08", story) == [R.OVERDUE]
    both = on("2026-05-12", story)
    assert [each.rule for each in both] == [R.OVERDUE, R.STATUTORY_OVERDUE]
    assert [(each.stage, each.seq, each.facts["due"]) for each in both] == [
        (2, 2, "2026-04-21"),
        (1, 2, "2026-05-08"),
    ]
    off = Rulebook({R.OVERDUE: Choice(is_on=False)})
    assert [each.rule for each in on("2026-05-12", story, off)] == [R.STATUTORY_OVERDUE]


def test_what_was_decided_late_stays_a_finding_and_is_told_no_further_up() -> None:
    story = Story().accepted().then(A.DECIDE, Role.BACK_OFFICE, wait=timedelta(days=20))
    assert [(each.rule, each.stage) for each in on("2026-04-28", story)] == [(R.OVERDUE, 0)]
    assert R.DELIVERY_LATE in rules("2026-05-20", story)


@pytest.mark.plan(48)
def test_a_superior_that_does_not_answer_is_a_warning_and_the_townships_clock_stands_still() -> None:
    story = Story().accepted().then(A.REPORT_UP, G)
    assert rules("2026-05-07", story) == []
    assert rules("2026-06-30", story) == [R.SUPERIOR_LATE]


def test_a_special_procedure_may_take_what_was_told_and_no_longer() -> None:
    story = Story().accepted().then(A.START_SPECIAL, G, EventFacts(basis="检测", days=3))
    assert (rules("2026-04-10", story), rules("2026-04-13", story)) == ([], [R.SPECIAL_LATE])
    (late,) = on("2026-04-20", story)
    assert (late.seq, late.staff_id, late.facts["due"]) == (4, G.value, "2026-04-10")
    noted = story.then(A.ADD_NOTE, G).then(A.END_SPECIAL, G)
    assert rules("2026-04-15", noted) == []


def test_a_reminder_is_spent_when_done_stopped_or_lengthened_and_comes_again_after_a_stop() -> None:
    story = Story().accepted()
    (soon,) = on("2026-04-20", story)
    today = date(2026, 4, 20)

    def spent(later: Story) -> bool:
        return is_spent(soon.rule, soon.occurrence, timers(later.events, story.case.terms, CALENDAR), today)

    assert not spent(story)
    assert not is_spent(R.OVERDUE, soon.occurrence, {}, today)
    assert spent(Story().accepted().then(A.DECIDE, Role.BACK_OFFICE))
    stopped = Story().accepted().then(A.START_SPECIAL, G, EventFacts(basis="检测", days=3))
    assert spent(stopped)
    assert spent(stopped.then(A.END_SPECIAL, G))
    assert spent(Story().accepted().then(A.EXTEND, Role.DEPARTMENT_HEAD, EventFacts(days=5)))
    late = Story().accepted().then(A.DECIDE, Role.BACK_OFFICE, wait=timedelta(days=20))
    assert not spent(late)


def task(**more: object) -> Task:
    given: dict[str, object] = {
        "id": "7" * 32,
        "tenant_id": TENANT,
        "title": "清理",
        "origin": TaskOrigin.OTHER,
        "origin_id": "",
        "href": "",
        "department_id": SOCIAL,
        "owner_id": "owner",
        "due_on": NOON.date(),
        "measures": "逐件核对",
        "set_by": "x",
        "set_at": NOON,
    }
    return Task(**(given | more))  # type: ignore[arg-type]


@pytest.mark.plan(59)
def test_a_task_is_reported_by_its_department_and_closed_by_somebody_else_of_the_centre() -> None:
    owner = Actor(id="owner", roles=frozenset({G}), tenant_id=TENANT, department_id="0" * 31 + "b")
    stranger = staff(G, name="stranger", department="0" * 31 + "b")
    may = {actor.id: can(task(), actor) for actor in (LEADER, owner, stranger, CENTRE, DIRECTOR)}
    assert may == {
        LEADER.id: (T.REPORT,),
        "owner": (T.REPORT,),
        "stranger": (),
        CENTRE.id: (),
        DIRECTOR.id: (),
    }
    assert can(task(department_id=""), CENTRE) == (T.REPORT,)
    reported = step(task(), T.REPORT, LEADER, note=" 已清理 ", at=NOON)
    assert (reported.state, reported.result, reported.version) == (TaskState.REPORTED, "已清理", 2)
    assert can(reported, CENTRE) == (T.RETURN, T.CLOSE)
    assert can(step(task(department_id=""), T.REPORT, CENTRE, note="已清理", at=NOON), CENTRE) == ()
    assert step(reported, T.RETURN, CENTRE, note="还有两件", at=NOON).state is TaskState.OPEN
    closed = step(reported, T.CLOSE, DIRECTOR, note="核实", at=NOON)
    assert (closed.state, closed.closed_by, closed.closed_at) == (TaskState.CLOSED, DIRECTOR.id, NOON)
    assert not reported.is_late(NOON.date() + timedelta(days=9))
    assert task().is_late(NOON.date() + timedelta(days=1))
    for what, action, note, code in (
        (closed, T.CLOSE, "再来", ErrorCode.SUPERVISION_STATE),
        (reported, T.CLOSE, " ", ErrorCode.REASON_REQUIRED),
        (task(), T.REPORT, "x", ErrorCode.NOT_YOUR_ACTION),
    ):
        with pytest.raises(Fault) as refused:
            step(what, action, DIRECTOR, note=note, at=NOON)
        assert refused.value.code is code
