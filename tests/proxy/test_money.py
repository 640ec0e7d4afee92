"""The custody ledger on a real database: never below zero, receipts without gaps, days that close to zero."""

import asyncio
from datetime import date, timedelta

import pytest
from tortoise.exceptions import IntegrityError

from api_spec.errors import ErrorCode
from api_spec.messages.proxy import MoneyReceipt
from api_spec.vocabulary import ErrandAction as A
from api_spec.vocabulary import MoneyMove, Partner
from backend import db
from backend.faults import Fault
from backend.proxy.service import Command, Proxy
from tests.proxy.office import (
    CENTRE,
    CITIZEN,
    NOON,
    TODAY,
    WINDOW,
    at_the_window,
    citizen,
    paid,
    returned,
    taken,
)


async def errand(proxy: Proxy) -> str:
    one = await proxy.file(at_the_window(owner_citizen_id=CITIZEN), at=NOON)
    return one.errand_id


async def held(errand_id: str) -> int:
    row = await db.row("SELECT held_fen FROM errands WHERE id = ?", [errand_id])
    assert row is not None
    return int(row["held_fen"])


async def numbers(day: date = TODAY) -> list[int]:
    found = await db.rows("SELECT number FROM money_entries WHERE day = ? ORDER BY number", [day])
    return [row["number"] for row in found]


async def test_money_comes_in_is_paid_and_the_rest_goes_back(proxy: Proxy) -> None:
    errand_id = await errand(proxy)
    lines = [
        await proxy.money.enter(errand_id, move, actor=WINDOW, at=NOON)
        for move in (taken(10000), paid(8850), returned(1150))
    ]
    assert [line.balance_fen for line in lines] == [10000, 1150, 0]
    assert [line.receipt for line in lines] == [f"SD-S260407-000{n}" for n in (1, 2, 3)]
    view = await proxy.show(errand_id, actor=citizen(), at=NOON)
    assert [line.move for line in view.money] == [MoneyMove.TAKEN, MoneyMove.PAID, MoneyMove.RETURNED]
    assert {line.by for line in view.money} == {""}


async def test_eight_at_once_never_take_out_more_than_is_held(proxy: Proxy) -> None:
    errand_id = await errand(proxy)
    await proxy.money.enter(errand_id, taken(1000), actor=WINDOW, at=NOON)
    results = await asyncio.gather(
        *(proxy.money.enter(errand_id, paid(300), actor=WINDOW, at=NOON) for _ in range(8)),
        return_exceptions=True,
    )
    done = [each for each in results if isinstance(each, MoneyReceipt)]
    refused = [each for each in results if isinstance(each, Fault)]
    assert (len(done), len(refused)) == (3, 5)
    assert {each.code for each in refused} == {ErrorCode.MONEY_NOT_BALANCED}
    assert await held(errand_id) == 100
    assert await numbers() == [1, 2, 3, 4]


async def test_a_refused_line_leaves_no_gap_in_the_receipts(proxy: Proxy) -> None:
    errand_id = await errand(proxy)
    await proxy.money.enter(errand_id, taken(100), actor=WINDOW, at=NOON)
    with pytest.raises(Fault) as refused:
        await proxy.money.enter(errand_id, returned(101), actor=WINDOW, at=NOON)
    assert refused.value.facts["held_fen"] == "100"
    line = await proxy.money.enter(errand_id, returned(100), actor=WINDOW, at=NOON)
    assert line.receipt == "SD-S260407-0002"


async def test_receipts_of_many_errands_count_without_gaps(proxy: Proxy) -> None:
    ids = [await errand(proxy) for _ in range(8)]
    await asyncio.gather(*(proxy.money.enter(each, taken(100), actor=WINDOW, at=NOON) for each in ids))
    assert await numbers() == list(range(1, 9))


async def test_a_click_made_twice_is_one_line(proxy: Proxy) -> None:
    errand_id, move = await errand(proxy), taken(500)
    lines = await asyncio.gather(
        *(proxy.money.enter(errand_id, move, actor=WINDOW, at=NOON) for _ in range(4))
    )
    assert len({line.id for line in lines}) == 1
    assert await held(errand_id) == 500
    assert await numbers() == [1]


