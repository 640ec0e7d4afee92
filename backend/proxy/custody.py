"""Money in custody: what may be entered, where it is booked, when a day closes. Fen, whole numbers only; pure.

The centre charges nothing itself: every fen taken for a partner's bill is paid to that partner or returned.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from api_spec.errors import ErrorCode
from api_spec.vocabulary import ErrandState, MoneyMove, Role
from backend.actors import Actor
from backend.faults import Fault, Wrong
from backend.proxy.errand import OPEN_STATES, Errand
from backend.proxy.machine import at_home

RID = re.compile(r"[0-9a-f]{32}")
MOST_FEN = 2_000_000
"""20,000 yuan: the most one entry may carry, as on the forms of the catalogue."""
AMOUNT_WORDS = "金额要大于 0，一笔最多 20000 元。"
CASHIERS = frozenset({Role.WINDOW, Role.CENTRE_STAFF, Role.DIRECTOR, Role.VILLAGE_CLERK, Role.NODE})
PAYERS = frozenset({Role.WINDOW, Role.CENTRE_STAFF, Role.DIRECTOR})
CLOSERS = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR})
TAKES_MONEY = OPEN_STATES - {ErrandState.REQUESTED}
"""No money before the mandate that says what it is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Money about to be moved.

    Args:
        rid: idempotency id, 32 hex.
        partner_receipt: the partner's receipt; needed for paying.
        paper_receipt: slip written in a village.
    """

    rid: str
    move: MoneyMove
    amount_fen: int
    partner_receipt: str = ""
    paper_receipt: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the ledger; lines are only ever added.

    Args:
        seq: counts 1, 2, 3 … within an errand; `balance_fen` is what is held for it after this line.
        day: the day of the books it belongs to; `number` counts without gaps within that day.
    """

    id: str
    tenant_id: str
    errand_id: str
    seq: int
    move: MoneyMove
    amount_fen: int
    balance_fen: int
    by: str
    at: datetime
    day: date
    number: int
    receipt: str
    partner_receipt: str = ""
    paper_receipt: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBook:
    """A day of the books: taken = paid + returned + held, counted from what was held before.

    Args:
        opened_fen: held when the day before was closed.
        held_fen: what the errands hold, added up one by one.
        entries: how many lines.
    """

    day: date
    opened_fen: int
    taken_fen: int
    paid_fen: int
    returned_fen: int
    held_fen: int
    entries: int

    @property
    def expected_fen(self) -> int:
        """What must be in the drawer."""
        return self.opened_fen + self.taken_fen - self.paid_fen - self.returned_fen

    @property
    def difference_fen(self) -> int:
        """0, or the ledger contradicts itself."""
        return self.held_fen - self.expected_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """A closed day; never changed again. `digest` covers its lines and the close before."""

    book: DayBook
    counted_fen: int
    by: str
    at: datetime
    digest: str


def effect(move: MoneyMove, amount_fen: int) -> int:
    """What a move does to the money held."""
    return amount_fen if move is MoneyMove.TAKEN else -amount_fen


def role_for(errand: Errand, move: Move, actor: Actor) -> Role:
    """The post in which `actor` moves money for this errand.

    Raises:
        Fault: NOT_YOUR_ACTION; ACTION_NOT_ALLOWED nothing is taken before the mandate or after the end;
            FORM_INVALID the amount, or paying without the partner's receipt.
    """
    allowed = PAYERS if move.move is MoneyMove.PAID else CASHIERS
    role = next(
        (role for role in Role if role in allowed & actor.roles and at_home(errand, role, actor)), None
    )
    if role is None:
        raise Fault(ErrorCode.NOT_YOUR_ACTION, action=move.move)
    if move.move is MoneyMove.TAKEN and errand.state not in TAKES_MONEY:
        raise Fault(ErrorCode.ACTION_NOT_ALLOWED, state=errand.state, action=move.move)
    wrong = []
    if not RID.fullmatch(move.rid):
        wrong.append(Wrong("rid", "pattern", "请刷新页面后重新填写。"))
    if not 0 < move.amount_fen <= MOST_FEN:
        wrong.append(Wrong("amount_fen", "out_of_range", AMOUNT_WORDS))
    if move.move is MoneyMove.PAID and not move.partner_receipt.strip():
        wrong.append(Wrong("partner_receipt", "required", "请填企业开的收据号，代缴要凭企业收据登记。"))
    if wrong:
        raise Fault(ErrorCode.FORM_INVALID, wrong=wrong)
    return role


def book_day(today: date, last_closed: date | None) -> date:
    """The day an entry belongs to: today, or after today was closed the next day that is open."""
    return today if last_closed is None or last_closed < today else last_closed + timedelta(days=1)


def receipt_number(prefix: str, day: date, number: int) -> str:
    """As printed: SD-S260407-0001."""
    return f"{prefix}-S{day:%y%m%d}-{number:04}"


def refuse_early_close(actor: Actor, day: date, *, today: date, last_closed: date | None) -> None:
    """Raises Fault: NOT_YOUR_ACTION; ACTION_NOT_ALLOWED closed already, or still to come."""
    if not actor.has(CLOSERS):
        raise Fault(ErrorCode.NOT_YOUR_ACTION, action="close")
    if last_closed is not None and day <= last_closed:
        raise Fault(ErrorCode.ACTION_NOT_ALLOWED, closed_until=last_closed)
    if day > today:
        raise Fault(ErrorCode.ACTION_NOT_ALLOWED, day=day, today=today)


def close(book: DayBook, *, counted_fen: int, numbers: int, by: str, at: datetime, digest: str) -> Close:
    """Close a day that comes out at zero.

    Args:
        counted_fen: the money really there, as counted.
        numbers: receipt numbers given on that day; each must have its line.

    Raises:
        Fault: MONEY_NOT_BALANCED with what was expected, found and missing; nothing is closed.
    """
    if numbers != book.entries:
        raise Fault(ErrorCode.MONEY_NOT_BALANCED, day=book.day, numbers=numbers, entries=book.entries)
    difference = counted_fen - book.expected_fen
    if difference or book.difference_fen:
        raise Fault(
            ErrorCode.MONEY_NOT_BALANCED,
            day=book.day,
            expected_fen=book.expected_fen,
            counted_fen=counted_fen,
            held_fen=book.held_fen,
            difference_fen=difference or book.difference_fen,
        )
    return Close(book=book, counted_fen=counted_fen, by=by, at=at, digest=digest)


def sums(totals: Mapping[MoneyMove, int]) -> tuple[int, int, int]:
    """Taken, paid, returned."""
    taken, paid, returned = (totals.get(move, 0) for move in MoneyMove)
    return taken, paid, returned


def digest(before: str, entries: Iterable[Entry]) -> str:
    """SHA-256 over the close before and every line of the day in the order of its number."""
    said = hashlib.sha256(before.encode())
    for one in sorted(entries, key=lambda entry: entry.number):
        line = (one.receipt, one.errand_id, one.move.value, one.amount_fen, one.balance_fen, one.by)
        said.update("|".join(map(str, (*line, one.at.isoformat(), one.partner_receipt))).encode() + b"\n")
    return said.hexdigest()
