"""How large a chunk may be, on lines of every kind."""

from hypothesis import given
from hypothesis import strategies as st

from village_node.photos.chunk_pace import AIM_S, FIRST_BYTES, KIB, LEAST_BYTES, MOST_BYTES, ChunkPace


def steady(rate: float, *, chunks: int = 60) -> ChunkPace:
    """On a line that holds."""
    pace = ChunkPace()
    for _ in range(chunks):
        pace = pace.after_chunk(pace.size, pace.size / rate)
    return pace


def test_the_first_chunk_is_small() -> None:
    assert ChunkPace().size == FIRST_BYTES == 64 * KIB


def test_a_line_that_holds_is_given_chunks_of_five_to_ten_seconds() -> None:
    for rate in (8 * KIB, 64 * KIB, 130 * KIB):
        assert 5 <= steady(rate).size / rate <= 10


def test_a_fast_line_is_given_a_mebibyte_and_a_crawling_one_no_less_than_16_kib() -> None:
    assert steady(100 * MOST_BYTES).size == MOST_BYTES
    assert steady(100).size == LEAST_BYTES


def test_a_line_that_is_cut_often_is_given_a_small_part_of_the_time_it_lasts() -> None:
    pace, rate, cut_every_s = ChunkPace(), 64.0 * KIB, 10.0
    lasted = 0.0
    for _ in range(200):
        takes = pace.size / rate
        if lasted + takes > cut_every_s:
            pace, lasted = pace.after_cut(cut_every_s - lasted), 0.0
        else:
            pace, lasted = pace.after_chunk(pace.size, takes), lasted + takes
    assert pace.size / rate <= cut_every_s / 10


def test_a_line_that_has_become_good_is_believed_again() -> None:
    pace = ChunkPace().after_cut(2.0).after_cut(2.0)
    assert pace.size < FIRST_BYTES
    for _ in range(150):
        pace = pace.after_chunk(pace.size, pace.size / (64 * KIB))
    assert pace.size > 0.9 * AIM_S * 64 * KIB


def test_the_tail_of_a_photo_tells_nothing_about_the_line() -> None:
    pace = steady(64 * KIB)
    assert pace.after_chunk(100, 0.3).size == pace.size


@given(
    st.lists(
        st.tuples(st.sampled_from(["chunk", "cut", "refused"]), st.floats(0, 1000), st.integers(1, 2**21))
    )
)
def test_a_chunk_is_never_larger_or_smaller_than_allowed(history: list[tuple[str, float, int]]) -> None:
    pace = ChunkPace()
    for what, took_s, sent in history:
        if what == "chunk":
            pace = pace.after_chunk(min(sent, pace.size), took_s)
        else:
            pace = pace.after_cut(took_s) if what == "cut" else pace.after_refusal()
        assert LEAST_BYTES <= pace.size <= MOST_BYTES
