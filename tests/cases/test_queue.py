"""The queue: nearest deadline first, page by page, narrowed as asked, and never by reading the whole table."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from api_spec.vocabulary import CaseAction, CaseState, DeadlineColour, Role, WindowType
from backend import db as database
from backend.actors import Actor
from backend.cases.case import ENDED, EventFacts
from backend.cases.service import Cases, Command, QueueFilter
from backend.cases.store_queue import counts_statement, queue_statement
from backend.db import OpenDatabase
from tests.cases import office
from tests.cases.office import CENTRE, CLERK, NOON, WINDOW, citizen, filing, item, staff

TODAY = date(2026, 4, 15)
ACCEPT = Command(action=CaseAction.ACCEPT, facts=EventFacts(materials=dict(office.BOTH_PAPERS)))


@pytest.fixture
async def numbers(cases: Cases) -> dict[str, str]:
    """Four cases of the social affairs window and one of the land office: case number by what it is."""
    plans = {"overdue": -1, "due": 0, "soon": 1, "calm": 5}
    found = {}
    for colour, later in plans.items():
        at = NOON + timedelta(days=later)
        found[colour] = (await cases.file(filing(), at=at)).case_number
    land = item(number=9, window=WindowType.LAND)
    found["land"] = (await cases.file(filing(land), at=NOON + timedelta(days=5))).case_number
    return found


def asked(**more: Any) -> QueueFilter:
    return QueueFilter(today=date(2026, 4, 14), **more)


async def seen(cases: Cases, actor: Any, **more: Any) -> list[str]:
    return [card.case_number for card in (await cases.queue(actor, asked(**more))).cases]


async def test_a_window_sees_its_departments_open_cases_nearest_deadline_first(
    cases: Cases, numbers: dict[str, str]
) -> None:
    expected = [numbers[colour] for colour in ("overdue", "due", "soon", "calm")]
    assert await seen(cases, WINDOW) == expected
    assert await seen(cases, staff(Role.WINDOW, department=office.LAND)) == [numbers["land"]]
    assert set(await seen(cases, CENTRE)) == set(numbers.values())
    assert await seen(cases, staff(Role.PARTNER)) == []


async def test_each_colour_finds_its_own(cases: Cases, numbers: dict[str, str]) -> None:
    for colour in ("overdue", "due", "soon", "calm"):
        found = await cases.queue(WINDOW, asked(colour=DeadlineColour(colour)))
        assert [(card.case_number, card.colour) for card in found.cases] == [
            (numbers[colour], DeadlineColour(colour))
        ]
    counted = await cases.counts(WINDOW, today=date(2026, 4, 14))
    assert [(one.state, one.total, one.soon, one.due, one.overdue) for one in counted] == [
        (CaseState.SUBMITTED, 4, 1, 1, 1)
    ]


async def test_pages_join_without_gap_or_double(cases: Cases, numbers: dict[str, str]) -> None:
    after, pages = None, []
    while True:
        page = await cases.queue(CENTRE, asked(limit=2, after=after))
        pages += [card.case_number for card in page.cases]
        if page.next is None:
            break
        day, _, case_id = page.next.partition(".")
        after = (date.fromisoformat(day), case_id)
    assert sorted(pages) == sorted(numbers.values())


async def test_a_case_is_found_by_number_code_and_person_even_when_closed(
    cases: Cases, numbers: dict[str, str]
) -> None:
    filed = await cases.file(filing(), at=NOON)
    await cases.act(filed.case_id, Command(action=CaseAction.WITHDRAW), actor=citizen(), at=NOON)
    assert filed.case_number not in await seen(cases, WINDOW)
    assert await seen(cases, WINDOW, number=filed.case_number) == [filed.case_number]
    assert await seen(cases, WINDOW, tracking_code=filed.tracking_code) == [filed.case_number]
    index = cases.desk.document_index(office.APPLICANT.document_number)
    assert filed.case_number in await seen(cases, WINDOW, document_index=index)
    assert await seen(cases, WINDOW, state=CaseState.WITHDRAWN) == [filed.case_number]
    stranger = staff(Role.WINDOW, department=office.LAND)
    assert await seen(cases, stranger, number=filed.case_number) == []
    assert numbers["land"] in await seen(cases, stranger, document_index=index)


async def test_narrowing_by_state_item_window_and_day(cases: Cases, numbers: dict[str, str]) -> None:
    assert await seen(cases, CENTRE, item_id=f"{9:032x}") == [numbers["land"]]
    assert await seen(cases, CENTRE, window=WindowType.LAND) == [numbers["land"]]
    assert await seen(cases, CENTRE, state=CaseState.ACCEPTED) == []
    assert await seen(cases, CENTRE, due_before=date(2026, 4, 14)) == [numbers["overdue"]]


async def test_a_citizen_sees_their_own_newest_first(cases: Cases, numbers: dict[str, str]) -> None:
    page = await cases.mine(citizen(), at=NOON, limit=3)
    rest = await cases.mine(citizen(), at=NOON, limit=3, before=page.next or "")
    assert [card.case_number for card in (*page.cases, *rest.cases)] == list(reversed(numbers.values()))
    assert rest.next is None
    assert (await cases.mine(citizen("e" * 32), at=NOON)).cases == []


PLANS: dict[str, tuple[Actor, dict[str, Any]]] = {
    "a department's open cases": (WINDOW, {}),
    "a page further on": (WINDOW, {"after": (TODAY, "0" * 32)}),
    "the township's open cases": (CENTRE, {}),
    "a colour": (CENTRE, {"colour": DeadlineColour.SOON}),
    "one state": (CENTRE, {"state": CaseState.NEED_FIX}),
    "closed ones": (CENTRE, {"state": CaseState.FINISHED}),
    "everything that has ended": (CENTRE, {"states": ENDED}),
    "the latest of what has ended": (CENTRE, {"ended": True, "order": "farthest"}),
    "one ending of a department": (WINDOW, {"state": CaseState.VOIDED, "order": "farthest"}),
    "the latest to come in": (CENTRE, {"order": "newest"}),
    "what villages took": (WINDOW, {"from_village": True}),
    "what one has in hand": (WINDOW, {"held_by": "0" * 32}),
    "a village": (CLERK, {}),
    "a number": (CENTRE, {"number": "SD-260407-0001-X"}),
    "a code": (CENTRE, {"tracking_code": "0" * 20}),
    "a person": (CENTRE, {"document_index": "0" * 32}),
}

IN_ORDER = {
    "a department's open cases",
    "a page further on",
    "the township's open cases",
    "a colour",
    "the latest of what has ended",
    "one ending of a department",
}
"""Lists whose index already has them in the order they are shown in."""


@pytest.mark.parametrize("name", PLANS)
async def test_no_list_reads_the_whole_table(db: OpenDatabase, name: str) -> None:
    if db.dialect != "sqlite":
        pytest.skip("EXPLAIN QUERY PLAN is SQLite's")
    actor, narrowed = PLANS[name]
    sql, values = queue_statement(actor, replace(asked(), **narrowed))
    plan = " | ".join(str(row["detail"]) for row in await database.rows(f"EXPLAIN QUERY PLAN {sql}", values))
    assert not re.search(r"\bSCAN\b", plan), plan
    if name in IN_ORDER:
        assert "TEMP B-TREE" not in plan, plan


async def test_the_counts_are_read_from_their_index_alone(db: OpenDatabase) -> None:
    if db.dialect != "sqlite":
        pytest.skip("EXPLAIN QUERY PLAN is SQLite's")
    for actor in (CENTRE, WINDOW):
        sql, values = counts_statement(actor, TODAY)
        found = await database.rows(f"EXPLAIN QUERY PLAN {sql}", values)
        assert "USING COVERING INDEX ix_cases_open_counts" in found[0]["detail"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM cases WHERE tracking_code = ?",
        "SELECT * FROM cases WHERE owner_id = ? AND id < 'g' ORDER BY id DESC LIMIT 20",
        "SELECT * FROM case_events WHERE case_id = ? ORDER BY seq",
        "SELECT id FROM cases WHERE tenant_id = ? AND rid IN ('1', '2')",
    ],
)
async def test_every_hot_read_goes_by_an_index(db: OpenDatabase, sql: str) -> None:
    if db.dialect != "sqlite":
        pytest.skip("EXPLAIN QUERY PLAN is SQLite's")
    plan = " | ".join(str(row["detail"]) for row in await database.rows(f"EXPLAIN QUERY PLAN {sql}", ["x"]))
    assert "SEARCH" in plan
    assert "SCAN" not in plan
    assert "TEMP B-TREE" not in plan
