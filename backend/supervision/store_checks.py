"""All queries of closed cases as they are published and drawn, of draws and what was found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

from api_spec.supervision_terms import CheckResult
from api_spec.vocabulary import CaseState, Outcome
from backend import db
from backend.instants import from_ms

_words = msgspec.json.Decoder(list[str])
_points = msgspec.json.Decoder(dict[str, str])
_encoder = msgspec.json.Encoder(order="deterministic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A finished case as it may be published; `handlers`: staff who had a hand in it, never shown."""

    case_id: str
    tenant_id: str
    case_number: str
    item_id: str
    item_name: str
    department_id: str
    surname: str
    is_public: bool
    state: CaseState
    outcome: Outcome | None
    received_on: date
    closed_on: date
    handlers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One draw: with `numbers` and `seed` anybody can repeat it."""

    id: str
    tenant_id: str
    first_day: date
    last_day: date
    wanted: int
    seed: str
    numbers: tuple[str, ...]
    fingerprint: str
    drawn_by: str
    drawn_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One drawn case and what was found; `result` None: nobody has looked yet."""

    id: str
    check_id: str
    position: int
    case_id: str
    case_number: str
    item_id: str
    item_name: str
    department_id: str
    handlers: tuple[str, ...]
    result: CheckResult | None = None
    points: Mapping[str, str]
    note: str = ""
    checked_by: str = ""
    checked_at: datetime | None = None


async def put_closed(closed: Closed) -> None:
    """Note a finished case; a second ending of the same case replaces the first."""
    values = [
        closed.case_id,
        closed.tenant_id,
        closed.case_number,
        closed.item_id,
        closed.item_name,
        closed.department_id,
        closed.surname,
        int(closed.is_public),
        closed.state,
        closed.outcome,
        closed.received_on,
        closed.closed_on,
        _encoder.encode(closed.handlers).decode(),
    ]
    await db.rows(
        "INSERT INTO supervision_closed (case_id, tenant_id, case_number, item_id, item_name, department_id,"
        " surname, is_public, state, outcome, received_on, closed_on, handlers)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (case_id) DO UPDATE SET"
        " state = excluded.state, outcome = excluded.outcome, closed_on = excluded.closed_on,"
        " is_public = excluded.is_public, handlers = excluded.handlers RETURNING case_id",
        values,
    )


async def drop_closed(case_id: str) -> None:
    """A case that was voided or taken up again is no longer a finished one."""
    await db.rows("DELETE FROM supervision_closed WHERE case_id = ? RETURNING case_id", [case_id])


async def published(
    tenant_id: str, *, since: date, after: tuple[date, str] | None, limit: int
) -> list[Closed]:
    """A page of what may be published, latest first."""
    day, last = after or (date.max, "g")
    found = await db.long_read(
        "SELECT * FROM supervision_closed WHERE tenant_id = ? AND is_public = 1 AND closed_on >= ?"
        " AND (closed_on, case_id) < (?, ?) ORDER BY closed_on DESC, case_id DESC LIMIT ?",
        [tenant_id, since, day, last, limit],
    )
    return [_closed(row) for row in found]


async def closed_between(tenant_id: str, first: date, last: date) -> list[Closed]:
    """Every finished case of a period."""
    found = await db.long_read(
        "SELECT * FROM supervision_closed WHERE tenant_id = ? AND closed_on >= ? AND closed_on <= ?",
        [tenant_id, first, last],
    )
    return [_closed(row) for row in found]


async def add_draw(draw: Draw, lines: Sequence[Line]) -> bool:
    """Write a draw with its lines down; False when the period was drawn already. In the caller's transaction."""
    added = await db.row(
        "INSERT INTO supervision_checks (id, tenant_id, first_day, last_day, wanted, seed, numbers, fingerprint,"
        " drawn_by, drawn_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (tenant_id, first_day, last_day) DO NOTHING RETURNING id",
        [
            draw.id,
            draw.tenant_id,
            draw.first_day,
            draw.last_day,
            draw.wanted,
            draw.seed,
            _encoder.encode(draw.numbers).decode(),
            draw.fingerprint,
            draw.drawn_by,
            draw.drawn_at,
        ],
    )
    if added is None:
        return False
    await db.insert_many(
        "supervision_check_lines",
        (
            "id",
            "tenant_id",
            "check_id",
            "position",
            "case_id",
            "case_number",
            "item_id",
            "item_name",
            "department_id",
            "handlers",
            "points",
            "note",
            "checked_by",
        ),
        [
            [
                line.id,
                draw.tenant_id,
                draw.id,
                line.position,
                line.case_id,
                line.case_number,
                line.item_id,
                line.item_name,
                line.department_id,
                _encoder.encode(line.handlers).decode(),
                "{}",
                "",
                "",
            ]
            for line in lines
        ],
    )
    return True


