"""A tracking code survives being read aloud, and no slip of the pen passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_spec.problems import BadInput, Problem
from api_spec.tracking_code import ALPHABET, LENGTH, TrackingCode, display, mint, parse, verify

KEY = bytes(range(32))
codes = st.builds(
    lambda node, random: mint(node, random, key=KEY), st.integers(0, 2**20 - 1), st.integers(0, 2**44 - 1)
)


@given(codes)
def test_a_minted_code_reads_back_whole_and_is_genuine(code: TrackingCode) -> None:
    assert parse(code.text) == code
    assert verify(code, KEY)
    assert len(code.text) == LENGTH


@given(codes)
def test_the_grouped_lower_case_full_width_and_linked_forms_are_the_same_code(code: TrackingCode) -> None:
    spoken = code.display.lower().replace("0", "o").replace("1", "l")
    wide = "".join(chr(ord(char) + 0xFEE0) for char in code.text)
    for written in (
        spoken,
        f"  {code.display} ",
        wide,
        f"https://zw.example.cn/c/{code.text}",
        code.display.replace("-", " "),
    ):
        assert parse(written) == code


@given(codes, st.integers(0, LENGTH - 1), st.integers(1, 31))
def test_any_one_wrong_symbol_is_found_without_the_key(code: TrackingCode, place: int, shift: int) -> None:
    wrong = ALPHABET[(ALPHABET.index(code.text[place]) + shift) % 32]
    with pytest.raises(BadInput) as refused:
        parse(code.text[:place] + wrong + code.text[place + 1 :])
    assert refused.value.problem is Problem.CODE_CHECK


@given(codes, st.integers(0, LENGTH - 1), st.integers(0, LENGTH - 1))
def test_any_two_exchanged_symbols_are_found(code: TrackingCode, one: int, other: int) -> None:
    symbols = list(code.text)
    symbols[one], symbols[other] = symbols[other], symbols[one]
    swapped = "".join(symbols)
    if swapped == code.text:
        assert parse(swapped) == code
        return
    with pytest.raises(BadInput):
        parse(swapped)


@given(codes)
def test_another_nodes_key_does_not_vouch_for_the_code(code: TrackingCode) -> None:
    assert not verify(code, bytes(32))


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("", Problem.CODE_LENGTH),
        ("1234", Problem.CODE_LENGTH),
        ("9" * 400, Problem.CODE_LENGTH),
        ("U" * 20, Problem.CODE_SYMBOL),
        ("查" * 20, Problem.CODE_SYMBOL),
        ("00000000000000000000", Problem.CODE_VERSION),
        (12345678901234567890, Problem.WRONG_TYPE),
        (None, Problem.WRONG_TYPE),
    ],
)
def test_what_is_no_code_says_why(written: object, problem: Problem) -> None:
    with pytest.raises(BadInput) as refused:
        parse(written)
    assert refused.value.problem is problem


def test_the_layout_is_fixed_for_ever() -> None:
    code = mint(4711, 0x123456789AB, key=KEY)
    assert (code.version, code.node, code.random) == (1, 4711, 0x123456789AB)
    assert display(code.text) == "2096-E4HM-ASW9-NF6V-1RYV"


@pytest.mark.parametrize(("node", "random"), [(2**20, 0), (-1, 0), (0, 2**44), (0, -1)])
def test_a_number_that_does_not_fit_is_refused(node: int, random: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        mint(node, random, key=KEY)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        mint(1, 1, key=b"short")
