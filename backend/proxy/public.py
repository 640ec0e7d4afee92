"""An errand as anyone who holds its code may see it: item, steps, days, what to do; a surname and nothing else. Pure."""

from datetime import date

from api_spec import tracking_code
from api_spec.messages.progress import Progress, ProgressStep
from api_spec.vocabulary import ErrandState as S
from backend.cases.deadlines import colour, days_left
from backend.hall.calendar import Calendar
from backend.instants import from_ms
from backend.proxy.deadlines import NO_DAY
from backend.proxy.errand import OPEN_STATES
from backend.proxy.records import Row

AHEAD = (S.CONSENTED, S.TAKEN, S.SUBMITTED_TO_PARTNER, S.DONE)
"""The straight way, to show what is still to come."""


def public_progress(
    row: Row, surname: str, *, today: date, calendar: Calendar, place: str, phone: str
) -> Progress:
    """The public view.

    Args:
        surname: of the applicant, masked: `张**`.
        place, phone: where to ask.
    """
    due = None if row.dues.due_on == NO_DAY else row.dues.due_on
    shade = colour(row.dues.due_on, row.dues.soon_on, today)
    return Progress(
        kind="errand",
        code=tracking_code.display(row.tracking_code),
        number=row.number,
        item_name=row.terms.item_name,
        surname=surname,
        state=row.state,
        state_label=row.state.zh,
        steps=_steps(row),
        next_step=row.next_step,
        due=due,
        days_left=None if due is None else days_left(due, today, calendar),
        provisional=row.dues.provisional,
        colour=shade,
        colour_label=shade.zh,
        place=place,
        phone=phone,
    )


def _steps(row: Row) -> list[ProgressStep]:
    """What was done, and on the straight way what comes."""
    stages = row.trail.stages
    done = [ProgressStep(label=stage.label, at=from_ms(stage.at_ms), done=True) for stage in stages]
    if row.state not in OPEN_STATES:
        return done
    been = {stage.state for stage in stages}
    furthest = max((AHEAD.index(state) for state in been if state in AHEAD), default=-1)
    return done + [ProgressStep(label=state.zh, at=None, done=False) for state in AHEAD[furthest + 1 :]]
