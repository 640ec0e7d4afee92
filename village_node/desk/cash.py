"""The village's cash book: what each clerk took for errands, gave back, and carried to the township with a list.

Lines are only added. What the money is for stands in the records that go up; this is what the drawer must hold.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from api_spec.record_parts import MoneyLine
from api_spec.vocabulary import MoneyMove
from village_node.access.clerks import Clerk
from village_node.storage.database import Database, Row, Writing

_LISTED_AT_MOST: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class CashLine:
    """One sum that changed hands.

    Args:
        list_id: the 交款清单 it went to the township with; "" while it is in the drawer.
    """

    rid: str
    case_rid: str
    move: MoneyMove
    amount_fen: int
    receipt: str
    note: str
    clerk_id: str
    clerk_name: str
    made_ms: int
    list_id: str
    item_name: str
    applicant_name: str
    case_number: str

    @property
    def effect_fen(self) -> int:
        """What it does to the drawer."""
        return self.amount_fen if self.move is MoneyMove.TAKEN else -self.amount_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class CashList:
    """A 交款清单: money a clerk carried to the township, signed by both."""

    id: str
    number: str
    clerk_name: str
    made_ms: int
    total_fen: int


@dataclass(frozen=True, slots=True)
class Drawer:
    """What one clerk holds."""

    clerk_id: str
    clerk_name: str
    held_fen: int
    lines: int


class NothingToHandOver(RuntimeError):
    """The clerk holds no money that could go on a list."""


class ReceiptUsed(RuntimeError):
    """The number of a paper receipt stands for other money already. The exception says which."""

    def __init__(self, receipt: str) -> None:
        super().__init__(receipt)
        self.receipt = receipt

    @property
    def sentence(self) -> str:
        return f"收据号 {self.receipt} 已经用过，一张收据只记一笔钱，请核对手里的收据。"


class CashBook:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_case(self, case_rid: str) -> list[CashLine]:
        """Oldest first."""
        return await self._lines("c.case_rid = ? ORDER BY c.made_ms, c.rid", case_rid)

    async def between(self, first_ms: int, last_ms: int) -> list[CashLine]:
        """What changed hands in [first, last) by this computer's clock, oldest first."""
        return await self._lines(
            "c.made_ms >= ? AND c.made_ms < ? ORDER BY c.made_ms, c.rid", first_ms, last_ms
        )

    async def find(self, rid: str) -> CashLine | None:
        found = await self._lines("c.rid = ?", rid)
        return found[0] if found else None

    async def held(self, case_rid: str) -> int:
        """What is held for one case, in fen: taken less given back, wherever it lies by now."""
        return sum(line.effect_fen for line in await self.of_case(case_rid))

    async def drawers(self) -> list[Drawer]:
        """What each clerk still has to carry to the township."""
        rows = await self._database.rows(
            "SELECT clerk_id, max(clerk_name) AS name, count(*) AS lines,"
            " sum(CASE move WHEN 'taken' THEN amount_fen ELSE -amount_fen END) AS held"
            " FROM cash WHERE list = '' GROUP BY clerk_id ORDER BY name"
        )
        return [Drawer(row["clerk_id"], row["name"], row["held"], row["lines"]) for row in rows]

    async def in_drawer(self, clerk_id: str) -> list[CashLine]:
        """A clerk's lines that are on no list yet, oldest first."""
        return await self._lines("c.clerk_id = ? AND c.list = '' ORDER BY c.made_ms, c.rid", clerk_id)

    async def hand_over(self, clerk: Clerk, *, list_id: str, number: str, at_ms: int) -> CashList:
        """Put everything in a clerk's drawer on a list; the same `list_id` again gives the same list.

        Args:
            number: as printed; `number` gains a counter where the day has one already.

        Raises:
            NothingToHandOver
        """

        async def work(tx: Writing) -> Row:
            known = await tx.row("SELECT * FROM cash_list WHERE id = ?", list_id)
            if known is not None:
                return known
            sums = await tx.row(
                "SELECT count(*) AS lines, coalesce(sum(CASE move WHEN 'taken' THEN amount_fen ELSE -amount_fen END), 0)"
                " AS held FROM cash WHERE clerk_id = ? AND list = ''",
                clerk.id,
            )
            if sums is None or not sums["lines"] or sums["held"] < 0:
                raise NothingToHandOver
            there = await tx.row("SELECT count(*) AS n FROM cash_list WHERE number LIKE ?", number + "-%")
            row = await tx.row(
                "INSERT INTO cash_list VALUES (?, ?, ?, ?, ?, ?) RETURNING *",
                list_id,
                f"{number}-{(there['n'] if there else 0) + 1:02}",
                clerk.id,
                clerk.name,
                at_ms,
                sums["held"],
            )
            await tx.run("UPDATE cash SET list = ? WHERE clerk_id = ? AND list = ''", list_id, clerk.id)
            assert row is not None, "INSERT … RETURNING gives its row"  # noqa: S101
            return row

        return _list(await self._database.write(work))

    async def lists(self, *, limit: int = 20) -> list[CashList]:
        """Newest first."""
        rows = await self._database.rows(
            "SELECT * FROM cash_list ORDER BY made_ms DESC, number DESC LIMIT ?", limit
        )
        return [_list(row) for row in rows]

    async def find_list(self, list_id: str) -> tuple[CashList, list[CashLine]] | None:
        row = await self._database.row("SELECT * FROM cash_list WHERE id = ?", list_id)
        if row is None:
            return None
        return _list(row), await self._lines("c.list = ? ORDER BY c.made_ms, c.rid", list_id)

    async def _lines(self, where: str, *args: object) -> list[CashLine]:
        rows = await self._database.rows(
            "SELECT c.*, coalesce(r.item_name, '') AS item_name, coalesce(r.applicant_name, '') AS applicant_name,"  # noqa: S608 - our own literals
            " coalesce(r.case_number, '') AS case_number FROM cash c LEFT JOIN register r ON r.rid = c.case_rid"
            f" WHERE {where} LIMIT {_LISTED_AT_MOST}",
            *args,
        )
        return [_line(row) for row in rows]


