"""Reads and writes bad ratings in hand; their moves go through the register's own store."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from api_spec.review_terms import BadReviewState, Occasion, ReviewLevel, Verdict
from api_spec.vocabulary import WindowType
from backend.db import Row, insert_many, row, rows
from backend.instants import from_ms
from backend.register.store_moves import Book
from backend.reviews.machine import Standing
from backend.reviews.review import BadReview
from backend.reviews.store import reasons_of

BOOK: Final = Book("bad_review", "bad_review_event")
_COLUMNS: Final = (
    "id",
    "tenant_id",
    "review_id",
    "state",
    "version",
    "is_open",
    "due_on",
    "window_type",
    "department_id",
    "classified_by",
    "appeals",
    "rectified",
    "called_back",
    "created_at",
    "changed_at",
)
_READ: Final = (
    "SELECT b.id, b.tenant_id, b.review_id, b.state, b.version, b.due_on, b.window_type, b.department_id, b.verdict,"
    " b.classified_by, b.appeals, b.rectified, b.called_back, b.created_at, r.level, r.reasons, r.kind, r.item_name"
    " FROM bad_review b JOIN review r ON r.id = b.review_id"
)


async def add(
    bad_id: str, review_id: str, standing: Standing, *, tenant_id: str, due_on: date, at: datetime
) -> None:
    line = (
        bad_id,
        tenant_id,
        review_id,
        standing.state,
        1,
        1,
        due_on,
        standing.window_type,
        standing.department_id,
        "",
        0,
        0,
        0,
        at,
        at,
    )
    await insert_many("bad_review", _COLUMNS, [line])


async def find(tenant_id: str, bad_id: str) -> BadReview | None:
    found = await row(f"{_READ} WHERE b.id = ? AND b.tenant_id = ?", [bad_id, tenant_id])
    return _bad(found) if found else None


async def sealed_of(review_id: str) -> Row:
    """Sealed words and contact of the rating itself."""
    return (await rows("SELECT words, contact FROM review WHERE id = ?", [review_id]))[0]


async def listed(
    tenant_id: str,
    *,
    department_id: str | None,
    states: Sequence[BadReviewState],
    limit: int,
    due_before: date | None = None,
) -> list[BadReview]:
    """Those in given states, the nearest day first; None: of every department."""
    clauses, args = ["b.tenant_id = ?"], [tenant_id]
    clauses.append(f"b.state IN ({', '.join('?' * len(states))})")
    args += [state.value for state in states]
    if department_id is not None:
        clauses.append("b.department_id = ?")
        args.append(department_id)
    if due_before is not None:
        clauses.append("b.due_on < ?")
        args.append(due_before.isoformat())
    found = await rows(
        f"{_READ} WHERE {' AND '.join(clauses)} ORDER BY b.due_on, b.id LIMIT ?",
        [*args, limit],
    )
    return [_bad(line) for line in found]


async def count(
    tenant_id: str, *, department_id: str | None, states: Sequence[BadReviewState], today: date
) -> tuple[int, int]:
    """How many stand in these states, and how many of them are overdue."""
    where, args = ("", []) if department_id is None else (" AND department_id = ?", [department_id])
    found = await rows(
        "SELECT COUNT(*) AS number, SUM(CASE WHEN due_on < ? THEN 1 ELSE 0 END) AS late FROM bad_review"  # noqa: S608
        f" WHERE tenant_id = ? AND state IN ({', '.join('?' * len(states))}){where}",
        [today.isoformat(), tenant_id, *(state.value for state in states), *args],
    )
    return int(found[0]["number"]), int(found[0]["late"] or 0)


def changes_of(standing: Standing, due_on: date) -> dict[str, Any]:
    """The columns a move writes beside state and version."""
    return {
        "is_open": int(standing.state is not BadReviewState.CLOSED),
        "due_on": due_on,
        "verdict": standing.verdict,
        "classified_by": standing.classified_by,
        "appeals": standing.appeals,
        "rectified": int(standing.rectified),
        "called_back": int(standing.called_back),
    }


def _bad(line: Row) -> BadReview:
    return BadReview(
        id=line["id"],
        tenant_id=line["tenant_id"],
        review_id=line["review_id"],
        version=line["version"],
        standing=Standing(
            state=BadReviewState(line["state"]),
            department_id=line["department_id"],
            window_type=WindowType(line["window_type"]),
            verdict=Verdict(line["verdict"]) if line["verdict"] else None,
            classified_by=line["classified_by"],
            appeals=line["appeals"],
            rectified=bool(line["rectified"]),
            called_back=bool(line["called_back"]),
        ),
        due_on=date.fromisoformat(line["due_on"]),
        created_at=from_ms(line["created_at"]),
        level=ReviewLevel(line["level"]),
        reasons=reasons_of(line),
        kind=Occasion(line["kind"]),
        item_name=line["item_name"],
    )
