"""All queries of the statistics. Figures go in as made from a case; sums come out by group."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from api_spec.messages.statistics import Dimension, End, Measure
from api_spec.vocabulary import CaseState
from backend import db
from backend.ids import new_id
from backend.statistics.figure import Figure
from backend.statistics.rules import Period, Question

_COLUMNS = (
    "case_id",
    "tenant_id",
    "version",
    "item_id",
    "item_code",
    "item_name",
    "window",
    "kind",
    "department_id",
    "village_id",
    "channel",
    "month",
    "received_on",
    "accepted_on",
    "ended_on",
    "end",
    "promise_days",
    "used_hundredths",
    "due_on",
    "late",
    "statutory_late",
    "notices",
    "returned",
    "repeat",
)
_REPLACE = "ON CONFLICT (case_id) DO UPDATE SET " + ", ".join(
    f'"{column}" = excluded."{column}"' for column in _COLUMNS[1:]
)
_DUE = """
    INSERT INTO figures_due (case_id, tenant_id, version) VALUES (?, ?, ?)
    ON CONFLICT (case_id) DO UPDATE SET version = excluded.version
"""
_MARK = """
    INSERT INTO figures_mark (name, last_id, calendar_version) VALUES ('cases', ?, ?)
    ON CONFLICT (name) DO UPDATE SET last_id = excluded.last_id, calendar_version = excluded.calendar_version
"""
KEY = {
    Dimension.ITEM: "item_id",
    Dimension.WINDOW: '"window"',
    Dimension.DEPARTMENT: "department_id",
    Dimension.VILLAGE: "village_id",
    Dimension.CHANNEL: "channel",
    Dimension.KIND: "kind",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to which case figures were made, and with which calendar."""

    last_id: str
    calendar_version: str


@dataclass(frozen=True, slots=True)
class Sums:
    """The figures of one group; `name` is the item's where the group is one."""

    key: str
    name: str
    counts: dict[Measure, int]


async def mark_due(case_id: str, tenant_id: str, version: int) -> None:
    """Remember, in the transaction of a move, that this case's figure is old."""
    await db.rows(_DUE, [case_id, tenant_id, version])


async def due(limit: int) -> list[tuple[str, int]]:
    """Cases whose figures are old, with the version each moved to."""
    found = await db.long_read("SELECT case_id, version FROM figures_due ORDER BY case_id LIMIT ?", [limit])
    return [(row["case_id"], row["version"]) for row in found]


async def mark() -> Mark:
    found = await db.row("SELECT last_id, calendar_version FROM figures_mark WHERE name = 'cases'")
    return Mark(found["last_id"], found["calendar_version"]) if found else Mark("", "")


async def set_mark(now: Mark) -> None:
    await db.rows(_MARK, [now.last_id, now.calendar_version])


async def known(case_ids: Sequence[str]) -> set[str]:
    """Those of the cases that have a figure."""
    if not case_ids:
        return set()
    marks = ", ".join("?" * len(case_ids))
    found = await db.long_read(f"SELECT case_id FROM case_figures WHERE case_id IN ({marks})", case_ids)  # noqa: S608
    return {row["case_id"] for row in found}


async def forget(case_ids: Iterable[str]) -> None:
    """Strike out cases that are not there."""
    await db.execute_many("DELETE FROM figures_due WHERE case_id = ?", [[each] for each in case_ids])


async def put(figures: Sequence[Figure]) -> None:
    """Write figures in place of older ones, and strike out what was due because of them; all or nothing."""
    if not figures:
        return
    async with db.in_transaction():
        await db.insert_many("case_figures", _COLUMNS, [_values(each) for each in figures], conflict=_REPLACE)
        await db.execute_many(
            "DELETE FROM case_steps WHERE case_id = ?", [[each.case_id] for each in figures]
        )
        await db.execute_many(
            "DELETE FROM case_lacks WHERE case_id = ?", [[each.case_id] for each in figures]
        )
        await db.insert_many(
            "case_steps",
            ("id", "tenant_id", "case_id", "state", "hundredths"),
            [(new_id(), f.tenant_id, f.case_id, state, spent) for f in figures for state, spent in f.steps],
        )
        await db.insert_many(
            "case_lacks",
            ("id", "tenant_id", "case_id", "code", "name"),
            [(new_id(), f.tenant_id, f.case_id, lack.code, lack.name) for f in figures for lack in f.lacked],
        )
        await db.execute_many(
            "DELETE FROM figures_due WHERE case_id = ? AND version <= ?",
            [[each.case_id, each.version] for each in figures],
        )