async def take_down(
    tx: Writing, case_rid: str, money: Sequence[MoneyLine], *, rid: str, clerk: Clerk, at_ms: int
) -> None:
    """Write the sums of a record into the book, in the transaction that writes the record.

    Args:
        rid: the record's.

    Raises:
        ReceiptUsed: on this computer one receipt stands for one sum.
    """
    for place, line in enumerate(money):
        used = await tx.row(
            "SELECT 1 FROM cash WHERE upper(receipt) = upper(?) AND rid <> ?",
            line.receipt,
            _line_id(rid, place),
        )
        if used is not None:
            raise ReceiptUsed(line.receipt)
    await tx.run_many(
        "INSERT INTO cash (rid, case_rid, move, amount_fen, receipt, note, clerk_id, clerk_name, made_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [
            (
                _line_id(rid, place),
                case_rid,
                line.move.value,
                line.amount_fen,
                line.receipt,
                line.note,
                clerk.id,
                clerk.name,
                at_ms,
            )
            for place, line in enumerate(money)
        ],
    )


async def put_right(
    tx: Writing, case_rid: str, money: Sequence[MoneyLine], *, clerk: Clerk, at_ms: int
) -> None:
    """The sums of a case that is written down anew, where the money has not left the drawer.

    Raises:
        ReceiptUsed
    """
    await tx.run_many(
        "DELETE FROM cash WHERE rid = ? AND list = ''", [(_line_id(case_rid, place),) for place in range(10)]
    )
    await take_down(tx, case_rid, money, rid=case_rid, clerk=clerk, at_ms=at_ms)


def total(lines: Iterable[CashLine]) -> int:
    """What the lines come to, in fen."""
    return sum(line.effect_fen for line in lines)


def _line_id(rid: str, place: int) -> str:
    return sha256(f"{rid}/{place}".encode()).hexdigest()[:32]


def _line(row: Row) -> CashLine:
    return CashLine(
        rid=row["rid"],
        case_rid=row["case_rid"],
        move=MoneyMove(row["move"]),
        amount_fen=row["amount_fen"],
        receipt=row["receipt"],
        note=row["note"],
        clerk_id=row["clerk_id"],
        clerk_name=row["clerk_name"],
        made_ms=row["made_ms"],
        list_id=row["list"],
        item_name=row["item_name"],
        applicant_name=row["applicant_name"],
        case_number=row["case_number"],
    )


def _list(row: Row) -> CashList:
    return CashList(
        id=row["id"],
        number=row["number"],
        clerk_name=row["clerk_name"],
        made_ms=row["made_ms"],
        total_fen=row["total_fen"],
    )
