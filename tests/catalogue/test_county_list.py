"""A real county list with its dirty codes: taken in as printed, each kind of dirt marked."""

from collections import Counter

import pytest

from api_spec.vocabulary import ItemType
from backend.catalogue import county_list
from backend.catalogue.county_list import Dirt, ListReading, judge
from backend.catalogue.imports import read_file
from tests.catalogue.examples import COUNTY_LIST

AREA = "511602000000"
CLEAN = "511A0138000000-511602000000-000-115113016823646795-1-00"


def reading() -> ListReading:
    found = read_file(COUNTY_LIST.read_bytes())
    assert isinstance(found, ListReading)
    return found


def test_every_line_of_the_real_list_is_taken_in() -> None:
    found = reading()
    assert found.wrong == ()
    assert [entry.line for entry in found.entries] == list(range(2, 799))


def test_the_types_are_those_of_the_national_standard() -> None:
    assert Counter(entry.type for entry in reading().entries) == {
        ItemType.PERMIT: 410,
        ItemType.PUBLIC_SERVICE: 278,
        ItemType.OTHER: 59,
        ItemType.CONFIRMATION: 35,
        ItemType.PAYMENT: 9,
        ItemType.RULING: 6,
    }


def test_the_dirt_of_the_real_list_is_marked_by_kind() -> None:
    assert Counter(warning for entry in reading().entries for warning in entry.warnings) == {
        Dirt.BODY_LENGTH: 92,
        Dirt.OLD_BODY: 26,
        Dirt.EXTRA_DASH: 17,
        Dirt.BASIC_CODE: 5,
        Dirt.REPEATED_NAME: 4,
        Dirt.AREA_DIFFERS: 1,
        Dirt.PARTS_MISSING: 1,
        Dirt.PLACEHOLDER: 1,
        Dirt.BODY_LOWER_CASE: 1,
    }
    assert sum(bool(entry.warnings) for entry in reading().entries) == 129


@pytest.mark.parametrize(
    ("code", "dirt"),
    [
        (CLEAN, ()),
        ("512012002012-511602000000-000-115113010087786859-1-00", ()),
        (CLEAN.replace("115113016823646795", "115113016823646796"), (Dirt.BODY_CHECK,)),
        (CLEAN.replace("115113016823646795", "11511301682364679O"), (Dirt.BODY_CHARACTER,)),
        (CLEAN.replace("115113016823646795", "1" * 18), (Dirt.PLACEHOLDER,)),
        (CLEAN.replace("115113016823646795", "00877868-5"), (Dirt.EXTRA_DASH, Dirt.OLD_BODY)),
        (CLEAN.replace("115113016823646795", "8282348"), (Dirt.BODY_LENGTH,)),
        (CLEAN.replace("511A0138000000", "G-000007-001"), (Dirt.EXTRA_DASH, Dirt.BASIC_CODE)),
        (CLEAN.replace(AREA, "510000000000"), (Dirt.AREA_DIFFERS,)),
        ("", (Dirt.PARTS_MISSING,)),
        ("E-000021-001-1111111111111111", (Dirt.PARTS_MISSING, Dirt.PLACEHOLDER)),
    ],
)
def test_each_kind_of_dirt_is_told_apart(code: str, dirt: tuple[Dirt, ...]) -> None:
    assert judge(code, AREA) == dirt


def test_a_code_listed_twice_is_marked_on_both_lines() -> None:
    row = ["区民政局", "低保", AREA, CLEAN, "5"]
    found = county_list.read([county_list.HEADER, row, [*row[:1], "特困", *row[2:]]])
    assert [entry.warnings for entry in found.entries] == [(Dirt.REPEATED_CODE,)] * 2


def test_every_line_that_cannot_be_taken_is_told() -> None:
    found = county_list.read(
        [
            county_list.HEADER,
            ["区民政局", "", AREA, CLEAN, "5"],
            ["区民政局", "低保", AREA, CLEAN, "99"],
            ["区民政局", "低保", AREA],
            ["区民政局", "低保", AREA, "x" * 81, "x"],
        ]
    )
    assert [each.field for each in found.wrong] == [
        "2.item_name",
        "3.task_type",
        "4.row",
        "5.item_code",
        "5.task_type",
    ]