def _values(one: Figure) -> list[Any]:
    made = {"month": f"{one.received_on:%Y-%m}"}
    return [_plain(made[name] if name in made else getattr(one, name)) for name in _COLUMNS]


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


async def sums(asked: Question, *, today: date) -> list[Sums]:
    """Every measure by group. Months count what was received in each, with what has come of it since."""
    where, values = reach(asked)
    if asked.by is Dimension.MONTH:
        return await _by_month(asked, where, values, today=today)
    key, span = KEY[asked.by], asked.period
    counted, args = _measures(span, today)
    found = await db.long_read(
        f"SELECT {key} AS key, MAX(item_name) AS name, {counted} FROM case_figures"  # noqa: S608
        f" WHERE {where} AND received_on <= ? GROUP BY {key}",
        [*args, *values, span.last],
    )
    return [each for each in map(_sums, found) if any(each.counts.values())]


async def _by_month(asked: Question, where: str, values: list[Any], *, today: date) -> list[Sums]:
    cohort = Period(date.min, date.max)
    counted, args = _measures(cohort, today)
    found = await db.long_read(
        f"SELECT month AS key, '' AS name, {counted} FROM case_figures"  # noqa: S608
        f" WHERE {where} AND received_on BETWEEN ? AND ? GROUP BY month ORDER BY month",
        [*args, *values, asked.period.first, asked.period.last],
    )
    return [_sums(row) for row in found]


def conditions(span: Period, today: date) -> list[tuple[Measure, str, list[Any]]]:
    """Which cases each measure counts, as SQL with its values."""
    ended = 'ended_on BETWEEN ? AND ? AND "end"'
    return [
        (Measure.RECEIVED, "received_on BETWEEN ? AND ?", [span.first, span.last]),
        (Measure.ACCEPTED, "accepted_on BETWEEN ? AND ?", [span.first, span.last]),
        *((Measure(end.value), f"{ended} = ?", [span.first, span.last, end]) for end in End),
        (Measure.LATE, "ended_on BETWEEN ? AND ? AND late = 1", [span.first, span.last]),
        (Measure.STATUTORY_LATE, "ended_on BETWEEN ? AND ? AND statutory_late = 1", [span.first, span.last]),
        (Measure.NOTICED, "received_on BETWEEN ? AND ? AND notices > 0", [span.first, span.last]),
        (Measure.RETURNED, "received_on BETWEEN ? AND ? AND returned > 0", [span.first, span.last]),
        (Measure.OPEN, '"end" IS NULL', []),
        (Measure.OPEN_LATE, '"end" IS NULL AND due_on < ?', [today]),
    ]


def _measures(span: Period, today: date) -> tuple[str, list[Any]]:
    """The SELECT's counted columns and their values."""
    parts = conditions(span, today)
    text = ", ".join(
        f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END) AS {measure.value}" for measure, condition, _ in parts
    )
    return text, [value for _, _, values in parts for value in values]


def _sums(row: db.Row) -> Sums:
    return Sums(row["key"], row["name"], {measure: int(row[measure.value] or 0) for measure in Measure})


async def used(asked: Question) -> list[tuple[str, int]]:
    """Group and hundredths of a working day used of every case decided in the period, the quickest first."""
    where, values = reach(asked)
    key = KEY.get(asked.by, "month")
    found = await db.long_read(
        f"SELECT {key} AS key, used_hundredths FROM case_figures"  # noqa: S608
        f" WHERE {where} AND ended_on BETWEEN ? AND ? AND used_hundredths IS NOT NULL ORDER BY used_hundredths",
        [*values, asked.period.first, asked.period.last],
    )
    return [(row["key"], row["used_hundredths"]) for row in found]


