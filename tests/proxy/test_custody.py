"""The rules of money in custody, without a database."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_spec.errors import ErrorCode
from api_spec.vocabulary import ErrandState as S
from api_spec.vocabulary import MoneyMove
from backend.actors import Actor
from backend.faults import Fault
from backend.proxy import custody
from backend.proxy.custody import DayBook, Move
from tests.proxy.office import (
    CENTRE,
    CLERK,
    NODE,
    POWER,
    TODAY,
    WATER,
    WINDOW,
    citizen,
    paid,
    returned,
    taken,
)
from tests.proxy.test_machine import errand

NOON = datetime(2026, 4, 7, 4, tzinfo=UTC)


def book(**more: int) -> DayBook:
    counts = {"opened_fen": 500, "taken_fen": 1000, "paid_fen": 700, "returned_fen": 100, "held_fen": 700}
    return DayBook(day=TODAY, entries=4, **(counts | more))


def close(one: DayBook, *, counted_fen: int = 700, numbers: int = 4) -> custody.Close:
    return custody.close(one, counted_fen=counted_fen, numbers=numbers, by="centre", at=NOON, digest="0" * 64)


@pytest.mark.parametrize(
    ("move", "actor", "allowed"),
    [
        (taken(1), WINDOW, True),
        (taken(1), CLERK, True),
        (taken(1), NODE, True),
        (returned(1), CENTRE, True),
        (paid(1), CENTRE, True),
        (paid(1), CLERK, False),
        (taken(1), WATER, False),
        (taken(1), POWER, False),
        (taken(1), citizen(), False),
    ],
)
def test_who_handles_money(move: Move, actor: Actor, allowed: bool) -> None:  # noqa: FBT001
    one = errand(S.TAKEN)
    if allowed:
        assert custody.role_for(one, move, actor) in actor.roles
        return
    with pytest.raises(Fault) as refused:
        custody.role_for(one, move, actor)
    assert refused.value.code is ErrorCode.NOT_YOUR_ACTION


@pytest.mark.parametrize("state", [S.REQUESTED, S.DONE, S.ENDED])
def test_nothing_is_taken_before_the_mandate_or_after_the_end(state: S) -> None:
    with pytest.raises(Fault) as refused:
        custody.role_for(errand(state), taken(1), WINDOW)
    assert refused.value.code is ErrorCode.ACTION_NOT_ALLOWED


@pytest.mark.parametrize("amount", [0, -1, custody.MOST_FEN + 1])
def test_an_amount_is_above_zero_and_not_a_fortune(amount: int) -> None:
    with pytest.raises(Fault) as refused:
        custody.role_for(errand(S.TAKEN), taken(amount), WINDOW)
    assert [wrong.field for wrong in refused.value.wrong] == ["amount_fen"]


def test_paying_needs_the_partners_receipt() -> None:
    with pytest.raises(Fault) as refused:
        custody.role_for(errand(S.TAKEN), paid(1, partner_receipt=" "), WINDOW)
    assert [wrong.field for wrong in refused.value.wrong] == ["partner_receipt"]


@pytest.mark.parametrize(
    ("last_closed", "day"),
    [
        (None, date(2026, 4, 7)),
        (date(2026, 4, 6), date(2026, 4, 7)),
        (date(2026, 4, 7), date(2026, 4, 8)),
        (date(2026, 4, 9), date(2026, 4, 10)),
    ],
)
def test_an_entry_goes_to_the_first_open_day(last_closed: date | None, day: date) -> None:
    assert custody.book_day(TODAY, last_closed) == day


def test_a_day_that_comes_out_at_zero_closes() -> None:
    assert close(book()).counted_fen == 700


@pytest.mark.parametrize("counted", [699, 701, 0])
def test_a_drawer_that_does_not_match_is_refused_with_the_figures(counted: int) -> None:
    with pytest.raises(Fault) as refused:
        close(book(), counted_fen=counted)
    assert refused.value.code is ErrorCode.MONEY_NOT_BALANCED
    assert refused.value.facts["expected_fen"] == "700"
    assert refused.value.facts["difference_fen"] == str(counted - 700)


def test_a_ledger_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(Fault) as refused:
        close(book(held_fen=699))
    assert refused.value.facts["difference_fen"] == "-1"


def test_a_missing_receipt_number_is_refused() -> None:
    with pytest.raises(Fault) as refused:
        close(book(), numbers=5)
    assert refused.value.facts["numbers"] == "5"


@given(st.lists(st.tuples(st.sampled_from(MoneyMove), st.integers(1, custody.MOST_FEN))))
def test_taken_is_always_paid_and_returned_and_held(moves: list[tuple[MoneyMove, int]]) -> None:
    totals = dict.fromkeys(MoneyMove, 0)
    for move, fen in moves:
        totals[move] += fen
    held = sum(custody.effect(move, fen) for move, fen in moves)
    in_, paid_out, back = custody.sums(totals)
    one = book(opened_fen=0, taken_fen=in_, paid_fen=paid_out, returned_fen=back, held_fen=held)
    assert one.difference_fen == 0


def test_receipts_are_named_by_day_and_number() -> None:
    assert custody.receipt_number("SD", TODAY, 7) == "SD-S260407-0007"


@pytest.mark.parametrize(
    ("actor", "day", "last_closed", "code"),
    [
        (WINDOW, TODAY, None, ErrorCode.NOT_YOUR_ACTION),
        (CENTRE, TODAY, TODAY, ErrorCode.ACTION_NOT_ALLOWED),
        (CENTRE, date(2026, 4, 8), None, ErrorCode.ACTION_NOT_ALLOWED),
    ],
)
def test_a_day_is_closed_once_by_the_centre_and_not_before_it_comes(
    actor: Actor, day: date, last_closed: date | None, code: ErrorCode
) -> None:
    with pytest.raises(Fault) as refused:
        custody.refuse_early_close(actor, day, today=TODAY, last_closed=last_closed)
    assert refused.value.code is code
