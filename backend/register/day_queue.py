"""Asks a queue ordered by its days for one page, and cuts that page. Pure.

Cases and errands keep different columns; these they keep alike, and this reads no others by itself: `state`, `is_open`,
`due_on`, `soon_on`, `tracking_code`, `document_index`, `id`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, TypeVar

from api_spec.vocabulary import DeadlineColour

Row = TypeVar("Row")
Order = Literal["nearest", "farthest", "newest", "oldest"]

BACKWARDS: Final[Mapping[Order, Order]] = {
    "nearest": "farthest",
    "farthest": "nearest",
    "newest": "oldest",
    "oldest": "newest",
}

AFTER_EVERY_ID: Final = "g"
"""Ids are hexadecimal."""

_COLOURS = {
    DeadlineColour.OVERDUE: ("due_on < ?", 1),
    DeadlineColour.DUE: ("due_on = ?", 1),
    DeadlineColour.SOON: ("due_on > ? AND soon_on <= ?", 2),
    DeadlineColour.CALM: ("due_on > ? AND soon_on > ? AND due_on < '9999-12-31'", 2),
    DeadlineColour.NONE: ("due_on = '9999-12-31'", 0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to show of a queue; everything open, nearest day first, when nothing is said.

    Args:
        colour: as seen on `today`, the day in China.
        number, tracking_code, document_index: exactly this case, errand or person, open or closed.
        after: the place where the page before ended: (due day, id).
        order: nearest day first, or the latest to come in first; and both backwards, to walk back through a queue.
    """

    today: date
    colour: DeadlineColour | None = None
    number: str = ""
    tracking_code: str = ""
    document_index: str = ""
    after: tuple[date, str] | None = None
    order: Order = "nearest"
    limit: int = 20

    @property
    def is_search(self) -> bool:
        return bool(self.number or self.tracking_code or self.document_index)


def statement(
    table: str,
    reach: tuple[str, Sequence[Any]],
    asked: Asked,
    *,
    shows_open: bool,
    narrowed: Iterable[tuple[str, Any]],
    columns: str = "*",
) -> tuple[str, list[Any]]:
    """The page's SELECT and its values.

    Args:
        reach: the condition that keeps an actor to what they may know of, and its values.
        shows_open: whether open ones are asked for, or closed ones; a search finds both.
        narrowed: conditions with one `?` and their values; one without a value is left out.
    """
    where, reached = reach
    terms, values = [where], list(reached)
    if not asked.is_search:
        terms.append(f"is_open = {int(shows_open)}")
    for condition, value in (
        *narrowed,
        ("tracking_code = ?", asked.tracking_code),
        ("document_index = ?", asked.document_index),
    ):
        if value:
            terms.append(condition)
            values.append(value)
    if asked.colour:
        condition, uses = _COLOURS[asked.colour]
        terms.append(condition)
        values += [asked.today] * uses
    if asked.order in ("newest", "oldest"):
        return _by_id(f"SELECT {columns} FROM {table}", table, terms, values, asked)  # noqa: S608
    sign, order = (">", "due_on, id") if asked.order == "nearest" else ("<", "due_on DESC, id DESC")
    if asked.after:
        terms.append(f"(due_on, id) {sign} (?, ?)")
        values += asked.after
    sql = f"SELECT {columns} FROM {table} WHERE {' AND '.join(terms)} ORDER BY {order} LIMIT ?"  # noqa: S608
    return sql, [*values, asked.limit]


def _by_id(
    select: str, table: str, terms: list[str], values: list[Any], asked: Asked
) -> tuple[str, list[Any]]:
    """An id begins with the moment it was made. Whole rows, which are large, are read of one page only."""
    sign, order = ("<", "id DESC") if asked.order == "newest" else (">", "id")
    if asked.after:
        terms.append(f"id {sign} ?")
        values.append(asked.after[1])
    page = f"SELECT id FROM {table} WHERE {' AND '.join(terms)} ORDER BY {order} LIMIT ?"  # noqa: S608
    sql = f"{select} WHERE id IN (SELECT id FROM ({page}) AS page) ORDER BY {order}"  # noqa: S608
    return sql, [*values, asked.limit]


def cut(rows: Sequence[Row], limit: int) -> tuple[Sequence[Row], Row | None]:
    """A page out of up to `limit` + 1 rows, and its last row if there are more."""
    shown = rows[:limit]
    return shown, shown[-1] if len(rows) > limit else None


def cursor(day: date, row_id: str) -> str:
    """Where a page ended, as its reader sends it back."""
    return f"{day.isoformat()}.{row_id}"


def place(sent: str) -> tuple[date, str] | None:
    """Where the page before ended; a day that does not exist begins again."""
    day, _, row_id = sent.partition(".")
    try:
        return date.fromisoformat(day), row_id
    except ValueError:
        return None