async def test_the_same_id_for_another_amount_is_refused(proxy: Proxy) -> None:
    errand_id, move = await errand(proxy), taken(500)
    await proxy.money.enter(errand_id, move, actor=WINDOW, at=NOON)
    with pytest.raises(Fault) as refused:
        await proxy.money.enter(errand_id, taken(501, rid=move.rid), actor=WINDOW, at=NOON)
    assert refused.value.code is ErrorCode.IDEMPOTENCY_CONFLICT


async def test_an_errand_closes_only_when_its_money_is_gone(proxy: Proxy) -> None:
    errand_id = await errand(proxy)
    await proxy.act(errand_id, Command(action=A.TAKE), actor=WINDOW, at=NOON)
    await proxy.hand_over(Partner.WATER, [errand_id], actor=CENTRE, at=NOON)
    await proxy.money.enter(errand_id, taken(100), actor=WINDOW, at=NOON)
    done = Command(action=A.COMPLETE, note="已装表")
    with pytest.raises(Fault) as refused:
        await proxy.act(errand_id, done, actor=WINDOW, at=NOON)
    assert refused.value.code is ErrorCode.MONEY_NOT_BALANCED
    await proxy.money.enter(errand_id, paid(100), actor=WINDOW, at=NOON)
    await proxy.act(errand_id, done, actor=WINDOW, at=NOON)
    with pytest.raises(Fault) as closed:
        await proxy.money.enter(errand_id, taken(100), actor=WINDOW, at=NOON)
    assert closed.value.code is ErrorCode.ACTION_NOT_ALLOWED


async def test_money_that_comes_in_while_an_errand_is_closed_leaves_one_of_the_two(proxy: Proxy) -> None:
    for _ in range(4):
        errand_id = await errand(proxy)
        await proxy.act(errand_id, Command(action=A.TAKE), actor=WINDOW, at=NOON)
        await proxy.hand_over(Partner.WATER, [errand_id], actor=CENTRE, at=NOON)
        results = await asyncio.gather(
            proxy.act(errand_id, Command(action=A.COMPLETE, note="已装表"), actor=WINDOW, at=NOON),
            proxy.money.enter(errand_id, taken(100), actor=WINDOW, at=NOON),
            return_exceptions=True,
        )
        assert sum(isinstance(each, Fault) for each in results) == 1


async def test_the_database_itself_refuses_a_negative_balance(proxy: Proxy) -> None:
    errand_id = await errand(proxy)
    with pytest.raises(IntegrityError):
        await db.rows("UPDATE errands SET held_fen = -1 WHERE id = ? RETURNING id", [errand_id])


async def test_a_day_closes_at_zero_and_is_not_closed_again(proxy: Proxy) -> None:
    one, two = await errand(proxy), await errand(proxy)
    for errand_id, move in ((one, taken(1000)), (one, paid(700)), (two, taken(500)), (two, returned(500))):
        await proxy.money.enter(errand_id, move, actor=WINDOW, at=NOON)
    closed = await proxy.money.close(TODAY, counted_fen=300, actor=CENTRE, at=NOON)
    assert (closed.taken_fen, closed.paid_fen, closed.returned_fen, closed.held_fen) == (1500, 700, 500, 300)
    assert closed.opened_fen + closed.taken_fen == closed.paid_fen + closed.returned_fen + closed.held_fen
    assert closed.closed
    with pytest.raises(Fault) as refused:
        await proxy.money.close(TODAY, counted_fen=300, actor=CENTRE, at=NOON)
    assert refused.value.code is ErrorCode.ACTION_NOT_ALLOWED


async def test_a_wrong_count_closes_nothing(proxy: Proxy) -> None:
    errand_id = await errand(proxy)
    await proxy.money.enter(errand_id, taken(1000), actor=WINDOW, at=NOON)
    with pytest.raises(Fault) as refused:
        await proxy.money.close(TODAY, counted_fen=900, actor=CENTRE, at=NOON)
    assert refused.value.facts["difference_fen"] == "-100"
    day = await proxy.money.day(TODAY, actor=CENTRE)
    assert not day.closed
    line = await proxy.money.enter(errand_id, paid(100), actor=WINDOW, at=NOON)
    assert line.day == TODAY


