"""How a figure is judged and what of a case is counted; no database."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_spec.messages.statistics import Dimension
from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.faults import Fault
from backend.statistics import rules
from backend.statistics.rules import Period
from backend.statistics.service import Worked, WorkSheet
from backend.statistics.words import MOST_COLUMNS, columns

TENANT = "0" * 32
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


def staff(role: Role, department: str = "") -> Actor:
    return Actor(id="s", roles=frozenset({role}), tenant_id=TENANT, department_id=department)


@pytest.mark.parametrize(
    ("value", "heat"), [(0.0, 0), (0.1, 0), (0.2, 1), (0.25, 2), (0.36, 3), (0.5, 4), (0.9, 4)]
)
def test_heat_is_told_against_the_places_own_average(value: float, heat: int) -> None:
    assert rules.heat(value, 0.2, cases=50, met=10) == heat


def test_few_cases_are_not_judged() -> None:
    assert rules.heat(1.0, 0.1, cases=4, met=4) == -1
    assert rules.heat(1.0, 0.1, cases=5, met=5) == 4


def test_what_nobody_would_notice_or_happened_once_is_not_told_as_high() -> None:
    assert rules.heat(0.004, 0.001, cases=500, met=2) == 1
    assert rules.heat(0.05, 0.001, cases=100, met=5) == 1
    assert rules.heat(0.06, 0.01, cases=100, met=6) == 4
    assert rules.heat(0.2, 0.05, cases=5, met=1) == 1
    assert rules.heat(0.01, 0.2, cases=100, met=1) == 0


def test_the_whole_township_is_for_the_centre_and_the_supervisor() -> None:
    for role in Role:
        asks = staff(role, department="d" * 32)
        if role in rules.WHOLE_TOWNSHIP:
            assert rules.question(asks, YEAR, by=Dimension.ITEM).department_id == ""
        elif role in rules.OWN_DEPARTMENT:
            assert rules.question(asks, YEAR, by=Dimension.ITEM).department_id == "d" * 32
        else:
            with pytest.raises(Fault):
                rules.question(asks, YEAR, by=Dimension.ITEM)


def test_a_leader_without_a_department_does_not_see_everything() -> None:
    with pytest.raises(Fault):
        rules.question(staff(Role.GROUP_LEADER), YEAR, by=Dimension.ITEM)


def test_a_period_has_an_end_after_its_beginning_and_at_most_three_years() -> None:
    for period in (Period(YEAR.last, YEAR.first), Period(date(2020, 1, 1), date(2026, 1, 1))):
        with pytest.raises(Fault):
            rules.question(staff(Role.DIRECTOR), period, by=Dimension.ITEM)


@given(st.lists(st.integers(0, 10_000), min_size=1).map(sorted))
def test_at_least_half_lie_at_or_below_the_middle(values: list[int]) -> None:
    middle = rules.middle(values)
    assert middle in values
    assert sum(value <= middle for value in values) * 2 >= len(values)


def test_nothing_has_no_middle() -> None:
    assert rules.middle([]) is None


def test_the_last_twelve_months_begin_with_a_whole_month() -> None:
    assert rules.months_back(date(2026, 4, 10), 12) == Period(date(2025, 5, 1), date(2026, 4, 10))
    assert rules.months_back(date(2026, 12, 31), 12).first == date(2026, 1, 1)


def test_what_is_seldom_done_shares_one_column_and_is_named_below() -> None:
    actions = tuple(f"第{number}种" for number in range(MOST_COLUMNS + 3))
    often = {action: number + 1 for number, action in enumerate(actions)}
    people = (Worked("甲", "窗口人员", often), Worked("乙", "窗口人员", {actions[0]: 99}))
    assert columns(WorkSheet(YEAR, actions, people)) == ((actions[0], *actions[4:]), actions[1:4])
    few = actions[: MOST_COLUMNS + 1]
    assert columns(WorkSheet(YEAR, few, people)) == (few, ())
