"""What a push means, rule by rule and for any two histories."""

from hypothesis import given
from hypothesis import strategies as st

from api_spec import chain
from api_spec.sync import PushStatus
from backend.intake.rules import Head, Push, Verdict, is_contiguous, judge, parts

Records = list[bytes]


def heads(records: Records) -> list[bytes]:
    """The chain after 0, 1, 2 … records."""
    return [chain.START, *chain.heads(chain.START, list(enumerate(records, 1)))]


def push_of(records: Records, base: int, stop: int) -> Push:
    run = heads(records)
    return Push(base, run[base], tuple(run[base + 1 : stop + 1]))


def head_of(records: Records) -> Head:
    return Head(len(records), heads(records)[-1])


THREE = [b"a", b"b", b"c"]
OTHER = [b"a", b"x", b"c"]


def test_the_next_records_are_taken() -> None:
    assert judge(head_of(THREE[:1]), push_of(THREE, 1, 3)) == Verdict(PushStatus.OK, head_of(THREE), 2)


def test_a_push_that_begins_too_far_on_is_a_gap_and_says_where_we_are() -> None:
    here = head_of(THREE[:1])
    assert judge(here, push_of(THREE, 2, 3)) == Verdict(PushStatus.GAP, here)
    assert judge(Head(), push_of(THREE, 3, 3)).status is PushStatus.GAP


def test_another_history_at_the_head_is_a_fork() -> None:
    assert judge(head_of(THREE[:2]), push_of(OTHER, 2, 3)).status is PushStatus.FORK


def test_another_history_found_where_a_push_passes_the_head_is_a_fork() -> None:
    assert judge(head_of(THREE[:2]), push_of(OTHER, 0, 3)).status is PushStatus.FORK


def test_records_known_already_are_skipped() -> None:
    assert judge(head_of(THREE[:2]), push_of(THREE, 0, 3)) == Verdict(PushStatus.OK, head_of(THREE), 1)


def test_a_push_that_ends_before_the_head_changes_nothing_and_tells_the_head() -> None:
    assert judge(head_of(THREE), push_of(THREE, 0, 1)) == Verdict(PushStatus.OK, head_of(THREE))


def test_an_idle_check_agrees_or_forks() -> None:
    assert judge(head_of(THREE), push_of(THREE, 3, 3)) == Verdict(PushStatus.OK, head_of(THREE))
    assert judge(head_of(THREE), push_of(OTHER, 3, 3)).status is PushStatus.FORK


RECORDS = st.lists(st.sampled_from([b"a", b"b"]), max_size=6)


@given(ours=RECORDS, theirs=RECORDS, data=st.data())
def test_whatever_is_taken_continues_exactly_our_history(
    ours: Records, theirs: Records, data: st.DataObject
) -> None:
    """A taken push proves that both sides mean the same first records; nothing else is ever taken."""
    base = data.draw(st.integers(0, len(theirs)))
    stop = data.draw(st.integers(base, len(theirs)))
    verdict = judge(head_of(ours), push_of(theirs, base, stop))
    if verdict.fresh:
        assert theirs[: len(ours)] == ours
        assert verdict.head == head_of(theirs[:stop])
        assert verdict.fresh == stop - len(ours)
    else:
        assert verdict.head == head_of(ours)


@given(ours=RECORDS, theirs=RECORDS, data=st.data())
def test_two_histories_that_agree_are_never_called_a_fork(
    ours: Records, theirs: Records, data: st.DataObject
) -> None:
    base = data.draw(st.integers(0, len(theirs)))
    stop = data.draw(st.integers(base, len(theirs)))
    common = min(len(ours), len(theirs))
    if ours[:common] == theirs[:common]:
        assert judge(head_of(ours), push_of(theirs, base, stop)).status is not PushStatus.FORK


@given(records=RECORDS.filter(bool), data=st.data())
def test_a_push_in_parts_is_the_same_push(records: Records, data: st.DataObject) -> None:
    known = data.draw(st.integers(0, len(records) - 1))
    size = data.draw(st.integers(1, 4))
    whole, here = push_of(records, 0, len(records)), head_of(records[:known])
    for start, stop in parts(len(records), known=known, size=size):
        verdict = judge(here, whole.part(start, stop))
        assert verdict.status is PushStatus.OK
        assert 0 < verdict.fresh <= size
        here = verdict.head
    assert here == head_of(records)


def test_numbers_must_follow_one_another_from_the_base() -> None:
    assert is_contiguous(4, [5, 6, 7])
    assert is_contiguous(4, [])
    assert not is_contiguous(4, [5, 7])
    assert not is_contiguous(4, [4, 5])
