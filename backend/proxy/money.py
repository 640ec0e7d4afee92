"""Money in custody: enter a line, show a day, close it. Loads, asks `custody`, records."""

from datetime import date, datetime

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.messages import proxy as m
from backend.actors import Actor
from backend.db import in_transaction
from backend.faults import Fault
from backend.instants import whole_ms
from backend.proxy import custody, store, store_money
from backend.proxy.custody import Move
from backend.proxy.desk import ErrandDesk
from backend.proxy.records import ErrandRecord, Raced
from backend.proxy.views import receipt

TRIES = 3


class MoneyDesk:
    """The ledger of one township's errands."""

    def __init__(self, desk: ErrandDesk) -> None:
        self._desk = desk

    async def enter(self, errand_id: str, move: Move, *, actor: Actor, at: datetime) -> m.MoneyReceipt:
        """Take, pay or return money for one errand. The same rid with the same content is one line.

        Raises:
            Fault: ERRAND_NOT_FOUND, NOT_YOUR_ACTION, ACTION_NOT_ALLOWED, FORM_INVALID, MONEY_NOT_BALANCED more
                would go out than is held, IDEMPOTENCY_CONFLICT.
        """
        record = await store.load(errand_id, actor)
        custody.role_for(record.errand, move, actor)
        place = await self._desk.of(record.entry.tenant_id)
        for _ in range(TRIES):
            try:
                async with in_transaction():
                    line = await store_money.enter(
                        record.errand, move, by=actor.id, at=whole_ms(at), prefix=place.prefix
                    )
            except Raced:
                continue
            return receipt(line, actor)
        raise Fault(ErrorCode.BUSY)

    async def receipt(self, entry_id: str, *, actor: Actor) -> tuple[m.MoneyReceipt, ErrandRecord]:
        """One line with its errand, to be printed.

        Raises:
            Fault: ERRAND_NOT_FOUND: no such line, or not this actor's.
        """
        line = await store_money.find_entry(entry_id)
        if line is None:
            raise Fault(ErrorCode.ERRAND_NOT_FOUND)
        return receipt(line, actor), await store.load(line.errand_id, actor)

    async def day(self, day: date, *, actor: Actor) -> m.MoneyDay:
        """A day of the books with its lines."""
        tenant_id = actor.tenant_id
        book = await store_money.book_of(tenant_id, day)
        closed = await store_money.find_close(tenant_id, day)
        last = await store_money.last_close(tenant_id)
        return m.MoneyDay(
            day=day,
            opened_fen=book.opened_fen,
            taken_fen=book.taken_fen,
            paid_fen=book.paid_fen,
            returned_fen=book.returned_fen,
            held_fen=book.held_fen,
            expected_fen=book.expected_fen,
            difference_fen=book.difference_fen,
            closed=closed is not None,
            closed_at=closed.at if closed else None,
            counted_fen=closed.counted_fen if closed else None,
            digest=closed.digest if closed else "",
            last_closed=last.book.day if last else None,
            entries=[receipt(line, actor) for line in await store_money.of_day(tenant_id, day)],
        )

    async def close(self, day: date, *, counted_fen: int, actor: Actor, at: datetime) -> m.MoneyDay:
        """Close a day that comes out at zero; what is entered afterwards goes to the next open day.

        Args:
            counted_fen: the money really there.

        Raises:
            Fault: NOT_YOUR_ACTION; ACTION_NOT_ALLOWED closed already, still to come, or an earlier day is open;
                MONEY_NOT_BALANCED with what was expected, counted and missing.
        """
        tenant_id, at = actor.tenant_id, whole_ms(at)
        last = await store_money.last_close(tenant_id)
        last_day = last.book.day if last else None
        custody.refuse_early_close(actor, day, today=day_in_china(at), last_closed=last_day)
        async with in_transaction():
            numbers = await store_money.shut(tenant_id, day)
            before = await store_money.last_close(tenant_id, before=day)
            lines = await store_money.of_day(tenant_id, day)
            closed = custody.close(
                await store_money.book_of(tenant_id, day),
                counted_fen=counted_fen,
                numbers=numbers,
                by=actor.id,
                at=at,
                digest=custody.digest(before.digest if before else "", lines),
            )
            await store_money.add_close(tenant_id, closed)
        return await self.day(day, actor=actor)
