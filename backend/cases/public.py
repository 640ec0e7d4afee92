"""A case as anyone who holds its code may see it: item, steps, days, what to do; a surname and nothing else. Pure."""

from datetime import date

from api_spec import tracking_code
from api_spec.china_time import day_in_china
from api_spec.messages.progress import Progress, ProgressStep
from api_spec.vocabulary import CaseState as S
from api_spec.vocabulary import ItemKind
from backend.cases import deadlines
from backend.cases.case import OPEN_STATES
from backend.cases.clock import standing_words
from backend.cases.deadlines import NO_DAY, Calendar
from backend.cases.next_steps import next_step
from backend.cases.records import PublicRow
from backend.cases.trail import stage_label
from backend.instants import from_ms

NOT_PUBLIC = "这类事项不公开进度，请带身份证到窗口查询。"
_SETTLED = frozenset({S.DECIDED, S.TO_COLLECT, S.DELIVERED})
"""The matter is settled: no day is promised any more."""

_AHEAD = {
    ItemKind.INSTANT: (S.ACCEPTED, S.DECIDED, S.FINISHED),
    ItemKind.PROMISED: (S.ACCEPTED, S.REVIEWING, S.DECIDED, S.FINISHED),
    ItemKind.REPORTED: (S.ACCEPTED, S.REVIEWING, S.REPORTED, S.DECIDED, S.FINISHED),
}
"""The straight way of each kind, to show what is still to come."""


def public_progress(
    row: PublicRow, *, today: date, calendar: Calendar, place: str, phone: str, complaint_phone: str = ""
) -> Progress:
    """The public view.

    Args:
        place, phone: where to ask.
        complaint_phone: where to ask about what is late.
    """
    code = tracking_code.display(row.tracking_code)
    if row.trail.confidential:
        return Progress(
            kind="not_public", code=code, state_label="不公开", next_step=NOT_PUBLIC, place=place, phone=phone
        )
    running = row.promise_on is not None and row.state in OPEN_STATES - _SETTLED
    colour = deadlines.colour(row.due_on, row.soon_on, today)
    return Progress(
        kind="case",
        code=code,
        number=row.case_number,
        item_name=row.trail.item_name,
        surname=row.trail.surname,
        state=row.state,
        state_label=row.state.zh,
        steps=_steps(row),
        next_step=next_step(
            row.state,
            due_on=row.due_on,
            promise_on=row.promise_on,
            missing=row.trail.fixes,
            outcome=row.trail.outcome,
            only_said=row.trail.only_said,
            has_account=row.has_account,
            visit_on=row.trail.visit_on,
            owed=row.trail.owed,
            owed_until=row.trail.owed_until,
            days_late=deadlines.days_late(row.promise_on, today, calendar),
            complaint_phone=complaint_phone,
        ),
        missing=list(row.trail.missing),
        due=row.promise_on if running else None,
        days_left=None if row.due_on == NO_DAY else deadlines.days_left(row.due_on, today, calendar),
        provisional=row.provisional,
        clock=_standing(row),
        colour=colour,
        colour_label=colour.zh,
        place=place,
        phone=phone,
    )


def _standing(row: PublicRow) -> str:
    """Why no day is promised just now; "" while the clock runs."""
    still = row.trail.still
    if still is None:
        return ""
    return standing_words(day_in_china(from_ms(still.since_ms)), still.ground, told_days=still.told_days)


def _steps(row: PublicRow) -> list[ProgressStep]:
    """What was done, and on the straight way what comes."""
    done = [
        ProgressStep(label=stage_label(stage), at=from_ms(stage.at_ms), done=True)
        for stage in row.trail.stages
    ]
    if row.state not in OPEN_STATES:
        return done
    been = {stage.state for stage in row.trail.stages}
    ahead = _AHEAD.get(row.trail.kind, ())
    furthest = max((ahead.index(state) for state in been if state in ahead), default=-1)
    return done + [ProgressStep(label=state.zh, at=None, done=False) for state in ahead[furthest + 1 :]]
