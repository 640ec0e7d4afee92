"""The custody ledger in the database: lines are only added, a day is closed once. Rows never leave this file."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.vocabulary import MoneyMove
from backend import db
from backend.faults import Fault
from backend.ids import new_id
from backend.instants import from_ms
from backend.proxy import custody
from backend.proxy.custody import Close, DayBook, Entry, Move
from backend.proxy.errand import Errand
from backend.proxy.records import Raced

_HOLD = """
    UPDATE errands SET held_fen = held_fen + ?, lines = lines + 1
    WHERE id = ? AND held_fen + ? >= 0 AND (is_open = 1 OR ? < 0) RETURNING held_fen, lines
"""
_BOOK = """
    INSERT INTO money_days (tenant_id, day, entries, closed) VALUES (?, ?, 1, 0)
    ON CONFLICT (tenant_id, day) DO UPDATE SET entries = money_days.entries + 1 WHERE money_days.closed = 0
    RETURNING entries
"""
_SHUT = """
    INSERT INTO money_days (tenant_id, day, entries, closed) VALUES (?, ?, 0, 1)
    ON CONFLICT (tenant_id, day) DO UPDATE SET closed = 1 WHERE money_days.closed = 0
    RETURNING entries
"""
_HELD = """
    SELECT COALESCE(SUM(balance_fen), 0) AS held FROM money_entries AS line
    WHERE tenant_id = ? AND day <= ? AND seq = (
        SELECT MAX(seq) FROM money_entries AS later WHERE later.errand_id = line.errand_id AND later.day <= ?)
"""
_DAYS_AHEAD = 7


async def enter(errand: Errand, move: Move, *, by: str, at: datetime, prefix: str) -> Entry:
    """Add one line inside the caller's transaction: money held, receipt number and line, or none of them.

    The same rid with the same content answers with the line that is there already.

    Raises:
        Fault: MONEY_NOT_BALANCED more would go out than is held; ACTION_NOT_ALLOWED the errand is closed;
            IDEMPOTENCY_CONFLICT the rid was used for another line.
        Raced: the same line was written at the same moment; roll back and try again.
    """
    there = await _find(errand.tenant_id, move.rid)
    if there is not None:
        return _same(there, errand, move)
    change = custody.effect(move.move, move.amount_fen)
    held = await db.row(_HOLD, [change, errand.id, change, change])
    if held is None:
        raise await _refusal(errand)
    if await _find(errand.tenant_id, move.rid) is not None:
        raise Raced  # the same line sent twice at once waited above for the errand's row
    day, number = await _book(errand.tenant_id, at)
    entry = Entry(
        id=new_id(),
        tenant_id=errand.tenant_id,
        errand_id=errand.id,
        seq=held["lines"],
        move=move.move,
        amount_fen=move.amount_fen,
        balance_fen=held["held_fen"],
        by=by,
        at=at,
        day=day,
        number=number,
        receipt=custody.receipt_number(prefix, day, number),
        partner_receipt=move.partner_receipt,
        paper_receipt=move.paper_receipt,
        note=move.note,
    )
    values = {**{name: getattr(entry, name) for name in Entry.__slots__}, "rid": move.rid}
    await db.insert_many("money_entries", list(values), [list(values.values())])
    return entry


async def of_errand(errand_id: str) -> list[Entry]:
    """An errand's lines, oldest first."""
    found = await db.rows("SELECT * FROM money_entries WHERE errand_id = ? ORDER BY seq", [errand_id])
    return [_entry(row) for row in found]


async def of_day(tenant_id: str, day: date) -> list[Entry]:
    """A day's lines in the order of their numbers."""
    found = await db.rows(
        "SELECT * FROM money_entries WHERE tenant_id = ? AND day = ? ORDER BY number", [tenant_id, day]
    )
    return [_entry(row) for row in found]


async def find_entry(entry_id: str) -> Entry | None:
    row = await db.row("SELECT * FROM money_entries WHERE id = ?", [entry_id])
    return _entry(row) if row else None


async def find_close(tenant_id: str, day: date) -> Close | None:
    row = await db.row("SELECT * FROM money_closes WHERE tenant_id = ? AND day = ?", [tenant_id, day])
    return _close(row) if row else None


async def last_close(tenant_id: str, *, before: date = date.max) -> Close | None:
    """The latest closed day before `before`."""
    row = await db.row(
        "SELECT * FROM money_closes WHERE tenant_id = ? AND day < ? ORDER BY day DESC LIMIT 1",
        [tenant_id, before],
    )
    return _close(row) if row else None


