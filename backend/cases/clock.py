"""The clock of a case as people read it: days left, why it stands still and since when, what each step took. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from api_spec.china_time import ONE_DAY, day_in_china
from api_spec.messages import cases as m
from api_spec.vocabulary import CaseAction, LimitUnit, TimerKind
from backend.cases.case import Event
from backend.cases.deadlines import STOPS
from backend.cases.elapsed import CaseTime, Elapsed, case_time, half_day_text
from backend.cases.next_steps import day_text
from backend.cases.timer import Calendar, Stop, Timer, days_left

SPECIAL_LAW = "行政许可法第四十五条"
ABOVE_LAW = "行政许可法第三十五条、第四十三条"
PROVISIONAL = "（节假日安排未公布，暂定）"


def clock_view(
    events: Sequence[Event],
    timers: Mapping[TimerKind, Timer],
    calendar: Calendar,
    *,
    at: datetime,
    names_staff: bool,
) -> m.ClockView | None:
    """What a case's page says of its clock; None until the case is accepted.

    Args:
        names_staff: whether the reader may know who stopped the clock and who ended a step.
    """
    promise, time = timers.get(TimerKind.PROMISE), case_time(events, timers, calendar, at=at)
    if promise is None or time is None:
        return None
    return m.ClockView(
        sentences=list(clock_words(promise, calendar, today=day_in_china(at))),
        stands_still=promise.stands_still,
        elapsed=days_words(time.elapsed),
        rest_days=days_words(Elapsed(time.rest)),
        stopped_days=days_words(Elapsed(time.stopped)),
        stops=[_stop_line(stop, promise, calendar, names_staff=names_staff, at=at) for stop in promise.stops],
        steps=list(_step_lines(time, names_staff=names_staff)),
    )


def clock_words(promise: Timer, calendar: Calendar, *, today: date) -> Iterable[str]:
    """The promise in plain words (plan, clauses 38 and 39); nothing of it once the case is decided."""
    if promise.ended is None and promise.due is not None:
        yield _due_words(promise, promise.due, calendar, today)
    if promise.extended_days:
        yield f"办理期限已延长 {promise.extended_days} 个工作日。"
    for stop in promise.stops:
        if stop.until is None:
            yield standing_words(stop.since, stop.ground, told_days=stop.told_days)
        else:
            yield f"{_span(stop.since, stop.until)}停止计时：{stop.ground}，没有计入办理期限。"


def standing_words(since: date, ground: str, *, told_days: int) -> str:
    """Why the clock stands still, since when, and for how long it was told to (行政许可法 45)."""
    told = f"，预计需要 {told_days} 个工作日" if told_days else ""
    return f"{day_text(since)}起停止计时：{ground}{told}。这段时间不计入办理期限，结束后接着算。"


def days_words(elapsed: Elapsed) -> str:
    """Whole days and the fraction of the one begun, rounded up: 2, 2.5, 3.25."""
    whole, rest = divmod(elapsed.hundredths, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".")


def _due_words(promise: Timer, due: date, calendar: Calendar, today: date) -> str:
    left = days_left(due, today, calendar, promise.limit.unit)
    unit = "个工作日" if promise.limit.unit is LimitUnit.WORKING_DAY else "天"
    provisional = PROVISIONAL if promise.provisional else ""
    if today > due:
        return f"承诺{day_text(due)}前办好，已经超过 {abs(left) or 1} {unit}。"
    if today == due:
        return f"承诺今天（{day_text(due)}）办好{provisional}。"
    return f"承诺{day_text(due)}前办好，还剩 {left} {unit}{provisional}。"


def _span(since: date, until: date) -> str:
    return day_text(since) if since == until else f"{day_text(since)}至{day_text(until)}"


def _stop_line(
    stop: Stop, promise: Timer, calendar: Calendar, *, names_staff: bool, at: datetime
) -> m.StopLine:
    return m.StopLine(
        since=stop.since,
        until=stop.until,
        ground=stop.ground,
        law=_law_of(stop.ground),
        since_text=half_day_text(stop.since_at),
        until_text=half_day_text(stop.until_at) if stop.until_at else "",
        days=_uncounted(stop, promise, calendar, today=day_in_china(at)),
        told_days=stop.told_days,
        by=stop.by if names_staff else "",
        ended_by=stop.ended_by if names_staff else "",
    )


def _law_of(ground: str) -> str:
    """What a stop rests on: a special procedure of the item's own list, or that a superior has to decide."""
    return ABOVE_LAW if ground == STOPS[CaseAction.REPORT_UP] else SPECIAL_LAW


def _uncounted(stop: Stop, promise: Timer, calendar: Calendar, *, today: date) -> int:
    """How many days of the limit's unit the stop took out of the count so far."""
    last = stop.until or max(today, stop.since)
    if promise.limit.unit is not LimitUnit.WORKING_DAY:
        return (last - stop.since).days
    span = (last - stop.since).days
    return sum(calendar.works(stop.since + ONE_DAY * ahead) for ahead in range(1, span + 1))


def _step_lines(time: CaseTime, *, names_staff: bool) -> Iterable[m.StepLine]:
    for step in time.steps:
        yield m.StepLine(
            state=step.state,
            state_label=step.state.zh,
            since=step.since,
            until=step.until,
            since_text=half_day_text(step.since),
            until_text=half_day_text(step.until) if step.until else "",
            days=days_words(step.elapsed),
            half_days=step.elapsed.half_days,
            by=step.by if names_staff else "",
        )
