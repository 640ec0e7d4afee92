"""How long a case took: working time from acceptance on, step by step, and what was left out and why. Pure.

Elapsed = (end or now - acceptance) - days of rest - special time, as the supervision code of the province counts it: a
working day is a whole one, from midnight to midnight in China. `deadlines` says until which day a limit runs; here
is what was used of it. Supervision and statistics may ask the same of any history.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from api_spec.china_time import DAY_MINUTES, day_in_china, minute_in_china, moment, period_of
from api_spec.vocabulary import CaseState, Term, TimerKind
from backend.cases.case import Event
from backend.cases.timer import Calendar, Stop, Timer

WHOLE_DAY = timedelta(days=1)
HALF_DAY = timedelta(hours=12)
HUNDREDTH = WHOLE_DAY / 100


class Counted(Term):
    """What a stretch of time is to the count."""

    WORKING = "working", "计入"
    REST = "rest", "休息日不计"
    STOPPED = "stopped", "停止计时不计"


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Working time; adds up without rounding, is rounded up only to be shown."""

    time: timedelta = timedelta()

    @property
    def days(self) -> int:
        """Whole working days."""
        return self.time // WHOLE_DAY

    @property
    def hundredths(self) -> int:
        """Whole days and the fraction of the one begun, in hundredths of a day, rounded up."""
        return -(-self.time // HUNDREDTH)

    @property
    def half_days(self) -> int:
        """Half days, one that was begun counted whole."""
        return -(-self.time // HALF_DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A stretch of the ledger.

    Args:
        ground: why it was not counted: 周末, a holiday's name, or the ground of a stop; "" where it was.
        by: who stopped the clock; "" for a day of rest.
    """

    since: datetime
    until: datetime
    counted: Counted
    ground: str = ""
    by: str = ""

    @property
    def length(self) -> timedelta:
        return self.until - self.since


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTime:
    """How long a case stayed in one state.

    Args:
        until: None: it is there still.
        by: who ended the step; "" while it lasts.
    """

    state: CaseState
    since: datetime
    until: datetime | None
    elapsed: Elapsed
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTime:
    """The time of a case from its acceptance to its decision, or until now.

    Args:
        ledger: every stretch between, in order and without a hole.
        steps: every state the case has been in since it was filed; those from `began` to `ended` add up to `elapsed`.
    """

    began: datetime
    ended: datetime | None
    elapsed: Elapsed
    rest: timedelta
    stopped: timedelta
    ledger: tuple[Interval, ...]
    steps: tuple[StepTime, ...]


def case_time(
    events: Sequence[Event], timers: Mapping[TimerKind, Timer], calendar: Calendar, *, at: datetime
) -> CaseTime | None:
    """The time of a case so far; None until it is accepted.

    Args:
        timers: as `deadlines.timers` gives them for these events.
    """
    promise = timers.get(TimerKind.PROMISE)
    if promise is None:
        return None
    end = promise.ended_at or max(at, promise.began)
    entries = ledger(promise.began, end, promise.stops, calendar)
    return CaseTime(
        began=promise.began,
        ended=promise.ended_at,
        elapsed=Elapsed(_sum(entries, Counted.WORKING)),
        rest=_sum(entries, Counted.REST),
        stopped=_sum(entries, Counted.STOPPED),
        ledger=entries,
        steps=steps(events, promise.stops, calendar, at=at),
    )


def steps(
    events: Sequence[Event], stops: Sequence[Stop], calendar: Calendar, *, at: datetime
) -> tuple[StepTime, ...]:
    """How long each state lasted, in order; the last one until `at` unless nothing can follow it."""
    turns = [event for event in events if event.before is not event.after]
    found = [
        StepTime(
            state=one.after,
            since=one.at,
            until=following.at,
            elapsed=worked(one.at, following.at, stops, calendar),
            by=following.actor_id,
        )
        for one, following in pairwise(turns)
    ]
    if turns and turns[-1].after not in _LAST:
        last = turns[-1]
        now = worked(last.at, max(at, last.at), stops, calendar)
        found.append(StepTime(state=last.after, since=last.at, until=None, elapsed=now, by=""))
    return tuple(found)


def worked(since: datetime, until: datetime, stops: Sequence[Stop], calendar: Calendar) -> Elapsed:
    """Working time between two moments."""
    return Elapsed(_sum(ledger(since, until, stops, calendar), Counted.WORKING))


def ledger(
    since: datetime, until: datetime, stops: Sequence[Stop], calendar: Calendar
) -> tuple[Interval, ...]:
    """Every stretch between two moments; neighbours of one kind are joined. A stop counts as such on any day."""
    joined: list[Interval] = []
    for one in _pieces(since, until, stops, calendar):
        last = joined[-1] if joined else None
        if last and (last.counted, last.ground, last.by) == (one.counted, one.ground, one.by):
            one = Interval(
                since=last.since, until=one.until, counted=one.counted, ground=one.ground, by=one.by
            )
            joined.pop()
        joined.append(one)
    return tuple(joined)


def half_day_text(at: datetime) -> str:
    """The half day a moment falls on, as people say it: 4月9日上午."""
    day = day_in_china(at)
    return f"{day.month}月{day.day}日{period_of(minute_in_china(at)).zh}"


_LAST = frozenset(
    {
        CaseState.FINISHED,
        CaseState.WITHDRAWN,
        CaseState.NOT_ACCEPTED,
        CaseState.VOIDED,
        CaseState.ARCHIVED,
    }
)
"""Nothing lasts any longer in these."""


def _pieces(
    since: datetime, until: datetime, stops: Sequence[Stop], calendar: Calendar
) -> Iterator[Interval]:
    """Cut at every midnight in China and where a stop begins or ends."""
    start = since
    while start < until:
        day = day_in_china(start)
        stop = next((s for s in stops if s.since_at <= start and (s.until_at or until) > start), None)
        ahead = [s.since_at for s in stops if s.since_at > start]
        end = min(
            moment(day, DAY_MINUTES), until, *ahead, *([stop.until_at] if stop and stop.until_at else [])
        )
        if stop is not None:
            yield Interval(since=start, until=end, counted=Counted.STOPPED, ground=stop.ground, by=stop.by)
        else:
            ground = calendar.why_closed(day)
            counted = Counted.REST if ground else Counted.WORKING
            yield Interval(since=start, until=end, counted=counted, ground=ground)
        start = end


def _sum(entries: Sequence[Interval], kind: Counted) -> timedelta:
    return sum((one.length for one in entries if one.counted is kind), timedelta())
