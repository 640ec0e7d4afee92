"""A case number can be told over the telephone, and nobody makes somebody else's."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_spec.case_number import parse, township_number, village_number
from api_spec.problems import BadInput, Problem

DAY = date(2026, 4, 10)
numbers = st.one_of(
    st.builds(
        lambda day, serial: township_number("SD", day, serial=serial),
        st.dates(date(2000, 1, 1), date(2099, 12, 31)),
        st.integers(1, 999_999),
    ),
    st.builds(
        lambda day, block, pick: village_number("LYS", day, block=block, pick=pick),
        st.dates(date(2000, 1, 1), date(2099, 12, 31)),
        st.integers(1, 999),
        st.integers(0, 9999),
    ),
)


@given(numbers)
def test_a_number_reads_back(number: str) -> None:
    assert parse(number).text == number


def test_the_number_in_the_townships_own_style() -> None:
    number = parse(township_number("SD", DAY, serial=7))
    assert (number.text[:-1], number.prefix, number.day, number.serial, number.block) == (
        "SD-260410-0007-",
        "SD",
        DAY,
        "0007",
        None,
    )


def test_a_village_number_names_its_block() -> None:
    number = parse(village_number("SD", DAY, block=17, pick=4826))
    assert number.text.startswith("SD-260410-0174826-")
    assert number.block == 17


@given(st.integers(1, 999_999), st.integers(1, 999), st.integers(0, 9999))
def test_township_and_village_never_make_the_same_number(serial: int, block: int, pick: int) -> None:
    assert township_number("SD", DAY, serial=serial) != village_number("SD", DAY, block=block, pick=pick)


@given(numbers, st.data())
def test_one_wrong_character_is_found(number: str, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from([at for at, char in enumerate(number) if char != "-"]))
    pool = "0123456789" if number[place].isdigit() and place < len(number) - 1 else "ABCDEFGHJKMNPQRTUWXY"
    wrong = data.draw(st.sampled_from([char for char in pool if char != number[place]]))
    with pytest.raises(BadInput):
        parse(number[:place] + wrong + number[place + 1 :])


@given(numbers)
def test_the_spoken_and_the_sloppy_forms_are_the_same_number(number: str) -> None:
    head, day, serial, check = number.split("-")
    sloppy = "-".join([head, *(part.replace("0", "o").replace("1", "l") for part in (day, serial)), check])
    wide = "".join(chr(ord(char) + 0xFEE0) for char in number)
    for written in (
        number.lower(),
        sloppy,
        wide,
        number.replace("-", ""),
        number.replace("-", " "),
        number.replace("-", "—"),
    ):
        assert parse(written).text == number


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("", Problem.NUMBER_SHAPE),
        ("SD", Problem.NUMBER_SHAPE),
        ("S-260410-0007-K", Problem.NUMBER_SHAPE),
        ("SD-260410-007-K", Problem.NUMBER_SHAPE),
        ("SD-260410-00000007-K", Problem.NUMBER_SHAPE),
        ("SD-261310-0007-K", Problem.NUMBER_DATE),
        ("9" * 99, Problem.NUMBER_SHAPE),
        (2604100007, Problem.WRONG_TYPE),
    ],
)
def test_what_is_no_number_says_why(written: object, problem: Problem) -> None:
    with pytest.raises(BadInput) as refused:
        parse(written)
    assert refused.value.problem is problem


def test_blocks_and_serials_out_of_range_are_refused() -> None:
    for block, pick in ((0, 1), (1000, 1), (1, -1), (1, 10_000)):
        with pytest.raises(ValueError, match="out of range"):
            village_number("SD", DAY, block=block, pick=pick)
    for serial in (0, 1_000_000):
        with pytest.raises(ValueError, match="out of range"):
            township_number("SD", DAY, serial=serial)
    with pytest.raises(ValueError, match="capital letters"):
        township_number("三都", DAY, serial=1)
