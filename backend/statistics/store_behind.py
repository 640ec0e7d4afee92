"""The cases behind a figure, by the very conditions the figure is counted with."""

from dataclasses import dataclass
from datetime import date

from api_spec.messages.statistics import Dimension, Measure
from backend import db
from backend.statistics.rules import Period, Question
from backend.statistics.store import KEY, conditions, reach


@dataclass(frozen=True, slots=True)
class Behind:
    """One figure: a measure of a question, of one group ("" as a key counts, None for all of them)."""

    asked: Question
    measure: Measure
    key: str | None


async def case_ids(asked: Behind, *, today: date, after: str, limit: int) -> list[str]:
    """Ids in the order of reception, the newest first; `after`: the last id of the page before."""
    where, values = reach(asked.asked)
    by_month = asked.asked.by is Dimension.MONTH
    span = Period(date.min, date.max) if by_month else asked.asked.period
    condition, args = next(
        (text, of) for measure, text, of in conditions(span, today) if measure is asked.measure
    )
    parts, bound = [where, f"({condition})"], [*values, *args]
    if by_month:
        parts.append("received_on BETWEEN ? AND ?")
        bound += [asked.asked.period.first, asked.asked.period.last]
    else:
        parts.append("received_on <= ?")
        bound.append(asked.asked.period.last)
    if asked.key is not None:
        parts.append(f"{KEY.get(asked.asked.by, 'month')} = ?")
        bound.append(asked.key)
    if after:
        parts.append("case_id < ?")
        bound.append(after)
    found = await db.long_read(
        f"SELECT case_id FROM case_figures WHERE {' AND '.join(parts)} ORDER BY case_id DESC LIMIT ?",  # noqa: S608
        [*bound, limit],
    )
    return [row["case_id"] for row in found]
