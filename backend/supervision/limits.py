"""Which time limits of a case are near or over on a day, as findings. No clock, no database: values in, values out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from api_spec.china_time import ONE_DAY, day_in_china
from api_spec.supervision_terms import RuleCode, SubjectKind
from api_spec.vocabulary import CaseAction as A
from api_spec.vocabulary import DeadlineColour, TimerKind
from backend.cases.case import Case, Event
from backend.cases.deadlines import DECISIONS, Calendar, Timer, days_left
from backend.supervision.rulebook import Rulebook, stage_of
from backend.supervision.watching import Finding

LATE: Final[Mapping[TimerKind, RuleCode]] = {
    TimerKind.PROMISE: RuleCode.OVERDUE,
    TimerKind.STATUTORY: RuleCode.STATUTORY_OVERDUE,
    TimerKind.NOTICE: RuleCode.NOTICE_LATE,
    TimerKind.SUPERIOR: RuleCode.SUPERIOR_LATE,
    TimerKind.DELIVERY: RuleCode.DELIVERY_LATE,
}
"""The applicant's own time to supplement is nobody's fault and makes no card."""
NEAR: Final[Mapping[tuple[TimerKind, DeadlineColour], RuleCode]] = {
    (TimerKind.PROMISE, DeadlineColour.SOON): RuleCode.SOON,
    (TimerKind.PROMISE, DeadlineColour.DUE): RuleCode.DUE_TODAY,
    (TimerKind.NOTICE, DeadlineColour.SOON): RuleCode.NOTICE_SOON,
    (TimerKind.NOTICE, DeadlineColour.DUE): RuleCode.NOTICE_SOON,
}
_LONGEST_REST: Final = timedelta(days=30)
_ACCEPTED: Final = frozenset({A.ACCEPT, A.DEEM_ACCEPTED})
STARTED: Final[Mapping[TimerKind, frozenset[A]]] = {
    TimerKind.NOTICE: frozenset({A.SUBMIT, A.SUPPLEMENT}),
    TimerKind.SUPPLEMENT: frozenset({A.REQUEST_FIX}),
    TimerKind.PROMISE: _ACCEPTED,
    TimerKind.STATUTORY: _ACCEPTED,
    TimerKind.SUPERIOR: frozenset({A.REPORT_UP}),
    TimerKind.DELIVERY: DECISIONS,
}
REMINDED: Final[Mapping[RuleCode, TimerKind]] = {code: kind for (kind, _), code in NEAR.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A case as time is held against it."""

    case: Case
    events: Sequence[Event]
    timers: Mapping[TimerKind, Timer]


def judge(seen: Watch, today: date, *, calendar: Calendar, book: Rulebook) -> Iterator[Finding]:
    """Every limit that is near or over on `today`, the day in China; each once however often it is asked."""
    for kind, timer in seen.timers.items():
        code = _broken(kind, timer, today, calendar)
        if code is None or not book.is_on(code) or timer.due is None:
            continue
        late = code in LATE.values()
        days_late = -days_left(timer.due, today, calendar, timer.limit.unit)
        yield _finding(
            seen,
            code,
            occurrence=_occurrence(kind, timer, reminder=not late),
            on=timer.due if late else today,
            seq=_started_by(seen.events, kind),
            staff_id=seen.case.first_receiver if kind is TimerKind.NOTICE else "",
            stage=stage_of(days_late) if late and timer.ended is None else 0,
            facts={"timer": kind.zh, "due": timer.due.isoformat()},
        )
    if book.is_on(RuleCode.SPECIAL_LATE):
        yield from _special(seen, today, calendar)


def is_spent(rule: RuleCode, occurrence: str, timers: Mapping[TimerKind, Timer], today: date) -> bool:
    """Whether a reminder has nothing left to remind of: done in time, extended, or its clock stands still."""
    timer = timers.get(REMINDED[rule]) if rule in REMINDED else None
    if timer is None or timer.is_late(today):
        return False
    over = timer.ended is not None or timer.stands_still
    return over or occurrence != _occurrence(timer.kind, timer, reminder=True)


def last_reminded(today: date, calendar: Calendar) -> date:
    """The last day before `today` on which reminders were given: they wait for somebody to be at work."""
    day = today - ONE_DAY
    while not calendar.works(day) and today - day < _LONGEST_REST:
        day -= ONE_DAY
    return day


def _broken(kind: TimerKind, timer: Timer, today: date, calendar: Calendar) -> RuleCode | None:
    if timer.is_late(today):
        return LATE.get(kind)
    if today <= timer.started or not calendar.works(today):
        return None  # what is due on the day it came is no reminder, nor is one given to nobody
    return NEAR.get((kind, timer.colour(today)))


def _occurrence(kind: TimerKind, timer: Timer, *, reminder: bool) -> str:
    """Named by its start, not by its last day: a new holiday notice moves that, and is no second finding.

    After a stop a reminder is due again; being late is so once. A reminder's name begins with the late one's.
    """
    name = f"{kind}:{timer.started.isoformat()}:{timer.extended_days}"
    return f"{name}:{len(timer.stops)}" if reminder else name


def _started_by(events: Sequence[Event], kind: TimerKind) -> int:
    """The event of the history that started the limit; 1 where none did."""
    return next((one.seq for one in reversed(events) if one.action in STARTED.get(kind, ())), 1)


def _special(seen: Watch, today: date, calendar: Calendar) -> Iterator[Finding]:
    """行政许可法 45: the time a special procedure needs is told in writing, and kept."""
    for place, start in enumerate(seen.events):
        if start.action is not A.START_SPECIAL or not start.facts.days:
            continue
        ended = next((one for one in seen.events[place + 1 :] if one.after is not start.after), None)
        due = _after(day_in_china(start.at), start.facts.days, calendar)
        if (day_in_china(ended.at) if ended else today) > due:
            yield _finding(
                seen,
                RuleCode.SPECIAL_LATE,
                occurrence=f"special:{start.seq}",
                on=due,
                seq=start.seq,
                staff_id=start.actor_id,
                facts={"days": str(start.facts.days), "due": due.isoformat()},
            )


def _after(start: date, days: int, calendar: Calendar) -> date:
    day = start
    while days:
        day += timedelta(days=1)
        days -= calendar.works(day)
    return day


def _finding(
    seen: Watch,
    code: RuleCode,
    *,
    occurrence: str,
    on: date,
    seq: int,
    facts: Mapping[str, str],
    staff_id: str = "",
    stage: int = 0,
) -> Finding:
    case = seen.case
    return Finding(
        rule=code,
        subject_kind=SubjectKind.CASE,
        subject_id=case.id,
        occurrence=occurrence,
        on=on,
        seq=seq,
        department_id=case.department_id,
        staff_id=staff_id,
        item_id=case.terms.item_id,
        href=f"/staff/cases/{case.id}#event-{seq}",
        stage=stage,
        facts=facts,
    )