async def test_what_comes_after_the_close_belongs_to_the_next_day(proxy: Proxy) -> None:
    errand_id = await errand(proxy)
    await proxy.money.enter(errand_id, taken(1000), actor=WINDOW, at=NOON)
    before = await proxy.money.close(TODAY, counted_fen=1000, actor=CENTRE, at=NOON)
    late = await proxy.money.enter(errand_id, paid(400), actor=WINDOW, at=NOON)
    assert (late.day, late.receipt) == (TODAY + timedelta(days=1), "SD-S260408-0001")
    after = await proxy.money.day(TODAY, actor=CENTRE)
    assert (after.held_fen, after.digest) == (before.held_fen, before.digest)
    tomorrow = await proxy.money.close(
        TODAY + timedelta(days=1), counted_fen=600, actor=CENTRE, at=NOON + timedelta(days=1)
    )
    assert (tomorrow.opened_fen, tomorrow.paid_fen, tomorrow.held_fen) == (1000, 400, 600)


async def test_days_close_in_their_order(proxy: Proxy) -> None:
    errand_id = await errand(proxy)
    await proxy.money.enter(errand_id, taken(100), actor=WINDOW, at=NOON)
    tomorrow = TODAY + timedelta(days=1)
    with pytest.raises(Fault) as refused:
        await proxy.money.close(tomorrow, counted_fen=100, actor=CENTRE, at=NOON + timedelta(days=1))
    assert refused.value.facts["open_day"] == TODAY.isoformat()


async def test_an_open_day_starts_with_what_open_days_before_it_left(proxy: Proxy) -> None:
    errand_id = await errand(proxy)
    await proxy.money.enter(errand_id, taken(100), actor=WINDOW, at=NOON)
    await proxy.money.enter(errand_id, taken(50), actor=WINDOW, at=NOON + timedelta(days=1))
    day = await proxy.money.day(TODAY + timedelta(days=1), actor=CENTRE)
    assert (day.opened_fen, day.taken_fen, day.held_fen, day.difference_fen) == (100, 50, 150, 0)


async def test_entries_and_a_close_at_once_leave_every_line_on_one_side(proxy: Proxy) -> None:
    ids = [await errand(proxy) for _ in range(6)]
    results = await asyncio.gather(
        *(proxy.money.enter(each, taken(100), actor=WINDOW, at=NOON) for each in ids[:3]),
        proxy.money.close(TODAY, counted_fen=300, actor=CENTRE, at=NOON),
        *(proxy.money.enter(each, taken(100), actor=WINDOW, at=NOON) for each in ids[3:]),
        return_exceptions=True,
    )
    lines = [each for each in results if isinstance(each, MoneyReceipt)]
    day = await proxy.money.day(TODAY, actor=CENTRE)
    assert len(lines) == 6
    assert day.difference_fen == 0
    if day.closed:
        assert sum(line.amount_fen for line in lines if line.day == TODAY) == day.counted_fen
    assert await numbers() == list(range(1, len(day.entries) + 1))


async def test_a_line_altered_behind_our_back_keeps_the_day_open(proxy: Proxy) -> None:
    errand_id = await errand(proxy)
    await proxy.money.enter(errand_id, taken(1000), actor=WINDOW, at=NOON)
    await db.rows("UPDATE money_entries SET amount_fen = 900 WHERE errand_id = ? RETURNING id", [errand_id])
    with pytest.raises(Fault) as refused:
        await proxy.money.close(TODAY, counted_fen=900, actor=CENTRE, at=NOON)
    assert refused.value.code is ErrorCode.MONEY_NOT_BALANCED


async def test_only_those_who_may_see_the_errand_read_its_receipt(proxy: Proxy) -> None:
    errand_id = await errand(proxy)
    line = await proxy.money.enter(errand_id, taken(100), actor=WINDOW, at=NOON)
    mine, _ = await proxy.money.receipt(line.id, actor=citizen())
    assert mine.receipt == line.receipt
    with pytest.raises(Fault) as refused:
        await proxy.money.receipt(line.id, actor=citizen("9" * 32))
    assert refused.value.code is ErrorCode.ERRAND_NOT_FOUND