async def book_of(tenant_id: str, day: date) -> DayBook:
    """A day of the books as it stands."""
    before = await last_close(tenant_id, before=day)
    found = await db.rows(
        "SELECT day, move, SUM(amount_fen) AS total, COUNT(*) AS lines FROM money_entries"
        " WHERE tenant_id = ? AND day > ? AND day <= ? GROUP BY day, move",
        [tenant_id, before.book.day if before else date.min, day],
    )
    held = await db.row(_HELD, [tenant_id, day, day])
    today = {MoneyMove(row["move"]): row for row in found if row["day"] == day.isoformat()}
    between = sum(
        custody.effect(MoneyMove(row["move"]), int(row["total"]))
        for row in found
        if row["day"] != day.isoformat()
    )
    taken, paid, returned = custody.sums({move: int(row["total"]) for move, row in today.items()})
    return DayBook(
        day=day,
        opened_fen=(before.book.held_fen if before else 0) + between,
        taken_fen=taken,
        paid_fen=paid,
        returned_fen=returned,
        held_fen=int(held["held"]) if held else 0,
        entries=sum(row["lines"] for row in today.values()),
    )


async def shut(tenant_id: str, day: date) -> int:
    """Let nothing more be booked on `day`, inside the transaction that closes it; how many numbers it gave.

    Raises:
        Fault: ACTION_NOT_ALLOWED it is closed, or (fact `open_day`) an earlier day with lines is not.
    """
    row = await db.row(_SHUT, [tenant_id, day])
    if row is None:
        raise Fault(ErrorCode.ACTION_NOT_ALLOWED, closed_until=day)
    earlier = await db.row(
        "SELECT MIN(day) AS day FROM money_days WHERE tenant_id = ? AND day < ? AND closed = 0 AND entries > 0",
        [tenant_id, day],
    )
    if earlier is not None and earlier["day"] is not None:
        raise Fault(ErrorCode.ACTION_NOT_ALLOWED, open_day=earlier["day"])
    return int(row["entries"])


async def add_close(tenant_id: str, close: Close) -> None:
    """Write a closed day down."""
    book = {name: getattr(close.book, name) for name in DayBook.__slots__}
    values = {
        "id": new_id(),
        "tenant_id": tenant_id,
        **book,
        "counted_fen": close.counted_fen,
        "by": close.by,
        "at": close.at,
        "digest": close.digest,
    }
    await db.insert_many("money_closes", list(values), [list(values.values())])


async def _book(tenant_id: str, at: datetime) -> tuple[date, int]:
    """The day to book on, and the line's number on it: the next one, with no gap after a rollback."""
    last = await last_close(tenant_id)
    day = custody.book_day(day_in_china(at), last.book.day if last else None)
    for ahead in range(_DAYS_AHEAD):
        row = await db.row(_BOOK, [tenant_id, day + timedelta(days=ahead)])
        if row is not None:
            return day + timedelta(days=ahead), int(row["entries"])
    raise Fault(ErrorCode.ACTION_NOT_ALLOWED, closed_until=day)


async def _find(tenant_id: str, rid: str) -> Entry | None:
    row = await db.row("SELECT * FROM money_entries WHERE tenant_id = ? AND rid = ?", [tenant_id, rid])
    return _entry(row) if row else None


def _same(there: Entry, errand: Errand, move: Move) -> Entry:
    asked = (errand.id, move.move, move.amount_fen, move.partner_receipt, move.paper_receipt, move.note)
    kept = (
        there.errand_id,
        there.move,
        there.amount_fen,
        there.partner_receipt,
        there.paper_receipt,
        there.note,
    )
    if asked != kept:
        raise Fault(ErrorCode.IDEMPOTENCY_CONFLICT, rid=move.rid)
    return there


async def _refusal(errand: Errand) -> Fault:
    row = await db.row("SELECT held_fen, is_open, state FROM errands WHERE id = ?", [errand.id])
    if row is not None and not row["is_open"]:
        return Fault(ErrorCode.ACTION_NOT_ALLOWED, state=row["state"])
    return Fault(ErrorCode.MONEY_NOT_BALANCED, held_fen=row["held_fen"] if row else 0)


def _entry(row: Mapping[str, Any]) -> Entry:
    found = {name: row[name] for name in Entry.__slots__}
    found |= {
        "move": MoneyMove(row["move"]),
        "at": from_ms(row["at"]),
        "day": date.fromisoformat(row["day"]),
    }
    return Entry(**found)


def _close(row: Mapping[str, Any]) -> Close:
    names: Sequence[str] = DayBook.__slots__
    book = DayBook(**{**{name: row[name] for name in names}, "day": date.fromisoformat(row["day"])})
    return Close(
        book=book,
        counted_fen=row["counted_fen"],
        by=row["by"],
        at=from_ms(row["at"]),
        digest=row["digest"],
    )
