"""What an answer changes, as pure rules."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_spec.sync import PushAnswer, PushStatus
from village_node.sync.exchange import (
    LARGEST_BATCH,
    LONGEST_RETRY,
    Advance,
    Failure,
    Ignore,
    Pace,
    StartOver,
    Stream,
    judge,
    prune_limit,
    retry_after,
)

HERE, THERE = b"h" * 32, b"t" * 32


def stream(*, acked: int = 5, safe: int = 0, base: int = 0, last: int = 9) -> Stream:
    return Stream(epoch="e1", base_seq=base, base_chain=HERE, last_seq=last, acked=acked, safe=safe)


def answer(
    status: PushStatus, upto: int, *, chain: bytes = HERE, epoch: str = "e1", safe: int = 0
) -> PushAnswer:
    return PushAnswer(status=status, epoch=epoch, upto=upto, chain=chain, safe=safe)


def test_ok_with_our_own_chain_moves_the_mark() -> None:
    assert judge(stream(), answer(PushStatus.OK, 8, safe=3), own_head=HERE) == Advance(8, 3)


def test_a_gap_with_our_own_chain_means_the_township_went_back_and_we_send_again() -> None:
    assert judge(stream(), answer(PushStatus.GAP, 2), own_head=HERE) == Advance(2, 0, rewound=True)


def test_a_rewound_township_cannot_promise_what_it_has_not_got() -> None:
    assert judge(stream(safe=5), answer(PushStatus.GAP, 2, safe=4), own_head=HERE) == Advance(
        2, 2, rewound=True
    )


@pytest.mark.parametrize("status", [PushStatus.OK, PushStatus.GAP])
@pytest.mark.parametrize("own_head", [THERE, None])
def test_a_head_we_cannot_match_starts_a_new_epoch(status: PushStatus, own_head: bytes | None) -> None:
    assert isinstance(judge(stream(), answer(status, 8), own_head=own_head), StartOver)


def test_a_fork_starts_a_new_epoch() -> None:
    assert isinstance(judge(stream(), answer(PushStatus.FORK, 5), own_head=HERE), StartOver)


@pytest.mark.parametrize(
    "late",
    [
        answer(PushStatus.OK, 8, epoch="e0"),
        answer(PushStatus.FORK, 8, epoch="e0"),
        answer(PushStatus.OK, 4),
        answer(PushStatus.FULL, 5),
    ],
)
def test_answers_for_another_epoch_older_answers_and_a_full_township_change_nothing(late: PushAnswer) -> None:
    assert isinstance(judge(stream(), late, own_head=HERE), Ignore)


@given(acked=st.integers(0, 50), safe=st.integers(0, 50), old=st.integers(0, 50), base=st.integers(0, 50))
def test_nothing_is_pruned_above_either_watermark(acked: int, safe: int, old: int, base: int) -> None:
    limit = prune_limit(stream(acked=acked, safe=safe, base=base, last=50), old)
    assert limit == base or limit <= min(acked, safe, old)


def test_without_a_verified_backup_nothing_is_ever_pruned() -> None:
    assert prune_limit(stream(acked=9, safe=0), old_enough=9) == 0


def test_three_breaks_at_one_place_halve_the_batch_down_to_one_opaque_record() -> None:
    pace = Pace(batch=4)
    sizes = []
    while not pace.opaque:
        sizes.append(pace.batch)
        pace = pace.after_failure(Failure.BROKEN, base=7, sent=pace.batch)
    assert sizes == [4] * 3 + [2] * 3 + [1] * 3


def test_breaks_at_different_places_do_not_add_up() -> None:
    pace = Pace(batch=4)
    for base in range(6):
        pace = pace.after_failure(Failure.BROKEN, base=base, sent=4)
    assert pace.batch == 4


def test_too_large_halves_at_once_and_success_grows_by_a_quarter() -> None:
    pace = Pace(batch=100).after_failure(Failure.TOO_LARGE, base=0, sent=100)
    assert pace.batch == 50
    assert pace.after_success().batch == 62
    assert Pace(batch=LARGEST_BATCH).after_success().batch == LARGEST_BATCH


def test_a_line_that_runs_out_of_time_never_makes_a_sound_record_go_unparsed() -> None:
    """Found by the soak: half-open connections had single cases held as unreadable."""
    pace = Pace(batch=8)
    for _ in range(9):
        pace = pace.after_failure(Failure.SLOW, base=0, sent=pace.batch)
    assert (pace.batch, pace.opaque) == (1, False)
    assert pace.after_failure(Failure.TOO_LARGE, base=0, sent=1).opaque


def test_a_line_that_breaks_at_the_same_place_three_times_gets_less_and_never_an_unparsed_record() -> None:
    pace = Pace(batch=4)
    sizes = []
    for _ in range(9):
        sizes.append(pace.batch)
        pace = pace.after_failure(Failure.CUT, base=7, sent=pace.batch)
    assert sizes == [4] * 3 + [2] * 3 + [1] * 3
    assert (pace.batch, pace.opaque) == (1, False)


def test_cuts_do_not_count_as_breaks_of_the_township() -> None:
    pace = Pace(batch=1)
    for _ in range(2):
        pace = pace.after_failure(Failure.BROKEN, base=7, sent=1)
        pace = pace.after_failure(Failure.CUT, base=7, sent=1)
    assert not pace.after_failure(Failure.BROKEN, base=7, sent=1).opaque


def test_a_dead_line_does_not_make_batches_smaller() -> None:
    assert Pace(batch=100).after_failure(Failure.LINE, base=0, sent=100).batch == 100


@given(failures=st.integers(0, 1000), chance=st.floats(0, 1, exclude_max=True), asked=st.integers(0, 3600))
def test_a_retry_waits_between_a_second_and_a_quarter_of_an_hour_and_as_long_as_asked(
    failures: int, chance: float, asked: int
) -> None:
    wait = retry_after(Pace(failures=failures), chance, asked=timedelta(seconds=asked))
    assert wait >= timedelta(seconds=max(1, asked))
    assert wait <= max(LONGEST_RETRY + timedelta(seconds=1), timedelta(seconds=asked))
