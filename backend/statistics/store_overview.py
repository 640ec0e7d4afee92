"""What the dashboard shows, in few reads: today by the day's indexes, twelve months in one pass over the figures."""

from datetime import date

from api_spec.messages.statistics import End
from backend import db
from backend.statistics.overview import Block, Today
from backend.statistics.rules import Question
from backend.statistics.store import reach

_LATE_NOW = '"end" IS NULL AND due_on < ?'
_ENDS = ", ".join(f"""SUM(CASE WHEN "end" = '{end.value}' THEN 1 ELSE 0 END) AS {end.value}""" for end in End)


async def today(asked: Question, day: date) -> Today:
    where, values = reach(asked)
    received = await db.long_read(
        f"SELECT COUNT(*) AS n FROM case_figures WHERE {where} AND received_on = ?",  # noqa: S608
        [*values, day],
    )
    ended = await db.long_read(
        f'SELECT "end" AS word, COUNT(*) AS n FROM case_figures WHERE {where} AND ended_on = ? GROUP BY "end"',  # noqa: S608
        [*values, day],
    )
    still = await db.long_read(
        f"SELECT COUNT(*) AS n, SUM(CASE WHEN due_on < ? THEN 1 ELSE 0 END) AS late FROM case_figures"  # noqa: S608
        f" WHERE {where} AND ended_on IS NULL",
        [day, *values],
    )
    counted = {row["word"]: int(row["n"]) for row in ended}
    return Today(
        received=int(received[0]["n"]),
        ended={end: counted.get(end.value, 0) for end in End},
        open=int(still[0]["n"]),
        late=int(still[0]["late"] or 0),
    )


async def blocks(asked: Question, day: date) -> list[Block]:
    """Everything received in the question's period, as finely divided as the dashboard needs."""
    where, values = reach(asked)
    found = await db.long_read(
        f'SELECT month, "window" AS window_type, village_id, channel, COUNT(*) AS received, {_ENDS},'  # noqa: S608
        f" SUM(CASE WHEN used_hundredths IS NOT NULL OR ({_LATE_NOW}) THEN 1 ELSE 0 END) AS judged,"
        f" SUM(CASE WHEN late = 1 OR ({_LATE_NOW}) THEN 1 ELSE 0 END) AS late"
        f" FROM case_figures WHERE {where} AND received_on BETWEEN ? AND ?"
        ' GROUP BY month, "window", village_id, channel',
        [day, day, *values, asked.period.first, asked.period.last],
    )
    return [
        Block(
            month=row["month"],
            window=row["window_type"],
            village_id=row["village_id"],
            channel=row["channel"],
            received=int(row["received"]),
            ended={end: int(row[end.value]) for end in End},
            judged=int(row["judged"]),
            late=int(row["late"]),
        )
        for row in found
    ]