async def draws(tenant_id: str, *, limit: int) -> list[Draw]:
    """The latest draws."""
    found = await db.rows(
        "SELECT * FROM supervision_checks WHERE tenant_id = ? ORDER BY id DESC LIMIT ?", [tenant_id, limit]
    )
    return [_draw(row) for row in found]


async def unfinished(tenant_id: str) -> list[tuple[Draw, int]]:
    """Draws with cases nobody has looked at yet, and how many those are; the oldest first."""
    found = await db.rows(
        "SELECT c.*, o.lines FROM supervision_checks c JOIN (SELECT check_id, COUNT(*) AS lines"
        " FROM supervision_check_lines WHERE tenant_id = ? AND result IS NULL GROUP BY check_id) o"
        " ON o.check_id = c.id ORDER BY c.id",
        [tenant_id],
    )
    return [(_draw(row), row["lines"]) for row in found]


async def find_draw(tenant_id: str, check_id: str) -> Draw | None:
    row = await db.row(
        "SELECT * FROM supervision_checks WHERE tenant_id = ? AND id = ?", [tenant_id, check_id]
    )
    return _draw(row) if row else None


async def lines(check_id: str) -> list[Line]:
    found = await db.rows(
        "SELECT * FROM supervision_check_lines WHERE check_id = ? ORDER BY position", [check_id]
    )
    return [_line(row) for row in found]


async def find_line(tenant_id: str, line_id: str) -> Line | None:
    row = await db.row(
        "SELECT * FROM supervision_check_lines WHERE tenant_id = ? AND id = ?", [tenant_id, line_id]
    )
    return _line(row) if row else None


async def check(
    line: Line, *, result: CheckResult, points: Mapping[str, str], note: str, by: str, at: datetime
) -> bool:
    """Write down what was found; False when somebody had done so before."""
    done = await db.row(
        "UPDATE supervision_check_lines SET result = ?, points = ?, note = ?, checked_by = ?, checked_at = ?"
        " WHERE id = ? AND result IS NULL RETURNING id",
        [result, _encoder.encode(points).decode(), note, by, at, line.id],
    )
    return done is not None


def _closed(row: Mapping[str, Any]) -> Closed:
    return Closed(
        case_id=row["case_id"],
        tenant_id=row["tenant_id"],
        case_number=row["case_number"],
        item_id=row["item_id"],
        item_name=row["item_name"],
        department_id=row["department_id"],
        surname=row["surname"],
        is_public=bool(row["is_public"]),
        state=CaseState(row["state"]),
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        received_on=date.fromisoformat(row["received_on"]),
        closed_on=date.fromisoformat(row["closed_on"]),
        handlers=tuple(_words.decode(row["handlers"])),
    )


def _draw(row: Mapping[str, Any]) -> Draw:
    return Draw(
        id=row["id"],
        tenant_id=row["tenant_id"],
        first_day=date.fromisoformat(row["first_day"]),
        last_day=date.fromisoformat(row["last_day"]),
        wanted=row["wanted"],
        seed=row["seed"],
        numbers=tuple(_words.decode(row["numbers"])),
        fingerprint=row["fingerprint"],
        drawn_by=row["drawn_by"],
        drawn_at=from_ms(row["drawn_at"]),
    )


def _line(row: Mapping[str, Any]) -> Line:
    return Line(
        id=row["id"],
        check_id=row["check_id"],
        position=row["position"],
        case_id=row["case_id"],
        case_number=row["case_number"],
        item_id=row["item_id"],
        item_name=row["item_name"],
        department_id=row["department_id"],
        handlers=tuple(_words.decode(row["handlers"])),
        result=CheckResult(row["result"]) if row["result"] else None,
        points=_points.decode(row["points"]),
        note=row["note"],
        checked_by=row["checked_by"],
        checked_at=from_ms(row["checked_at"]) if row["checked_at"] is not None else None,
    )