@dataclass(frozen=True, slots=True)
class Lines:
    """How many cases of a group met each obstacle, of those received in the period.

    `judged`: decided cases and open ones past their last promised day; `late`: of these, those that were or are late.
    `used`, `promised`: hundredths of working days that cases decided with a promise used, and were promised.
    """

    key: str
    name: str
    cases: int
    noticed: int
    ended: int
    judged: int
    late: int
    repeated: int
    used: int
    promised: int


async def obstacles(asked: Question, *, today: date) -> list[Lines]:
    where, values = reach(asked)
    key = KEY.get(asked.by, "month")
    promised = "used_hundredths IS NOT NULL AND promise_days > 0"
    waiting = '"end" IS NULL AND due_on < ?'
    found = await db.long_read(
        f"SELECT {key} AS key, MAX(item_name) AS name, COUNT(*) AS cases,"  # noqa: S608
        " SUM(CASE WHEN notices > 0 THEN 1 ELSE 0 END) AS noticed,"
        " SUM(CASE WHEN used_hundredths IS NOT NULL THEN 1 ELSE 0 END) AS ended,"
        f" SUM(CASE WHEN used_hundredths IS NOT NULL OR ({waiting}) THEN 1 ELSE 0 END) AS judged,"
        f" SUM(CASE WHEN late = 1 OR ({waiting}) THEN 1 ELSE 0 END) AS late, SUM(repeat) AS repeated,"
        f" SUM(CASE WHEN {promised} THEN used_hundredths ELSE 0 END) AS used,"
        f" SUM(CASE WHEN {promised} THEN promise_days * 100 ELSE 0 END) AS promised"
        f" FROM case_figures WHERE {where} AND received_on BETWEEN ? AND ? GROUP BY {key}",
        [today, today, *values, asked.period.first, asked.period.last],
    )
    return [
        Lines(row["key"], row["name"], *(int(row[name] or 0) for name in Lines.__slots__[2:]))
        for row in found
    ]


@dataclass(frozen=True, slots=True)
class StepSum:
    """Hundredths of working days that cases spent in a state: how many cases, and in all."""

    state: CaseState
    cases: int
    hundredths: int


async def steps(asked: Question) -> list[StepSum]:
    where, values = reach(asked, "figure.")
    found = await db.long_read(
        "SELECT step.state AS state, COUNT(*) AS cases, SUM(step.hundredths) AS hundredths"  # noqa: S608
        " FROM case_steps AS step JOIN case_figures AS figure ON figure.case_id = step.case_id"
        f" WHERE {where} AND figure.received_on BETWEEN ? AND ? GROUP BY step.state",
        [*values, asked.period.first, asked.period.last],
    )
    by_state = {row["state"]: row for row in found}
    return [
        StepSum(state, row["cases"], int(row["hundredths"]))
        for state in CaseState
        if (row := by_state.get(state.value))
    ]


@dataclass(frozen=True, slots=True)
class LackSum:
    """How many cases of an item were told that a material lacks, of how many received."""

    item_id: str
    item_name: str
    code: str
    name: str
    cases: int


async def lacks(asked: Question, *, limit: int) -> list[LackSum]:
    where, values = reach(asked, "figure.")
    found = await db.long_read(
        "SELECT figure.item_id AS item_id, MAX(figure.item_name) AS item_name, lack.code AS code,"  # noqa: S608
        " MAX(lack.name) AS name, COUNT(*) AS cases"
        " FROM case_lacks AS lack JOIN case_figures AS figure ON figure.case_id = lack.case_id"
        f" WHERE {where} AND figure.received_on BETWEEN ? AND ?"
        " GROUP BY figure.item_id, lack.code ORDER BY cases DESC, item_id, code LIMIT ?",
        [*values, asked.period.first, asked.period.last, limit],
    )
    return [LackSum(*(row[name] for name in LackSum.__slots__)) for row in found]


def reach(asked: Question, prefix: str = "") -> tuple[str, list[Any]]:
    """The part of the figures a question is about."""
    parts: Iterable[tuple[str, Any]] = (
        (f"{prefix}tenant_id = ?", asked.tenant_id),
        (f"{prefix}department_id = ?", asked.department_id),
        (f'{prefix}"window" = ?', asked.window),
    )
    used = [(condition, value) for condition, value in parts if value]
    return " AND ".join(condition for condition, _ in used), [value for _, value in used]
